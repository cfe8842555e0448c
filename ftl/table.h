/* Truth tables of up to 8 inputs, as 1 or 4 words of which all bits are set: a function of fewer
 * inputs is repeated. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_TABLE_H
#define PLC_FTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum { PLC_TABLE_INPUTS_MAX = 8, PLC_TABLE_WORDS_MAX = 4 };

/* Words of the tables of a mapping to at most so many inputs. */
static inline uint32_t plc_table_words(uint32_t n_inputs)
{
    return n_inputs <= 6 ? 1 : PLC_TABLE_WORDS_MAX;
}

/* The bits x with x_i = 1, for i < 6. */
static const uint64_t plc_table_input[6] = {
    UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0xcccccccccccccccc), UINT64_C(0xf0f0f0f0f0f0f0f0),
    UINT64_C(0xff00ff00ff00ff00), UINT64_C(0xffff0000ffff0000), UINT64_C(0xffffffff00000000)};

/* Word k of the table of input i. */
static inline uint64_t plc_table_input_word(uint32_t i, uint32_t k)
{
    return i < 6 ? plc_table_input[i] : 0 - (uint64_t)(k >> (i - 6) & 1);
}

/* Exchanges inputs i < j. */
static inline void plc_table_swap(uint64_t *t, uint32_t n_words, uint32_t i, uint32_t j)
{
    if (j < 6) {
        uint32_t shift = (1u << j) - (1u << i);
        uint64_t mask = plc_table_input[i] & ~plc_table_input[j];
        for (uint32_t k = 0; k < n_words; k++) {
            uint64_t moved = (t[k] ^ t[k] >> shift) & mask;
            t[k] ^= moved ^ moved << shift;
        }
        return;
    }
    uint32_t step = 1u << (j - 6);
    for (uint32_t k = 0; k < n_words; k++) {
        if (k & step)
            continue;
        if (i < 6) {
            uint64_t low = t[k] & plc_table_input[i], high = t[k | step] & ~plc_table_input[i];
            t[k] = (t[k] & ~plc_table_input[i]) | high << (1u << i);
            t[k | step] = (t[k | step] & plc_table_input[i]) | low >> (1u << i);
        } else if (k >> (i - 6) & 1) {
            uint32_t other = (k ^ 1u << (i - 6)) | step;
            uint64_t kept = t[k];
            t[k] = t[other];
            t[other] = kept;
        }
    }
}

/* The cofactor for x_i = value, as a table that no longer depends on it. */
static inline void plc_table_cofactor(const uint64_t *t, uint32_t n_words, uint32_t i, bool value,
                                      uint64_t *ret)
{
    for (uint32_t k = 0; k < n_words; k++) {
        if (i >= 6) {
            uint32_t bit = 1u << (i - 6);
            ret[k] = t[value ? k | bit : k & ~bit];
        } else if (value) {
            uint64_t high = t[k] & plc_table_input[i];
            ret[k] = high | high >> (1u << i);
        } else {
            uint64_t low = t[k] & ~plc_table_input[i];
            ret[k] = low | low << (1u << i);
        }
    }
}

static inline bool plc_table_equal(const uint64_t *a, const uint64_t *b, uint32_t n_words)
{
    for (uint32_t k = 0; k < n_words; k++)
        if (a[k] != b[k])
            return false;
    return true;
}

static inline bool plc_table_depends(const uint64_t *t, uint32_t n_words, uint32_t i)
{
    if (i < 6) {
        for (uint32_t k = 0; k < n_words; k++)
            if ((t[k] >> (1u << i) ^ t[k]) & ~plc_table_input[i])
                return true;
        return false;
    }
    for (uint32_t k = 0; k < n_words; k++)
        if (t[k] != t[k ^ 1u << (i - 6)])
            return true;
    return false;
}

#endif
