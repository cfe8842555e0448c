/* Windows of source neurons, and the rows they stand for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/windows.h"

#include "base/error.h"
#include "base/memory.h"

void plc_windows_finish(plc_windows *windows)
{
    free(windows->first);
    free(windows->offsets);
    free(windows->touched);
    free(windows->population);
    free(windows->charged_to);
    *windows = (plc_windows){0};
}

/* Numbers the windows of all populations. */
static bool number_windows(plc_windows *w)
{
    const plc_network *network = w->network;
    size_t n_populations = network->n_populations;
    if (!(w->first = plc_array(n_populations + 1, sizeof *w->first)))
        return false;
    for (size_t i = 0; i < n_populations; i++)
        w->first[i + 1] = w->first[i] + (network->populations[i].size - 1) / w->width + 1;
    w->population = plc_array(w->first[n_populations], sizeof *w->population);
    w->charged_to = plc_array(w->first[n_populations], sizeof *w->charged_to);
    if (!w->population || !w->charged_to)
        return false;
    for (uint32_t i = 0; i < n_populations; i++)
        for (uint32_t k = w->first[i]; k < w->first[i + 1]; k++)
            w->population[k] = i;
    return true;
}

/* Passes over the synapses into a population: counts the windows of each neuron, or stores them at
 * its offset, which then moves on. last [size] is scratch. A window that comes twice through
 * different projections may be there twice. */
static void pass_synapses(plc_windows *w, uint32_t population, uint32_t *last, bool store)
{
    const plc_network *network = w->network;
    const plc_projection_index *into = &network->by_target;
    for (uint32_t i = into->offsets[population]; i < into->offsets[population + 1]; i++) {
        const plc_projection *projection = &network->projections[into->numbers[i]];
        memset(last, 0, network->populations[population].size * sizeof *last);
        for (uint32_t j = 0; j < network->populations[projection->source].size; j++) {
            uint32_t window = w->first[projection->source] + j / w->width;
            for (uint64_t k = projection->offsets[j]; k < projection->offsets[j + 1]; k++) {
                uint32_t target = projection->targets[k];
                if (last[target] == window + 1)
                    continue;
                last[target] = window + 1;
                if (store)
                    w->touched[w->offsets[target]++] = window;
                else
                    w->offsets[target + 1]++;
            }
        }
    }
}

static bool find_windows(plc_windows *w, uint32_t population)
{
    uint32_t size = w->network->populations[population].size;
    w->offsets = plc_array(size + 1ul, sizeof *w->offsets);
    uint32_t *last = plc_array(size, sizeof *last);
    bool ok = w->offsets && last;
    if (ok)
        pass_synapses(w, population, last, false);
    for (uint32_t j = 0; ok && j < size; j++)
        w->offsets[j + 1] += w->offsets[j];
    ok = ok && (w->touched = plc_array(w->offsets[size], sizeof *w->touched));
    if (ok) {
        pass_synapses(w, population, last, true);
        for (uint32_t j = size; j > 0; j--)
            w->offsets[j] = w->offsets[j - 1];
        w->offsets[0] = 0;
    }
    free(last);
    return ok;
}

plc_status plc_windows_init(plc_windows *windows, const plc_network *network, uint32_t population,
                            uint64_t slice_max, plc_error *error)
{
    *windows = (plc_windows){.network = network,
                             .width = slice_max < UINT32_MAX ? (uint32_t)slice_max : UINT32_MAX};
    if (number_windows(windows) && find_windows(windows, population))
        return PLC_OK;
    plc_windows_finish(windows);
    return plc_fail_memory(error, "partition");
}

uint64_t plc_windows_charge(plc_windows *windows, uint32_t neuron, uint32_t core)
{
    uint64_t rows = 0;
    for (uint64_t i = windows->offsets[neuron]; i < windows->offsets[neuron + 1]; i++) {
        uint32_t window = windows->touched[i], population = windows->population[window];
        uint32_t begin = windows->first[population], end = windows->first[population + 1];
        uint32_t low = window > begin ? window - 1 : window;
        uint32_t high = window + 1 < end ? window + 2 : window + 1;
        for (uint32_t k = low; k < high; k++) {
            uint32_t before = (k - begin) * windows->width; /* neurons */
            uint32_t left = windows->network->populations[population].size - before;
            if (windows->charged_to[k] != core + 1)
                rows += left < windows->width ? left : windows->width;
            windows->charged_to[k] = core + 1;
        }
    }
    return rows;
}
