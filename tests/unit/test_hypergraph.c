/* Hypergraphs: reading them, and bundles of nets with the same sinks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/anneal.h"

#include <criterion/criterion.h>
#include <string.h>

static plc_status parse(const char *text, plc_hypergraph *graph, plc_error *error)
{
    return plc_hypergraph_parse("g.net", text, strlen(text), graph, error);
}

Test(hypergraph, reads_nets_and_merges_repeats)
{
    plc_hypergraph g = {0};
    plc_error error = {0};
    cr_assert_eq(parse("# head\ngraph small 4\nnet 0 2.5 1 2 1 0\nnet 3 1\n", &g, &error), PLC_OK,
                 "%s", error.message);
    cr_assert(g.n_vertices == 4 && g.n_nets == 2 && !strcmp(g.name, "small"));
    cr_assert(g.sink_offsets[1] == 2 && g.sink_offsets[2] == 2);
    cr_assert(g.sinks[0] == 1 && g.sinks[1] == 2 && g.weights[0] == 2.5);
    plc_hypergraph_finish(&g);
}

Test(hypergraph, says_what_is_wrong_and_where)
{
    static const char *const cases[][2] = {
        {"", "g.net:1: expected `graph NAME N`, got nothing"},
        {"net 0 1 2\n", "g.net:1: expected `graph NAME N`, got \"net\""},
        {"graph x 0\n", "g.net:1: vertices: expected a whole number in 1..2147483647, got \"0\""},
        {"graph x 3\nnet 3 1 0\n", "g.net:2: source: expected a whole number in 0..2, got \"3\""},
        {"graph x 3\nnet 0 1 1 9\n", "g.net:2: sink: expected a whole number in 0..2, got \"9\""},
        {"graph x 3\nnet 0 -1 1\n", "g.net:2: weight: expected a number in 0..1e+09, got \"-1\""},
        {"graph x 3\nedge 0 1\n", "g.net:2: expected `net SOURCE WEIGHT SINK...`, got \"edge\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_hypergraph g = {0};
        plc_error error = {0};
        cr_expect_eq(parse(cases[i][0], &g, &error), PLC_INVALID, "case %zu", i);
        cr_expect_str_eq(error.message, cases[i][1]);
    }
}

Test(hypergraph, bundles_gather_nets_with_the_same_sinks)
{
    plc_hypergraph g = {0};
    plc_bundles b = {0};
    cr_assert_eq(parse("graph x 6\nnet 0 1 2 3\nnet 1 2 3 2\nnet 0 4 2 3\nnet 4 1 5\nnet 5 0 1 2\n",
                       &g, NULL),
                 PLC_OK);
    cr_assert_eq(plc_bundles_make(&g, NULL, &b, NULL), PLC_OK);
    cr_assert_eq(b.n, 2, "a net without weight is dropped");
    uint32_t wide = b.sink_offsets[1] == 2 ? 0 : 1;
    uint64_t i = b.source_offsets[wide];
    cr_assert_eq(b.source_offsets[wide + 1] - i, 2);
    cr_assert(b.sources[i] == 0 && b.weights[i] == 5 && b.sources[i + 1] == 1 &&
              b.weights[i + 1] == 2);
    plc_bundles_finish(&b);
    const uint32_t groups[] = {0, 0, 1, 1, 2, 2}; /* 4 -> 5 is within a group */
    cr_assert_eq(plc_bundles_make(&g, groups, &b, NULL), PLC_OK);
    cr_assert(b.n == 1 && b.sink_offsets[1] == 1 && b.weights[0] == 7);
    plc_bundles_finish(&b);
    plc_hypergraph_finish(&g);
}
