/* The contracts of cells in RTL and their stimuli. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/contract.h"

#include "hw/neuron/model.h"
#include "rtl-models/cells/cell.h"
#include "rtl-models/cells/face.h"
#include "rtl-models/cells/stimuli.h"

#include <criterion/criterion.h>
#include <string.h>

/* Words that the fields of one port take. */
static uint32_t port_words(const plc_contract_field *fields, const char *port)
{
    uint32_t n = 0;
    for (; fields->port; fields++)
        n += strcmp(fields->port, port) == 0 ? plc_contract_slot(fields) : 0;
    return n;
}

Test(contract, ports_hold_the_words_of_a_layout)
{
    static const struct {
        const char *name;
        plc_model model;
    } cases[] = {{"lif", PLC_LIF_CURR_EXP}, {"onoff", PLC_ONOFF}, {"threshold", PLC_THRESHOLD}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const plc_contract *contract = plc_contract_find(cases[i].name);
        cr_assert_eq(port_words(contract->inputs, "params_i"), plc_model_n_params(cases[i].model));
        cr_assert_eq(port_words(contract->inputs, "state_i"), plc_model_n_state(cases[i].model));
        cr_assert_eq(port_words(contract->outputs, "state_o"), plc_model_n_state(cases[i].model));
    }
}

Test(contract, every_contract_fits_its_arrays)
{
    for (size_t i = 0; plc_contract_at(i); i++) {
        const plc_contract *contract = plc_contract_at(i);
        cr_assert_leq(plc_contract_offset(contract->inputs, SIZE_MAX), PLC_CONTRACT_WORDS);
        cr_assert_leq(plc_contract_offset(contract->outputs, SIZE_MAX), PLC_CONTRACT_WORDS);
        cr_assert_lt(plc_contract_count(contract->inputs), PLC_CONTRACT_FIELDS);
        cr_assert_eq(plc_contract_find(contract->name), contract);
    }
    cr_assert_null(plc_contract_find("lfi"));
}

Test(contract, values_have_the_width_and_the_sign_of_their_field)
{
    const uint32_t words[2] = {0x80000001, 0xffffffff};
    plc_contract_field field = {.bits = 32, .is_signed = true};
    cr_assert_eq(plc_contract_value(&field, words), (uint64_t)(int64_t)INT32_MIN + 1);
    field.is_signed = false;
    cr_assert_eq(plc_contract_value(&field, words), 0x80000001);
    field.bits = 1;
    cr_assert_eq(plc_contract_value(&field, words), 1);
    field.bits = 62;
    cr_assert_eq(plc_contract_value(&field, words), UINT64_C(0x3fffffff80000001));
    field.bits = 64;
    cr_assert_eq(plc_contract_value(&field, words), UINT64_C(0xffffffff80000001));
}

/* Draws n cycles of a contract beside its kernel, at most so many at once, and looks at each. */
static void draw_by(uint32_t most, const plc_contract *contract, uint64_t seed, uint64_t begin,
                    uint64_t n,
                    void (*look)(const plc_contract *, const uint32_t *in, void *context),
                    void *context)
{
    uint32_t in[PLC_STIMULI_BATCH + 1][PLC_CONTRACT_WORDS] = {{0}};
    uint32_t out[PLC_STIMULI_BATCH + 1][PLC_CONTRACT_WORDS] = {{0}};
    plc_stimuli stimuli;
    plc_stimuli_init(&stimuli, contract, seed);
    for (uint64_t cycle = begin, size; cycle < begin + n; cycle += size) {
        size = plc_stimuli_room(cycle);
        size = size < begin + n - cycle ? size : begin + n - cycle;
        size = size < most ? size : most;
        plc_stimuli_run(&stimuli, cycle, (uint32_t)size, in, out);
        for (uint32_t i = 1; i <= size; i++)
            look(contract, in[i], context);
        memcpy(in, in[size], sizeof *in);
        memcpy(out, out[size], sizeof *out);
    }
}

static void draw_all(const plc_contract *contract, uint64_t seed, uint64_t begin, uint64_t n,
                     void (*look)(const plc_contract *, const uint32_t *in, void *context),
                     void *context)
{
    draw_by(PLC_STIMULI_BATCH, contract, seed, begin, n, look, context);
}

static void look_at_bounds(const plc_contract *contract, const uint32_t *in, void *context)
{
    (void)context;
    const plc_contract_field *field = contract->inputs;
    for (uint32_t at = 0; field->port; at += plc_contract_slot(field), field++) {
        int64_t value = (int64_t)plc_contract_value(field, in + at);
        if (field->is_end)
            cr_assert(value == field->low || value == field->high, "%s", field->name);
        else if (field->is_bounded)
            cr_assert(value >= field->low && value <= field->high, "%s", field->name);
    }
}

Test(stimuli, bounded_numbers_keep_their_bounds)
{
    for (size_t i = 0; plc_contract_at(i); i++)
        draw_all(plc_contract_at(i), 3, UINT64_C(0xffffff00), 2000, look_at_bounds, NULL);
}

static void add_digest(const plc_contract *contract, const uint32_t *in, void *context)
{
    uint64_t *digest = context;
    for (uint32_t i = 0; i < plc_contract_offset(contract->inputs, SIZE_MAX); i++)
        *digest = (*digest ^ in[i]) * UINT64_C(0x9e3779b97f4a7c15);
}

Test(stimuli, are_those_of_their_seed)
{
    const plc_contract *contract = plc_contract_find("lif");
    uint64_t first = 0, again = 0, other = 0;
    draw_all(contract, 1, 0, 500, add_digest, &first);
    draw_all(contract, 1, 0, 500, add_digest, &again);
    draw_all(contract, 2, 0, 500, add_digest, &other);
    cr_assert_eq(first, again);
    cr_assert_neq(first, other);
}

Test(stimuli, are_the_same_however_they_are_cut_into_batches)
{
    for (size_t i = 0; plc_contract_at(i); i++) {
        uint64_t whole = 0, singly = 0, in_sevens = 0;
        draw_all(plc_contract_at(i), 1, 0, 300, add_digest, &whole);
        draw_by(1, plc_contract_at(i), 1, 0, 300, add_digest, &singly);
        draw_by(7, plc_contract_at(i), 1, 0, 300, add_digest, &in_sevens);
        cr_assert(whole == singly && whole == in_sevens, "%s", plc_contract_at(i)->name);
    }
}

static void look_at_order(const plc_contract *contract)
{
    const plc_contract_field *field = contract->inputs;
    for (; field[0].port && field[1].port; field++)
        cr_assert(field[0].role <= field[1].role, "%s: %s", contract->name, field[1].name);
}

Test(contract, parameters_come_before_states_and_these_before_inputs)
{
    for (size_t i = 0; plc_contract_at(i); i++)
        look_at_order(plc_contract_at(i));
}

/* Spikes of a kernel, and whether one more or less of what decides changes them. */
typedef struct edge {
    uint32_t word; /* of the number that decides */
    uint32_t n_cycles, n_spikes, n_at_edge;
} edge;

static void look_at_edge(const plc_contract *contract, const uint32_t *in, void *context)
{
    edge *e = context;
    uint32_t spike = plc_contract_offset(contract->outputs, SIZE_MAX) - 1;
    uint32_t near[PLC_CONTRACT_WORDS], out[PLC_CONTRACT_WORDS] = {0}, moved[PLC_CONTRACT_WORDS];
    memcpy(near, in, sizeof near);
    contract->step(near, out);
    bool is_edge = false;
    for (uint32_t by = 0; by < 2; by++) {
        near[e->word] = in[e->word] + (by ? 1 : UINT32_MAX);
        memset(moved, 0, sizeof moved);
        contract->step(near, moved);
        is_edge |= moved[spike] != out[spike];
    }
    e->n_cycles++;
    e->n_spikes += out[spike];
    e->n_at_edge += is_edge;
}

Test(stimuli, a_sixth_is_where_a_threshold_decides)
{
    edge lif = {.word = 2}, threshold = {.word = 0};
    draw_all(plc_contract_find("lif"), 1, 0, 10000, look_at_edge, &lif);
    draw_all(plc_contract_find("threshold"), 1, 0, 10000, look_at_edge, &threshold);
    cr_assert_gt(lif.n_at_edge, lif.n_cycles / 8);
    cr_assert_gt(threshold.n_at_edge, threshold.n_cycles / 8);
    cr_assert(lif.n_spikes > lif.n_cycles / 5 && lif.n_spikes < lif.n_cycles * 4 / 5);
}

Test(face, ports_are_parts_of_one_vector)
{
    plc_text text = {0};
    plc_face_wrapper(plc_contract_find("threshold"), "mine", &text);
    cr_assert(strstr(text.data, "module plc_face (input wire [95:0] in_i, output wire [95:0] "
                                "out_o);\n  mine u_cell ("));
    cr_assert(strstr(text.data, ".params_i(in_i[31:0]),\n"));
    cr_assert(strstr(text.data, ".input_i(in_i[63:32]),\n"));
    cr_assert(strstr(text.data, ".spike_o(out_o[0:0])\n"));
    plc_text_finish(&text);
}

Test(cell, names_of_modules_are_plain_identifiers)
{
    cr_assert(plc_cell_is_name("plc_lif_cell") && plc_cell_is_name("_a$1"));
    cr_assert_not(plc_cell_is_name(""));
    cr_assert_not(plc_cell_is_name("1a"));
    cr_assert_not(plc_cell_is_name("a b"));
    cr_assert_not(plc_cell_is_name("a;"));
}
