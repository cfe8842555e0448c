/* CSV edge lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include <criterion/criterion.h>
#include <string.h>

static plc_status parse(const char *text, plc_connector *connector, plc_error *error)
{
    return plc_edges_parse("e.csv", text, strlen(text), 10, 20, 0.5, connector, error);
}

Test(edges, reads_two_three_or_four_columns)
{
    static const char *const texts[] = {
        "0,1\n9,19\n", "source,target,weight\n0,1,-2.5\n9,19,3\n",
        "# head\nsource,target,weight,delay\r\n0,1,-2.5,1.5\r\n\n9, 19, 3, 2\n"};
    for (int i = 0; i < 3; i++) {
        plc_connector c = {0};
        plc_error error = {0};
        cr_assert_eq(parse(texts[i], &c, &error), PLC_OK, "%s", error.message);
        cr_assert(c.n == 2 && c.sources[1] == 9 && c.targets[1] == 19);
        cr_assert_eq(c.weights != NULL, i > 0);
        cr_assert_eq(c.delays != NULL, i > 1);
        if (i == 2)
            cr_assert(c.weights[0] == -2.5 && c.delays[0] == 3 && c.delays[1] == 4);
        plc_connector_finish(&c);
    }
}

Test(edges, says_what_is_wrong_and_where)
{
    static const char *const cases[][2] = {
        {"0,1\n10,1\n", "e.csv:2: source: expected a whole number in 0..9, got \"10\""},
        {"0,1\n1\n", "e.csv:2: target: expected a whole number in 0..19, got \"\""},
        {"0,1,2\n1,2\n", "e.csv:2: weight: expected a number in -1e+12..1e+12, got \"\""},
        {"0,1\n1,2,3\n", "e.csv:2: expected the end of the line, got \"3\""},
        {"0\n", "e.csv:1: expected source,target[,weight[,delay]], got 1 columns"},
        {"source,weight\n",
         "e.csv:1: header: expected source,target,weight,delay, got \"weight\" in column 2"},
        {"source\n", "e.csv:1: header: expected source,target[,weight[,delay]]"},
        {"# head\nsource\n0,1\n", "e.csv:2: header: expected source,target[,weight[,delay]]"},
        {"0,1,1,0.1\n", "e.csv:1: delay: expected 0.5..127.5 ms (1..255 ticks), got 0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_connector c = {0};
        plc_error error = {0};
        cr_expect_eq(parse(cases[i][0], &c, &error), PLC_INVALID, "case %zu", i);
        cr_expect_str_eq(error.message, cases[i][1]);
    }
}
