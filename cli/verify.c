/* placode verify: prove that a layout is its network and keeps every limit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

static int report(const plc_violations *found, bool as_json)
{
    json_t *messages = json_array();
    for (uint32_t i = 0; i < found->n_shown; i++) {
        json_array_append_new(messages, json_string(found->messages[i]));
        if (!as_json)
            log_line("%s", found->messages[i]);
    }
    int exit_status = print_result(json_pack("{s:b, s:I, s:o}", "ok", found->n == 0, "n_violations",
                                             (json_int_t)found->n, "violations", messages),
                                   as_json);
    return exit_status == EXIT_OK && found->n ? EXIT_FAILED : exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    bool as_json = false, seed_given = false;
    uint64_t seed = 1;
    const char *paths[2];
    const option_row rows[] = {
        {"seed", "N", OPTION_WHOLE, &seed, 0, SEED_MAX,
         "seed of the network (default: the layout's)", &seed_given},
        OPTION_JSON(&as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, paths, 2, 2, NULL);
    if (exit_status >= 0)
        return exit_status;
    plc_error error = {0};
    plc_network *network = NULL;
    plc_layout *layout = NULL;
    plc_violations found = {0};
    plc_status status = plc_layout_read(paths[1], &layout, &error);
    if (status == PLC_OK)
        status = plc_network_read(paths[0], seed_given ? seed : plc_layout_seed(layout), &network,
                                  &error);
    if (status == PLC_OK)
        status = plc_verify(network, layout, &found, &error);
    plc_network_destroy(network);
    plc_layout_destroy(layout);
    return status == PLC_OK ? report(&found, as_json) : fail_with(status, &error);
}

const command command_verify = {
    "verify", "NET.yaml LAYOUT.h5",
    "prove that a layout is its network and keeps every limit of its chip",
    "placode verify net.yaml net.h5", run};
