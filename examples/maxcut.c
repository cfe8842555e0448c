/* Solves MAX-CUT on a graph with the public API: generate, map, run, recount. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>

/* What is freed at the end. */
typedef struct objects {
    plc_graph graph;
    plc_maxcut *maxcut;
    plc_chip *chip;
    plc_layout *layout;
    plc_engine *engine;
    plc_cut_tracker *tracker;
    uint8_t *sides;
} objects;

static plc_status take_spikes(void *tracker, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_cut_tracker_take(tracker, spikes, NULL, n, NULL);
}

static plc_status solve(objects *o, plc_error *error)
{
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_engine_settings engine_settings = {.seed = 1};
    plc_status status;
    settings.updates = 2000000;
    if ((status = plc_rudy("-rnd_graph 200 10 7", &o->graph, error)) != PLC_OK ||
        (status = plc_maxcut_create(&o->graph, &settings, &o->maxcut, error)) != PLC_OK ||
        (status = plc_chip_open("spinnaker-4", &o->chip, error)) != PLC_OK ||
        (status = plc_map(plc_maxcut_network(o->maxcut), o->chip, NULL, &o->layout, error)) !=
            PLC_OK ||
        (status = plc_engine_create(o->layout, &engine_settings, &o->engine, error)) != PLC_OK ||
        (status = plc_cut_tracker_create(o->maxcut, &o->tracker, error)) != PLC_OK)
        return status;
    return plc_engine_run(o->engine, plc_maxcut_ticks(o->maxcut), take_spikes, o->tracker, error);
}

int main(void)
{
    objects o = {0};
    plc_error error = {0};
    plc_status status = solve(&o, &error);
    int64_t cut = 0, recount = -1;
    if (status == PLC_OK && (o.sides = malloc(o.graph.n))) {
        plc_cut_tracker_sides(o.tracker, o.sides);
        cut = plc_cut_tracker_best(o.tracker);
        recount = plc_graph_recount(&o.graph, o.sides);
        printf("cut %lld of %llu edges, recounted %lld\n", (long long)cut,
               (unsigned long long)o.graph.m, (long long)recount);
    } else {
        fprintf(stderr, "%s\n", error.message);
    }
    free(o.sides);
    plc_cut_tracker_destroy(o.tracker);
    plc_engine_destroy(o.engine);
    plc_layout_destroy(o.layout);
    plc_chip_destroy(o.chip);
    plc_maxcut_destroy(o.maxcut);
    plc_graph_finish(&o.graph);
    return cut == recount ? 0 : 1;
}
