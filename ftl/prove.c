/* The proof of a threshold netlist. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/prove.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "ftl/diagram.h"
#include "ftl/prove_wide.h"
#include "ftl/sweep.h"

enum {
    SIGNATURE = 56,         /* [words of 64 patterns] by which nodes are told apart */
    FIXED_WORDS = 48,       /* of those; the others hold what told nodes apart, the latest */
    NEIGHBOURS = 4,         /* patterns of a counterexample: itself, and some inputs away */
    CONFLICTS = 2000,       /* for a pair on the way; sinks have no limit */
    EXPANSION_MAX = 1 << 22 /* nodes of one cell's decision diagram */
};

/* Both netlists in one graph, of which equal nodes become one while it is built. */
typedef struct sweep {
    const plc_aig *aig;
    const plc_cells *cells;
    plc_aig *joint;
    plc_sat *sat;
    plc_justifier *justifier;
    uint64_t *signatures; /* [capacity][SIGNATURE] of joint nodes */
    uint64_t *hashes;     /* [hashes_capacity] of the signatures */
    size_t capacity, hashes_capacity;
    uint32_t *table; /* [table_size] joint nodes by signature; 0: free */
    size_t table_size, n_filed;
    uint32_t *merged_to; /* [capacity] literals: itself, or what it was found equal to */
    uint8_t *is_settled; /* [settled_capacity] whether it was filed, or tried to be merged */
    size_t merged_capacity, settled_capacity;
    uint32_t n_known;             /* joint nodes with a signature */
    uint8_t *values;              /* [n_sources] of a counterexample */
    uint64_t *patterns;           /* [n_sources] the next word of patterns to tell nodes apart by */
    uint32_t n_patterns, n_words; /* patterns in it; words filled so far */
    uint8_t *is_proved;           /* [n_sinks] sinks that need no more */
    uint8_t *is_needed;           /* [n_cells] of cells, for the others */
    plc_prove_report *report;
} sweep;

void plc_prove_report_finish(plc_prove_report *report)
{
    free(report->counterexample);
    report->counterexample = NULL;
}

static uint64_t *signature_of(const sweep *s, uint32_t node)
{
    return s->signatures + (size_t)node * SIGNATURE;
}

/* Signatures are compared with the first pattern made 0. */
static uint64_t phase_of(const uint64_t *signature)
{
    return 0 - (signature[0] & 1);
}

static bool same_signature(const uint64_t *a, const uint64_t *b)
{
    uint64_t phase = phase_of(a) ^ phase_of(b);
    for (int i = 0; i < SIGNATURE; i++)
        if ((a[i] ^ b[i]) != phase)
            return false;
    return true;
}

/* What word k of a signature adds to its hash; words can be exchanged one by one. */
static uint64_t hash_word(uint64_t word, uint32_t k)
{
    return plc_mix(word + k * UINT64_C(0x9e3779b97f4a7c15));
}

static size_t find_slot(const sweep *s, uint32_t node)
{
    size_t slot = s->hashes[node] & (s->table_size - 1);
    const uint64_t *signature = signature_of(s, node);
    while (s->table[slot] != UINT32_MAX &&
           (s->hashes[s->table[slot]] != s->hashes[node] ||
            !same_signature(signature_of(s, s->table[slot]), signature)))
        slot = (slot + 1) & (s->table_size - 1);
    return slot;
}

static bool grow_table(sweep *s)
{
    uint32_t *old = s->table;
    size_t size = s->table_size;
    s->table_size = size ? 2 * size : 4096;
    s->table = plc_array(s->table_size, sizeof *s->table);
    if (!s->table) {
        s->table = old;
        s->table_size = size;
        return false;
    }
    memset(s->table, 0xff, s->table_size * sizeof *s->table);
    for (size_t i = 0; i < size; i++)
        if (old[i] != UINT32_MAX)
            s->table[find_slot(s, old[i])] = old[i];
    free(old);
    return true;
}

/* Room for everything that is kept of joint nodes. */
static bool reserve(sweep *s)
{
    size_t n = s->joint->n, capacity = s->capacity;
    if (n > capacity) {
        size_t words = capacity * SIGNATURE;
        if (!plc_array_reserve(&s->signatures, &words, n * SIGNATURE, sizeof *s->signatures))
            return false;
        s->capacity = words / SIGNATURE;
    }
    if (!plc_array_reserve(&s->hashes, &s->hashes_capacity, n, sizeof *s->hashes))
        return false;
    size_t before = s->settled_capacity;
    if (!plc_array_reserve(&s->is_settled, &s->settled_capacity, n, 1))
        return false;
    memset(s->is_settled + before, 0, s->settled_capacity - before);
    if (!plc_array_reserve(&s->merged_to, &s->merged_capacity, n, sizeof *s->merged_to))
        return false;
    return s->n_filed * 2 < s->table_size || grow_table(s);
}

static void compute_signature(sweep *s, uint32_t node)
{
    uint32_t a = s->joint->fanins[node][0], b = s->joint->fanins[node][1];
    const uint64_t *x = signature_of(s, a >> 1), *y = signature_of(s, b >> 1);
    uint64_t *z = signature_of(s, node);
    for (int i = 0; i < SIGNATURE; i++)
        z[i] = (x[i] ^ (0 - (uint64_t)(a & 1))) & (y[i] ^ (0 - (uint64_t)(b & 1)));
}

/* Fills the next word of all signatures by the patterns gathered, and files all nodes anew. */
static void refine(sweep *s)
{
    uint32_t word = FIXED_WORDS + s->n_words++ % (SIGNATURE - FIXED_WORDS);
    memset(s->table, 0xff, s->table_size * sizeof *s->table);
    s->n_filed = s->n_patterns = 0;
    for (uint32_t node = 0; node < s->n_known; node++) {
        uint64_t *signature = signature_of(s, node), phase = phase_of(signature);
        s->hashes[node] ^= hash_word(signature[word] ^ phase, word);
        if (plc_aig_is_and(s->joint, node)) {
            uint32_t a = s->joint->fanins[node][0], b = s->joint->fanins[node][1];
            signature[word] = (signature_of(s, a >> 1)[word] ^ (0 - (uint64_t)(a & 1))) &
                              (signature_of(s, b >> 1)[word] ^ (0 - (uint64_t)(b & 1)));
        } else if (node) {
            signature[word] = s->patterns[node - 1];
        }
        s->hashes[node] ^= hash_word(signature[word] ^ phase, word);
        if (s->merged_to[node] != 2 * node || !s->is_settled[node])
            continue;
        size_t slot = find_slot(s, node);
        if (s->table[slot] == UINT32_MAX) {
            s->table[slot] = node;
            s->n_filed++;
        }
    }
}

/* Keeps a counterexample, and patterns near it, which often tell other nodes apart. */
static void learn(sweep *s)
{
    for (uint32_t k = 0; k < NEIGHBOURS; k++, s->n_patterns++)
        for (uint32_t i = 0; i < plc_aig_n_sources(s->joint); i++) {
            uint64_t noise = plc_mix(((uint64_t)s->report->refuted * NEIGHBOURS + k) << 32 | i);
            bool value = s->values[i] ^ (k && noise % 64 == 0);
            uint64_t bit = UINT64_C(1) << s->n_patterns;
            s->patterns[i] = value ? s->patterns[i] | bit : s->patterns[i] & ~bit;
        }
}

/* A node that looks like an earlier one: is it? */
static plc_status try_merge(sweep *s, uint32_t node, uint32_t other, plc_error *error)
{
    bool inverted = phase_of(signature_of(s, node)) != phase_of(signature_of(s, other));
    uint32_t literal = 2 * other | inverted;
    if (plc_window_equal(s->joint, 2 * node, literal)) {
        s->report->by_window++;
        s->merged_to[node] = literal;
        return PLC_OK;
    }
    if (plc_justifier_separate(s->justifier, 2 * node, literal, s->values)) {
        s->report->refuted++;
        learn(s);
        return PLC_OK;
    }
    switch (plc_sat_compare(s->sat, 2 * node, literal, CONFLICTS, s->values)) {
    case PLC_PAIR_EQUAL:
        s->report->by_sat++;
        s->merged_to[node] = literal;
        break;
    case PLC_PAIR_DIFFERENT:
        s->report->refuted++;
        learn(s);
        break;
    case PLC_PAIR_UNKNOWN:
        s->report->given_up++;
        break;
    case PLC_PAIR_NO_MEMORY:
        return plc_fail_memory(error, s->aig->name);
    }
    return PLC_OK;
}

/* Signatures of the newest joint nodes. */
static plc_status take_in(sweep *s, plc_error *error)
{
    if (s->joint->failed || !reserve(s))
        return plc_fail_memory(error, s->aig->name);
    for (; s->n_known < s->joint->n; s->n_known++) {
        uint32_t node = s->n_known;
        s->merged_to[node] = 2 * node;
        if (plc_aig_is_and(s->joint, node))
            compute_signature(s, node);
        uint64_t phase = phase_of(signature_of(s, node));
        s->hashes[node] = 0;
        for (uint32_t k = 0; k < SIGNATURE; k++)
            s->hashes[node] ^= hash_word(signature_of(s, node)[k] ^ phase, k);
    }
    return PLC_OK;
}

/* Files a node, or merges it with one that it is equal to. */
static plc_status settle(sweep *s, uint32_t node, plc_error *error)
{
    plc_status status = PLC_OK;
    if (s->merged_to[node] != 2 * node || s->is_settled[node])
        return PLC_OK;
    s->is_settled[node] = 1;
    size_t slot = find_slot(s, node);
    if (s->table[slot] == UINT32_MAX) {
        s->table[slot] = node;
        s->n_filed++;
    } else if (plc_aig_is_and(s->joint, node)) {
        status = try_merge(s, node, s->table[slot], error);
    }
    if (s->n_patterns == 64)
        refine(s);
    return status;
}

/* The AND of two literals, or what it is equal to. */
static plc_status join(sweep *s, uint32_t a, uint32_t b, uint32_t *ret_literal, plc_error *error)
{
    uint32_t literal = plc_aig_and(s->joint, a, b);
    plc_status status = take_in(s, error);
    if (status == PLC_OK)
        *ret_literal = s->merged_to[literal >> 1] ^ (literal & 1);
    return status;
}

/* c ? a : b */
static plc_status join_mux(sweep *s, uint32_t c, uint32_t a, uint32_t b, uint32_t *ret_literal,
                           plc_error *error)
{
    uint32_t on = 0, off = 0, none = 0;
    if (a == b) {
        *ret_literal = a;
        return PLC_OK;
    }
    plc_status status = join(s, c, a, &on, error);
    if (status == PLC_OK)
        status = join(s, c ^ 1, b, &off, error);
    if (status == PLC_OK)
        status = join(s, on ^ 1, off ^ 1, &none, error);
    *ret_literal = none ^ 1;
    return status;
}

/* A cell on its way: literals and weights made positive, the heaviest first. */
typedef struct expansion {
    uint32_t n, *literals;
    int64_t *weights;
    int64_t threshold;
    plc_diagram diagram;
    uint32_t *of_node; /* [n_nodes of the diagram] literals */
} expansion;

static void sort_by_weight(expansion *e)
{
    for (uint32_t i = 1; i < e->n; i++)
        for (uint32_t j = i; j > 0 && e->weights[j - 1] < e->weights[j]; j--) {
            int64_t weight = e->weights[j];
            uint32_t literal = e->literals[j];
            e->weights[j] = e->weights[j - 1];
            e->literals[j] = e->literals[j - 1];
            e->weights[j - 1] = weight;
            e->literals[j - 1] = literal;
        }
}

/* The diagram's nodes, from the constants up. */
static plc_status join_diagram(sweep *s, expansion *e, uint32_t *ret_literal, plc_error *error)
{
    plc_status status = PLC_OK;
    e->of_node = plc_array(e->diagram.nodes.n, sizeof *e->of_node);
    if (!e->of_node)
        return plc_fail_memory(error, s->aig->name);
    e->of_node[1] = 1;
    for (size_t i = 2; status == PLC_OK && i < e->diagram.nodes.n; i++) {
        const plc_diagram_node *node = &e->diagram.nodes.data[i];
        status = join_mux(s, e->literals[node->input], e->of_node[node->on], e->of_node[node->off],
                          &e->of_node[i], error);
    }
    *ret_literal = e->of_node[e->diagram.root];
    return status;
}

/* The literal of a cell, from those of its inputs. */
static plc_status expand_cell(sweep *s, const plc_cell *cell, const uint32_t *literals,
                              uint32_t *ret_literal, plc_error *error)
{
    expansion e = {.threshold = cell->threshold};
    plc_status status = PLC_OK;
    e.literals = plc_array(cell->n, sizeof *e.literals);
    e.weights = plc_array(cell->n, sizeof *e.weights);
    if (!e.literals || !e.weights) {
        status = plc_fail_memory(error, s->aig->name);
        goto done;
    }
    for (uint32_t i = 0; i < cell->n; i++) {
        int64_t weight = s->cells->weights.data[cell->begin + i];
        if (!weight)
            continue;
        e.literals[e.n] = literals[s->cells->inputs.data[cell->begin + i]] ^ (weight < 0);
        e.threshold -= weight < 0 ? weight : 0;
        e.weights[e.n++] = weight < 0 ? -weight : weight;
    }
    sort_by_weight(&e);
    switch (plc_diagram_make(e.weights, e.n, e.threshold, EXPANSION_MAX, &e.diagram)) {
    case PLC_DIAGRAM_OK:
        status = join_diagram(s, &e, ret_literal, error);
        break;
    case PLC_DIAGRAM_LARGE:
        status = plc_fail(error, PLC_INVALID,
                          "%s: a cell of %u inputs is too large to be proved: its decision diagram "
                          "has more than %d nodes",
                          s->cells->name, cell->n, EXPANSION_MAX);
        break;
    case PLC_DIAGRAM_NO_MEMORY:
        status = plc_fail_memory(error, s->aig->name);
        break;
    }
done:
    free(e.literals);
    free(e.weights);
    free(e.of_node);
    plc_diagram_finish(&e.diagram);
    return status;
}

/* What a literal is equal to, once its node was looked at. Nodes within a cell are not. */
static plc_status find_equal(sweep *s, uint32_t *literal, plc_error *error)
{
    plc_status status = settle(s, *literal >> 1, error);
    *literal = s->merged_to[*literal >> 1] ^ (*literal & 1);
    return status;
}

/* Marks the cells that sinks depend on which are not proved yet; whether there are such sinks. */
static bool mark_needed(sweep *s)
{
    const uint32_t first = plc_cells_n_sources(s->cells) + 1;
    bool any = false;
    for (uint32_t i = 0; i < plc_cells_n_sinks(s->cells); i++) {
        const uint32_t node = s->cells->sinks[i] >> 1;
        any = any || !s->is_proved[i];
        if (!s->is_proved[i] && node >= first)
            s->is_needed[node - first] = 1;
    }
    for (size_t i = s->cells->cells.n; i-- > 0;) {
        const plc_cell *cell = &s->cells->cells.data[i];
        for (uint32_t k = cell->begin; s->is_needed[i] && k < cell->begin + cell->n; k++)
            if (s->cells->inputs.data[k] >= first)
                s->is_needed[s->cells->inputs.data[k] - first] = 1;
    }
    return any;
}

static plc_status join_all(sweep *s, uint32_t *of_aig, uint32_t *of_cells, plc_error *error)
{
    plc_status status = take_in(s, error);
    uint32_t first = plc_aig_n_sources(s->aig) + 1;
    for (uint32_t i = 0; i < first && status == PLC_OK; i++) {
        of_aig[i] = of_cells[i] = 2 * i;
        status = settle(s, i, error);
    }
    for (uint32_t node = first; status == PLC_OK && node < s->aig->n; node++) {
        uint32_t a = s->aig->fanins[node][0], b = s->aig->fanins[node][1];
        status = join(s, of_aig[a >> 1] ^ (a & 1), of_aig[b >> 1] ^ (b & 1), &of_aig[node], error);
        if (status == PLC_OK)
            status = find_equal(s, &of_aig[node], error);
    }
    for (uint32_t i = 0; status == PLC_OK && i < s->cells->cells.n; i++) {
        if (!s->is_needed[i])
            continue;
        status = expand_cell(s, &s->cells->cells.data[i], of_cells, &of_cells[first + i], error);
        if (status == PLC_OK)
            status = find_equal(s, &of_cells[first + i], error);
    }
    return status;
}

/* Sinks are equal when they became one, or the solver says so. */
static plc_status compare_sinks(sweep *s, const uint32_t *of_aig, const uint32_t *of_cells,
                                plc_error *error)
{
    for (uint32_t i = 0; i < plc_aig_n_sinks(s->aig); i++) {
        uint32_t x = s->aig->sinks[i], y = s->cells->sinks[i];
        uint32_t a = of_aig[x >> 1] ^ (x & 1), b = of_cells[y >> 1] ^ (y & 1);
        if (s->is_proved[i] || a == b)
            continue;
        plc_pair_answer answer = plc_sat_compare(s->sat, a, b, 0, s->values);
        if (answer == PLC_PAIR_NO_MEMORY || answer == PLC_PAIR_UNKNOWN)
            return plc_fail_memory(error, s->aig->name);
        if (answer == PLC_PAIR_EQUAL) {
            s->report->by_sat++;
            continue;
        }
        s->report->equivalent = false;
        s->report->sink = i;
        s->report->counterexample = plc_array_copy(s->values, plc_aig_n_sources(s->aig), 1);
        return s->report->counterexample ? PLC_OK : plc_fail_memory(error, s->aig->name);
    }
    s->report->equivalent = true;
    return PLC_OK;
}

/* Random vectors through both as they are. */
static plc_status simulate(const plc_aig *aig, const plc_cells *cells, uint64_t vectors,
                           uint64_t seed, plc_prove_report *report, plc_error *error)
{
    uint64_t *x = plc_array(aig->n, sizeof *x);
    uint64_t *y = plc_array(plc_cells_n_nodes(cells), sizeof *y);
    plc_status status = x && y ? PLC_OK : plc_fail_memory(error, aig->name);
    for (uint64_t v = 0; status == PLC_OK && v * 64 < vectors && !report->counterexample; v++) {
        for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++)
            x[i + 1] = y[i + 1] = plc_stimuli_word(seed, v, i);
        plc_aig_simulate(aig, x);
        plc_cells_simulate(cells, y);
        report->vectors = (v + 1) * 64;
        for (uint32_t i = 0; i < plc_aig_n_sinks(aig) && !report->counterexample; i++) {
            uint64_t differ = plc_aig_value(x, aig->sinks[i]) ^ plc_aig_value(y, cells->sinks[i]);
            if (!differ)
                continue;
            report->sink = i;
            report->counterexample = plc_array(plc_aig_n_sources(aig) + 1u, 1);
            if (!report->counterexample)
                status = plc_fail_memory(error, aig->name);
            for (uint32_t k = 0; status == PLC_OK && k < plc_aig_n_sources(aig); k++)
                report->counterexample[k] = x[k + 1] >> __builtin_ctzll(differ) & 1;
        }
    }
    free(x);
    free(y);
    return status;
}

static plc_status check_ports(const plc_aig *aig, const plc_cells *cells, plc_error *error)
{
    if (aig->n_inputs != cells->n_inputs || aig->n_latches != cells->n_latches ||
        aig->n_outputs != cells->n_outputs)
        return plc_fail(error, PLC_INVALID,
                        "%s: %u inputs, %u latches and %u outputs, but %s has %u, %u and %u",
                        aig->name, aig->n_inputs, aig->n_latches, aig->n_outputs, cells->name,
                        cells->n_inputs, cells->n_latches, cells->n_outputs);
    for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++)
        if (strcmp(aig->source_names[i], cells->source_names[i]))
            return plc_fail(error, PLC_INVALID, "%s number %u: \"%s\" in %s, \"%s\" in %s",
                            i < aig->n_inputs ? "input" : "latch", i, aig->source_names[i],
                            aig->name, cells->source_names[i], cells->name);
    for (uint32_t i = 0; i < aig->n_outputs; i++)
        if (strcmp(aig->output_names[i], cells->output_names[i]))
            return plc_fail(error, PLC_INVALID, "output number %u: \"%s\" in %s, \"%s\" in %s", i,
                            aig->output_names[i], aig->name, cells->output_names[i], cells->name);
    for (uint32_t i = 0; i < aig->n_latches; i++)
        if (aig->initial[i] != cells->initial[i])
            return plc_fail(error, PLC_INVALID, "latch %s: begins as %u in %s, as %u in %s",
                            aig->source_names[aig->n_inputs + i], aig->initial[i], aig->name,
                            cells->initial[i], cells->name);
    return PLC_OK;
}

static plc_status sweep_begin(sweep *s, uint64_t seed, plc_error *error)
{
    s->joint = plc_aig_create("", s->aig->n_inputs, s->aig->n_latches, 0);
    s->values = plc_array(plc_aig_n_sources(s->aig), 1);
    s->patterns = plc_array(plc_aig_n_sources(s->aig), sizeof *s->patterns);
    if (!s->joint || !s->values || !s->patterns || !(s->sat = plc_sat_create(s->joint)) ||
        !(s->justifier = plc_justifier_create(s->joint, seed)) || !reserve(s))
        return plc_fail_memory(error, s->aig->name);
    uint32_t n_sources = plc_aig_n_sources(s->aig);
    uint64_t *patterns = plc_array((size_t)SIGNATURE * n_sources, sizeof *patterns);
    if (!patterns || !plc_stimuli_make(s->aig, ~seed, SIGNATURE, patterns)) {
        free(patterns);
        return plc_fail_memory(error, s->aig->name);
    }
    memset(signature_of(s, 0), 0, SIGNATURE * sizeof *patterns);
    for (uint32_t i = 0; i < n_sources; i++)
        for (uint32_t k = 0; k < SIGNATURE; k++)
            signature_of(s, i + 1)[k] = patterns[(size_t)k * n_sources + i];
    free(patterns);
    return PLC_OK;
}

plc_status plc_ftl_prove(const plc_aig *aig, const plc_cells *cells, uint64_t vectors,
                         uint64_t seed, plc_prove_report *ret_report, plc_error *error)
{
    plc_prove_report report = {0};
    sweep s = {.aig = aig, .cells = cells, .report = &report};
    uint32_t *of_aig = NULL, *of_cells = NULL;
    plc_status status = check_ports(aig, cells, error);
    if (status == PLC_OK)
        status = simulate(aig, cells, vectors, seed, &report, error);
    if (status != PLC_OK || report.counterexample)
        goto done;
    s.is_proved = plc_array(plc_aig_n_sinks(aig), 1);
    s.is_needed = plc_array(cells->cells.n, 1);
    status = s.is_proved && s.is_needed ? plc_prove_wide(aig, cells, s.is_proved, &report, error)
                                        : plc_fail_memory(error, aig->name);
    if (status != PLC_OK || report.counterexample)
        goto done;
    report.equivalent = !mark_needed(&s);
    if (report.equivalent)
        goto done;
    of_aig = plc_array(aig->n, sizeof *of_aig);
    of_cells = plc_array(plc_cells_n_nodes(cells), sizeof *of_cells);
    status = of_aig && of_cells ? sweep_begin(&s, seed, error) : plc_fail_memory(error, aig->name);
    if (status == PLC_OK)
        status = join_all(&s, of_aig, of_cells, error);
    if (status == PLC_OK)
        status = compare_sinks(&s, of_aig, of_cells, error);
done:
    free(of_aig);
    free(of_cells);
    free(s.signatures);
    free(s.hashes);
    free(s.table);
    free(s.merged_to);
    free(s.is_settled);
    free(s.is_proved);
    free(s.is_needed);
    free(s.values);
    free(s.patterns);
    plc_sat_destroy(s.sat);
    plc_justifier_destroy(s.justifier);
    plc_aig_destroy(s.joint);
    if (status == PLC_OK)
        *ret_report = report;
    else
        plc_prove_report_finish(&report);
    return status;
}
