/* Proof that two routing tables send every packet the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_EQUIVALENCE_H
#define PLC_MAPPER_EQUIVALENCE_H

#include "hw/layout/layout.h"

/* A routing table; the first entry that matches a key counts. */
typedef struct plc_table {
    const plc_route_entry *entries; /* [n] */
    uint32_t n;
} plc_table;

/* Proves that every key which `original` matches goes the same way by `made`: to the same links and
 * cores, or, where the original's entry is defaultable ([original.n], NULL: none is), also by no
 * match at all. PLC_DIFFERS, with a key and both its ways, when one does not. PLC_FAILED when the
 * proof would take too long, and then the message says so. Keys are never counted out: the space of
 * keys is halved until one entry of each table decides. O(entries x bits) in practice. Shares no
 * code with plc_table_minimise(). Source: Shannon's expansion, as in Bryant, IEEE Trans. Computers
 * C-35, 1986, section 4; nothing is kept for later, since live keys rarely repeat. */
plc_status plc_table_prove(plc_table original, const bool *defaultable, plc_table made,
                           plc_error *error);

#endif
