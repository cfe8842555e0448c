/* Entries left of routing tables by effort, and the time it takes, beside merging pairs.
 *
 * The yardstick is the textbook method: routes by ascending size, any two entries of a route merged
 * while the result meets no entry of a later route, each pair tried against the whole list. The
 * tables are those of PLACODE_SHARED_DATA where that is set, and made up ones: keys in runs, and
 * keys without order. Times are reported, never asserted; what is checked is that every result is
 * proved and no larger than the yardstick's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/measure.h"

#include "base/memory.h"
#include "base/random.h"
#include "cli/tables_file.h"
#include "mapper/equivalence.h"
#include "mapper/minimise.h"

#include <stdio.h>
#include <stdlib.h>

/* Entries of the largest table in PACMAN's tests. */
enum { LARGE = 39235, SMALL = 4000, ROUTES = 40 };

/* ---- the yardstick ---- */

static size_t size_of_route(const routing_table *table, uint32_t i)
{
    size_t n = 0;
    for (uint32_t k = 0; k < table->n; k++)
        n += !memcmp(&table->entries[k].cores, &table->entries[i].cores, sizeof(plc_core_set)) &&
             table->entries[k].links == table->entries[i].links;
    return n;
}

/* An entry and where its route stands. */
typedef struct ranked {
    plc_route_entry entry;
    size_t size;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    if (x->entry.links != y->entry.links)
        return x->entry.links < y->entry.links ? -1 : 1;
    return memcmp(&x->entry.cores, &y->entry.cores, sizeof x->entry.cores);
}

/* Merges what it can into the first of ranked[begin..end), one route; entries from `end` to n must
 * not be met. Returns the new end of the route, which moves down as entries vanish. */
static uint32_t merge_first(ranked *list, uint32_t begin, uint32_t end, uint32_t later, uint32_t n)
{
    for (uint32_t i = begin + 1; i < end;) {
        plc_route_entry *a = &list[begin].entry, *b = &list[i].entry;
        uint32_t mask = a->mask & b->mask & ~(a->key ^ b->key), key = a->key & mask;
        bool meets = false;
        for (uint32_t k = later; !meets && k < n; k++)
            meets = !((list[k].entry.key ^ key) & list[k].entry.mask & mask);
        if (meets) {
            i++;
            continue;
        }
        a->key = key;
        a->mask = mask;
        list[i] = list[--end];
    }
    return end;
}

/* Entries that merging pairs leaves; tables of disjoint entries only. */
static uint32_t merge_pairs(const routing_table *table)
{
    ranked *list = plc_array(table->n, sizeof *list);
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < table->n; i++)
        list[i] = (ranked){table->entries[i], size_of_route(table, i)};
    qsort(list, table->n, sizeof *list, compare_ranked);
    for (uint32_t begin = 0, later = 0; begin < table->n; begin = later) {
        while (later < table->n && !compare_ranked(&list[begin], &list[later]))
            later++;
        uint32_t end = later;
        for (uint32_t i = begin; i < end; i++, n_left++)
            end = merge_first(list, i, end, later, table->n);
    }
    free(list);
    return n_left;
}

/* ---- the tables ---- */

/* Keys from 0 on, in runs of one route of 1 to `run_max` keys. */
static routing_table make_table(uint32_t n, uint32_t run_max)
{
    routing_table table = {.n = n,
                           .entries = plc_array(n, sizeof *table.entries),
                           .defaultable = plc_array(n, sizeof *table.defaultable)};
    plc_random_key key = plc_random_stream(1, run_max, 0);
    for (uint32_t i = 0; i < n;) {
        plc_random draw = plc_random_draw(key, i, 0);
        uint32_t route = draw.word[0] % ROUTES, end = i + 1 + draw.word[1] % run_max;
        for (; i < n && i < end; i++)
            table.entries[i] =
                (plc_route_entry){.key = i, .mask = UINT32_MAX, .cores.word[0] = 1 + route};
    }
    return table;
}

/* ---- the measurement ---- */

/* Minimises and proves all tables; false when a proof fails or the result is larger than `most`. */
static bool measure(const table_list *list, unsigned effort, uint64_t most, const char *name)
{
    double minimising = 0, proving = 0;
    uint64_t total = 0;
    uint32_t largest = 0;
    bool good = true;
    for (uint32_t i = 0; i < list->n; i++) {
        const routing_table *table = &list->tables[i];
        plc_route_entry *made = NULL;
        uint32_t n = 0;
        double begin = seconds_now();
        good &= plc_table_minimise(table->entries, table->defaultable, table->n, effort, &made, &n,
                                   NULL) == PLC_OK;
        double middle = seconds_now();
        good &= plc_table_prove((plc_table){table->entries, table->n}, table->defaultable,
                                (plc_table){made, n}, NULL) == PLC_OK;
        minimising += middle - begin;
        proving += seconds_now() - middle;
        total += n;
        largest = n > largest ? n : largest;
        free(made);
    }
    printf("%-14s effort %u %10llu %8u %10.3f %8.3f\n", name, effort, (unsigned long long)total,
           largest, minimising, proving);
    return good && total <= most;
}

/* One set of tables by all efforts up to `effort_max`, beside the yardstick. */
static bool compare(const table_list *list, unsigned effort_max, const char *name)
{
    uint64_t total = 0, before = 0;
    uint32_t largest = 0;
    bool good = true;
    double begin = seconds_now();
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t n = merge_pairs(&list->tables[i]);
        before += list->tables[i].n;
        total += n;
        largest = n > largest ? n : largest;
    }
    printf("%-14s before   %10llu\n", name, (unsigned long long)before);
    printf("%-14s pairs    %10llu %8u %10.3f\n", name, (unsigned long long)total, largest,
           seconds_now() - begin);
    for (unsigned effort = 0; effort <= effort_max; effort++)
        good &= measure(list, effort, total, name);
    return good;
}

int main(void)
{
    const char *folder = getenv("PLACODE_SHARED_DATA");
    char path[1024];
    table_list list = {0};
    bool good = true;
    printf("%-14s %8s %10s %8s %10s %8s\n", "tables", "", "entries", "largest", "cpu s", "proof s");
    snprintf(path, sizeof path, "%s/routing-tables/many_to_one.json.gz", folder ? folder : "");
    if (folder && tables_read(path, &list, NULL) == PLC_OK)
        good &= compare(&list, 2, "many to one");
    tables_finish(&list);
    routing_table runs = make_table(LARGE, 100), mixed = make_table(SMALL, 1);
    good &= compare(&(table_list){1, &runs}, 1, "runs");
    good &= compare(&(table_list){1, &mixed}, 1, "no order");
    free(runs.entries);
    free(runs.defaultable);
    free(mixed.entries);
    free(mixed.defaultable);
    return !good;
}
