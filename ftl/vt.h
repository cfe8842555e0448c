/* A model of the flash devices of FTL cells: threshold voltages for weights, and how much they may
 * stray. A model of ours: the published cells were designed with SPICE, whose results are not known
 * to us. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_VT_H
#define PLC_FTL_VT_H

#include "ftl/cells.h"

/* A cell has two networks of devices in parallel; the one that conducts more decides. An input with
 * a positive weight has a device in the left one, with a negative weight in the right one, and the
 * threshold is a device that is always on, in the right one if the threshold is above 0. A device
 * of threshold voltage v that is on conducts as a saturated transistor does, (PLC_VT_GATE - v)^2.
 */
#define PLC_VT_GATE 1.1   /* [V] of the gate of a device that is on */
#define PLC_VT_LOW 0.1    /* [V] threshold voltages that can be programmed */
#define PLC_VT_HIGH 1.0   /* [V] */
#define PLC_VT_STEP 0.002 /* [V] of learning */

enum { PLC_VT_INPUTS_MAX = 12 };

/* A cell's devices. */
typedef struct plc_vt_cell {
    uint32_t n;                      /* inputs; device n is that of the threshold */
    double v[PLC_VT_INPUTS_MAX + 1]; /* [V] */
    bool left[PLC_VT_INPUTS_MAX + 1];
    bool learned;   /* all minterms come out right */
    uint32_t steps; /* that learning took */
    double margin;  /* the least difference of conductances, of the larger of the two */
} plc_vt_cell;

/* Finds threshold voltages by perceptron learning in the model: as long as some minterm comes out
 * wrong, or by less than the best margin seen so far allows, the devices that are on in it move by
 * a step, those of the network that should win down and the others up. Source: the idea of Wagle et
 * al., arXiv 1910.04910 and 2204.08070 ("modified perceptron learning"); the model and the rule are
 * ours. */
void plc_vt_learn(const plc_cells *cells, uint32_t cell, plc_vt_cell *ret_cell);

typedef struct plc_vt_report {
    uint32_t kinds;    /* cells that differ in weights or threshold */
    uint32_t learned;  /* of them those with voltages */
    double margin;     /* the least of all */
    double cell_yield; /* mean, over all cells, of the chance that one is right on all minterms */
    double yield;      /* that all cells of the netlist are */
} plc_vt_report;

/* Learns each kind of cell and draws `trials` sets of voltages that stray by `sigma` [V], normally
 * distributed. PLC_INVALID for cells of more than PLC_VT_INPUTS_MAX inputs. */
plc_status plc_vt_estimate(const plc_cells *cells, double sigma, uint32_t trials, uint64_t seed,
                           plc_vt_report *ret_report, plc_error *error);

#endif
