/* Fuzzing the reader of routing tables: what it accepts is minimised, and the proof holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cli/tables_file.h"
#include "mapper/equivalence.h"
#include "mapper/minimise.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const routing_table *table)
{
    plc_route_entry *made = NULL;
    uint32_t n = 0;
    if (plc_table_minimise(table->entries, table->defaultable, table->n, 1, &made, &n, NULL) ==
        PLC_OK) {
        if (n > table->n ||
            plc_table_prove((plc_table){table->entries, table->n}, table->defaultable,
                            (plc_table){made, n}, NULL) == PLC_DIFFERS)
            abort();
        free(made);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    table_list list = {0};
    plc_bytes bytes = {plc_array_copy(data, size, 1), size};
    if (bytes.data && gzip_unpack("fuzz", 1 << 16, &bytes, NULL) == PLC_OK &&
        tables_parse("fuzz", bytes.data, bytes.size, &list, NULL) == PLC_OK)
        for (uint32_t i = 0; i < list.n; i++)
            check(&list.tables[i]);
    tables_finish(&list);
    plc_bytes_finish(&bytes);
    return 0;
}
