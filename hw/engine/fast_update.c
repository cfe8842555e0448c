/* Updates of the neurons that are due: one loop for each model and schedule, over the kernels of
 * hw/neuron. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "base/vectorise.h"
#include "hw/engine/digest.h"
#include "hw/engine/fast.h"
#include "hw/engine/fast_spins.h"
#include "hw/neuron/model.h"
#include "hw/neuron/source.h"
#include "hw/neuron/threshold.h"

void plc_block_emit(plc_block *block, const plc_group *group, uint64_t tick, uint32_t neuron,
                    bool off)
{
    plc_sent_list *sent = &block->sent[tick & 1];
    plc_spike spike = {.tick = tick,
                       .population = group->population & 0x7fffffff,
                       .neuron = group->begin + neuron,
                       .polarity = off};
    if (!plc_reserve(sent, data, 1) ||
        !plc_array_reserve(&block->trace, &block->capacity, block->n + 1, sizeof spike)) {
        block->failed = true;
        return;
    }
    sent->data[sent->n++] = (plc_sent){group->source + neuron, off ? -1 : 1};
    block->trace[block->n++] = spike;
    block->digest +=
        plc_digest_of_spike(plc_digest_of_tick(tick), spike.population, spike.neuron, off);
    block->n_spikes++;
    if (group->histories && !plc_plastic_log(block->plastic, &group->histories[neuron], tick))
        block->failed = true;
}

/* Emits the neurons whose fired flag is set. */
static void emit_fired(plc_block *block, const plc_group *group, uint64_t tick)
{
    const uint8_t *fired = group->fired;
    uint32_t i = 0;
    for (; i + 8 <= group->n; i += 8) {
        uint64_t eight;
        memcpy(&eight, fired + i, 8);
        for (; eight; eight &= eight - 1)
            plc_block_emit(block, group, tick, i + (uint32_t)__builtin_ctzll(eight) / 8, false);
    }
    for (; i < group->n; i++)
        if (fired[i])
            plc_block_emit(block, group, tick, i, false);
}

PLC_VECTORISE
void plc_lif_update_all(const plc_lif_params *params, size_t n, plc_s1615 *restrict v,
                        uint32_t *restrict g_e, uint32_t *restrict g_i, int32_t *restrict wait,
                        int32_t *restrict input_e, int32_t *restrict input_i,
                        uint8_t *restrict fired)
{
    const plc_lif_params p = *params;
    for (size_t i = 0; i < n; i++) {
        plc_lif_state s = {v[i], g_e[i], g_i[i], wait[i]};
        fired[i] = plc_lif_update(&p, &s, (uint32_t)input_e[i], (uint32_t)input_i[i]);
        v[i] = s.v;
        g_e[i] = s.g_e;
        g_i[i] = s.g_i;
        wait[i] = s.wait;
        input_e[i] = input_i[i] = 0;
    }
}

/* Threshold cells with a threshold each, or one for all. */
PLC_VECTORISE
static void update_cells(const plc_threshold_params *params, size_t n, int32_t *restrict inputs,
                         uint8_t *restrict fired)
{
    for (size_t i = 0; i < n; i++) {
        fired[i] = plc_threshold_update(&params[i], inputs[i]);
        inputs[i] = 0;
    }
}

PLC_VECTORISE
static void update_equal_cells(const plc_threshold_params *params, size_t n,
                               int32_t *restrict inputs, uint8_t *restrict fired)
{
    const plc_threshold_params p = *params;
    for (size_t i = 0; i < n; i++) {
        fired[i] = plc_threshold_update(&p, inputs[i]);
        inputs[i] = 0;
    }
}

static bool update_lif(plc_group *group, uint32_t i)
{
    const plc_lif_params *params = (const plc_lif_params *)(const void *)group->params;
    uint8_t fired;
    plc_lif_update_all(&params[group->shared ? 0 : i], 1, group->v + i, group->g_e + i,
                       group->g_i + i, group->wait + i, group->inputs[0] + i, group->inputs[1] + i,
                       &fired);
    return fired;
}

static bool update_onoff(plc_group *group, uint32_t i, uint32_t noise)
{
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    int32_t *input = group->inputs[0] + i;
    bool flips = plc_onoff_update(params, group->acceptance, &group->onoff[i], *input, noise);
    *input = 0;
    return flips;
}

static bool update_threshold(plc_group *group, uint32_t i)
{
    const plc_threshold_params *params = (const plc_threshold_params *)(const void *)group->params;
    int32_t *input = group->inputs[0] + i;
    bool fires = plc_threshold_update(&params[group->shared ? 0 : i], *input);
    *input = 0;
    return fires;
}

/* Updates one neuron, whatever its model, and emits its spike. */
static void update_one(plc_block *block, plc_group *group, uint64_t tick, uint32_t i,
                       uint32_t noise)
{
    bool fires = false, off = false;
    switch (group->model) {
    case PLC_LIF_CURR_EXP:
        fires = update_lif(group, i);
        break;
    case PLC_ONOFF:
        fires = update_onoff(group, i, noise);
        off = group->onoff[i].spin < 0;
        break;
    case PLC_THRESHOLD:
        fires = update_threshold(group, i);
        break;
    default:
        break;
    }
    if (fires)
        plc_block_emit(block, group, tick, i, off);
    block->updates++;
}

/* One drawn neuron of each block that overlaps the group; draws are made in batches. */
static void update_drawn(plc_block *block, plc_group *group, uint64_t tick)
{
    uint32_t n_blocks = group->schedule.random_blocks, end = group->begin + group->n;
    uint32_t which[PLC_DRAW_BATCH], noise[PLC_DRAW_BATCH];
    uint32_t at = (uint32_t)((uint64_t)group->begin * n_blocks / group->size);
    while (at < n_blocks && plc_block_begin(group->size, n_blocks, at) < end) {
        uint32_t n = n_blocks - at < PLC_DRAW_BATCH ? n_blocks - at : PLC_DRAW_BATCH;
        plc_random_pairs_over_index(group->key, at, (uint32_t)tick, n, which, noise);
        for (uint32_t k = 0; k < n; k++, at++) {
            uint32_t first = plc_block_begin(group->size, n_blocks, at);
            uint32_t past = plc_block_begin(group->size, n_blocks, at + 1);
            uint32_t neuron = first + plc_random_below(which[k], past - first);
            if (neuron >= group->begin && neuron < end)
                update_one(block, group, tick, neuron - group->begin, noise[k]);
        }
    }
}

/* All pairs of a group. */
static void update_onoff_all(plc_block *block, plc_group *group, uint64_t tick)
{
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    plc_acceptance *acceptance = group->acceptance;
    plc_onoff_state *state = group->onoff;
    int32_t *inputs = group->inputs[0];
    plc_random_noise_over_index(group->key, group->begin, (uint32_t)tick, group->n, group->noise);
    for (uint32_t i = 0; i < group->n; i++) {
        bool flips = plc_onoff_update(params, acceptance, &state[i], inputs[i], group->noise[i]);
        inputs[i] = 0;
        if (__builtin_expect(flips, 0))
            plc_block_emit(block, group, tick, i, state[i].spin < 0);
    }
    block->updates += group->n;
}

static void update_all(plc_block *block, plc_group *group, uint64_t tick)
{
    if (group->model == PLC_LIF_CURR_EXP && group->shared) {
        plc_lif_update_all((const plc_lif_params *)(const void *)group->params, group->n, group->v,
                           group->g_e, group->g_i, group->wait, group->inputs[0], group->inputs[1],
                           group->fired);
        emit_fired(block, group, tick);
        block->updates += group->n;
        return;
    }
    if (group->model == PLC_ONOFF) {
        update_onoff_all(block, group, tick);
        return;
    }
    if (group->model == PLC_THRESHOLD) {
        const plc_threshold_params *params =
            (const plc_threshold_params *)(const void *)group->params;
        (group->shared ? update_equal_cells : update_cells)(params, group->n, group->inputs[0],
                                                            group->fired);
        emit_fired(block, group, tick);
        block->updates += group->n;
        return;
    }
    for (uint32_t i = 0; i < group->n; i++)
        update_one(block, group, tick, i, 0);
}

static void update_poisson(plc_block *block, plc_group *group, uint64_t tick)
{
    const plc_poisson_params *params = (const plc_poisson_params *)(const void *)group->params;
    plc_random_over_index(group->key, group->begin, (uint32_t)tick, group->n, group->noise);
    for (uint32_t i = 0; i < group->n; i++)
        if (plc_poisson_update(&params[group->shared ? 0 : i], tick, group->noise[i]))
            plc_block_emit(block, group, tick, i, false);
    block->updates += group->n;
}

static void update_array(plc_block *block, plc_group *group, uint64_t tick)
{
    for (; group->next_event < group->n_events && group->events[group->next_event] >> 32 == tick;
         group->next_event++)
        plc_block_emit(block, group, tick, (uint32_t)group->events[group->next_event], false);
}

static void record(plc_group *group, uint64_t tick)
{
    int32_t *row = group->recording->values + tick * group->recording->n_neurons + group->begin;
    for (uint32_t i = 0; i < group->n; i++)
        row[i] = group->model == PLC_ONOFF ? group->onoff[i].v : group->v[i];
}

static uint32_t stream_of(const plc_group *group)
{
    uint32_t purpose = group->model == PLC_SPIKE_SOURCE_POISSON ? PLC_STREAM_POISSON
                       : group->schedule.random_blocks          ? PLC_STREAM_DUE
                                                                : PLC_STREAM_NOISE;
    return purpose + group->population;
}

void plc_group_move_to(plc_group *group, uint64_t tick)
{
    uint32_t epoch = (uint32_t)(tick >> 32);
    if (epoch != group->epoch) {
        group->epoch = epoch;
        group->key = plc_random_stream(group->seed, stream_of(group), epoch);
    }
    plc_acceptance *acceptance = group->acceptance;
    if (!acceptance)
        return;
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    if (tick >= acceptance->until)
        plc_acceptance_move(acceptance, params, tick);
    if (group->filter_span != acceptance->span) {
        if (group->borrows && group[-1].filter_span == acceptance->span)
            group->filter = group[-1].filter, group->table = group[-1].table;
        else if (group->shorts)
            group->table = plc_spin_table_at(acceptance, params);
        else
            group->filter = plc_spin_filter_at(params, acceptance->slope);
        group->filter_span = acceptance->span;
    }
}

void plc_group_update(plc_block *block, plc_group *group, uint64_t tick)
{
    if (group->recording)
        record(group, tick);
    if (tick < group->next_due)
        return;
    group->next_due += group->schedule.period;
    plc_group_move_to(group, tick);
    if (group->packed)
        plc_spins_update(block, group, tick);
    else if (group->model == PLC_SPIKE_SOURCE_ARRAY)
        update_array(block, group, tick);
    else if (group->model == PLC_SPIKE_SOURCE_POISSON)
        update_poisson(block, group, tick);
    else if (group->schedule.random_blocks)
        update_drawn(block, group, tick);
    else
        update_all(block, group, tick);
}
