/* Threshold netlists as text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scan.h"
#include "ftl/cells.h"
#include "ftl/words.h"

#include <stdio.h>

static bool is_numbered(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    return !strncmp(name, prefix, n) && name[n] &&
           strspn(name + n, "0123456789") == strlen(name + n);
}

char *plc_cells_prefix(const plc_cells *cells)
{
    char *prefix = plc_array(plc_cells_n_sources(cells) + cells->n_outputs + 2ul, 1);
    bool taken = prefix != NULL;
    for (size_t n = 0; taken; n++) {
        prefix[n] = n ? '_' : 'n';
        taken = false;
        for (uint32_t i = 0; i < plc_cells_n_sources(cells) && !taken; i++)
            taken = is_numbered(cells->source_names[i], prefix);
        for (uint32_t i = 0; i < cells->n_outputs && !taken; i++)
            taken = is_numbered(cells->output_names[i], prefix);
    }
    return prefix;
}

static void add_node(plc_text *text, const plc_cells *cells, const char *prefix, uint32_t node)
{
    uint32_t n = plc_cells_n_sources(cells);
    if (node <= n)
        plc_text_add(text, "%s", cells->source_names[node - 1]);
    else
        plc_text_add(text, "%s%u", prefix, node - n - 1);
}

/* "= NODE", "~ NODE", "low" or "high". */
static void add_literal(plc_text *text, const plc_cells *cells, const char *prefix,
                        uint32_t literal)
{
    if (literal < 2) {
        plc_text_add(text, literal ? "high" : "low");
        return;
    }
    plc_text_add(text, literal & 1 ? "~ " : "= ");
    add_node(text, cells, prefix, literal >> 1);
}

plc_status plc_cells_write(const plc_cells *cells, const char *path, plc_error *error)
{
    plc_text text = {0};
    char *prefix = plc_cells_prefix(cells);
    uint32_t first = plc_cells_n_sources(cells) + 1;
    if (!prefix)
        return plc_fail_memory(error, cells->name);
    plc_text_add(&text, "threshold 1 %s\n", cells->name);
    for (uint32_t i = 0; i < cells->n_inputs; i++)
        plc_text_add(&text, "input %s\n", cells->source_names[i]);
    for (uint32_t i = 0; i < cells->n_latches; i++)
        plc_text_add(&text, "latch %s %u\n", cells->source_names[cells->n_inputs + i],
                     cells->initial[i]);
    for (uint32_t i = 0; i < cells->cells.n; i++) {
        const plc_cell *cell = &cells->cells.data[i];
        plc_text_add(&text, "cell ");
        add_node(&text, cells, prefix, first + i);
        plc_text_add(&text, " %d", cell->threshold);
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            plc_text_add(&text, " %d ", cells->weights.data[k]);
            add_node(&text, cells, prefix, cells->inputs.data[k]);
        }
        plc_text_add(&text, "\n");
    }
    for (uint32_t i = 0; i < cells->n_outputs; i++) {
        plc_text_add(&text, "output %s ", cells->output_names[i]);
        add_literal(&text, cells, prefix, cells->sinks[i]);
        plc_text_add(&text, "\n");
    }
    for (uint32_t i = 0; i < cells->n_latches; i++) {
        plc_text_add(&text, "next %s ", cells->source_names[cells->n_inputs + i]);
        add_literal(&text, cells, prefix, cells->sinks[cells->n_outputs + i]);
        plc_text_add(&text, "\n");
    }
    free(prefix);
    plc_status status = text.failed ? plc_fail_memory(error, cells->name)
                                    : plc_file_write(path, text.data, text.n, error);
    plc_text_finish(&text);
    return status;
}

/* Names seen so far. */
typedef struct reader {
    plc_words words;
    plc_aig *ports; /* inputs, latches, outputs, that the netlist takes over */
    plc_cells *cells;
    struct {
        plc_word *data; /* names of nodes 1.. */
        size_t n, capacity;
    } names;
    uint32_t *table; /* [table_size] nodes by name */
    size_t table_size;
    uint8_t *have; /* [n_latches] whether the next state was given */
    uint32_t n_outputs, n_next;
    uint32_t *inputs; /* [inputs_capacity] of the cell at hand */
    int32_t *weights;
    size_t inputs_capacity, weights_capacity;
} reader;

static size_t find_slot(const reader *r, plc_word name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)name.at[i]) * UINT64_C(0x100000001b3);
    size_t slot = (hash ^ hash >> 29) & (r->table_size - 1);
    for (; r->table[slot]; slot = (slot + 1) & (r->table_size - 1)) {
        plc_word other = r->names.data[r->table[slot] - 1];
        if (other.length == name.length && !memcmp(other.at, name.at, name.length))
            break;
    }
    return slot;
}

static plc_status add_name(reader *r, plc_word name, plc_error *error)
{
    size_t slot = find_slot(r, name);
    if (r->table[slot])
        return plc_words_fail(&r->words, error, "%.*s: there is one already", PLC_WORD_SHOWN(name));
    if (!plc_reserve(&r->names, data, 1))
        return plc_fail_memory(error, r->words.name);
    r->names.data[r->names.n++] = name;
    r->table[slot] = (uint32_t)r->names.n;
    return PLC_OK;
}

static plc_status find_name(const reader *r, plc_word name, uint32_t *ret_node, plc_error *error)
{
    uint32_t node = r->table[find_slot(r, name)];
    if (!node)
        return plc_words_fail(&r->words, error,
                              "%.*s: expected an input, a latch or a cell of an earlier line",
                              PLC_WORD_SHOWN(name));
    *ret_node = node;
    return PLC_OK;
}

static plc_status read_whole(const reader *r, plc_word word, const char *what, int64_t limit,
                             int32_t *ret_value, plc_error *error)
{
    int64_t value = 0;
    if (!plc_parse_int(word.at, word.length, &value) || value < -limit || value > limit)
        return plc_words_fail(&r->words, error,
                              "%s: expected a whole number in %lld..%lld, got \"%.*s\"", what,
                              (long long)-limit, (long long)limit, PLC_WORD_SHOWN(word));
    *ret_value = (int32_t)value;
    return PLC_OK;
}

enum { WEIGHT_MAX = 1 << 24, INPUTS_MAX = 1 << 16 };

/* cell NAME THRESHOLD [WEIGHT INPUT]... */
static plc_status read_cell(reader *r, plc_error *error)
{
    size_t n = r->words.n < 3 ? 0 : (r->words.n - 3) / 2;
    int32_t threshold = 0;
    uint32_t node = 0;
    if (r->words.n < 3 || r->words.n % 2 == 0 || n > INPUTS_MAX)
        return plc_words_fail(&r->words, error,
                              "expected cell NAME THRESHOLD and up to %d times WEIGHT INPUT",
                              INPUTS_MAX);
    if (!plc_array_reserve(&r->inputs, &r->inputs_capacity, n, sizeof *r->inputs) ||
        !plc_array_reserve(&r->weights, &r->weights_capacity, n, sizeof *r->weights))
        return plc_fail_memory(error, r->words.name);
    plc_status status =
        read_whole(r, r->words.data[2], "threshold", INT32_MAX / 2, &threshold, error);
    for (size_t i = 0; status == PLC_OK && i < n; i++) {
        status = read_whole(r, r->words.data[3 + 2 * i], "weight", WEIGHT_MAX / (int64_t)(1 + n),
                            &r->weights[i], error);
        if (status == PLC_OK)
            status = find_name(r, r->words.data[4 + 2 * i], &r->inputs[i], error);
    }
    if (status == PLC_OK)
        status = add_name(r, r->words.data[1], error);
    if (status == PLC_OK &&
        !plc_cells_add(r->cells, r->inputs, r->weights, (uint32_t)n, threshold, &node))
        status = plc_fail_memory(error, r->words.name);
    return status;
}

/* What a sink takes, the words from the third on. */
static plc_status read_literal(const reader *r, uint32_t *ret_literal, plc_error *error)
{
    size_t n = r->words.n;
    bool high = n == 3 && plc_word_is(r->words.data[2], "high");
    bool inverted = n == 4 && plc_word_is(r->words.data[2], "~");
    uint32_t node = 0;
    if (high || (n == 3 && plc_word_is(r->words.data[2], "low"))) {
        *ret_literal = high;
        return PLC_OK;
    }
    if (n != 4 || (!inverted && !plc_word_is(r->words.data[2], "=")))
        return plc_words_fail(&r->words, error,
                              "expected %.*s NAME and \"= NODE\", \"~ NODE\", low or high",
                              PLC_WORD_SHOWN(r->words.data[0]));
    plc_status status = find_name(r, r->words.data[3], &node, error);
    *ret_literal = 2 * node | inverted;
    return status;
}

static plc_status read_next(reader *r, plc_error *error)
{
    uint32_t node = 0, literal = 0;
    plc_status status = read_literal(r, &literal, error);
    if (status == PLC_OK)
        status = find_name(r, r->words.data[1], &node, error);
    if (status != PLC_OK)
        return status;
    if (node <= r->cells->n_inputs || node > plc_cells_n_sources(r->cells))
        return plc_words_fail(&r->words, error, "next: %.*s is no latch",
                              PLC_WORD_SHOWN(r->words.data[1]));
    uint32_t latch = node - 1 - r->cells->n_inputs;
    if (r->have[latch])
        return plc_words_fail(&r->words, error, "next: %.*s has one already",
                              PLC_WORD_SHOWN(r->words.data[1]));
    r->have[latch] = 1;
    r->n_next++;
    r->cells->sinks[r->cells->n_outputs + latch] = literal;
    return PLC_OK;
}

/* First pass: what there is. Second: what it does. */
static plc_status count(const char *name, const char *text, size_t length, uint32_t n[3],
                        plc_error *error)
{
    plc_words words = plc_words_text(name, text, length);
    plc_status status = PLC_OK;
    for (;;) {
        status = plc_words_next(&words, "", error);
        if (status != PLC_OK || !words.n)
            break;
        n[0] += plc_word_is(words.data[0], "input");
        n[1] += plc_word_is(words.data[0], "latch");
        n[2] += plc_word_is(words.data[0], "output");
    }
    plc_words_finish(&words);
    return status;
}

static plc_status read_source(reader *r, bool latch, plc_error *error)
{
    uint32_t i = (uint32_t)r->names.n;
    if (r->words.n != (latch ? 3u : 2u) || r->cells || (i < r->ports->n_inputs) == latch)
        return plc_words_fail(&r->words, error,
                              "expected all inputs, then latches (NAME 0, 1 or 2), then cells");
    plc_word name = r->words.data[1];
    if (latch) {
        plc_word value = r->words.data[2];
        if (value.length != 1 || value.at[0] < '0' || value.at[0] > '2')
            return plc_words_fail(&r->words, error,
                                  "latch: expected 0, 1 or 2 (unknown), got \"%.*s\"",
                                  PLC_WORD_SHOWN(value));
        r->ports->initial[i - r->ports->n_inputs] = (uint8_t)(value.at[0] - '0');
    }
    plc_aig_name_source(r->ports, i, name.at, name.length);
    return add_name(r, name, error);
}

/* All sources are known now. */
static plc_status begin_cells(reader *r, plc_error *error)
{
    if (r->cells)
        return PLC_OK;
    if (r->names.n != plc_aig_n_sources(r->ports))
        return plc_words_fail(&r->words, error, "expected all inputs and latches before cells");
    for (uint32_t i = 0; i < r->ports->n_outputs; i++)
        plc_aig_name_output(r->ports, i, "", 0);
    if (r->ports->failed)
        return plc_fail_memory(error, r->words.name);
    return plc_cells_create_like(r->ports, &r->cells, error);
}

static plc_status read_output(reader *r, plc_error *error)
{
    uint32_t i = r->n_outputs++;
    plc_status status = read_literal(r, &r->cells->sinks[i], error);
    if (status != PLC_OK)
        return status;
    plc_word name = r->words.data[1];
    char *copy = plc_array(name.length + 1ul, 1);
    if (!copy)
        return plc_fail_memory(error, r->words.name);
    memcpy(copy, name.at, name.length);
    free(r->cells->output_names[i]);
    r->cells->output_names[i] = copy;
    return PLC_OK;
}

static plc_status read_line(reader *r, plc_error *error)
{
    plc_word word = r->words.data[0];
    if (r->names.n * 2 >= r->table_size) {
        size_t size = r->table_size * 2;
        uint32_t *table = plc_array(size, sizeof *table);
        if (!table)
            return plc_fail_memory(error, r->words.name);
        free(r->table);
        r->table = table;
        r->table_size = size;
        for (size_t i = 0; i < r->names.n; i++)
            r->table[find_slot(r, r->names.data[i])] = (uint32_t)i + 1;
    }
    bool input = plc_word_is(word, "input"), latch = plc_word_is(word, "latch");
    if (input || latch)
        return read_source(r, latch, error);
    plc_status status = begin_cells(r, error);
    if (status != PLC_OK)
        return status;
    if (plc_word_is(word, "cell"))
        return read_cell(r, error);
    if (plc_word_is(word, "output"))
        return read_output(r, error);
    if (plc_word_is(word, "next"))
        return read_next(r, error);
    return plc_words_fail(&r->words, error,
                          "expected input, latch, cell, output or next, got \"%.*s\"",
                          PLC_WORD_SHOWN(word));
}

static plc_status read_head(reader *r, const uint32_t n[3], plc_error *error)
{
    plc_status status = plc_words_next(&r->words, "", error);
    if (status != PLC_OK)
        return status;
    if (r->words.n < 2 || r->words.n > 3 || !plc_word_is(r->words.data[0], "threshold") ||
        !plc_word_is(r->words.data[1], "1"))
        return plc_words_fail(&r->words, error, "expected \"threshold 1 NAME\"");
    plc_word name = r->words.n > 2 ? r->words.data[2] : (plc_word){"", 0};
    char *copy = plc_array(name.length + 1ul, 1);
    if (!copy)
        return plc_fail_memory(error, r->words.name);
    memcpy(copy, name.at, name.length);
    r->ports = plc_aig_create(copy, n[0], n[1], n[2]);
    free(copy);
    r->table_size = 1024;
    r->table = plc_array(r->table_size, sizeof *r->table);
    r->have = plc_array(n[1], 1);
    return r->ports && r->table && r->have ? PLC_OK : plc_fail_memory(error, r->words.name);
}

plc_status plc_cells_parse(const char *name, const char *text, size_t length, plc_cells **ret_cells,
                           plc_error *error)
{
    reader r = {.words = plc_words_text(name, text, length)};
    uint32_t n[3] = {0};
    plc_status status = count(name, text, length, n, error);
    if (status == PLC_OK)
        status = read_head(&r, n, error);
    while (status == PLC_OK) {
        status = plc_words_next(&r.words, "", error);
        if (status != PLC_OK || !r.words.n)
            break;
        status = read_line(&r, error);
    }
    if (status == PLC_OK)
        status = begin_cells(&r, error);
    if (status == PLC_OK && r.n_next != r.ports->n_latches)
        status = plc_words_fail(&r.words, error, "next: expected one of each of %u latches, got %u",
                                r.ports->n_latches, r.n_next);
    if (status == PLC_OK) {
        *ret_cells = r.cells;
        r.cells = NULL;
    }
    plc_cells_destroy(r.cells);
    plc_aig_destroy(r.ports);
    plc_words_finish(&r.words);
    free(r.names.data);
    free(r.table);
    free(r.have);
    free(r.inputs);
    free(r.weights);
    return status;
}

plc_status plc_cells_read(const char *path, plc_cells **ret_cells, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_cells_parse(path, bytes.data, bytes.size, ret_cells, error);
    plc_bytes_finish(&bytes);
    return status;
}
