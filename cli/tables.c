/* placode tables: minimise routing tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "cli/tables_file.h"
#include "mapper/equivalence.h"
#include "mapper/minimise.h"

#include <string.h>

/* A router of SpiNNaker has 1,024 entries, of which its system software keeps one. */
enum { LIMIT_DEFAULT = 1023, LIMIT_MAX = 1 << 24, NAMED_MAX = 10 };

/* What came out. */
typedef struct outcome {
    table_list made;
    uint64_t entries, made_entries, defaulted; /* defaulted: entries that are left to the default */
    uint32_t most;                             /* entries of the largest */
    double seconds;                            /* [s] minimising, proofs not included */
    uint64_t digest;
} outcome;

/* Entries of a table that nothing in its successor matches; all are defaultable. */
static uint64_t count_defaulted(const routing_table *table, const routing_table *made)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < table->n; i++) {
        bool caught = !table->defaultable[i];
        for (uint32_t k = 0; !caught && k < made->n; k++)
            caught = !((table->entries[i].key ^ made->entries[k].key) & table->entries[i].mask &
                       made->entries[k].mask);
        n += !caught;
    }
    return n;
}

/* Minimises a table and proves the result; on failure the result is to be finished all the same. */
static plc_status minimise(const routing_table *table, unsigned effort, routing_table *made,
                           double *seconds, plc_error *error)
{
    double begin = seconds_now();
    *made = (routing_table){.x = table->x, .y = table->y};
    plc_status status = plc_table_minimise(table->entries, table->defaultable, table->n, effort,
                                           &made->entries, &made->n, error);
    *seconds += seconds_now() - begin;
    if (status == PLC_OK && !(made->defaultable = plc_array(made->n, sizeof *made->defaultable)))
        status = plc_fail_memory(error, "routing tables");
    if (status == PLC_OK)
        status = plc_table_prove((plc_table){table->entries, table->n}, table->defaultable,
                                 (plc_table){made->entries, made->n}, error);
    return status;
}

static void add_up(const routing_table *table, const routing_table *made, outcome *out)
{
    out->entries += table->n;
    out->made_entries += made->n;
    out->defaulted += count_defaulted(table, made);
    if (made->n > out->most)
        out->most = made->n;
    uint64_t head[] = {made->x, made->y, made->n};
    out->digest = plc_digest_bytes(out->digest, head, sizeof head);
    for (uint32_t i = 0; i < made->n; i++) {
        const plc_route_entry *entry = &made->entries[i];
        uint64_t words[] = {entry->key, entry->mask, entry->links, entry->cores.word[0]};
        out->digest = plc_digest_bytes(out->digest, words, sizeof words);
    }
}

static plc_status minimise_all(const table_list *list, unsigned effort, outcome *out,
                               plc_error *error)
{
    progress bar;
    plc_status status = PLC_OK;
    out->made.tables = plc_array(list->n, sizeof *out->made.tables);
    if (!out->made.tables)
        return plc_fail_memory(error, "routing tables");
    progress_begin(&bar, "tables");
    while (status == PLC_OK && out->made.n < list->n) {
        const routing_table *table = &list->tables[out->made.n];
        routing_table *made = &out->made.tables[out->made.n++];
        status = minimise(table, effort, made, &out->seconds, error);
        if (status == PLC_OK)
            add_up(table, made, out);
        else if (status == PLC_DIFFERS || status == PLC_FAILED) {
            char why[sizeof error->message];
            memcpy(why, error->message, sizeof why);
            status = plc_fail(error, PLC_FAILED, "table of (%u,%u): not proved: %.900s", table->x,
                              table->y, why);
        }
        progress_show(&bar, (double)out->made.n / list->n);
    }
    progress_end(&bar);
    return status;
}

/* [x, y, entries before, entries after] of each table. */
static json_t *list_sizes(const table_list *list, const outcome *out)
{
    json_t *sizes = json_array();
    for (uint32_t i = 0; i < list->n; i++)
        json_array_append_new(sizes, json_pack("[I, I, I, I]", (json_int_t)list->tables[i].x,
                                               (json_int_t)list->tables[i].y,
                                               (json_int_t)list->tables[i].n,
                                               (json_int_t)out->made.tables[i].n));
    return sizes;
}

static int report(const table_list *list, const outcome *out, bool as_json)
{
    return print_result(
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:b, s:o, s:o}", "tables", (json_int_t)list->n,
                  "entries", (json_int_t)out->entries, "table_entries",
                  (json_int_t)out->made_entries, "table_entries_max", (json_int_t)out->most,
                  "defaulted", (json_int_t)out->defaulted, "seconds", out->seconds, "proved", true,
                  "digest", json_digest(out->digest), "sizes", list_sizes(list, out)),
        as_json);
}

/* Names the tables that are too large, the first few; the exit status. */
static int check_limit(const outcome *out, uint64_t limit)
{
    plc_text text = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < out->made.n; i++) {
        const routing_table *table = &out->made.tables[i];
        if (table->n > limit && n++ < NAMED_MAX)
            plc_text_add(&text, "%s (%u,%u) needs %u", n > 1 ? "," : "", table->x, table->y,
                         table->n);
    }
    if (n > NAMED_MAX)
        plc_text_add(&text, " and %u more", n - NAMED_MAX);
    if (n)
        log_line("does not fit: routing tables: a router has %llu entries:%s",
                 (unsigned long long)limit, text.failed ? " some need more" : text.data);
    plc_text_finish(&text);
    return n ? EXIT_NO_FIT : EXIT_OK;
}

static int run(const command *self, int argc, char **argv)
{
    const char *path = NULL, *out_path = NULL;
    uint64_t effort = 1, limit = LIMIT_DEFAULT;
    bool as_json = false;
    const option_row rows[] = {
        {"o", "OUT.json[.gz]", OPTION_TEXT, &out_path, 0, 0,
         "write the minimised tables, if all fit", NULL},
        {"effort", "0..3", OPTION_WHOLE, &effort, 0, PLC_MINIMISE_EFFORT_MAX,
         "time to spend on fewer entries: at most about 0, 1, 10 or 100 s a table (default 1)",
         NULL},
        {"limit", "N", OPTION_WHOLE, &limit, 0, LIMIT_MAX,
         "entries that a router has (default 1023)", NULL},
        OPTION_JSON(&as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &path, 1, 1, NULL);
    if (exit_status >= 0)
        return exit_status;
    plc_error error = {0};
    table_list list = {0};
    outcome out = {0};
    plc_status status = tables_read(path, &list, &error);
    if (status == PLC_OK)
        status = minimise_all(&list, (unsigned)effort, &out, &error);
    int fits = status == PLC_OK ? check_limit(&out, limit) : EXIT_OK;
    if (status == PLC_OK && out_path && fits == EXIT_OK)
        status = tables_write(&out.made, out_path, &error);
    exit_status = status == PLC_OK ? report(&list, &out, as_json) : fail_with(status, &error);
    tables_finish(&out.made);
    tables_finish(&list);
    return exit_status == EXIT_OK ? fits : exit_status;
}

const command command_tables = {"tables", "FILE.json[.gz]",
                                "minimise routing tables, and prove that they do the same",
                                "placode tables tables.json.gz -o smaller.json.gz", run};
