/* What the fuzz targets of netlist readers share: a netlist that is read is a proper graph. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_FUZZ_NETLIST_H
#define PLC_TESTS_FUZZ_NETLIST_H

#include "ftl/netlist.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef plc_status fuzz_parse(const char *name, const char *text, size_t size, plc_aig **ret_aig,
                              plc_error *error);

static inline void fuzz_expect(bool holds)
{
    if (!holds)
        abort();
}

static inline int fuzz_netlist(fuzz_parse *parse, const uint8_t *data, size_t size)
{
    plc_aig *read;
    plc_error error;
    if (size > 4096 || parse("fuzz", (const char *)data, size, &read, &error) != PLC_OK)
        return 0;
    uint64_t values[8192] = {0};
    for (uint32_t i = plc_aig_n_sources(read) + 1; i < read->n; i++)
        fuzz_expect(read->fanins[i][0] < read->fanins[i][1] && read->fanins[i][1] < 2 * i);
    for (uint32_t i = 0; i < plc_aig_n_sinks(read); i++)
        fuzz_expect(read->sinks[i] >> 1 < read->n);
    fuzz_expect(plc_aig_depth(read) < read->n);
    if (read->n <= 8192)
        plc_aig_simulate(read, values);
    plc_aig_destroy(read);
    return 0;
}

#endif
