/* Fuzz target: spikes that are read from CSV and written read back as the same spikes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/spike_csv.h"
#include "hw/engine/trace.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_trace trace, again;
    plc_text text = {0};
    plc_error error;
    plc_trace_difference difference;
    if (size > 4096 ||
        plc_spike_csv_parse("fuzz", (const char *)data, size, &trace, &error) != PLC_OK)
        return 0;
    expect(plc_spikes_sorted(trace.spikes, trace.n));
    expect(plc_spike_csv_format("fuzz", &trace, &text, &error) == PLC_OK);
    expect(plc_spike_csv_parse("again", text.data, text.n, &again, &error) == PLC_OK);
    expect(plc_trace_compare(&trace, &again, &difference, &error) == PLC_OK);
    expect(!difference.differs && trace.n == again.n);
    plc_text_finish(&text);
    plc_trace_finish(&trace);
    plc_trace_finish(&again);
    return 0;
}
