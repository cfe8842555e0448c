/* Proving that a threshold netlist does what the netlist does that it was made from.
 *
 * Shares nothing with the mapper but the data structures, of graphs and of decision diagrams: cells
 * are expanded from their weights alone. Latches are cut: equal sinks for equal sources make equal
 * machines, for the state is the same by construction. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_PROVE_H
#define PLC_FTL_PROVE_H

#include "ftl/cells.h"

typedef struct plc_prove_report {
    bool equivalent;
    uint64_t vectors;        /* random ones, simulated before anything is proved */
    uint32_t merged;         /* pairs of nodes found equal on the way: by structure, ... */
    uint32_t by_window;      /* ... by the truth table of a few nodes around them, ... */
    uint32_t by_sat;         /* ... by the SAT solver */
    uint32_t by_diagram;     /* sinks of wide cells proved by decision diagrams */
    uint32_t refuted;        /* pairs that looked equal and are not */
    uint32_t given_up;       /* pairs that took too long; only sinks are followed to the end */
    uint32_t sink;           /* the first that differs, if not equivalent: outputs, then latches */
    uint8_t *counterexample; /* [n_inputs + n_latches] 0 or 1; owned, NULL if equivalent */
} plc_prove_report;

void plc_prove_report_finish(plc_prove_report *report);

/* Simulates `vectors` random vectors, then proves by SAT sweeping: nodes that agree in simulation
 * are proved equal from the inputs to the outputs and merged, so that each proof is small. Sinks
 * that are a wide cell of sources have nothing on the way: see prove_wide.h. That
 * they are not equivalent is a result, not a failure. PLC_INVALID if the numbers of inputs, latches
 * or outputs, or names or initial values differ. Sources: Kuehlmann, "Dynamic transition relation
 * simplification for bounded property checking", ICCAD 2004; Mishchenko, Chatterjee, Brayton and
 * Een, "Improvements to combinational equivalence checking", ICCAD 2006. */
plc_status plc_ftl_prove(const plc_aig *aig, const plc_cells *cells, uint64_t vectors,
                         uint64_t seed, plc_prove_report *ret_report, plc_error *error);

#endif
