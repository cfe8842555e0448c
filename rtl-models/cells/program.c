/* Starting programs and waiting for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/program.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

plc_status plc_program_begin(plc_program *program, char *const *argv, const char *log,
                             plc_error *error)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    if (posix_spawn_file_actions_init(&actions))
        return plc_fail_memory(error, argv[0]);
    int problem =
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!problem)
        problem = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log,
                                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!problem)
        problem = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (!problem)
        problem = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (problem == ENOENT)
        return plc_fail(error, PLC_FAILED, "%s: not found; it has to be installed and in PATH",
                        argv[0]);
    if (problem)
        return plc_fail(error, PLC_FAILED, "%s: %s", argv[0], strerror(problem));
    *program = (plc_program){.pid = pid, .name = argv[0], .log = log};
    return PLC_OK;
}

plc_status plc_program_end(plc_program *program, plc_error *error)
{
    int status;
    if (!program->pid)
        return PLC_OK;
    pid_t pid;
    do
        pid = waitpid(program->pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    program->pid = 0;
    if (pid < 0)
        return plc_fail(error, PLC_FAILED, "%s: %s", program->name, strerror(errno));
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        return plc_fail(error, number == SIGINT || number == SIGTERM ? PLC_STOPPED : PLC_FAILED,
                        "%s: ended by signal %d", program->name, number);
    }
    if (WEXITSTATUS(status))
        return plc_fail(error, PLC_INVALID, "%s: exit status %d", program->name,
                        WEXITSTATUS(status));
    return PLC_OK;
}
