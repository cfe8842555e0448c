/* Routing: shortest-path multicast trees, and the tables that make packets follow them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"

enum { NO_LINK = PLC_N_LINKS };
static const uint32_t unreached = UINT32_MAX;

/* One entry on its way into the tables. */
typedef struct routed {
    uint32_t router;
    plc_route_entry entry;
} routed;

/* The tree of the group at hand, and the distances it grows on. A tree's routers are listed in
 * `nodes`. */
typedef struct tree {
    const plc_chip *chip;
    uint32_t root;       /* UINT32_MAX: no distances yet */
    uint32_t *distance;  /* [routers] hops from the root */
    uint32_t *parent;    /* [routers] the router from which the search came */
    uint8_t *parent_by;  /* [routers] and the link it took there; NO_LINK at the root */
    uint32_t *queue;     /* [routers] */
    uint32_t *tree_of;   /* [routers] number of the tree that reached the router */
    uint8_t *arrived_by; /* [routers] link by which its packets leave the previous router; NO_LINK
                            at the root */
    uint8_t *links;      /* [routers] bit l: the tree goes on through link l */
    plc_core_set *cores; /* [routers] cores it delivers to */
    uint32_t *nodes;     /* [routers] */
    uint32_t n_nodes;
} tree;

static void finish_tree(tree *t)
{
    free(t->distance);
    free(t->parent);
    free(t->parent_by);
    free(t->queue);
    free(t->tree_of);
    free(t->arrived_by);
    free(t->links);
    free(t->cores);
    free(t->nodes);
}

static bool init_tree(tree *t, const plc_chip *chip)
{
    size_t n = (size_t)chip->width * chip->height;
    *t = (tree){.chip = chip, .root = unreached};
    t->distance = plc_array(n, sizeof *t->distance);
    t->parent = plc_array(n, sizeof *t->parent);
    t->parent_by = plc_array(n, sizeof *t->parent_by);
    t->queue = plc_array(n, sizeof *t->queue);
    t->tree_of = plc_array(n, sizeof *t->tree_of);
    t->arrived_by = plc_array(n, sizeof *t->arrived_by);
    t->links = plc_array(n, sizeof *t->links);
    t->cores = plc_array(n, sizeof *t->cores);
    t->nodes = plc_array(n, sizeof *t->nodes);
    return t->distance && t->parent && t->parent_by && t->queue && t->tree_of && t->arrived_by &&
           t->links && t->cores && t->nodes;
}

static void measure_distances(tree *t, uint32_t root)
{
    uint32_t n_routers = t->chip->width * t->chip->height, n = 0;
    if (t->root == root)
        return;
    for (uint32_t r = 0; r < n_routers; r++)
        t->distance[r] = unreached;
    t->root = root;
    t->distance[root] = 0;
    t->parent_by[root] = NO_LINK;
    t->queue[n++] = root;
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int64_t next = plc_chip_neighbour(t->chip, t->queue[i], link);
            if (next != PLC_NO_ROUTER && t->distance[next] == unreached) {
                t->distance[next] = t->distance[t->queue[i]] + 1;
                t->parent[next] = t->queue[i];
                t->parent_by[next] = (uint8_t)link;
                t->queue[n++] = (uint32_t)next;
            }
        }
    }
}

static void join(tree *t, uint32_t number, uint32_t router, unsigned arrived_by)
{
    t->tree_of[router] = number;
    t->arrived_by[router] = (uint8_t)arrived_by;
    t->links[router] = 0;
    t->cores[router] = (plc_core_set){0};
    t->nodes[t->n_nodes++] = router;
}

/* The router one hop nearer to the root from which `link` leads to `router`, or PLC_NO_ROUTER. */
static int64_t previous(const tree *t, uint32_t router, unsigned link)
{
    if (link == t->parent_by[router])
        return t->parent[router];
    int64_t before = plc_chip_neighbour(t->chip, router, (link + 3) % PLC_N_LINKS);
    bool nearer = before != PLC_NO_ROUTER && t->distance[before] + 1 == t->distance[router];
    return nearer && plc_chip_neighbour(t->chip, (uint32_t)before, link) == router ? before
                                                                                   : PLC_NO_ROUTER;
}

/* The link by which a shortest path enters `router`: the one it leaves by (`onward`) if there is a
 * choice, because going straight on needs no entry; else the one by which the search came. */
static unsigned choose_link(const tree *t, uint32_t router, unsigned onward)
{
    bool straight = onward != NO_LINK && previous(t, router, onward) != PLC_NO_ROUTER;
    return straight ? onward : t->parent_by[router];
}

/* Adds the path from the tree to a router; false when there is none. */
static bool grow(tree *t, uint32_t number, uint32_t router)
{
    unsigned onward = NO_LINK;
    if (t->distance[router] == unreached)
        return false;
    while (t->tree_of[router] != number) {
        join(t, number, router, choose_link(t, router, onward));
        if (onward != NO_LINK)
            t->links[router] |= (uint8_t)(1u << onward);
        onward = t->arrived_by[router];
        router = (uint32_t)previous(t, router, onward);
    }
    if (onward != NO_LINK)
        t->links[router] |= (uint8_t)(1u << onward);
    return true;
}

/* True where a packet without an entry would do the same: it comes in and goes straight on. */
static bool is_default(const tree *t, uint32_t router)
{
    uint64_t delivered = 0;
    for (unsigned w = 0; w < PLC_CORE_WORDS; w++)
        delivered |= t->cores[router].word[w];
    return t->arrived_by[router] != NO_LINK && !delivered &&
           t->links[router] == 1u << t->arrived_by[router];
}

static plc_status grow_group(const plc_mapping *mapping, tree *t, uint32_t g, plc_error *error)
{
    const plc_key_group *group = &mapping->groups[g];
    uint32_t root = mapping->cores[group->core].router;
    t->n_nodes = 0;
    measure_distances(t, root);
    join(t, g + 1, root, NO_LINK);
    for (uint64_t k = mapping->target_offsets[g]; k < mapping->target_offsets[g + 1]; k++) {
        const plc_mapped_core *core = &mapping->cores[mapping->target_cores[k]];
        if (!grow(t, g + 1, core->router)) {
            char what[160];
            plc_map_describe_group(mapping, group, what, sizeof what);
            return plc_fail(error, PLC_DOES_NOT_FIT,
                            "does not fit: links: no path from (%u,%u) to (%u,%u) for %s",
                            root % mapping->chip->width, root / mapping->chip->width,
                            core->router % mapping->chip->width,
                            core->router / mapping->chip->width, what);
        }
        plc_core_set_add(&t->cores[core->router], core->core);
    }
    return PLC_OK;
}

static int compare_routed(const void *a, const void *b)
{
    const routed *x = a, *y = b;
    if (x->router != y->router)
        return x->router < y->router ? -1 : 1;
    return (x->entry.key > y->entry.key) - (x->entry.key < y->entry.key);
}

/* Sorts the entries into tables and checks their size. */
static plc_status make_tables(plc_mapping *mapping, routed *entries, size_t n, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    uint32_t n_routers = chip->width * chip->height;
    uint64_t limit = plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES);
    mapping->route_offsets = plc_array((size_t)n_routers + 1, sizeof *mapping->route_offsets);
    mapping->route_entries = plc_array(n, sizeof *mapping->route_entries);
    if (!mapping->route_offsets || !mapping->route_entries)
        return plc_fail_memory(error, "routing tables");
    if (n > UINT32_MAX)
        return plc_fail(error, PLC_DOES_NOT_FIT, "does not fit: routing tables: %zu entries in all",
                        n);
    if (n)
        qsort(entries, n, sizeof *entries, compare_routed);
    for (size_t i = 0; i < n; i++) {
        mapping->route_offsets[entries[i].router + 1]++;
        mapping->route_entries[i] = entries[i].entry;
    }
    for (uint32_t r = 0; r < n_routers; r++) {
        if (mapping->route_offsets[r + 1] > limit)
            return plc_fail(
                error, PLC_DOES_NOT_FIT,
                "does not fit: routing table of router (%u,%u): needs %u entries, chip %s has %llu",
                r % chip->width, r / chip->width, mapping->route_offsets[r + 1],
                plc_chip_name(chip), (unsigned long long)limit);
        mapping->route_offsets[r + 1] += mapping->route_offsets[r];
    }
    return PLC_OK;
}

plc_status plc_map_route(plc_mapping *mapping, plc_error *error)
{
    tree t;
    routed *entries = NULL;
    size_t n = 0, capacity = 0;
    plc_status status = init_tree(&t, mapping->chip) ? PLC_OK : plc_fail_memory(error, "routing");
    for (uint32_t g = 0; status == PLC_OK && g < mapping->n_groups; g++) {
        if (mapping->target_offsets[g] == mapping->target_offsets[g + 1])
            continue;
        status = grow_group(mapping, &t, g, error);
        if (status == PLC_OK &&
            !plc_array_reserve(&entries, &capacity, n + t.n_nodes, sizeof *entries))
            status = plc_fail_memory(error, "routing");
        for (uint32_t i = 0; status == PLC_OK && i < t.n_nodes; i++) {
            uint32_t router = t.nodes[i];
            if (!is_default(&t, router))
                entries[n++] = (routed){router,
                                        {mapping->groups[g].key, mapping->groups[g].key_mask,
                                         t.links[router], t.cores[router]}};
        }
    }
    if (status == PLC_OK)
        status = make_tables(mapping, entries, n, error);
    free(entries);
    finish_tree(&t);
    return status;
}
