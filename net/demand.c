/* The memory that networks take: what this machine cannot hold is refused before it is allocated.
 *
 * Counted is what net/ itself fills at the same time; layouts and engines come on top. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <math.h>

/* Bytes of one neuron: kept by the network, and besides while it is declared. */
typedef struct neuron_demand {
    double kept, declaring;
} neuron_demand;

static neuron_demand demand_of_neuron(const plc_population_spec *spec)
{
    double words = 4.0 * (plc_model_n_params(spec->model) + plc_model_n_state(spec->model));
    neuron_demand demand = {0};
    bool lists = false;
    for (size_t i = 0; i < spec->n_params; i++)
        lists = lists || spec->params[i].values;
    if (lists)
        demand.kept += words;
    if (spec->model == PLC_ONOFF)
        demand.kept += 8.0 * plc_model_n_state(spec->model); /* as declared, and with its field */
    if (spec->model == PLC_SPIKE_SOURCE_ARRAY) {
        demand.kept += sizeof *spec->spike_offsets;
        demand.declaring += sizeof *spec->spike_offsets; /* the reader's, or the caller's */
    }
    return demand;
}

plc_status plc_network_check_neurons(const plc_network *network, const plc_population_spec *spec,
                                     double *ret_bytes, plc_error *error)
{
    neuron_demand demand = demand_of_neuron(spec);
    double memory = (double)plc_memory_physical();
    double needed = network->neuron_bytes + spec->size * (demand.kept + demand.declaring);
    if (needed > memory)
        return plc_fail(error, PLC_NO_MEMORY,
                        "size: with %u neurons more, the network needs %.3g GiB; this machine has "
                        "%.3g GiB in all",
                        spec->size, needed / 0x1p30, memory / 0x1p30);
    if (ret_bytes)
        *ret_bytes = spec->size * demand.kept;
    return PLC_OK;
}

/* Bytes of one synapse: kept, besides until its target population is resolved, and besides both
 * while its projection is expanded. */
typedef struct synapse_demand {
    double kept, resolving, expanding;
} synapse_demand;

static synapse_demand demand_of_synapse(const plc_projection *projection)
{
    const plc_connector *connector = &projection->connector;
    synapse_demand demand = {.kept = sizeof *projection->targets};
    if (connector->weights || projection->weight.low < projection->weight.high) {
        demand.kept += sizeof *projection->weights;
        demand.resolving = sizeof *projection->real_weights;
    }
    if (connector->delays || projection->delay.low < projection->delay.high)
        demand.kept += sizeof *projection->delays;
    switch (connector->kind) {
    case PLC_ONE_TO_ONE:
    case PLC_ALL_TO_ALL:
    case PLC_FIXED_PROBABILITY:
    case PLC_FIXED_NUMBER_POST:
        break;
    case PLC_FIXED_NUMBER_PRE:
        demand.expanding = sizeof(uint32_t); /* sources not yet sorted */
        break;
    case PLC_FIXED_TOTAL_NUMBER:
        demand.expanding = 2 * sizeof(uint32_t); /* pairs not yet sorted */
        break;
    case PLC_FROM_LIST:
        demand.kept += 8 + (connector->weights ? 8 : 0) + (connector->delays ? 1 : 0); /* it */
        break;
    }
    if (demand.resolving > 0)
        demand.expanding = 0; /* gone before the larger arrays of weights are there */
    return demand;
}

/* The same with scratch: resolving [n_populations], zeroed. */
static plc_status check_synapses(const plc_network *network, double *resolving, plc_error *error)
{
    double kept = network->neuron_bytes, most = 0, expanding = 0;
    double memory = (double)plc_memory_physical();
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        synapse_demand demand = demand_of_synapse(projection);
        double n = plc_projection_expected(network, projection);
        double n_offsets = network->populations[projection->source].size + 1.0;
        kept += n * demand.kept + 8 * n_offsets;
        most = fmax(most, resolving[projection->target] += n * demand.resolving);
        expanding = fmax(expanding, n * demand.expanding);
        double needed = kept + most + expanding;
        if (needed > memory)
            return plc_fail(
                error, PLC_NO_MEMORY,
                "%s: about %.3g synapses need %.3g GiB; this machine has %.3g GiB in all",
                projection->where, n, needed / 0x1p30, memory / 0x1p30);
    }
    return PLC_OK;
}

plc_status plc_network_check_synapses(const plc_network *network, plc_error *error)
{
    double *resolving = plc_array(network->n_populations, sizeof *resolving);
    plc_status status =
        resolving ? check_synapses(network, resolving, error) : plc_fail_memory(error, "network");
    free(resolving);
    return status;
}
