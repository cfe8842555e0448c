/* The report of placode map: what a layout costs, for people and as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map.h"

#include "mapper/fill.h"

#include <stdio.h>

/* Short enough for the left column. */
static const char *const resource_texts[PLC_N_RESOURCES] = {
    [PLC_RESOURCE_NEURONS] = "core: neurons",
    [PLC_RESOURCE_SYNAPSE_MEMORY] = "core: synapse bytes",
    [PLC_RESOURCE_KEY_ENTRIES] = "core: key entries",
    [PLC_RESOURCE_AXONS_IN] = "core: axons in",
    [PLC_RESOURCE_ROUTER_ENTRIES] = "router: entries"};

enum { KEY_COLUMNS = 20, TEXT_COLUMNS = 79 };

/* [x, y, core], or [x, y] of a router. */
static json_t *describe_place(const plc_fill *fill, bool is_core)
{
    json_t *place = json_pack("[I, I]", (json_int_t)fill->x, (json_int_t)fill->y);
    if (is_core)
        json_array_append_new(place, json_integer((json_int_t)fill->core));
    return place;
}

static const char *resource_key(unsigned resource)
{
    return plc_chip_quantity_key(plc_fill_quantity((plc_resource)resource));
}

static json_t *list_fill(const plc_map_report *report)
{
    json_t *list = json_array();
    for (unsigned k = 0; k < PLC_N_RESOURCES; k++) {
        const plc_fill *fill = &report->fill[k];
        if (fill->n == 0)
            continue;
        json_t *limit =
            fill->limit == UINT64_MAX ? json_null() : json_integer((json_int_t)fill->limit);
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:f, s:o, s:o}", "resource", resource_key(k), "max",
                            (json_int_t)fill->max, "mean", fill->mean, "limit", limit, "at",
                            describe_place(fill, k != PLC_RESOURCE_ROUTER_ENTRIES)));
    }
    return list;
}

static json_t *list_passes(const plc_pass_log *log)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < log->n; i++)
        json_array_append_new(list, json_pack("{s:s, s:f, s:o}", "pass", log->passes[i].name,
                                              "seconds", log->passes[i].seconds, "digest",
                                              json_digest(log->passes[i].digest)));
    return list;
}

static json_t *list_figures(const plc_map_report *r)
{
    json_t *gap =
        r->bound_hops > 0 ? json_real(r->multicast_hops / r->bound_hops - 1) : json_null();
    return json_pack(
        "{s:I, s:I, s:f, s:f, s:o, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:o, s:f, s:o}", "cores",
        (json_int_t)r->cores, "chips", (json_int_t)r->chips, "multicast_hops", r->multicast_hops,
        "bound_hops", r->bound_hops, "gap", gap, "copies", r->copies, "core_copies", r->core_copies,
        "max_link_load", r->max_link_load, "bound_link_load", r->bound_link_load, "table_entries",
        (json_int_t)r->table_entries, "table_entries_max", (json_int_t)r->table_entries_max,
        "synapse_bytes", (json_int_t)r->synapse_bytes, "fill", list_fill(r), "seconds", r->seconds,
        "passes", list_passes(&r->passes));
}

static void print_text(const char *key, const char *value)
{
    printf("%-*s %s\n", KEY_COLUMNS, key, value);
}

static void print_count(const char *key, uint64_t value)
{
    printf("%-*s %llu\n", KEY_COLUMNS, key, (unsigned long long)value);
}

/* "18612  (bound 12000, +55.1 %)". */
static void print_bounded(const char *key, double value, double bound)
{
    printf("%-*s %.8g", KEY_COLUMNS, key, value);
    if (bound > 0 && value <= bound)
        printf("  (bound %.8g: there is no better)", bound);
    else if (bound > 0 && value < 10 * bound)
        printf("  (bound %.8g, %+.3g %%)", bound, 100 * (value / bound - 1));
    else if (bound > 0)
        printf("  (bound %.8g, %.3g times that)", bound, value / bound);
    putchar('\n');
}

/* "43 of 1023 (4.2 %)  mean 2.58333  at (0, 0)": the fullest, the mean, and where the fullest is.
 */
static void print_fill(const char *key, const plc_fill *fill, bool is_core)
{
    printf("%-*s ", KEY_COLUMNS, key);
    int n = printf("%llu", (unsigned long long)fill->max);
    if (fill->limit != UINT64_MAX)
        n += printf(" of %llu (%.3g %%)", (unsigned long long)fill->limit,
                    fill->limit ? 100 * (double)fill->max / (double)fill->limit : 0);
    printf("%*s  mean %-8.6g at (%u, %u)", n < 26 ? 26 - n : 0, "", fill->mean, fill->x, fill->y);
    if (is_core)
        printf(" core %u", fill->core);
    putchar('\n');
}

/* "place 0.18 s, route 0.02 s", broken where lines would be too long. */
static void print_passes(const plc_pass_log *log)
{
    int column = printf("%-*s", KEY_COLUMNS, "passes");
    for (uint32_t i = 0; i < log->n; i++) {
        char text[64];
        int n = snprintf(text, sizeof text, " %s %.3f s%s", log->passes[i].name,
                         log->passes[i].seconds, i + 1 < log->n ? "," : "");
        if (column + n > TEXT_COLUMNS)
            column = printf("\n%-*s", KEY_COLUMNS, "") - 1;
        fputs(text, stdout);
        column += n;
    }
    putchar('\n');
}

static void print_report(const char *graph, const plc_chip *chip, const plc_map_report *r,
                         uint64_t digest)
{
    if (graph)
        print_text("graph", graph);
    print_text("chip", plc_chip_name(chip));
    print_count("cores", r->cores);
    print_count("chips", r->chips);
    print_bounded("multicast_hops", r->multicast_hops, r->bound_hops);
    print_bounded("copies", r->copies, 0);
    print_bounded("core_copies", r->core_copies, 0);
    print_bounded("max_link_load", r->max_link_load, r->bound_link_load);
    print_count("table_entries", r->table_entries);
    print_count("table_entries_max", r->table_entries_max);
    print_count("synapse_bytes", r->synapse_bytes);
    for (unsigned k = 0; k < PLC_N_RESOURCES; k++)
        if (r->fill[k].n)
            print_fill(resource_texts[k], &r->fill[k], k != PLC_RESOURCE_ROUTER_ENTRIES);
    printf("%-*s %.3f\n", KEY_COLUMNS, "seconds", r->seconds);
    print_passes(&r->passes);
    printf("%-*s 0x%016llx\n", KEY_COLUMNS, "digest", (unsigned long long)digest);
}

json_t *map_report_json(const char *graph, const plc_chip *chip, const plc_map_report *r,
                        uint64_t digest, json_t *lists)
{
    json_t *result = json_object();
    if (graph)
        json_object_set_new(result, "graph", json_text(graph));
    json_object_set_new(result, "chip", json_text(plc_chip_name(chip)));
    json_t *figures = list_figures(r);
    if (json_object_update(result, figures) ||
        json_object_set_new(result, "digest", json_digest(digest)) ||
        json_object_update(result, lists)) {
        json_decref(result);
        result = NULL;
    }
    json_decref(figures);
    json_decref(lists);
    return result;
}

int map_report_print(const char *graph, const plc_chip *chip, const plc_map_report *r,
                     uint64_t digest, json_t *lists)
{
    if (lists) /* print_result() says so when memory is short */
        return print_result(map_report_json(graph, chip, r, digest, lists), true);
    print_report(graph, chip, r, digest);
    return finish_stdout();
}
