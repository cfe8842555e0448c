/* The verifier's synapses: those that packets reach against those of the network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/verify.h"

#include "base/memory.h"
#include "hw/neuron/model.h"

/* Chains the projections that start from each population. */
static bool chain_projections(plc_verifier *v)
{
    const plc_network *network = v->network;
    v->first_out = plc_array(network->n_populations, sizeof *v->first_out);
    v->next_out = plc_array(network->n_projections, sizeof *v->next_out);
    if (!v->first_out || !v->next_out)
        return false;
    for (uint32_t i = 0; i < network->n_projections; i++) {
        uint32_t *first = &v->first_out[network->projections[i].source];
        v->next_out[i] = *first;
        *first = i + 1;
    }
    return true;
}

static bool expect_synapses(plc_verifier *v, uint32_t population, uint32_t neuron)
{
    v->expected.n = 0;
    for (uint32_t i = v->first_out[population]; i; i = v->next_out[i - 1]) {
        const plc_projection *projection = &v->network->projections[i - 1];
        for (uint64_t k = projection->offsets[neuron]; k < projection->offsets[neuron + 1]; k++) {
            plc_reached r = {.population = projection->target,
                             .neuron = projection->targets[k],
                             .weight = plc_projection_weight(projection, k),
                             .delay = plc_projection_delay(projection, k),
                             .receptor = projection->receptor,
                             .plastic = projection->plastic};
            if (!plc_reached_push(&v->expected, r))
                return false;
        }
    }
    return true;
}

static int compare_reached(const plc_reached *x, const plc_reached *y)
{
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    if (x->neuron != y->neuron)
        return x->neuron < y->neuron ? -1 : 1;
    if (x->receptor != y->receptor)
        return x->receptor < y->receptor ? -1 : 1;
    if (x->delay != y->delay)
        return x->delay < y->delay ? -1 : 1;
    if (x->plastic != y->plastic)
        return x->plastic < y->plastic ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

/* The end of the ascending run that begins at `begin` < n. */
static size_t end_of_run(const plc_reached *data, size_t begin, size_t n)
{
    size_t end = begin + 1;
    while (end < n && compare_reached(&data[end - 1], &data[end]) <= 0)
        end++;
    return end;
}

/* Merges [begin, middle) and [middle, end) of `from` into `to`. */
static void merge(const plc_reached *from, size_t begin, size_t middle, size_t end, plc_reached *to)
{
    size_t a = begin, b = middle;
    for (size_t i = begin; i < end; i++)
        to[i] = b == end || (a < middle && compare_reached(&from[a], &from[b]) <= 0) ? from[a++]
                                                                                     : from[b++];
}

/* Sorts a list by merging its ascending runs, of which there are few: lists come row by row. False
 * when memory is short. */
static bool sort_reached(plc_verifier *v, plc_reached_list *list)
{
    size_t n = list->n;
    if (!plc_array_reserve(&v->merged.data, &v->merged.capacity, n, sizeof(plc_reached)))
        return false;
    while (n && end_of_run(list->data, 0, n) < n) {
        for (size_t begin = 0, middle, end; begin < n; begin = end) {
            middle = end = end_of_run(list->data, begin, n);
            if (middle < n)
                end = end_of_run(list->data, middle, n);
            merge(list->data, begin, middle, end, v->merged.data);
        }
        plc_reached_list swapped = v->merged;
        v->merged = *list;
        *list = swapped;
        list->n = n;
    }
    return true;
}

static void report_difference(plc_verifier *v, uint32_t population, uint32_t neuron, bool negated,
                              plc_reached r, bool missing)
{
    const plc_population *populations = v->layout->populations;
    plc_violate(v, "%s[%u]%s -> %s[%u]: %s %ssynapse of weight %d, delay %u, receptor %u",
                populations[population].name, neuron, negated ? " (OFF)" : "",
                populations[r.population].name, r.neuron,
                missing ? "the layout lacks a" : "the layout has an extra",
                r.plastic ? "plastic " : "", r.weight, r.delay, r.receptor);
}

/* Compares the synapses reached with those expected; reports the first difference of a neuron.
 * False when memory is short. */
static bool compare_synapses(plc_verifier *v, uint32_t population, uint32_t neuron, bool negated)
{
    size_t n = v->expected.n, m = v->got.n, i = 0;
    if (!sort_reached(v, &v->expected) || !sort_reached(v, &v->got))
        return false;
    while (i < n && i < m && compare_reached(&v->expected.data[i], &v->got.data[i]) == 0)
        i++;
    if (i == n && i == m)
        return true;
    bool missing = i == m || (i < n && compare_reached(&v->expected.data[i], &v->got.data[i]) < 0);
    report_difference(v, population, neuron, negated,
                      missing ? v->expected.data[i] : v->got.data[i], missing);
    return true;
}

static bool check_neuron(plc_verifier *v, uint32_t population, uint32_t neuron)
{
    const plc_layout *layout = v->layout;
    if (!v->slice_of[population][neuron])
        return true;
    const plc_slice *slice = &layout->slices[v->slice_of[population][neuron] - 1];
    bool polarity = plc_model_has_polarity(layout->populations[population].model);
    if (polarity != (slice->polarity_mask != 0))
        plc_violate(v, "population %s: polarity bit %s", layout->populations[population].name,
                    polarity ? "missing" : "where there is none");
    if (!expect_synapses(v, population, neuron))
        return false;
    for (unsigned off = 0; off < (polarity ? 2u : 1u); off++) {
        v->got.n = 0;
        uint32_t key = slice->key + (neuron - slice->begin) + (off ? slice->polarity_mask : 0);
        if (!plc_verify_walk(v, layout->cores[slice->core].router, key, off))
            return false;
        if (!compare_synapses(v, population, neuron, off))
            return false;
    }
    return true;
}

bool plc_verify_synapses(plc_verifier *v)
{
    bool ok = chain_projections(v);
    for (uint32_t i = 0; ok && i < v->layout->n_populations; i++)
        for (uint32_t j = 0; ok && j < v->layout->populations[i].size; j++)
            ok = check_neuron(v, i, j);
    free(v->first_out);
    free(v->next_out);
    return ok;
}
