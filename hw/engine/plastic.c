/* Plastic synapses in a run: post events, weights brought up to date, and their delivery. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/plastic.h"

#include "base/memory.h"

void plc_plastic_destroy(plc_plastic *plastic)
{
    if (!plastic)
        return;
    for (uint32_t i = 0; plastic->histories && i < plastic->n_histories; i++)
        free(plastic->histories[i].events);
    for (uint32_t i = 0; plastic->rules && i < plastic->n_populations; i++)
        free(plastic->rules[i]);
    for (uint32_t i = 0; plastic->later && i < plastic->ring; i++)
        free(plastic->later[i].data);
    free(plastic->row_offsets);
    free(plastic->rows);
    free(plastic->synapses);
    free(plastic->histories);
    free(plastic->in_offsets);
    free(plastic->in);
    free(plastic->rules);
    free(plastic->later);
    free(plastic);
}

void plc_plastic_clear(plc_plastic *plastic)
{
    for (size_t i = 0; i < plastic->n_rows; i++)
        plastic->rows[i].pre = (plc_pre_event){0};
    for (size_t i = 0; i < plastic->n_synapses; i++)
        plastic->synapses[i].weight = plastic->synapses[i].initial;
    for (uint32_t i = 0; i < plastic->n_histories; i++)
        plastic->histories[i].n = 0;
    for (uint32_t i = 0; i < plastic->ring; i++)
        plastic->later[i].n = 0;
    plastic->events = 0;
}

bool plc_plastic_index(plc_plastic *plastic)
{
    bool flushes = false;
    for (uint32_t i = 0; i < plastic->n_populations; i++)
        flushes = flushes || (plastic->rules[i] && plastic->rules[i]->history == PLC_STDP_FLUSH);
    if (!flushes)
        return true;
    plastic->in_offsets = plc_array(plastic->n_histories + 2ul, sizeof *plastic->in_offsets);
    plastic->in = plc_array(plastic->n_synapses, sizeof *plastic->in);
    if (!plastic->in_offsets || !plastic->in)
        return false;
    uint64_t *next = plastic->in_offsets + 1; /* becomes the end of each, the next one's begin */
    for (size_t i = 0; i < plastic->n_synapses; i++)
        next[plastic->synapses[i].history + 1]++;
    for (uint32_t i = 0; i < plastic->n_histories; i++)
        next[i + 1] += next[i];
    for (size_t r = 0; r < plastic->n_rows; r++) {
        const plc_plastic_row *row = &plastic->rows[r];
        for (uint64_t i = row->begin; i < row->begin + row->n; i++)
            plastic->in[next[plastic->synapses[i].history]++] = (plc_plastic_in){i, r};
    }
    return true;
}

/* Has the synapses of a neuron take its oldest event. */
static void flush(plc_plastic *plastic, const plc_stdp_rule *rule, const plc_post_history *history)
{
    size_t number = (size_t)(history - plastic->histories);
    for (uint64_t i = plastic->in_offsets[number]; i < plastic->in_offsets[number + 1]; i++) {
        plc_plastic_synapse *synapse = &plastic->synapses[plastic->in[i].synapse];
        synapse->weight =
            plc_stdp_flush(rule, history->events, &plastic->rows[plastic->in[i].row].pre,
                           synapse->delay, synapse->weight, synapse->shift);
    }
}

bool plc_plastic_log(plc_plastic *plastic, plc_post_history *history, uint64_t tick)
{
    const plc_stdp_rule *rule = plastic->rules[history->population];
    plc_post_event event = plc_post_event_next(rule, history->events, history->n, tick);
    if (rule->history != PLC_STDP_UNBOUNDED && history->n == PLC_STDP_HISTORY) {
        if (rule->history == PLC_STDP_FLUSH)
            flush(plastic, rule, history);
        memmove(history->events, history->events + 1, --history->n * sizeof *history->events);
    }
    if (history->n == UINT32_MAX || !plc_array_reserve(&history->events, &history->capacity,
                                                       history->n + 1ul, sizeof *history->events))
        return false;
    history->events[history->n++] = event;
    return true;
}

/* Has a weight added `delay` ticks after `tick`. */
static bool post(plc_plastic *plastic, const plc_plastic_synapse *synapse, uint64_t tick)
{
    plc_plastic_parcels *later = &plastic->later[(tick + synapse->delay) & (plastic->ring - 1)];
    if (synapse->weight == 0)
        return true;
    if (synapse->delay == 1) {
        *synapse->input = (int32_t)((uint32_t)*synapse->input + (uint32_t)synapse->weight);
        return true;
    }
    if (!plc_array_reserve(&later->data, &later->capacity, later->n + 1, sizeof *later->data))
        return false;
    later->data[later->n++] = (plc_plastic_parcel){synapse->input, synapse->weight};
    return true;
}

bool plc_plastic_take(plc_plastic *plastic, uint32_t source, uint64_t tick)
{
    for (uint64_t r = plastic->row_offsets[source]; r < plastic->row_offsets[source + 1]; r++) {
        plc_plastic_row *row = &plastic->rows[r];
        const plc_stdp_rule *rule = plastic->rules[row->rule];
        for (uint64_t i = row->begin; i < row->begin + row->n; i++) {
            plc_plastic_synapse *synapse = &plastic->synapses[i];
            const plc_post_history *history = &plastic->histories[synapse->history];
            synapse->weight =
                plc_stdp_update(rule, history->events, history->n, &row->pre, synapse->delay, tick,
                                synapse->weight, synapse->shift);
            if (!post(plastic, synapse, tick))
                return false;
        }
        plc_pre_event_move(rule, &row->pre, tick);
        plastic->events += row->n;
    }
    return true;
}

void plc_plastic_deliver_due(plc_plastic *plastic, uint64_t tick)
{
    plc_plastic_parcels *due = &plastic->later[tick & (plastic->ring - 1)];
    for (size_t i = 0; i < due->n; i++)
        *due->data[i].input =
            (int32_t)((uint32_t)*due->data[i].input + (uint32_t)due->data[i].weight);
    due->n = 0;
}
