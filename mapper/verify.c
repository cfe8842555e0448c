/* The verifier: proves a layout against its network without a line of the mapper's code.
 *
 * Checked: the tick; populations, parameters, initial states, stimuli, schedules and what is
 * recorded are the network's; every neuron sits on exactly one core; key ranges are disjoint; each
 * packet of each neuron (both polarities) walks the routing tables of live routers over live links
 * without looping, loss or double delivery; the rows it finds hold, as a multiset, exactly the
 * network's synapses (source, target, receptor, weight, delay); every limit of the chip. Not
 * checked: timing and congestion, which depend on the spikes; the layout's internal ranges, which
 * plc_layout_check() has seen to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/verify.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <stdarg.h>
#include <stdio.h>

void plc_violate(plc_verifier *v, const char *format, ...)
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

static void check_population(plc_verifier *v, uint32_t i)
{
    const plc_population *a = &v->network->populations[i], *b = &v->layout->populations[i];
    if (strcmp(a->name, b->name) || a->size != b->size || a->model != b->model) {
        plc_violate(v, "population %u: %s of %u %s in the network, %s of %u %s in the layout", i,
                    a->name, a->size, plc_model_name(a->model), b->name, b->size,
                    plc_model_name(b->model));
        return;
    }
    if (memcmp(&a->schedule, &b->schedule, sizeof a->schedule))
        plc_violate(v, "population %s: schedule differs", a->name);
    if (a->record_spikes != b->record_spikes || a->record_v != b->record_v)
        plc_violate(v, "population %s: what is recorded differs", a->name);
    uint32_t n_params = plc_model_n_params(a->model), n_state = plc_model_n_state(a->model);
    for (uint32_t j = 0; j < a->size; j++) {
        if (n_params && memcmp(plc_population_params(a, j, n_params),
                               plc_population_params(b, j, n_params), 4ul * n_params)) {
            plc_violate(v, "population %s: parameters of neuron %u differ", a->name, j);
            break;
        }
        if (n_state && memcmp(plc_population_state(a, j, n_state),
                              plc_population_state(b, j, n_state), 4ul * n_state)) {
            plc_violate(v, "population %s: initial state of neuron %u differs", a->name, j);
            break;
        }
    }
    if (!a->stdp != !b->stdp || (a->stdp && memcmp(a->stdp, b->stdp, sizeof *a->stdp)))
        plc_violate(v, "population %s: plasticity differs", a->name);
    if (a->spike_offsets &&
        (!b->spike_offsets || memcmp(a->spike_offsets, b->spike_offsets, 8ul * (a->size + 1ul)) ||
         memcmp(a->spike_ticks, b->spike_ticks, 4 * a->spike_offsets[a->size])))
        plc_violate(v, "population %s: stimulus differs", a->name);
}

/* Finds the slice of each neuron; false when memory is short. */
static bool index_slices(plc_verifier *v)
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
                plc_violate(v, "population %s: neuron %u sits on two cores",
                            layout->populations[slice->population].name, j);
            *of = s + 1;
        }
    }
    for (uint32_t i = 0; i < layout->n_populations; i++)
        for (uint32_t j = 0; j < layout->populations[i].size; j++)
            if (!v->slice_of[i][j])
                plc_violate(v, "population %s: neuron %u sits nowhere", layout->populations[i].name,
                            j);
    return true;
}

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

static bool check_keys(plc_verifier *v)
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
            plc_violate(v, "slice %u: keys pass 2^32", ranges[i].slice);
        if (i && ranges[i].first <= ranges[i - 1].last)
            plc_violate(v, "slices %u and %u share key 0x%08llx", ranges[i - 1].slice,
                        ranges[i].slice, (unsigned long long)ranges[i].first);
    }
    free(ranges);
    return true;
}

static void finish_verifier(plc_verifier *v)
{
    for (uint32_t i = 0; v->slice_of && i < v->layout->n_populations; i++)
        free(v->slice_of[i]);
    free(v->slice_of);
    plc_verify_finish_walk(v);
    free(v->expected.data);
    free(v->got.data);
    free(v->merged.data);
}

/* All that can be checked when both have the same populations. */
static bool check_all(plc_verifier *v)
{
    v->n_routers = v->layout->chip->width * v->layout->chip->height;
    v->slice_of = plc_array(v->layout->n_populations, sizeof *v->slice_of);
    if (!v->slice_of || !plc_verify_init_walk(v) || !index_slices(v) || !check_keys(v))
        return false;
    plc_verify_limits(v);
    return plc_verify_synapses(v);
}

plc_status plc_verify(plc_network *network, const plc_layout *layout,
                      plc_violations *ret_violations, plc_error *error)
{
    plc_violations found = {0};
    plc_verifier v = {.network = network, .layout = layout, .found = &found};
    plc_status status = plc_network_resolve(network, error);
    if (status != PLC_OK)
        return status;
    if (network->tick_ms < layout->tick_ms || network->tick_ms > layout->tick_ms)
        plc_violate(&v, "a tick of %g ms in the network, of %g ms in the layout", network->tick_ms,
                    layout->tick_ms);
    bool comparable = network->n_populations == layout->n_populations;
    if (!comparable)
        plc_violate(&v, "%zu populations in the network, %u in the layout", network->n_populations,
                    layout->n_populations);
    uint64_t before = found.n;
    for (uint32_t i = 0; comparable && found.n == before && i < layout->n_populations; i++)
        check_population(&v, i);
    for (uint32_t i = 0; comparable && i < layout->n_populations; i++)
        comparable = network->populations[i].size == layout->populations[i].size &&
                     network->populations[i].model == layout->populations[i].model;
    bool ok = !comparable || check_all(&v);
    finish_verifier(&v);
    if (!ok)
        return plc_fail_memory(error, "verifier");
    *ret_violations = found;
    return PLC_OK;
}
