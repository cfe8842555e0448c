/* Threshold cells: how wide, how deep. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include <math.h>

/* A histogram of list[i] cells with value i. */
static plc_status draw(report_page *page, const char *title, const json_t *list, const char *note,
                       plc_error *error)
{
    const size_t n = json_array_size(list);
    double *values = plc_array(n, sizeof *values), *counts = plc_array(n, sizeof *counts);
    size_t used = 0;
    for (size_t i = 0; values && counts && i < n; i++) {
        const double count = json_number_value(json_array_get(list, i));
        if (!(count > 0))
            continue;
        values[used] = (double)i;
        counts[used++] = count;
    }
    const bool failed = !values || !counts;
    if (!failed)
        chart_draw_histogram(page, &(chart_histogram){.title = title,
                                                      .things = "cells",
                                                      .values = values,
                                                      .counts = counts,
                                                      .n = used,
                                                      .mark = (double)NAN,
                                                      .note = note});
    free(values);
    free(counts);
    return failed ? plc_fail_memory(error, "a report") : PLC_OK;
}

/* What the cells cost beside the gates that they replace. */
static void tell_area(report_page *page, const json_t *json)
{
    static const char *const heads[] = {"", "#threshold cells", "#CMOS", "#of CMOS", "", NULL};
    const double ftl = report_number(json, "area_um2"), cmos = report_number(json, "cmos_area_um2");
    const double shares[] = {ftl / cmos, report_number(json, "power_of_cmos"),
                             report_number(json, "delay_of_cmos")};
    static const char *const names[] = {"area", "power", "delay"};
    const char *basis = report_text(json, "area_basis");
    if (!(cmos > 0) || isnan(ftl))
        return;
    page_table(page, "Beside CMOS", 3, heads);
    for (size_t i = 0; i < 3; i++) {
        page_row(page);
        page_cell(page, "%s", names[i]);
        if (i == 0) {
            page_add(page, "<td class=\"n\">%.4g &#181;m&#178;</td>", ftl);
            page_add(page, "<td class=\"n\">%.4g &#181;m&#178;</td>", cmos);
        } else {
            page_cell(page, " ");
            page_cell(page, " ");
        }
        page_cell_number(page, shares[i], NUMBER_SHARE);
        page_cell_bar(page, 0, shares[i]);
        page_row_end(page);
    }
    page_table_end(page, 3, "rows");
    if (basis) {
        page_add(page, "<p class=\"note\">");
        page_name(page, basis);
        page_add(page, "</p>\n");
    }
}

plc_status report_draw_ftl(report *self, const report_input *input, plc_error *error)
{
    report_page *page = &self->page;
    if (!report_is_result(input, "ftl"))
        return PLC_OK;
    const json_t *fanins = report_list(input->json, "fanins");
    const json_t *levels = report_list(input->json, "levels");
    plc_status status = PLC_OK;
    page_begin(page);
    page_add(page, "<div class=\"charts\">\n");
    if (json_array_size(fanins))
        status = draw(page, "Fan-in of a cell", fanins, "inputs of a cell", error);
    if (status == PLC_OK && json_array_size(levels))
        status = draw(page, "Cells on a level", levels, "the longest way from an input, in cells",
                      error);
    page_add(page, "</div>\n");
    tell_area(page, input->json);
    return status;
}
