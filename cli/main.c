/* The placode command: finds the subcommand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const command *const commands[] = {
    &command_chip, &command_gset,   &command_maxcut, &command_map,     &command_verify,
    &command_run,  &command_tables, &command_diff,   &command_explain,
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void)
{
    puts("placode - compile spiking networks onto meshes of neuromorphic cores and run "
         "them\n\nusage: placode COMMAND ...\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
    puts("\n`placode COMMAND --help` explains a command. For a start: placode maxcut --gset G22 "
         "--chip spinnaker-48");
    return finish_stdout();
}

static size_t common_prefix(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

/* The command that begins most like the name, if two letters or more agree; or NULL. */
static const command *guess(const char *name)
{
    const command *best = NULL;
    size_t most = 1;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        size_t n = common_prefix(name, commands[i]->name);
        if (n > most) {
            most = n;
            best = commands[i];
        }
    }
    return best;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2)
        return fail_usage("expected a command; `placode --help` lists them");
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return print_help();
    if (!strcmp(argv[1], "--version")) {
        printf("placode %s\n", plc_version());
        return finish_stdout();
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!strcmp(argv[1], commands[i]->name))
            return commands[i]->run(commands[i], argc - 1, argv + 1);
    const command *near = guess(argv[1]);
    return near ? fail_usage("unknown command \"%s\"; did you mean \"%s\"?", argv[1], near->name)
                : fail_usage("unknown command \"%s\"; `placode --help` lists them", argv[1]);
}
