/* What was proved or compared, and how it ended. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE = 256 };

static const char *count_of(const json_t *json, const char *key, char text[NUMBER_TEXT])
{
    return number_text(report_number(json, key), NUMBER_COUNT, text);
}

static void tell_verify(report_page *page, const json_t *json)
{
    const json_t *violations = report_list(json, "violations");
    const double all = report_number(json, "n_violations");
    char text[SENTENCE], n[NUMBER_TEXT];
    page_begin(page);
    if (json_is_true(json_object_get(json, "ok"))) {
        page_verdict(page, true, "The layout is its network and keeps every limit of its chip.");
        return;
    }
    snprintf(text, sizeof text, "The layout is not its network, or breaks a limit: %s violations.",
             number_text(isnan(all) ? (double)json_array_size(violations) : all, NUMBER_COUNT, n));
    page_verdict(page, false, text);
    page_add(page, "<ul>\n");
    for (size_t i = 0; i < json_array_size(violations) && i < PAGE_ROWS_MAX; i++) {
        page_add(page, "<li>");
        report_add_value(page, json_array_get(violations, i), NUMBER_COUNT);
        page_add(page, "</li>\n");
    }
    page_add(page, "</ul>\n");
}

/* The members of the first difference, whatever they are. */
static void tell_difference(report_page *page, const json_t *first)
{
    const char *key;
    json_t *value;
    if (!json_is_object(first))
        return;
    page_facts(page);
    json_object_foreach((json_t *)(uintptr_t)first, key, value)
    {
        const report_key *row = report_find_key(key);
        if (json_is_array(value) && json_is_object(json_array_get(value, 0)))
            continue;
        page_fact(page, row ? row->label : key, row ? row->help : "");
        report_add_value(page, value, row ? row->form : NUMBER_PLAIN);
        page_fact_end(page);
    }
    page_facts_end(page);
    report_tell_list(page, "What came in before", report_list(first, "stimuli"), "spikes");
}

static void tell_cosim(report_page *page, const json_t *json)
{
    const double mismatches = report_number(json, "mismatches");
    const double assertions = report_number(json, "assertions");
    char text[SENTENCE], a[NUMBER_TEXT], b[NUMBER_TEXT];
    page_begin(page);
    if (mismatches > 0 || assertions > 0)
        snprintf(text, sizeof text,
                 "The two sides part; %s assertions failed. The first difference:",
                 count_of(json, "assertions", a));
    else
        snprintf(text, sizeof text, "No difference in %s comparisons over %s ticks.",
                 count_of(json, "compared", a), count_of(json, "ticks", b));
    page_verdict(page, !(mismatches > 0 || assertions > 0), text);
    tell_difference(page, json_object_get(json, "first_mismatch"));
}

static void tell_diff(report_page *page, const json_t *json)
{
    const bool same = json_is_true(json_object_get(json, "same"));
    page_begin(page);
    page_verdict(page, same,
                 same ? "The two files hold the same spikes."
                      : "The two files differ; first here:");
    tell_difference(page, json_object_get(json, "first_difference"));
}

static void tell_cam(report_page *page, const json_t *json)
{
    const double n = report_number(json, "operations"), right = report_number(json, "correct");
    char text[SENTENCE], a[NUMBER_TEXT], b[NUMBER_TEXT];
    page_begin(page);
    snprintf(text, sizeof text, "%s of %s operations gave what was expected.",
             number_text(right, NUMBER_COUNT, a), number_text(n, NUMBER_COUNT, b));
    page_verdict(page, right >= n, text);
}

static void tell_ftl(report_page *page, const json_t *json)
{
    const json_t *equivalent = json_object_get(json, "equivalent");
    const double mismatches = report_number(json, "mismatches");
    char text[SENTENCE], a[NUMBER_TEXT], b[NUMBER_TEXT];
    if (json_is_boolean(equivalent)) {
        page_begin(page);
        page_verdict(page, json_is_true(equivalent),
                     json_is_true(equivalent) ? "The cells are proved equivalent to the netlist."
                                              : "The cells are not proved to be the netlist.");
    }
    if (isnan(mismatches))
        return;
    page_begin(page);
    snprintf(text, sizeof text, "%s mismatches in %s vectors run on the chip.",
             number_text(mismatches, NUMBER_COUNT, a), count_of(json, "vectors_run", b));
    page_verdict(page, mismatches <= 0, text);
}

static void tell_bound(report_page *page, const json_t *json)
{
    const double cut = report_number(json, "cut"), bound = report_number(json, "bound");
    char text[SENTENCE], a[NUMBER_TEXT], b[NUMBER_TEXT];
    if (isnan(cut) || isnan(bound))
        return;
    page_begin(page);
    if (cut >= bound)
        snprintf(text, sizeof text, "The cut of %s is proved to be the largest.",
                 number_text(cut, NUMBER_COUNT, a));
    else
        snprintf(text, sizeof text, "No cut is larger than %s, %s above the best one found.",
                 number_text(bound, NUMBER_COUNT, a),
                 number_text((bound - cut) / fmax(cut, 1), NUMBER_SHARE, b));
    page_verdict(page, true, text);
}

plc_status report_draw_checks(report *self, const report_input *input, plc_error *error)
{
    static const struct {
        const char *command;
        void (*tell)(report_page *page, const json_t *json);
    } checks[] = {{"verify", tell_verify}, {"cosim", tell_cosim}, {"diff", tell_diff},
                  {"cam", tell_cam},       {"ftl", tell_ftl},     {"maxcut", tell_bound}};
    (void)error;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (report_is_result(input, checks[i].command))
            checks[i].tell(&self->page, input->json);
    return PLC_OK;
}
