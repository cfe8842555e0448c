/* The audit of engine mesh: each packet reaches each leaf of its route, and none twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/mesh.h"

plc_status plc_mesh_audit_begin(plc_mesh *mesh, plc_error *error)
{
    plc_mesh_audit *audit = &mesh->audit;
    audit->due = plc_array(mesh->fast.n_sources, sizeof *audit->due);
    audit->last = plc_array(mesh->n_rows, sizeof *audit->last);
    return audit->due && audit->last ? PLC_OK : plc_fail_memory(error, "audit");
}

void plc_mesh_audit_finish(plc_mesh_audit *audit)
{
    free(audit->due);
    free(audit->last);
    *audit = (plc_mesh_audit){0};
}

void plc_mesh_audit_send(plc_mesh *mesh, uint32_t source)
{
    mesh->audit.due[source] += mesh->routes[mesh->route_of[source]].n_leaves;
}

void plc_mesh_audit_deliver(plc_mesh *mesh, uint32_t source, uint32_t cargo, uint32_t leaf)
{
    plc_mesh_audit *audit = &mesh->audit;
    uint64_t *last = &audit->last[mesh->first_row[source] + leaf];
    audit->due[source]--;
    if (*last == cargo + UINT64_C(1) && !audit->doubled) {
        audit->doubled = true;
        audit->source = source;
        audit->leaf = leaf;
    }
    *last = cargo + UINT64_C(1);
}

plc_status plc_mesh_audit_check(const plc_mesh *mesh, plc_error *error)
{
    const plc_mesh_audit *audit = &mesh->audit;
    if (audit->doubled)
        return plc_fail(error, PLC_DIFFERS,
                        "engine mesh: tick %llu: a packet of neuron %u reached its leaf %u twice",
                        (unsigned long long)mesh->tick, audit->source, audit->leaf);
    if (mesh->fabric.in_flight)
        return PLC_OK;
    for (uint32_t source = 0; source < mesh->fast.n_sources; source++)
        if (audit->due[source])
            return plc_fail(error, PLC_DIFFERS,
                            "engine mesh: tick %llu: packets of neuron %u missed %lld leaves",
                            (unsigned long long)mesh->tick, source, (long long)audit->due[source]);
    return PLC_OK;
}
