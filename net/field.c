/* The fields of ON-OFF pairs: their potentials at tick 0, from the biases and the spins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

/* Sets the state of each neuron of an onoff population to what was declared, a set for each so that
 * each can have its own field. */
static plc_status restore_state(plc_population *population, const plc_declared_state *declared,
                                plc_error *error)
{
    uint32_t n_words = plc_model_n_state(population->model);
    if (population->n_state_sets != population->size) {
        int32_t *state = plc_array((size_t)population->size * n_words, sizeof *state);
        if (!state)
            return plc_fail_memory(error, population->name);
        free(population->state);
        population->state = state;
        population->n_state_sets = population->size;
    }
    for (uint32_t j = 0; j < population->size; j++)
        memcpy(population->state + (size_t)j * n_words,
               declared->words + (declared->n_sets == 1 ? 0 : (size_t)j * n_words),
               n_words * sizeof *population->state);
    return PLC_OK;
}

/* v += sum_j w_j s_j over the synapses of a projection. */
static void add_fields(plc_network *network, const plc_projection *projection)
{
    const plc_population *source = &network->populations[projection->source];
    plc_population *target = &network->populations[projection->target];
    uint32_t n_words = plc_model_n_state(PLC_ONOFF);
    for (uint32_t i = 0; i < source->size; i++) {
        int64_t spin = plc_onoff_spin(plc_population_state(source, i, n_words));
        for (uint64_t k = projection->offsets[i]; k < projection->offsets[i + 1]; k++)
            plc_onoff_add_field(target->state + (size_t)projection->targets[k] * n_words,
                                spin * plc_projection_weight(projection, k));
    }
}

plc_status plc_network_set_fields(plc_network *network, plc_error *error)
{
    for (size_t i = 0; i < network->n_populations; i++) {
        if (network->populations[i].model == PLC_ONOFF) {
            plc_status status =
                restore_state(&network->populations[i], &network->declared[i], error);
            if (status != PLC_OK)
                return status;
        }
    }
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        if (network->populations[projection->source].model == PLC_ONOFF &&
            network->populations[projection->target].model == PLC_ONOFF)
            add_fields(network, projection);
    }
    return PLC_OK;
}
