/* The verifier: proves a layout against its network without a line of the mapper's code.
 *
 * Checked: populations, parameters, initial states, stimuli and schedules are the network's; every
 * neuron sits on exactly one core; key ranges are disjoint; each packet of each neuron (both
 * polarities) walks the routing tables of live routers over live links without looping, loss or
 * double delivery; the rows it finds hold, as a multiset, exactly the network's synapses (source,
 * target, receptor, weight, delay); every limit of the chip. Not checked: timing and congestion,
 * which depend on the spikes; the layout's internal ranges, which plc_layout_check() has seen to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/layout/layout.h"
#include "hw/neuron/model.h"
#include "net/network.h"

#include <placode/mapper.h>
#include <stdarg.h>
#include <stdio.h>

/* One synapse as seen from its source; equal bytes, equal synapses. */
typedef struct reached {
    uint32_t population, neuron;
    int32_t weight;
    uint16_t delay;
    uint16_t receptor;
} reached;

typedef struct reached_list {
    reached *data;
    size_t n, capacity;
} reached_list;

/* A router that a packet still has to visit. */
typedef struct visit {
    uint32_t router;
    int from; /* link it travelled by, -1 where it was born */
} visit;

typedef struct verifier {
    const plc_network *network;
    const plc_layout *layout;
    plc_violations *found;
    uint32_t n_routers;
    uint32_t *core_at;          /* [routers + 1] first layout core of each router */
    uint32_t *visited;          /* [routers] number of the last packet seen there */
    uint32_t *delivered;        /* [cores] number of the last packet delivered there */
    uint32_t packet;            /* number of the packet at hand */
    visit *todo;                /* [routers * 7] */
    uint32_t **slice_of;        /* [populations] [size] slice + 1 of each neuron */
    reached_list expected, got; /* synapses of the neuron at hand */
} verifier;

__attribute__((format(printf, 2, 3))) static void violate(verifier *v, const char *format, ...)
{
    plc_violations *found = v->found;
    if (found->n_shown < sizeof found->messages / sizeof *found->messages) {
        va_list args;
        va_start(args, format);
        vsnprintf(found->messages[found->n_shown], sizeof *found->messages, format, args);
        va_end(args);
        found->n_shown++;
    }
    found->n++;
}

/* ---- populations ---- */

static void check_population(verifier *v, uint32_t i)
{
    const plc_population *a = &v->network->populations[i], *b = &v->layout->populations[i];
    if (strcmp(a->name, b->name) || a->size != b->size || a->model != b->model) {
        violate(v, "population %u: %s of %u %s in the network, %s of %u %s in the layout", i,
                a->name, a->size, plc_model_name(a->model), b->name, b->size,
                plc_model_name(b->model));
        return;
    }
    if (memcmp(&a->schedule, &b->schedule, sizeof a->schedule))
        violate(v, "population %s: schedule differs", a->name);
    uint32_t n_params = plc_model_n_params(a->model), n_state = plc_model_n_state(a->model);
    for (uint32_t j = 0; j < a->size; j++) {
        if (n_params && memcmp(plc_population_params(a, j, n_params),
                               plc_population_params(b, j, n_params), 4ul * n_params)) {
            violate(v, "population %s: parameters of neuron %u differ", a->name, j);
            break;
        }
        if (n_state && memcmp(plc_population_state(a, j, n_state),
                              plc_population_state(b, j, n_state), 4ul * n_state)) {
            violate(v, "population %s: initial state of neuron %u differs", a->name, j);
            break;
        }
    }
    if (a->spike_offsets &&
        (!b->spike_offsets || memcmp(a->spike_offsets, b->spike_offsets, 8ul * (a->size + 1ul)) ||
         memcmp(a->spike_ticks, b->spike_ticks, 4 * a->spike_offsets[a->size])))
        violate(v, "population %s: stimulus differs", a->name);
}

/* Finds the slice of each neuron; false when memory is short. */
static bool index_slices(verifier *v)
{
    const plc_layout *layout = v->layout;
    for (uint32_t i = 0; i < layout->n_populations; i++)
        if (!(v->slice_of[i] = plc_array(layout->populations[i].size, sizeof **v->slice_of)))
            return false;
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        for (uint32_t j = slice->begin; j < slice->end; j++) {
            uint32_t *of = &v->slice_of[slice->population][j];
            if (*of)
                violate(v, "population %s: neuron %u sits on two cores",
                        layout->populations[slice->population].name, j);
            *of = s + 1;
        }
    }
    for (uint32_t i = 0; i < layout->n_populations; i++)
        for (uint32_t j = 0; j < layout->populations[i].size; j++)
            if (!v->slice_of[i][j])
                violate(v, "population %s: neuron %u sits nowhere", layout->populations[i].name, j);
    return true;
}

/* ---- keys ---- */

typedef struct key_range {
    uint64_t first, last;
    uint32_t slice;
} key_range;

static int compare_ranges(const void *a, const void *b)
{
    const key_range *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->slice > y->slice) - (x->slice < y->slice);
}

static bool check_keys(verifier *v)
{
    const plc_layout *layout = v->layout;
    size_t n = 0;
    key_range *ranges = plc_array(2ul * layout->n_slices, sizeof *ranges);
    if (!ranges)
        return false;
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        for (uint32_t off = 0; off < (slice->polarity_mask ? 2u : 1u); off++) {
            uint64_t first = (uint64_t)slice->key + (off ? slice->polarity_mask : 0);
            ranges[n++] = (key_range){first, first + (slice->end - slice->begin) - 1, s};
        }
    }
    qsort(ranges, n, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < n; i++) {
        if (ranges[i].last > UINT32_MAX)
            violate(v, "slice %u: keys pass 2^32", ranges[i].slice);
        if (i && ranges[i].first <= ranges[i - 1].last)
            violate(v, "slices %u and %u share key 0x%08llx", ranges[i - 1].slice, ranges[i].slice,
                    (unsigned long long)ranges[i].first);
    }
    free(ranges);
    return true;
}

/* ---- walking a packet ---- */

static bool push_reached(reached_list *list, reached r)
{
    if (!plc_reserve(list, data, 1))
        return false;
    list->data[list->n++] = r;
    return true;
}

/* Looks a key up on a core and adds the synapses of its row. */
static bool read_core(verifier *v, uint32_t c, uint32_t key, bool negated)
{
    const plc_layout *layout = v->layout;
    const plc_layout_core *core = &layout->cores[c];
    const plc_key_entry *entry = NULL;
    for (uint32_t e = core->entry_begin; e < core->entry_end && !entry; e++)
        if ((key & layout->key_entries[e].mask) == layout->key_entries[e].key)
            entry = &layout->key_entries[e];
    if (!entry)
        return true; /* a packet that finds no row is dropped by the core; missing synapses show up
                        in the comparison */
    uint64_t index = key & entry->index_mask;
    if (index >= entry->n_rows)
        return true;
    if (((key & entry->polarity_mask) != 0) != negated)
        violate(v, "core %u of router %u: key 0x%08x is taken for the wrong polarity", core->core,
                core->router, key);
    uint64_t row = core->row_begin + entry->first_row + index;
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        const plc_slice *slice = &layout->slices[core->slice_begin];
        while (synapse.target >= slice->offset + (slice->end - slice->begin))
            slice++;
        reached r = {.population = slice->population,
                     .neuron = slice->begin + (synapse.target - slice->offset),
                     .weight = synapse.weight,
                     .delay = synapse.delay,
                     .receptor = synapse.receptor};
        if (!push_reached(&v->got, r))
            return false;
    }
    return true;
}

static bool deliver(verifier *v, uint32_t router, const plc_core_set *cores, uint32_t key,
                    bool negated)
{
    for (uint32_t p = 0; p < PLC_MAX_CORES; p++) {
        if (!plc_core_set_has(cores, p))
            continue;
        uint32_t c = v->core_at[router];
        while (c < v->core_at[router + 1] && v->layout->cores[c].core != p)
            c++;
        if (c == v->core_at[router + 1]) {
            violate(v, "router %u delivers key 0x%08x to core %u, which holds nothing", router, key,
                    p);
            continue;
        }
        if (v->delivered[c] == v->packet)
            violate(v, "core %u of router %u gets key 0x%08x twice", p, router, key);
        v->delivered[c] = v->packet;
        if (!read_core(v, c, key, negated))
            return false;
    }
    return true;
}

/* Sends one packet through the tables and collects the synapses it finds in `got`; false when
 * memory is short. */
static bool walk(verifier *v, uint32_t home, uint32_t key, bool negated)
{
    const plc_layout *layout = v->layout;
    uint32_t n = 0;
    v->packet++;
    v->todo[n++] = (visit){home, -1};
    while (n) {
        visit at = v->todo[--n];
        if (v->visited[at.router] == v->packet) {
            violate(v, "key 0x%08x comes to router %u twice", key, at.router);
            continue;
        }
        v->visited[at.router] = v->packet;
        const plc_route_entry *entry = NULL;
        for (uint32_t e = layout->route_offsets[at.router];
             e < layout->route_offsets[at.router + 1] && !entry; e++)
            if ((key & layout->route_entries[e].mask) == layout->route_entries[e].key)
                entry = &layout->route_entries[e];
        uint32_t links = entry ? entry->links : at.from >= 0 ? 1u << at.from : 0;
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            if (!(links >> link & 1))
                continue;
            int64_t next = plc_chip_neighbour(layout->chip, at.router, link);
            if (next == PLC_NO_ROUTER)
                violate(v, "key 0x%08x leaves router %u by link %u, which leads nowhere", key,
                        at.router, link);
            else
                v->todo[n++] = (visit){(uint32_t)next, (int)link};
        }
        if (entry && !deliver(v, at.router, &entry->cores, key, negated))
            return false;
    }
    return true;
}

/* ---- synapses ---- */

static bool expect_synapses(verifier *v, uint32_t population, uint32_t neuron)
{
    v->expected.n = 0;
    for (size_t i = 0; i < v->network->n_projections; i++) {
        const plc_projection *projection = &v->network->projections[i];
        if (projection->source != population)
            continue;
        for (uint64_t k = projection->offsets[neuron]; k < projection->offsets[neuron + 1]; k++) {
            reached r = {.population = projection->target,
                         .neuron = projection->targets[k],
                         .weight = plc_projection_weight(projection, k),
                         .delay = plc_projection_delay(projection, k),
                         .receptor = projection->receptor};
            if (!push_reached(&v->expected, r))
                return false;
        }
    }
    return true;
}

static int compare_reached(const void *a, const void *b)
{
    const reached *x = a, *y = b;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    if (x->neuron != y->neuron)
        return x->neuron < y->neuron ? -1 : 1;
    if (x->receptor != y->receptor)
        return x->receptor < y->receptor ? -1 : 1;
    if (x->delay != y->delay)
        return x->delay < y->delay ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

static void report_difference(verifier *v, uint32_t population, uint32_t neuron, bool negated,
                              reached r, bool missing)
{
    const plc_population *populations = v->layout->populations;
    violate(v, "%s[%u]%s -> %s[%u]: %s synapse of weight %d, delay %u, receptor %u",
            populations[population].name, neuron, negated ? " (OFF)" : "",
            populations[r.population].name, r.neuron,
            missing ? "the layout lacks a" : "the layout has an extra", r.weight, r.delay,
            r.receptor);
}

/* Compares the synapses reached with those expected; reports the first difference of a neuron. */
static void compare_synapses(verifier *v, uint32_t population, uint32_t neuron, bool negated)
{
    size_t n = v->expected.n, m = v->got.n, i = 0;
    if (n)
        qsort(v->expected.data, n, sizeof(reached), compare_reached);
    if (m)
        qsort(v->got.data, m, sizeof(reached), compare_reached);
    while (i < n && i < m && compare_reached(&v->expected.data[i], &v->got.data[i]) == 0)
        i++;
    if (i == n && i == m)
        return;
    bool missing = i == m || (i < n && compare_reached(&v->expected.data[i], &v->got.data[i]) < 0);
    report_difference(v, population, neuron, negated,
                      missing ? v->expected.data[i] : v->got.data[i], missing);
}

static bool check_neuron(verifier *v, uint32_t population, uint32_t neuron)
{
    const plc_layout *layout = v->layout;
    if (!v->slice_of[population][neuron])
        return true;
    const plc_slice *slice = &layout->slices[v->slice_of[population][neuron] - 1];
    bool polarity = plc_model_has_polarity(layout->populations[population].model);
    if (polarity != (slice->polarity_mask != 0))
        violate(v, "population %s: polarity bit %s", layout->populations[population].name,
                polarity ? "missing" : "where there is none");
    if (!expect_synapses(v, population, neuron))
        return false;
    for (unsigned off = 0; off < (polarity ? 2u : 1u); off++) {
        v->got.n = 0;
        uint32_t key = slice->key + (neuron - slice->begin) + (off ? slice->polarity_mask : 0);
        if (!walk(v, layout->cores[slice->core].router, key, off))
            return false;
        compare_synapses(v, population, neuron, off);
    }
    return true;
}

/* ---- limits ---- */

static void check_limit(verifier *v, uint32_t c, plc_chip_quantity quantity, uint64_t used)
{
    const plc_layout_core *core = &v->layout->cores[c];
    uint64_t limit = plc_chip_limit(v->layout->chip, quantity);
    if (used > limit)
        violate(v, "core %u of router %u: %s: %llu in use, %llu allowed", core->core, core->router,
                plc_chip_quantity_key(quantity), (unsigned long long)used,
                (unsigned long long)limit);
}

static void check_core(verifier *v, uint32_t c)
{
    const plc_layout *layout = v->layout;
    const plc_layout_core *core = &layout->cores[c];
    uint64_t axons = 0, models = 0, delay = 0;
    for (uint32_t s = core->slice_begin; s < core->slice_end; s++)
        models |= UINT64_C(1) << layout->populations[layout->slices[s].population].model;
    for (uint64_t r = core->row_begin; r < core->row_end; r++)
        axons += layout->row_offsets[r + 1] > layout->row_offsets[r];
    uint64_t words = layout->row_offsets[core->row_end] - layout->row_offsets[core->row_begin];
    for (uint64_t i = 0; i < words; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, layout->row_offsets[core->row_begin] + i);
        delay = synapse.delay > delay ? synapse.delay : delay;
    }
    uint64_t word_bytes = plc_chip_limit(layout->chip, PLC_CHIP_SYNAPSE_WORD);
    uint64_t row_bytes = plc_chip_limit(layout->chip, PLC_CHIP_ROW_ADDRESS) +
                         plc_chip_limit(layout->chip, PLC_CHIP_ROW_HEADER);
    check_limit(v, c, PLC_CHIP_NEURONS_PER_CORE, core->n_neurons);
    check_limit(v, c, PLC_CHIP_SYNAPSE_MEMORY,
                words * word_bytes + (core->row_end - core->row_begin) * row_bytes);
    check_limit(v, c, PLC_CHIP_KEY_ENTRIES, core->entry_end - core->entry_begin);
    check_limit(v, c, PLC_CHIP_AXONS_IN, axons);
    check_limit(v, c, PLC_CHIP_MODELS_PER_CORE, (uint64_t)__builtin_popcountll(models));
    check_limit(v, c, PLC_CHIP_RING_SLOTS, delay + 1);
    if (!plc_core_set_has(&layout->chip->cores[core->router], core->core) ||
        !layout->chip->alive[core->router])
        violate(v, "core %u of router %u is dead or not for networks", core->core, core->router);
}

static void check_routers(verifier *v)
{
    uint64_t limit = plc_chip_limit(v->layout->chip, PLC_CHIP_ROUTER_ENTRIES);
    for (uint32_t r = 0; r < v->n_routers; r++) {
        uint32_t n = v->layout->route_offsets[r + 1] - v->layout->route_offsets[r];
        if (n > limit)
            violate(v, "router %u: %u entries, %llu allowed", r, n, (unsigned long long)limit);
        if (n && !v->layout->chip->alive[r])
            violate(v, "router %u is dead and has entries", r);
    }
}

/* ---- the whole ---- */

static bool init_verifier(verifier *v)
{
    const plc_layout *layout = v->layout;
    v->n_routers = layout->chip->width * layout->chip->height;
    v->core_at = plc_array((size_t)v->n_routers + 1, sizeof *v->core_at);
    v->visited = plc_array(v->n_routers, sizeof *v->visited);
    v->delivered = plc_array(layout->n_cores, sizeof *v->delivered);
    v->todo = plc_array((size_t)v->n_routers * (PLC_N_LINKS + 1) + 1, sizeof *v->todo);
    v->slice_of = plc_array(layout->n_populations, sizeof *v->slice_of);
    if (!v->core_at || !v->visited || !v->delivered || !v->todo || !v->slice_of)
        return false;
    for (uint32_t c = 0; c < layout->n_cores; c++)
        v->core_at[layout->cores[c].router + 1]++;
    for (uint32_t r = 0; r < v->n_routers; r++)
        v->core_at[r + 1] += v->core_at[r];
    return true;
}

static void finish_verifier(verifier *v)
{
    for (uint32_t i = 0; v->slice_of && i < v->layout->n_populations; i++)
        free(v->slice_of[i]);
    free(v->core_at);
    free(v->visited);
    free(v->delivered);
    free(v->todo);
    free(v->slice_of);
    free(v->expected.data);
    free(v->got.data);
}

static bool check_all(verifier *v)
{
    bool ok = index_slices(v) && check_keys(v);
    for (uint32_t c = 0; ok && c < v->layout->n_cores; c++)
        check_core(v, c);
    if (ok)
        check_routers(v);
    for (uint32_t i = 0; ok && i < v->layout->n_populations; i++)
        for (uint32_t j = 0; ok && j < v->layout->populations[i].size; j++)
            ok = check_neuron(v, i, j);
    return ok;
}

plc_status plc_verify(plc_network *network, const plc_layout *layout,
                      plc_violations *ret_violations, plc_error *error)
{
    plc_violations found = {0};
    verifier v = {.network = network, .layout = layout, .found = &found};
    plc_status status = plc_network_resolve(network, error);
    if (status != PLC_OK)
        return status;
    if (network->n_populations != layout->n_populations)
        violate(&v, "%zu populations in the network, %u in the layout", network->n_populations,
                layout->n_populations);
    for (uint32_t i = 0; found.n == 0 && i < layout->n_populations; i++)
        check_population(&v, i);
    bool comparable = network->n_populations == layout->n_populations;
    for (uint32_t i = 0; comparable && i < layout->n_populations; i++)
        comparable = network->populations[i].size == layout->populations[i].size &&
                     network->populations[i].model == layout->populations[i].model;
    bool ok = !comparable || (init_verifier(&v) && check_all(&v));
    finish_verifier(&v);
    if (!ok)
        return plc_fail_memory(error, "verifier");
    *ret_violations = found;
    return PLC_OK;
}
