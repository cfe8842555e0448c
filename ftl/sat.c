/* Pairs of literals, by CaDiCaL (Biere, Fazekas, Fleury and Heisinger, SAT Competition 2020). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ftl/sweep.h"

#include <ccadical.h>

/* A solver takes in nodes until it has so many and was asked of so many pairs, and then makes way
 * for a new one: what it was told of other pairs only slows it down. */
enum { NODES_MAX = 4000, PAIRS_MIN = 100 };

struct plc_sat {
    const plc_aig *aig;
    CCaDiCaL *solver;
    int *variables; /* [capacity] of nodes; 0: the solver does not know it */
    size_t capacity;
    int n_variables;
    uint32_t n_pairs; /* that the solver was asked of */
    struct {
        uint32_t *data;
        size_t n, capacity;
    } told, stack;
};

plc_sat *plc_sat_create(const plc_aig *aig)
{
    plc_sat *sat = plc_array(1, sizeof *sat);
    if (sat)
        sat->aig = aig;
    return sat;
}

void plc_sat_destroy(plc_sat *sat)
{
    if (!sat)
        return;
    if (sat->solver)
        ccadical_release(sat->solver);
    free(sat->variables);
    free(sat->told.data);
    free(sat->stack.data);
    free(sat);
}

/* A new solver if there is none, or the old one is full. */
static bool make_solver(plc_sat *sat)
{
    size_t before = sat->capacity;
    if (!plc_array_reserve(&sat->variables, &sat->capacity, sat->aig->n, sizeof *sat->variables))
        return false;
    for (size_t i = before; i < sat->capacity; i++)
        sat->variables[i] = 0;
    if (sat->solver && (sat->told.n < NODES_MAX || sat->n_pairs < PAIRS_MIN))
        return true;
    if (sat->solver)
        ccadical_release(sat->solver);
    for (size_t i = 0; i < sat->told.n; i++)
        sat->variables[sat->told.data[i]] = 0;
    sat->told.n = 0;
    sat->n_variables = 0;
    sat->n_pairs = 0;
    sat->solver = ccadical_init();
    if (!sat->solver)
        return false;
    ccadical_set_option(sat->solver, "quiet", 1);
    return true;
}

static int literal_of(const plc_sat *sat, uint32_t literal)
{
    int variable = sat->variables[literal >> 1];
    return literal & 1 ? -variable : variable;
}

static void add_clause(plc_sat *sat, int a, int b, int c)
{
    const int clause[3] = {a, b, c};
    for (int i = 0; i < 3; i++)
        if (clause[i])
            ccadical_add(sat->solver, clause[i]);
    ccadical_add(sat->solver, 0);
}

/* Gives a node a variable, and an AND its meaning (Tseitin 1968). */
static bool tell_node(plc_sat *sat, uint32_t node)
{
    if (sat->variables[node])
        return true;
    if (!plc_reserve(&sat->told, data, 1) || !plc_reserve(&sat->stack, data, 2))
        return false;
    sat->told.data[sat->told.n++] = node;
    sat->variables[node] = ++sat->n_variables;
    if (node == 0)
        add_clause(sat, -sat->variables[0], 0, 0);
    else if (plc_aig_is_and(sat->aig, node))
        sat->stack.data[sat->stack.n++] = node;
    return true;
}

static bool tell_cone(plc_sat *sat, uint32_t root)
{
    if (!tell_node(sat, root))
        return false;
    while (sat->stack.n) {
        uint32_t node = sat->stack.data[--sat->stack.n];
        uint32_t a = sat->aig->fanins[node][0], b = sat->aig->fanins[node][1];
        if (!tell_node(sat, a >> 1) || !tell_node(sat, b >> 1))
            return false;
        int out = sat->variables[node], x = literal_of(sat, a), y = literal_of(sat, b);
        add_clause(sat, -out, x, 0);
        add_clause(sat, -out, y, 0);
        add_clause(sat, out, -x, -y);
    }
    return true;
}

plc_pair_answer plc_sat_compare(plc_sat *sat, uint32_t a, uint32_t b, uint32_t conflicts,
                                uint8_t *ret_values)
{
    enum { SATISFIABLE = 10, UNSATISFIABLE = 20 };
    if (!make_solver(sat) || !tell_cone(sat, a >> 1) || !tell_cone(sat, b >> 1))
        return PLC_PAIR_NO_MEMORY;
    sat->n_pairs++;
    int x = literal_of(sat, a), y = literal_of(sat, b), differ = ++sat->n_variables;
    add_clause(sat, -differ, x, y);
    add_clause(sat, -differ, -x, -y);
    if (conflicts)
        ccadical_limit(sat->solver, "conflicts", (int)conflicts);
    ccadical_assume(sat->solver, differ);
    int answer = ccadical_solve(sat->solver);
    if (answer == SATISFIABLE)
        for (uint32_t i = 0; i < plc_aig_n_sources(sat->aig); i++)
            ret_values[i] =
                sat->variables[i + 1] && ccadical_val(sat->solver, sat->variables[i + 1]) > 0;
    add_clause(sat, -differ, 0, 0);
    return answer == SATISFIABLE     ? PLC_PAIR_DIFFERENT
           : answer == UNSATISFIABLE ? PLC_PAIR_EQUAL
                                     : PLC_PAIR_UNKNOWN;
}
