/* Fuzz target: a quadratic problem that is read has the value of its cut, whatever the state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/ising.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

/* Compares the value of some states with the cuts of the graph that stands for the problem. */
static void compare(const plc_problem *problem, bool maximise)
{
    plc_graph graph;
    plc_reduction reduction;
    plc_error error;
    uint8_t *sides = malloc(problem->n + 1ul), *state = malloc(problem->n);
    expect(sides && state);
    expect(plc_problem_to_graph(problem, maximise, &graph, &reduction, &error) == PLC_OK);
    expect(graph.n == problem->n + (graph.pinned ? 1u : 0u));
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < problem->n; i++)
            state[i] = sides[i] = (uint8_t)((i * 2654435761u + round) >> (round + 7) & 1);
        sides[problem->n] = 0;
        plc_reduction_state(&reduction, problem->n, state);
        expect(plc_reduction_check(&reduction, plc_problem_value(problem, state),
                                   plc_graph_recount(&graph, sides), &error) == PLC_OK);
    }
    plc_graph_finish(&graph);
    free(sides);
    free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_problem problem;
    plc_error error;
    if (size < 1 || size > 4096)
        return 0;
    const plc_problem_format format = (plc_problem_format)(data[0] % (PLC_FORMAT_NUMBERS + 1));
    if (plc_problem_parse("fuzz", (const char *)data + 1, size - 1, format, &problem, &error) !=
        PLC_OK)
        return 0;
    if (problem.n < 1 << 16) {
        compare(&problem, false);
        compare(&problem, true);
    }
    plc_problem_finish(&problem);
    return 0;
}
