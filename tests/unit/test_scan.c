/* Scanning of line-based text: fields, numbers, positions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plc_scan scan_of(const char *text, bool comma)
{
    return plc_scan_text("file", text, strlen(text), comma);
}

Test(scan, reads_fields_and_counts_lines)
{
    plc_scan scan = scan_of("# head\n\n 1 -2\r\n3", false);
    int64_t value;
    cr_assert(plc_scan_line(&scan, '#'));
    cr_assert_eq(plc_scan_int(&scan, "a", 0, 9, &value, NULL), PLC_OK);
    cr_assert_eq(plc_scan_int(&scan, "b", -9, 9, &value, NULL), PLC_OK);
    cr_assert_eq(value, -2);
    cr_assert(plc_scan_line_end(&scan));
    cr_assert_eq(scan.line, 4);
    cr_assert(plc_scan_line(&scan, '#'));
    cr_assert_eq(plc_scan_int(&scan, "c", 0, 9, &value, NULL), PLC_OK);
    cr_assert_not(plc_scan_line(&scan, '#'));
}

Test(scan, says_where_and_what_was_legal)
{
    plc_scan scan = scan_of("1\n12x", false);
    plc_error error;
    int64_t value;
    plc_scan_int(&scan, "a", 0, 9, &value, NULL);
    plc_scan_line_end(&scan);
    cr_assert_eq(plc_scan_int(&scan, "size", 1, 20, &value, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "file:2: size: expected a whole number in 1..20, got \"12x\"");
}

Test(scan, splits_at_commas)
{
    plc_scan scan = scan_of("1,, 2.5e-1 ,x\n", true);
    const char *field;
    size_t length;
    double real;
    int64_t value;
    cr_assert_eq(plc_scan_int(&scan, "a", 0, 9, &value, NULL), PLC_OK);
    plc_scan_field(&scan, &field, &length);
    cr_assert_eq(length, 0);
    cr_assert_eq(plc_scan_real(&scan, "r", 0, 1, &real, NULL), PLC_OK);
    cr_assert_float_eq(real, 0.25, 0);
    cr_assert_eq(plc_scan_expect_line_end(&scan, NULL), PLC_INVALID);
}

Test(scan, refuses_what_is_not_a_number)
{
    int64_t value;
    double real;
    cr_assert_not(plc_parse_int("", 0, &value));
    cr_assert_not(plc_parse_int("-", 1, &value));
    cr_assert_not(plc_parse_int("99999999999999999999", 20, &value));
    cr_assert(plc_parse_int("-9223372036854775807", 20, &value));
    cr_assert_not(plc_parse_real("nan", 3, &real));
    cr_assert_not(plc_parse_real("inf", 3, &real));
    cr_assert_not(plc_parse_real("1e999", 5, &real));
    cr_assert_not(plc_parse_real("0x1p3", 5, &real));
}

Test(scan, reads_short_decimals_as_strtod_does)
{
    uint64_t state = 1;
    for (int i = 0; i < 100000; i++) {
        char text[40];
        state = state * UINT64_C(6364136223846793005) + 1;
        int n_digits = 1 + (int)(state >> 60), n_decimals = (int)(state >> 56 & 15);
        uint64_t digits = state >> 8;
        for (int j = 16; j >= n_digits; j--)
            digits /= 10;
        int length = snprintf(text, sizeof text, "%s%llu.%0*u", i % 2 ? "-" : "",
                              (unsigned long long)digits, n_decimals, (unsigned)(state >> 40));
        double real = 0, expected = strtod(text, NULL);
        cr_assert(plc_parse_real(text, (size_t)length, &real), "%s", text);
        cr_assert_eq(memcmp(&real, &expected, sizeof real), 0, "%s: %.17g and %.17g", text, real,
                     expected);
    }
}

Test(scan, reads_reals_without_digits_on_one_side)
{
    double real = 1;
    cr_assert(plc_parse_real("-0", 2, &real));
    cr_assert(signbit(real) && real >= 0);
    cr_assert(plc_parse_real(".5", 2, &real));
    cr_assert_float_eq(real, 0.5, 0);
    cr_assert(plc_parse_real("5.", 2, &real));
    cr_assert_float_eq(real, 5, 0);
    cr_assert_not(plc_parse_real(".", 1, &real));
    cr_assert_not(plc_parse_real("-", 1, &real));
    cr_assert_not(plc_parse_real("1.2.3", 5, &real));
}

Test(scan, skips_a_byte_order_mark)
{
    plc_scan scan = scan_of("\xef\xbb\xbf"
                            "7\n",
                            false);
    int64_t value = 0;
    cr_assert_eq(plc_scan_int(&scan, "a", 0, 9, &value, NULL), PLC_OK);
    cr_assert_eq(value, 7);
}
