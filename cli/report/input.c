/* Reading what placode report is given, told apart by content. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/seal.h"
#include "cli/picture.h"
#include "cli/report/report.h"
#include "hw/engine/spike_csv.h"
#include "hw/engine/spike_file.h"
#include "hw/layout/layout_file.h"

#include <ctype.h>

void report_input_finish(report_input *input)
{
    plc_layout_destroy(input->layout);
    json_decref(input->json);
    plc_trace_finish(&input->trace);
    free(input->traffic);
    free(input->ticks);
    free(input->steps);
    free(input->name);
    *input = (report_input){0};
}

/* Walks every packet and measures the layout. */
static plc_status measure(report_input *input, plc_error *error)
{
    const plc_chip *chip = input->layout->chip;
    input->traffic =
        plc_array((size_t)chip->width * chip->height * PLC_N_LINKS, sizeof *input->traffic);
    if (!input->traffic)
        return plc_fail_memory(error, "a report");
    plc_status status = picture_measure_traffic(input->layout, input->traffic, error);
    return status == PLC_OK ? plc_map_measure(input->layout, NULL, &input->measured, error)
                            : status;
}

/* Whether a text begins with a line of these columns; after the last may stand any name. */
static bool has_head(const char *text, size_t length, const char *head)
{
    const size_t n = strlen(head);
    return length > n && !memcmp(text, head, n);
}

static bool is_json(const char *text, size_t length)
{
    size_t i = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (i < length && isspace((unsigned char)text[i]))
        i++;
    return i < length && (text[i] == '{' || text[i] == '[');
}

static plc_status parse(const char *path, const plc_bytes *bytes, report_input *input,
                        plc_error *error)
{
    const char *data = bytes->data;
    const size_t size = bytes->size;
    if (plc_seal_is(PLC_LAYOUT_KIND, data, size)) {
        input->kind = REPORT_LAYOUT;
        plc_status status = plc_layout_parse(path, data, size, &input->layout, error);
        return status == PLC_OK ? measure(input, error) : status;
    }
    if (has_head(data, size, "tick,seconds,")) {
        input->kind = REPORT_TIMING;
        return report_parse_timing(path, data, size, input, error);
    }
    if (has_head(data, size, "run,seconds,ticks,joules,")) {
        input->kind = REPORT_CURVE;
        return report_parse_curve(path, data, size, input, error);
    }
    if (plc_spikes_is(data, size)) {
        input->kind = REPORT_SPIKES;
        return plc_spikes_parse(path, data, size, &input->trace, error);
    }
    if (is_json(data, size)) {
        input->kind = REPORT_RESULT;
        return report_parse_json(path, data, size, input, error);
    }
    return plc_fail(error, PLC_INVALID,
                    "%s: expected a layout, spikes (SONATA or CSV), what a command printed with "
                    "--json, `run --timing` or `maxcut --trace` as CSV; got %s",
                    path, size ? "something else" : "an empty file");
}

plc_status report_input_parse(const char *path, const plc_bytes *bytes, report_input *ret_input,
                              plc_error *error)
{
    const char *slash = strrchr(path, '/');
    const char *name = !strcmp(path, "-") ? "standard input" : slash ? slash + 1 : path;
    report_input input = {.name = plc_string_copy(name)};
    plc_status status =
        input.name ? parse(path, bytes, &input, error) : plc_fail_memory(error, path);
    if (status == PLC_OK)
        *ret_input = input;
    else
        report_input_finish(&input);
    return status;
}

plc_status report_input_read(const char *path, report_input *ret_input, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = report_input_parse(path, &bytes, ret_input, error);
    plc_bytes_finish(&bytes);
    return status;
}
