/* What ran: the facts of each input, and the figures at the head of the page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

/* ---- a layout ---- */

static uint64_t count_neurons(const plc_layout *layout)
{
    uint64_t n = 0;
    for (uint32_t p = 0; p < layout->n_populations; p++)
        n += layout->populations[p].size;
    return n;
}

static void add_number(report_page *page, const char *label, const char *help, double value,
                       number_form form)
{
    char text[NUMBER_TEXT];
    page_fact(page, label, help);
    page_add(page, "%s", number_text(value, form, text));
    page_fact_end(page);
}

/* The same by its key, for what results tell too. */
static void add_known(report_page *page, const char *key, double value)
{
    const report_key *row = report_find_key(key);
    add_number(page, row->label, row->help, value, row->form);
}

static void tell_layout(report_page *page, const report_input *input)
{
    const plc_layout *layout = input->layout;
    const plc_map_report *measured = &input->measured;
    const double bound = measured->bound_hops;
    page_facts(page);
    page_fact(page, "chip", "");
    page_name(page, layout->chip->name);
    page_fact_end(page);
    page_fact(page, "digest", "of the layout: equal digests, equal layouts");
    page_add(page, "<code>0x%016llx</code>", (unsigned long long)plc_layout_digest(layout));
    page_fact_end(page);
    add_number(page, "populations", "", layout->n_populations, NUMBER_COUNT);
    add_known(page, "neurons", (double)count_neurons(layout));
    add_known(page, "synapses", (double)layout->n_words);
    add_number(page, "tick", "of model time", layout->tick_ms * 1e-3, NUMBER_SECONDS);
    add_number(page, "seed", "of the connections", (double)layout->seed, NUMBER_PLAIN);
    add_known(page, "cores", measured->cores);
    add_number(page, "cores of the chip", "that a network may use",
               (double)plc_chip_n_cores(layout->chip), NUMBER_COUNT);
    add_known(page, "chips", measured->chips);
    add_known(page, "multicast_hops", measured->multicast_hops);
    if (bound > 0) {
        add_known(page, "bound_hops", bound);
        add_known(page, "gap", measured->multicast_hops / bound - 1);
    }
    add_known(page, "copies", measured->copies);
    add_known(page, "core_copies", measured->core_copies);
    add_known(page, "max_link_load", measured->max_link_load);
    add_known(page, "table_entries", (double)measured->table_entries);
    add_known(page, "table_entries_max", measured->table_entries_max);
    add_known(page, "synapse_bytes", (double)measured->synapse_bytes);
    page_facts_end(page);
}

/* ---- results ---- */

/* Paths lose their folders, which differ from machine to machine. */
static void add_text(report_page *page, const char *key, const char *text)
{
    const bool is_path = !strcmp(key, "graph") || !strcmp(key, "cell") || !strcmp(key, "chip");
    const char *slash = is_path ? strrchr(text, '/') : NULL;
    const bool is_digest = !strcmp(key, "digest");
    page_add(page, "%s", is_digest ? "<code>" : "");
    page_name(page, slash && slash[1] ? slash + 1 : text);
    page_add(page, "%s", is_digest ? "</code>" : "");
}

/* Long texts are told elsewhere. */
static bool is_fact(const json_t *value)
{
    return !json_is_array(value) && !json_is_object(value) &&
           (!json_is_string(value) || json_string_length(value) <= 60);
}

static void tell_result(report_page *page, const report_input *input)
{
    const char *key;
    json_t *value;
    page_facts(page);
    json_object_foreach(input->json, key, value)
    {
        const report_key *row = report_find_key(key);
        if (!is_fact(value) || json_is_null(value))
            continue;
        page_fact(page, row ? row->label : key, row ? row->help : "");
        if (json_is_string(value))
            add_text(page, key, json_string_value(value));
        else
            report_add_value(page, value, row ? row->form : NUMBER_COUNT);
        page_fact_end(page);
    }
    page_facts_end(page);
}

/* ---- files of spikes and of time ---- */

static void tell_trace(report_page *page, const plc_trace *trace)
{
    page_facts(page);
    add_number(page, "spikes in the file", "", (double)trace->n, NUMBER_COUNT);
    add_number(page, "populations with spikes", "", trace->n_populations, NUMBER_COUNT);
    if (trace->n) {
        add_number(page, "first spike in tick", "", (double)trace->spikes[0].tick, NUMBER_COUNT);
        add_number(page, "last spike in tick", "", (double)trace->spikes[trace->n - 1].tick,
                   NUMBER_COUNT);
    }
    page_facts_end(page);
}

static void tell_ticks(report_page *page, const report_input *input)
{
    double sum = 0;
    for (size_t i = 0; i < input->n_ticks; i++)
        sum += input->ticks[i].seconds;
    page_facts(page);
    add_known(page, "ticks", (double)input->n_ticks);
    add_known(page, "modelled_seconds", sum);
    page_facts_end(page);
}

static void tell_curve(report_page *page, const report_input *input)
{
    uint64_t runs = 0;
    for (size_t i = 0; i < input->n_steps; i++)
        runs += i == 0 || input->steps[i].run != input->steps[i - 1].run;
    page_facts(page);
    add_known(page, "runs", (double)runs);
    add_number(page, "improvements", "", (double)input->n_steps, NUMBER_COUNT);
    page_facts_end(page);
}

plc_status report_draw_facts(report *self, const report_input *input, plc_error *error)
{
    report_page *page = &self->page;
    (void)error;
    page_turn_to(page, page->section, NULL); /* named together with what it is */
    page_begin(page);
    page_add(page, "<h3>");
    page_name(page, input->name);
    page_add(page, " <span>%s%s</span></h3>\n", input->kind == REPORT_RESULT ? "placode " : "",
             report_input_what(input));
    switch (input->kind) {
    case REPORT_LAYOUT:
        tell_layout(page, input);
        break;
    case REPORT_RESULT:
        tell_result(page, input);
        break;
    case REPORT_SPIKES:
        tell_trace(page, &input->trace);
        break;
    case REPORT_TIMING:
        tell_ticks(page, input);
        break;
    case REPORT_CURVE:
        tell_curve(page, input);
        break;
    }
    return PLC_OK;
}

/* ---- the head of the page ---- */

enum { FIGURES_MAX = 8 };

static void add_figure(report_page *page, double value, number_form form, const char *label)
{
    char text[NUMBER_TEXT];
    page_add(page, "<div><b>%s</b><span>%s</span></div>\n", number_text(value, form, text), label);
}

static double figure_of(const report_input *input, const char *key)
{
    if (input->kind != REPORT_LAYOUT)
        return !input->json || (!strcmp(key, "cut") && json_object_get(input->json, "problem"))
                   ? (double)NAN /* a problem's cut is that of the graph that it became */
                   : report_number(input->json, key);
    return !strcmp(key, "neurons")          ? (double)count_neurons(input->layout)
           : !strcmp(key, "synapses")       ? (double)input->layout->n_words
           : !strcmp(key, "cores")          ? input->measured.cores
           : !strcmp(key, "multicast_hops") ? input->measured.multicast_hops
                                            : (double)NAN;
}

/* What the inputs that know a figure agree on; NAN where they differ. */
static double find_figure(const report *self, const char *key)
{
    double found = (double)NAN;
    for (size_t i = 0; i < self->n; i++) {
        const double value = figure_of(&self->inputs[i], key);
        if (isnan(value))
            continue;
        if (!isnan(found) && value != found)
            return (double)NAN;
        found = value;
    }
    return found;
}

void report_add_summary(const report *self, report_page *page)
{
    static const char *const figures[] = {"neurons",
                                          "synapses",
                                          "value",
                                          "ratio",
                                          "cut",
                                          "operations",
                                          "correct",
                                          "cells",
                                          "depth",
                                          "cores",
                                          "multicast_hops",
                                          "ticks",
                                          "spikes",
                                          "energy_j",
                                          "length_ps",
                                          "deadline_misses",
                                          "modelled_seconds",
                                          "compared",
                                          "hops",
                                          "mismatches",
                                          "max_link_load",
                                          "table_entries",
                                          "seconds",
                                          NULL};
    unsigned n = 0;
    page_add(page, "<p class=\"lead\">");
    for (size_t i = 0; i < self->n; i++) {
        page_add(page, "%s", i ? ", " : "From ");
        page_name(page, self->inputs[i].name);
        page_add(page, " (%s%s)", self->inputs[i].kind == REPORT_RESULT ? "placode " : "",
                 report_input_what(&self->inputs[i]));
    }
    page_add(page, "</p>\n<div class=\"key\">\n");
    for (const char *const *key = figures; *key && n < FIGURES_MAX; key++) {
        const double value = find_figure(self, *key);
        const report_key *row = report_find_key(*key);
        if (isnan(value))
            continue;
        add_figure(page, value, row->form, row->label);
        n++;
    }
    page_add(page, "</div>\n");
}
