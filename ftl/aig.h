/* And-inverter graphs: the one form in which netlists are read, restructured and mapped.
 *
 * Node 0 is the constant 0, nodes 1..n_sources are the inputs and then the outputs of latches, all
 * others are ANDs of two literals of earlier nodes. A literal is 2 * node, plus 1 where inverted.
 * Source: Biere, "The AIGER And-Inverter Graph (AIG) Format", 2007. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_AIG_H
#define PLC_FTL_AIG_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLC_AIG_NODES_MAX = 1 << 28,
    PLC_LATCH_UNKNOWN = 2 /* initial value of a latch that has none; it begins as 0 */
};

typedef struct plc_aig {
    char *name;
    uint32_t n_inputs, n_latches, n_outputs;
    uint32_t n, capacity;  /* nodes */
    uint32_t (*fanins)[2]; /* [n] literals, of ANDs only */
    uint32_t *sinks;       /* [n_outputs + n_latches] literals: outputs, then next states */
    uint8_t *initial;      /* [n_latches] 0, 1 or PLC_LATCH_UNKNOWN */
    char **source_names;   /* [n_inputs + n_latches] */
    char **output_names;   /* [n_outputs] */
    uint32_t *table;       /* [table_size] nodes by their fanins, 0: free */
    uint32_t table_size;   /* a power of two */
    bool failed;           /* an allocation failed since; what was built is of no use */
} plc_aig;

/* A graph without ANDs whose sinks are all 0. NULL when memory is short. The names are to be set by
 * plc_aig_name_source() and plc_aig_name_output(). */
plc_aig *plc_aig_create(const char *name, uint32_t n_inputs, uint32_t n_latches,
                        uint32_t n_outputs);
void plc_aig_destroy(plc_aig *aig);

void plc_aig_name_source(plc_aig *aig, uint32_t i, const char *name, size_t length);
void plc_aig_name_output(plc_aig *aig, uint32_t i, const char *name, size_t length);
/* A graph with the sources, names and initial values of another. */
plc_aig *plc_aig_create_like(const plc_aig *aig);

/* The literal of a AND b; an AND that is there already is not built twice. Sets `failed` and gives
 * 0 when memory is short or there are too many nodes. */
uint32_t plc_aig_and(plc_aig *aig, uint32_t a, uint32_t b);
uint32_t plc_aig_xor(plc_aig *aig, uint32_t a, uint32_t b);
/* s ? a : b */
uint32_t plc_aig_mux(plc_aig *aig, uint32_t s, uint32_t a, uint32_t b);
/* The AND of n literals as a balanced tree; `literals` is overwritten. 1 for n = 0. */
uint32_t plc_aig_and_many(plc_aig *aig, uint32_t *literals, size_t n);
/* The literal that plc_aig_and() would give, or UINT32_MAX where it would build a node. */
uint32_t plc_aig_find(const plc_aig *aig, uint32_t a, uint32_t b);

static inline uint32_t plc_aig_n_sources(const plc_aig *aig)
{
    return aig->n_inputs + aig->n_latches;
}

static inline uint32_t plc_aig_n_sinks(const plc_aig *aig)
{
    return aig->n_outputs + aig->n_latches;
}

static inline bool plc_aig_is_and(const plc_aig *aig, uint32_t node)
{
    return node > plc_aig_n_sources(aig);
}

/* A copy without the ANDs that no sink needs, the rest in the order of a depth-first search from
 * the sinks. NULL when memory is short. */
plc_aig *plc_aig_clean(const plc_aig *aig);

/* 64 patterns through the graph: values[n], of which those of nodes 1..n_sources are set by the
 * caller. */
void plc_aig_simulate(const plc_aig *aig, uint64_t *values);

static inline uint64_t plc_aig_value(const uint64_t *values, uint32_t literal)
{
    return values[literal >> 1] ^ (0 - (uint64_t)(literal & 1));
}

/* The longest way from a source to a sink [ANDs]; UINT32_MAX when memory is short. */
uint32_t plc_aig_depth(const plc_aig *aig);

#endif
