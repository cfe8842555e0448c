/* Graphs in rudy's and MQLib's format: what is read, what is refused, what is written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/graph.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static plc_status parse(const char *text, plc_graph *ret_graph, plc_error *error)
{
    return plc_graph_parse("g", text, strlen(text), ret_graph, error);
}

static void expect_refused(const char *text, const char *message)
{
    plc_graph graph = {.n = 77};
    plc_error error = {0};
    cr_assert_eq(parse(text, &graph, &error), PLC_INVALID, "accepted: %s", text);
    cr_assert_str_eq(error.message, message);
    cr_assert_eq(graph.n, 77, "the result was touched");
    cr_assert_eq(parse(text, &graph, NULL), PLC_INVALID);
}

static void expect_text(const plc_graph *graph, const char *expected)
{
    plc_bytes text = {0};
    cr_assert_eq(plc_graph_to_text(graph, &text, NULL), PLC_OK);
    cr_assert_eq(text.size, strlen(text.data));
    cr_assert_str_eq(text.data, expected);
    plc_bytes_finish(&text);
}

Test(graph, reads_rudy)
{
    plc_graph graph;
    cr_assert_eq(parse("3 2\n1 3 1\n3 2 -4\n", &graph, NULL), PLC_OK);
    cr_assert_eq(graph.n, 3);
    cr_assert_eq(graph.m, 2);
    cr_assert_eq(graph.u[1], 2);
    cr_assert_eq(graph.v[1], 1);
    cr_assert_eq(graph.w[1], -4);
    expect_text(&graph, "3 2\n1 3 1\n3 2 -4\n");
    plc_graph_finish(&graph);
    plc_graph_finish(&graph);
}

Test(graph, reads_what_mqlib_writes_around_it)
{
    static const char *const texts[] = {
        "# a comment\n4 3\n1 2 1.0\n2 3 -7.0\n3 4 2e3\n",
        "c DIMACS' comment\nc\n4 3\r\n1 2\r\n# in between\n2 3 -7\r\n\n  3\t4 +2000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        plc_graph graph;
        plc_error error;
        cr_assert_eq(parse(texts[i], &graph, &error), PLC_OK, "%s", error.message);
        expect_text(&graph, "4 3\n1 2 1\n2 3 -7\n3 4 2000\n");
        plc_graph_finish(&graph);
    }
}

Test(graph, reads_extremes)
{
    static const char *const texts[] = {
        "1 0\n",
        "2147483648 1\n2147483648 1 -2147483648\n",
        "2 1\n1 2 2147483647\n",
        "2 1\n2 1 0\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        plc_graph graph;
        cr_assert_eq(parse(texts[i], &graph, NULL), PLC_OK, "%s", texts[i]);
        expect_text(&graph, texts[i]);
        plc_graph_finish(&graph);
    }
}

Test(graph, refuses_bad_heads)
{
    expect_refused("", "g:1: graph: expected \"n m\" and the edges, got no line");
    expect_refused("# only\n\n", "g:3: graph: expected \"n m\" and the edges, got no line");
    expect_refused("0 0\n", "g:1: vertices: expected a whole number in 1..2147483648, got \"0\"");
    expect_refused("2147483649 0\n",
                   "g:1: vertices: expected a whole number in 1..2147483648, got \"2147483649\"");
    expect_refused("3\n",
                   "g:1: edges: expected a whole number in 0..9223372036854775807, got \"\"");
    expect_refused("3 1 4\n1 2\n", "g:1: expected the end of the line, got \"4\"");
    expect_refused("9 4611686018427387904\n",
                   "g:1: edges: expected at most 5 in a text of 22 bytes, got 4611686018427387904");
}

Test(graph, refuses_bad_edges)
{
    expect_refused("3 1\n1 4\n", "g:2: second vertex: expected a whole number in 1..3, got \"4\"");
    expect_refused("3 1\n0 1\n", "g:2: first vertex: expected a whole number in 1..3, got \"0\"");
    expect_refused("3 1\n1\n", "g:2: second vertex: expected a whole number in 1..3, got \"\"");
    expect_refused("3 1\n2 2 1\n", "g:2: edge: expected two different vertices, got 2 twice");
    expect_refused("3 1\n1 2 3 4\n", "g:2: expected the end of the line, got \"4\"");
    expect_refused("3 2\n1 2 1\n", "g:3: edges: expected 2, got 1");
    expect_refused("3 1\n1 2 1\n1 3 1\n", "g:3: edges: expected 1, got more");
}

Test(graph, refuses_weights_it_cannot_hold)
{
    static const char *const weights[] = {"2147483648", "-2147483649",         "0.5", "1e10", "x",
                                          "nan",        "99999999999999999999"};
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        char text[64], message[160];
        snprintf(text, sizeof text, "3 1\n1 2 %s\n", weights[i]);
        snprintf(message, sizeof message,
                 "g:2: weight: expected a whole number in -2147483648..2147483647, got \"%s\"",
                 weights[i]);
        expect_refused(text, message);
    }
}

Test(graph, names_both_lines_of_a_parallel_edge)
{
    expect_refused("3 3\n1 2 1\n\n2 3 1\n# twice, the other way round\n2 1 5\n",
                   "g:6: edge: expected each edge once, got 2 1 as in line 2");
}

Test(graph, finds_a_parallel_edge_among_many)
{
    plc_text text = {0};
    plc_error error;
    plc_graph graph;
    plc_text_add(&text, "2000 1999\n");
    for (int i = 1; i < 1999; i++)
        plc_text_add(&text, "%d %d 1\n", i, i + 1);
    plc_text_add(&text, "701 700 1\n");
    cr_assert_eq(parse(text.data, &graph, &error), PLC_INVALID);
    cr_assert_str_eq(error.message,
                     "g:2000: edge: expected each edge once, got 701 700 as in line 701");
    plc_text_finish(&text);
}

Test(graph, goes_through_a_file)
{
    char path[] = "/tmp/test_graph_XXXXXX";
    plc_graph graph, back;
    cr_assert_eq(parse("5 2\n1 5 -1\n2 4 7\n", &graph, NULL), PLC_OK);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(plc_graph_write(&graph, path, NULL), PLC_OK);
    cr_assert_eq(plc_graph_read(path, &back, NULL), PLC_OK);
    unlink(path);
    expect_text(&back, "5 2\n1 5 -1\n2 4 7\n");
    plc_graph_finish(&graph);
    plc_graph_finish(&back);
}

Test(graph, says_which_file_cannot_be_read)
{
    plc_graph graph;
    plc_error error;
    cr_assert_eq(plc_graph_read("/nonexistent/graph", &graph, &error), PLC_FAILED);
    cr_assert_str_eq(error.message, "/nonexistent/graph: No such file or directory");
}

Test(graph, recounts_a_cut)
{
    plc_graph graph;
    cr_assert_eq(parse("3 3\n1 2 5\n2 3 -2\n1 3 1\n", &graph, NULL), PLC_OK);
    cr_assert_eq(plc_graph_recount(&graph, (const uint8_t[]){0, 0, 0}), 0);
    cr_assert_eq(plc_graph_recount(&graph, (const uint8_t[]){1, 0, 0}), 6);
    cr_assert_eq(plc_graph_recount(&graph, (const uint8_t[]){0, 1, 0}), 3);
    cr_assert_eq(plc_graph_recount(&graph, (const uint8_t[]){1, 1, 0}), -1);
    plc_graph_finish(&graph);
}
