/* Spikes: a raster, how many there are over time, and how populations fire. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/raster.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>

enum { BINS_MAX = 400 };

/* How a population fires. */
typedef struct firing {
    uint64_t spikes, neurons_active;
    double variation; /* mean coefficient of variation of intervals, over n_varied neurons */
    uint64_t n_varied;
} firing;

/* What is known of the run besides its spikes. */
typedef struct run_facts {
    uint64_t ticks;
    double tick_ms;  /* NAN: not known */
    uint32_t *sizes; /* [n_populations] */
    raster_mark *marks;
    size_t n_marks;
} run_facts;

static void finish_facts(run_facts *facts)
{
    free(facts->sizes);
    free(facts->marks);
}

static const report_input *only(const report *self, bool is_wanted(const report_input *))
{
    const report_input *found = NULL;
    for (size_t i = 0; i < self->n; i++)
        if (is_wanted(&self->inputs[i])) {
            if (found)
                return NULL;
            found = &self->inputs[i];
        }
    return found;
}

static bool is_layout(const report_input *input)
{
    return input->kind == REPORT_LAYOUT;
}

/* A result of a run that says how long it was. */
static bool has_ticks(const report_input *input)
{
    return input->json && !isnan(report_number(input->json, "ticks")) &&
           !isnan(report_number(input->json, "spikes"));
}

static bool has_words(const report_input *input)
{
    return report_is_result(input, "cam");
}

/* Sizes of populations: those of the layout with their names, else what has spiked. */
static void find_sizes(const plc_trace *trace, const plc_layout *layout, run_facts *facts)
{
    for (size_t i = 0; i < trace->n; i++) {
        uint32_t *size = &facts->sizes[trace->spikes[i].population];
        if (trace->spikes[i].neuron >= *size)
            *size = trace->spikes[i].neuron + (trace->spikes[i].neuron != UINT32_MAX);
    }
    bool all = layout != NULL;
    for (uint32_t p = 0; layout && p < trace->n_populations; p++) {
        bool found = false;
        for (uint32_t q = 0; !found && q < layout->n_populations; q++)
            if (!strcmp(layout->populations[q].name, trace->populations[p]) &&
                layout->populations[q].size >= facts->sizes[p]) {
                facts->sizes[p] = layout->populations[q].size;
                found = true;
            }
        all = all && found;
    }
    facts->tick_ms = all ? layout->tick_ms : (double)NAN;
}

/* "learn 3", "cue 3", "bits 0 4". */
static void label(const json_t *word, char text[RASTER_LABEL])
{
    const char *kind = report_text(word, "operation");
    const json_t *cue = json_object_get(word, "cue"), *bits = report_list(word, "content");
    size_t n = 0;
    if (kind && json_is_integer(cue)) {
        snprintf(text, RASTER_LABEL, "%s %lld", !strcmp(kind, "learn") ? "learn" : "cue",
                 (long long)json_integer_value(cue));
        return;
    }
    n = (size_t)snprintf(text, RASTER_LABEL, bits ? "bits" : "recall");
    for (size_t i = 0; i < json_array_size(bits) && n + 12 < RASTER_LABEL; i++)
        n += (size_t)snprintf(text + n, RASTER_LABEL - n, " %d",
                              (int)(json_integer_value(json_array_get(bits, i)) & 0xffffff));
}

static int compare_marks(const void *a, const void *b)
{
    const raster_mark *p = a, *q = b;
    return (p->tick > q->tick) - (p->tick < q->tick);
}

static bool find_marks(const report_input *cam, run_facts *facts)
{
    const json_t *words = cam ? report_list(cam->json, "words") : NULL;
    const size_t n = json_array_size(words);
    if (n == 0)
        return true;
    facts->marks = plc_array(n, sizeof *facts->marks);
    if (!facts->marks)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *word = json_array_get(words, i);
        const json_int_t at = json_integer_value(json_object_get(word, "at"));
        facts->marks[i].tick = at > 0 ? (uint64_t)at : 0;
        facts->marks[i].wrong = json_is_false(json_object_get(word, "correct"));
        label(word, facts->marks[i].label);
    }
    facts->n_marks = n;
    qsort(facts->marks, n, sizeof *facts->marks, compare_marks);
    return true;
}

/* Whether the spikes of a file are all that a run had of their populations. */
static bool is_of_run(const plc_trace *trace, const json_t *json)
{
    const json_t *populations = report_list(json, "populations");
    double spikes = 0;
    for (size_t i = 0; i < json_array_size(populations); i++) {
        const json_t *one = json_array_get(populations, i);
        const char *name = report_text(one, "population");
        for (uint32_t p = 0; name && p < trace->n_populations; p++)
            if (!strcmp(trace->populations[p], name)) {
                spikes += report_number(one, "spikes");
                break;
            }
    }
    if (!populations)
        spikes = report_number(json, "spikes");
    return spikes == (double)trace->n;
}

static bool find_facts(const report *self, const plc_trace *trace, run_facts *facts)
{
    const report_input *layout = only(self, is_layout), *run = only(self, has_ticks);
    *facts = (run_facts){.sizes = plc_array(trace->n_populations, sizeof *facts->sizes)};
    if (!facts->sizes || !find_marks(only(self, has_words), facts))
        return false;
    find_sizes(trace, layout ? layout->layout : NULL, facts);
    facts->ticks = trace->n ? trace->spikes[trace->n - 1].tick + 1 : 1;
    const double ticks = run ? report_number(run->json, "ticks") : 0;
    if (ticks > (double)facts->ticks && ticks < 9e15 && is_of_run(trace, run->json))
        facts->ticks = (uint64_t)ticks;
    return true;
}

static plc_status draw_raster(report_page *page, const char *name, const plc_trace *trace,
                              const run_facts *facts, plc_error *error)
{
    plc_text svg = {0};
    const raster drawn = {.title = name,
                          .trace = trace,
                          .sizes = facts->sizes,
                          .ticks = facts->ticks,
                          .marks = facts->marks,
                          .n_marks = facts->n_marks};
    plc_status status = raster_draw(&drawn, &svg, error);
    if (status == PLC_OK)
        page_add(page, "<figure class=\"raster\" tabindex=\"0\">%s</figure>\n", svg.data);
    plc_text_finish(&svg);
    return status;
}

/* Spikes of all populations, a tick or a span of ticks at a time. */
static void draw_activity(report_page *page, const plc_trace *trace, const run_facts *facts)
{
    double x[BINS_MAX + 1], y[BINS_MAX + 1] = {0};
    const uint64_t span = (facts->ticks + BINS_MAX - 1) / BINS_MAX;
    const size_t n = (size_t)((facts->ticks + span - 1) / span);
    char text[NUMBER_TEXT], title[96];
    for (size_t i = 0; i < trace->n; i++)
        y[trace->spikes[i].tick / span] += 1;
    for (size_t i = 0; i < n; i++) {
        x[i] = (double)(i * span);
        y[i] /= (double)(i + 1 < n ? span : facts->ticks - i * span);
    }
    x[n] = (double)facts->ticks;
    y[n] = n ? y[n - 1] : 0;
    snprintf(title, sizeof title, "Spikes a tick%s%s%s", span > 1 ? ", mean of " : "",
             span > 1 ? number_count(span, text) : "", span > 1 ? " ticks" : "");
    const chart_line line = {x, y, n + 1, true, "k"};
    page_add(page, "<figure class=\"wide\"><h4>%s</h4>\n", title);
    chart_draw_lines(page, &(chart_lines){.title = title,
                                          .x_name = "tick",
                                          .x_form = NUMBER_COUNT,
                                          .y_form = NUMBER_COUNT,
                                          .lines = &line,
                                          .n_lines = 1,
                                          .from_zero = true});
    page_add(page, "</figure>\n");
}

static int compare_neurons(const void *a, const void *b)
{
    const plc_spike *p = a, *q = b;
    if (p->population != q->population)
        return p->population < q->population ? -1 : 1;
    if (p->neuron != q->neuron)
        return p->neuron < q->neuron ? -1 : 1;
    return (p->tick > q->tick) - (p->tick < q->tick);
}

/* One neuron's spikes, in order. */
static void add_neuron(const plc_spike *spikes, size_t n, firing *to)
{
    const double intervals = (double)(n - 1);
    double mean = (double)(spikes[n - 1].tick - spikes[0].tick) / intervals, squares = 0;
    to->spikes += n;
    to->neurons_active++;
    if (n < 3 || mean <= 0)
        return;
    for (size_t i = 1; i < n; i++) {
        const double off = (double)(spikes[i].tick - spikes[i - 1].tick) - mean;
        squares += off * off;
    }
    to->variation += sqrt(squares / intervals) / mean;
    to->n_varied++;
}

static plc_status measure_firing(const plc_trace *trace, firing *firings, plc_error *error)
{
    plc_spike *spikes = plc_array_copy(trace->spikes, trace->n, sizeof *spikes);
    if (!spikes)
        return plc_fail_memory(error, "a report");
    qsort(spikes, trace->n, sizeof *spikes, compare_neurons);
    for (size_t i = 0, begin; i < trace->n;) {
        for (begin = i; i < trace->n && spikes[i].population == spikes[begin].population &&
                        spikes[i].neuron == spikes[begin].neuron;)
            i++;
        add_neuron(spikes + begin, i - begin, &firings[spikes[begin].population]);
    }
    free(spikes);
    return PLC_OK;
}

static void tell_firing(report_page *page, const plc_trace *trace, const run_facts *facts,
                        const firing *firings)
{
    const bool timed = !isnan(facts->tick_ms);
    const char *const heads[] = {"population",
                                 "#neurons",
                                 "#spikes",
                                 "#neurons that spiked",
                                 timed ? "#mean rate" : "#spikes a neuron and 1,000 ticks",
                                 "#variation of intervals",
                                 NULL};
    page_table(page, "How populations fire", trace->n_populations, heads);
    for (uint32_t p = 0; p < trace->n_populations && p < PAGE_ROWS_MAX; p++) {
        const firing *f = &firings[p];
        const double each =
            (double)f->spikes / fmax(facts->sizes[p], 1) / (double)facts->ticks; /* a tick */
        page_row(page);
        page_cell_population(page, p, trace->populations[p]);
        page_cell_count(page, facts->sizes[p]);
        page_cell_count(page, f->spikes);
        page_cell_count(page, f->neurons_active);
        page_cell_number(page, timed ? each * 1e3 / facts->tick_ms : each * 1e3,
                         timed ? NUMBER_HERTZ : NUMBER_REAL);
        page_cell_number(page, f->n_varied ? f->variation / (double)f->n_varied : (double)NAN,
                         NUMBER_REAL);
        page_row_end(page);
    }
    page_table_end(page, trace->n_populations, "populations");
}

plc_status report_draw_spikes(report *self, const report_input *input, plc_error *error)
{
    const plc_trace *trace = &input->trace;
    run_facts facts;
    if (input->kind != REPORT_SPIKES)
        return PLC_OK;
    if (trace->n == 0) {
        page_begin(&self->page);
        page_note(&self->page, "The file holds no spikes.");
        return PLC_OK;
    }
    firing *firings = plc_array(trace->n_populations, sizeof *firings);
    const bool found = find_facts(self, trace, &facts);
    plc_status status = found && firings ? measure_firing(trace, firings, error)
                                         : plc_fail_memory(error, "a report");
    if (status == PLC_OK) {
        page_begin(&self->page);
        status = draw_raster(&self->page, input->name, trace, &facts, error);
    }
    if (status == PLC_OK) {
        draw_activity(&self->page, trace, &facts);
        tell_firing(&self->page, trace, &facts, firings);
    }
    finish_facts(&facts);
    free(firings);
    return status;
}
