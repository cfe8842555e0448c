/* placode explain: where a spike went and when, or what the slowest tick took its time for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"

#include "base/scan.h"
#include "cli/command.h"
#include "cli/input.h"

#include <stdio.h>
#include <string.h>

/* Values of the options. */
typedef struct explain_options {
    const char *path, *chip, *spike;
    uint64_t ticks, seed;
    bool as_json, real_time, seed_given, ticks_given;
} explain_options;

/* The parts of a spike's text. */
typedef struct spike_text {
    const char *name, *neuron, *tick;
    size_t name_length, neuron_length;
} spike_text;

static bool split_spike(const char *text, spike_text *ret_parts)
{
    const char *first = strchr(text, ','), *last = first ? strchr(first + 1, ',') : NULL;
    if (!last)
        return false;
    *ret_parts = (spike_text){.name = text,
                              .name_length = (size_t)(first - text),
                              .neuron = first + 1,
                              .neuron_length = (size_t)(last - first - 1),
                              .tick = last + 1};
    return true;
}

static int fail_population(const plc_layout *layout, const spike_text *parts)
{
    char legal[256] = "";
    size_t used = 0;
    for (uint32_t p = 0; p < layout->n_populations && used < sizeof legal; p++)
        used += (size_t)snprintf(legal + used, sizeof legal - used, "%s%s", p ? ", " : "",
                                 layout->populations[p].name);
    return fail_usage("explain: --spike: expected a population out of %s%s, got \"%.*s\"", legal,
                      used < sizeof legal ? "" : "...", (int)parts->name_length, parts->name);
}

/* A whole number in 0..size - 1 of an option's part; negative, or the exit status of a complaint.
 */
static int parse_index(const char *what, const char *text, size_t length, uint64_t size,
                       uint64_t *ret_value)
{
    int64_t value;
    if (!plc_parse_int(text, length, &value) || value < 0 || (uint64_t)value >= size)
        return fail_usage("explain: --spike: expected a %s in 0..%llu, got \"%.*s\"", what,
                          (unsigned long long)(size - 1), (int)length, text);
    *ret_value = (uint64_t)value;
    return -1;
}

static int parse_spike(const explain_options *options, const plc_layout *layout,
                       plc_spike *ret_spike)
{
    spike_text parts;
    uint32_t p = 0;
    uint64_t neuron = 0, tick = 0;
    if (!split_spike(options->spike, &parts))
        return fail_usage("explain: --spike: expected POPULATION,NEURON,TICK, got \"%s\"",
                          options->spike);
    for (; p < layout->n_populations; p++)
        if (strlen(layout->populations[p].name) == parts.name_length &&
            !memcmp(layout->populations[p].name, parts.name, parts.name_length))
            break;
    if (p == layout->n_populations)
        return fail_population(layout, &parts);
    int exit_status = parse_index("neuron", parts.neuron, parts.neuron_length,
                                  layout->populations[p].size, &neuron);
    if (exit_status < 0)
        exit_status = parse_index("tick", parts.tick, strlen(parts.tick), options->ticks, &tick);
    if (exit_status < 0)
        *ret_spike =
            (plc_spike){.tick = tick, .neuron = (uint32_t)neuron, .population = p & 0x7fffffff};
    return exit_status;
}

static int check_options(const explain_options *options)
{
    if (!options->ticks_given)
        return fail_usage("explain: --ticks N is missing");
    if (options->real_time && !options->spike)
        return fail_usage("explain: --real-time: the slowest tick is explained in lockstep; give "
                          "--spike too");
    return -1;
}

static int explain_layout(const plc_layout *layout, const explain_options *options)
{
    plc_spike spike;
    const explanation self = {
        .layout = layout,
        .settings = {.kind = "mesh",
                     .seed = options->seed_given ? options->seed : plc_layout_seed(layout),
                     .real_time = options->real_time},
        .ticks = options->ticks,
        .as_json = options->as_json};
    if (!options->spike)
        return explain_tick(&self);
    int exit_status = parse_spike(options, layout, &spike);
    return exit_status < 0 ? explain_spike(&self, spike) : exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    explain_options options = {.seed = 1};
    plc_layout *layout = NULL;
    const option_row rows[] = {
        {"ticks", "N", OPTION_WHOLE, &options.ticks, 1, 1e15, "how long to run",
         &options.ticks_given},
        {"spike", "P,I,T", OPTION_TEXT, &options.spike, 0, 0,
         "population, neuron and tick of a spike (default: the slowest tick)", NULL},
        {"chip", "C", OPTION_TEXT, &options.chip, 0, 0, "map onto this chip first (default ideal)",
         NULL},
        {"real-time", NULL, OPTION_FLAG, &options.real_time, 0, 0,
         "ticks of the chip's length, as in `placode run`; with --spike", NULL},
        {"seed", "N", OPTION_WHOLE, &options.seed, 0, SEED_MAX,
         "seed of everything random (default 1, or the layout's)", &options.seed_given},
        OPTION_JSON(&options.as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &options.path, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = check_options(&options);
    if (exit_status < 0)
        exit_status = input_open("explain", options.path, options.chip, options.seed, &layout);
    if (exit_status < 0)
        exit_status = explain_layout(layout, &options);
    plc_layout_destroy(layout);
    return exit_status;
}

const command command_explain = {
    "explain", "NET.yaml|LAYOUT.h5 --ticks N",
    "explain in time where a spike went, or what the slowest tick took its time for (engine mesh)",
    "placode explain net.yaml --chip spinnaker-4 --ticks 1000 --spike exc,17,42", run};
