/* placode cosim: lockstep of two that have to be equal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim.h"

#include <stdio.h>
#include <string.h>

/* "TICK:X,Y:MEMORY:WORD:BIT" */
static int read_inject(cosim_net *net)
{
    static const char *const memories[] = {
        [PLC_FLIP_STATE] = "state", [PLC_FLIP_PARAM] = "param", [PLC_FLIP_SYNAPSE] = "synapse"};
    unsigned long long tick, x, y, word, bit;
    char memory[8];
    int end = 0;
    int n = sscanf(net->inject, "%llu:%llu,%llu:%7[a-z]:%llu:%llu%n", &tick, &x, &y, memory, &word,
                   &bit, &end);
    for (unsigned m = 0; n == 6 && !net->inject[end] && m < sizeof memories / sizeof *memories; m++)
        if (!strcmp(memory, memories[m]) && x < 1024 && y < 1024 && word < 1 << 20 && bit < 32) {
            net->flip_tick = tick;
            net->flip_x = (uint32_t)x;
            net->flip_y = (uint32_t)y;
            net->flip =
                (plc_engine_flip){.memory = m, .word = (uint32_t)word, .bit = (uint32_t)bit};
            return -1;
        }
    return fail_usage("cosim: --inject: expected TICK:X,Y:MEMORY:WORD:BIT, MEMORY being state, "
                      "param or synapse and BIT 0..31, got \"%s\"",
                      net->inject);
}

/* What stands on the line that has to go with something else. */
typedef struct given {
    bool ticks, cycles, dut, window;
} given;

/* Options that only two engines take, and the first one that was given; or NULL. */
static const char *find_own(const cosim_net *net)
{
    return net->tiles ? "--tiles" : net->inject ? "--inject" : net->vcd ? "--vcd" : NULL;
}

static int check_net(cosim_net *net, const cosim_cell *cell, const given *with)
{
    const char *dot = net->vcd ? strrchr(net->vcd, '.') : NULL;
    const char *own = find_own(net);
    if (!engine_exists(net->ref))
        return fail_engine("cosim: --ref", net->ref);
    if (!engine_exists(net->dut))
        return fail_engine("cosim: --dut", net->dut);
    if (with->cycles)
        return fail_usage("cosim: --cycles: a network takes --ticks");
    if (cell->path && (with->dut || own))
        return fail_usage("cosim: %s: goes with two engines, not with --user-rtl",
                          with->dut ? "--dut" : own);
    if (with->window && !net->vcd)
        return fail_usage("cosim: --vcd-window: give --vcd FILE too");
    if (dot && !strcmp(dot, ".fst"))
        return fail_usage("cosim: --vcd: waveforms are written as VCD, got \"%s\"", net->vcd);
    bool in_rtl = !strcmp(net->dut, "rtl") || !strcmp(net->dut, "systemc");
    if (!in_rtl && own)
        return fail_usage("cosim: %s: expected --dut rtl or systemc, got %s", own, net->dut);
    return net->inject ? read_inject(net) : -1;
}

static int run(const command *self, int argc, char **argv)
{
    cosim_cell cell = {.model = "lif", .n_cycles = 10000000};
    cosim_net net = {
        .ref = "fast", .dut = "rtl", .n_ticks = 1000, .vcd_window = 1, .seed = 1, .threads = 1};
    given with = {0};
    int n_paths = 0;
    const option_row rows[] = {
        {"ticks", "N", OPTION_WHOLE, &net.n_ticks, 1, 4294967295.0,
         "how long to run the network (default 1000)", &with.ticks},
        {"chip", "C", OPTION_TEXT, &net.chip, 0, 0,
         "map onto this chip first (default placode-2x2; ideal for a cell of yours)", NULL},
        {"ref", "E", OPTION_TEXT, &net.ref, 0, 0, "the engine that is right (default fast)", NULL},
        {"dut", "E", OPTION_TEXT, &net.dut, 0, 0,
         "the engine that has to equal it: rtl (default), systemc, mesh or fast", &with.dut},
        {"tiles", "TILES", OPTION_TEXT, &net.tiles, 0, 0,
         "which tiles are in RTL, the others being in C: all, none or a list x,y;x,y", NULL},
        {"vcd", "FILE", OPTION_TEXT, &net.vcd, 0, 0,
         "write the waveforms of the tiles in RTL around the first difference", NULL},
        {"vcd-window", "N", OPTION_WHOLE, &net.vcd_window, 0, 1e6,
         "from so many ticks before it on (default 1)", &with.window},
        {"inject", "FAULT", OPTION_TEXT, &net.inject, 0, 0,
         "TICK:X,Y:MEMORY:WORD:BIT: flip a bit of a tile in RTL; state, param or synapse", NULL},
        {"user-rtl", "FILE", OPTION_TEXT, &cell.path, 0, 0,
         "a neuron cell: FILE.sv, FILE.v, or FILE.f, a list of files for Verilator", NULL},
        {"top", "NAME", OPTION_TEXT, &cell.top, 0, 0,
         "its module (default: the file's name without .sv)", NULL},
        {"model", "M", OPTION_TEXT, &cell.model, 0, 0,
         "what it has to equal: lif (default), onoff, threshold, stdp, random or annealer", NULL},
        {"cycles", "N", OPTION_WHOLE, &cell.n_cycles, 1, 1e12,
         "updates to compare, with random and corner stimuli (default 1e7)", &with.cycles},
        {"cache", "DIR", OPTION_TEXT, &cell.cache, 0, 0,
         "folder, made if missing, that keeps Verilator's compiled runtime, which saves some "
         "seconds",
         NULL},
        {"seed", "N", OPTION_WHOLE, &net.seed, 0, SEED_MAX,
         "seed of everything random (default 1, or the layout's)", &net.seed_given},
        OPTION_THREADS(&net.threads),
        OPTION_JSON(&net.as_json),
        {0}};
    int exit_status = options_parse(self, rows, argc, argv, &net.path, 0, 1, &n_paths);
    if (exit_status >= 0)
        return exit_status;
    cell.seed = net.seed;
    cell.as_json = net.as_json;
    if (n_paths == 0 && !cell.path)
        return fail_usage("cosim: expected NET.yaml or LAYOUT.h5, or --user-rtl FILE.sv");
    if (n_paths == 0)
        return with.ticks ? fail_usage("cosim: --ticks: without a network expected --cycles")
                          : cosim_cell_run(&cell);
    exit_status = check_net(&net, &cell, &with);
    if (exit_status < 0)
        exit_status = cell.path ? cosim_user_run(&net, &cell) : cosim_net_run(&net);
    return exit_status;
}

const command command_cosim = {
    "cosim", "[NET.yaml|LAYOUT.h5] [--user-rtl FILE.sv] [options]",
    "run two engines, or a neuron cell in Verilog and Placode's kernel, in lockstep up to the "
    "first difference",
    "placode cosim net.yaml --chip placode-2x2 --dut rtl --tiles 0,0 --vcd out.vcd", run};
