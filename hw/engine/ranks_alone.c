/* Ranks where placode was built without MPI: there is one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/engine/ranks.h"

#include <string.h>

plc_status plc_ranks_begin(plc_error *error)
{
    uint32_t n_ranks = plc_ranks_launch().n_ranks;
    if (n_ranks == 1)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "started as %u ranks, but built without MPI; start one process, or build with "
                    "-Dmpi=enabled",
                    n_ranks);
}

void plc_ranks_end(void)
{
}

uint32_t plc_ranks_count(void)
{
    return 1;
}

uint32_t plc_ranks_mine(void)
{
    return 0;
}

uint32_t plc_ranks_on_machine(void)
{
    return 1;
}

plc_status plc_ranks_agree(plc_status status, plc_error *error)
{
    (void)error;
    return status;
}

void plc_ranks_share(void *data, size_t size)
{
    (void)data;
    (void)size;
}

void plc_ranks_add(uint64_t *numbers, int n)
{
    (void)numbers;
    (void)n;
}

void plc_ranks_add_on_first(int32_t *numbers, int n)
{
    (void)numbers;
    (void)n;
}

int plc_ranks_count_words(int n, int *counts)
{
    return counts[0] = n;
}

void plc_ranks_exchange(const void *words, void *ret_all, int *counts)
{
    plc_ranks_gather(words, ret_all, counts);
}

void plc_ranks_gather(const void *words, void *ret_all, int *counts)
{
    if (counts[0])
        memcpy(ret_all, words, (size_t)counts[0] * sizeof(uint64_t));
}
