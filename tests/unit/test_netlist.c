/* Readers of netlists: what they understand, and what they say of what they don't. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "ftl/netlist.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static plc_aig *parse_bytes(const char *text, size_t length)
{
    plc_aig *aig = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_netlist_parse("net", text, length, &aig, &error), PLC_OK, "%s", error.message);
    return aig;
}

static plc_aig *parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* What a netlist of up to 6 sources gives, as a table over its sources, sink by sink. */
static void expect_tables(const char *text, size_t length, const uint64_t *tables, uint32_t n)
{
    static const uint64_t inputs[6] = {UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0xcccccccccccccccc),
                                       UINT64_C(0xf0f0f0f0f0f0f0f0), UINT64_C(0xff00ff00ff00ff00),
                                       UINT64_C(0xffff0000ffff0000), UINT64_C(0xffffffff00000000)};
    plc_aig *aig = parse_bytes(text, length);
    uint64_t values[100];
    cr_assert_leq(aig->n, 100);
    cr_assert_eq(plc_aig_n_sinks(aig), n);
    for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++)
        values[i + 1] = inputs[i];
    plc_aig_simulate(aig, values);
    for (uint32_t i = 0; i < n; i++)
        cr_assert_eq(plc_aig_value(values, aig->sinks[i]), tables[i], "sink %u: %llx", i,
                     (unsigned long long)plc_aig_value(values, aig->sinks[i]));
    plc_aig_destroy(aig);
}

#define EXPECT_TABLES(text, ...)                                                                   \
    do {                                                                                           \
        const uint64_t tables_[] = {__VA_ARGS__};                                                  \
        expect_tables(text, sizeof(text) - 1, tables_, sizeof tables_ / sizeof *tables_);          \
    } while (0)

#define A UINT64_C(0xaaaaaaaaaaaaaaaa)
#define B UINT64_C(0xcccccccccccccccc)
#define C UINT64_C(0xf0f0f0f0f0f0f0f0)

Test(netlist, blif_covers_of_both_outputs_and_dont_cares)
{
    EXPECT_TABLES(".model m\n.inputs a b \\\n c # and no more\n.outputs x y z one\n"
                  ".names a b c x\n1-0 1\n01- 1\n"
                  ".names a b c y\n1-0 0\n01- 0\n"
                  ".names z\n.names one\n1\n.end\n",
                  (A & ~C) | (~A & B), ~((A & ~C) | (~A & B)), 0, UINT64_MAX);
}

Test(netlist, blif_latches_in_any_order)
{
    plc_aig *aig = parse(".model m\n.inputs a\n.outputs q\n.latch d q re clk 1\n.latch q r 2\n"
                         ".latch r s\n.names a q d\n11 1\n.names s z\n0 1\n.end\n");
    plc_aig_destroy(aig);
    EXPECT_TABLES(".model m\n.inputs a\n.outputs q\n.names a q d\n11 1\n.latch d q re clk 1\n", B,
                  A & B);
}

Test(netlist, bench_gates)
{
    EXPECT_TABLES("# gates\nINPUT(a)\ninput(b)\nINPUT(c)\nOUTPUT(x)\nOUTPUT(y)\nOUTPUT(z)\n"
                  "OUTPUT(p)\nOUTPUT(m)\n"
                  "x = NAND(a, b, c)\ny = NOR(n, b)\nn = NOT(a)\nz = XNOR(a,b,c)\np=or( a , q )\n"
                  "q = BUFF(c)\nm = MUX(a, b, c)\n",
                  ~(A & B & C), A & ~B, ~(A ^ B ^ C), A | C, (A & B) | (~A & C));
    EXPECT_TABLES("INPUT(a)\nOUTPUT(q)\nq = DFF(d)\nd = AND(a, q)\n", B, A & B);
}

Test(netlist, aiger_binary_and_text)
{
    EXPECT_TABLES("aig 3 2 0 1 1\n7\n\x02\x02\ni0 left\no0 a sum\nc\nmade by hand\n", ~(A & B));
    EXPECT_TABLES("aag 4 1 1 2 2\n2\n4 9 1\n4\n8\n6 4 2\n8 7 2\n", B, A & ~(A & B),
                  ~(A & ~(A & B)));
    plc_aig *aig = parse("aag 4 1 1 1 0\n2\n6 2 6\n7\nl0 state # 1\no0 not\n");
    cr_assert_eq(aig->initial[0], PLC_LATCH_UNKNOWN);
    cr_assert_str_eq(aig->source_names[1], "state___1");
    cr_assert_str_eq(aig->source_names[0], "i0");
    cr_assert_str_eq(aig->output_names[0], "not");
    plc_aig_destroy(aig);
}

Test(netlist, equal_gates_are_one)
{
    plc_aig *aig = parse("INPUT(a)\nINPUT(b)\nOUTPUT(x)\nOUTPUT(y)\nx = AND(a, b)\ny = NAND(b, a)\n"
                         "z = XOR(a, b)\n");
    cr_assert_eq(aig->n, 4, "one AND; what no output needs is left out");
    cr_assert_eq(aig->sinks[0] ^ 1, aig->sinks[1]);
    plc_aig_destroy(aig);
}

static const struct {
    const char *text, *message;
} faults[] = {
    {"", "net:1: expected a netlist in BLIF, .bench or AIGER, got an empty file"},
    {"hello world\n",
     "net:1: expected a netlist in BLIF (.model), .bench (INPUT(...)) or AIGER (aig), got "
     "\"hello\""},
    {"INPUT(a)\nOUTPUT(x)\nx = AND(a, y)\ny = OR(x, a)\n",
     "net:3: x depends on itself: a combinational loop without a latch"},
    {"INPUT(a)\nOUTPUT(x)\nx = AND(a, y)\n", "net:3: y is used, but nothing drives it"},
    {"INPUT(a)\nOUTPUT(x)\nx = AND(a, a)\nx = OR(a, a)\n",
     "net:4: x is driven twice, first in line 3"},
    {"INPUT(a)\nx = FOO(a)\n", "net:2: gate \"FOO\": expected AND, NAND, OR, NOR, XOR, XNOR, NOT, "
                               "BUFF, MUX, VDD, GND or DFF"},
    {"INPUT(a)\nx = NOT(a, a)\n", "net:2: NOT of 2 inputs: expected 1"},
    {"INPUT(a)\nx = AND(a a)\n", "net:2: expected name = GATE(name, ...)"},
    {"INPUT(a, b)\n", "net:1: expected INPUT(name), OUTPUT(name) or name = GATE(name, ...)"},
    {".inputs a\n", "net:1: expected .model first, got .inputs"},
    {".model m\n.inputs a b\n.outputs x\n.names a b x\n1- 1\n-1 0\n",
     "net:6: rows of both outputs, 0 and 1, in one .names"},
    {".model m\n.inputs a b\n.names a b x\n1 1\n",
     "net:4: expected a row of 2 inputs (0, 1 or -) and an output (0 or 1)"},
    {".model m\n.inputs a\n.names a x\n2 1\n", "net:4: row 2: expected 0, 1 and - only"},
    {".model m\n1 1\n", "net:2: a row \"1\" without .names before it"},
    {".model m\n.outputs x\n.exdc\n",
     "net:3: .exdc: external don't-cares are not taken; remove them"},
    {".model m\n.end\n.exdc\n", "net:3: .exdc: expected nothing after .end: one model, without "
                                "others or don't-cares"},
    {".model m\n.subckt a b=c\n",
     "net:2: .subckt: expected .inputs, .outputs, .names, .latch or .end"},
    {".model m\n.latch a\n", "net:2: .latch: expected INPUT OUTPUT [TYPE CONTROL] [INITIAL]"},
    {".model m\n.latch a b 4\n",
     "net:2: .latch: initial value: expected 0, 1, 2 (any) or 3 (unknown), got \"4\""},
    {".model m\n.model n\n", "net:2: a second .model: expected one, without others in it"},
    {".model m\n.outputs x\n.names x y\n1 1\n.names y x\n1 1\n",
     "net:5: x depends on itself: a combinational loop without a latch"},
    {"aig 3 2 0 1 2\n", "net:1: ANDs: expected a whole number in 0..1, got \"2\""},
    {"aig 4 2 0 1 1\n6\n\x02\x02", "net:1: variables: expected 3, the sum of inputs, latches and "
                                   "ANDs, got 4"},
    {"aig 3 2 0 1 1\n6\n\x02",
     "net:3: truncated: expected the differences of an AND, got the end of "
     "the file"},
    {"aig 900 2 0 1 898\n6\n\x02",
     "net:1: truncated, or untrue: 2 inputs, 0 latches, 1 outputs and "
     "898 ANDs in 4 bytes"},
    {"aig 3 2 0 1 1\n6\n\x01\x10",
     "net:3: AND 0: expected inputs below literal 6, got differences 1 "
     "and 16"},
    {"aig 2 2 0 1 0 1\n4\n4\n", "net:1: bad states: expected a whole number in 0..0, got \"1\""},
    {"aag 2 1 0 1 1\n2\n4\n4 4 2\n",
     "net:4: literal 4 depends on itself: a combinational loop without a latch"},
    {"aag 2 1 0 1 0\n2\n4\n", "net:1: literal 4 is used, but nothing drives it"},
    {"aag 2 1 0 1 1\n2\n4\n2 2 2\n", "net:4: AND: literal 2 is defined in line 2 already"},
    {"aig 2 2 0 1 0\n4\nx0 a\n",
     "net:3: expected a symbol of an input, latch or output (i0, l0, o0), "
     "or comments"},
};

Test(netlist, faults_are_told_with_their_line)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        plc_aig *aig = NULL;
        plc_error error = {0};
        cr_assert_eq(plc_netlist_parse("net", faults[i].text, strlen(faults[i].text), &aig, &error),
                     PLC_INVALID, "%s", faults[i].text);
        cr_assert_str_eq(error.message, faults[i].message);
    }
}

Test(netlist, bytes_0_and_long_lines_are_refused)
{
    plc_aig *aig = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_netlist_parse("net", "INPUT(a)\nx\0y\n", 13, &aig, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "net:2: expected text, got a byte 0");
    size_t n = PLC_NETLIST_LINE_MAX + 100ul;
    char *text = malloc(n);
    memset(text, 'a', n);
    memcpy(text, ".model m\n", 9);
    cr_assert_eq(plc_netlist_parse("net", text, n, &aig, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "net:2: a line of more than 67108864 characters");
    free(text);
}

Test(netlist, deep_netlists_need_no_deep_stack)
{
    enum { DEPTH = 300000 };
    char *text = malloc(DEPTH * 40ul), *at = text;
    at += sprintf(at, "INPUT(a)\nINPUT(b)\nOUTPUT(n0)\n");
    for (int i = 0; i < DEPTH; i++)
        at += sprintf(at, "n%d = NAND(%s%d, b)\n", i, "n", i + 1);
    at += sprintf(at, "n%d = BUFF(a)\n", DEPTH);
    plc_aig *aig = parse(text);
    cr_assert_eq(plc_aig_depth(aig), DEPTH);
    plc_aig_destroy(aig);
    free(text);
}
