/* Quadratic problems: decimals, scaling, adding up, and the cuts that stand for values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "ising/terms.h"

#include <criterion/criterion.h>
#include <string.h>

static plc_decimal decimal(const char *text)
{
    plc_decimal d = {0};
    cr_assert(plc_decimal_parse(text, strlen(text), &d), "%s", text);
    return d;
}

static void expect_decimal(const char *text, int64_t mantissa, int32_t exponent, bool rounded)
{
    const plc_decimal d = decimal(text);
    cr_assert_eq(d.mantissa, mantissa, "%s: %lld", text, (long long)d.mantissa);
    cr_assert_eq(d.exponent, exponent, "%s: %d", text, d.exponent);
    cr_assert_eq(d.rounded, rounded, "%s", text);
}

Test(decimal, is_read_as_it_is_written)
{
    expect_decimal("0", 0, 0, false);
    expect_decimal("-0.000", 0, 0, false);
    expect_decimal("0.1", 1, -1, false);
    expect_decimal("-12.50", -125, -1, false);
    expect_decimal("+1e-3", 1, -3, false);
    expect_decimal("2.5E+2", 25, 1, false);
    expect_decimal(".5", 5, -1, false);
    expect_decimal("1000", 1, 3, false);
    expect_decimal("123456789012345678", 123456789012345678, 0, false);
    expect_decimal("1e-99999", 1, -99999, false);
    expect_decimal("0e999999999999", 0, 0, false);
}

Test(decimal, rounds_what_is_longer_than_18_digits)
{
    expect_decimal("0.1234567890123456785", 123456789012345679, -18, true);
    expect_decimal("0.1234567890123456784999", 123456789012345678, -18, true);
    expect_decimal("0.12345678901234567800", 123456789012345678, -18, false);
    expect_decimal("0.9999999999999999999", 1, 0, true);
}

Test(decimal, refuses_what_is_no_number)
{
    static const char *const texts[] = {
        "",   "-",    ".",   "e5",   "1e",  "1e+",   "1.2.3", "0x1",  "nan",         "inf",
        "1 ", "1e5x", "--1", "1e19", "1,5", "1e1e1", "1e400", "2e18", "-1e18000000", "1_000"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        plc_decimal d;
        cr_assert_not(plc_decimal_parse(texts[i], strlen(texts[i]), &d), "%s", texts[i]);
    }
}

Test(decimal, of_a_real_has_the_fewest_digits)
{
    plc_decimal d;
    cr_assert(plc_decimal_from_real(0.1, &d) && d.mantissa == 1 && d.exponent == -1);
    cr_assert(plc_decimal_from_real(0.1 + 0.2, &d) && d.mantissa == 30000000000000004);
    cr_assert(plc_decimal_from_real(-2.0, &d) && d.mantissa == -2 && d.exponent == 0);
    cr_assert_not(plc_decimal_from_real(1e300, &d));
}

Test(decimal, scales_with_halves_away_from_zero)
{
    static const struct {
        const char *text;
        uint32_t decimals;
        int64_t value;
        bool rounded;
    } cases[] = {{"1.25", 2, 125, false},   {"1.25", 1, 13, true},   {"-1.25", 1, -13, true},
                 {"1.24", 1, 12, true},     {"-1.26", 1, -13, true}, {"1.5", 0, 2, true},
                 {"7e3", 2, 700000, false}, {"1e-30", 18, 0, true},  {"0", 18, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool rounded = false;
        cr_assert_eq(plc_decimal_scale(decimal(cases[i].text), cases[i].decimals, &rounded),
                     cases[i].value, "%s", cases[i].text);
        cr_assert_eq(rounded, cases[i].rounded, "%s", cases[i].text);
    }
}

static plc_problem parse(const char *text, plc_problem_format format)
{
    plc_problem problem = {0};
    plc_error error;
    cr_assert_eq(plc_problem_parse("p", text, strlen(text), format, &problem, &error), PLC_OK, "%s",
                 error.message);
    return problem;
}

Test(problem, has_one_unit_for_all_coefficients)
{
    plc_problem p = parse("# vartype=BINARY\n2 0 1.5\n0 2 -0.25\n1 1 3\n0 1 7\n1 0 -7\n2 2 1e-2\n",
                          PLC_FORMAT_COO);
    cr_assert(p.n == 3 && p.m == 1 && p.decimals == 2 && !p.spins && !p.rounded && !p.assumed);
    cr_assert(p.u[0] == 0 && p.v[0] == 2 && p.quadratic[0] == 125, "pairs add up, zeros go");
    cr_assert(p.linear[0] == 0 && p.linear[1] == 300 && p.linear[2] == 1);
    const uint8_t state[] = {1, 0, 1};
    cr_assert_eq(plc_problem_value(&p, state), 126);
    plc_problem_finish(&p);
}

Test(problem, keeps_as_many_decimals_as_64_bits_hold)
{
    plc_problem p = parse("# vartype=SPIN\n0 1 1e17\n1 2 0.123\n", PLC_FORMAT_COO);
    cr_assert(p.decimals == 1 && p.rounded);
    cr_assert(p.quadratic[0] == 1000000000000000000 && p.quadratic[1] == 1);
    plc_problem_finish(&p);
}

Test(problem, of_numbers_is_their_squared_difference)
{
    plc_problem p = parse("3\n-1\n5\n", PLC_FORMAT_NUMBERS);
    const uint8_t together[] = {1, 1, 1}, apart[] = {1, 1, 0};
    cr_assert_eq(plc_problem_value(&p, together), 49);
    cr_assert_eq(plc_problem_value(&p, apart), 9);
    plc_problem_finish(&p);
}

Test(problem, doubles_what_a_symmetric_matrix_gives_once)
{
    plc_problem p = parse("2 3\n1 1 1\n2 2 -1\n2 1 0.5\n", PLC_FORMAT_BIQMAC);
    const uint8_t state[] = {1, 1};
    cr_assert(p.decimals == 0 && plc_problem_value(&p, state) == 1);
    plc_problem_finish(&p);
}

Test(problem, names_its_formats)
{
    static const char *const names[] = {"qubo", "coo", "biqmac", "rudy", "bqm", "numbers"};
    plc_problem_format format;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert(plc_problem_find_format(names[i], &format));
        cr_assert_str_eq(plc_problem_format_name(format), names[i]);
    }
    cr_assert_not(plc_problem_find_format("found", &format));
}

enum { N = 7 };

/* Fills a problem of N variables with coefficients below `range` in magnitude. */
static void draw(plc_problem *p, uint32_t seed, int64_t range)
{
    const plc_random_key key = plc_random_stream(seed, PLC_STREAM_DRAW, 0);
    uint32_t at = 0;
    p->m = 0;
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = i; j < N; j++) {
            const plc_random r = plc_random_draw(key, at++, 0);
            const int64_t weight =
                (int64_t)(((uint64_t)r.word[0] << 32 | r.word[1]) % (uint64_t)(2 * range)) - range;
            if (i == j)
                p->linear[i] = seed % 4 ? weight : 0;
            else if (weight)
                p->u[p->m] = i, p->v[p->m] = j, p->quadratic[p->m++] = weight;
        }
}

/* Compares the values of all states with the cuts that stand for them. */
static void expect_cuts(const plc_problem *p, bool maximise, bool rounded)
{
    plc_graph graph = {0};
    plc_reduction r;
    plc_error error;
    uint8_t sides[N + 1] = {0}, state[N];
    cr_assert_eq(plc_problem_to_graph(p, maximise, &graph, &r, &error), PLC_OK);
    cr_assert_eq(r.rounded, rounded);
    for (uint32_t bits = 0; bits < 1u << N; bits++) {
        for (uint32_t i = 0; i < N; i++)
            state[i] = sides[i] = bits >> i & 1;
        plc_reduction_state(&r, N, state);
        const int64_t value = plc_problem_value(p, state), cut = plc_graph_recount(&graph, sides);
        cr_assert_eq(plc_reduction_check(&r, value, cut, &error), PLC_OK, "%s", error.message);
        if (rounded)
            cr_assert_float_eq(r.zero + r.step * (double)cut, (double)value, 1e-6 * 0x1p50);
        else
            cr_assert_eq(plc_reduction_check(&r, value + 1, cut, &error), PLC_DIFFERS);
    }
    plc_graph_finish(&graph);
}

Test(reduction, keeps_the_value_of_every_state)
{
    int64_t linear[N], quadratic[N * N];
    uint32_t u[N * N], v[N * N];
    for (uint32_t seed = 1; seed <= 24; seed++) {
        plc_problem p = {
            .n = N, .linear = linear, .u = u, .v = v, .quadratic = quadratic, .offset = 17};
        p.spins = seed % 2;
        draw(&p, seed, seed % 3 ? 10 : INT64_C(1) << 50);
        expect_cuts(&p, false, seed % 3 == 0);
        expect_cuts(&p, true, seed % 3 == 0);
    }
}

Test(reduction, divides_by_the_common_divisor)
{
    plc_problem p =
        parse("# vartype=SPIN\n0 0 3000000000000\n0 1 -6000000000000\n", PLC_FORMAT_COO);
    plc_graph graph = {0};
    plc_reduction r;
    cr_assert_eq(plc_problem_to_graph(&p, false, &graph, &r, NULL), PLC_OK);
    cr_assert(!r.rounded && graph.pinned && graph.n == 3 && graph.m == 2);
    cr_assert(graph.w[0] == -2 && graph.w[1] == 1);
    plc_graph_finish(&graph);
    plc_problem_finish(&p);
}

Test(reduction, without_fields_pins_nothing)
{
    plc_problem p = parse("2 1\n1 2\n", PLC_FORMAT_RUDY);
    plc_graph graph = {0};
    plc_reduction r;
    cr_assert_eq(plc_problem_to_graph(&p, false, &graph, &r, NULL), PLC_OK);
    cr_assert(!graph.pinned && graph.n == 2 && graph.m == 1 && graph.w[0] == 1);
    plc_graph_finish(&graph);
    plc_problem_finish(&p);
}
