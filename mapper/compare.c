/* What moved between two layouts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"

#include "base/error.h"
#include "base/memory.h"

#include <placode/mapper.h>

/* A population of either layout, to be sorted by name. */
typedef struct named {
    const char *name;
    uint32_t number;
} named;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* Numbers of the first layout's populations in the second one; UINT32_MAX: not there. */
static uint32_t *match_populations(const plc_layout *before, const plc_layout *after)
{
    uint32_t *match = plc_array(before->n_populations, sizeof *match);
    named *names = plc_array(after->n_populations, sizeof *names);
    for (uint32_t i = 0; names && i < after->n_populations; i++)
        names[i] = (named){after->populations[i].name, i};
    if (names && after->n_populations)
        qsort(names, after->n_populations, sizeof *names, compare_names);
    for (uint32_t i = 0; match && names && i < before->n_populations; i++) {
        const plc_population *p = &before->populations[i];
        const named wanted = {p->name, 0};
        const named *found =
            bsearch(&wanted, names, after->n_populations, sizeof *names, compare_names);
        bool same = found && after->populations[found->number].model == p->model;
        match[i] = same ? found->number : UINT32_MAX;
    }
    if (!names) {
        free(match);
        match = NULL;
    }
    free(names);
    return match;
}

/* The place of each neuron, router * PLC_MAX_CORES + core; `first` [n_populations + 1] is filled.
 */
static uint32_t *list_places(const plc_layout *layout, uint64_t *first)
{
    for (uint32_t p = 0; p < layout->n_populations; p++)
        first[p + 1] = first[p] + layout->populations[p].size;
    uint32_t *place = plc_array(first[layout->n_populations], sizeof *place);
    for (uint32_t s = 0; place && s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        const plc_layout_core *core = &layout->cores[slice->core];
        for (uint32_t i = slice->begin; i < slice->end; i++)
            place[first[slice->population] + i] = core->router * PLC_MAX_CORES + core->core;
    }
    return place;
}

plc_status plc_map_compare(const plc_layout *before, const plc_layout *after,
                           plc_map_moves *ret_moves, plc_error *error)
{
    plc_map_moves moves = {0};
    uint64_t *first_before = plc_array(before->n_populations + 1ul, sizeof *first_before);
    uint64_t *first_after = plc_array(after->n_populations + 1ul, sizeof *first_after);
    uint32_t *match = match_populations(before, after);
    uint32_t *from = first_before ? list_places(before, first_before) : NULL;
    uint32_t *to = first_after ? list_places(after, first_after) : NULL;
    bool ok = match && from && to;
    for (uint32_t p = 0; ok && p < before->n_populations; p++) {
        uint32_t size = before->populations[p].size, q = match[p];
        uint32_t left = q == UINT32_MAX ? 0 : after->populations[q].size;
        uint32_t n = size < left ? size : left;
        moves.gone += size - n;
        for (uint32_t i = 0; i < n; i++) {
            bool moved = from[first_before[p] + i] != to[first_after[q] + i];
            moves.moved += moved;
            moves.kept += !moved;
        }
    }
    if (ok) {
        moves.added = first_after[after->n_populations] - moves.moved - moves.kept;
        *ret_moves = moves;
    }
    free(first_before);
    free(first_after);
    free(match);
    free(from);
    free(to);
    return ok ? PLC_OK : plc_fail_memory(error, "layouts");
}
