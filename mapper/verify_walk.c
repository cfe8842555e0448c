/* The verifier's packets: through the routing tables to the rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/verify.h"

#include "base/memory.h"

static bool index_routes(plc_verifier *v)
{
    const plc_layout *layout = v->layout;
    if (!plc_matches_init(&v->routes, v->n_routers, layout->route_offsets[v->n_routers]))
        return false;
    for (uint32_t r = 0; r < v->n_routers; r++)
        for (uint32_t i = layout->route_offsets[r]; i < layout->route_offsets[r + 1]; i++)
            plc_matches_add(&v->routes, r, layout->route_entries[i].mask,
                            layout->route_entries[i].key, i);
    plc_matches_sort(&v->routes, v->n_routers);
    return true;
}

static bool index_entries(plc_verifier *v)
{
    const plc_layout *layout = v->layout;
    if (!plc_matches_init(&v->entries, layout->n_cores, layout->n_key_entries))
        return false;
    for (uint32_t c = 0; c < layout->n_cores; c++)
        for (uint32_t i = layout->cores[c].entry_begin; i < layout->cores[c].entry_end; i++)
            plc_matches_add(&v->entries, c, layout->key_entries[i].mask, layout->key_entries[i].key,
                            i);
    plc_matches_sort(&v->entries, layout->n_cores);
    return true;
}

bool plc_verify_init_walk(plc_verifier *v)
{
    const plc_layout *layout = v->layout;
    v->core_at = plc_array((size_t)v->n_routers + 1, sizeof *v->core_at);
    v->visited = plc_array(v->n_routers, sizeof *v->visited);
    v->delivered = plc_array(layout->n_cores, sizeof *v->delivered);
    v->todo = plc_array((size_t)v->n_routers * (PLC_N_LINKS + 1) + 1, sizeof *v->todo);
    if (!v->core_at || !v->visited || !v->delivered || !v->todo)
        return false;
    for (uint32_t c = 0; c < layout->n_cores; c++)
        v->core_at[layout->cores[c].router + 1]++;
    for (uint32_t r = 0; r < v->n_routers; r++)
        v->core_at[r + 1] += v->core_at[r];
    return index_routes(v) && index_entries(v);
}

void plc_verify_finish_walk(plc_verifier *v)
{
    plc_matches_finish(&v->routes);
    plc_matches_finish(&v->entries);
    free(v->core_at);
    free(v->visited);
    free(v->delivered);
    free(v->todo);
}

bool plc_reached_push(plc_reached_list *list, plc_reached reached)
{
    if (!plc_reserve(list, data, 1))
        return false;
    list->data[list->n++] = reached;
    return true;
}

const plc_slice *plc_verify_find_slice(const plc_verifier *v, uint32_t c, uint32_t target)
{
    const plc_layout_core *core = &v->layout->cores[c];
    uint32_t low = core->slice_begin, high = core->slice_end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const plc_slice *slice = &v->layout->slices[middle];
        if (target < slice->offset)
            high = middle;
        else if (target - slice->offset >= slice->end - slice->begin)
            low = middle + 1;
        else
            return slice;
    }
    return NULL;
}

/* Adds the synapses of a row to those reached. */
static bool read_row(plc_verifier *v, uint32_t c, uint64_t row)
{
    const plc_layout *layout = v->layout;
    const plc_layout_core *core = &layout->cores[c];
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        const plc_slice *slice = plc_verify_find_slice(v, c, synapse.target);
        if (!slice) {
            plc_violate(v, "core %u of router %u: a synapse to neuron %u, which is not there",
                        core->core, core->router, synapse.target);
            continue;
        }
        plc_reached reached = {.population = slice->population,
                               .neuron = slice->begin + (synapse.target - slice->offset),
                               .weight = synapse.weight,
                               .delay = synapse.delay,
                               .receptor = synapse.receptor,
                               .plastic = synapse.plastic};
        if (!plc_reached_push(&v->got, reached))
            return false;
    }
    return true;
}

/* Looks a key up on a core and adds the synapses of its row. */
static bool read_core(plc_verifier *v, uint32_t c, uint32_t key, bool negated)
{
    const plc_layout_core *core = &v->layout->cores[c];
    uint32_t found = plc_matches_find(&v->entries, c, key);
    if (found == PLC_NO_MATCH)
        return true; /* a packet that finds no row is dropped by the core; missing synapses show up
                        in the comparison */
    const plc_key_entry *entry = &v->layout->key_entries[found];
    uint64_t index = key & entry->index_mask;
    if (index >= entry->n_rows)
        return true;
    if (((key & entry->polarity_mask) != 0) != negated)
        plc_violate(v, "core %u of router %u: key 0x%08x is taken for the wrong polarity",
                    core->core, core->router, key);
    return read_row(v, c, core->row_begin + entry->first_row + index);
}

static bool deliver(plc_verifier *v, uint32_t router, const plc_core_set *cores, uint32_t key,
                    bool negated)
{
    for (uint32_t p = 0; p < PLC_MAX_CORES; p++) {
        if (!plc_core_set_has(cores, p))
            continue;
        uint32_t c = v->core_at[router];
        while (c < v->core_at[router + 1] && v->layout->cores[c].core != p)
            c++;
        if (c == v->core_at[router + 1]) {
            plc_violate(v, "router %u delivers key 0x%08x to core %u, which holds nothing", router,
                        key, p);
            continue;
        }
        if (v->delivered[c] == v->packet)
            plc_violate(v, "core %u of router %u gets key 0x%08x twice", p, router, key);
        v->delivered[c] = v->packet;
        if (!read_core(v, c, key, negated))
            return false;
    }
    return true;
}

bool plc_verify_walk(plc_verifier *v, uint32_t home, uint32_t key, bool negated)
{
    const plc_layout *layout = v->layout;
    uint32_t n = 0;
    v->packet++;
    v->todo[n++] = (plc_visit){home, -1};
    while (n) {
        plc_visit at = v->todo[--n];
        if (v->visited[at.router] == v->packet) {
            plc_violate(v, "key 0x%08x comes to router %u twice", key, at.router);
            continue;
        }
        v->visited[at.router] = v->packet;
        uint32_t found = plc_matches_find(&v->routes, at.router, key);
        const plc_route_entry *entry = found == PLC_NO_MATCH ? NULL : &layout->route_entries[found];
        uint32_t links = entry ? entry->links : at.from >= 0 ? 1u << at.from : 0;
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            if (!(links >> link & 1))
                continue;
            int64_t next = plc_chip_neighbour(layout->chip, at.router, link);
            if (next == PLC_NO_ROUTER)
                plc_violate(v, "key 0x%08x leaves router %u by link %u, which leads nowhere", key,
                            at.router, link);
            else
                v->todo[n++] = (plc_visit){(uint32_t)next, (int)link};
        }
        if (entry && !deliver(v, at.router, &entry->cores, key, negated))
            return false;
    }
    return true;
}
