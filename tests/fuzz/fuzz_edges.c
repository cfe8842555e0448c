/* Fuzzing the reader of CSV edge lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_connector connector = {0};
    plc_error error = {0};
    if (plc_edges_parse("fuzz", (const char *)data, size, 100, 50, 0.1, &connector, &error) ==
        PLC_OK) {
        for (uint64_t i = 0; i < connector.n; i++)
            if (connector.sources[i] >= 100 || connector.targets[i] >= 50 ||
                (connector.delays && connector.delays[i] == 0))
                abort();
        plc_connector_finish(&connector);
    }
    return 0;
}
