/* placode chip: presets, and one chip as YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int list_chips(void)
{
    const char *name, *summary;
    for (size_t i = 0; (name = plc_chip_preset(i, &summary)); i++)
        printf("%-20s %s\n", name, summary);
    return finish_stdout();
}

static int show_chip(const char *name)
{
    plc_error error = {0};
    plc_chip *chip = NULL;
    char *text = NULL;
    plc_status status = plc_chip_open(name, &chip, &error);
    if (status == PLC_OK)
        status = plc_chip_to_yaml(chip, &text, &error);
    if (status == PLC_OK)
        status = plc_file_write(NULL, text, strlen(text), &error);
    free(text);
    plc_chip_destroy(chip);
    return status == PLC_OK ? EXIT_OK : fail_with(status, &error);
}

static int run(const command *self, int argc, char **argv)
{
    const option_row rows[] = {{0}};
    const char *positional[2] = {NULL, NULL};
    int n;
    int exit_status = options_parse(self, rows, argc, argv, positional, 1, 2, &n);
    if (exit_status >= 0)
        return exit_status;
    if (!strcmp(positional[0], "list") && n == 1)
        return list_chips();
    if (!strcmp(positional[0], "show") && n == 2)
        return show_chip(positional[1]);
    return fail_usage("chip: expected `placode chip list` or `placode chip show NAME|FILE`");
}

const command command_chip = {"chip", "list | show NAME|FILE",
                              "the chips there are, and every number of one with its source",
                              "placode chip show spinnaker-48", run};
