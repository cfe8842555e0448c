/* The parts of the check of a layout, in the order in which plc_layout_check() makes them; each may
 * rely on those before it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_LAYOUT_CHECK_H
#define PLC_HW_LAYOUT_CHECK_H

#include "hw/layout/layout.h"

/* Counts, schedules, spike times, and words of parameters and state that a kernel could not take.
 */
plc_status plc_check_populations(const plc_layout *layout, plc_error *error);
/* Where the cores are, and that their ranges adjoin and cover the arrays. */
plc_status plc_check_cores(const plc_layout *layout, plc_error *error);
/* Slices, each by itself and on its core; that they cover every population once. */
plc_status plc_check_slices(const plc_layout *layout, plc_error *error);
/* That no two slices can send the same key. */
plc_status plc_check_keys(const plc_layout *layout, plc_error *error);
/* Key-to-row entries. */
plc_status plc_check_entries(const plc_layout *layout, plc_error *error);
/* The format of synapses, and every synapse. */
plc_status plc_check_rows(const plc_layout *layout, plc_error *error);
plc_status plc_check_routes(const plc_layout *layout, plc_error *error);

#endif
