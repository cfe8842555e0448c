/* Parts of plc_map_rows(): words, their order, and limits of cores. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_ROWS_H
#define PLC_MAPPER_ROWS_H

#include "mapper/mapping.h"

/* Sets word `at` of the rows. */
static inline void plc_rows_store(plc_layout *layout, uint64_t at, uint64_t word)
{
    if (layout->format.word_bytes == 4)
        ((uint32_t *)layout->words)[at] = (uint32_t)word;
    else
        ((uint64_t *)layout->words)[at] = word;
}

/* Sorts each row by (plastic, delay, receptor, target, weight). */
plc_status plc_rows_sort(plc_layout *layout, plc_error *error);
/* PLC_DOES_NOT_FIT when a core of the finished layout takes more synaptic memory, key-to-row
 * entries or distinct sources than the chip has; names the fullest. */
plc_status plc_rows_check(plc_mapping *mapping, plc_error *error);

#endif
