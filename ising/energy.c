/* The value of a state of a quadratic problem, from its terms alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/ising.h>

int64_t plc_problem_value(const plc_problem *problem, const uint8_t *state)
{
    const int64_t low = problem->spins ? -1 : 0;
    int64_t value = problem->offset;
    for (uint32_t i = 0; i < problem->n; i++)
        value += problem->linear[i] * (state[i] ? 1 : low);
    for (uint64_t e = 0; e < problem->m; e++)
        value += problem->quadratic[e] * (state[problem->u[e]] ? 1 : low) *
                 (state[problem->v[e]] ? 1 : low);
    return value;
}
