/* Several runs side by side, and lists that belong to no other section. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

static bool is_run(const report_input *input)
{
    return input->json && report_text(input->json, "digest") &&
           !isnan(report_number(input->json, "spikes")) &&
           !isnan(report_number(input->json, "ticks"));
}

/* The class of equal digests that an input's is in, numbered from 0 in the order of the inputs. */
static size_t digest_class(const report *self, const report_input *input, size_t *ret_size)
{
    size_t number = 0;
    *ret_size = 0;
    for (size_t i = 0; i < self->n; i++) {
        const report_input *other = &self->inputs[i];
        bool is_first = is_run(other);
        for (size_t k = 0; is_first && k < i; k++)
            is_first =
                !is_run(&self->inputs[k]) || strcmp(report_text(self->inputs[k].json, "digest"),
                                                    report_text(other->json, "digest")) != 0;
        if (is_run(other) &&
            !strcmp(report_text(other->json, "digest"), report_text(input->json, "digest")))
            ++*ret_size;
        else if (is_first && other < input)
            number++;
    }
    return number;
}

static void tell_run(const report *self, const report_input *input, report_page *page)
{
    static const char *const keys[] = {
        "ticks",           "spikes",   "synaptic_events", "modelled_seconds",
        "deadline_misses", "energy_j", "seconds"};
    size_t size;
    const size_t number = digest_class(self, input, &size);
    page_row(page);
    page_cell_name(page, input->name);
    page_cell(page, "placode %s", report_input_what(input));
    page_add(page, "<td><code>");
    page_name(page, report_text(input->json, "digest"));
    page_add(page, "</code></td>");
    if (size > 1)
        page_cell(page, "<span class=\"right\">%c, as %zu other%s</span>", (int)('A' + number % 26),
                  size - 1, size > 2 ? "s" : "");
    else
        page_cell(page, "%c", (int)('A' + number % 26));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        page_cell_number(page, report_number(input->json, keys[i]), report_find_key(keys[i])->form);
    page_row_end(page);
}

/* Drawn once, with the first run. */
plc_status report_draw_runs(report *self, const report_input *input, plc_error *error)
{
    static const char *const heads[] = {"file",
                                        "command",
                                        "digest",
                                        "same spikes",
                                        "#ticks",
                                        "#spikes",
                                        "#synaptic events",
                                        "#time on the chip",
                                        "#deadline misses",
                                        "#energy",
                                        "#wall time",
                                        NULL};
    size_t n = 0;
    (void)error;
    if (!is_run(input))
        return PLC_OK;
    for (size_t i = 0; i < self->n; i++) {
        if (is_run(&self->inputs[i]) && n == 0 && &self->inputs[i] != input)
            return PLC_OK;
        n += is_run(&self->inputs[i]);
    }
    if (n < 2)
        return PLC_OK;
    page_turn_to(&self->page, self->page.section, NULL);
    page_begin(&self->page);
    page_table(&self->page, "Runs", n, heads);
    for (size_t i = 0, shown = 0; i < self->n && shown < PAGE_ROWS_MAX; i++)
        if (is_run(&self->inputs[i])) {
            tell_run(self, &self->inputs[i], &self->page);
            shown++;
        }
    page_table_end(&self->page, n, "runs");
    return PLC_OK;
}

plc_status report_draw_lists(report *self, const report_input *input, plc_error *error)
{
    (void)error;
    if (!input->json)
        return PLC_OK;
    report_tell_list(&self->page, "Passes of the mapping", report_list(input->json, "passes"),
                     "passes");
    report_tell_list(&self->page, "Chips", report_list(input->json, "chips"), "chips");
    report_tell_list(&self->page, "Graphs", report_list(input->json, "graphs"), "graphs");
    return PLC_OK;
}
