/* The tables of placode maxcut: solutions, statistics, time to quality; and solutions as CSV. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "cli/maxcut.h"

#include <stdio.h>
#include <string.h>

/* A number of at most 9 characters; "-" where it is not known. */
static void format_number(const json_t *value, char buffer[24])
{
    if (json_is_number(value))
        snprintf(buffer, 24, "%.3g", json_number_value(value));
    else
        snprintf(buffer, 24, "-");
}

/* "0.3 (0.2..0.5)", with "> 0.2" and the like where there is no other end. */
static void format_interval(const json_t *value, const json_t *interval, char buffer[96])
{
    char middle[24], low[24], high[24];
    format_number(value, middle);
    format_number(json_array_get(interval, 0), low);
    format_number(json_array_get(interval, 1), high);
    if (!json_is_number(json_array_get(interval, 0)))
        snprintf(buffer, 96, "%s", middle);
    else if (!json_is_number(json_array_get(interval, 1)))
        snprintf(buffer, 96, "%s (> %s)", middle, low);
    else
        snprintf(buffer, 96, "%s (%s..%s)", middle, low, high);
}

static const char *name_target(const char *from)
{
    return !strcmp(from, "best_known") ? "best known"
           : !strcmp(from, "target")   ? "target"
                                       : "best cut seen";
}

static void print_statistics(const json_t *statistics)
{
    char p[96], repeats[96];
    format_interval(json_object_get(statistics, "p"), json_object_get(statistics, "p_interval"), p);
    format_interval(json_object_get(statistics, "repeats_99"),
                    json_object_get(statistics, "repeats_99_interval"), repeats);
    printf("\n%lld of %lld runs reached %lld (%s)\n",
           (long long)json_integer_value(json_object_get(statistics, "reached")),
           (long long)json_integer_value(json_object_get(statistics, "runs")),
           (long long)json_integer_value(json_object_get(statistics, "target")),
           name_target(json_string_value(json_object_get(statistics, "target_from"))));
    printf("p %s, runs for 99 %%: %s\n", p, repeats);
    printf("%-8s %8s  %-29s  %s\n", "95 %", "run", "TTS99", "to target");
    for (int unit = 0; unit < N_UNITS; unit++) {
        const json_t *in = json_object_get(statistics, maxcut_unit_keys[unit]);
        char run[24], tts[96], to_target[96];
        if (!json_is_object(in))
            continue;
        format_number(json_object_get(in, "run"), run);
        format_interval(json_object_get(in, "tts99"), json_object_get(in, "tts99_interval"), tts);
        format_interval(json_object_get(in, "to_target"), json_object_get(in, "to_target_interval"),
                        to_target);
        printf("%-8s %8s  %-29s  %s\n", maxcut_unit_labels[unit], run, tts, to_target);
    }
}

static void print_to_quality(const json_t *list)
{
    size_t i;
    json_t *at;
    printf("\n%-8s %9s %9s", "quality", "cut", "reached");
    for (int unit = 0; unit < N_UNITS; unit++)
        printf(" %9s", maxcut_unit_labels[unit]);
    putchar('\n');
    json_array_foreach(list, i, at)
    {
        char cut[24] = "-";
        if (json_is_integer(json_object_get(at, "cut")))
            snprintf(cut, sizeof cut, "%lld",
                     (long long)json_integer_value(json_object_get(at, "cut")));
        printf("%5.1f %%  %9s %9lld", 100 * json_real_value(json_object_get(at, "quality")), cut,
               (long long)json_integer_value(json_object_get(at, "reached")));
        for (int unit = 0; unit < N_UNITS; unit++) {
            char number[24];
            format_number(json_object_get(at, maxcut_unit_keys[unit]), number);
            printf(" %9s", number);
        }
        putchar('\n');
    }
}

static void print_top(const json_t *list)
{
    size_t i;
    json_t *at;
    printf("\n%-8s %9s %9s %9s\n", "solution", "cut", "count", "run");
    json_array_foreach(list, i, at)
        printf("%-8zu %9lld %9lld %9lld\n", i + 1,
               (long long)json_integer_value(json_object_get(at, "cut")),
               (long long)json_integer_value(json_object_get(at, "count")),
               (long long)json_integer_value(json_object_get(at, "run")));
}

int maxcut_print_tables(const json_t *report)
{
    if (json_is_object(json_object_get(report, "statistics")))
        print_statistics(json_object_get(report, "statistics"));
    if (json_object_get(report, "to_quality"))
        print_to_quality(json_object_get(report, "to_quality"));
    if (json_object_get(report, "top"))
        print_top(json_object_get(report, "top"));
    return finish_stdout();
}

plc_status maxcut_write_top(const maxcut_options *options, const maxcut_result *result,
                            plc_error *error)
{
    plc_text text = {0};
    plc_text_add(&text, "cut,count,run,sides\n");
    for (size_t i = 0; i < result->top.n; i++) {
        const plc_solution *s = &result->top.list[i];
        plc_text_add(&text, "%lld,%llu,%llu,", (long long)s->cut, (unsigned long long)s->count,
                     (unsigned long long)s->run);
        for (uint32_t v = 0; v < result->top.n_vertices; v++)
            plc_text_add(&text, "%c", s->sides[v] ? '1' : '0');
        plc_text_add(&text, "\n");
    }
    plc_status status = text.failed ? plc_fail_memory(error, "solutions")
                                    : plc_file_write(options->top_out, text.data, text.n, error);
    plc_text_finish(&text);
    return status;
}
