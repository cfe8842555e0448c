/* Reading the format of the ISCAS benchmarks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "ftl/gates.h"
#include "ftl/netlist.h"
#include "ftl/words.h"

static const struct gate_name {
    const char *name;
    plc_gate_kind kind;
    bool inverted;
    uint32_t n_min, n_max;
} gate_names[] = {
    {"AND", PLC_GATE_AND, false, 1, UINT32_MAX}, {"NAND", PLC_GATE_AND, true, 1, UINT32_MAX},
    {"OR", PLC_GATE_OR, false, 1, UINT32_MAX},   {"NOR", PLC_GATE_OR, true, 1, UINT32_MAX},
    {"XOR", PLC_GATE_XOR, false, 1, UINT32_MAX}, {"XNOR", PLC_GATE_XOR, true, 1, UINT32_MAX},
    {"NOT", PLC_GATE_AND, true, 1, 1},           {"INV", PLC_GATE_AND, true, 1, 1},
    {"BUFF", PLC_GATE_AND, false, 1, 1},         {"BUF", PLC_GATE_AND, false, 1, 1},
    {"MUX", PLC_GATE_MUX, false, 3, 3},          {"VDD", PLC_GATE_AND, false, 0, 0},
    {"GND", PLC_GATE_OR, false, 0, 0},
};

static const struct gate_name *find_gate(plc_word word)
{
    for (size_t i = 0; i < sizeof gate_names / sizeof *gate_names; i++)
        if (plc_word_is_any_case(word, gate_names[i].name))
            return &gate_names[i];
    return NULL;
}

static bool is_name(plc_word word)
{
    return !plc_word_is(word, "(") && !plc_word_is(word, ")") && !plc_word_is(word, ",") &&
           !plc_word_is(word, "=");
}

/* Whether the words from `at` on are "( name , name ... )", or "()" or nothing where that may be.
 */
static bool is_list(const plc_words *words, size_t at, uint32_t *ret_n)
{
    *ret_n = 0;
    if (at == words->n)
        return true;
    if (!plc_word_is(words->data[at], "(") || !plc_word_is(words->data[words->n - 1], ")"))
        return false;
    size_t n = words->n - at - 2;
    if (words->n < at + 2 || (n && n % 2 == 0))
        return false;
    for (size_t i = 0; i < n; i++)
        if (i % 2 ? !plc_word_is(words->data[at + 1 + i], ",") : !is_name(words->data[at + 1 + i]))
            return false;
    *ret_n = (uint32_t)((n + 1) / 2);
    return true;
}

static plc_status read_port(const plc_words *words, plc_gates *gates, plc_error *error)
{
    bool input = plc_word_is_any_case(words->data[0], "INPUT");
    uint32_t n, signal = 0;
    if ((!input && !plc_word_is_any_case(words->data[0], "OUTPUT")) || !is_list(words, 1, &n) ||
        n != 1)
        return plc_words_fail(words, error,
                              "expected INPUT(name), OUTPUT(name) or name = GATE(name, ...)");
    plc_status status = plc_gates_signal(gates, words->data[2].at, words->data[2].length,
                                         words->line, &signal, error);
    if (status != PLC_OK)
        return status;
    return input ? plc_gates_add_input(gates, signal, words->line, error)
                 : plc_gates_add_output(gates, signal, error);
}

static plc_status read_gate(const plc_words *words, plc_gates *gates, uint32_t n, plc_error *error)
{
    plc_word kind = words->data[2];
    bool latch = plc_word_is_any_case(kind, "DFF");
    const struct gate_name *gate = find_gate(kind);
    uint32_t output = 0, input = 0;
    if (!gate && !latch)
        return plc_words_fail(words, error,
                              "gate \"%.*s\": expected AND, NAND, OR, NOR, XOR, XNOR, NOT, BUFF, "
                              "MUX, VDD, GND or DFF",
                              PLC_WORD_SHOWN(kind));
    if (latch ? n != 1 : n < gate->n_min || n > gate->n_max)
        return plc_words_fail(words, error, "%.*s of %u inputs: expected %u%s",
                              PLC_WORD_SHOWN(kind), n, latch ? 1 : gate->n_min,
                              !latch && gate->n_max == UINT32_MAX ? " or more" : "");
    plc_status status = plc_gates_signal(gates, words->data[0].at, words->data[0].length,
                                         words->line, &output, error);
    if (status == PLC_OK && !latch)
        status = plc_gates_begin(gates, output, gate->kind, gate->inverted, words->line, error);
    for (uint32_t i = 0; status == PLC_OK && i < n; i++) {
        plc_word word = words->data[4 + 2 * i];
        status = plc_gates_signal(gates, word.at, word.length, words->line, &input, error);
        if (status == PLC_OK)
            status = latch ? plc_gates_add_latch(gates, output, input, 0, words->line, error)
                           : plc_gates_add_fanin(gates, 2 * input, error);
    }
    return status;
}

static plc_status read_line(const plc_words *words, plc_gates *gates, plc_error *error)
{
    uint32_t n;
    if (words->n < 2 || !plc_word_is(words->data[1], "="))
        return read_port(words, gates, error);
    if (words->n < 3 || !is_name(words->data[0]) || !is_name(words->data[2]) ||
        !is_list(words, 3, &n))
        return plc_words_fail(words, error, "expected name = GATE(name, ...)");
    return read_gate(words, gates, n, error);
}

plc_status plc_bench_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                           plc_error *error)
{
    plc_words words = plc_words_text(name, text, length);
    plc_gates gates = {.name = name};
    plc_status status = PLC_OK;
    while (status == PLC_OK) {
        status = plc_words_next(&words, "(),=", error);
        if (status != PLC_OK || !words.n)
            break;
        status = read_line(&words, &gates, error);
    }
    if (status == PLC_OK && !gates.signals.n)
        status = plc_fail(error, PLC_INVALID, "%s:1: expected gates, got an empty file", name);
    if (status == PLC_OK)
        status = plc_gates_to_aig(&gates, "", ret_aig, error);
    plc_words_finish(&words);
    plc_gates_finish(&gates);
    return status;
}
