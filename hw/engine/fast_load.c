/* Loading a layout into shards: neurons cut into ranges, rows found by walking keys through the
 * routing tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <unistd.h>

/* A synapse on its way into a shard. */
typedef struct loaded {
    uint32_t shard, input;
    int32_t weight;
    uint32_t delay;
} loaded;

/* Neurons [begin, begin + n) of a population, all in one shard, where they follow each other from
 * `offset`. */
typedef struct piece {
    uint32_t population, begin, n;
    uint32_t shard, offset;
} piece;

typedef struct loader {
    plc_fast *fast;
    const plc_layout *layout;
    const plc_engine_settings *settings;
    uint32_t *first_source; /* [n_populations + 1] */
    uint64_t *rank;         /* [n_cores + 1] neurons on the cores before, in the layout's order */
    uint32_t *shard_of;     /* [neurons] shard of each neuron, by rank */
    uint32_t *offset_of;    /* [neurons] and its place there */
    plc_slice *slices;      /* [n_slices] by (population, begin) */
    piece *pieces;
    size_t n_pieces, pieces_capacity;
    plc_walk walk, off_walk;
    loaded *row; /* synapses of the source at hand */
    size_t row_n, row_capacity;
    uint64_t *n_words, *n_runs, *words_capacity, *runs_capacity; /* [n_shards] */
} loader;

static uint32_t count_threads(const plc_layout *layout, const plc_engine_settings *settings)
{
    enum { GRAIN = 4000 }; /* work that pays for a barrier, about 4 us */
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t threads = settings->threads ? settings->threads
                       : processors > 0  ? (uint64_t)processors
                                         : 1;
    uint64_t grain = settings->thread_grain ? settings->thread_grain : GRAIN;
    uint64_t work = layout->n_words / 50; /* were one neuron in 50 to spike */
    uint64_t neurons = 0;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        work +=
            p->schedule.random_blocks ? p->schedule.random_blocks : p->size / p->schedule.period;
        neurons += p->size;
    }
    if (!settings->thread_grain && processors > 0 && threads > (uint64_t)processors)
        threads = (uint64_t)processors; /* they would wait for each other at every barrier */
    if (threads > work / grain)
        threads = work / grain;
    if (threads > neurons)
        threads = neurons;
    if (threads > 256)
        threads = 256;
#ifndef _OPENMP
    threads = 1;
#endif
    return threads ? (uint32_t)threads : 1;
}

/* ---- which neuron lives where ---- */

static plc_status number_neurons(loader *l, plc_error *error)
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
static uint64_t core_work(const plc_layout *layout, uint32_t c)
{
    const plc_layout_core *core = &layout->cores[c];
    return 50ull * core->n_neurons + layout->row_offsets[core->row_end] -
           layout->row_offsets[core->row_begin];
}

/* Gives ranges of neurons, in the layout's order, to threads by equal work, and cuts each thread's
 * into shards. */
static plc_status cut_shards(loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    const plc_layout *layout = l->layout;
    bool two = has_two_receptors(layout);
    uint32_t most = two ? PLC_SHARD_INPUTS / 2 : PLC_SHARD_INPUTS;
    uint64_t total = 0, done = 0;
    size_t shards_max = fast->n_sources / most + 2ull * fast->n_threads + 2;
    fast->shards = plc_array(shards_max, sizeof *fast->shards);
    fast->first_shard = plc_array((size_t)fast->n_threads + 1, sizeof *fast->first_shard);
    if (!fast->shards || !fast->first_shard)
        return plc_fail_memory(error, "shards");
    for (uint32_t c = 0; c < layout->n_cores; c++)
        total += core_work(layout, c);
    uint32_t thread = 0;
    plc_shard *shard = NULL;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        uint64_t n = layout->cores[c].n_neurons, work = core_work(layout, c);
        for (uint64_t k = 0; k < n; k++) {
            uint64_t before = done + work * k / n;
            uint32_t wanted = (uint32_t)(before * fast->n_threads / (total ? total : 1));
            if (!shard || wanted != thread || shard->n_neurons == most) {
                for (; thread < wanted; thread++)
                    fast->first_shard[thread + 1] = fast->n_shards;
                shard = &fast->shards[fast->n_shards++];
                shard->two_receptors = two;
            }
            l->shard_of[l->rank[c] + k] = fast->n_shards - 1;
            shard->n_neurons++;
        }
        done += work;
    }
    for (; thread < fast->n_threads; thread++)
        fast->first_shard[thread + 1] = fast->n_shards;
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
static plc_status cut_pieces(loader *l, plc_error *error)
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
            piece *last = l->n_pieces ? &l->pieces[l->n_pieces - 1] : NULL;
            l->offset_of[rank] = filled[shard]++;
            if (last && last->population == slice->population && last->shard == shard) {
                last->n++;
                continue;
            }
            if (!plc_array_reserve(&l->pieces, &l->pieces_capacity, l->n_pieces + 1,
                                   sizeof *l->pieces)) {
                status = plc_fail_memory(error, "shards");
                break;
            }
            l->pieces[l->n_pieces++] = (piece){slice->population, i, 1, shard, l->offset_of[rank]};
        }
    }
    free(filled);
    return status;
}

/* ---- groups ---- */

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

static bool load_state(plc_group *group, const plc_population *p)
{
    uint32_t words = plc_model_n_state(group->model), n = group->n;
    if (group->model == PLC_LIF_CURR_EXP) {
        group->v = plc_array(n, sizeof *group->v);
        group->g_e = plc_array(n, sizeof *group->g_e);
        group->g_i = plc_array(n, sizeof *group->g_i);
        group->wait = plc_array(n, sizeof *group->wait);
        if (!group->v || !group->g_e || !group->g_i || !group->wait)
            return false;
        for (uint32_t i = 0; i < n; i++) {
            plc_lif_state s;
            memcpy(&s, plc_population_state(p, group->begin + i, words), sizeof s);
            group->v[i] = s.v;
            group->g_e[i] = s.g_e;
            group->g_i[i] = s.g_i;
            group->wait[i] = s.wait;
        }
    } else if (group->model == PLC_ONOFF) {
        group->onoff = plc_array(n, sizeof *group->onoff);
        group->acceptance = plc_array(1, sizeof *group->acceptance);
        if (!group->onoff || !group->acceptance)
            return false;
        for (uint32_t i = 0; i < n; i++)
            memcpy(&group->onoff[i], plc_population_state(p, group->begin + i, words),
                   sizeof *group->onoff);
    }
    return true;
}

static plc_status init_group(loader *l, const piece *at, plc_group *group, plc_error *error)
{
    const plc_population *p = &l->layout->populations[at->population];
    uint32_t words = plc_model_n_params(p->model);
    *group = (plc_group){.population = at->population,
                         .begin = at->begin,
                         .n = at->n,
                         .input = at->offset,
                         .source = l->first_source[at->population] + at->begin,
                         .model = p->model,
                         .schedule = p->schedule,
                         .size = p->size,
                         .shared = p->n_param_sets == 1,
                         .seed = l->settings->seed,
                         .epoch = UINT32_MAX};
    group->params =
        l->fast->params[at->population] + (group->shared ? 0 : (size_t)group->begin * words);
    bool noisy = p->model == PLC_ONOFF || p->model == PLC_SPIKE_SOURCE_POISSON;
    if (noisy)
        group->noise = plc_array(group->n > 2 * PLC_DRAW_BATCH ? group->n : 2 * PLC_DRAW_BATCH,
                                 sizeof *group->noise);
    group->fired = plc_array(group->n, sizeof *group->fired);
    bool ok = group->fired && (!noisy || group->noise) && load_state(group, p);
    if (ok && p->spike_offsets)
        ok = load_events(group, p);
    return ok ? PLC_OK : plc_fail_memory(error, p->name);
}

static bool copy_params(loader *l)
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

static plc_status load_groups(loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    if (!copy_params(l))
        return plc_fail_memory(error, "parameters");
    uint32_t *n_groups = plc_array(fast->n_shards, sizeof *n_groups);
    plc_status status = n_groups ? PLC_OK : plc_fail_memory(error, "groups");
    for (size_t i = 0; status == PLC_OK && i < l->n_pieces; i++)
        n_groups[l->pieces[i].shard]++;
    for (uint32_t s = 0; status == PLC_OK && s < fast->n_shards; s++) {
        plc_shard *shard = &fast->shards[s];
        shard->groups = plc_array(n_groups[s], sizeof *shard->groups);
        shard->inputs = plc_array((size_t)shard->n_neurons * (shard->two_receptors ? 2 : 1),
                                  sizeof *shard->inputs);
        if (!shard->groups || !shard->inputs)
            status = plc_fail_memory(error, "shard");
    }
    for (size_t i = 0; status == PLC_OK && i < l->n_pieces; i++) {
        plc_shard *shard = &fast->shards[l->pieces[i].shard];
        status = init_group(l, &l->pieces[i], &shard->groups[shard->n_groups++], error);
    }
    free(n_groups);
    return status;
}

/* ---- synapses ---- */

/* Appends the synapses that a packet finds on a core. */
static plc_status read_row(loader *l, uint32_t core, uint64_t row, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint64_t begin = layout->row_offsets[row], end = layout->row_offsets[row + 1];
    if (!plc_array_reserve(&l->row, &l->row_capacity, l->row_n + (end - begin), sizeof *l->row))
        return plc_fail_memory(error, "synapses");
    for (uint64_t i = begin; i < end; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        uint64_t rank = l->rank[core] + synapse.target;
        uint32_t shard = l->shard_of[rank];
        uint32_t input =
            l->offset_of[rank] + (synapse.receptor ? l->fast->shards[shard].n_neurons : 0);
        l->row[l->row_n++] = (loaded){shard, input, synapse.weight, synapse.delay};
    }
    return PLC_OK;
}

static bool same_walk(const plc_walk *a, const plc_walk *b)
{
    return a->n_cores == b->n_cores && !memcmp(a->cores, b->cores, a->n_cores * sizeof *a->cores);
}

static plc_status fail_polarity(uint32_t key, plc_error *error)
{
    return plc_fail(error, PLC_INVALID,
                    "damaged layout: key 0x%08x and its OFF key reach different synapses", key);
}

/* Follows the packets of one neuron and gathers its synapses. The OFF packet must find the same
 * rows, negated. */
static plc_status gather_row(loader *l, const plc_slice *slice, uint32_t i, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint32_t router = layout->cores[slice->core].router, key = slice->key + (i - slice->begin);
    l->row_n = 0;
    plc_status status = plc_walk_packet(&l->walk, layout, router, key, error);
    if (status == PLC_OK && slice->polarity_mask)
        status = plc_walk_packet(&l->off_walk, layout, router, key | slice->polarity_mask, error);
    if (status == PLC_OK && slice->polarity_mask && !same_walk(&l->walk, &l->off_walk))
        return fail_polarity(key, error);
    for (uint32_t c = 0; status == PLC_OK && c < l->walk.n_cores; c++) {
        uint32_t core = l->walk.cores[c];
        uint64_t row = 0, off_row = 0;
        bool negate = false, off_negate = true;
        bool found = plc_layout_find_row(layout, core, key, &row, &negate);
        if (slice->polarity_mask) {
            bool off_found = plc_layout_find_row(layout, core, key | slice->polarity_mask, &off_row,
                                                 &off_negate);
            if (found != off_found || row != off_row || (found && (negate || !off_negate)))
                return fail_polarity(key, error);
        }
        if (found)
            status = read_row(l, core, row, error);
    }
    return status;
}

static int compare_loaded(const void *a, const void *b)
{
    const loaded *x = a, *y = b;
    if (x->shard != y->shard)
        return x->shard < y->shard ? -1 : 1;
    if (x->delay != y->delay)
        return x->delay < y->delay ? -1 : 1;
    if (x->input != y->input)
        return x->input < y->input ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

static void sort_row(loader *l)
{
    bool sorted = true;
    for (size_t i = 1; i < l->row_n && sorted; i++)
        sorted = l->row[i - 1].shard < l->row[i].shard ||
                 (l->row[i - 1].shard == l->row[i].shard && l->row[i - 1].delay <= l->row[i].delay);
    if (!sorted)
        qsort(l->row, l->row_n, sizeof *l->row, compare_loaded);
}

static bool append_word(loader *l, uint32_t s, const loaded *synapse)
{
    plc_shard *shard = &l->fast->shards[s];
    size_t capacity = l->words_capacity[s],
           bytes = shard->wide ? sizeof(plc_wide_word) : sizeof(plc_narrow_word);
    if (!plc_array_reserve(&shard->words, &capacity, l->n_words[s] + 1, bytes))
        return false;
    l->words_capacity[s] = capacity;
    uint64_t at = l->n_words[s]++;
    if (shard->wide)
        ((plc_wide_word *)shard->words)[at] =
            (uint64_t)(uint32_t)synapse->weight << 32 | synapse->input;
    else
        ((plc_narrow_word *)shard->words)[at] = (uint32_t)synapse->weight << 16 | synapse->input;
    return true;
}

static bool append_run(loader *l, uint32_t s, uint32_t delay)
{
    plc_shard *shard = &l->fast->shards[s];
    size_t capacity = l->runs_capacity[s];
    if (!plc_array_reserve(&shard->runs, &capacity, l->n_runs[s] + 1, sizeof *shard->runs))
        return false;
    l->runs_capacity[s] = capacity;
    shard->runs[l->n_runs[s]++] = (plc_run){.begin = l->n_words[s], .delay = delay};
    return true;
}

/* Appends the gathered row to the shards, one run for each delay. */
static bool append_row(loader *l)
{
    sort_row(l);
    for (size_t i = 0; i < l->row_n; i++) {
        const loaded *synapse = &l->row[i];
        bool fresh =
            i == 0 || synapse[-1].shard != synapse->shard || synapse[-1].delay != synapse->delay;
        if (fresh && !append_run(l, synapse->shard, synapse->delay))
            return false;
        if (!append_word(l, synapse->shard, synapse))
            return false;
        l->fast->shards[synapse->shard].runs[l->n_runs[synapse->shard] - 1].n++;
    }
    return true;
}

/* The longest delay and whether any weight needs more than 16 bits. */
static void scan_synapses(const plc_layout *layout, uint32_t *ret_delay, bool *ret_wide)
{
    *ret_delay = 1;
    *ret_wide = false;
    for (uint64_t i = 0; i < layout->n_words; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        *ret_delay = synapse.delay > *ret_delay ? synapse.delay : *ret_delay;
        *ret_wide = *ret_wide || synapse.weight < INT16_MIN || synapse.weight > INT16_MAX;
    }
}

static plc_status init_shards(loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    uint32_t delay;
    bool wide;
    scan_synapses(l->layout, &delay, &wide);
    fast->ring = 2;
    while (fast->ring <= delay)
        fast->ring *= 2;
    l->n_words = plc_array(fast->n_shards, sizeof *l->n_words);
    l->n_runs = plc_array(fast->n_shards, sizeof *l->n_runs);
    l->words_capacity = plc_array(fast->n_shards, sizeof *l->words_capacity);
    l->runs_capacity = plc_array(fast->n_shards, sizeof *l->runs_capacity);
    bool ok = l->n_words && l->n_runs && l->words_capacity && l->runs_capacity;
    for (uint32_t s = 0; s < fast->n_shards; s++) {
        plc_shard *shard = &fast->shards[s];
        shard->wide = wide;
        shard->run_offsets = plc_array(fast->n_sources + 1, sizeof *shard->run_offsets);
        shard->later = plc_array(fast->ring, sizeof *shard->later);
        ok = ok && shard->run_offsets && shard->later;
    }
    return ok ? PLC_OK : plc_fail_memory(error, "shards");
}

static plc_status load_synapses(loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    plc_status status = init_shards(l, error);
    if (status == PLC_OK)
        status = plc_walk_init(&l->walk, l->layout, error);
    if (status == PLC_OK)
        status = plc_walk_init(&l->off_walk, l->layout, error);
    for (uint32_t s = 0; status == PLC_OK && s < l->layout->n_slices; s++) {
        const plc_slice *slice = &l->slices[s];
        for (uint32_t i = slice->begin; status == PLC_OK && i < slice->end; i++) {
            status = gather_row(l, slice, i, error);
            if (status == PLC_OK && !append_row(l))
                status = plc_fail_memory(error, "synapses");
            uint32_t source = l->first_source[slice->population] + i;
            for (uint32_t k = 0; status == PLC_OK && k < fast->n_shards; k++)
                fast->shards[k].run_offsets[source + 1] = l->n_runs[k];
        }
    }
    return status;
}

/* ---- the whole ---- */

/* Ticks between hand-overs: about a million updates, so that a run can be stopped within
 * milliseconds. */
static uint32_t choose_chunk(const plc_layout *layout)
{
    uint64_t due = 1;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        due += p->schedule.random_blocks ? p->schedule.random_blocks : p->size / p->schedule.period;
    }
    uint64_t chunk = (1 << 20) / due;
    return chunk ? (uint32_t)chunk : 1;
}

plc_status plc_fast_load(plc_fast *fast, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error)
{
    loader l = {.fast = fast, .layout = layout, .settings = settings};
    fast->n_threads = count_threads(layout, settings);
    fast->chunk = choose_chunk(layout);
    plc_status status = number_neurons(&l, error);
    if (status == PLC_OK)
        status = cut_shards(&l, error);
    if (status == PLC_OK)
        status = cut_pieces(&l, error);
    if (status == PLC_OK)
        status = load_groups(&l, error);
    if (status == PLC_OK)
        status = load_synapses(&l, error);
    plc_walk_finish(&l.walk);
    plc_walk_finish(&l.off_walk);
    free(l.first_source);
    free(l.rank);
    free(l.shard_of);
    free(l.offset_of);
    free(l.slices);
    free(l.pieces);
    free(l.row);
    free(l.n_words);
    free(l.n_runs);
    free(l.words_capacity);
    free(l.runs_capacity);
    return status;
}

void plc_shard_finish(plc_shard *shard, uint32_t ring)
{
    for (uint32_t g = 0; shard->groups && g < shard->n_groups; g++) {
        plc_group *group = &shard->groups[g];
        free(group->v);
        free(group->g_e);
        free(group->g_i);
        free(group->wait);
        free(group->onoff);
        free(group->acceptance);
        free(group->events);
        free(group->noise);
        free(group->fired);
    }
    for (uint32_t i = 0; shard->later && i < ring; i++)
        free(shard->later[i].data);
    free(shard->groups);
    free(shard->inputs);
    free(shard->run_offsets);
    free(shard->runs);
    free(shard->words);
    free(shard->later);
    free(shard->sent[0].data);
    free(shard->sent[1].data);
    free(shard->trace);
}
