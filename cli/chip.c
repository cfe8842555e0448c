/* placode chip: presets, and one chip as YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int list_chips(bool as_json)
{
    const char *name, *summary;
    json_t *list = json_array();
    for (size_t i = 0; (name = plc_chip_preset(i, &summary)); i++) {
        if (as_json)
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, "summary", summary));
        else
            printf("%-20s %s\n", name, summary);
    }
    if (as_json)
        return print_result(json_pack("{s:o}", "chips", list), true);
    json_decref(list);
    return finish_stdout();
}

static int show_chip(const char *name, bool as_json)
{
    plc_error error = {0};
    plc_chip *chip = NULL;
    char *text = NULL;
    int exit_status = open_chip("chip", name, &chip);
    if (exit_status >= 0)
        return exit_status;
    plc_status status = plc_chip_to_yaml(chip, &text, &error);
    if (status == PLC_OK && as_json)
        exit_status = print_result(
            json_pack("{s:o, s:I, s:o}", "name", json_text(plc_chip_name(chip)), "cores",
                      (json_int_t)plc_chip_n_cores(chip), "yaml", json_text(text)),
            true);
    else if (status == PLC_OK)
        status = plc_file_write(NULL, text, strlen(text), &error);
    free(text);
    plc_chip_destroy(chip);
    if (status != PLC_OK)
        return fail_with(status, &error);
    return exit_status < 0 ? EXIT_OK : exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    bool as_json = false;
    const option_row rows[] = {OPTION_JSON(&as_json), {0}};
    const char *positional[2] = {NULL, NULL};
    int n;
    int exit_status = options_parse(self, rows, argc, argv, positional, 1, 2, &n);
    if (exit_status >= 0)
        return exit_status;
    if (!strcmp(positional[0], "list") && n == 1)
        return list_chips(as_json);
    if (!strcmp(positional[0], "show") && n == 2)
        return show_chip(positional[1], as_json);
    return fail_usage("chip: expected `placode chip list` or `placode chip show NAME|FILE`");
}

const command command_chip = {"chip", "list | show NAME|FILE",
                              "the chips there are, and every number of one with its source",
                              "placode chip show spinnaker-48", run};
