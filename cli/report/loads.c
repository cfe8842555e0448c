/* How full cores and routers are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"
#include "mapper/fill.h"

#include <math.h>
#include <stdio.h>

enum { FULLEST = 5 };

/* What a resource is called. */
typedef struct resource_name {
    const char *title;  /* of its histogram */
    const char *column; /* of its table, as a head */
    const char *key;    /* in the JSON of placode map */
    number_form form;
} resource_name;

static const resource_name resources[PLC_N_RESOURCES] = {
    [PLC_RESOURCE_NEURONS] = {"Neurons of a core", "#neurons", "neurons_per_core", NUMBER_COUNT},
    [PLC_RESOURCE_SYNAPSE_MEMORY] = {"Synaptic memory of a core", "#memory",
                                     "synapse_memory_per_core", NUMBER_BYTES},
    [PLC_RESOURCE_KEY_ENTRIES] = {"Key-to-row entries of a core", "#entries",
                                  "key_entries_per_core", NUMBER_COUNT},
    [PLC_RESOURCE_AXONS_IN] = {"Axons into a core", "#axons", "axons_in_per_core", NUMBER_COUNT},
    [PLC_RESOURCE_ROUTER_ENTRIES] = {"Entries of a routing table", "#entries", "router_entries",
                                     NUMBER_COUNT},
};

/* What is used of one resource, by place. */
typedef struct usage {
    double value;
    uint32_t x, y;
    int64_t core; /* negative: a router */
} usage;

/* Fullest first, then by place. */
static int compare_usage(const void *a, const void *b)
{
    const usage *p = a, *q = b;
    if (p->value != q->value)
        return p->value > q->value ? -1 : 1;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->core > q->core) - (p->core < q->core);
}

/* The histogram of n usages, which are sorted by it. */
static plc_status draw_histogram(report_page *page, const resource_name *name, usage *used,
                                 size_t n, double limit, plc_error *error)
{
    double *values = plc_array(n, sizeof *values), sum = 0;
    char mean[NUMBER_TEXT], full[NUMBER_TEXT], note[256];
    if (!values)
        return plc_fail_memory(error, "a report");
    for (size_t i = 0; i < n; i++)
        sum += values[i] = used[i].value;
    qsort(used, n, sizeof *used, compare_usage);
    snprintf(
        note, sizeof note, "mean %s; fullest %s%s",
        number_text(sum / (double)n, name->form == NUMBER_BYTES ? NUMBER_BYTES : NUMBER_REAL, mean),
        number_text(used[0].value, name->form, full), isnan(limit) ? ", without a limit" : "");
    if (limit > 0) {
        char of[NUMBER_TEXT], share[NUMBER_TEXT];
        snprintf(note, sizeof note, "mean %s; fullest %s of %s (%s)",
                 number_text(sum / (double)n,
                             name->form == NUMBER_BYTES ? NUMBER_BYTES : NUMBER_REAL, mean),
                 full, number_text(limit, name->form, of),
                 number_text(used[0].value / limit, NUMBER_SHARE, share));
    }
    chart_draw_histogram(page, &(chart_histogram){.title = name->title,
                                                  .things = used[0].core < 0 ? "routers" : "cores",
                                                  .form = name->form,
                                                  .values = values,
                                                  .n = n,
                                                  .mark = limit,
                                                  .mark_text = "limit",
                                                  .note = note});
    free(values);
    return PLC_OK;
}

/* The fullest few of sorted usages. */
static void tell_fullest(report_page *page, const char *caption, const resource_name *name,
                         const usage *used, size_t n, double limit)
{
    const char *const columns[] = {"where", name->column, "#of the limit", "", NULL};
    page_table(page, caption, n < FULLEST ? n : FULLEST, columns);
    for (size_t i = 0; i < n && i < FULLEST; i++) {
        page_row(page);
        page_cell_place(page, used[i].x, used[i].y, used[i].core);
        page_cell_number(page, used[i].value, name->form);
        if (limit > 0)
            page_cell_number(page, used[i].value / limit, NUMBER_SHARE);
        else
            page_cell(page, "no limit");
        page_cell_bar(page, 0, used[i].value / (limit > 0 ? limit : fmax(used[0].value, 1)));
        page_row_end(page);
    }
    page_table_end(page, n < FULLEST ? n : FULLEST, "places");
}

static double limit_of(const plc_chip *chip, plc_resource resource)
{
    const uint64_t limit = plc_chip_limit(chip, plc_fill_quantity(resource));
    return limit == UINT64_MAX ? (double)NAN : (double)limit;
}

/* Where the usages of a resource come from. */
typedef struct source {
    const plc_layout *layout; /* NULL: from `rows` */
    const json_t *rows;       /* [x, y, core, neurons, bytes, key entries, axons in] of each core */
    const json_t *fill;       /* limits */
} source;

static size_t n_cores(const source *from)
{
    return from->layout ? from->layout->n_cores : json_array_size(from->rows);
}

static usage core_usage(const source *from, size_t core, plc_resource resource)
{
    if (from->layout) {
        const plc_layout_core *c = &from->layout->cores[core];
        const uint32_t width = from->layout->chip->width;
        return (usage){(double)plc_fill_core(from->layout, (uint32_t)core, resource),
                       c->router % width, c->router / width, c->core};
    }
    const json_t *row = json_array_get(from->rows, core);
    return (usage){
        fmax(0, json_number_value(json_array_get(row, 3 + (size_t)resource))),
        (uint32_t)json_integer_value(json_array_get(row, 0)),
        (uint32_t)json_integer_value(json_array_get(row, 1)),
        json_integer_value(json_array_get(row, 2)) & INT32_MAX,
    };
}

double report_fill_limit(const json_t *fill, plc_resource resource)
{
    size_t i;
    json_t *row;
    json_array_foreach(fill, i, row)
    {
        const char *key = report_text(row, "resource");
        if (key && !strcmp(key, resources[resource].key))
            return report_number(row, "limit");
    }
    return (double)NAN;
}

static double source_limit(const source *from, plc_resource resource)
{
    return from->layout ? limit_of(from->layout->chip, resource)
                        : report_fill_limit(from->fill, resource);
}

static plc_status draw_cores(report_page *page, const source *from, plc_error *error)
{
    const size_t n = n_cores(from);
    usage *used = plc_array(n, sizeof *used);
    if (!used)
        return plc_fail_memory(error, "a report");
    plc_status status = PLC_OK;
    page_add(page, "<div class=\"charts\">\n");
    for (unsigned k = 0; status == PLC_OK && k < PLC_RESOURCE_ROUTER_ENTRIES; k++) {
        for (size_t c = 0; c < n; c++)
            used[c] = core_usage(from, c, (plc_resource)k);
        status = draw_histogram(page, &resources[k], used, n, source_limit(from, (plc_resource)k),
                                error);
    }
    page_add(page, "</div>\n<div class=\"pair\">\n");
    for (unsigned k = 0; status == PLC_OK && k <= PLC_RESOURCE_SYNAPSE_MEMORY; k++) {
        for (size_t c = 0; c < n; c++)
            used[c] = core_usage(from, c, (plc_resource)k);
        qsort(used, n, sizeof *used, compare_usage);
        tell_fullest(page,
                     k == PLC_RESOURCE_NEURONS ? "Cores with the most neurons"
                                               : "Cores with the most synaptic memory",
                     &resources[k], used, n, source_limit(from, (plc_resource)k));
    }
    page_add(page, "</div>\n");
    free(used);
    return status;
}

bool report_is_told_by_layout(const report *self, const report_input *input)
{
    const char *digest = report_text(input->json, "digest");
    for (size_t i = 0; digest && i < self->n; i++) {
        char text[24];
        if (self->inputs[i].kind != REPORT_LAYOUT)
            continue;
        snprintf(text, sizeof text, "0x%016llx",
                 (unsigned long long)plc_layout_digest(self->inputs[i].layout));
        if (!strcmp(text, digest))
            return true;
    }
    return false;
}

plc_status report_draw_loads(report *self, const report_input *input, plc_error *error)
{
    source from = {.layout = input->layout};
    if (report_is_result(input, "map") && !report_is_told_by_layout(self, input)) {
        from.rows = report_list(input->json, "core_fill");
        from.fill = report_list(input->json, "fill");
    }
    if (n_cores(&from) == 0) {
        report_tell_list(&self->page, "How full", from.fill, "resources");
        return PLC_OK;
    }
    page_begin(&self->page);
    return draw_cores(&self->page, &from, error);
}

/* ---- routing tables ---- */

static plc_status draw_routers(report_page *page, const plc_layout *layout, plc_error *error)
{
    const plc_chip *chip = layout->chip;
    const size_t n_routers = (size_t)chip->width * chip->height;
    const double limit = limit_of(chip, PLC_RESOURCE_ROUTER_ENTRIES);
    usage *used = plc_array(n_routers, sizeof *used);
    size_t n = 0, idle = 0;
    char text[NUMBER_TEXT];
    if (!used)
        return plc_fail_memory(error, "a report");
    for (uint32_t r = 0; r < n_routers; r++) {
        const uint32_t entries = layout->route_offsets[r + 1] - layout->route_offsets[r];
        if (entries)
            used[n++] = (usage){entries, r % chip->width, r / chip->width, -1};
        else
            idle += chip->alive[r];
    }
    plc_status status = PLC_OK;
    if (n) {
        page_add(page, "<div class=\"pair\">\n");
        status =
            draw_histogram(page, &resources[PLC_RESOURCE_ROUTER_ENTRIES], used, n, limit, error);
        page_add(page, "<div>\n");
        tell_fullest(page, "Fullest routing tables", &resources[PLC_RESOURCE_ROUTER_ENTRIES], used,
                     n, limit);
        page_add(page, "</div></div>\n");
    }
    page_note(page, "%s routers have no entries.", number_count(idle, text));
    free(used);
    return status;
}

/* Of placode tables: before and after. */
static plc_status draw_minimised(report_page *page, const json_t *sizes, plc_error *error)
{
    static const char *const titles[] = {"Entries of a table before", "Entries of a table after"};
    static const char *const heads[] = {"router", "#before", "#after", "#left", "", NULL};
    const size_t n = json_array_size(sizes);
    double *values = plc_array(n, sizeof *values);
    if (!values)
        return plc_fail_memory(error, "a report");
    page_begin(page);
    page_add(page, "<div class=\"charts\">\n");
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++)
            values[i] = json_number_value(json_array_get(json_array_get(sizes, i), k + 2));
        chart_draw_histogram(page, &(chart_histogram){.title = titles[k],
                                                      .things = "tables",
                                                      .values = values,
                                                      .n = n,
                                                      .mark = (double)NAN});
    }
    page_add(page, "</div>\n");
    page_table(page, "Routing tables", n, heads);
    for (size_t i = 0; i < n && i < PAGE_ROWS_MAX; i++) {
        const json_t *row = json_array_get(sizes, i);
        const double before = json_number_value(json_array_get(row, 2));
        const double after = json_number_value(json_array_get(row, 3));
        page_row(page);
        page_cell_place(page, (uint32_t)json_integer_value(json_array_get(row, 0)),
                        (uint32_t)json_integer_value(json_array_get(row, 1)), -1);
        page_cell_number(page, before, NUMBER_COUNT);
        page_cell_number(page, after, NUMBER_COUNT);
        page_cell_number(page, before > 0 ? after / before : 0, NUMBER_SHARE);
        page_cell_bar(page, 0, before > 0 ? after / before : 0);
        page_row_end(page);
    }
    page_table_end(page, n, "tables");
    free(values);
    return PLC_OK;
}

plc_status report_draw_tables(report *self, const report_input *input, plc_error *error)
{
    if (report_is_result(input, "tables") && report_list(input->json, "sizes"))
        return draw_minimised(&self->page, report_list(input->json, "sizes"), error);
    if (!input->layout)
        return PLC_OK;
    page_begin(&self->page);
    return draw_routers(&self->page, input->layout, error);
}
