/* Stimuli of netlists, and what a netlist answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_VECTORS_H
#define PLC_FTL_VECTORS_H

#include "ftl/aig.h"

/* Zeroed: none. */
typedef struct plc_vectors {
    uint32_t n_inputs;
    uint64_t n;    /* clocks */
    uint8_t *bits; /* [n][n_inputs] 0 or 1 */
} plc_vectors;

/* Reads a line for each clock: one 0 or 1 for each primary input, in the netlist's order, blanks
 * between them or not. Comments begin with '#'. */
plc_status plc_vectors_parse(const char *name, const char *text, size_t length, uint32_t n_inputs,
                             plc_vectors *ret_vectors, plc_error *error);
plc_status plc_vectors_read(const char *path, uint32_t n_inputs, plc_vectors *ret_vectors,
                            plc_error *error);
/* n random ones. */
plc_status plc_vectors_draw(uint32_t n_inputs, uint64_t n, uint64_t seed, plc_vectors *ret_vectors,
                            plc_error *error);
void plc_vectors_finish(plc_vectors *vectors);

/* Input i of stream s in clock k: streams have the same vectors, stream s begins with number s. */
static inline bool plc_vectors_get(const plc_vectors *vectors, uint32_t i, uint32_t s, uint64_t k)
{
    return vectors->bits[(k + s) % vectors->n * vectors->n_inputs + i];
}

/* The netlist's own answers, for up to 64 streams from `first` on at once: ret_outputs
 * [n][n_outputs], a bit for each stream. */
plc_status plc_vectors_answer(const plc_vectors *vectors, const plc_aig *aig, uint32_t first,
                              uint64_t *ret_outputs, plc_error *error);

#endif
