/* Targets: the cores that each group has synapses on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"

static int compare_cores(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Marks the cores of the targets of one slice through one projection. marked_by [n_cores] holds
 * group + 1. */
static void mark_targets(const plc_mapping *mapping, const plc_projection *projection,
                         const plc_slice *slice, uint32_t g, uint32_t *marked_by, uint32_t *found,
                         size_t *n_found)
{
    const uint32_t *slice_of = mapping->slice_of[projection->target];
    for (uint64_t k = projection->offsets[slice->begin]; k < projection->offsets[slice->end]; k++) {
        uint32_t core = mapping->slices[slice_of[projection->targets[k]]].core;
        if (marked_by[core] != g + 1) {
            marked_by[core] = g + 1;
            found[(*n_found)++] = core;
        }
    }
}

/* Marks the cores of the targets of all slices of a group. */
static void mark_group(const plc_mapping *mapping, uint32_t g, uint32_t *marked_by, uint32_t *found,
                       size_t *n_found)
{
    const plc_key_group *group = &mapping->groups[g];
    const plc_projection_index *out_of = &mapping->network->by_source;
    for (uint32_t k = group->slice_begin; k < group->slice_end; k++) {
        const plc_slice *slice = &mapping->slices[mapping->group_slices[k]];
        uint32_t source = slice->population;
        for (uint32_t i = out_of->offsets[source]; i < out_of->offsets[source + 1]; i++)
            mark_targets(mapping, &mapping->network->projections[out_of->numbers[i]], slice, g,
                         marked_by, found, n_found);
    }
}

plc_status plc_map_target(plc_mapping *mapping, plc_error *error)
{
    uint32_t *marked_by = plc_array(mapping->n_cores, sizeof *marked_by);
    size_t n = 0, capacity = 0;
    mapping->target_offsets = plc_array(mapping->n_groups + 1, sizeof *mapping->target_offsets);
    plc_status status =
        marked_by && mapping->target_offsets ? PLC_OK : plc_fail_memory(error, "targets");
    for (uint32_t g = 0; status == PLC_OK && g < mapping->n_groups; g++) {
        size_t begin = n;
        if (!plc_array_reserve(&mapping->target_cores, &capacity, n + mapping->n_cores,
                               sizeof *mapping->target_cores)) {
            status = plc_fail_memory(error, "targets");
            break;
        }
        mark_group(mapping, g, marked_by, mapping->target_cores, &n);
        qsort(mapping->target_cores + begin, n - begin, sizeof *mapping->target_cores,
              compare_cores);
        mapping->target_offsets[g + 1] = n;
    }
    free(marked_by);
    return status;
}
