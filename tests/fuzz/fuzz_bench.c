/* Fuzz target: the reader of bench netlists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_netlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_netlist(plc_bench_parse, data, size);
}
