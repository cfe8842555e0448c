/* Reading spike files of either kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/spike_file.h"
#include "base/error.h"
#include "base/file.h"
#include "base/seal.h"

#include "hw/engine/sonata.h"
#include "hw/engine/spike_csv.h"

#include <string.h>

/* Whether bytes are an HDF5 file: its signature stands at 0, 512, 1024, 2048, ... Source: HDF5 file
 * format specification, section II.A. */
static bool is_hdf5(const char *data, size_t size)
{
    static const char signature[8] = "\x89HDF\r\n\x1a\n";
    for (size_t at = 0; at <= size && size - at >= sizeof signature; at = at ? at * 2 : 512)
        if (!memcmp(data + at, signature, sizeof signature))
            return true;
    return false;
}

static bool is_csv(const char *data, size_t size)
{
    static const char header[] = "tick";
    return size >= strlen(header) && !memcmp(data, header, strlen(header));
}

bool plc_spikes_is(const char *data, size_t size)
{
    return plc_seal_is(NULL, data, size) || is_hdf5(data, size) || is_csv(data, size);
}

plc_status plc_spikes_parse(const char *name, const char *data, size_t size, plc_trace *ret_trace,
                            plc_error *error)
{
    if (is_csv(data, size))
        return plc_spike_csv_parse(name, data, size, ret_trace, error);
    if (plc_spikes_is(data, size))
        return plc_sonata_parse(name, data, size, ret_trace, error);
    return plc_fail(error, PLC_INVALID,
                    "%s: expected a SONATA file or CSV with the header " PLC_SPIKE_CSV_HEADER,
                    name);
}

plc_status plc_spikes_read(const char *path, plc_trace *ret_trace, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_spikes_parse(path, bytes.data, bytes.size, ret_trace, error);
    plc_bytes_finish(&bytes);
    return status;
}
