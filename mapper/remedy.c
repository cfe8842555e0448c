/* What would help a network that does not fit, found by mapping it to other chips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/remedy.h"

#include "base/error.h"
#include "mapper/larger.h"

#include <string.h>

/* How much is tried, counted so that it is the same on any machine. */
enum {
    TRIALS = 2,             /* at the effort asked for */
    QUICK_TRIALS = 32,      /* at effort 0, */
    QUICK_WORK = 10000000,  /* [neurons and synapses] of all of these, but one may have more */
    RESOLVE_MAX = 10000000, /* [neurons and synapses] where these are yet to be made */
};

typedef struct search {
    plc_network *network;
    const plc_chip *chip;
    plc_map_settings settings;
    unsigned effort;        /* asked for */
    unsigned trials, quick; /* left */
    plc_lack lack;          /* of the last trial */
} search;

/* Whether the network maps to a chip; false as well when nothing more is to be tried. */
static bool maps_at(search *s, const plc_chip *chip, unsigned effort)
{
    unsigned *left = effort ? &s->trials : &s->quick;
    plc_layout *layout = NULL;
    if (*left == 0)
        return false;
    --*left;
    s->settings.effort = effort;
    plc_status status = plc_map_once(s->network, chip, &s->settings, &layout, &s->lack, NULL);
    plc_layout_destroy(layout);
    if (status != PLC_OK && status != PLC_DOES_NOT_FIT)
        s->trials = s->quick = 0;
    return status == PLC_OK;
}

/* The same, found out quickly where it does not. */
static bool maps(search *s, const plc_chip *chip)
{
    return maps_at(s, chip, 0) && (s->effort == 0 || maps_at(s, chip, s->effort));
}

static bool may_try(const search *s)
{
    return s->quick > 0 && (s->effort == 0 || s->trials > 0);
}

/* The chip with another limit, for trials; NULL when memory is short. */
static plc_chip *change_limit(const plc_chip *chip, plc_chip_quantity quantity, double value)
{
    plc_chip *changed = NULL;
    if (plc_chip_copy(chip, &changed, NULL) == PLC_OK)
        changed->quantities[quantity].value = value;
    return changed;
}

/* Goes from a chip that will do to smaller ones that do too. */
static plc_chip *find_smaller(search *s, plc_chip *found, uint32_t step)
{
    while (step > 0) {
        uint32_t before = step - 1;
        plc_chip *smaller = plc_larger_chip(s->chip, plc_chip_n_cores(s->chip) + 1, &before);
        if (!smaller || before == step || !maps_at(s, smaller, s->effort)) {
            plc_chip_destroy(smaller);
            break;
        }
        plc_chip_destroy(found);
        found = smaller;
        step = before;
    }
    return found;
}

/* Grows the chip until it has room. A chip that was not tried has at least the cores that are
 * lacking. */
static void suggest_chip(search *s, uint64_t n_cores, plc_error *error)
{
    uint32_t step = 0;
    bool found = false;
    const char *from = s->settings.like ? "from scratch " : "";
    s->settings.like = NULL; /* of a chip of this size */
    s->lack = (plc_lack){.kind = PLC_LACK_CORES, .needed = n_cores};
    plc_chip *larger = plc_larger_chip(s->chip, n_cores, &step);
    while (larger && may_try(s) && !(found = maps(s, larger))) {
        step++;
        plc_chip_destroy(larger);
        larger = plc_larger_chip(s->chip, s->lack.needed, &step);
    }
    if (found)
        larger = find_smaller(s, larger, step);
    if (larger && (found || s->lack.kind == PLC_LACK_CORES))
        plc_error_add(error, "; %schip %s %s", from, plc_chip_name(larger),
                      found ? "would do" : "has as many");
    plc_chip_destroy(larger);
}

/* The most neurons a core with which the network maps, of `neurons` x 3/4, 9/16 and so on; 0 when
 * none of them does. */
static uint32_t find_slices(search *s, uint32_t neurons)
{
    uint64_t n_neurons = plc_network_n_neurons(s->network), n_cores = plc_chip_n_cores(s->chip);
    bool found = false;
    uint64_t n = neurons;
    while (!found && (n = n * 3 / 4) > 0 && n_neurons <= n * n_cores && may_try(s)) {
        plc_chip *changed = change_limit(s->chip, PLC_CHIP_NEURONS_PER_CORE, (double)n);
        if (!changed)
            break;
        found = maps(s, changed);
        plc_chip_destroy(changed);
    }
    return found ? (uint32_t)n : 0;
}

/* What is said of a limit. */
typedef struct remedy_words {
    const char *unit;
    const char *instead; /* helps as well; NULL where less of it may do in another mapping */
} remedy_words;

static const remedy_words words[PLC_CHIP_N_QUANTITIES] = {
    [PLC_CHIP_RING_SLOTS] = {" slots", "shorter delays"},
    [PLC_CHIP_WEIGHT_BITS] = {" bits", "smaller weights"},
    [PLC_CHIP_SYNAPSE_MEMORY] = {" B a core", NULL},
    [PLC_CHIP_KEY_ENTRIES] = {" entries a core", NULL},
    [PLC_CHIP_AXONS_IN] = {" axons a core", NULL},
    [PLC_CHIP_ROUTER_ENTRIES] = {" entries", NULL},
};

static void suggest_limit(search *s, const plc_lack *lack, plc_error *error)
{
    const remedy_words *w = &words[lack->quantity];
    bool is_legal = (double)lack->needed <= plc_chip_quantity_row(lack->quantity)->high;
    plc_chip *changed = change_limit(s->chip, lack->quantity, (double)lack->needed);
    bool found = changed && is_legal && maps_at(s, changed, s->effort);
    plc_chip_destroy(changed);
    if (found || w->instead)
        plc_error_add(error, "; %s%llu%s %s%s%s", found ? "" : "it takes ",
                      (unsigned long long)lack->needed, w->unit, found ? "would do" : "or more",
                      w->instead ? ", or " : "", w->instead ? w->instead : "");
    uint32_t neurons = lack->neurons ? find_slices(s, lack->neurons) : 0;
    if (neurons)
        plc_error_add(error, "%s%u neurons a core%s", found ? ", or " : "; ", neurons,
                      found ? "" : " would do");
}

static bool suggest_links(search *s, plc_error *error)
{
    plc_chip *whole = NULL;
    if (plc_chip_copy(s->chip, &whole, NULL) != PLC_OK)
        return false;
    memset(whole->dead_links, 0, (size_t)whole->width * whole->height);
    bool found = maps_at(s, whole, s->effort);
    if (found)
        plc_error_add(error, "; the chip without dead links would do");
    plc_chip_destroy(whole);
    return found;
}

/* Tries to forget the old layout. */
static bool suggest_scratch(search *s, plc_error *error)
{
    const plc_layout *like = s->settings.like;
    s->settings.like = NULL;
    bool found = maps_at(s, s->chip, s->effort);
    s->settings.like = like;
    if (found)
        plc_error_add(error, "; from scratch it fits");
    return found;
}

/* Trials at effort 0 for a network: as many as its size leaves. */
static unsigned count_quick(uint64_t size)
{
    return size > QUICK_WORK                   ? 1
           : size <= QUICK_WORK / QUICK_TRIALS ? QUICK_TRIALS
                                               : (unsigned)(QUICK_WORK / size);
}

void plc_remedy_add(plc_network *network, const plc_chip *chip, const plc_map_settings *settings,
                    const plc_lack *lack, plc_error *error)
{
    uint64_t size = plc_network_n_neurons(network) + plc_network_n_synapses(network);
    search s = {
        .network = network, .chip = chip, .settings = *settings, .effort = settings->effort};
    s.settings.passes = NULL;
    if (network->resolved || size <= RESOLVE_MAX) {
        s.trials = s.effort ? TRIALS : 0;
        s.quick = count_quick(size) + (s.effort ? 0 : TRIALS);
    }
    bool stays = lack->kind == PLC_LACK_OTHER || lack->kind == PLC_LACK_CORES;
    if (settings->like && stays && suggest_scratch(&s, error))
        return;
    if (lack->kind == PLC_LACK_CORES || (lack->kind == PLC_LACK_LINKS && !suggest_links(&s, error)))
        suggest_chip(&s, lack->needed, error);
    if (lack->kind == PLC_LACK_LIMIT)
        suggest_limit(&s, lack, error);
}
