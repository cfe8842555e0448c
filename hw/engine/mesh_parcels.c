/* Synapses of engine mesh in lockstep: what a spike adds does not depend on when its packets come,
 * so that it waits for its tick in parcels, by delay. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/mesh.h"

plc_status plc_mesh_parcels_init(plc_mesh *mesh, plc_error *error)
{
    mesh->first_batch = plc_array(mesh->fast.n_sources + 1, sizeof *mesh->first_batch);
    mesh->later = plc_array(mesh->fast.ring, sizeof *mesh->later);
    return mesh->first_batch && mesh->later ? PLC_OK : plc_fail_memory(error, "parcels");
}

void plc_mesh_parcels_finish(plc_mesh *mesh)
{
    for (uint32_t i = 0; mesh->later && i < mesh->fast.ring; i++)
        free(mesh->later[i].data);
    free(mesh->later);
    free(mesh->first_batch);
    free(mesh->batches);
}

static bool add_batch(plc_mesh *mesh, uint64_t n, uint32_t delay)
{
    if (!plc_array_reserve(&mesh->batches, &mesh->batches_capacity, mesh->n_batches + 1,
                           sizeof *mesh->batches))
        return false;
    mesh->batches[mesh->n_batches++] = (plc_mesh_batch){(uint32_t)n, delay};
    return true;
}

bool plc_mesh_sort_synapses(plc_mesh *mesh, uint32_t source, plc_mesh_sorting *sorting)
{
    uint64_t n = mesh->n_synapses - mesh->first_synapse[source];
    plc_mesh_synapse *synapses = mesh->synapses + mesh->first_synapse[source];
    if (!plc_array_reserve(&sorting->sorted, &sorting->capacity, n, sizeof *synapses) ||
        !plc_array_reserve(&sorting->begins, &sorting->begins_capacity, mesh->fast.ring + 1ul,
                           sizeof *sorting->begins))
        return false;
    uint64_t *begins = sorting->begins;
    memset(begins, 0, (mesh->fast.ring + 1ul) * sizeof *begins);
    for (uint64_t i = 0; i < n; i++)
        begins[(synapses[i].offset >> mesh->shift) + 1]++;
    for (uint32_t delay = 0; delay < mesh->fast.ring; delay++) {
        if (begins[delay + 1] && !add_batch(mesh, begins[delay + 1], delay))
            return false;
        begins[delay + 1] += begins[delay];
    }
    for (uint64_t i = 0; i < n; i++)
        sorting->sorted[begins[synapses[i].offset >> mesh->shift]++] = synapses[i];
    if (n)
        memcpy(synapses, sorting->sorted, n * sizeof *synapses);
    mesh->first_batch[source + 1] = mesh->n_batches;
    return true;
}

void plc_mesh_sorting_finish(plc_mesh_sorting *sorting)
{
    free(sorting->sorted);
    free(sorting->begins);
}

bool plc_mesh_post(plc_mesh *mesh, uint32_t source, int32_t sign)
{
    uint64_t first = mesh->first_synapse[source];
    for (uint64_t b = mesh->first_batch[source]; b < mesh->first_batch[source + 1]; b++) {
        const plc_mesh_batch *batch = &mesh->batches[b];
        plc_mesh_parcels *later = &mesh->later[(mesh->tick + batch->delay) & (mesh->fast.ring - 1)];
        if (!plc_array_reserve(&later->data, &later->capacity, later->n + 1, sizeof *later->data))
            return false;
        later->data[later->n++] = (plc_mesh_parcel){first, batch->n, sign};
        first += batch->n;
    }
    return true;
}

bool plc_mesh_open(plc_mesh *mesh)
{
    enum { AHEAD = 8 }; /* parcels */
    plc_mesh_parcels *due = &mesh->later[mesh->tick & (mesh->fast.ring - 1)];
    const uint32_t mask = (UINT32_C(1) << mesh->shift) - 1;
    const size_t n = due->n;
    for (size_t p = 0; p < n; p++) {
        const plc_mesh_parcel *parcel = &due->data[p];
        const plc_mesh_synapse *synapses = mesh->synapses + parcel->first;
        if (p + AHEAD < n)
            __builtin_prefetch(mesh->synapses + due->data[p + AHEAD].first);
        for (uint32_t i = 0; i < parcel->n; i++)
            mesh->ring[synapses[i].offset & mask] += parcel->sign * synapses[i].weight;
    }
    due->n = 0;
    return n > 0;
}
