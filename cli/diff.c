/* placode diff: compare two spike files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

static json_t *describe(const plc_trace_difference *difference)
{
    if (!difference->differs)
        return json_null();
    return json_pack("{s:I, s:o, s:I, s:s}", "tick", (json_int_t)difference->tick, "population",
                     json_text(difference->population), "neuron", (json_int_t)difference->neuron,
                     "only_in", difference->only_in_first ? "first" : "second");
}

static int run(const command *self, int argc, char **argv)
{
    bool as_json = false;
    const char *paths[2];
    const option_row rows[] = {OPTION_JSON(&as_json), {0}};
    int exit_status = options_parse(self, rows, argc, argv, paths, 2, 2, NULL);
    if (exit_status >= 0)
        return exit_status;
    plc_error error = {0};
    plc_trace a = {0}, b = {0};
    plc_trace_difference difference = {0};
    plc_status status = plc_spikes_read(paths[0], &a, &error);
    if (status == PLC_OK)
        status = plc_spikes_read(paths[1], &b, &error);
    if (status == PLC_OK)
        status = plc_trace_compare(&a, &b, &difference, &error);
    plc_trace_finish(&a);
    plc_trace_finish(&b);
    if (status != PLC_OK)
        return fail_with(status, &error);
    exit_status = print_result(json_pack("{s:b, s:o}", "same", !difference.differs,
                                         "first_difference", describe(&difference)),
                               as_json);
    if (difference.differs && !as_json)
        log_line("tick %llu, %s[%u]: only in the %s file", (unsigned long long)difference.tick,
                 difference.population, difference.neuron,
                 difference.only_in_first ? "first" : "second");
    return exit_status == EXIT_OK && difference.differs ? EXIT_DIFFERS : exit_status;
}

const command command_diff = {"diff", "A B",
                              "compare two spike files (SONATA or CSV); exit 4 when they differ",
                              "placode diff fast.h5 mesh.h5", run};
