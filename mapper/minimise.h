/* Routing tables with as few entries as we can find. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MINIMISE_H
#define PLC_MAPPER_MINIMISE_H

#include "hw/layout/layout.h"

enum { PLC_MINIMISE_EFFORT_MAX = 3 };

/* Makes a smaller table that does the same. Of the input, whose keys have no bits outside their
 * masks, the first entry that matches a key counts; keys that none matches never arrive, so the
 * result may do with them what it likes. `defaultable` [n], or NULL when none is, marks entries all
 * of whose packets would go the same way if nothing matched them. The result, never larger than the
 * input, is the caller's to free(); it is not NULL even when empty. A table whose entries overlap
 * in more ways than can be listed comes back as it is.
 *
 * effort 0: the best of a few greedy covers. 1: then annealing, O(n^2) up to about two seconds; 2
 * and 3: ten and a hundred times as long. Steps are counted, not timed: the same result on every
 * machine. Unlike in the ordered covering of Mundy, Heathcote and Garside (HPSR 2016) entries need
 * not stand in the order of their generality: any order that is right will do, as in a decision
 * list (Rivest, Machine Learning 2, 1987). */
plc_status plc_table_minimise(const plc_route_entry *entries, const bool *defaultable, uint32_t n,
                              unsigned effort, plc_route_entry **ret_entries, uint32_t *ret_n,
                              plc_error *error);

#endif
