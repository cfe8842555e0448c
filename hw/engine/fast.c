/* The engine `fast`: the tick loop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/trace.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Adds or subtracts the words of a run; the compiler specialises it for each width and sign. */
static inline void add_run(int32_t *restrict inputs, const void *words, bool wide,
                           const plc_run *run, int32_t sign)
{
    if (wide) {
        const plc_wide_word *word = (const plc_wide_word *)words + run->begin;
        for (uint32_t i = 0; i < run->n; i++) {
            uint32_t weight = (uint32_t)(word[i] >> 32);
            uint32_t *input = (uint32_t *)&inputs[(uint32_t)word[i]];
            *input += sign < 0 ? 0 - weight : weight;
        }
    } else {
        const plc_narrow_word *word = (const plc_narrow_word *)words + run->begin;
        for (uint32_t i = 0; i < run->n; i++) {
            int32_t weight = (int32_t)word[i] >> 16;
            uint32_t *input = (uint32_t *)&inputs[word[i] & 0xffff];
            *input += (uint32_t)(sign < 0 ? -weight : weight);
        }
    }
}

void plc_shard_deliver(plc_shard *shard, const plc_run *run, int32_t sign)
{
    if (shard->wide)
        add_run(shard->inputs, shard->words, true, run, sign);
    else if (sign < 0)
        add_run(shard->inputs, shard->words, false, run, -1);
    else
        add_run(shard->inputs, shard->words, false, run, 1);
}

/* Takes the spikes of a tick: delay 1 is delivered at once, since every neuron of the shard has
 * been updated; the rest waits for its tick. */
static void take_sent(plc_shard *shard, const plc_sent_list *sent, uint64_t tick, uint32_t ring)
{
    for (size_t s = 0; s < sent->n; s++) {
        uint64_t begin = shard->run_offsets[sent->data[s].source];
        uint64_t end = shard->run_offsets[sent->data[s].source + 1];
        if (s + 1 < sent->n)
            __builtin_prefetch(&shard->runs[shard->run_offsets[sent->data[s + 1].source]]);
        for (uint64_t r = begin; r < end; r++) {
            const plc_run *run = &shard->runs[r];
            shard->events += run->n;
            if (run->delay == 1) {
                plc_shard_deliver(shard, run, sent->data[s].sign);
                continue;
            }
            plc_parcels *later = &shard->later[(tick + run->delay) & (ring - 1)];
            if (!plc_reserve(later, data, 1)) {
                shard->failed = true;
                return;
            }
            later->data[later->n++] = (plc_parcel){(uint32_t)r, sent->data[s].sign};
        }
    }
}

static void deliver_due(plc_shard *shard, uint64_t tick, uint32_t ring)
{
    plc_parcels *due = &shard->later[tick & (ring - 1)];
    for (size_t i = 0; i < due->n; i++) {
        if (i + 4 < due->n) {
            const plc_run *ahead = &shard->runs[due->data[i + 4].run];
            __builtin_prefetch((const char *)shard->words + ahead->begin * (shard->wide ? 8 : 4));
        }
        plc_shard_deliver(shard, &shard->runs[due->data[i].run], due->data[i].sign);
    }
    due->n = 0;
}

/* Ticks [begin, end) of the shards of one thread. All threads run this together; a tick has one
 * barrier, after which the spike lists of that tick are read while those of the next are written.
 */
static void run_thread(plc_fast *fast, uint32_t thread, uint64_t begin, uint64_t end)
{
    uint32_t first = fast->first_shard[thread], last = fast->first_shard[thread + 1];
    for (uint64_t tick = begin; tick < end; tick++) {
        for (uint32_t s = first; s < last; s++) {
            plc_shard *shard = &fast->shards[s];
            shard->sent[tick & 1].n = 0;
            deliver_due(shard, tick, fast->ring);
            for (uint32_t g = 0; g < shard->n_groups; g++)
                plc_group_update(shard, &shard->groups[g], tick);
        }
        if (fast->n_threads > 1) {
#pragma omp barrier
        }
        for (uint32_t s = first; s < last; s++)
            for (uint32_t from = 0; from < fast->n_shards; from++)
                take_sent(&fast->shards[s], &fast->shards[from].sent[tick & 1], tick, fast->ring);
    }
}

static void run_chunk(plc_fast *fast, uint64_t begin, uint64_t end)
{
    if (plc_shard_is_solo(fast)) {
        plc_shard_run_solo(&fast->shards[0], begin, end);
    } else if (fast->n_threads == 1) {
        run_thread(fast, 0, begin, end);
    } else {
#pragma omp parallel num_threads(fast->n_threads)
        {
#ifdef _OPENMP
            run_thread(fast, (uint32_t)omp_get_thread_num(), begin, end);
#endif
        }
    }
}

/* Gathers the chunk's spikes in canonical order and adds up the counters. */
static plc_status hand_over(plc_fast *fast, plc_spike_sink sink, void *context, plc_error *error)
{
    plc_engine_stats *stats = &fast->base.stats;
    const plc_spike *spikes = fast->shards[0].trace;
    size_t n = 0;
    stats->updates = stats->spikes = stats->synaptic_events = stats->digest = 0;
    for (uint32_t s = 0; s < fast->n_shards; s++) {
        const plc_shard *shard = &fast->shards[s];
        if (shard->failed)
            return plc_fail_memory(error, "spikes in flight");
        stats->updates += shard->updates;
        stats->spikes += shard->n_spikes;
        stats->synaptic_events += shard->events;
        stats->digest += shard->digest;
        n += shard->n;
    }
    if (sink && fast->n_shards > 1) {
        if (!plc_array_reserve(&fast->merged, &fast->merged_capacity, n, sizeof *fast->merged))
            return plc_fail_memory(error, "spikes");
        fast->merged_n = 0;
        for (uint32_t s = 0; s < fast->n_shards; s++) {
            const plc_shard *shard = &fast->shards[s];
            if (shard->n)
                memcpy(fast->merged + fast->merged_n, shard->trace,
                       shard->n * sizeof *fast->merged);
            fast->merged_n += shard->n;
        }
        plc_spikes_sort(fast->merged, fast->merged_n);
        spikes = fast->merged;
    }
    for (uint32_t s = 0; s < fast->n_shards; s++)
        fast->shards[s].n = 0;
    return sink ? sink(context, spikes, n, stats->ticks) : PLC_OK;
}

static plc_status run(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error)
{
    plc_fast *fast = (plc_fast *)engine;
    plc_status status = PLC_OK;
    for (uint32_t s = 0; s < fast->n_shards; s++)
        for (uint32_t g = 0; g < fast->shards[s].n_groups; g++)
            for (size_t r = 0; engine->recording && r < engine->n_recordings; r++)
                if (engine->recordings[r].population == fast->shards[s].groups[g].population)
                    fast->shards[s].groups[g].recording = &engine->recordings[r];
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks;
        uint64_t stop = end - begin < fast->chunk ? end : begin + fast->chunk;
        run_chunk(fast, begin, stop);
        engine->stats.ticks = stop;
        status = hand_over(fast, sink, context, error);
    }
    return status;
}

static void destroy(plc_engine *engine)
{
    plc_fast *fast = (plc_fast *)engine;
    for (uint32_t s = 0; fast->shards && s < fast->n_shards; s++)
        plc_shard_finish(&fast->shards[s], fast->ring);
    for (uint32_t i = 0; fast->params && i < fast->n_populations; i++)
        free(fast->params[i]);
    free(fast->shards);
    free(fast->first_shard);
    free(fast->params);
    free(fast->merged);
    free(fast);
}

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    plc_fast *fast = plc_array(1, sizeof *fast);
    if (!fast)
        return plc_fail_memory(error, "engine");
    plc_status status = plc_fast_load(fast, layout, settings, error);
    fast->base.stats.threads = fast->n_threads;
    if (status == PLC_OK)
        *ret_engine = &fast->base;
    else
        destroy(&fast->base);
    return status;
}

const plc_engine_class plc_engine_fast = {
    .name = "fast", .create = create, .run = run, .destroy = destroy};
