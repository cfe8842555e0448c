/* Loading a layout into shards: which neuron lives where, and its state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast_load.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/fast_spins.h"
#include "hw/engine/ranks.h"
#include "hw/neuron/model.h"

#include <omp.h>
#include <unistd.h>

/* Work of a mean tick: updates, and synapses were one update in 50 to spike. */
static double tick_work(const plc_layout *layout)
{
    double due = 0, neurons = 0;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        due += p->schedule.random_blocks ? p->schedule.random_blocks
                                         : (double)p->size / p->schedule.period;
        neurons += p->size;
    }
    return due + (double)layout->n_words / 50 * due / neurons;
}

enum { GRAIN = 4000 }; /* [updates] that take as long as a barrier, about 4 us */

/* Processors for the threads of this process. Ranks on one machine share them, and mpirun may have
 * given each its own. */
static uint32_t count_processors(uint32_t n_ranks)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t sharers = n_ranks > 1 ? plc_ranks_on_machine() : 1,
             bound = (uint32_t)omp_get_num_procs();
    uint32_t share = online > (long)sharers ? (uint32_t)online / sharers : 1;
    return share < bound ? share : bound;
}

/* Threads that are worth their barrier in each tick, of those that were asked for. */
static uint32_t count_threads(const plc_layout *layout, const plc_engine_settings *settings,
                              uint32_t n_ranks)
{
    enum { THREADS_MAX = 256 };
    uint32_t processors = count_processors(n_ranks);
    uint32_t threads = settings->threads ? settings->threads : processors;
    double worth =
        tick_work(layout) / n_ranks / (settings->thread_grain ? settings->thread_grain : GRAIN);
    if (!settings->thread_grain && threads > processors)
        threads = processors; /* they would wait for each other at every barrier */
    if (threads > worth)
        threads = (uint32_t)worth;
    return threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
}

static plc_status number_neurons(plc_loader *l, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint64_t neurons = 0;
    l->first_source = plc_array((size_t)layout->n_populations + 1, sizeof *l->first_source);
    l->rank = plc_array((size_t)layout->n_cores + 1, sizeof *l->rank);
    if (!l->first_source || !l->rank)
        return plc_fail_memory(error, "engine");
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        neurons += layout->populations[i].size;
        if (neurons > UINT32_MAX)
            return plc_fail(error, PLC_INVALID, "engine fast: more than 2^32 neurons");
        l->first_source[i + 1] = (uint32_t)neurons;
    }
    for (uint32_t c = 0; c < layout->n_cores; c++)
        l->rank[c + 1] = l->rank[c] + layout->cores[c].n_neurons;
    l->fast->n_sources = neurons;
    l->shard_of = plc_array(neurons, sizeof *l->shard_of);
    l->offset_of = plc_array(neurons, sizeof *l->offset_of);
    return l->shard_of && l->offset_of ? PLC_OK : plc_fail_memory(error, "engine");
}

static bool has_two_receptors(const plc_layout *layout)
{
    for (uint32_t i = 0; i < layout->n_populations; i++)
        if (plc_model_n_receptors(layout->populations[i].model) > 1)
            return true;
    return false;
}

/* Work of the neurons of each core: updates and the synapses that reach them. */
static double core_work(const plc_layout *layout, uint32_t c)
{
    const plc_layout_core *core = &layout->cores[c];
    return 50.0 * core->n_neurons +
           (double)(layout->row_offsets[core->row_end] - layout->row_offsets[core->row_begin]);
}

/* Opens the next shard, in a block. */
static void open_shard(plc_fast *fast, uint32_t block)
{
    fast->shards[fast->n_shards].block = block;
    if (fast->blocks[block].n_shards++ == 0)
        fast->blocks[block].shards = &fast->shards[fast->n_shards];
    fast->n_shards++;
}

/* The shard of a block's next neuron, with room for its inputs. */
static uint32_t give_shard(plc_fast *fast, uint32_t block, uint32_t n_inputs)
{
    const plc_shard *last = fast->n_shards ? &fast->shards[fast->n_shards - 1] : NULL;
    if (!last || last->block != block || last->n_inputs + n_inputs > PLC_SHARD_INPUTS)
        open_shard(fast, block);
    fast->shards[fast->n_shards - 1].n_inputs += n_inputs;
    return fast->n_shards - 1;
}

/* Gives ranges of neurons, in the layout's order, to the blocks of all ranks by equal work, and
 * cuts those of this rank's blocks into shards. */
static plc_status cut_shards(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    const plc_layout *layout = l->layout;
    uint32_t per_neuron = has_two_receptors(layout) ? 2 : 1;
    uint32_t first = fast->rank * fast->n_blocks, n_blocks = fast->n_ranks * fast->n_blocks;
    double total = 0, done = 0;
    size_t shards_max = fast->n_sources / (PLC_SHARD_INPUTS / per_neuron) + fast->n_blocks + 1;
    fast->shards = plc_array(shards_max, sizeof *fast->shards);
    fast->blocks = plc_array(fast->n_blocks, sizeof *fast->blocks);
    if (!fast->shards || !fast->blocks)
        return plc_fail_memory(error, "shards");
    for (uint32_t c = 0; c < layout->n_cores; c++)
        total += core_work(layout, c);
    uint32_t block = 0;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        double n = layout->cores[c].n_neurons, work = core_work(layout, c);
        for (uint32_t k = 0; k < layout->cores[c].n_neurons; k++) {
            while (block + 1 < n_blocks && done + work * k / n >= total * (block + 1) / n_blocks)
                block++;
            bool here = block >= first && block - first < fast->n_blocks;
            l->shard_of[l->rank[c] + k] =
                here ? give_shard(fast, block - first, per_neuron) : PLC_ELSEWHERE;
            l->n_here += here;
        }
        done += work;
    }
    return PLC_OK;
}

/* A block with one shard for each core. */
static plc_status give_cores_shards(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    const plc_layout *layout = l->layout;
    uint32_t per_neuron = has_two_receptors(layout) ? 2 : 1;
    fast->shards = plc_array(layout->n_cores, sizeof *fast->shards);
    fast->blocks = plc_array(fast->n_blocks, sizeof *fast->blocks);
    if (!fast->shards || !fast->blocks)
        return plc_fail_memory(error, "shards");
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        open_shard(fast, c);
        fast->shards[c].n_inputs = per_neuron * layout->cores[c].n_neurons;
        for (uint32_t k = 0; k < layout->cores[c].n_neurons; k++)
            l->shard_of[l->rank[c] + k] = c;
    }
    return PLC_OK;
}

/* Slices in the order of their neurons' numbers. */
static int compare_slices(const void *a, const void *b)
{
    const plc_slice *x = a, *y = b;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Gives each neuron a place in its shard, by (population, neuron), and joins neighbours into
 * pieces, whatever slices they come from. */
static plc_status cut_pieces(plc_loader *l, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint32_t *filled = plc_array(l->fast->n_shards, sizeof *filled);
    l->slices = plc_array_copy(layout->slices, layout->n_slices, sizeof *l->slices);
    plc_status status = filled && l->slices ? PLC_OK : plc_fail_memory(error, "shards");
    if (status == PLC_OK)
        qsort(l->slices, layout->n_slices, sizeof *l->slices, compare_slices);
    for (uint32_t s = 0; status == PLC_OK && s < layout->n_slices; s++) {
        const plc_slice *slice = &l->slices[s];
        for (uint32_t i = slice->begin; i < slice->end; i++) {
            uint64_t rank = l->rank[slice->core] + slice->offset + (i - slice->begin);
            uint32_t shard = l->shard_of[rank];
            plc_piece *last = l->n_pieces ? &l->pieces[l->n_pieces - 1] : NULL;
            if (shard == PLC_ELSEWHERE)
                continue;
            l->offset_of[rank] = filled[shard]++;
            if (last && last->population == slice->population && last->shard == shard &&
                last->begin + last->n == i) {
                last->n++;
                continue;
            }
            if (!plc_array_reserve(&l->pieces, &l->pieces_capacity, l->n_pieces + 1,
                                   sizeof *l->pieces)) {
                status = plc_fail_memory(error, "shards");
                break;
            }
            l->pieces[l->n_pieces++] =
                (plc_piece){slice->population, i, 1, shard, l->offset_of[rank]};
        }
    }
    free(filled);
    return status;
}

static int compare_events(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The stimulus of a group in the order of time. */
static bool load_events(plc_group *group, const plc_population *p)
{
    const uint64_t *offsets = p->spike_offsets + group->begin;
    uint64_t n = offsets[group->n] - offsets[0], k = 0;
    if (!(group->events = plc_array(n, sizeof *group->events)))
        return false;
    for (uint32_t i = 0; i < group->n; i++)
        for (uint64_t j = offsets[i]; j < offsets[i + 1]; j++)
            group->events[k++] = (uint64_t)p->spike_ticks[j] << 32 | i;
    qsort(group->events, n, sizeof *group->events, compare_events);
    group->n_events = n;
    return true;
}

/* The acceptance of the group before if it has equal parameters, as colour classes do; or a new
 * one, NULL when memory is short. */
static plc_acceptance *find_acceptance(const plc_block *block, plc_group *group)
{
    const plc_group *before = group - 1;
    if (group == block->groups || before->model != PLC_ONOFF ||
        memcmp(before->params, group->params, sizeof(plc_onoff_params)))
        return plc_array(1, sizeof *group->acceptance);
    group->borrows = true;
    return before->acceptance;
}

/* Makes room for the state of a group. */
static bool init_state(const plc_block *block, plc_group *group)
{
    const uint32_t n = group->n;
    if (group->model == PLC_LIF_CURR_EXP) {
        group->v = plc_array(n, sizeof *group->v);
        group->g_e = plc_array(n, sizeof *group->g_e);
        group->g_i = plc_array(n, sizeof *group->g_i);
        group->wait = plc_array(n, sizeof *group->wait);
        return group->v && group->g_e && group->g_i && group->wait;
    }
    if (group->model == PLC_ONOFF) {
        group->onoff = plc_array(n, sizeof *group->onoff);
        group->acceptance = find_acceptance(block, group);
        return group->onoff && group->acceptance;
    }
    return true;
}

void plc_group_reset(plc_group *group, const plc_population *p)
{
    const uint32_t words = plc_model_n_state(group->model);
    group->epoch = UINT32_MAX;
    group->next_due = group->schedule.phase;
    group->next_event = 0;
    for (uint32_t i = 0; i < group->n && group->model == PLC_LIF_CURR_EXP; i++) {
        plc_lif_state s;
        memcpy(&s, plc_population_state(p, group->begin + i, words), sizeof s);
        group->v[i] = s.v;
        group->g_e[i] = s.g_e;
        group->g_i[i] = s.g_i;
        group->wait[i] = s.wait;
    }
    if (group->model != PLC_ONOFF)
        return;
    for (uint32_t i = 0; i < group->n; i++)
        memcpy(&group->onoff[i], plc_population_state(p, group->begin + i, words),
               sizeof *group->onoff);
    plc_acceptance_forget(group->acceptance);
    if (group->packed)
        plc_group_pack(group);
}

/* Sets up the block's next group. */
static plc_status init_group(plc_loader *l, const plc_piece *at, plc_block *block, plc_error *error)
{
    plc_group *group = &block->groups[block->n_groups++];
    const plc_population *p = &l->layout->populations[at->population];
    uint32_t words = plc_model_n_params(p->model);
    *group = (plc_group){.population = at->population,
                         .begin = at->begin,
                         .n = at->n,
                         .source = l->first_source[at->population] + at->begin,
                         .model = p->model,
                         .schedule = p->schedule,
                         .size = p->size,
                         .shared = p->n_param_sets == 1,
                         .seed = l->settings->seed};
    const plc_shard *shard = &l->fast->shards[at->shard];
    group->inputs[0] = shard->inputs + at->offset;
    if (plc_model_n_receptors(p->model) > 1)
        group->inputs[1] = group->inputs[0] + shard->n_inputs / 2;
    group->params =
        l->fast->params[at->population] + (group->shared ? 0 : (size_t)group->begin * words);
    bool noisy = p->model == PLC_ONOFF || p->model == PLC_SPIKE_SOURCE_POISSON;
    if (noisy)
        group->noise = plc_array(group->n > 2 * PLC_DRAW_BATCH ? group->n : 2 * PLC_DRAW_BATCH,
                                 sizeof *group->noise);
    group->fired = plc_array(group->n, sizeof *group->fired);
    bool ok = group->fired && (!noisy || group->noise) && init_state(block, group);
    if (ok)
        plc_group_reset(group, p);
    if (ok && p->spike_offsets)
        ok = load_events(group, p);
    return ok ? PLC_OK : plc_fail_memory(error, p->name);
}

static bool copy_params(plc_loader *l)
{
    const plc_layout *layout = l->layout;
    l->fast->n_populations = layout->n_populations;
    if (!(l->fast->params = plc_array(layout->n_populations, sizeof *l->fast->params)))
        return false;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        size_t n = (size_t)p->n_param_sets * plc_model_n_params(p->model);
        if (!(l->fast->params[i] = plc_array_copy(p->params, n, sizeof *p->params)))
            return false;
    }
    return true;
}

static plc_status load_groups(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    if (!copy_params(l))
        return plc_fail_memory(error, "parameters");
    for (uint32_t s = 0; s < fast->n_shards; s++)
        if (!(fast->shards[s].inputs = plc_array(fast->shards[s].n_inputs + PLC_INPUT_SLACK,
                                                 sizeof *fast->shards[s].inputs)))
            return plc_fail_memory(error, "shard");
    for (size_t i = 0; i < l->n_pieces; i++)
        fast->blocks[fast->shards[l->pieces[i].shard].block].n_groups++;
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        plc_block *block = &fast->blocks[b];
        block->groups = plc_array(block->n_groups, sizeof *block->groups);
        block->due = plc_array(block->n_groups, sizeof *block->due);
        if (!block->groups || !block->due)
            return plc_fail_memory(error, "groups");
        block->n_groups = 0;
    }
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < l->n_pieces; i++) {
        plc_block *block = &fast->blocks[fast->shards[l->pieces[i].shard].block];
        status = init_group(l, &l->pieces[i], block, error);
    }
    return status;
}

/* Ticks between hand-overs: about 65,000 updates, so that a run can be stopped within
 * milliseconds. */
static uint32_t choose_chunk(const plc_layout *layout, uint32_t n_ranks)
{
    uint64_t due = 1 + layout->n_populations; /* a group costs something even when it is not due */
    due += n_ranks > 1 ? GRAIN : 0;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        due += p->record_v ? p->size : 0;
        due += p->schedule.random_blocks ? p->schedule.random_blocks : p->size / p->schedule.period;
    }
    uint64_t chunk = (1 << 16) / due;
    return chunk ? (uint32_t)chunk : 1;
}

plc_status plc_fast_load_neurons(plc_loader *l, bool by_core, plc_error *error)
{
    if (by_core)
        l->fast->n_blocks = l->layout->n_cores;
    l->fast->chunk = choose_chunk(l->layout, l->fast->n_ranks);
    plc_status status = number_neurons(l, error);
    if (status == PLC_OK)
        status = by_core ? give_cores_shards(l, error) : cut_shards(l, error);
    if (status == PLC_OK)
        status = cut_pieces(l, error);
    if (status == PLC_OK)
        status = load_groups(l, error);
    return status;
}

/* Takes the number of threads of rank 0, so that all cut the layout alike, which must be the same.
 */
static plc_status follow_first(plc_fast *fast, const plc_layout *layout, plc_error *error)
{
    uint64_t digest = plc_layout_digest(layout), first = digest;
    plc_ranks_share(&first, sizeof first);
    plc_ranks_share(&fast->n_blocks, sizeof fast->n_blocks);
    return first == digest
               ? PLC_OK
               : plc_fail(error, PLC_INVALID,
                          "this rank has another layout than rank 0: is its file older?");
}

plc_status plc_fast_load(plc_fast *fast, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error)
{
    plc_loader l = {.fast = fast, .layout = layout, .settings = settings};
    fast->n_blocks = count_threads(layout, settings, fast->n_ranks);
    plc_status status = fast->n_ranks > 1 ? follow_first(fast, layout, error) : PLC_OK;
    if (status == PLC_OK)
        status = plc_fast_load_neurons(&l, false, error);
    if (status == PLC_OK && fast->n_ranks > 1)
        status = plc_mail_init(fast, l.n_here, error);
    if (status == PLC_OK)
        status = plc_fast_load_rows(&l, error);
    if (status == PLC_OK && !plc_fast_pack(fast, layout))
        status = plc_fail_memory(error, "pairs");
    plc_loader_finish(&l);
    return status;
}

void plc_loader_finish(plc_loader *l)
{
    plc_walk_finish(&l->walk);
    plc_walk_finish(&l->off_walk);
    free(l->first_source);
    free(l->rank);
    free(l->shard_of);
    free(l->offset_of);
    free(l->slices);
    free(l->pieces);
    free(l->row);
    free(l->merged);
    free(l->n_words);
    free(l->n_runs);
    plc_plastic_loading_finish(&l->plastic);
    free(l->words_capacity);
    free(l->runs_capacity);
}

void plc_shard_finish(plc_shard *shard)
{
    free(shard->inputs);
    free(shard->words);
}

void plc_block_finish(plc_block *block, uint32_t ring)
{
    for (uint32_t g = 0; block->groups && g < block->n_groups; g++) {
        plc_group *group = &block->groups[g];
        free(group->v);
        free(group->g_e);
        free(group->g_i);
        free(group->wait);
        free(group->onoff);
        if (!group->borrows)
            free(group->acceptance);
        free(group->block_begins);
        free(group->events);
        free(group->noise);
        free(group->fired);
    }
    for (uint32_t i = 0; block->later && i < ring; i++)
        free(block->later[i].data);
    plc_plastic_destroy(block->plastic);
    free(block->groups);
    free(block->due);
    free(block->run_offsets);
    free(block->runs);
    free(block->rows);
    free(block->row_words);
    free(block->row_targets);
    free(block->shorts);
    free(block->gains);
    free(block->later);
    free(block->sent[0].data);
    free(block->sent[1].data);
    free(block->trace);
}
