/* The placode command: finds the subcommand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "hw/engine/ranks.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const command *const commands[] = {
    &command_chip,  &command_gset, &command_maxcut,  &command_mis, &command_qubo,
    &command_cam,   &command_map,  &command_verify,  &command_run, &command_tables,
    &command_cosim, &command_diff, &command_explain, &command_ftl, &command_report,
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

static int run_command(const command *found, int argc, char **argv)
{
    if (plc_ranks_count() > 1 && found != &command_run)
        return fail_usage("%s: runs as one process; start it without mpirun", found->name);
    return found->run(found, argc, argv);
}

static int find_command(int argc, char **argv)
{
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
            return run_command(commands[i], argc - 1, argv + 1);
    const command *near = guess(argv[1]);
    return near ? fail_usage("unknown command \"%s\"; did you mean \"%s\"?", argv[1], near->name)
                : fail_usage("unknown command \"%s\"; `placode --help` lists them", argv[1]);
}

/* Rank 0 speaks for all, and has the exit status: mpirun ends all ranks as soon as one fails, maybe
 * before another has said why. */
static bool is_silent(void)
{
    return plc_ranks_launch().rank > 0 && freopen("/dev/null", "w", stdout) &&
           freopen("/dev/null", "w", stderr);
}

int main(int argc, char **argv)
{
    plc_error error = {0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    bool silent = is_silent();
    plc_status status = plc_ranks_begin(&error);
    int exit_status = status == PLC_OK ? find_command(argc, argv) : fail_with(status, &error);
    plc_ranks_end();
    return silent ? EXIT_OK : exit_status;
}
