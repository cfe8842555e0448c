/* Fuzzing what placode report reads, and the page that it makes of what it accepts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cli/report/report.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A page of one input holds no mark-up that came from the input. */
static void check(report_input *input)
{
    report self = {.inputs = input, .n = 1};
    plc_text html = {0};
    if (report_make(&self, &html, NULL) == PLC_OK && strstr(html.data, "<script"))
        abort();
    page_finish(&self.page);
    plc_text_finish(&html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    report_input input = {0};
    plc_bytes bytes = {plc_array(size + 1, 1), size};
    if (bytes.data)
        memcpy(bytes.data, data, size);
    const bool binary = size >= 4 && (!memcmp(data + 1, "HDF", 3) || !memcmp(data, "PLAC", 4));
    if (bytes.data && !binary && report_input_parse("fuzz", &bytes, &input, NULL) == PLC_OK)
        check(&input); /* HDF5 is left to its library */
    report_input_finish(&input);
    plc_bytes_finish(&bytes);
    return 0;
}
