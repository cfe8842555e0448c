/* Placement: cores in the order they were filled onto routers in breadth-first order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"

/* Live routers in breadth-first order over live links from the lowest one; those not connected to
 * it are left out. */
static uint32_t order_routers(const plc_chip *chip, uint32_t *order, bool *seen)
{
    uint32_t n_routers = chip->width * chip->height, n = 0;
    for (uint32_t r = 0; r < n_routers && n == 0; r++) {
        if (chip->alive[r]) {
            seen[r] = true;
            order[n++] = r;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int64_t next = plc_chip_neighbour(chip, order[i], link);
            if (next != PLC_NO_ROUTER && !seen[next]) {
                seen[next] = true;
                order[n++] = (uint32_t)next;
            }
        }
    }
    return n;
}

/* Gives the cores places in order; the number of cores that got one. */
static size_t assign(plc_mapping *mapping, const uint32_t *order, uint32_t n_routers)
{
    size_t placed = 0;
    for (uint32_t i = 0; i < n_routers; i++) {
        const plc_core_set *usable = &mapping->chip->cores[order[i]];
        for (uint32_t c = 0; c < mapping->chip->cores_per_router && placed < mapping->n_cores;
             c++) {
            if (!plc_core_set_has(usable, c))
                continue;
            mapping->cores[placed].router = order[i];
            mapping->cores[placed++].core = c;
        }
    }
    return placed;
}

/* A core and its number before sorting by place. */
typedef struct placed_core {
    plc_mapped_core core;
    uint32_t number;
} placed_core;

static int compare_places(const void *a, const void *b)
{
    const plc_mapped_core *x = &((const placed_core *)a)->core,
                          *y = &((const placed_core *)b)->core;
    if (x->router != y->router)
        return x->router < y->router ? -1 : 1;
    return (x->core > y->core) - (x->core < y->core);
}

/* Renumbers cores by (router, core), as layouts have them. */
static bool sort_cores(plc_mapping *mapping)
{
    placed_core *sorted = plc_array(mapping->n_cores, sizeof *sorted);
    uint32_t *number = plc_array(mapping->n_cores, sizeof *number);
    bool ok = sorted && number;
    for (size_t i = 0; ok && i < mapping->n_cores; i++)
        sorted[i] = (placed_core){mapping->cores[i], (uint32_t)i};
    if (ok)
        qsort(sorted, mapping->n_cores, sizeof *sorted, compare_places);
    for (size_t i = 0; ok && i < mapping->n_cores; i++) {
        mapping->cores[i] = sorted[i].core;
        number[sorted[i].number] = (uint32_t)i;
    }
    for (size_t s = 0; ok && s < mapping->n_slices; s++)
        mapping->slices[s].core = number[mapping->slices[s].core];
    free(sorted);
    free(number);
    return ok;
}

plc_status plc_map_place(plc_mapping *mapping, plc_error *error)
{
    uint32_t n_routers = mapping->chip->width * mapping->chip->height;
    uint32_t *order = plc_array(n_routers, sizeof *order);
    bool *seen = plc_array(n_routers, sizeof *seen);
    plc_status status = PLC_OK;
    if (!order || !seen) {
        status = plc_fail_memory(error, "placement");
    } else {
        uint32_t n = order_routers(mapping->chip, order, seen);
        size_t placed = assign(mapping, order, n);
        if (placed < mapping->n_cores)
            status = plc_fail(error, PLC_DOES_NOT_FIT,
                              "does not fit: cores: the network needs %zu, chip %s has %zu that "
                              "are connected to each other",
                              mapping->n_cores, plc_chip_name(mapping->chip), placed);
        else if (!sort_cores(mapping))
            status = plc_fail_memory(error, "placement");
    }
    free(order);
    free(seen);
    return status;
}
