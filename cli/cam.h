/* What the models of placode cam share: options, and a run of a network on a chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_CAM_H
#define PLC_CLI_CAM_H

#include "cam/cam.h"
#include "cli/command.h"
#include "cli/raster.h"
#include "hw/layout/layout.h"

/* Values of the options. */
typedef struct cam_options {
    const char *path, *chip, *engine, *model, *history, *spikes, *svg;
    uint64_t seed, threads;
    plc_cam_learning learning;
    bool is_binam, as_json;
} cam_options;

/* Takes the spikes of a run, in canonical order. */
typedef plc_status cam_take(void *model, const plc_spike *spikes, size_t n, uint64_t ticks_done,
                            plc_error *error);

/* A memory's network on its way through mapper and engine. */
typedef struct cam_run {
    const cam_options *options;
    cam_take *take;
    void *model; /* of the script, for `take` */
    plc_network *network;
    plc_layout *layout;
    plc_engine *engine;
    plc_trace trace;
    plc_error *error;
    progress bar;
    uint64_t ticks; /* to run */
    double seconds;
    bool stopped; /* by Ctrl-C */
} cam_run;

/* Maps the network and runs it; writes its spikes if that was asked for. */
plc_status cam_run_network(cam_run *r, const plc_chip *chip, plc_error *error);
void cam_run_finish(cam_run *r);
/* Draws the spikes of a run, if that was asked for, with marks of what happened when. */
plc_status cam_draw(const cam_run *r, const raster_mark *marks, size_t n_marks, plc_error *error);
/* Adds to a result what a run of n operations was and took. */
void cam_add_run(const cam_run *r, size_t n, json_t *result);
/* Numbers, as a list. */
json_t *cam_list(const uint32_t *data, size_t n);

/* The models: read the script, run it, print what came out; the exit status. */
int cam_run_ca3(const cam_options *options, const plc_chip *chip);
int cam_run_binam(const cam_options *options, const plc_chip *chip);

#endif
