/* Threshold netlists: what netlists are mapped to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_CELLS_H
#define PLC_FTL_CELLS_H

#include "ftl/aig.h"

/* A cell is 1 where the sum of the weights of its inputs that are 1 reaches its threshold. */
typedef struct plc_cell {
    uint32_t begin, n; /* of its inputs */
    int32_t threshold;
} plc_cell;

/* Node 0 is the constant 0, nodes 1..n_sources are inputs, then latches; node n_sources + 1 + i is
 * cell i, whose inputs are earlier nodes. Zeroed: empty. */
typedef struct plc_cells {
    char *name;
    uint32_t n_inputs, n_latches, n_outputs;
    struct {
        plc_cell *data;
        size_t n, capacity;
    } cells;
    struct {
        uint32_t *data; /* nodes */
        size_t n, capacity;
    } inputs;
    struct {
        int32_t *data; /* as long as `inputs` */
        size_t n, capacity;
    } weights;
    uint32_t *sinks;     /* [n_outputs + n_latches] literals, 2 * node + 1 where inverted */
    uint8_t *initial;    /* [n_latches] */
    char **source_names; /* [n_inputs + n_latches] */
    char **output_names; /* [n_outputs] */
} plc_cells;

/* A netlist without cells whose sinks are 0, with the sources, names and initial values of an AIG.
 */
plc_status plc_cells_create_like(const plc_aig *aig, plc_cells **ret_cells, plc_error *error);
void plc_cells_destroy(plc_cells *cells);
/* Appends a cell; its node. False when memory is short. */
bool plc_cells_add(plc_cells *cells, const uint32_t *inputs, const int32_t *weights, uint32_t n,
                   int32_t threshold, uint32_t *ret_node);

static inline uint32_t plc_cells_n_sources(const plc_cells *cells)
{
    return cells->n_inputs + cells->n_latches;
}

static inline uint32_t plc_cells_n_sinks(const plc_cells *cells)
{
    return cells->n_outputs + cells->n_latches;
}

static inline uint32_t plc_cells_n_nodes(const plc_cells *cells)
{
    return plc_cells_n_sources(cells) + 1 + (uint32_t)cells->cells.n;
}

typedef struct plc_cells_report {
    uint32_t cells, depth, fanin_max, weight_max;
    uint64_t edges;
    uint64_t weight_sum; /* |weights| and |thresholds| of cells whose inputs are made positive */
    uint32_t inverters;  /* sinks that want the inverse of what is there */
} plc_cells_report;

/* Counts cells by their inputs [fanin_max + 1] and by their level [depth + 1], of which 0 is that
 * of the sources; false when memory is short. */
bool plc_cells_count(const plc_cells *cells, uint32_t *by_fanin, uint32_t *by_level);

/* Measures; false when memory is short. */
bool plc_cells_measure(const plc_cells *cells, plc_cells_report *ret_report);

/* Cells give the inverse of what they do where all sinks that use them want that. */
bool plc_cells_turn(plc_cells *cells);

/* 64 patterns through the netlist: values[n_nodes], those of nodes 1..n_sources set by the caller.
 */
void plc_cells_simulate(const plc_cells *cells, uint64_t *values);

/* Writes text, one line a cell (docs/ftl.md), and reads it back. NULL: standard output. */
plc_status plc_cells_write(const plc_cells *cells, const char *path, plc_error *error);
plc_status plc_cells_parse(const char *name, const char *text, size_t length, plc_cells **ret_cells,
                           plc_error *error);
plc_status plc_cells_read(const char *path, plc_cells **ret_cells, plc_error *error);

/* Writes BLIF: the products of each cell as a .names, its weights in a comment. PLC_INVALID for a
 * cell with more than PLC_CELL_PRODUCTS_MAX products. */
plc_status plc_cells_write_blif(const plc_cells *cells, const char *path, plc_error *error);

enum { PLC_CELL_PRODUCTS_MAX = 100000 };

/* Cells that take the flip-flop behind them in: those whose only use is the next state of one
 * latch, as it is. absorbed[n_cells] gets that latch + 1, or 0; the number of them, or UINT32_MAX
 * when memory is short. */
uint32_t plc_cells_absorb(const plc_cells *cells, uint32_t *absorbed);

typedef enum plc_verilog_form {
    PLC_VERILOG_INSTANCES, /* of plc_threshold_cell */
    PLC_VERILOG_FLAT,      /* comparisons of sums */
} plc_verilog_form;

/* Writes SystemVerilog: a module of the netlist's name and ports, then clk_i and rst_ni
 * (synchronous, active low; latches take their initial values) if there are latches. */
plc_status plc_cells_write_verilog(const plc_cells *cells, plc_verilog_form form, const char *path,
                                   plc_error *error);

/* "n" or more, so that no source or output is called that and a number; free() it. NULL when memory
 * is short. */
char *plc_cells_prefix(const plc_cells *cells);

#endif
