/* Reading AIGER. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"
#include "ftl/netlist.h"

#include <stdio.h>

/* A file on its way. */
typedef struct reader {
    plc_scan scan;
    bool binary;
    uint32_t max, n_inputs, n_latches, n_outputs, n_ands;
    uint32_t *sources;   /* [n_inputs + n_latches] variables */
    uint32_t *sinks;     /* [n_outputs + n_latches] their literals in the file */
    uint32_t (*ands)[2]; /* [max + 1] fanins of variables that are ANDs */
    uint64_t *lines;     /* [max + 1] where a variable is defined, 0: nowhere */
    uint32_t *literals;  /* [max + 1] of variables in the AIG, NOT_BUILT or OPEN */
    uint32_t *stack;     /* [max + 1] */
    plc_aig *aig;
} reader;

static const uint32_t NOT_BUILT = UINT32_MAX, OPEN = UINT32_MAX - 1;
enum { INPUTS_MAX = 1 << 24 }; /* of the binary form, which spends no byte on one */

static bool take_char(plc_scan *scan, char c)
{
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static plc_status take_number(plc_scan *scan, const char *what, uint32_t max, uint32_t *ret_value,
                              plc_error *error)
{
    int64_t value = 0;
    plc_status status = plc_scan_int(scan, what, 0, max, &value, error);
    if (status == PLC_OK)
        *ret_value = (uint32_t)value;
    return status;
}

/* "aig M I L O A", then perhaps zeros for what AIGER 1.9 added. */
static plc_status read_head(reader *r, plc_error *error)
{
    static const char *const more[] = {"bad states", "constraints", "justice", "fairness"};
    plc_scan *scan = &r->scan;
    const char *magic;
    size_t length;
    uint32_t none = 0;
    plc_scan_field(scan, &magic, &length);
    r->binary = length == 3 && !memcmp(magic, "aig", 3);
    if (!r->binary && !(length == 3 && !memcmp(magic, "aag", 3)))
        return plc_scan_fail(scan, error, "expected \"aig\" or \"aag\" and five numbers");
    uint32_t max = (PLC_AIG_NODES_MAX - 2) / 2;
    plc_status status = take_number(scan, "variables", max, &r->max, error);
    if (status == PLC_OK)
        status = take_number(scan, "inputs", r->max, &r->n_inputs, error);
    if (status == PLC_OK)
        status = take_number(scan, "latches", r->max - r->n_inputs, &r->n_latches, error);
    if (status == PLC_OK)
        status = take_number(scan, "outputs", max, &r->n_outputs, error);
    if (status == PLC_OK)
        status = take_number(scan, "ANDs", r->max - r->n_inputs - r->n_latches, &r->n_ands, error);
    for (size_t i = 0; i < 4 && status == PLC_OK; i++) {
        plc_scan before = *scan;
        if (plc_scan_line_end(scan)) {
            *scan = before;
            break;
        }
        status = take_number(scan, more[i], 0, &none, error);
    }
    if (status == PLC_OK && r->binary && r->max != r->n_inputs + r->n_latches + r->n_ands)
        status = plc_scan_fail(
            scan, error, "variables: expected %u, the sum of inputs, latches and ANDs, got %u",
            r->n_inputs + r->n_latches + r->n_ands, r->max);
    /* A lie must not make us allocate: latches, outputs and ANDs take two bytes or more each, and
     * so do the inputs of the text form, whose variables may have gaps. */
    size_t left = (size_t)(scan->end - scan->at);
    uint64_t least = 2 * ((uint64_t)r->n_latches + r->n_outputs + r->n_ands);
    uint64_t most = r->binary ? (uint64_t)INPUTS_MAX + r->max - r->n_inputs : 8 * (uint64_t)left;
    if (status == PLC_OK && (least > left || r->max > most))
        status =
            plc_scan_fail(scan, error,
                          "truncated, or untrue: %u inputs, %u latches, %u outputs and %u ANDs "
                          "in %zu bytes",
                          r->n_inputs, r->n_latches, r->n_outputs, r->n_ands, left);
    return status == PLC_OK ? plc_scan_expect_line_end(scan, error) : status;
}

static bool allocate(reader *r)
{
    size_t n = (size_t)r->max + 1;
    r->sources = plc_array(r->n_inputs + r->n_latches, sizeof *r->sources);
    r->sinks = plc_array((size_t)r->n_outputs + r->n_latches, sizeof *r->sinks);
    r->ands = plc_array(n, sizeof *r->ands);
    r->lines = plc_array(n, sizeof *r->lines);
    r->literals = plc_array(n, sizeof *r->literals);
    r->stack = plc_array(n, sizeof *r->stack);
    r->aig = plc_aig_create("", r->n_inputs, r->n_latches, r->n_outputs);
    return r->sources && r->sinks && r->ands && r->lines && r->literals && r->stack && r->aig;
}

static plc_status fail_end(const reader *r, const char *what, plc_error *error)
{
    return plc_scan_fail(&r->scan, error, "truncated: expected %s, got the end of the file", what);
}

static plc_status take_literal(reader *r, const char *what, uint32_t *ret_literal, plc_error *error)
{
    if (r->scan.at == r->scan.end)
        return fail_end(r, what, error);
    return take_number(&r->scan, what, 2 * r->max + 1, ret_literal, error);
}

/* A literal that names a variable to be defined here. */
static plc_status define(reader *r, const char *what, uint32_t *ret_variable, plc_error *error)
{
    uint32_t literal = 0;
    plc_status status = take_literal(r, what, &literal, error);
    if (status != PLC_OK)
        return status;
    if (literal < 2 || literal & 1)
        return plc_scan_fail(&r->scan, error, "%s: expected an even literal above 1, got %u", what,
                             literal);
    if (r->lines[literal / 2])
        return plc_scan_fail(&r->scan, error, "%s: literal %u is defined in line %llu already",
                             what, literal, (unsigned long long)r->lines[literal / 2]);
    r->lines[literal / 2] = r->scan.line;
    *ret_variable = literal / 2;
    return PLC_OK;
}

static plc_status read_inputs(reader *r, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = 0; status == PLC_OK && i < r->n_inputs; i++) {
        r->sources[i] = i + 1;
        if (r->binary) {
            r->lines[i + 1] = 1;
            continue;
        }
        status = define(r, "input", &r->sources[i], error);
        if (status == PLC_OK)
            status = plc_scan_expect_line_end(&r->scan, error);
    }
    return status;
}

/* Next state, and initial value: 0, 1, or the latch itself for none. */
static plc_status read_latch(reader *r, uint32_t i, plc_error *error)
{
    uint32_t variable = r->n_inputs + i + 1, initial = 0;
    plc_status status = PLC_OK;
    if (r->binary)
        r->lines[variable] = r->scan.line;
    else
        status = define(r, "latch", &variable, error);
    r->sources[r->n_inputs + i] = variable;
    if (status == PLC_OK)
        status = take_literal(r, "next state", &r->sinks[r->n_outputs + i], error);
    if (status != PLC_OK)
        return status;
    if (plc_scan_line_end(&r->scan))
        return PLC_OK;
    status = take_literal(r, "initial value", &initial, error);
    if (status == PLC_OK && initial > 1 && initial != 2 * variable)
        status = plc_scan_fail(&r->scan, error, "initial value: expected 0, 1 or %u, got %u",
                               2 * variable, initial);
    r->aig->initial[i] = initial < 2 ? (uint8_t)initial : PLC_LATCH_UNKNOWN;
    return status == PLC_OK ? plc_scan_expect_line_end(&r->scan, error) : status;
}

static plc_status read_outputs(reader *r, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = 0; status == PLC_OK && i < r->n_outputs; i++) {
        status = take_literal(r, "output", &r->sinks[i], error);
        if (status == PLC_OK)
            status = plc_scan_expect_line_end(&r->scan, error);
    }
    return status;
}

/* A difference of literals, seven bits a byte, the lowest first. */
static plc_status take_delta(reader *r, uint32_t *ret_delta, plc_error *error)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (r->scan.at == r->scan.end)
            return fail_end(r, "the differences of an AND", error);
        uint8_t byte = (uint8_t)*r->scan.at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (value > UINT32_MAX)
                break;
            *ret_delta = (uint32_t)value;
            return PLC_OK;
        }
    }
    return plc_scan_fail(&r->scan, error, "a difference of an AND takes more than 32 bits");
}

static plc_status read_binary_ands(reader *r, plc_error *error)
{
    for (uint32_t i = 0; i < r->n_ands; i++) {
        uint32_t variable = r->n_inputs + r->n_latches + i + 1, delta[2] = {0};
        plc_status status = take_delta(r, &delta[0], error);
        if (status == PLC_OK)
            status = take_delta(r, &delta[1], error);
        if (status != PLC_OK)
            return status;
        if (delta[0] == 0 || delta[0] > 2 * variable || delta[1] > 2 * variable - delta[0])
            return plc_scan_fail(&r->scan, error,
                                 "AND %u: expected inputs below literal %u, got differences %u "
                                 "and %u",
                                 i, 2 * variable, delta[0], delta[1]);
        r->ands[variable][0] = 2 * variable - delta[0];
        r->ands[variable][1] = 2 * variable - delta[0] - delta[1];
        r->lines[variable] = r->scan.line;
    }
    return PLC_OK;
}

static plc_status read_text_ands(reader *r, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = 0; status == PLC_OK && i < r->n_ands; i++) {
        uint32_t variable = 0;
        status = define(r, "AND", &variable, error);
        for (int k = 0; status == PLC_OK && k < 2; k++)
            status = take_literal(r, "input of an AND", &r->ands[variable][k], error);
        if (status == PLC_OK)
            status = plc_scan_expect_line_end(&r->scan, error);
    }
    return status;
}

static plc_status fail_variable(const reader *r, uint32_t variable, const char *what,
                                plc_error *error)
{
    return plc_fail(error, PLC_INVALID, "%s:%llu: literal %u %s", r->scan.name,
                    (unsigned long long)(r->lines[variable] ? r->lines[variable] : 1), 2 * variable,
                    what);
}

static plc_status build(reader *r, uint32_t root, plc_error *error)
{
    uint32_t n = 0;
    if (r->literals[root] == NOT_BUILT)
        r->stack[n++] = root;
    while (n) {
        uint32_t variable = r->stack[n - 1], missing = NOT_BUILT;
        if (!r->lines[variable])
            return fail_variable(r, variable, "is used, but nothing drives it", error);
        r->literals[variable] = OPEN;
        for (int k = 1; k >= 0; k--)
            if (r->literals[r->ands[variable][k] >> 1] >= OPEN)
                missing = r->ands[variable][k] >> 1;
        if (missing != NOT_BUILT) {
            if (r->literals[missing] == OPEN)
                return fail_variable(
                    r, missing, "depends on itself: a combinational loop without a latch", error);
            r->stack[n++] = missing;
            continue;
        }
        uint32_t a = r->ands[variable][0], b = r->ands[variable][1];
        r->literals[variable] =
            plc_aig_and(r->aig, r->literals[a >> 1] ^ (a & 1), r->literals[b >> 1] ^ (b & 1));
        n--;
    }
    return PLC_OK;
}

static plc_status build_all(reader *r, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = 0; i <= r->max; i++)
        r->literals[i] = NOT_BUILT;
    r->literals[0] = 0;
    for (uint32_t i = 0; i < r->n_inputs + r->n_latches; i++)
        r->literals[r->sources[i]] = 2 * (i + 1);
    for (uint32_t i = 0; status == PLC_OK && i < r->n_outputs + r->n_latches; i++) {
        status = build(r, r->sinks[i] >> 1, error);
        r->aig->sinks[i] = r->literals[r->sinks[i] >> 1] ^ (r->sinks[i] & 1);
    }
    for (uint32_t i = 1; status == PLC_OK && i <= r->max; i++)
        if (r->lines[i])
            status = build(r, i, error);
    return status == PLC_OK && r->aig->failed ? plc_fail_memory(error, r->scan.name) : status;
}

static void name_all(reader *r)
{
    char name[24];
    for (uint32_t i = 0; i < r->n_inputs + r->n_latches; i++) {
        bool latch = i >= r->n_inputs;
        int n = snprintf(name, sizeof name, "%c%u", latch ? 'l' : 'i', latch ? i - r->n_inputs : i);
        plc_aig_name_source(r->aig, i, name, (size_t)n);
    }
    for (uint32_t i = 0; i < r->n_outputs; i++) {
        int n = snprintf(name, sizeof name, "o%u", i);
        plc_aig_name_output(r->aig, i, name, (size_t)n);
    }
}

/* A symbol as a name of one word: what would end one becomes an underscore. */
static char *word_of(const char *symbol, size_t length)
{
    char *word = plc_array(length + 2, 1);
    for (size_t i = 0; word && i < length; i++)
        word[i] =
            symbol[i] > ' ' && symbol[i] < 0x7f && !strchr("#\\", symbol[i]) ? symbol[i] : '_';
    if (word && !length)
        word[0] = '_';
    return word;
}

/* The symbol table: "i0 name", "l0 name", "o0 name"; a line "c" begins the comments. */
static plc_status read_symbols(reader *r, plc_error *error)
{
    while (plc_scan_line(&r->scan, 0)) {
        char kind = *r->scan.at;
        uint32_t limit = kind == 'i'   ? r->n_inputs
                         : kind == 'l' ? r->n_latches
                         : kind == 'o' ? r->n_outputs
                                       : 0;
        uint32_t i = 0;
        if (take_char(&r->scan, 'c'))
            return PLC_OK;
        if (kind != 'i' && kind != 'l' && kind != 'o')
            return plc_scan_fail(&r->scan, error,
                                 "expected a symbol of an input, latch or output (i0, l0, o0), or "
                                 "comments");
        r->scan.at++;
        if (!limit)
            return plc_scan_fail(&r->scan, error, "a symbol for %c: there are none", kind);
        plc_status status = take_number(&r->scan, "symbol", limit - 1, &i, error);
        if (status != PLC_OK)
            return status;
        const char *name = r->scan.at;
        size_t left = (size_t)(r->scan.end - name);
        const char *newline = memchr(name, '\n', left);
        size_t length = newline ? (size_t)(newline - name) : left;
        r->scan.at += length;
        if (length && name[length - 1] == '\r')
            length--;
        char *word = word_of(name, length);
        if (!word)
            return plc_fail_memory(error, r->scan.name);
        if (kind == 'o')
            plc_aig_name_output(r->aig, i, word, strlen(word));
        else
            plc_aig_name_source(r->aig, kind == 'l' ? r->n_inputs + i : i, word, strlen(word));
        free(word);
    }
    return PLC_OK;
}

static plc_status read_all(reader *r, plc_error *error)
{
    plc_status status = read_head(r, error);
    if (status == PLC_OK && !allocate(r))
        status = plc_fail_memory(error, r->scan.name);
    if (status == PLC_OK)
        status = read_inputs(r, error);
    for (uint32_t i = 0; status == PLC_OK && i < r->n_latches; i++)
        status = read_latch(r, i, error);
    if (status == PLC_OK)
        status = read_outputs(r, error);
    if (status == PLC_OK)
        status = r->binary ? read_binary_ands(r, error) : read_text_ands(r, error);
    if (status == PLC_OK)
        status = build_all(r, error);
    if (status == PLC_OK) {
        name_all(r);
        status = read_symbols(r, error);
    }
    return status;
}

plc_status plc_aiger_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                           plc_error *error)
{
    reader r = {.scan = plc_scan_text(name, text, length, false)};
    plc_aig *clean = NULL;
    plc_status status = read_all(&r, error);
    if (status == PLC_OK && (r.aig->failed || !(clean = plc_aig_clean(r.aig))))
        status = plc_fail_memory(error, name);
    if (status == PLC_OK)
        *ret_aig = clean;
    plc_aig_destroy(r.aig);
    free(r.sources);
    free(r.sinks);
    free(r.ands);
    free(r.lines);
    free(r.literals);
    free(r.stack);
    return status;
}
