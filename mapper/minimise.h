/* Routing tables with as few entries as we can find. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MINIMISE_H
#define PLC_MAPPER_MINIMISE_H

#include "hw/layout/layout.h"

enum { PLC_MINIMISE_EFFORT_MAX = 3 };

/* Makes a smaller table that does the same. Of the input the first entry that matches a key counts;
 * keys that none matches never arrive, so the result may do with them what it likes. `defaultable`
 * [n], or NULL when none is, marks entries whose packets would go the same way if nothing matched
 * them; each has to say so of all its packets. The result, never larger than the input, is the
 * caller's to free(); it is not NULL even when empty.
 *
 * effort 0: the better of two greedy covers. 1: then annealing, O(n^2) up to about a second; 2 and
 * 3: ten and a hundred times as long. Steps are counted, not timed: the same result on every
 * machine. Unlike the ordered covering of Mundy, Heathcote, Garside (HPSR 2016) the entries need
 * not stand in the order of their generality: any order that is right will do, and is found as in a
 * decision list (Rivest, Machine Learning 2, 1987). */
plc_status plc_table_minimise(const plc_route_entry *entries, const bool *defaultable, uint32_t n,
                              unsigned effort, plc_route_entry **ret_entries, uint32_t *ret_n,
                              plc_error *error);

#endif
