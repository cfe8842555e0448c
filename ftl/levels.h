/* Levels of cells for which few relays are needed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_LEVELS_H
#define PLC_FTL_LEVELS_H

#include "ftl/cells.h"

/* Moves cells between the levels [n_nodes] of what they read and of what reads them, each to where
 * the relays, one for each `max_delay` ticks between a node and its last reader, are fewest, then
 * the ticks themselves; until none moves, or for a number of passes. last[n_nodes] is the level of
 * the last reader that is no cell, or 0; fixed[n_nodes] is not 0 for nodes that stay. Never more
 * relays than before. O(passes x (inputs x readers + levels)). False when memory is short. The
 * exact optimum is the dual of a minimum-cost flow (Leiserson and Saxe, "Retiming synchronous
 * circuitry", Algorithmica 6, 1991, section 8, with mirror vertices for what is shared); this is
 * descent. */
bool plc_levels_settle(const plc_cells *cells, uint32_t max_delay, const uint32_t *last,
                       const uint8_t *fixed, uint32_t *levels);

#endif
