/* Routing: multicast trees, and what each router does with the packets that come to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/forest.h"
#include "mapper/tables.h"

enum { NO_LINK = PLC_N_LINKS };

/* The routers that the packets of each group have to reach. */
static plc_status collect_wires(const plc_mapping *mapping, const plc_machine *machine,
                                plc_forest *forest, plc_error *error)
{
    uint32_t n_groups = (uint32_t)mapping->n_groups;
    plc_status status =
        plc_forest_init(forest, n_groups, mapping->target_offsets[n_groups], machine, error);
    uint64_t n = 0;
    for (uint32_t g = 0; status == PLC_OK && g < n_groups; g++) {
        const plc_key_group *group = &mapping->groups[g];
        plc_wire *wire = &forest->wires[g];
        *wire = (plc_wire){
            .root = mapping->cores[group->core].router, .weight = group->weight, .begin = n};
        for (uint64_t k = mapping->target_offsets[g]; k < mapping->target_offsets[g + 1]; k++) {
            /* cores are numbered by router, so those of one follow each other */
            uint32_t router = mapping->cores[mapping->target_cores[k]].router;
            if (n == wire->begin || forest->terminals[n - 1] != router)
                forest->terminals[n++] = router;
        }
        wire->n_terminals = (uint32_t)(n - wire->begin);
    }
    return status;
}

/* What the routers on the way of a group's packets do. */
typedef struct doing {
    uint8_t *arrived_by; /* [n_routers] link that packets enter by; NO_LINK where they begin */
    uint8_t *links;      /* [n_routers] bit l: they leave through link l */
    plc_core_set *cores; /* [n_routers] to which they are delivered */
} doing;

static void arrive(doing *d, uint32_t router, unsigned link)
{
    d->arrived_by[router] = (uint8_t)link;
    d->links[router] = 0;
    d->cores[router] = (plc_core_set){0};
}

/* True where a packet without an entry would do the same: it comes in and goes straight on, or it
 * begins here and goes nowhere. */
static bool is_default(const doing *d, uint32_t router)
{
    unsigned by = d->arrived_by[router];
    uint64_t delivered = 0;
    for (unsigned w = 0; w < PLC_CORE_WORDS; w++)
        delivered |= d->cores[router].word[w];
    return !delivered && d->links[router] == (by == NO_LINK ? 0 : 1u << by);
}

static void add_way(plc_ways *ways, const doing *d, const plc_key_group *group, uint32_t r)
{
    ways->data[ways->n++] =
        (plc_way){r, is_default(d, r), {group->key, group->key_mask, d->links[r], d->cores[r]}};
}

/* Adds what each router of a group's tree does; with no target, its own router nothing. False when
 * memory is short. */
static bool add_ways(const plc_mapping *mapping, const plc_machine *machine,
                     const plc_forest *forest, uint32_t g, doing *d, plc_ways *ways)
{
    const plc_key_group *group = &mapping->groups[g];
    const plc_wire *wire = &forest->wires[g];
    const plc_tree_link *links = forest->links + wire->links;
    if (!plc_reserve(ways, data, wire->n + 1))
        return false;
    arrive(d, wire->root, NO_LINK);
    for (uint32_t i = 0; i < wire->n; i++) {
        d->links[links[i].router] |= (uint8_t)(1u << links[i].link);
        arrive(d, (uint32_t)machine->next[links[i].router][links[i].link], links[i].link);
    }
    for (uint64_t k = mapping->target_offsets[g]; k < mapping->target_offsets[g + 1]; k++) {
        const plc_mapped_core *core = &mapping->cores[mapping->target_cores[k]];
        plc_core_set_add(&d->cores[core->router], core->core);
    }
    add_way(ways, d, group, wire->root);
    for (uint32_t i = 0; i < wire->n; i++)
        add_way(ways, d, group, (uint32_t)machine->next[links[i].router][links[i].link]);
    return true;
}

static plc_status collect_ways(const plc_mapping *mapping, const plc_machine *machine,
                               const plc_forest *forest, plc_ways *ways, plc_error *error)
{
    size_t n = machine->n_routers;
    doing d = {.arrived_by = plc_array(n, 1),
               .links = plc_array(n, 1),
               .cores = plc_array(n, sizeof *d.cores)};
    bool ok = d.arrived_by && d.links && d.cores;
    for (uint32_t g = 0; ok && g < forest->n_wires; g++)
        ok = add_ways(mapping, machine, forest, g, &d, ways);
    free(d.arrived_by);
    free(d.links);
    free(d.cores);
    return ok ? PLC_OK : plc_fail_memory(error, "routing");
}

static plc_status fail_unreached(plc_mapping *mapping, const plc_machine *machine,
                                 const plc_forest *forest, uint32_t g, plc_error *error)
{
    const plc_wire *wire = &forest->wires[g];
    uint32_t width = mapping->chip->width, terminal = wire->root;
    char what[160];
    for (uint32_t i = 0; i < wire->n_terminals; i++)
        if (plc_machine_hops(machine, wire->root, forest->terminals[wire->begin + i]) ==
            PLC_UNREACHABLE)
            terminal = forest->terminals[wire->begin + i];
    plc_map_describe_group(mapping, &mapping->groups[g], what, sizeof what);
    mapping->lack = (plc_lack){.kind = PLC_LACK_LINKS, .needed = mapping->n_cores};
    return plc_fail(
        error, PLC_DOES_NOT_FIT, "does not fit: links: no path from (%u,%u) to (%u,%u) for %s",
        wire->root % width, wire->root / width, terminal % width, terminal / width, what);
}

plc_status plc_map_route(plc_mapping *mapping, plc_error *error)
{
    plc_machine machine = {0};
    plc_forest forest = {0};
    plc_ways ways = {0};
    uint32_t unreached = UINT32_MAX;
    plc_status status = plc_machine_init(&machine, mapping->chip, error);
    if (status == PLC_OK)
        status = collect_wires(mapping, &machine, &forest, error);
    if (status == PLC_OK)
        status = plc_forest_grow(&forest, &machine, mapping->settings.effort,
                                 mapping->settings.seed, &unreached, error);
    if (status == PLC_DOES_NOT_FIT && unreached != UINT32_MAX)
        status = fail_unreached(mapping, &machine, &forest, unreached, error);
    if (status == PLC_OK)
        status = collect_ways(mapping, &machine, &forest, &ways, error);
    if (status == PLC_OK)
        status = plc_map_tables(mapping, &ways, error);
    free(ways.data);
    plc_forest_finish(&forest);
    plc_machine_finish(&machine);
    return status;
}
