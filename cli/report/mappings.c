/* Several mappings side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>

/* Figures of a mapping; less is better. */
typedef struct figure {
    const char *key, *head;
    number_form form;
} figure;

static const figure figures[] = {{"cores", "#cores", NUMBER_COUNT},
                                 {"chips", "#chips", NUMBER_COUNT},
                                 {"multicast_hops", "#multicast hops", NUMBER_COUNT},
                                 {"bound_hops", "#bound of the hops", NUMBER_COUNT},
                                 {"copies", "#copies", NUMBER_COUNT},
                                 {"max_link_load", "#busiest link", NUMBER_COUNT},
                                 {"table_entries", "#table entries", NUMBER_COUNT},
                                 {"table_entries_max", "#fullest table", NUMBER_COUNT},
                                 {"synapse_bytes", "#synaptic memory", NUMBER_BYTES},
                                 {"seconds", "#wall time", NUMBER_SECONDS}};
enum { N_FIGURES = sizeof figures / sizeof *figures };

static double figure_of(const report_input *input, size_t i)
{
    const plc_map_report *m = &input->measured;
    const double layout[N_FIGURES] = {m->cores,
                                      m->chips,
                                      m->multicast_hops,
                                      m->bound_hops,
                                      m->copies,
                                      m->max_link_load,
                                      (double)m->table_entries,
                                      m->table_entries_max,
                                      (double)m->synapse_bytes,
                                      (double)NAN};
    return input->layout ? layout[i] : report_number(input->json, figures[i].key);
}

static bool is_mapping(const report *self, const report_input *input)
{
    return input->layout ||
           (report_is_result(input, "map") && !report_is_told_by_layout(self, input));
}

static void tell_mapping(report_page *page, const report_input *input)
{
    page_row(page);
    page_cell_name(page, input->name);
    page_cell_name(page, input->layout                      ? input->layout->chip->name
                         : report_text(input->json, "chip") ? report_text(input->json, "chip")
                                                            : "?");
    for (size_t i = 0; i < N_FIGURES; i++)
        page_cell_number(page, figure_of(input, i), figures[i].form);
    page_row_end(page);
}

/* Drawn once, with the first mapping. */
plc_status report_draw_mappings(report *self, const report_input *input, plc_error *error)
{
    const char *heads[N_FIGURES + 3] = {"file", "chip"};
    size_t n = 0;
    (void)error;
    for (size_t i = 0; i < self->n; i++) {
        if (!is_mapping(self, &self->inputs[i]))
            continue;
        if (n++ == 0 && &self->inputs[i] != input)
            return PLC_OK;
    }
    if (n < 2)
        return PLC_OK;
    for (size_t i = 0; i < N_FIGURES; i++)
        heads[i + 2] = figures[i].head;
    page_turn_to(&self->page, self->page.section, NULL);
    page_begin(&self->page);
    page_table(&self->page, "Mappings", n, heads);
    for (size_t i = 0, shown = 0; i < self->n && shown < PAGE_ROWS_MAX; i++)
        if (is_mapping(self, &self->inputs[i])) {
            tell_mapping(&self->page, &self->inputs[i]);
            shown++;
        }
    page_table_end(&self->page, n, "mappings");
    return PLC_OK;
}
