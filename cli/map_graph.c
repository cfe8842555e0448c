/* placode map --graph: place and route a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/picture.h"
#include "mapper/bound.h"
#include "mapper/place_graph.h"

#include <stdlib.h>
#include <string.h>

/* [x, y, core] by vertex. */
static json_t *list_vertices(const plc_graph_layout *layout, uint32_t width)
{
    json_t *list = json_array();
    for (uint32_t v = 0; v < layout->n_vertices; v++)
        json_array_append_new(list, json_pack("[I, I, I]", (json_int_t)(layout->routers[v] % width),
                                              (json_int_t)(layout->routers[v] / width),
                                              (json_int_t)layout->cores[v]));
    return list;
}

/* Per net, the directed links [x, y, dx, dy] of its tree. */
static json_t *list_trees(const plc_graph_layout *layout, uint32_t width)
{
    static const int steps[PLC_N_LINKS][2] = {{1, 0}, {1, 1}, {0, 1}, {-1, 0}, {-1, -1}, {0, -1}};
    json_t *list = json_array();
    for (uint32_t net = 0; net < layout->n_nets; net++) {
        json_t *tree = json_array();
        for (uint64_t k = layout->tree_offsets[net]; k < layout->tree_offsets[net + 1]; k++) {
            const plc_tree_link *link = &layout->links[k];
            json_array_append_new(tree,
                                  json_pack("[I, I, i, i]", (json_int_t)(link->router % width),
                                            (json_int_t)(link->router / width),
                                            steps[link->link][0], steps[link->link][1]));
        }
        json_array_append_new(list, tree);
    }
    return list;
}

static json_t *make_lists(const plc_graph_layout *layout, const plc_chip *chip)
{
    return json_pack("{s:[], s:o, s:o}", "slices", "vertices", list_vertices(layout, chip->width),
                     "trees", list_trees(layout, chip->width));
}

/* Writes what --json prints to a file. */
static plc_status write_layout(const plc_graph_layout *layout, const plc_hypergraph *graph,
                               const plc_chip *chip, const char *path, plc_error *error)
{
    json_t *result = map_report_json(graph->name, chip, &layout->report, layout->digest,
                                     make_lists(layout, chip));
    char *text = result ? json_dumps(result, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) : NULL;
    plc_status status =
        text ? plc_file_write(path, text, strlen(text), error) : plc_fail_memory(error, "layout");
    free(text);
    json_decref(result);
    return status;
}

int map_graph(const map_options *options, const plc_chip *chip)
{
    plc_error error = {0};
    plc_hypergraph graph = {0};
    plc_graph_layout layout = {0};
    plc_bound bound = {0};
    plc_status status = plc_hypergraph_read(options->graph, &graph, &error);
    double begin = seconds_now();
    if (status == PLC_OK)
        status = plc_place_graph(&graph, chip, (unsigned)options->effort, options->seed, &layout,
                                 &error);
    layout.report.seconds = seconds_now() - begin;
    if (status == PLC_OK)
        status = plc_bound_make(&graph, chip, &bound, &error);
    layout.report.bound_hops = bound.hops;
    layout.report.bound_link_load = bound.link_load;
    if (status == PLC_OK && options->svg)
        status = picture_write_graph(&graph, &layout, chip, options->svg, &error);
    if (status == PLC_OK && options->out)
        status = write_layout(&layout, &graph, chip, options->out, &error);
    int exit_status = status == PLC_OK
                          ? map_report_print(graph.name, chip, &layout.report, layout.digest,
                                             options->as_json ? make_lists(&layout, chip) : NULL)
                          : fail_with(status, &error);
    plc_graph_layout_finish(&layout);
    plc_hypergraph_finish(&graph);
    return exit_status;
}
