/* Connectors: from rules to lists of synapses, by counter-based draws. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "hw/neuron/annealer.h"

#include <math.h>

const char *const plc_connector_names[] = {
    "one_to_one",        "all_to_all",         "fixed_probability", "fixed_number_pre",
    "fixed_number_post", "fixed_total_number", "from_list",         NULL,
};

/* What an expansion works with. */
typedef struct expansion {
    const plc_projection *projection;
    uint32_t n_sources, n_targets;
    bool skip_self; /* the pair (i, i) is not wanted */
    plc_random_key key;
    uint64_t *offsets;
    uint32_t *targets;
    size_t n, capacity;
} expansion;

/* The pairs that a rule may choose from. */
static double count_pairs(const plc_network *network, const plc_projection *projection)
{
    double n_sources = network->populations[projection->source].size;
    double n_targets = network->populations[projection->target].size;
    bool skip_self = !projection->connector.allow_self && projection->source == projection->target;
    if (projection->connector.kind == PLC_ONE_TO_ONE)
        return skip_self ? 0 : fmin(n_sources, n_targets);
    return n_sources * (n_targets - skip_self);
}

double plc_projection_expected(const plc_network *network, const plc_projection *projection)
{
    const plc_connector *connector = &projection->connector;
    uint32_t n_sources = network->populations[projection->source].size;
    if (projection->offsets)
        return (double)projection->offsets[n_sources];
    switch (connector->kind) {
    case PLC_ONE_TO_ONE:
    case PLC_ALL_TO_ALL:
        return count_pairs(network, projection);
    case PLC_FIXED_PROBABILITY:
        return connector->p * count_pairs(network, projection);
    case PLC_FIXED_NUMBER_PRE:
        return (double)connector->n * network->populations[projection->target].size;
    case PLC_FIXED_NUMBER_POST:
        return (double)connector->n * n_sources;
    case PLC_FIXED_TOTAL_NUMBER:
    case PLC_FROM_LIST:
        break;
    }
    return (double)connector->n;
}

double plc_projection_variance(const plc_network *network, const plc_projection *projection)
{
    const plc_connector *connector = &projection->connector;
    if (projection->offsets || connector->kind != PLC_FIXED_PROBABILITY)
        return 0;
    return connector->p * (1 - connector->p) * count_pairs(network, projection);
}

static bool push(expansion *e, uint32_t target)
{
    if (!plc_array_reserve(&e->targets, &e->capacity, e->n + 1, sizeof *e->targets))
        return false;
    e->targets[e->n++] = target;
    return true;
}

static bool expand_one_to_one(expansion *e)
{
    for (uint32_t i = 0; i < e->n_sources; i++) {
        if (i < e->n_targets && !e->skip_self && !push(e, i))
            return false;
        e->offsets[i + 1] = e->n;
    }
    return true;
}

static bool expand_all_to_all(expansion *e)
{
    for (uint32_t i = 0; i < e->n_sources; i++) {
        if (!plc_array_reserve(&e->targets, &e->capacity, e->n + e->n_targets, sizeof *e->targets))
            return false;
        for (uint32_t j = 0; j < e->n_targets; j++)
            if (!(e->skip_self && i == j))
                e->targets[e->n++] = j;
        e->offsets[i + 1] = e->n;
    }
    return true;
}

/* -log2 of a uniform number in (0, 1], Q48. */
static uint64_t draw_octaves(plc_random draw)
{
    uint64_t word = (uint64_t)draw.word[0] << 32 | draw.word[1];
    return ((uint64_t)64 << 48) - plc_log2(word | 1);
}

/* Each pair independently; the gaps between hits of a row are geometric, drawn in integers. */
static bool expand_fixed_probability(expansion *e)
{
    double p = e->projection->connector.p;
    uint64_t unhit = (uint64_t)llrint(ldexp(1 - p, 62));
    uint64_t octaves =
        unhit ? ((uint64_t)62 << 48) - plc_log2(unhit) : UINT64_MAX; /* -log2(1 - p) */
    for (uint32_t i = 0; i < e->n_sources; i++) {
        uint64_t j = 0;
        for (uint32_t step = 0; octaves; step++) {
            j += draw_octaves(plc_random_draw(e->key, i, step)) / octaves;
            if (j >= e->n_targets)
                break;
            if (!(e->skip_self && i == j) && !push(e, (uint32_t)j))
                return false;
            j++;
        }
        e->offsets[i + 1] = e->n;
    }
    return true;
}

/* Chooses n of [0, size) without replacement into chosen [n]: the first n steps of a Fisher-Yates
 * shuffle of `deck`, which holds 0..size-1 in order before and after. `skip` (or UINT32_MAX) is
 * never chosen. */
static void choose(plc_random_key key, uint32_t row, uint32_t size, uint32_t skip, uint32_t n,
                   uint32_t *deck, uint32_t *swaps, uint32_t *chosen)
{
    uint32_t available = size - (skip < size);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at = k + plc_random_below(plc_random_draw(key, row, k).word[0], available - k);
        uint32_t card = deck[at];
        deck[at] = deck[k];
        deck[k] = card;
        swaps[k] = at;
        chosen[k] = card + (skip < size && card >= skip);
    }
    for (uint32_t k = n; k-- > 0;) {
        uint32_t card = deck[swaps[k]];
        deck[swaps[k]] = deck[k];
        deck[k] = card;
    }
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Room for n synapses, and the offsets of those that have these sources: the place of the next
 * synapse of each source until end_sort(). */
static bool begin_sort(expansion *e, const uint32_t *sources, uint64_t n)
{
    if (!plc_array_reserve(&e->targets, &e->capacity, n + 1, sizeof *e->targets))
        return false;
    for (uint64_t k = 0; k < n; k++)
        e->offsets[sources[k] + 1]++;
    for (uint32_t i = 0; i < e->n_sources; i++)
        e->offsets[i + 1] += e->offsets[i];
    e->n = n;
    return true;
}

static void end_sort(expansion *e)
{
    for (uint32_t i = e->n_sources; i > 0; i--)
        e->offsets[i] = e->offsets[i - 1];
    e->offsets[0] = 0;
}

/* n sources of each target, without replacement. */
static bool expand_fixed_number_pre(expansion *e)
{
    uint32_t n = (uint32_t)e->projection->connector.n;
    uint64_t total = (uint64_t)n * e->n_targets, at = 0;
    uint32_t *deck = plc_array(e->n_sources, sizeof *deck);
    uint32_t *swaps = plc_array(n, sizeof *swaps);
    uint32_t *sources = plc_array(total, sizeof *sources); /* [n_targets][n] */
    bool ok = deck && swaps && sources;
    for (uint32_t i = 0; ok && i < e->n_sources; i++)
        deck[i] = i;
    for (uint32_t i = 0; ok && i < e->n_targets; i++)
        choose(e->key, i, e->n_sources, e->skip_self ? i : UINT32_MAX, n, deck, swaps,
               sources + (uint64_t)i * n);
    free(deck);
    free(swaps);
    ok = ok && begin_sort(e, sources, total);
    for (uint32_t i = 0; ok && i < e->n_targets; i++)
        for (uint32_t k = 0; k < n; k++)
            e->targets[e->offsets[sources[at++]]++] = i;
    free(sources);
    if (ok)
        end_sort(e);
    return ok;
}

/* n targets of each source, without replacement. */
static bool expand_fixed_number_post(expansion *e)
{
    uint32_t n = (uint32_t)e->projection->connector.n;
    uint64_t total = (uint64_t)n * e->n_sources;
    uint32_t *deck = plc_array(e->n_targets, sizeof *deck);
    uint32_t *swaps = plc_array(n, sizeof *swaps);
    bool ok = deck && swaps &&
              plc_array_reserve(&e->targets, &e->capacity, total + 1, sizeof *e->targets);
    for (uint32_t i = 0; ok && i < e->n_targets; i++)
        deck[i] = i;
    for (uint32_t i = 0; ok && i < e->n_sources; i++) {
        uint32_t *chosen = e->targets + e->n;
        choose(e->key, i, e->n_targets, e->skip_self ? i : UINT32_MAX, n, deck, swaps, chosen);
        qsort(chosen, n, sizeof *chosen, compare_numbers);
        e->offsets[i + 1] = e->n += n;
    }
    free(deck);
    free(swaps);
    return ok;
}

/* Pairs drawn uniformly with replacement; a pair that would be a neuron with itself is drawn again
 * where unwanted. */
static bool expand_fixed_total_number(expansion *e)
{
    uint64_t n = e->projection->connector.n;
    uint32_t *sources = plc_array(n, sizeof *sources);
    uint32_t *targets = plc_array(n, sizeof *targets);
    bool ok = sources && targets;
    for (uint64_t k = 0; ok && k < n; k++) {
        uint32_t attempt = 0;
        do {
            plc_random draw =
                plc_random_draw(e->key, (uint32_t)k, (uint32_t)(k >> 32) << 16 | attempt++);
            sources[k] = plc_random_below(draw.word[0], e->n_sources);
            targets[k] = plc_random_below(draw.word[1], e->n_targets);
        } while (e->skip_self && sources[k] == targets[k]);
    }
    ok = ok && begin_sort(e, sources, n);
    for (uint64_t k = 0; ok && k < n; k++)
        e->targets[e->offsets[sources[k]]++] = targets[k];
    free(sources);
    free(targets);
    if (ok)
        end_sort(e);
    return ok;
}

/* The list's own weights and delays move along with its synapses. */
static bool expand_from_list(expansion *e, plc_projection *projection)
{
    const plc_connector *list = &projection->connector;
    if (list->weights &&
        !(projection->real_weights = plc_array(list->n, sizeof *projection->real_weights)))
        return false;
    if (list->delays && !(projection->delays = plc_array(list->n, sizeof *projection->delays)))
        return false;
    if (!begin_sort(e, list->sources, list->n))
        return false;
    for (uint64_t k = 0; k < list->n; k++) {
        uint64_t at = e->offsets[list->sources[k]]++;
        e->targets[at] = list->targets[k];
        if (list->weights)
            projection->real_weights[at] = list->weights[k];
        if (list->delays)
            projection->delays[at] = list->delays[k];
    }
    end_sort(e);
    return true;
}

/* One number for each synapse, uniform in a range. `which` tells weights from delays. */
static double draw_from(plc_range range, plc_random_key key, uint64_t synapse, unsigned which)
{
    plc_random draw = plc_random_draw(key, (uint32_t)synapse, (uint32_t)(synapse >> 32));
    return range.low + (range.high - range.low) * (draw.word[which] * 0x1p-32);
}

static bool draw_ranges(const plc_network *network, uint32_t index, plc_projection *projection)
{
    uint64_t n = projection->offsets[network->populations[projection->source].size];
    plc_random_key key = plc_random_stream(network->seed, PLC_STREAM_DRAW + index, 0);
    if (!projection->real_weights && projection->weight.low < projection->weight.high) {
        if (!(projection->real_weights = plc_array(n, sizeof *projection->real_weights)))
            return false;
        for (uint64_t k = 0; k < n; k++)
            projection->real_weights[k] = draw_from(projection->weight, key, k, 0);
    }
    if (!projection->delays && projection->delay.low < projection->delay.high) {
        if (!(projection->delays = plc_array(n, sizeof *projection->delays)))
            return false;
        plc_range whole = {projection->delay.low,
                           projection->delay.high + 1}; /* each tick equally likely */
        for (uint64_t k = 0; k < n; k++)
            projection->delays[k] = (uint8_t)draw_from(whole, key, k, 1);
    }
    projection->delay_all = (uint8_t)projection->delay.low;
    return true;
}

static bool expand_rule(expansion *e, plc_projection *projection)
{
    switch (projection->connector.kind) {
    case PLC_ONE_TO_ONE:
        return expand_one_to_one(e);
    case PLC_ALL_TO_ALL:
        return expand_all_to_all(e);
    case PLC_FIXED_PROBABILITY:
        return expand_fixed_probability(e);
    case PLC_FIXED_NUMBER_PRE:
        return expand_fixed_number_pre(e);
    case PLC_FIXED_NUMBER_POST:
        return expand_fixed_number_post(e);
    case PLC_FIXED_TOTAL_NUMBER:
        return expand_fixed_total_number(e);
    case PLC_FROM_LIST:
        return expand_from_list(e, projection);
    }
    return false;
}

plc_status plc_projection_expand(const plc_network *network, uint32_t index, plc_error *error)
{
    plc_projection *projection = &network->projections[index];
    expansion e = {
        .projection = projection,
        .n_sources = network->populations[projection->source].size,
        .n_targets = network->populations[projection->target].size,
        .skip_self = !projection->connector.allow_self && projection->source == projection->target,
        .key = plc_random_stream(network->seed, PLC_STREAM_CONNECTOR + index, 0),
    };
    e.offsets = plc_array((size_t)e.n_sources + 1, sizeof *e.offsets);
    bool ok = e.offsets && expand_rule(&e, projection);
    projection->offsets = e.offsets;
    projection->targets = e.targets;
    if (ok && draw_ranges(network, index, projection))
        return PLC_OK;
    plc_projection_collapse(projection);
    return plc_fail_memory(error, projection->where);
}

void plc_projection_collapse(plc_projection *projection)
{
    free(projection->offsets);
    free(projection->targets);
    free(projection->weights);
    free(projection->delays);
    free(projection->real_weights);
    projection->offsets = NULL;
    projection->targets = NULL;
    projection->weights = NULL;
    projection->delays = NULL;
    projection->real_weights = NULL;
}
