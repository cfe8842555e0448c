/* The vertices of each part, listed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MEMBERS_H
#define PLC_MAPPER_MEMBERS_H

#include "mapper/parts.h"

/* As of the last plc_members_list(); vertices may have left since. */
typedef struct plc_members {
    uint32_t *begin; /* [n_parts + 2] into `of`; the last but one is their end */
    uint32_t *of;    /* [n_vertices] */
} plc_members;

bool plc_members_init(plc_members *members, const plc_parts *parts);
void plc_members_list(plc_members *members, const plc_parts *parts);
void plc_members_finish(plc_members *members);

#endif
