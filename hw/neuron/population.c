/* Copying and freeing resolved populations. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/population.h"

#include "base/memory.h"
#include "hw/neuron/model.h"

bool plc_population_copy(const plc_population *population, plc_population *ret_copy)
{
    const plc_population *p = population;
    plc_population copy = *p;
    size_t n_params = (size_t)p->n_param_sets * plc_model_n_params(p->model);
    size_t n_state = (size_t)p->n_state_sets * plc_model_n_state(p->model);
    copy.name = plc_string_copy(p->name);
    copy.params = plc_array_copy(p->params, n_params, sizeof *p->params);
    copy.state = plc_array_copy(p->state, n_state, sizeof *p->state);
    bool ok = copy.name && copy.params && copy.state;
    if (p->stdp) {
        copy.stdp = plc_array_copy(p->stdp, 1, sizeof *p->stdp);
        ok = ok && copy.stdp;
    }
    if (p->spike_offsets) {
        copy.spike_offsets =
            plc_array_copy(p->spike_offsets, (size_t)p->size + 1, sizeof *p->spike_offsets);
        copy.spike_ticks =
            plc_array_copy(p->spike_ticks, p->spike_offsets[p->size], sizeof *p->spike_ticks);
        ok = ok && copy.spike_offsets && copy.spike_ticks;
    }
    if (!ok)
        plc_population_finish(&copy);
    *ret_copy = copy;
    return ok;
}

void plc_population_finish(plc_population *population)
{
    free(population->name);
    free(population->params);
    free(population->state);
    free(population->spike_offsets);
    free(population->spike_ticks);
    free(population->stdp);
    *population = (plc_population){0};
}
