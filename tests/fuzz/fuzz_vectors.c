/* Fuzz target: vectors that are read are 0 and 1, as many as there are inputs in each line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/vectors.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_vectors vectors;
    plc_error error;
    if (size < 1 || size > 4096 ||
        plc_vectors_parse("fuzz", (const char *)data + 1, size - 1, data[0] % 8, &vectors,
                          &error) != PLC_OK)
        return 0;
    expect(vectors.n > 0);
    for (uint64_t i = 0; i < vectors.n * vectors.n_inputs; i++)
        expect(vectors.bits[i] <= 1);
    plc_vectors_finish(&vectors);
    return 0;
}
