/* Places of a mapping like an old layout: those that were, and near ones for fresh cores. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/like.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/machine.h"

/* What the placing works with. */
typedef struct placing {
    plc_mapping *mapping;
    plc_machine machine;
    bool has_distances;
    plc_core_set *used; /* [routers] */
    double *traffic;    /* [n_cores] of the core at hand with each other [packets / tick] */
} placing;

/* Sums the packets between a core and each other. */
static void sum_traffic(placing *p, uint32_t core)
{
    const plc_mapping *m = p->mapping;
    memset(p->traffic, 0, m->n_cores * sizeof *p->traffic);
    for (size_t g = 0; g < m->n_groups; g++) {
        uint32_t source = m->groups[g].core;
        for (uint64_t k = m->target_offsets[g]; k < m->target_offsets[g + 1]; k++) {
            if (source == core)
                p->traffic[m->target_cores[k]] += m->groups[g].weight;
            else if (m->target_cores[k] == core)
                p->traffic[source] += m->groups[g].weight;
        }
    }
    p->traffic[core] = 0;
}

/* Packets x hops of a core on a router to its partners that have places. */
static double measure(const placing *p, uint32_t router)
{
    const plc_mapping *m = p->mapping;
    double sum = 0;
    for (size_t c = 0; p->has_distances && c < m->n_cores; c++)
        if (p->traffic[c] > 0 && m->cores[c].router != PLC_NO_PLACE)
            sum += p->traffic[c] * plc_machine_hops(&p->machine, router, m->cores[c].router);
    return sum;
}

/* The lowest usable core of a router that is free; PLC_MAX_CORES: none. */
static uint32_t find_core(const placing *p, uint32_t router)
{
    const plc_core_set *usable = &p->mapping->chip->cores[router];
    uint32_t core = 0;
    while (core < PLC_MAX_CORES &&
           (!plc_core_set_has(usable, core) || plc_core_set_has(&p->used[router], core)))
        core++;
    return core;
}

static void occupy(placing *p, uint32_t c, uint32_t router, uint32_t core)
{
    p->mapping->cores[c].router = router;
    p->mapping->cores[c].core = core;
    plc_core_set_add(&p->used[router], core);
}

/* Puts a core where it has the fewest hops; false when all places are taken. */
static bool place_core(placing *p, uint32_t c, const uint32_t *order, uint32_t n_routers)
{
    uint32_t best = PLC_NO_PLACE;
    double least = 0;
    sum_traffic(p, c);
    for (uint32_t i = 0; i < n_routers; i++) {
        if (find_core(p, order[i]) == PLC_MAX_CORES)
            continue;
        double cost = measure(p, order[i]);
        if (best == PLC_NO_PLACE || cost < least) {
            best = order[i];
            least = cost;
        }
        if (!p->has_distances)
            break;
    }
    if (best != PLC_NO_PLACE)
        occupy(p, c, best, find_core(p, best));
    return best != PLC_NO_PLACE;
}

static plc_status place_all(placing *p, const uint32_t *order, uint32_t n_routers, plc_error *error)
{
    plc_mapping *m = p->mapping;
    const plc_like_place *places = m->like->places;
    for (uint32_t c = 0; c < m->n_cores; c++) {
        m->cores[c].router = PLC_NO_PLACE;
        if (places[c].router != PLC_NO_PLACE)
            occupy(p, c, places[c].router, places[c].core);
    }
    for (uint32_t c = 0; c < m->n_cores; c++)
        if (m->cores[c].router == PLC_NO_PLACE && !place_core(p, c, order, n_routers)) {
            m->lack = (plc_lack){.kind = PLC_LACK_CORES, .needed = m->n_cores};
            return plc_fail(error, PLC_DOES_NOT_FIT,
                            "does not fit: cores: like: the network needs %zu, chip %s has fewer",
                            m->n_cores, plc_chip_name(m->chip));
        }
    return PLC_OK;
}

plc_status plc_like_place_cores(plc_mapping *mapping, const uint32_t *order, uint32_t n_routers,
                                plc_error *error)
{
    enum { ROUTERS_MAX = 8192 }; /* distances on a mesh with dead parts take their square */
    size_t all = (size_t)mapping->chip->width * mapping->chip->height;
    placing p = {.mapping = mapping,
                 .has_distances = all <= ROUTERS_MAX,
                 .used = plc_array(all, sizeof *p.used),
                 .traffic = plc_array(mapping->n_cores, sizeof *p.traffic)};
    plc_status status = p.used && p.traffic ? PLC_OK : plc_fail_memory(error, "placement");
    if (status == PLC_OK && p.has_distances)
        status = plc_machine_init(&p.machine, mapping->chip, error);
    if (status == PLC_OK)
        status = place_all(&p, order, n_routers, error);
    plc_machine_finish(&p.machine);
    free(p.used);
    free(p.traffic);
    return status;
}
