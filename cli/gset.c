/* placode gset: the 71 graphs of the G-set, generated here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int list_graphs(bool as_json)
{
    const plc_gset_entry *entry;
    json_t *list = json_array();
    if (!as_json)
        printf("%-6s %6s %6s %6s  %s\n", "name", "n", "m", "best", "rudy");
    for (size_t i = 0; (entry = plc_gset(i)); i++) {
        if (as_json)
            json_array_append_new(
                list, json_pack("{s:s, s:I, s:I, s:I, s:s}", "name", entry->name, "n",
                                (json_int_t)entry->n, "m", (json_int_t)entry->m, "best_known",
                                (json_int_t)entry->best_known, "rudy", entry->rudy));
        else
            printf("%-6s %6" PRIu32 " %6" PRIu64 " %6" PRId64 "  %s\n", entry->name, entry->n,
                   entry->m, entry->best_known, entry->rudy);
    }
    if (as_json)
        return print_result(json_pack("{s:o}", "graphs", list), true);
    json_decref(list);
    return finish_stdout();
}

static int run(const command *self, int argc, char **argv)
{
    const char *name, *out = NULL;
    bool as_json = false;
    const option_row rows[] = {
        {"o", "FILE", OPTION_TEXT, &out, 0, 0, "write to a file (default: standard output)", NULL},
        {"json", NULL, OPTION_FLAG, &as_json, 0, 0, "with `list`: print the list as JSON", NULL},
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &name, 1, 1, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (!strcmp(name, "list"))
        return list_graphs(as_json);
    if (as_json)
        return fail_usage("gset: --json goes with `list`");
    const plc_gset_entry *entry = plc_gset_find(name);
    if (!entry)
        return fail_usage("gset: no graph \"%s\"; `placode gset list` names all 71", name);
    plc_error error = {0};
    plc_graph graph = {0};
    plc_status status = plc_rudy(entry->rudy, &graph, &error);
    if (status == PLC_OK)
        status = plc_graph_write(&graph, out, &error);
    plc_graph_finish(&graph);
    return status == PLC_OK ? EXIT_OK : fail_with(status, &error);
}

const command command_gset = {
    "gset", "NAME | list",
    "write a graph of the G-set in rudy's format, byte for byte as published",
    "placode gset G22 -o G22.txt", run};
