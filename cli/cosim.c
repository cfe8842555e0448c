/* placode cosim: lockstep of two that have to be equal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim.h"

static int run(const command *self, int argc, char **argv)
{
    cosim_cell cell = {.model = "lif", .n_cycles = 10000000, .seed = 1};
    const option_row rows[] = {
        {"user-rtl", "FILE", OPTION_TEXT, &cell.path, 0, 0,
         "a neuron cell: FILE.sv, FILE.v, or FILE.f, a list of files for Verilator", NULL},
        {"top", "NAME", OPTION_TEXT, &cell.top, 0, 0,
         "its module (default: the file's name without .sv)", NULL},
        {"model", "M", OPTION_TEXT, &cell.model, 0, 0,
         "what it has to equal: lif (default), onoff, threshold, stdp, random or annealer", NULL},
        {"cycles", "N", OPTION_WHOLE, &cell.n_cycles, 1, 1e12,
         "updates to compare, with random and corner stimuli (default 1e7)", NULL},
        {"cache", "DIR", OPTION_TEXT, &cell.cache, 0, 0,
         "folder that keeps Verilator's compiled runtime, which saves some seconds", NULL},
        OPTION_SEED(&cell.seed),
        OPTION_JSON(&cell.as_json),
        {0}};
    int exit_status = options_parse(self, rows, argc, argv, NULL, 0, 0, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (!cell.path)
        return fail_usage("cosim: expected --user-rtl FILE.sv");
    return cosim_cell_run(&cell);
}

const command command_cosim = {
    "cosim", "--user-rtl FILE.sv [options]",
    "run a neuron cell in Verilog in lockstep with Placode's kernel, up to the first difference",
    "placode cosim --user-rtl my_cell.sv --model lif --cycles 1e7", run};
