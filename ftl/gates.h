/* Netlists as text has them, gates on named signals in any order, on their way to an AIG. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_GATES_H
#define PLC_FTL_GATES_H

#include "base/scan.h"
#include "ftl/aig.h"

typedef enum plc_gate_kind {
    PLC_GATE_AND,
    PLC_GATE_OR,
    PLC_GATE_XOR,
    PLC_GATE_MUX,   /* first fanin ? second : third */
    PLC_GATE_COVER, /* a sum of products: rows of 0, 1 and -, one character a fanin */
} plc_gate_kind;

/* A gate; fanins are the literals fanins[begin .. begin + n_fanins - 1] of the netlist, 2 * signal
 * plus 1 where inverted. */
typedef struct plc_gate {
    plc_gate_kind kind;
    bool inverted;
    uint32_t n_fanins;
    size_t begin;
    size_t rows_begin; /* into `rows`, of n_rows * n_fanins characters */
    uint32_t n_rows;
} plc_gate;

#define PLC_DRIVER_NONE UINT32_MAX
#define PLC_DRIVER_SOURCE (UINT32_MAX - 1)

typedef struct plc_signal {
    const char *name; /* into the text, which has to stay */
    uint32_t length;
    uint32_t driver; /* a gate, PLC_DRIVER_SOURCE or PLC_DRIVER_NONE */
    uint64_t line;   /* where it was first seen or, once driven, where that is */
} plc_signal;

typedef struct plc_latch {
    uint32_t signal, next; /* signals */
    uint8_t initial;
} plc_latch;

/* Growable arrays; zeroed: an empty netlist. */
typedef struct plc_gates {
    const char *name; /* for messages */
    struct {
        plc_signal *data;
        size_t n, capacity;
    } signals;
    struct {
        plc_gate *data;
        size_t n, capacity;
    } gates;
    struct {
        uint32_t *data;
        size_t n, capacity;
    } fanins, inputs, outputs; /* the last two: signals */
    struct {
        plc_latch *data;
        size_t n, capacity;
    } latches;
    struct {
        char *data;
        size_t n, capacity;
    } rows;
    uint32_t *table; /* [table_size] signals + 1 by name */
    size_t table_size;
} plc_gates;

void plc_gates_finish(plc_gates *gates);

/* The signal of a name, a new one if there is none. */
plc_status plc_gates_signal(plc_gates *gates, const char *name, size_t length, uint64_t line,
                            uint32_t *ret_signal, plc_error *error);
plc_status plc_gates_add_input(plc_gates *gates, uint32_t signal, uint64_t line, plc_error *error);
plc_status plc_gates_add_output(plc_gates *gates, uint32_t signal, plc_error *error);
plc_status plc_gates_add_latch(plc_gates *gates, uint32_t signal, uint32_t next, uint8_t initial,
                               uint64_t line, plc_error *error);
/* Begins a gate that drives `signal`; its fanins follow by plc_gates_add_fanin(). */
plc_status plc_gates_begin(plc_gates *gates, uint32_t signal, plc_gate_kind kind, bool inverted,
                           uint64_t line, plc_error *error);
/* A fanin, or a row of the cover, of the gate begun last. */
plc_status plc_gates_add_fanin(plc_gates *gates, uint32_t literal, plc_error *error);
plc_status plc_gates_add_row(plc_gates *gates, const char *row, plc_error *error);

/* Builds the AIG. PLC_INVALID for signals that nothing drives and combinational loops, with the
 * line. `model` is the circuit's name. */
plc_status plc_gates_to_aig(const plc_gates *gates, const char *model, plc_aig **ret_aig,
                            plc_error *error);

#endif
