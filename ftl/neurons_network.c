/* The network of a plan, with the stimuli of all streams. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ftl/neurons.h"

/* Synapses between two populations while they are listed. */
typedef struct list {
    size_t n, capacity[4];
    uint32_t *sources, *targets, *delays;
    double *weights;
} list;

typedef struct builder {
    const plc_neurons *plan;
    const plc_vectors *vectors;
    uint32_t n_streams;
    plc_network *network;
    uint32_t population[PLC_N_NEURON_KINDS];
    uint32_t size[PLC_N_NEURON_KINDS];
    list lists[PLC_N_NEURON_KINDS][PLC_N_NEURON_KINDS];
    bool failed; /* memory was short */
} builder;

static const char *const names[PLC_N_NEURON_KINDS] = {"input", "reset", "cell", "latch", "relay"};

static void add_synapse(builder *b, plc_neuron_kind from, uint32_t source, plc_neuron_kind to,
                        uint32_t target, double weight, uint32_t delay)
{
    list *l = &b->lists[from][to];
    size_t n = l->n + 1;
    if (!plc_array_reserve(&l->sources, &l->capacity[0], n, sizeof *l->sources) ||
        !plc_array_reserve(&l->targets, &l->capacity[1], n, sizeof *l->targets) ||
        !plc_array_reserve(&l->delays, &l->capacity[2], n, sizeof *l->delays) ||
        !plc_array_reserve(&l->weights, &l->capacity[3], n, sizeof *l->weights)) {
        b->failed = true;
        return;
    }
    l->sources[l->n] = source;
    l->targets[l->n] = target;
    l->delays[l->n] = delay;
    l->weights[l->n++] = weight;
}

/* The neuron of a node: a cell that took a flip-flop in is read as that. */
static void find_neuron(const plc_neurons *p, uint32_t node, plc_neuron_kind *ret_kind,
                        uint32_t *ret_neuron)
{
    const plc_cells *c = p->cells;
    uint32_t n = plc_cells_n_sources(c);
    if (node <= c->n_inputs) {
        *ret_kind = PLC_NEURON_INPUT;
        *ret_neuron = node - 1;
    } else if (node > n) {
        *ret_kind = PLC_NEURON_CELL;
        *ret_neuron = node - n - 1;
    } else {
        uint32_t latch = node - 1 - c->n_inputs;
        *ret_kind = p->cell_of[latch] ? PLC_NEURON_CELL : PLC_NEURON_LATCH;
        *ret_neuron = p->cell_of[latch] ? p->cell_of[latch] - 1 : p->index[latch];
    }
}

/* A synapse from a node to a neuron of some level, from the last relay before that if there is one.
 */
static void connect(builder *b, uint32_t node, plc_neuron_kind to, uint32_t target, uint32_t level,
                    double weight)
{
    const plc_neurons *p = b->plan;
    plc_neuron_kind kind;
    uint32_t neuron, at = p->level[node];
    find_neuron(p, node, &kind, &neuron);
    for (uint32_t r = p->first_relay[node];
         r != UINT32_MAX && r <= p->last_relay[node] && p->relays.data[r].level < level &&
         level - at > p->max_delay;
         r++) {
        kind = PLC_NEURON_RELAY;
        neuron = r;
        at = p->relays.data[r].level;
    }
    add_synapse(b, kind, neuron, to, target, weight, level - at);
}

static void connect_relays(builder *b)
{
    const plc_neurons *p = b->plan;
    for (uint32_t r = 0; r < p->relays.n; r++) {
        const plc_neuron_relay *relay = &p->relays.data[r];
        plc_neuron_kind kind = PLC_NEURON_RELAY;
        uint32_t neuron = relay->from;
        if (neuron == UINT32_MAX)
            find_neuron(p, relay->source, &kind, &neuron);
        add_synapse(b, kind, neuron, PLC_NEURON_RELAY, r, 1, p->max_delay);
    }
}

/* What outweighs all else that a flip-flop's neuron reads. */
static double reset_weight(const plc_cells *c, uint32_t cell)
{
    double sum = 1;
    for (uint32_t k = c->cells.data[cell].begin;
         k < c->cells.data[cell].begin + c->cells.data[cell].n; k++)
        sum += c->weights.data[k] < 0 ? -c->weights.data[k] : c->weights.data[k];
    double t = c->cells.data[cell].threshold;
    return sum + (t < 0 ? -t : t);
}

static void connect_latches(builder *b)
{
    const plc_neurons *p = b->plan;
    const plc_cells *c = p->cells;
    for (uint32_t i = 0; i < c->n_latches; i++) {
        double sign = c->initial[i] == 1 ? 1 : -1;
        if (p->cell_of[i]) {
            uint32_t cell = p->cell_of[i] - 1;
            add_synapse(b, PLC_NEURON_RESET, 0, PLC_NEURON_CELL, cell, sign * reset_weight(c, cell),
                        1);
            continue;
        }
        uint32_t literal = c->sinks[c->n_outputs + i];
        add_synapse(b, PLC_NEURON_RESET, 0, PLC_NEURON_LATCH, p->index[i], sign * 3, 1);
        if (literal > 1)
            connect(b, literal >> 1, PLC_NEURON_LATCH, p->index[i], p->period,
                    literal & 1 ? -1 : 1);
    }
}

static void connect_cells(builder *b)
{
    const plc_neurons *p = b->plan;
    const plc_cells *c = p->cells;
    uint32_t first = plc_cells_n_sources(c) + 1;
    for (uint32_t i = 0; i < c->cells.n; i++)
        for (uint32_t k = c->cells.data[i].begin; k < c->cells.data[i].begin + c->cells.data[i].n;
             k++)
            connect(b, c->inputs.data[k], PLC_NEURON_CELL, i, p->level[first + i],
                    c->weights.data[k]);
}

/* Thresholds of cells; a flip-flop passes on what it gets, or its inverse, or a constant. */
static void set_thresholds(const builder *b, plc_neuron_kind kind, double *thresholds)
{
    const plc_neurons *p = b->plan;
    const plc_cells *c = p->cells;
    for (uint32_t i = 0; kind == PLC_NEURON_CELL && i < c->cells.n; i++)
        thresholds[i] = c->cells.data[i].threshold;
    for (uint32_t i = 0; kind == PLC_NEURON_LATCH && i < c->n_latches; i++)
        if (!p->cell_of[i])
            thresholds[p->index[i]] = c->sinks[c->n_outputs + i] & 1 ? 0 : 1;
    for (uint32_t i = 0; kind == PLC_NEURON_RELAY && i < p->relays.n; i++)
        thresholds[i] = 1;
}

/* Spikes of a primary input, or of the reset: counted, or written where `ticks` is given. */
static uint64_t list_spikes(const builder *b, plc_neuron_kind kind, uint32_t i, uint32_t *ticks)
{
    uint64_t n = 0;
    if (kind == PLC_NEURON_RESET) {
        for (uint32_t t = 0; t < b->plan->period; t++, n++)
            if (ticks)
                ticks[n] = PLC_NEURONS_BEGIN - 1 + t;
        return n;
    }
    for (uint64_t k = 0; k < b->vectors->n; k++)
        for (uint32_t s = 0; s < b->n_streams; s++)
            if (plc_vectors_get(b->vectors, i, s, k)) {
                if (ticks)
                    ticks[n] = (uint32_t)(PLC_NEURONS_BEGIN + k * b->plan->period + s);
                n++;
            }
    return n;
}

/* How many there are of each kind. Where all outputs are constants and there are no inputs, `reset`
 * is there all the same, for a network has something in it. */
static void count_neurons(const plc_neurons *neurons, uint32_t *sizes)
{
    const plc_cells *c = neurons->cells;
    sizes[PLC_NEURON_INPUT] = c->n_inputs;
    sizes[PLC_NEURON_RESET] = c->n_latches > 0 || c->n_inputs == 0;
    sizes[PLC_NEURON_CELL] = (uint32_t)c->cells.n;
    sizes[PLC_NEURON_LATCH] = neurons->n_free_latches;
    sizes[PLC_NEURON_RELAY] = (uint32_t)neurons->relays.n;
}

static plc_status add_source(builder *b, plc_neuron_kind kind, plc_population_spec *spec,
                             plc_error *error)
{
    uint64_t *offsets = plc_array(spec->size + 1ul, sizeof *offsets);
    uint32_t *ticks = NULL;
    plc_status status = PLC_OK;
    for (uint32_t i = 0; offsets && i < spec->size; i++)
        offsets[i + 1] = offsets[i] + list_spikes(b, kind, i, NULL);
    if (!offsets || !(ticks = plc_array(offsets[spec->size], sizeof *ticks)))
        status = plc_fail_memory(error, "stimuli");
    for (uint32_t i = 0; status == PLC_OK && i < spec->size; i++)
        list_spikes(b, kind, i, ticks + offsets[i]);
    spec->model = PLC_SPIKE_SOURCE_ARRAY;
    spec->spike_offsets = offsets;
    spec->spike_ticks = ticks;
    if (status == PLC_OK)
        status = plc_network_add_population(b->network, spec, &b->population[kind], error);
    free(offsets);
    free(ticks);
    return status;
}

static plc_status add_population(builder *b, plc_neuron_kind kind, plc_error *error)
{
    plc_population_spec spec = {.name = names[kind], .size = b->size[kind], .record_spikes = true};
    if (!spec.size)
        return PLC_OK;
    if (kind == PLC_NEURON_INPUT || kind == PLC_NEURON_RESET)
        return add_source(b, kind, &spec, error);
    double *thresholds = plc_array(spec.size, sizeof *thresholds);
    if (!thresholds)
        return plc_fail_memory(error, "thresholds");
    set_thresholds(b, kind, thresholds);
    const plc_param param = {"threshold", 0, thresholds};
    spec.model = PLC_THRESHOLD;
    spec.params = &param;
    spec.n_params = 1;
    plc_status status = plc_network_add_population(b->network, &spec, &b->population[kind], error);
    free(thresholds);
    return status;
}

static plc_status add_projections(builder *b, plc_error *error)
{
    plc_status status = PLC_OK;
    for (int from = 0; from < PLC_N_NEURON_KINDS; from++)
        for (int to = 0; to < PLC_N_NEURON_KINDS; to++) {
            list *l = &b->lists[from][to];
            const plc_synapse_list synapses = {.n = l->n,
                                               .sources = l->sources,
                                               .targets = l->targets,
                                               .weights = l->weights,
                                               .delays = l->delays};
            if (status == PLC_OK && l->n)
                status = plc_network_add_projection(b->network, b->population[from],
                                                    b->population[to], NULL, &synapses, error);
            free(l->sources);
            free(l->targets);
            free(l->weights);
            free(l->delays);
        }
    return status;
}

plc_status plc_neurons_build(const plc_neurons *neurons, const plc_vectors *vectors,
                             uint32_t n_streams, uint64_t seed, plc_network **ret_network,
                             plc_error *error)
{
    const plc_cells *c = neurons->cells;
    builder b = {.plan = neurons, .vectors = vectors, .n_streams = n_streams};
    if (plc_neurons_ticks(neurons, vectors) > UINT32_MAX)
        return plc_fail(error, PLC_INVALID,
                        "%s: expected fewer vectors: time ends after 2^32 ticks", c->name);
    count_neurons(neurons, b.size);
    plc_status status = plc_network_create(1.0, seed, &b.network, error);
    for (int kind = 0; status == PLC_OK && kind < PLC_N_NEURON_KINDS; kind++)
        status = add_population(&b, (plc_neuron_kind)kind, error);
    if (status == PLC_OK) {
        connect_cells(&b);
        connect_latches(&b);
        connect_relays(&b);
        if (b.failed)
            status = plc_fail_memory(error, c->name);
    }
    plc_status added = status == PLC_OK ? add_projections(&b, error) : PLC_OK;
    if (status != PLC_OK) /* only to release the lists */
        for (int i = 0; i < PLC_N_NEURON_KINDS * PLC_N_NEURON_KINDS; i++) {
            list *l = &b.lists[i / PLC_N_NEURON_KINDS][i % PLC_N_NEURON_KINDS];
            free(l->sources);
            free(l->targets);
            free(l->weights);
            free(l->delays);
        }
    else
        status = added;
    if (status == PLC_OK)
        *ret_network = b.network;
    else
        plc_network_destroy(b.network);
    return status;
}

static void add_output(plc_neuron_answers *a, uint32_t o)
{
    const plc_cells *c = a->neurons->cells;
    uint32_t node = c->sinks[o] >> 1, neuron, *first;
    plc_neuron_kind kind;
    if (node <= c->n_inputs)
        return; /* a constant, or an input itself */
    find_neuron(a->neurons, node, &kind, &neuron);
    first = kind == PLC_NEURON_CELL ? &a->first_of_cell[neuron] : &a->first_of_latch[neuron];
    a->next[o] = *first;
    *first = o + 1;
}

plc_status plc_neuron_answers_init(plc_neuron_answers *answers, const plc_neurons *neurons,
                                   const plc_vectors *vectors, uint32_t n_streams, plc_error *error)
{
    const plc_cells *c = neurons->cells;
    plc_neuron_answers a = {.neurons = neurons, .n_streams = n_streams, .n_clocks = vectors->n};
    uint64_t words = (vectors->n * n_streams + 63) / 64;
    uint32_t sizes[PLC_N_NEURON_KINDS];
    int number = 0;
    count_neurons(neurons, sizes);
    for (int kind = 0; kind < PLC_N_NEURON_KINDS; kind++)
        a.population[kind] = sizes[kind] ? number++ : -1;
    a.bits = plc_array(c->n_outputs * words, sizeof *a.bits);
    a.next = plc_array(c->n_outputs, sizeof *a.next);
    a.first_of_cell = plc_array(c->cells.n, sizeof *a.first_of_cell);
    a.first_of_latch = plc_array(neurons->n_free_latches, sizeof *a.first_of_latch);
    if (!a.bits || !a.next || !a.first_of_cell || !a.first_of_latch) {
        plc_neuron_answers_finish(&a);
        return plc_fail_memory(error, c->name);
    }
    for (uint32_t o = 0; o < c->n_outputs; o++)
        add_output(&a, o);
    *answers = a;
    return PLC_OK;
}

void plc_neuron_answers_finish(plc_neuron_answers *answers)
{
    free(answers->bits);
    free(answers->next);
    free(answers->first_of_cell);
    free(answers->first_of_latch);
    *answers = (plc_neuron_answers){0};
}

void plc_neuron_answers_take(plc_neuron_answers *answers, const plc_spike *spikes, size_t n)
{
    const plc_neurons *p = answers->neurons;
    uint64_t words = (answers->n_clocks * answers->n_streams + 63) / 64;
    for (size_t i = 0; i < n; i++) {
        bool cell = (int)spikes[i].population == answers->population[PLC_NEURON_CELL];
        if (!cell && (int)spikes[i].population != answers->population[PLC_NEURON_LATCH])
            continue;
        uint32_t o = cell ? answers->first_of_cell[spikes[i].neuron]
                          : answers->first_of_latch[spikes[i].neuron];
        for (; o; o = answers->next[o - 1]) {
            uint64_t begin = PLC_NEURONS_BEGIN + p->level[p->cells->sinks[o - 1] >> 1];
            if (spikes[i].tick < begin)
                continue;
            uint64_t at = spikes[i].tick - begin, k = at / p->period, s = at % p->period;
            if (k >= answers->n_clocks || s >= answers->n_streams)
                continue;
            uint64_t bit = k * answers->n_streams + s;
            answers->bits[(o - 1) * words + bit / 64] |= UINT64_C(1) << bit % 64;
        }
    }
}

bool plc_neuron_answers_get(const plc_neuron_answers *answers, const plc_vectors *vectors,
                            uint32_t o, uint32_t s, uint64_t k)
{
    const plc_cells *c = answers->neurons->cells;
    uint32_t literal = c->sinks[o], node = literal >> 1;
    uint64_t words = (answers->n_clocks * answers->n_streams + 63) / 64;
    uint64_t bit = k * answers->n_streams + s;
    bool value = false;
    if (node && node <= c->n_inputs)
        value = plc_vectors_get(vectors, node - 1, s, k);
    else if (node)
        value = answers->bits[o * words + bit / 64] >> bit % 64 & 1;
    return value ^ (literal & 1);
}
