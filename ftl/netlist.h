/* Reading and writing netlists of gates: BLIF, ISCAS .bench, AIGER. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_NETLIST_H
#define PLC_FTL_NETLIST_H

#include "ftl/aig.h"

/* [characters] the longest line, and the longest file, of a netlist. */
enum { PLC_NETLIST_LINE_MAX = 1 << 26 };

/* Reads the first model of a file in Berkeley's BLIF: .names, .latch, continued lines; models in
 * models, gates of libraries and external don't-cares are refused. Source: "Berkeley Logic
 * Interchange Format (BLIF)", 1992. */
plc_status plc_blif_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                          plc_error *error);

/* Reads a netlist in the format of the ISCAS-85 and -89 benchmarks: INPUT, OUTPUT and
 * "signal = GATE(signal, ...)". Latches begin as 0. Source: Brglez, Bryan and Kozminski,
 * "Combinational profiles of sequential benchmark circuits", ISCAS 1989. */
plc_status plc_bench_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                           plc_error *error);

/* Reads AIGER, binary or ASCII, with latches and their initial values. What it has to say on bad
 * states, constraints, justice and fairness is refused. Source: Biere, Heljanko and Wieringa,
 * "AIGER 1.9 And Beyond", 2011. */
plc_status plc_aiger_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                           plc_error *error);

/* Tells the formats apart by what is in them. */
plc_status plc_netlist_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                             plc_error *error);
plc_status plc_netlist_read(const char *path, plc_aig **ret_aig, plc_error *error);

#endif
