/* Fuzz target: a BiNAM script that is read recalls what it stored. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a number in the text has more than three digits: such memories are legal, and slow. */
static bool is_large(const uint8_t *data, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size && n <= 3; i++)
        n = data[i] >= '0' && data[i] <= '9' ? n + 1 : 0;
    return n > 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_binam binam = {0};
    plc_error error;
    if (size > 4096 || is_large(data, size) ||
        plc_binam_parse("fuzz", (const char *)data, size, 1, &binam, &error) != PLC_OK)
        return 0;
    for (size_t i = 0; i < binam.n_recalls; i++)
        if (binam.recalls[i].cue.n != binam.threshold ||
            binam.recalls[i].content.begin + binam.recalls[i].content.n > binam.n_ones)
            abort();
    for (size_t i = 0; i < binam.n_ones; i++)
        if (binam.ones[i] >= (binam.n_cues > binam.n_bits ? binam.n_cues : binam.n_bits))
            abort();
    plc_binam_finish(&binam);
    return 0;
}
