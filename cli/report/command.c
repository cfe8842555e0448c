/* placode report: one page that shows a layout, a run, or both. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/error.h"
#include "base/memory.h"
#include "cli/report/report.h"

static json_t *describe(const report *self, const char *out, size_t size)
{
    json_t *inputs = json_array(), *sections = json_array();
    for (size_t i = 0; i < self->n; i++)
        json_array_append_new(inputs,
                              json_pack("{s:o, s:s}", "name", json_text(self->inputs[i].name),
                                        "what", report_input_what(&self->inputs[i])));
    for (size_t i = 0; i < self->page.n_sections; i++)
        json_array_append_new(sections, json_string(self->page.sections[i]->id));
    return json_pack("{s:o, s:I, s:o, s:o}", "out", json_text(out), "bytes", (json_int_t)size,
                     "inputs", inputs, "sections", sections);
}

static int make(const char *const *paths, int n, const char *out, bool as_json)
{
    plc_error error = {0};
    plc_text html = {0};
    report self = {.inputs = plc_array((size_t)n, sizeof *self.inputs)};
    plc_status status = self.inputs ? PLC_OK : plc_fail_memory(&error, "a report");
    while (status == PLC_OK && self.n < (size_t)n) {
        status = report_input_read(paths[self.n], &self.inputs[self.n], &error);
        self.n += status == PLC_OK;
    }
    if (status == PLC_OK)
        status = report_make(&self, &html, &error);
    if (status == PLC_OK)
        status = plc_file_write(out, html.data, html.n, &error);
    int exit_status = status == PLC_OK ? EXIT_OK : fail_with(status, &error);
    if (status == PLC_OK && as_json)
        exit_status = print_result(describe(&self, out, html.n), true);
    while (self.n)
        report_input_finish(&self.inputs[--self.n]);
    free(self.inputs);
    page_finish(&self.page);
    plc_text_finish(&html);
    return exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    const char *out = NULL, **paths = plc_array((size_t)argc, sizeof *paths);
    bool as_json = false;
    int n = 0;
    const option_row rows[] = {
        {"o", "OUT.html", OPTION_TEXT, &out, 0, 0, "write the page; \"-\" is standard output",
         NULL},
        {"json", NULL, OPTION_FLAG, &as_json, 0, 0,
         "print what was read and which sections the page has", NULL},
        {0},
    };
    if (!paths) {
        plc_error error = {0};
        return fail_with(plc_fail_memory(&error, "a report"), &error);
    }
    int exit_status = options_parse(self, rows, argc, argv, paths, 1, argc, &n);
    if (exit_status < 0 && !out)
        exit_status = fail_usage("report: -o OUT.html is missing");
    if (exit_status < 0 && as_json && !strcmp(out, "-"))
        exit_status = fail_usage("report: --json prints on standard output; expected -o FILE");
    if (exit_status < 0 && strcmp(out, "-"))
        exit_status = check_folder(out);
    if (exit_status < 0)
        exit_status = make(paths, n, out, as_json);
    free(paths);
    return exit_status;
}

const command command_report = {
    "report", "LAYOUT.h5|RESULT.json|SPIKES|TIMING.csv|TRACE.csv ... -o OUT.html",
    "draw layouts, results of --json, spikes, times and traces as one page that opens anywhere",
    "placode report net.h5 run.json spikes.h5 -o report.html", run};
