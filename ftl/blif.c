/* Reading BLIF. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ftl/gates.h"
#include "ftl/netlist.h"
#include "ftl/words.h"

/* A file on its way. */
typedef struct reader {
    plc_words words;
    plc_gates gates;
    plc_word model;
    bool have_model, ended;
    bool in_cover;  /* the gate begun last takes rows */
    char row_value; /* what its rows say the output is; 0 before the first */
} reader;

static plc_status find_signal(reader *r, plc_word word, uint32_t *ret_signal, plc_error *error)
{
    return plc_gates_signal(&r->gates, word.at, word.length, r->words.line, ret_signal, error);
}

static plc_status read_model(reader *r, plc_error *error)
{
    if (r->have_model)
        return plc_words_fail(&r->words, error,
                              "a second .model: expected one, without others in it");
    r->have_model = true;
    if (r->words.n > 1)
        r->model = r->words.data[1];
    return PLC_OK;
}

static plc_status read_ports(reader *r, bool inputs, plc_error *error)
{
    plc_status status = PLC_OK;
    for (size_t i = 1; status == PLC_OK && i < r->words.n; i++) {
        uint32_t signal = 0;
        status = find_signal(r, r->words.data[i], &signal, error);
        if (status == PLC_OK)
            status = inputs ? plc_gates_add_input(&r->gates, signal, r->words.line, error)
                            : plc_gates_add_output(&r->gates, signal, error);
    }
    return status;
}

static plc_status read_names(reader *r, plc_error *error)
{
    uint32_t output = 0, input = 0;
    if (r->words.n < 2)
        return plc_words_fail(&r->words, error, ".names: expected inputs, if any, and an output");
    plc_status status = find_signal(r, r->words.data[r->words.n - 1], &output, error);
    if (status == PLC_OK)
        status = plc_gates_begin(&r->gates, output, PLC_GATE_COVER, false, r->words.line, error);
    for (size_t i = 1; status == PLC_OK && i + 1 < r->words.n; i++) {
        status = find_signal(r, r->words.data[i], &input, error);
        if (status == PLC_OK)
            status = plc_gates_add_fanin(&r->gates, 2 * input, error);
    }
    r->in_cover = true;
    r->row_value = 0;
    return status;
}

/* A row: a character for each input, and the output's. All rows of a cover give the same output;
 * what no row covers is the opposite. */
static plc_status read_row(reader *r, plc_error *error)
{
    if (!r->in_cover)
        return plc_words_fail(&r->words, error, "a row \"%.*s\" without .names before it",
                              PLC_WORD_SHOWN(r->words.data[0]));
    plc_gate *gate = &r->gates.gates.data[r->gates.gates.n - 1];
    plc_word row = r->words.data[0], value = r->words.data[r->words.n - 1];
    if (gate->n_fanins == 0)
        row.length = 0;
    if (r->words.n != (gate->n_fanins ? 2u : 1u) || row.length != gate->n_fanins)
        return plc_words_fail(&r->words, error,
                              "expected a row of %u inputs (0, 1 or -) and an output (0 or 1)",
                              gate->n_fanins);
    for (uint32_t i = 0; i < row.length; i++)
        if (row.at[i] != '0' && row.at[i] != '1' && row.at[i] != '-')
            return plc_words_fail(&r->words, error, "row %.*s: expected 0, 1 and - only",
                                  PLC_WORD_SHOWN(row));
    if (!plc_word_is(value, "0") && !plc_word_is(value, "1"))
        return plc_words_fail(&r->words, error, "output of a row: expected 0 or 1, got \"%.*s\"",
                              PLC_WORD_SHOWN(value));
    if (r->row_value && r->row_value != value.at[0])
        return plc_words_fail(&r->words, error, "rows of both outputs, 0 and 1, in one .names");
    r->row_value = value.at[0];
    gate->inverted = r->row_value == '0';
    return plc_gates_add_row(&r->gates, row.at, error);
}

/* .latch INPUT OUTPUT [TYPE CONTROL] [INITIAL] */
static plc_status read_latch(reader *r, plc_error *error)
{
    static const char *const types[] = {"re", "fe", "ah", "al", "as"};
    size_t n = r->words.n;
    bool typed = n >= 5, has_initial = n == 4 || n == 6;
    uint8_t initial = PLC_LATCH_UNKNOWN;
    uint32_t next = 0, signal = 0;
    if (n < 3 || n > 6)
        return plc_words_fail(&r->words, error,
                              ".latch: expected INPUT OUTPUT [TYPE CONTROL] [INITIAL]");
    for (size_t i = 0; typed && i < sizeof types / sizeof *types; i++)
        typed = !plc_word_is(r->words.data[3], types[i]);
    if (typed)
        return plc_words_fail(&r->words, error,
                              ".latch: type: expected re, fe, ah, al or as, got \"%.*s\"",
                              PLC_WORD_SHOWN(r->words.data[3]));
    if (has_initial) {
        plc_word word = r->words.data[n - 1];
        if (word.length != 1 || word.at[0] < '0' || word.at[0] > '3')
            return plc_words_fail(&r->words, error,
                                  ".latch: initial value: expected 0, 1, 2 (any) or 3 (unknown), "
                                  "got \"%.*s\"",
                                  PLC_WORD_SHOWN(word));
        initial = word.at[0] < '2' ? (uint8_t)(word.at[0] - '0') : PLC_LATCH_UNKNOWN;
    }
    plc_status status = find_signal(r, r->words.data[1], &next, error);
    if (status == PLC_OK)
        status = find_signal(r, r->words.data[2], &signal, error);
    if (status == PLC_OK)
        status = plc_gates_add_latch(&r->gates, signal, next, initial, r->words.line, error);
    return status;
}

/* What timing tools say, and nothing here needs. */
static bool is_ignored(plc_word word)
{
    static const char *const ignored[] = {".clock",
                                          ".wire_load_slope",
                                          ".wire",
                                          ".input_arrival",
                                          ".default_input_arrival",
                                          ".output_required",
                                          ".input_drive",
                                          ".default_output_required",
                                          ".default_input_drive",
                                          ".output_load",
                                          ".default_output_load",
                                          ".area",
                                          ".delay",
                                          ".cycle",
                                          ".clock_event",
                                          ".max_input_load",
                                          ".default_max_input_load",
                                          NULL};
    for (size_t i = 0; ignored[i]; i++)
        if (plc_word_is(word, ignored[i]))
            return true;
    return false;
}

static plc_status read_line(reader *r, plc_error *error)
{
    plc_word word = r->words.data[0];
    if (word.at[0] != '.')
        return read_row(r, error);
    r->in_cover = false;
    if (plc_word_is(word, ".model"))
        return read_model(r, error);
    if (!r->have_model)
        return plc_words_fail(&r->words, error, "expected .model first, got %.*s",
                              PLC_WORD_SHOWN(word));
    if (plc_word_is(word, ".inputs") || plc_word_is(word, ".input"))
        return read_ports(r, true, error);
    if (plc_word_is(word, ".outputs") || plc_word_is(word, ".output"))
        return read_ports(r, false, error);
    if (plc_word_is(word, ".names"))
        return read_names(r, error);
    if (plc_word_is(word, ".latch"))
        return read_latch(r, error);
    if (plc_word_is(word, ".end")) {
        r->ended = true;
        return PLC_OK;
    }
    if (plc_word_is(word, ".exdc"))
        return plc_words_fail(&r->words, error,
                              ".exdc: external don't-cares are not taken; remove them");
    if (is_ignored(word))
        return PLC_OK;
    return plc_words_fail(&r->words, error,
                          "%.*s: expected .inputs, .outputs, .names, .latch or .end",
                          PLC_WORD_SHOWN(word));
}

static plc_status make_aig(reader *r, plc_aig **ret_aig, plc_error *error)
{
    if (!r->have_model)
        return plc_fail(error, PLC_INVALID, "%s:1: expected .model, got the end of the file",
                        r->gates.name);
    char *model = plc_array(r->model.length + 1, 1);
    if (!model)
        return plc_fail_memory(error, r->gates.name);
    if (r->model.length)
        memcpy(model, r->model.at, r->model.length);
    plc_status status = plc_gates_to_aig(&r->gates, model, ret_aig, error);
    free(model);
    return status;
}

plc_status plc_blif_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                          plc_error *error)
{
    reader r = {.words = plc_words_text(name, text, length), .gates = {.name = name}};
    plc_status status = PLC_OK;
    while (status == PLC_OK && !r.ended) {
        status = plc_words_next(&r.words, "", error);
        if (status != PLC_OK || !r.words.n)
            break;
        status = read_line(&r, error);
    }
    if (status == PLC_OK && r.ended) {
        status = plc_words_next(&r.words, "", error);
        if (status == PLC_OK && r.words.n)
            status = plc_words_fail(&r.words, error,
                                    "%.*s: expected nothing after .end: one model, without others "
                                    "or don't-cares",
                                    PLC_WORD_SHOWN(r.words.data[0]));
    }
    if (status == PLC_OK)
        status = make_aig(&r, ret_aig, error);
    plc_words_finish(&r.words);
    plc_gates_finish(&r.gates);
    return status;
}
