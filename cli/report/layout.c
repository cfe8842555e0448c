/* What a layout is: its map, its links, where its neurons are, and the numbers of its chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/picture.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

enum { BUSIEST = 5 };

/* A page needs the gradients and patterns of its maps once. */
static void drop_definitions(plc_text *svg)
{
    static const char open[] = "<defs>", close[] = "</defs>";
    char *begin = strstr(svg->data, open), *end = strstr(svg->data, close);
    if (!begin || !end)
        return;
    end += strlen(close);
    memmove(begin, end, svg->n - (size_t)(end - svg->data) + 1);
    svg->n -= (size_t)(end - begin);
}

plc_status report_draw_map(report *self, const report_input *input, plc_error *error)
{
    plc_text svg = {0};
    plc_status status = PLC_OK;
    bool guessed = false;
    if (input->layout)
        status = picture_draw(input->layout, PICTURE_NETWORK, input->traffic, &svg, error);
    else if (report_is_result(input, "map") && !report_is_told_by_layout(self, input))
        status = report_draw_mapped(input->json, &svg, &guessed, error);
    if (status != PLC_OK || !svg.data)
        return status;
    page_begin(&self->page);
    if (self->n_maps++)
        drop_definitions(&svg);
    page_add(&self->page, "<figure class=\"map\" tabindex=\"0\">%s</figure>\n", svg.data);
    if (guessed)
        page_note(&self->page, "The chip of this file is not at hand: drawn is the smallest mesh "
                               "that has the cores in use. With the layout there is more to see.");
    plc_text_finish(&svg);
    return PLC_OK;
}

/* ---- links ---- */

typedef struct load {
    uint32_t link; /* router * PLC_N_LINKS + link */
    uint64_t packets;
} load;

static int compare_loads(const void *a, const void *b)
{
    const load *p = a, *q = b;
    if (p->packets != q->packets)
        return p->packets > q->packets ? -1 : 1;
    return (p->link > q->link) - (p->link < q->link);
}

static void tell_busiest(report_page *page, const plc_chip *chip, const load *loads, size_t n)
{
    static const char *const heads[] = {"from", "to", "#packets a tick", "", NULL};
    const size_t shown = n < BUSIEST ? n : BUSIEST;
    page_table(page, "Busiest links", shown, heads);
    for (size_t i = 0; i < shown; i++) {
        const uint32_t router = loads[i].link / PLC_N_LINKS;
        const int64_t to = plc_chip_neighbour(chip, router, loads[i].link % PLC_N_LINKS);
        page_row(page);
        page_cell_place(page, router % chip->width, router / chip->width, -1);
        page_cell_place(page, (uint32_t)to % chip->width, (uint32_t)to / chip->width, -1);
        page_cell_count(page, loads[i].packets);
        page_cell_bar(page, 0, (double)loads[i].packets / (double)loads[0].packets);
        page_row_end(page);
    }
    page_table_end(page, shown, "links");
}

/* Links with packets, busiest first; how many live ones there are. */
static size_t list_loads(const report_input *input, load *loads, size_t *ret_alive)
{
    const plc_chip *chip = input->layout->chip;
    size_t n = 0;
    *ret_alive = 0;
    for (uint32_t l = 0; l < chip->width * chip->height * PLC_N_LINKS; l++) {
        const uint32_t router = l / PLC_N_LINKS;
        if (!(chip->links >> (l % PLC_N_LINKS) & 1) || !chip->alive[router] ||
            plc_chip_neighbour(chip, router, l % PLC_N_LINKS) == PLC_NO_ROUTER)
            continue;
        ++*ret_alive;
        if (input->traffic[l])
            loads[n++] = (load){l, input->traffic[l]};
    }
    qsort(loads, n, sizeof *loads, compare_loads);
    return n;
}

static void draw_loads(report_page *page, const plc_chip *chip, const load *loads, double *values,
                       size_t n, size_t alive)
{
    char used[NUMBER_TEXT], all[NUMBER_TEXT], mean[NUMBER_TEXT], note[256];
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] = (double)loads[i].packets;
    snprintf(note, sizeof note, "%s of %s links are in use; mean of these %s packets a tick",
             number_count(n, used), number_count(alive, all),
             number_text(sum / (double)n, NUMBER_REAL, mean));
    page_add(page, "<div class=\"pair\">\n");
    chart_draw_histogram(page, &(chart_histogram){.title = "Packets a tick on a link in use",
                                                  .things = "links",
                                                  .values = values,
                                                  .n = n,
                                                  .mark = (double)NAN,
                                                  .note = note});
    page_add(page, "<div>\n");
    tell_busiest(page, chip, loads, n);
    page_add(page, "</div></div>\n");
}

plc_status report_draw_links(report *self, const report_input *input, plc_error *error)
{
    const plc_layout *layout = input->layout;
    size_t alive;
    if (!layout)
        return PLC_OK;
    const size_t n_links = (size_t)layout->chip->width * layout->chip->height * PLC_N_LINKS;
    load *loads = plc_array(n_links, sizeof *loads);
    double *values = plc_array(n_links, sizeof *values);
    const size_t n = loads && values ? list_loads(input, loads, &alive) : 0;
    const bool failed = !loads || !values;
    if (n) {
        page_begin(&self->page);
        draw_loads(&self->page, layout->chip, loads, values, n, alive);
    }
    free(loads);
    free(values);
    return failed ? plc_fail_memory(error, "a report") : PLC_OK;
}

/* ---- slices ---- */

typedef struct spread {
    uint64_t cores, slices;
    uint32_t last; /* core counted last, + 1 */
} spread;

static plc_status tell_populations(report_page *page, const plc_layout *layout, plc_error *error)
{
    static const char *const heads[] = {"population", "model",   "#neurons",
                                        "#cores",     "#slices", NULL};
    spread *spreads = plc_array(layout->n_populations, sizeof *spreads);
    if (!spreads)
        return plc_fail_memory(error, "a report");
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        spread *at = &spreads[layout->slices[s].population];
        at->slices++;
        at->cores += at->last != layout->slices[s].core + 1;
        at->last = layout->slices[s].core + 1;
    }
    page_table(page, "Populations", layout->n_populations, heads);
    for (uint32_t p = 0; p < layout->n_populations && p < PAGE_ROWS_MAX; p++) {
        const plc_population *population = &layout->populations[p];
        page_row(page);
        page_cell_population(page, p, population->name);
        page_cell(page, "%s", plc_model_name(population->model));
        page_cell_count(page, population->size);
        page_cell_count(page, spreads[p].cores);
        page_cell_count(page, spreads[p].slices);
        page_row_end(page);
    }
    page_table_end(page, layout->n_populations, "populations");
    free(spreads);
    return PLC_OK;
}

static void tell_slices(report_page *page, const plc_layout *layout)
{
    static const char *const heads[] = {"population", "#first", "#last", "#neurons",
                                        "place",      "key",    "mask",  NULL};
    const uint32_t width = layout->chip->width;
    page_table(page, "Slices", layout->n_slices, heads);
    for (uint32_t s = 0; s < layout->n_slices && s < PAGE_ROWS_MAX; s++) {
        const plc_slice *slice = &layout->slices[s];
        const plc_layout_core *core = &layout->cores[slice->core];
        page_row(page);
        page_cell_population(page, slice->population, layout->populations[slice->population].name);
        page_cell_count(page, slice->begin);
        page_cell_count(page, slice->end - 1);
        page_cell_count(page, slice->end - slice->begin);
        page_cell_place(page, core->router % width, core->router / width, core->core);
        page_cell(page, "<code>0x%08x</code>", slice->key);
        page_cell(page, "<code>0x%08x</code>", slice->key_mask);
        page_row_end(page);
    }
    page_table_end(page, layout->n_slices, "slices");
}

plc_status report_draw_slices(report *self, const report_input *input, plc_error *error)
{
    if (report_is_result(input, "map") && !report_is_told_by_layout(self, input))
        report_tell_list(&self->page, "Slices", report_list(input->json, "slices"), "slices");
    if (!input->layout)
        return PLC_OK;
    page_begin(&self->page);
    plc_status status = tell_populations(&self->page, input->layout, error);
    tell_slices(&self->page, input->layout);
    return status;
}

/* ---- the chip ---- */

static const char *grade_text(char grade)
{
    static const struct {
        char grade;
        const char *text;
    } grades[] = {{'C', "read in source code"},  {'M', "measured silicon"},
                  {'S', "published simulation"}, {'A', "abstract or datasheet"},
                  {'L', "measured here"},        {'R', "from memory"},
                  {'E', "our estimate"},         {'D', "by definition"},
                  {'U', "the user's"},           {'N', "not known"}};
    for (size_t i = 0; i < sizeof grades / sizeof *grades; i++)
        if (grades[i].grade == grade)
            return grades[i].text;
    return "";
}

static void tell_quantity(report_page *page, const plc_chip *chip, plc_chip_quantity q)
{
    const plc_chip_row *row = plc_chip_quantity_row(q);
    const plc_quantity *quantity = &chip->quantities[q];
    page_row(page);
    page_cell(page, "%s", plc_chip_quantity_key(q));
    page_add(page, "<td class=\"n\">");
    if (isfinite(quantity->value))
        page_add(page, "%.10g %s", quantity->value, row->unit);
    else
        page_add(page, "%s", isnan(quantity->value) ? "not known" : "unbounded");
    page_add(page, "</td>");
    page_cell(page, "%s", grade_text(quantity->grade));
    page_cell_name(page, quantity->source);
    page_row_end(page);
}

plc_status report_draw_chip(report *self, const report_input *input, plc_error *error)
{
    static const char *const heads[] = {"quantity", "#value", "trust", "source", NULL};
    report_page *page = &self->page;
    const char *yaml = report_is_result(input, "chip") ? report_text(input->json, "yaml") : NULL;
    (void)error;
    if (yaml) {
        page_begin(page);
        page_add(page, "<pre tabindex=\"0\">");
        picture_add_text(&page->body, yaml, SIZE_MAX);
        page_add(page, "</pre>\n");
    }
    if (!input->layout)
        return PLC_OK;
    page_begin(page);
    page_table(page, "Numbers of the chip", PLC_CHIP_N_QUANTITIES, heads);
    for (int q = 0; q < PLC_CHIP_N_QUANTITIES; q++)
        if (!plc_chip_is_optional((plc_chip_quantity)q) ||
            !isnan(plc_chip_get(input->layout->chip, (plc_chip_quantity)q)))
            tell_quantity(page, input->layout->chip, (plc_chip_quantity)q);
    page_table_end(page, PLC_CHIP_N_QUANTITIES, "quantities");
    return PLC_OK;
}
