/* placode map: map a network onto a chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map.h"

#include "hw/layout/layout.h"
#include "mapper/fill.h"

static json_t *list_slices(const plc_layout *layout)
{
    json_t *list = json_array();
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        const plc_layout_core *core = &layout->cores[slice->core];
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "population",
                                        layout->populations[slice->population].name, "begin",
                                        (json_int_t)slice->begin, "end", (json_int_t)slice->end,
                                        "x", (json_int_t)(core->router % layout->chip->width), "y",
                                        (json_int_t)(core->router / layout->chip->width), "core",
                                        (json_int_t)core->core));
    }
    return list;
}

/* [x, y, core, neurons, bytes, key entries, axons in] of each core in use. */
static json_t *list_cores(const plc_layout *layout)
{
    json_t *list = json_array();
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        const plc_layout_core *core = &layout->cores[c];
        json_t *row =
            json_pack("[I, I, I]", (json_int_t)(core->router % layout->chip->width),
                      (json_int_t)(core->router / layout->chip->width), (json_int_t)core->core);
        for (unsigned k = 0; k < PLC_RESOURCE_ROUTER_ENTRIES; k++)
            json_array_append_new(
                row, json_integer((json_int_t)plc_fill_core(layout, c, (plc_resource)k)));
        json_array_append_new(list, row);
    }
    return list;
}

static int report(const plc_layout *layout, const plc_map_report *r, const map_like *like,
                  const map_options *options)
{
    uint64_t digest = plc_layout_digest(layout);
    json_t *lists = options->as_json ? json_pack("{s:o, s:o}", "core_fill", list_cores(layout),
                                                 "slices", list_slices(layout))
                                     : NULL;
    if (options->like && options->as_json)
        map_like_report(like, r, lists);
    int exit_status = map_report_print(NULL, layout->chip, r, digest, lists);
    if (!options->like || options->as_json || exit_status != EXIT_OK)
        return exit_status;
    return map_like_print(like, r);
}

/* Measures a layout and writes what was asked for. */
static plc_status finish(const plc_layout *layout, const plc_rates *rates,
                         const map_options *options, plc_map_report *ret_report, plc_error *error)
{
    plc_status status = plc_map_measure(layout, rates, ret_report, error);
    if (status == PLC_OK && options->out)
        status = plc_layout_write(layout, options->out, error);
    if (status == PLC_OK && options->svg)
        status = picture_write(layout, options->svg, error);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    map_options options = {.effort = 1, .seed = 1};
    const char *path = NULL;
    int n;
    const option_row rows[] = {
        {"chip", "C", OPTION_TEXT, &options.chip, 0, 0,
         "preset, geometry or YAML file (default ideal)", NULL},
        {"graph", "FILE.net", OPTION_TEXT, &options.graph, 0, 0,
         "map a hypergraph, one vertex a core, instead of a network", NULL},
        {"o", "OUT.h5", OPTION_TEXT, &options.out, 0, 0,
         "write the layout; of a hypergraph as JSON, what --json prints", NULL},
        {"effort", "0..3", OPTION_WHOLE, &options.effort, 0, 3,
         "time to spend on a better layout and smaller routing tables (default 1)", NULL},
        {"svg", "FILE", OPTION_TEXT, &options.svg, 0, 0, "draw the layout", NULL},
        {"rates", "FILE", OPTION_TEXT, &options.rates, 0, 0,
         "CSV population,neuron,rate: spikes per tick, which weigh packets (default 1); of a "
         "hypergraph vertex,rate",
         NULL},
        {"like", "OLD", OPTION_TEXT, &options.like, 0, 0,
         "change this layout, which -o wrote of an earlier network or hypergraph, as little as may "
         "be",
         NULL},
        OPTION_SEED(&options.seed),
        {"threads", "N", OPTION_WHOLE, &options.threads, 1, THREADS_MAX,
         "as for every command; mapping uses one thread", NULL},
        OPTION_JSON(&options.as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &path, 0, 1, &n);
    if (exit_status >= 0)
        return exit_status;
    if ((n == 1) == (options.graph != NULL))
        return fail_usage("map: expected either NET.yaml or --graph FILE.net");
    plc_error error = {0};
    plc_chip *chip = NULL;
    plc_network *network = NULL;
    plc_layout *layout = NULL;
    plc_rates *rates = NULL;
    plc_map_report measured = {0};
    plc_pass_log passes = {0};
    map_like like = {0};
    if ((exit_status = open_chip("map", options.chip, &chip)) >= 0)
        return exit_status;
    if (options.graph) {
        exit_status = map_graph(&options, chip);
        plc_chip_destroy(chip);
        return exit_status;
    }
    plc_status status = plc_network_read(path, options.seed, &network, &error);
    if (status == PLC_OK && options.rates)
        status = plc_rates_read(options.rates, network, &rates, &error);
    if (status == PLC_OK && options.like)
        status = plc_layout_read(options.like, &like.old, &error);
    double begin = seconds_now();
    plc_map_settings settings = {.effort = (unsigned)options.effort,
                                 .seed = options.seed,
                                 .rates = rates,
                                 .like = like.old,
                                 .passes = &passes};
    if (status == PLC_OK)
        status = plc_map(network, chip, &settings, &layout, &error);
    double seconds = seconds_now() - begin;
    if (status == PLC_OK && options.like)
        status = map_like_measure(&like, network, chip, &settings, layout, &error);
    if (status == PLC_OK && plc_network_rounding_note(network))
        log_line("%s", plc_network_rounding_note(network));
    plc_network_destroy(network); /* a layout stands alone, and its file takes memory too */
    network = NULL;
    if (status == PLC_OK)
        status = finish(layout, rates, &options, &measured, &error);
    measured.seconds = seconds;
    measured.passes = passes;
    exit_status =
        status == PLC_OK ? report(layout, &measured, &like, &options) : fail_with(status, &error);
    plc_rates_destroy(rates);
    plc_layout_destroy(like.old);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    return exit_status;
}

const command command_map = {
    "map", "NET.yaml | --graph FILE.net", "map a network onto a chip and report what it costs",
    "placode map net.yaml --chip spinnaker-48 -o net.h5 --svg net.svg", run};
