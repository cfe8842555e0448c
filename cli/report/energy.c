/* Energy: its terms, their sources, and what is not known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

/* A term of the energy in words. */
static const char *term_text(const char *key)
{
    static const char *const terms[][2] = {
        {"neuron_update", "neuron updates"},     {"synaptic_event", "synaptic events"},
        {"plastic_event", "plasticity"},         {"packet_link", "packets on links"},
        {"packet_router", "packets in routers"}, {"idle_power", "idle power"}};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (!strcmp(terms[i][0], key))
            return terms[i][1];
    return key;
}

static void tell_terms(report_page *page, const json_t *energy, const json_t *sources, double total)
{
    static const char *const heads[] = {"of", "#energy", "#share", "", "figure from", NULL};
    json_t *terms = (json_t *)(uintptr_t)energy;
    page_table(page, "Terms of the energy", json_object_size(energy), heads);
    for (void *at = json_object_iter(terms); at; at = json_object_iter_next(terms, at)) {
        const char *key = json_object_iter_key(at), *source = report_text(sources, key);
        const double joules = report_number(energy, key);
        page_row(page);
        page_cell_name(page, term_text(key));
        if (isnan(joules))
            page_add(page, "<td class=\"n\">not known</td>");
        else
            page_cell_number(page, joules, NUMBER_JOULES);
        page_cell_number(page, total > 0 ? joules / total : (double)NAN, NUMBER_SHARE);
        page_cell_bar(page, 0, total > 0 && !isnan(joules) ? joules / total : 0);
        page_cell_name(page, source ? source : "");
        page_row_end(page);
    }
    page_add(page, "<tr class=\"sum\">");
    page_cell(page, "all known terms");
    page_cell_number(page, total, NUMBER_JOULES);
    page_add(page, "<td colspan=\"3\"></td></tr>\n");
    page_table_end(page, json_object_size(energy), "terms");
}

/* The figures that papers compare. */
static void tell_figures(report_page *page, const json_t *json, double total)
{
    static const struct {
        const char *key, *label;
    } each[] = {{"spikes", "a spike"},
                {"synaptic_events", "a synaptic event"},
                {"ticks", "a tick"},
                {"operations", "an operation"}};
    const double seconds = report_number(json, "modelled_seconds");
    char text[NUMBER_TEXT];
    page_facts(page);
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        const double n = report_number(json, each[i].key);
        if (!(n > 0))
            continue;
        page_fact(page, each[i].label, "all energy over their number");
        page_add(page, "%s", number_text(total / n, NUMBER_JOULES, text));
        page_fact_end(page);
    }
    if (seconds > 0) {
        page_fact(page, "mean power", "energy over time on the chip");
        page_add(page, "%.3g W", total / seconds);
        page_fact_end(page);
    }
    page_facts_end(page);
}

static void tell_unknown(report_page *page, const json_t *list)
{
    const size_t n = json_array_size(list);
    if (n == 0)
        return;
    page_add(page, "<p class=\"note\">Not known of this chip, and so counted as nothing: ");
    for (size_t i = 0; i < n; i++) {
        const char *key = json_string_value(json_array_get(list, i));
        page_add(page, "%s", i ? ", " : "");
        page_name(page, key ? key : "?");
    }
    page_add(page, ".</p>\n");
}

plc_status report_draw_energy(report *self, const report_input *input, plc_error *error)
{
    report_page *page = &self->page;
    (void)error;
    if (!input->json || !json_object_get(input->json, "energy_j"))
        return PLC_OK;
    const json_t *energy = json_object_get(input->json, "energy");
    const double total = report_number(input->json, "energy_j");
    page_begin(page);
    if (isnan(total))
        page_note(page, "Not known: the engine models no time, or no energies of the chip are "
                        "known.");
    if (json_is_object(energy) && json_object_size(energy))
        tell_terms(page, energy, json_object_get(input->json, "energy_sources"), total);
    if (!isnan(total))
        tell_figures(page, input->json, total);
    tell_unknown(page, report_list(input->json, "not_known"));
    return PLC_OK;
}
