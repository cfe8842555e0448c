/* The engine `fast`: the tick loop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/ranks.h"
#include "hw/engine/trace.h"
#include "hw/neuron/model.h"

#include <omp.h>

/* Start of a tick in one block: what waited for it arrives, and the neurons that are due are
 * updated. */
static void begin_tick(plc_fast *fast, plc_block *block, uint64_t tick)
{
    block->sent[tick & 1].n = 0;
    if (!block->rows) /* nothing waits */
        plc_block_deliver_due(block, tick, fast->ring);
    for (uint32_t g = 0; g < block->n_groups; g++)
        if (block->due[g] <= tick) {
            plc_group *group = &block->groups[g];
            plc_group_update(block, group, tick);
            block->due[g] = group->recording ? 0 : group->next_due;
        }
}

/* The first member, which is the thread that may use MPI, trades spikes with the other ranks. */
static void trade(plc_fast *fast, uint32_t member, uint32_t team, uint64_t tick)
{
    if (member == 0)
        plc_mail_exchange(fast, tick);
    if (team > 1) {
#pragma omp barrier
    }
}

/* Ticks [begin, end) of every team-th block from `member` on. All members run this together; a tick
 * has one barrier, after which the spike lists of that tick are read while those of the next are
 * written. Where there are other ranks the first member trades spikes with them before anyone goes
 * on. */
static void run_member(plc_fast *fast, uint32_t member, uint32_t team, uint64_t begin, uint64_t end)
{
    for (uint64_t tick = begin; tick < end; tick++) {
        for (uint32_t b = member; b < fast->n_blocks; b += team)
            begin_tick(fast, &fast->blocks[b], tick);
        if (team > 1) {
#pragma omp barrier
        }
        if (fast->n_ranks > 1)
            trade(fast, member, team, tick);
        for (uint32_t b = member; b < fast->n_blocks; b += team) {
            for (uint32_t from = 0; from < fast->n_blocks; from++)
                plc_block_take(&fast->blocks[b], &fast->blocks[from].sent[tick & 1], tick,
                               fast->ring);
            if (fast->n_ranks > 1)
                plc_block_take(&fast->blocks[b], &fast->mail.in, tick, fast->ring);
        }
    }
}

static void run_chunk(plc_fast *fast, uint64_t begin, uint64_t end)
{
    if (plc_fast_is_solo(fast)) {
        plc_block_run_solo(&fast->blocks[0], begin, end);
    } else if (fast->n_blocks == 1) {
        run_member(fast, 0, 1, begin, end);
    } else {
        /* OpenMP may give fewer threads than asked for: each then takes several blocks. */
#pragma omp parallel num_threads(fast->n_blocks)
        {
            uint32_t team = (uint32_t)omp_get_num_threads();
#pragma omp single
            fast->base.stats.threads = team;
            run_member(fast, (uint32_t)omp_get_thread_num(), team, begin, end);
        }
    }
}

/* The spikes of all blocks since the last hand-over, in canonical order. */
static plc_status gather_spikes(plc_fast *fast, size_t n, const plc_spike **ret_spikes,
                                plc_error *error)
{
    size_t at = 0;
    *ret_spikes = fast->blocks[0].trace; /* in order: ticks, and groups within a tick, are */
    if (fast->n_blocks == 1)
        return PLC_OK;
    if (!plc_array_reserve(&fast->merged, &fast->merged_capacity, n, sizeof *fast->merged))
        return plc_fail_memory(error, "spikes");
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        const plc_block *block = &fast->blocks[b];
        if (block->n)
            memcpy(fast->merged + at, block->trace, block->n * sizeof *fast->merged);
        at += block->n;
    }
    plc_spikes_sort(fast->merged, n);
    *ret_spikes = fast->merged;
    return PLC_OK;
}

/* Adds up the counters of all blocks; the number of spikes since the last hand-over. */
static plc_status add_up(const plc_fast *fast, plc_engine_stats *stats, size_t *ret_n,
                         plc_error *error)
{
    bool failed = false;
    *ret_n = 0;
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        const plc_block *block = &fast->blocks[b];
        failed = failed || block->failed;
        stats->updates += block->updates;
        stats->spikes += block->n_spikes;
        stats->synaptic_events += block->events;
        stats->plastic_events += block->plastic ? block->plastic->events : 0;
        stats->digest += block->digest;
        *ret_n += block->n;
    }
    return failed ? plc_fail_memory(error, "spikes in flight") : PLC_OK;
}

plc_status plc_fast_hand_over(plc_fast *fast, uint64_t stop, plc_spike_sink sink, void *context,
                              plc_error *error)
{
    plc_engine_stats stats = {.ticks = stop,
                              .threads = fast->base.stats.threads,
                              .ranks = fast->n_ranks,
                              .sent_to_ranks = fast->mail.n_out};
    const plc_spike *spikes = NULL;
    size_t n = 0;
    plc_status status = add_up(fast, &stats, &n, error);
    if (status == PLC_OK && sink)
        status = gather_spikes(fast, n, &spikes, error);
    if (fast->n_ranks > 1)
        status = plc_mail_hand_over(fast, status, sink, &stats, &spikes, &n, error);
    if (status != PLC_OK)
        return status;
    fast->base.stats = stats;
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        fast->blocks[b].n = 0;
    status = sink ? sink(context, spikes, n, stats.ticks) : PLC_OK;
    return fast->n_ranks > 1 ? plc_ranks_agree(status, error) : status;
}

static plc_status run(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error)
{
    plc_fast *fast = (plc_fast *)engine;
    plc_status status = PLC_OK;
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks;
        uint64_t stop = end - begin < fast->chunk ? end : begin + fast->chunk;
        if (fast->n_ranks > 1)
            plc_mail_clear_rows(fast, begin, stop);
        run_chunk(fast, begin, stop);
        status = plc_fast_hand_over(fast, stop, sink, context, error);
    }
    return status;
}

void plc_fast_start_recording(plc_engine *engine)
{
    plc_fast *fast = (plc_fast *)engine;
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        for (uint32_t g = 0; g < fast->blocks[b].n_groups; g++) {
            plc_group *group = &fast->blocks[b].groups[g];
            group->recording = plc_engine_find_recording(engine, group->population);
            fast->blocks[b].due[g] = 0;
        }
}

void plc_fast_finish(plc_fast *fast)
{
    for (uint32_t s = 0; fast->shards && s < fast->n_shards; s++)
        plc_shard_finish(&fast->shards[s]);
    for (uint32_t b = 0; fast->blocks && b < fast->n_blocks; b++)
        plc_block_finish(&fast->blocks[b], fast->ring);
    for (uint32_t i = 0; fast->params && i < fast->n_populations; i++)
        free(fast->params[i]);
    free(fast->shards);
    free(fast->blocks);
    free(fast->params);
    free(fast->first_source);
    free(fast->merged);
    plc_mail_finish(&fast->mail);
}

static void anneal(plc_engine *engine, const plc_annealer *annealer)
{
    plc_fast *fast = (plc_fast *)engine;
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        for (uint32_t g = 0; g < fast->blocks[b].n_groups; g++) {
            const plc_group *group = &fast->blocks[b].groups[g];
            if (group->model != PLC_ONOFF)
                continue;
            memcpy(fast->params[group->population], annealer, sizeof *annealer);
            plc_acceptance_forget(group->acceptance);
        }
}

/* A block without its spikes, counters and inputs. */
static void clear_block(plc_block *block, uint32_t ring)
{
    for (uint32_t s = 0; s < block->n_shards; s++)
        memset(block->shards[s].inputs, 0, block->shards[s].n_inputs * sizeof(int32_t));
    for (uint32_t i = 0; i < ring; i++)
        block->later[i].n = 0;
    if (block->plastic)
        plc_plastic_clear(block->plastic);
    block->sent[0].n = block->sent[1].n = block->n = 0;
    memset(block->due, 0, block->n_groups * sizeof *block->due);
    block->digest = block->n_spikes = block->events = block->updates = 0;
}

static void restart(plc_engine *engine, const plc_layout *layout, uint64_t seed)
{
    plc_fast *fast = (plc_fast *)engine;
    for (uint32_t i = 0; i < fast->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        size_t n = (size_t)p->n_param_sets * plc_model_n_params(p->model);
        memcpy(fast->params[i], p->params, n * sizeof *p->params);
    }
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        clear_block(&fast->blocks[b], fast->ring);
        for (uint32_t g = 0; g < fast->blocks[b].n_groups; g++) {
            plc_group *group = &fast->blocks[b].groups[g];
            group->seed = seed;
            plc_group_reset(group, &layout->populations[group->population]);
        }
    }
}

static void destroy(plc_engine *engine)
{
    plc_fast_finish((plc_fast *)engine);
    free(engine);
}

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    plc_fast *fast = plc_array(1, sizeof *fast);
    plc_status status = fast ? PLC_OK : plc_fail_memory(error, "engine");
    if (settings->on_ranks)
        status = plc_ranks_agree(status, error);
    if (status != PLC_OK) {
        free(fast);
        return status;
    }
    fast->n_ranks = settings->on_ranks ? plc_ranks_count() : 1;
    fast->rank = fast->n_ranks > 1 ? plc_ranks_mine() : 0;
    status = plc_fast_load(fast, layout, settings, error);
    fast->base.stats.threads = fast->n_blocks;
    fast->base.stats.ranks = fast->n_ranks;
    if (status == PLC_OK)
        *ret_engine = &fast->base;
    else
        destroy(&fast->base);
    return status;
}

const plc_engine_class plc_engine_fast = {.name = "fast",
                                          .create = create,
                                          .start_recording = plc_fast_start_recording,
                                          .run = run,
                                          .restart = restart,
                                          .anneal = anneal,
                                          .get_gains = plc_fast_get_gains,
                                          .get_weights = plc_fast_get_weights,
                                          .get_states = plc_fast_get_states,
                                          .destroy = destroy};
