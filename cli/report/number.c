/* Numbers as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 28 }; /* of 64 bits, with separators */

static void add_separators(uint64_t value, char buffer[DIGITS])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buffer[at++] = ',';
        buffer[at++] = digits[i];
    }
    buffer[at] = 0;
}

const char *number_count(uint64_t value, char buffer[NUMBER_TEXT])
{
    add_separators(value, buffer);
    return buffer;
}

/* Four digits, with separators from a thousand on. */
static const char *real_text(double value, char buffer[NUMBER_TEXT])
{
    char digits[DIGITS];
    if (fabs(value) >= 1e15 || (value != 0 && fabs(value) < 1e-4)) {
        snprintf(buffer, NUMBER_TEXT, "%.4g", value);
    } else if (fabs(value) >= 999.95) {
        add_separators((uint64_t)llround(fabs(value)), digits);
        snprintf(buffer, NUMBER_TEXT, "%s%s", value < 0 ? "-" : "", digits);
    } else {
        snprintf(buffer, NUMBER_TEXT, "%.4g", value);
    }
    return buffer;
}

/* A number with a prefix of the SI. */
static const char *si_text(double value, const char *unit, char buffer[NUMBER_TEXT])
{
    static const char *const prefixes[] = {"f", "p", "n", "\u00b5", "m", "", "k", "M", "G", "T"};
    enum { NONE = 5, N = sizeof prefixes / sizeof *prefixes };
    int at = value == 0 ? 0 : (int)floor(log10(fabs(value)) / 3 + 1e-12);
    if (value != 0 && fabs(value) * pow(1000, -at) >= 999.5)
        at++;
    at = at < -NONE ? -NONE : at > N - 1 - NONE ? N - 1 - NONE : at;
    snprintf(buffer, NUMBER_TEXT, "%.3g %s%s", value * pow(1000, -at), prefixes[at + NONE], unit);
    return buffer;
}

static const char *real_text_of(double value, const char *unit, char buffer[NUMBER_TEXT])
{
    snprintf(buffer, NUMBER_TEXT, "%.4g %s", value, unit);
    return buffer;
}

static const char *seconds_text(double value, char buffer[NUMBER_TEXT])
{
    if (value < 120)
        return si_text(value, "s", buffer);
    const double minutes = floor(value / 60);
    if (value > 1e10)
        return real_text_of(value, "s", buffer);
    if (minutes < 120)
        snprintf(buffer, NUMBER_TEXT, "%.0f min %.0f s", minutes, floor(value - 60 * minutes));
    else
        snprintf(buffer, NUMBER_TEXT, "%.0f h %.0f min", floor(minutes / 60), fmod(minutes, 60));
    return buffer;
}

static const char *bytes_text(double value, char buffer[NUMBER_TEXT])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    char digits[NUMBER_TEXT];
    int at = 0;
    if (value < 10240) {
        snprintf(buffer, NUMBER_TEXT, "%s B", real_text(value, digits));
        return buffer;
    }
    for (; value >= 1000 && at < 4; at++)
        value /= 1024;
    snprintf(buffer, NUMBER_TEXT, "%.3g %s", value, units[at]);
    return buffer;
}

static const char *count_text(double value, char buffer[NUMBER_TEXT])
{
    if (value < 0 || value != floor(value) || value > 9e15)
        return real_text(value, buffer);
    return number_count((uint64_t)value, buffer);
}

const char *number_text(double value, number_form form, char buffer[NUMBER_TEXT])
{
    if (!isfinite(value))
        return strcpy(buffer, isnan(value) ? "not known" : "unbounded");
    switch (form) {
    case NUMBER_COUNT:
        return count_text(value, buffer);
    case NUMBER_PLAIN:
        snprintf(buffer, NUMBER_TEXT, "%.15g", value);
        return buffer;
    case NUMBER_SHARE:
        snprintf(buffer, NUMBER_TEXT, "%.3g %%", 100 * value);
        return buffer;
    case NUMBER_SECONDS:
        return seconds_text(value, buffer);
    case NUMBER_PICOSECONDS:
        return seconds_text(value * 1e-12, buffer);
    case NUMBER_JOULES:
        return si_text(value, "J", buffer);
    case NUMBER_BYTES:
        return bytes_text(value, buffer);
    case NUMBER_RATE:
        si_text(value, "/s", buffer);
        return buffer;
    case NUMBER_HERTZ:
        return si_text(value, "Hz", buffer);
    default:
        return real_text(value, buffer);
    }
}

const char *number_axis(double value, number_form form, char buffer[NUMBER_TEXT])
{
    if (form != NUMBER_COUNT && form != NUMBER_REAL)
        return number_text(value, form, buffer);
    static const struct {
        double from;
        const char *suffix;
    } scales[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e5, "k"}};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (fabs(value) >= scales[i].from) {
            const double unit = scales[i].from == 1e5 ? 1e3 : scales[i].from;
            snprintf(buffer, NUMBER_TEXT, "%.6g%s", value / unit, scales[i].suffix);
            return buffer;
        }
    return real_text(value, buffer);
}

double number_step_of(number_form form, double least, double greatest)
{
    double unit = 1;
    while (form == NUMBER_BYTES && greatest >= 1000 * unit && greatest >= 10240)
        unit *= 1024;
    return number_step(least / unit) * unit;
}

double number_step(double least)
{
    static const double steps[] = {1, 2, 2.5, 5, 10};
    least = fmin(fmax(least, 1e-290), 1e290); /* files may say anything */
    const double power = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * power >= least * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}
