/* Numbers as the report page writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/number.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_text(double value, number_form form, const char *expected)
{
    char text[NUMBER_TEXT];
    cr_expect_str_eq(number_text(value, form, text), expected, "%.17g: \"%s\", not \"%s\"", value,
                     text, expected);
}

Test(report_number, counts_have_separators)
{
    char text[NUMBER_TEXT];
    expect_text(0, NUMBER_COUNT, "0");
    expect_text(999, NUMBER_COUNT, "999");
    expect_text(1000, NUMBER_COUNT, "1,000");
    expect_text(1234567, NUMBER_COUNT, "1,234,567");
    expect_text(-1234567, NUMBER_COUNT, "-1,234,567");
    expect_text(2.5, NUMBER_COUNT, "2.5");
    cr_expect_str_eq(number_count(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

Test(report_number, reals_have_four_digits)
{
    expect_text(0.123456, NUMBER_REAL, "0.1235");
    expect_text(999.96, NUMBER_REAL, "1,000");
    expect_text(999.94, NUMBER_REAL, "999.9");
    expect_text(1e-9, NUMBER_REAL, "1e-09");
    expect_text(1e300, NUMBER_REAL, "1e+300");
    expect_text(0.25, NUMBER_SHARE, "25 %");
}

Test(report_number, units_have_prefixes)
{
    expect_text(0, NUMBER_SECONDS, "0 s");
    expect_text(2.09e-4, NUMBER_SECONDS, "209 \u00b5s");
    expect_text(9.999e-4, NUMBER_SECONDS, "1 ms");
    expect_text(119, NUMBER_SECONDS, "119 s");
    expect_text(125, NUMBER_SECONDS, "2 min 5 s");
    expect_text(7260, NUMBER_SECONDS, "2 h 1 min");
    expect_text(1e30, NUMBER_SECONDS, "1e+30 s");
    expect_text(37594, NUMBER_PICOSECONDS, "37.6 ns");
    expect_text(1.5e-12, NUMBER_JOULES, "1.5 pJ");
    expect_text(1e20, NUMBER_HERTZ, "1e+08 THz");
    expect_text(10239, NUMBER_BYTES, "10,239 B");
    expect_text(551372, NUMBER_BYTES, "538 KiB");
    expect_text(3.5 * 1024 * 1024, NUMBER_BYTES, "3.5 MiB");
}

Test(report_number, what_is_not_known_says_so)
{
    expect_text((double)NAN, NUMBER_JOULES, "not known");
    expect_text((double)INFINITY, NUMBER_COUNT, "unbounded");
}

Test(report_number, axes_have_short_numbers_and_round_steps)
{
    char text[NUMBER_TEXT];
    cr_expect_str_eq(number_axis(20000, NUMBER_COUNT, text), "20,000");
    cr_expect_str_eq(number_axis(250000, NUMBER_COUNT, text), "250k");
    cr_expect_str_eq(number_axis(1.5e6, NUMBER_REAL, text), "1.5M");
    cr_expect_float_eq(number_step(0.3), 0.5, 1e-12);
    cr_expect_float_eq(number_step(1), 1, 1e-12);
    cr_expect_float_eq(number_step(21), 25, 1e-9);
    cr_expect_float_eq(number_step(600), 1000, 1e-9);
    cr_expect_float_eq(number_step_of(NUMBER_BYTES, 30000, 6e5), 50 * 1024.0, 1e-6);
    cr_expect(isfinite(number_step(0)) && number_step(0) > 0);
    cr_expect(isfinite(number_step((double)INFINITY)));
}
