/* The ON-OFF pair: its potential, when it flips, and the polarity of its spikes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/onoff.h"

#include "base/memory.h"
#include "base/random.h"
#include "hw/neuron/model.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PAIRS = 40 };

/* Pairs with symmetric random couplings and biases, and an annealer. */
typedef struct problem {
    int32_t weights[PAIRS][PAIRS], bias[PAIRS];
    plc_onoff_state pairs[PAIRS];
    int32_t inputs[PAIRS];
    plc_onoff_params params;
    plc_acceptance *acceptance;
} problem;

static problem *create_problem(uint64_t seed)
{
    problem *p = plc_array(1, sizeof *p);
    cr_assert_not_null(p);
    p->acceptance = plc_array(1, sizeof *p->acceptance);
    cr_assert_not_null(p->acceptance);
    plc_annealer_init(&p->params, 2.5e4, 8e4, 0.5, 2.5);
    plc_random_key key = plc_random_stream(seed, 0, 0);
    for (uint32_t i = 0; i < PAIRS; i++) {
        plc_random draw = plc_random_draw(key, i, i);
        p->bias[i] = (int32_t)(draw.word[0] % 11) - 5;
        p->pairs[i].spin = draw.word[1] & 1 ? 1 : -1;
        for (uint32_t j = 0; j < i; j++) {
            int32_t weight = (int32_t)(plc_random_draw(key, i, PAIRS + j).word[0] % 9) - 4;
            p->weights[i][j] = p->weights[j][i] = weight;
        }
    }
    return p;
}

static void destroy_problem(problem *p)
{
    free(p->acceptance);
    free(p);
}

/* bias + sum_j w_j s_j */
static int64_t field(const problem *p, uint32_t i)
{
    int64_t sum = p->bias[i];
    for (uint32_t j = 0; j < PAIRS; j++)
        sum += (int64_t)p->weights[i][j] * p->pairs[j].spin;
    return sum;
}

/* A packet of pair i: ON adds the weights, OFF subtracts them. */
static void send(problem *p, uint32_t i, bool off)
{
    for (uint32_t j = 0; j < PAIRS; j++)
        p->inputs[j] += off ? -p->weights[j][i] : p->weights[j][i];
}

/* One proposal of pair i; checks the potential before and the decision. */
static bool propose(problem *p, uint32_t i, uint32_t noise)
{
    plc_onoff_state before = p->pairs[i];
    int64_t v = before.v + 2 * (int64_t)p->inputs[i], gain = before.spin * v;
    cr_assert_eq(v, field(p, i));
    uint64_t limit = plc_annealer_accept(&p->params, p->acceptance->slope, gain);
    bool flips = plc_onoff_update(&p->params, p->acceptance, &p->pairs[i], p->inputs[i], noise);
    p->inputs[i] = 0;
    cr_assert_eq(flips, noise < limit);
    cr_assert_eq(p->pairs[i].v, v);
    cr_assert_eq(p->pairs[i].spin, flips ? -before.spin : before.spin);
    return flips;
}

Test(onoff, potential_is_the_field_of_the_spins)
{
    problem *p = create_problem(1);
    plc_random_key key = plc_random_stream(2, 0, 0);
    uint32_t n_flips = 0, n_off = 0;
    for (uint32_t i = 0; i < PAIRS; i++)
        p->pairs[i].v = (int32_t)field(p, i);
    for (uint32_t tick = 0; tick < 100000; tick++) {
        if (tick >= p->acceptance->until)
            plc_acceptance_move(p->acceptance, &p->params, tick);
        plc_random draw = plc_random_draw(key, 0, tick);
        uint32_t i = plc_random_below(draw.word[0], PAIRS);
        if (propose(p, i, draw.word[1])) {
            bool off = p->pairs[i].spin < 0;
            send(p, i, off);
            n_flips++;
            n_off += off;
        }
    }
    for (uint32_t i = 0; i < PAIRS; i++)
        cr_assert_eq(p->pairs[i].v + 2 * p->inputs[i], field(p, i));
    cr_assert_gt(n_flips, 1000);
    cr_assert(n_off > n_flips / 2 - PAIRS && n_off < n_flips / 2 + PAIRS);
    destroy_problem(p);
}

Test(onoff, flips_when_the_noise_is_below_the_limit)
{
    problem *p = create_problem(3);
    plc_acceptance_move(p->acceptance, &p->params, 1 << 20);
    for (int32_t v = -1100; v <= 1100; v++) {
        for (int32_t spin = -1; spin <= 1; spin += 2) {
            uint64_t limit =
                plc_annealer_accept(&p->params, p->acceptance->slope, (int64_t)spin * v);
            plc_onoff_state s = {v, spin}, kept = s;
            if (limit <= UINT32_MAX) {
                cr_assert_not(plc_onoff_update(&p->params, p->acceptance, &s, 0, (uint32_t)limit));
                cr_assert(s.v == kept.v && s.spin == kept.spin);
            }
            if (limit > 0) {
                cr_assert(
                    plc_onoff_update(&p->params, p->acceptance, &s, 0, (uint32_t)(limit - 1)));
                cr_assert(s.v == kept.v && s.spin == -kept.spin);
            }
        }
    }
    destroy_problem(p);
}

Test(onoff, a_large_gain_flips_whatever_the_noise)
{
    problem *p = create_problem(4);
    plc_acceptance_move(p->acceptance, &p->params, 1 << 20);
    plc_onoff_state s = {100000, 1};
    cr_assert(plc_onoff_update(&p->params, p->acceptance, &s, 0, UINT32_MAX));
    cr_assert_eq(s.spin, -1);
    cr_assert_not(plc_onoff_update(&p->params, p->acceptance, &s, 0, 0));
    destroy_problem(p);
}

Test(onoff, inputs_count_twice_and_sums_wrap)
{
    problem *p = create_problem(5);
    plc_acceptance_move(p->acceptance, &p->params, 0);
    plc_onoff_state s = {7, 1};
    plc_onoff_update(&p->params, p->acceptance, &s, -3, UINT32_MAX);
    cr_assert_eq(s.v, 1);
    s = (plc_onoff_state){INT32_MAX, 1};
    plc_onoff_update(&p->params, p->acceptance, &s, 1, UINT32_MAX);
    cr_assert_eq(s.v, INT32_MIN + 1);
    s = (plc_onoff_state){0, 1};
    plc_onoff_update(&p->params, p->acceptance, &s, INT32_MIN, UINT32_MAX);
    cr_assert_eq(s.v, 0);
    destroy_problem(p);
}

Test(onoff, starts_at_its_bias_and_spin)
{
    int32_t params[sizeof(plc_onoff_params) / 4], state[sizeof(plc_onoff_state) / 4];
    const double user[] = {2.5e4, 8e4, 2e-3, 2.5, -12, -1};
    plc_onoff_state s;
    cr_assert_eq(plc_model_resolve(PLC_ONOFF, user, 1, params, state, NULL), PLC_OK);
    memcpy(&s, state, sizeof s);
    cr_assert(s.v == -12 && s.spin == -1);
    cr_assert_eq(plc_onoff_spin(state), -1);
    plc_onoff_add_field(state, 20);
    memcpy(&s, state, sizeof s);
    cr_assert(s.v == 8 && s.spin == -1);
}
