/* Netlists in Verilog, by way of yosys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/ftl.h"
#include "ftl/netlist.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    return n > m && !strcmp(path + n - m, suffix);
}

/* Runs yosys on a Verilog file so that gates and flip-flops come out as BLIF. */
static plc_status run_yosys(const char *path, const char *blif, plc_error *error)
{
    char script[512];
    pid_t child;
    int status;
    snprintf(script, sizeof script,
             "hierarchy -auto-top; proc; flatten; opt; memory_map; async2sync; opt; techmap; opt; "
             "dffunmap; simplemap; opt_clean; dfflegalize -cell $_DFF_P_ x; abc -g AND; opt_clean; "
             "write_blif %s",
             blif);
    char *arguments[] = {plc_string_copy("yosys"), plc_string_copy("-q"), plc_string_copy("-p"),
                         plc_string_copy(script),  plc_string_copy(path), NULL};
    bool complete = true;
    for (int i = 0; i < 5; i++)
        complete &= arguments[i] != NULL;
    int failure = complete ? posix_spawnp(&child, "yosys", NULL, NULL, arguments, environ) : ENOMEM;
    for (int i = 0; i < 5; i++)
        free(arguments[i]);
    if (failure)
        return plc_fail(error, PLC_FAILED, "%s: Verilog is read by yosys: %s", path,
                        failure == ENOENT ? "it is not installed" : strerror(failure));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return plc_fail(error, PLC_FAILED, "%s: yosys: %s", path, strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        return plc_fail(error, PLC_INVALID, "%s: yosys failed; what it says is above", path);
    return PLC_OK;
}

plc_status ftl_read_netlist(const char *path, plc_aig **ret_aig, plc_error *error)
{
    char blif[] = "/tmp/placode-yosys-XXXXXX";
    if (!has_suffix(path, ".v") && !has_suffix(path, ".sv"))
        return plc_netlist_read(path, ret_aig, error);
    int fd = access(path, R_OK) ? -1 : mkstemp(blif);
    if (fd < 0)
        return plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
    close(fd);
    plc_status status = run_yosys(path, blif, error);
    if (status == PLC_OK)
        status = plc_netlist_read(blif, ret_aig, error);
    unlink(blif);
    return status;
}
