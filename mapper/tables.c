/* Routing tables from what each router has to do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/tables.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/equivalence.h"
#include "mapper/minimise.h"
#include "mapper/placement.h"
#include "mapper/unfit.h"

/* The minimiser's effort by the mapping's; -1: tables are left as they are. */
static const int efforts[PLC_EFFORT_MAX + 1] = {-1, 0, 2, 3};

/* The most that is spent on a table that does not fit, whatever the effort. */
enum { EFFORT_TO_FIT = 2 };

/* The table at hand. */
typedef struct table {
    plc_route_entry *all;  /* [n_all] before it is minimised */
    bool *defaultable;     /* [n_all] */
    plc_route_entry *made; /* [n_made] */
    uint32_t n_all, n_made;
} table;

/* Tables in a row. */
typedef struct entry_list {
    plc_route_entry *data;
    size_t n, capacity;
    uint32_t most; /* of a table that does not fit; 0: all do */
} entry_list;

static int compare_ways(const void *a, const void *b)
{
    const plc_way *x = a, *y = b;
    if (x->router != y->router)
        return x->router < y->router ? -1 : 1;
    return (x->entry.key > y->entry.key) - (x->entry.key < y->entry.key);
}

/* Takes in ways [begin, end), all of one router; what is not defaultable is the table. */
static bool init_table(table *t, const plc_way *ways, size_t begin, size_t end)
{
    *t = (table){.all = plc_array(end - begin, sizeof *t->all),
                 .defaultable = plc_array(end - begin, sizeof *t->defaultable),
                 .made = plc_array(end - begin, sizeof *t->made)};
    if (!t->all || !t->defaultable || !t->made)
        return false;
    for (size_t i = begin; i < end; i++) {
        t->defaultable[t->n_all] = ways[i].defaultable;
        t->all[t->n_all++] = ways[i].entry;
        if (!ways[i].defaultable)
            t->made[t->n_made++] = ways[i].entry;
    }
    return true;
}

static void finish_table(table *t)
{
    free(t->all);
    free(t->defaultable);
    free(t->made);
}

/* Minimises the table and keeps the result if it is smaller than what there was. */
static plc_status minimise(table *t, unsigned effort, plc_error *error)
{
    plc_route_entry *made;
    uint32_t n;
    plc_status status =
        plc_table_minimise(t->all, t->defaultable, t->n_all, effort, &made, &n, error);
    if (status != PLC_OK)
        return status;
    status =
        plc_table_prove((plc_table){t->all, t->n_all}, t->defaultable, (plc_table){made, n}, error);
    if (status == PLC_OK && n < t->n_made) {
        free(t->made);
        t->made = made;
        t->n_made = n;
    } else {
        free(made);
    }
    return status;
}

/* Says which populations' keys are more than the table of a router has entries for. */
static plc_status fail_table(plc_mapping *mapping, uint32_t router, const table *t,
                             plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    uint64_t limit = plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES);
    size_t n = mapping->network->n_populations;
    plc_need *needs = plc_array(n, sizeof *needs);
    char who[384];
    mapping->table_excess = (double)t->n_made / (double)limit;
    mapping->lack = (plc_lack){
        .kind = PLC_LACK_LIMIT, .quantity = PLC_CHIP_ROUTER_ENTRIES, .needed = t->n_made};
    if (!needs)
        return plc_fail_memory(error, "routing tables");
    for (uint32_t i = 0; i < n; i++)
        needs[i].population = i;
    for (uint32_t i = 0; i < t->n_all; i++)
        if (!t->defaultable[i])
            needs[plc_needs_find(mapping, t->all[i].key)].amount++;
    plc_needs_sort(needs, n);
    plc_needs_list(mapping->network->populations, needs, plc_needs_count(needs, n, (double)limit),
                   who, sizeof who);
    free(needs);
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: routing table of router (%u,%u): needs %u entries, chip %s has "
                    "%llu: before merging, for %s",
                    router % chip->width, router / chip->width, t->n_made, plc_chip_name(chip),
                    (unsigned long long)limit, who);
}

static int compare_doings(const void *a, const void *b)
{
    const plc_route_entry *x = a, *y = b;
    if (x->links != y->links)
        return x->links < y->links ? -1 : 1;
    return memcmp(&x->cores, &y->cores, sizeof x->cores);
}

/* The different things that a router does with packets: no table has fewer entries. Sorts
 * t->made. */
static uint32_t count_doings(const table *t)
{
    uint32_t n = 0;
    if (t->n_made)
        qsort(t->made, t->n_made, sizeof *t->made, compare_doings);
    for (uint32_t i = 0; i < t->n_made; i++)
        n += i == 0 || compare_doings(&t->made[i - 1], &t->made[i]);
    return n;
}

/* Fails, before time is spent on any table, when that of a router cannot fit whatever the keys. */
static plc_status check_doings(plc_mapping *mapping, const plc_ways *ways, plc_error *error)
{
    uint64_t limit = plc_chip_limit(mapping->chip, PLC_CHIP_ROUTER_ENTRIES);
    plc_status status = PLC_OK;
    for (size_t begin = 0, end; status == PLC_OK && begin < ways->n; begin = end) {
        uint32_t router = ways->data[begin].router;
        for (end = begin; end < ways->n && ways->data[end].router == router;)
            end++;
        if (end - begin <= limit)
            continue;
        table t;
        if (!init_table(&t, ways->data, begin, end))
            status = plc_fail_memory(error, "routing tables");
        else if ((t.n_made = count_doings(&t)) > limit)
            status = fail_table(mapping, router, &t, error);
        finish_table(&t);
    }
    return status;
}

/* Minimises as the mapping's effort says, and more as long as the table does not fit. `most` is
 * that of entry_list; only a table that needs more than those before it fails. */
static plc_status fit(plc_mapping *mapping, uint32_t router, table *t, uint32_t *most,
                      plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    int effort = efforts[mapping->settings.effort];
    uint64_t limit = plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES);
    plc_status status = effort >= 0 ? minimise(t, (unsigned)effort, error) : PLC_OK;
    while (status == PLC_OK && t->n_made > limit && ++effort <= EFFORT_TO_FIT)
        status = minimise(t, (unsigned)effort, error);
    if (status == PLC_OK && t->n_made > limit && t->n_made > *most) {
        *most = t->n_made;
        return fail_table(mapping, router, t, error);
    }
    return status;
}

/* Makes the table of a router from its ways and appends it. */
static plc_status add_table(plc_mapping *mapping, const plc_ways *ways, size_t begin, size_t end,
                            entry_list *list, plc_error *error)
{
    table t;
    uint32_t router = ways->data[begin].router;
    plc_status status = init_table(&t, ways->data, begin, end)
                            ? fit(mapping, router, &t, &list->most, error)
                            : plc_fail_memory(error, "routing tables");
    if (status == PLC_OK && list->n + t.n_made > UINT32_MAX)
        status = plc_fail(error, PLC_DOES_NOT_FIT,
                          "does not fit: routing tables: %zu entries in all", list->n + t.n_made);
    if (status == PLC_OK && !plc_reserve(list, data, t.n_made))
        status = plc_fail_memory(error, "routing tables");
    if (status == PLC_OK && t.n_made) {
        memcpy(list->data + list->n, t.made, t.n_made * sizeof *list->data);
        list->n += t.n_made;
    }
    finish_table(&t);
    return status;
}

plc_status plc_map_tables(plc_mapping *mapping, plc_ways *ways, plc_error *error)
{
    uint32_t n_routers = mapping->chip->width * mapping->chip->height;
    entry_list list = {0};
    plc_status status = PLC_OK;
    mapping->route_offsets = plc_array((size_t)n_routers + 1, sizeof *mapping->route_offsets);
    if (!mapping->route_offsets || !plc_reserve(&list, data, 1))
        status = plc_fail_memory(error, "routing tables");
    if (ways->n)
        qsort(ways->data, ways->n, sizeof *ways->data, compare_ways);
    bool is_last = mapping->granularity + (mapping->consecutive.core_of == NULL) >=
                   PLC_GRANULARITY_MAX; /* no coarser groups will be tried */
    if (status == PLC_OK && !is_last)
        status = check_doings(mapping, ways, error);
    size_t begin = 0, end = 0;
    for (uint32_t r = 0; status == PLC_OK && r < n_routers; r++) {
        while (end < ways->n && ways->data[end].router == r)
            end++;
        if (begin < end)
            status = add_table(mapping, ways, begin, end, &list, error);
        if (status == PLC_DOES_NOT_FIT && list.most && is_last) /* the largest is what to tell */
            status = PLC_OK;
        begin = end;
        mapping->route_offsets[r + 1] = (uint32_t)list.n;
    }
    if (status == PLC_OK && list.most)
        status = PLC_DOES_NOT_FIT;
    mapping->route_entries = list.data;
    return status;
}
