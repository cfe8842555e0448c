/* Verilator, then the C++ compiler. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/build.h"

#include "base/error.h"
#include "base/memory.h"
#include "rtl-models/cells/face.h"
#include "rtl-models/cells/program.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPILER "c++"
#define MADE "Vplc_face"
#define RUNTIME_LEVEL "-O1" /* -O2 takes a second longer and gives nothing */

/* Where everything of a build is. A zeroed one is empty. */
typedef struct paths {
    char *beside;                     /* the folder of the source */
    char *wrapper, *driver, *runtime; /* what is written here */
    char *made, *makefile;            /* what Verilator makes, the makefile in it */
    char *log, *log2;
    char *driver_object, *object; /* of the driver, of the runtime */
    char *kept;                   /* the runtime's object in the cache, or NULL */
    char *cell;                   /* what is made of both objects */
    char *include;                /* Verilator's own headers */
} paths;

static char *join(const char *folder, const char *name)
{
    plc_text text = {0};
    plc_text_add(&text, "%s/%s", folder, name);
    if (text.failed)
        plc_text_finish(&text);
    return text.data;
}

static plc_status paths_init(paths *at, const char *source, const char *folder, plc_error *error)
{
    at->beside = plc_path_beside(source, ".");
    at->wrapper = join(folder, "plc_face.sv");
    at->driver = join(folder, "driver.cpp");
    at->runtime = join(folder, "runtime.cpp");
    at->made = join(folder, "made");
    at->makefile = join(folder, "made/" MADE ".mk");
    at->log = join(folder, "log");
    at->log2 = join(folder, "log2");
    at->driver_object = join(folder, "driver.o");
    at->cell = join(folder, "cell.so");
    return at->beside && at->wrapper && at->driver && at->runtime && at->made && at->makefile &&
                   at->log && at->log2 && at->driver_object && at->cell
               ? PLC_OK
               : plc_fail_memory(error, "file names");
}

static void paths_finish(paths *at)
{
    free(at->beside);
    free(at->wrapper);
    free(at->driver);
    free(at->runtime);
    free(at->made);
    free(at->makefile);
    free(at->log);
    free(at->log2);
    free(at->driver_object);
    free(at->object);
    free(at->kept);
    free(at->cell);
    free(at->include);
}

static plc_status write_text(const char *path, plc_text *text, plc_error *error)
{
    plc_status status = text->failed ? plc_fail_memory(error, "generated source")
                                     : plc_file_write(path, text->data, text->n, error);
    plc_text_finish(text);
    return status;
}

/* ---- messages ---- */

/* A warning about the wrapper: the cell's ports do not fit it. */
static bool is_refusal(const char *line)
{
    return !strncmp(line, "%Warning-", 9) && strstr(line, "/plc_face.sv:");
}

/* The first line of a log that refuses the source, from behind its mark; or NULL. Errors come
 * before warnings. */
static const char *find_message(char *log, bool is_failure)
{
    const char *warning = NULL;
    for (char *line = log, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        const char *text = strstr(line, ": ");
        if (!strncmp(line, "%Error", 6) && text && is_failure)
            return text + 2;
        if (!warning && text && is_refusal(line))
            warning = text + 2;
    }
    return warning;
}

/* What Verilator says against the source, without the name of the temporary folder. */
static plc_status explain(plc_status status, const char *log_path, const char *source,
                          const char *folder, plc_error *error)
{
    plc_bytes log = {0};
    plc_error unread;
    if (status != PLC_OK && status != PLC_INVALID)
        return status;
    plc_status read = plc_bytes_read(log_path, &log, status == PLC_OK ? error : &unread);
    if (read != PLC_OK)
        return status == PLC_OK ? read : status;
    const char *message = find_message(log.data, status != PLC_OK);
    size_t n = strlen(folder);
    if (message && !strncmp(message, folder, n) && message[n] == '/')
        message += n + 1;
    if (message)
        status = plc_fail(error, PLC_INVALID, "%s: Verilator refuses it: %s", source, message);
    plc_bytes_finish(&log);
    return status;
}

/* Adds the beginning of a program's output to an error. */
static plc_status quote(plc_status status, const char *log_path, plc_error *error)
{
    plc_bytes log = {0};
    plc_error unread;
    if (status == PLC_INVALID && plc_bytes_read(log_path, &log, &unread) == PLC_OK)
        plc_error_add(error, ": %.600s", log.data);
    plc_bytes_finish(&log);
    return status;
}

/* ---- Verilator ---- */

static plc_status verilate(const plc_cell_source *source, const paths *at, const char *folder,
                           plc_error *error)
{
    size_t n = strlen(source->path);
    bool is_list = n > 2 && !strcmp(source->path + n - 2, ".f");
    char *argv[32];
    size_t m = 0;
    const char *const fixed[] = {"verilator",
                                 "--cc",
                                 "--assert",
                                 "-O3",
                                 "-Wno-fatal",
                                 "-Wno-style",
                                 "--x-assign",
                                 "fast",
                                 "--prefix",
                                 MADE,
                                 "--top-module",
                                 "plc_face",
                                 "--Mdir",
                                 at->made,
                                 "-y",
                                 at->beside,
                                 is_list ? "-F" : source->path,
                                 is_list ? source->path : NULL};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (fixed[i])
            argv[m++] = (char *)(uintptr_t)fixed[i];
    argv[m++] = at->wrapper;
    argv[m] = NULL;
    plc_program program = {0};
    plc_status status = plc_program_begin(&program, argv, at->log, error);
    if (status != PLC_OK)
        return status;
    status = plc_program_end(&program, error);
    return explain(status, at->log, source->path, folder, error);
}

/* Where Verilator's headers are, from the makefile it wrote. */
static plc_status find_include(paths *at, plc_error *error)
{
    static const char key[] = "\nVERILATOR_ROOT = ";
    plc_bytes makefile = {0};
    plc_status status = plc_bytes_read(at->makefile, &makefile, error);
    if (status != PLC_OK)
        return status;
    char *root = strstr(makefile.data, key);
    if (root) {
        root += sizeof key - 1;
        root[strcspn(root, "\n")] = 0;
        at->include = join(root, "include");
    }
    plc_bytes_finish(&makefile);
    if (!root)
        return plc_fail(error, PLC_FAILED, "verilator: expected VERILATOR_ROOT in its makefile");
    return at->include ? PLC_OK : plc_fail_memory(error, "file names");
}

/* ---- the C++ compiler ---- */

/* The driver, and behind it all that Verilator made: one file to compile. */
static plc_status write_driver(const plc_contract *contract, const paths *at, plc_error *error)
{
    DIR *made = opendir(at->made);
    if (!made)
        return plc_fail(error, PLC_FAILED, "%s: %s", at->made, strerror(errno));
    plc_text text = {0};
    plc_face_driver(contract, &text);
    for (struct dirent *entry; (entry = readdir(made));) {
        const char *end = strrchr(entry->d_name, '.');
        if (end && !strcmp(end, ".cpp"))
            plc_text_add(&text, "#include \"%s\"\n", entry->d_name);
    }
    closedir(made);
    return write_text(at->driver, &text, error);
}

static plc_status compile(plc_program *program, const char *source, const char *object,
                          const char *level, const paths *at, const char *log, plc_error *error)
{
    const char *const argv[] = {COMPILER,
                                "-std=c++17",
                                "-fPIC",
                                "-w",
                                "-fvisibility=hidden",
                                level,
                                "-faligned-new",
                                "-DVM_COVERAGE=0",
                                "-DVM_SC=0",
                                "-DVM_TRACE=0",
                                "-DVM_TRACE_FST=0",
                                "-DVM_TRACE_VCD=0",
                                "-I",
                                at->made,
                                "-I",
                                at->include,
                                "-c",
                                "-o",
                                object,
                                source,
                                NULL};
    return plc_program_begin(program, (char *const *)(uintptr_t)argv, log, error);
}

/* The name of the compiled runtime: in the cache it says which runtime it is of. */
static plc_status name_object(const plc_cell_source *source, const char *folder, paths *at,
                              bool *ret_is_there, plc_error *error)
{
    struct stat info = {0};
    char *runtime = join(at->include, "verilated.cpp");
    plc_text name = {0};
    if (!runtime)
        return plc_fail_memory(error, "file names");
    if (stat(runtime, &info) == 0)
        plc_text_add(&name, "verilated-%s" RUNTIME_LEVEL "-%lld-%lld.o", PLC_VERSION,
                     (long long)info.st_mtime, (long long)info.st_size);
    else
        plc_text_add(&name, "verilated.o");
    free(runtime);
    at->object = join(folder, name.failed ? "" : name.data);
    at->kept = name.failed || !source->cache ? NULL : join(source->cache, name.data);
    plc_text_finish(&name);
    if (!at->object || (source->cache && !at->kept))
        return plc_fail_memory(error, "file names");
    *ret_is_there = at->kept && access(at->kept, R_OK) == 0;
    return PLC_OK;
}

/* The driver and, unless the cache has it, the runtime, side by side. */
static plc_status compile_both(const paths *at, bool has_runtime, plc_error *error)
{
    plc_program driver = {0}, runtime = {0};
    plc_error second = {0};
    plc_status status = compile(&driver, at->driver, at->driver_object, "-O2", at, at->log, error);
    if (status == PLC_OK && !has_runtime)
        status = compile(&runtime, at->runtime, at->object, RUNTIME_LEVEL, at, at->log2, error);
    plc_status ended = plc_program_end(&runtime, &second);
    if (driver.pid) {
        plc_status other = plc_program_end(&driver, status == PLC_OK ? error : &second);
        status = status == PLC_OK ? other : status;
    }
    if (status != PLC_OK || ended == PLC_OK)
        return quote(status, at->log, error);
    *error = second;
    return quote(ended, at->log2, error);
}

static plc_status link_cell(const paths *at, bool has_runtime, plc_error *error)
{
    const char *const argv[] = {
        COMPILER, "-shared", "-pthread",        "-Wl,-Bsymbolic",
        "-o",     at->cell,  at->driver_object, has_runtime ? at->kept : at->object,
        NULL};
    plc_program program = {0};
    plc_status status = plc_program_begin(&program, (char *const *)(uintptr_t)argv, at->log, error);
    if (status == PLC_OK)
        status = plc_program_end(&program, error);
    return quote(status, at->log, error);
}

/* Keeps the runtime for the next call. */
static plc_status keep_object(const paths *at, plc_error *error)
{
    plc_bytes object = {0};
    plc_status status = plc_bytes_read(at->object, &object, error);
    if (status == PLC_OK)
        status = plc_file_write(at->kept, object.data, object.size, error);
    plc_bytes_finish(&object);
    return status;
}

static plc_status build(const plc_cell_source *source, const plc_contract *contract, paths *at,
                        const char *folder, plc_error *error)
{
    bool has_runtime = false;
    plc_text wrapper = {0};
    plc_face_wrapper(contract, source->top, &wrapper);
    plc_status status = write_text(at->wrapper, &wrapper, error);
    if (status == PLC_OK)
        status = verilate(source, at, folder, error);
    if (status == PLC_OK)
        status = find_include(at, error);
    if (status == PLC_OK)
        status = write_driver(contract, at, error);
    if (status == PLC_OK)
        status = plc_file_write(at->runtime, plc_face_runtime, strlen(plc_face_runtime), error);
    if (status == PLC_OK)
        status = name_object(source, folder, at, &has_runtime, error);
    if (status == PLC_OK)
        status = compile_both(at, has_runtime, error);
    if (status == PLC_OK)
        status = link_cell(at, has_runtime, error);
    if (status == PLC_OK && source->cache && !has_runtime)
        status = keep_object(at, error);
    return status;
}

plc_status plc_cell_build(const plc_cell_source *source, const plc_contract *contract,
                          const char *folder, plc_error *error)
{
    paths at = {0};
    plc_status status = paths_init(&at, source->path, folder, error);
    if (status == PLC_OK)
        status = build(source, contract, &at, folder, error);
    paths_finish(&at);
    return status;
}
