/* The lif_curr_exp kernel against a second emulation of the chip, and its constants. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/lif.h"

#include "hw/engine/fast.h"
#include "hw/neuron/model.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

__extension__ typedef __int128 wide;

/* ---- the second emulation ---- */

/* One neuron of the chip, in wide integers that never overflow; wrapping is written out. */
typedef struct chip {
    int64_t v, g[2], counter, ring[2];
} chip;

typedef struct chip_params {
    int64_t v_rest, v_reset, v_thresh, r, e_m, i_offset, t_ref, d[2], i[2], shift[2];
} chip_params;

static int64_t pow2(int64_t n)
{
    int64_t x = 1;
    for (int64_t i = 0; i < n; i++)
        x *= 2;
    return x;
}

/* floor(x / 2^n) without shifts of negative numbers. */
static int64_t floor_div(wide x, int64_t n)
{
    wide by = pow2(n), q = x / by;
    return (int64_t)(q - (x % by < 0));
}

/* The value of a 32-bit register that is told to hold x. */
static int64_t in_register(int64_t x, bool is_signed)
{
    int64_t m = x % pow2(32);
    if (m < 0)
        m += pow2(32);
    return is_signed && m >= pow2(31) ? m - pow2(32) : m;
}

/* A synaptic event adds a weight to the ring slot; the slot is 16 bits wide and saturates. */
static void chip_event(chip *c, int receptor, int64_t weight)
{
    c->ring[receptor] += weight;
    if (c->ring[receptor] > 65535)
        c->ring[receptor] = 65535;
}

static int64_t times_s1615(int64_t a, int64_t b)
{
    return in_register(floor_div((wide)a * b, 15), true);
}

/* The potential after step 2, before the threshold. */
static int64_t chip_potential(const chip *c, const chip_params *p)
{
    int64_t g[2];
    if (c->counter > 0)
        return c->v;
    for (int k = 0; k < 2; k++) {
        int64_t input = in_register(c->ring[k] * pow2(p->shift[k]), false);
        g[k] = in_register(c->g[k] + floor_div((wide)input * p->i[k], 32), false);
    }
    int64_t current = in_register(g[0] - g[1] + p->i_offset, true);
    int64_t a = in_register(times_s1615(current, p->r) + p->v_rest, true);
    return in_register(a - times_s1615(p->e_m, in_register(a - c->v, true)), true);
}

static bool chip_step(chip *c, const chip_params *p)
{
    c->v = chip_potential(c, p);
    for (int k = 0; k < 2; k++) {
        int64_t input = in_register(c->ring[k] * pow2(p->shift[k]), false);
        c->g[k] = in_register(c->g[k] + floor_div((wide)input * p->i[k], 32), false);
        c->g[k] = floor_div((wide)c->g[k] * p->d[k], 32);
        c->ring[k] = 0;
    }
    if (c->counter > 0)
        c->counter -= 1;
    if (c->v < p->v_thresh)
        return false;
    c->v = p->v_reset;
    c->counter = p->t_ref;
    return true;
}

/* ---- random cases ---- */

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Uniform in [low, high]. */
static int64_t between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(next(state) % (uint64_t)(high - low + 1));
}

/* Parameters as networks have them, or now and then any words at all. */
static chip_params draw_params(uint64_t *state, int64_t shift)
{
    bool wild = between(state, 0, 9) == 0;
    int64_t mv = wild ? INT32_MAX : 100 * 32768;
    chip_params p = {
        .v_rest = between(state, -mv, wild ? mv : -40 * 32768),
        .v_reset = between(state, -mv, wild ? mv : -50 * 32768),
        .v_thresh = between(state, wild ? -mv : -50 * 32768, wild ? mv : -30 * 32768),
        .r = wild ? between(state, INT32_MIN, INT32_MAX) : between(state, 1, 100 * 32768),
        .e_m = wild ? between(state, INT32_MIN, INT32_MAX) : between(state, 0, 32768),
        .i_offset = wild ? between(state, INT32_MIN, INT32_MAX) : between(state, -32768, 65536),
        .t_ref = between(state, 0, 4),
        .d = {between(state, 0, UINT32_MAX), between(state, 0, UINT32_MAX)},
        .i = {between(state, 0, UINT32_MAX), between(state, 0, UINT32_MAX)},
        .shift = {shift, 14 - shift},
    };
    return p;
}

static plc_lif_params to_params(const chip_params *p)
{
    return (plc_lif_params){
        .v_rest = (int32_t)p->v_rest,
        .v_reset = (int32_t)p->v_reset,
        .v_thresh = (int32_t)p->v_thresh,
        .resistance = (int32_t)p->r,
        .decay_m = (int32_t)p->e_m,
        .i_offset = (int32_t)p->i_offset,
        .refractory = (int32_t)p->t_ref,
        .decay_e = (uint32_t)p->d[0],
        .decay_i = (uint32_t)p->d[1],
        .gain_e = (uint32_t)p->i[0],
        .gain_i = (uint32_t)p->i[1],
        .shift_e = (uint32_t)p->shift[0],
        .shift_i = (uint32_t)p->shift[1],
    };
}

static chip draw_chip(uint64_t *state, const chip_params *p)
{
    return (chip){.v = between(state, -90 * 32768, 10 * 32768),
                  .g = {between(state, 0, 1 << 20), between(state, 0, 1 << 20)},
                  .counter = between(state, 0, p->t_ref)};
}

/* Sends the events of a tick to both; returns the exact sum. Weights are often small, at times so
 * many or so large that the slot saturates, and at times just short of it. */
static uint32_t send_events(uint64_t *state, chip *c, int receptor)
{
    uint32_t sum = 0;
    int64_t kind = between(state, 0, 7);
    int64_t n = kind == 0 ? between(state, 0, 20) : between(state, 0, 3);
    for (int64_t k = 0; k < n; k++) {
        int64_t weight = between(state, 0, kind == 0 ? 32767 : kind == 1 ? 4000 : 60);
        if (kind == 2 && k == 2)
            weight = 65535 - c->ring[receptor] + between(state, -1, 1);
        chip_event(c, receptor, weight);
        sum += (uint32_t)weight;
    }
    return sum;
}

/* How often the corners came up. */
typedef struct corners {
    uint64_t spikes, at_threshold, below_threshold, saturated, full, refractory, last_refractory,
        negative;
} corners;

/* Puts the threshold at, or one step above, the potential that this tick will reach. */
static void move_threshold(uint64_t *state, const chip *c, chip_params *p, corners *seen)
{
    int64_t v = chip_potential(c, p), kind = between(state, 0, 49);
    if (kind > 1 || v == INT32_MAX)
        return;
    p->v_thresh = v + kind;
    seen->at_threshold += kind == 0;
    seen->below_threshold += kind == 1;
}

static void count_corners(const chip *c, const uint32_t sums[2], corners *seen)
{
    seen->saturated += sums[0] > 65535 || sums[1] > 65535;
    seen->full += sums[0] == 65535 || sums[1] == 65535;
    seen->refractory += c->counter > 0;
    seen->last_refractory += c->counter == 1;
    seen->negative += c->v < 0;
}

static void run_case(uint64_t *state, int64_t shift, int n_steps, corners *seen)
{
    chip_params p = draw_params(state, shift);
    int64_t v_thresh = p.v_thresh;
    chip c = draw_chip(state, &p);
    plc_lif_state s = {(int32_t)c.v, (uint32_t)c.g[0], (uint32_t)c.g[1], (int32_t)c.counter};
    for (int k = 0; k < n_steps; k++) {
        uint32_t sums[2] = {send_events(state, &c, 0), send_events(state, &c, 1)};
        p.v_thresh = v_thresh;
        move_threshold(state, &c, &p, seen);
        count_corners(&c, sums, seen);
        plc_lif_params params = to_params(&p);
        bool expected = chip_step(&c, &p);
        bool spikes = plc_lif_update(&params, &s, sums[0], sums[1]);
        seen->spikes += spikes;
        cr_assert(spikes == expected && s.v == c.v && s.g_e == c.g[0] && s.g_i == c.g[1] &&
                      s.wait == c.counter,
                  "step %d: spike %d, v %d, g %u %u, wait %d; the chip has %d, %ld, %ld %ld, %ld",
                  k, spikes, s.v, s.g_e, s.g_i, s.wait, expected, (long)c.v, (long)c.g[0],
                  (long)c.g[1], (long)c.counter);
    }
}

Test(lif, equals_a_second_emulation)
{
    enum { CASES = 2000, STEPS = 500 };
    uint64_t state = 1;
    corners seen = {0};
    for (int i = 0; i < CASES; i++)
        run_case(&state, i % 15, STEPS, &seen);
    cr_assert_gt(seen.spikes, 10000);
    cr_assert_gt(seen.at_threshold, 1000);
    cr_assert_gt(seen.below_threshold, 1000);
    cr_assert_gt(seen.saturated, 1000);
    cr_assert_gt(seen.full, 1000);
    cr_assert_gt(seen.refractory, 1000);
    cr_assert_gt(seen.last_refractory, 1000);
    cr_assert_gt(seen.negative, 100000);
}

Test(lif, batches_equal_single_updates)
{
    enum { N = 77 };
    uint64_t state = 2;
    plc_s1615 v[N];
    uint32_t g_e[N], g_i[N];
    int32_t wait[N], input_e[N], input_i[N];
    uint8_t fired[N];
    plc_lif_state single[N];
    for (int round = 0; round < 500; round++) {
        chip_params p = draw_params(&state, round % 15);
        plc_lif_params params = to_params(&p);
        for (int i = 0; i < N; i++) {
            chip c = draw_chip(&state, &p);
            single[i] = (plc_lif_state){v[i] = (int32_t)c.v, g_e[i] = (uint32_t)c.g[0],
                                        g_i[i] = (uint32_t)c.g[1], wait[i] = (int32_t)c.counter};
            input_e[i] = (int32_t)between(&state, 0, 70000);
            input_i[i] = (int32_t)between(&state, 0, 70000);
        }
        bool spikes[N];
        for (int i = 0; i < N; i++)
            spikes[i] =
                plc_lif_update(&params, &single[i], (uint32_t)input_e[i], (uint32_t)input_i[i]);
        plc_lif_update_all(&params, N, v, g_e, g_i, wait, input_e, input_i, fired);
        for (int i = 0; i < N; i++) {
            plc_lif_state batch = {v[i], g_e[i], g_i[i], wait[i]};
            cr_assert_eq(spikes[i], fired[i]);
            cr_assert_eq(memcmp(&batch, &single[i], sizeof batch), 0);
            cr_assert(input_e[i] == 0 && input_i[i] == 0);
        }
    }
}

/* ---- refractory periods ---- */

/* Ticks between the spikes of a neuron that is always above threshold. */
static int shortest_interval(int32_t refractory)
{
    plc_lif_params p = {
        .v_thresh = 32768, .v_reset = 0, .v_rest = 10 * 32768, .refractory = refractory};
    plc_lif_state s = {.v = 0};
    int last = -1;
    for (int tick = 0; tick < 100; tick++) {
        if (!plc_lif_update(&p, &s, 0, 0))
            continue;
        if (last >= 0)
            return tick - last;
        last = tick;
    }
    return 0;
}

Test(lif, skips_as_many_updates_as_the_period_has_ticks)
{
    for (int32_t refractory = 0; refractory < 20; refractory++)
        cr_assert_eq(shortest_interval(refractory), refractory + 1);
}

Test(lif, currents_decay_while_refractory)
{
    plc_lif_params p = {.v_thresh = 32768, .decay_e = 1u << 31, .decay_i = 1u << 30};
    plc_lif_state s = {.v = 0, .g_e = 1000, .g_i = 1000, .wait = 3};
    plc_lif_update(&p, &s, 0, 0);
    cr_assert_eq(s.v, 0);
    cr_assert_eq(s.wait, 2);
    cr_assert_eq(s.g_e, 500);
    cr_assert_eq(s.g_i, 250);
}

/* ---- weights ---- */

Test(lif, ring_shift_is_the_next_power_of_two)
{
    /* 36 nA, the content neurons of the recorded CA3 memory, takes 6: a quantum of 1/512 nA. */
    const struct {
        double sum;
        uint32_t shift;
    } cases[] = {
        {0, 0},     {-1, 0},   {0.25, 0},  {0.5, 0},   {0.999, 0},  {1, 1},      {1.001, 1},
        {1.999, 1}, {2, 2},    {2.001, 2}, {4, 3},     {6, 3},      {8, 4},      {9, 4},
        {36, 6},    {63.9, 6}, {64, 7},    {8192, 14}, {16383, 14}, {16384, 15}, {0x1p-40, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_eq(plc_lif_ring_shift(cases[i].sum), cases[i].shift, "%g", cases[i].sum);
}

Test(lif, ring_shift_is_the_least_that_holds_the_sum)
{
    uint64_t state = 3;
    for (int k = 0; k < 100000; k++) {
        double sum =
            ldexp((double)between(&state, 1, INT64_C(1) << 40), (int)between(&state, -45, -27));
        uint32_t least = 0;
        while (sum >= ldexp(1, (int)least))
            least++;
        cr_assert_eq(plc_lif_ring_shift(sum), least, "%a", sum);
    }
}

Test(lif, weights_are_rounded_to_ring_units)
{
    cr_assert_eq(plc_lif_weight(6, 6), 3072);
    cr_assert_eq(plc_lif_weight(0, 3), 0);
    cr_assert_eq(plc_lif_weight(1, 0), 32768);
    cr_assert_eq(plc_lif_weight(0.1, 4), 205);     /* 204.8 */
    cr_assert_eq(plc_lif_weight(2.5 / 512, 6), 2); /* ties go to the even number */
    cr_assert_eq(plc_lif_weight(3.5 / 512, 6), 4);
    cr_assert_eq(plc_lif_weight(0.49 / 512, 6), 0); /* lost */
}

/* ---- parameters ---- */

enum {
    TAU_M,
    CM,
    V_REST,
    V_RESET,
    V_THRESH,
    TAU_REFRAC,
    TAU_SYN_E,
    TAU_SYN_I,
    I_OFFSET,
    V_INIT,
    N
};

static plc_lif_params resolve(const double *user, double tick_ms, plc_lif_state *ret_state)
{
    int32_t params[sizeof(plc_lif_params) / 4], state[sizeof(plc_lif_state) / 4];
    plc_lif_params p;
    cr_assert_eq(plc_model_resolve(PLC_LIF_CURR_EXP, user, tick_ms, params, state, NULL), PLC_OK);
    memcpy(&p, params, sizeof p);
    memcpy(ret_state, state, sizeof *ret_state);
    return p;
}

Test(lif, parameters_become_the_chip_s_constants)
{
    /* The fast cells of the recorded CA3 memory; figures computed with 40 decimal digits. */
    double user[N] = {3, 0.27, -60, -60, -57, 1, 0.3, 0.3, 0, NAN};
    plc_lif_state s;
    plc_lif_params p = resolve(user, 1, &s);
    cr_assert_eq(p.resistance, 364089);
    cr_assert_eq(p.decay_m, 23479);
    cr_assert_eq(p.decay_e, 153218634);
    cr_assert_eq(p.gain_e, 1242524598);
    cr_assert_eq(p.decay_i, p.decay_e);
    cr_assert_eq(p.gain_i, p.gain_e);
    cr_assert_eq(p.v_rest, -60 * 32768);
    cr_assert_eq(p.v_reset, -60 * 32768);
    cr_assert_eq(p.v_thresh, -57 * 32768);
    cr_assert_eq(p.i_offset, 0);
    cr_assert_eq(p.refractory, 1);
    cr_assert(p.shift_e == 0 && p.shift_i == 0);
    cr_assert(s.v == p.v_rest && s.g_e == 0 && s.g_i == 0 && s.wait == 0);
}

Test(lif, refractory_periods_are_rounded_up)
{
    const double cases[][3] = {/* ms, tick in ms, ticks */
                               {0, 1, 0},
                               {0.1, 1, 1},
                               {1, 1, 1},
                               {1.01, 1, 2},
                               {2.5, 0.5, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double user[N] = {20, 1, -65, -65, -50, cases[i][0], 5, 5, 0, NAN};
        plc_lif_state s;
        cr_assert_eq(resolve(user, cases[i][1], &s).refractory, (int32_t)cases[i][2]);
    }
}

Test(lif, initial_potentials_and_offsets_are_rounded)
{
    double user[N] = {20, 1, -65, -65, -50, 1, 5, 5, 0.1, -70.25};
    plc_lif_state s;
    plc_lif_params p = resolve(user, 1, &s);
    cr_assert_eq(p.i_offset, 3277); /* 3276.8 */
    cr_assert_eq(s.v, -70 * 32768 - 8192);
}
