/* Members of parts, by counting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/members.h"

#include "base/memory.h"

bool plc_members_init(plc_members *members, const plc_parts *parts)
{
    *members = (plc_members){plc_array(parts->n_parts + 2ul, sizeof *members->begin),
                             plc_array(parts->graph->n_vertices, sizeof *members->of)};
    return members->begin && members->of;
}

void plc_members_list(plc_members *members, const plc_parts *parts)
{
    uint32_t *begin = members->begin, n = parts->graph->n_vertices;
    memset(begin, 0, (parts->n_parts + 2ul) * sizeof *begin);
    for (uint32_t v = 0; v < n; v++)
        begin[parts->part_of[v] + 2]++;
    for (uint32_t p = 0; p < parts->n_parts; p++)
        begin[p + 2] += begin[p + 1];
    for (uint32_t v = 0; v < n; v++)
        members->of[begin[parts->part_of[v] + 1]++] = v;
}

void plc_members_finish(plc_members *members)
{
    free(members->begin);
    free(members->of);
    *members = (plc_members){0};
}
