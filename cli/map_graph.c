/* placode map --graph: place and route a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/graph_file.h"
#include "cli/picture.h"
#include "mapper/bound.h"
#include "mapper/graph_rates.h"
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
    json_t *list = json_array();
    for (uint32_t net = 0; net < layout->n_nets; net++) {
        json_t *tree = json_array();
        for (uint64_t k = layout->tree_offsets[net]; k < layout->tree_offsets[net + 1]; k++) {
            const plc_tree_link *link = &layout->links[k];
            json_array_append_new(
                tree, json_pack("[I, I, i, i]", (json_int_t)(link->router % width),
                                (json_int_t)(link->router / width), plc_link_steps[link->link][0],
                                plc_link_steps[link->link][1]));
        }
        json_array_append_new(list, tree);
    }
    return list;
}

/* What the command works with and finds. */
typedef struct graph_job {
    const plc_chip *chip;
    plc_hypergraph graph;
    plc_graph_places old; /* of --like */
    plc_graph_layout layout;
    map_like like;
    bool has_like;
} graph_job;

static void finish(graph_job *job)
{
    plc_graph_layout_finish(&job->layout);
    plc_graph_places_finish(&job->old);
    plc_hypergraph_finish(&job->graph);
}

static json_t *make_lists(const graph_job *job)
{
    char geometry[GEOMETRY_SIZE];
    graph_file_geometry(job->chip, geometry);
    uint32_t width = job->chip->width;
    json_t *lists =
        json_pack("{s:s, s:[], s:o, s:o}", "geometry", geometry, "slices", "vertices",
                  list_vertices(&job->layout, width), "trees", list_trees(&job->layout, width));
    if (lists && job->has_like)
        map_like_report(&job->like, &job->layout.report, lists);
    return lists;
}

/* Writes what --json prints to a file. */
static plc_status write_layout(const graph_job *job, const char *path, plc_error *error)
{
    json_t *result = map_report_json(job->graph.name, job->chip, &job->layout.report,
                                     job->layout.digest, make_lists(job));
    char *text = result ? json_dumps(result, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) : NULL;
    plc_status status =
        text ? plc_file_write(path, text, strlen(text), error) : plc_fail_memory(error, "layout");
    free(text);
    json_decref(result);
    return status;
}

static plc_status read_inputs(graph_job *job, const map_options *options, plc_error *error)
{
    plc_status status = plc_hypergraph_read(options->graph, &job->graph, error);
    if (status == PLC_OK && options->rates)
        status = plc_graph_rates_read(options->rates, &job->graph, error);
    if (status == PLC_OK && options->like)
        status = graph_file_read(options->like, job->chip, &job->old, error);
    return status;
}

/* Counts who moved and maps from scratch, to know what staying costs. */
static plc_status measure_like(graph_job *job, const map_options *options, plc_error *error)
{
    plc_graph_layout fresh = {0};
    job->like.moves = plc_graph_like_compare(&job->old, job->layout.routers, job->layout.cores,
                                             job->graph.n_vertices);
    plc_status status = plc_place_graph(&job->graph, job->chip, (unsigned)options->effort,
                                        options->seed, &fresh, error);
    job->like.fresh_hops = fresh.report.multicast_hops;
    plc_graph_layout_finish(&fresh);
    return status;
}

static plc_status work(graph_job *job, const map_options *options, plc_error *error)
{
    plc_bound bound = {0};
    double begin = seconds_now();
    plc_status status =
        plc_place_graph_like(&job->graph, job->chip, job->has_like ? &job->old : NULL,
                             (unsigned)options->effort, options->seed, &job->layout, error);
    job->layout.report.seconds = seconds_now() - begin;
    if (status == PLC_OK && job->has_like)
        status = measure_like(job, options, error);
    if (status == PLC_OK)
        status = plc_bound_make(&job->graph, job->chip, &bound, error);
    job->layout.report.bound_hops = bound.hops;
    job->layout.report.bound_link_load = bound.link_load;
    if (status == PLC_OK && options->svg)
        status = picture_write_graph(&job->graph, &job->layout, job->chip, options->svg, error);
    if (status == PLC_OK && options->out)
        status = write_layout(job, options->out, error);
    return status;
}

int map_graph(const map_options *options, const plc_chip *chip)
{
    plc_error error = {0};
    graph_job job = {.chip = chip, .has_like = options->like != NULL};
    plc_status status = read_inputs(&job, options, &error);
    if (status == PLC_OK)
        status = work(&job, options, &error);
    int exit_status =
        status == PLC_OK
            ? map_report_print(job.graph.name, chip, &job.layout.report, job.layout.digest,
                               options->as_json ? make_lists(&job) : NULL)
            : fail_with(status, &error);
    if (exit_status == EXIT_OK && job.has_like && !options->as_json)
        exit_status = map_like_print(&job.like, &job.layout.report);
    finish(&job);
    return exit_status;
}
