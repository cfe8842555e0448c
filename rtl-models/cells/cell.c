/* Loading a verilated cell. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/cell.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "rtl-models/cells/build.h"

#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct plc_cell {
    void *library, *face;
    void *(*create)(void);
    void (*destroy)(void *);
    uint32_t (*run)(void *, const uint32_t *, const uint32_t *, uint32_t, uint32_t *, int *);
    uint64_t (*failures)(void);
    const char *(*said)(void);
};

bool plc_cell_is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return *text && strchr(letters, *text) && strlen(text) <= 200 &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789$")] ==
               0;
}

/* Makes a folder, and those that it is in. */
static plc_status make_folder(const char *path, plc_error *error)
{
    char *part = plc_array(strlen(path) + 1, 1);
    plc_status status = PLC_OK;
    if (!part)
        return plc_fail_memory(error, "file names");
    for (size_t n = 1; path[n - 1] && status == PLC_OK; n++) {
        memcpy(part, path, n);
        if ((path[n] == '/' || !path[n]) && mkdir(part, 0777) && errno != EEXIST)
            status = plc_fail(error, PLC_FAILED, "%s: %s", part, strerror(errno));
    }
    free(part);
    struct stat info;
    if (status == PLC_OK && (stat(path, &info) || !S_ISDIR(info.st_mode)))
        status = plc_fail(error, PLC_FAILED, "%s: expected a folder", path);
    return status;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* POSIX has data pointers for functions. */
static bool find(plc_cell *cell, void *address, const char *name)
{
    void *symbol = dlsym(cell->library, name);
    memcpy(address, &symbol, sizeof symbol);
    return symbol;
}

static plc_status load(plc_cell *cell, const char *folder, plc_error *error)
{
    plc_text path = {0};
    plc_text_add(&path, "%s/cell.so", folder);
    if (path.failed)
        return plc_fail_memory(error, "file names");
    cell->library = dlopen(path.data, RTLD_LAZY | RTLD_LOCAL);
    plc_text_finish(&path);
    if (!cell->library)
        return plc_fail(error, PLC_FAILED, "verilated cell: %s", dlerror());
    if (!find(cell, &cell->create, "plc_face_create") ||
        !find(cell, &cell->destroy, "plc_face_destroy") ||
        !find(cell, &cell->run, "plc_face_run") ||
        !find(cell, &cell->failures, "plc_face_failures") ||
        !find(cell, &cell->said, "plc_face_said"))
        return plc_fail(error, PLC_FAILED, "verilated cell: %s", dlerror());
    cell->face = cell->create();
    return cell->face ? PLC_OK : plc_fail_memory(error, "verilated cell");
}

plc_status plc_cell_create(const plc_cell_source *source, const plc_contract *contract,
                           plc_cell **ret_cell, plc_error *error)
{
    plc_bytes readable = {0};
    plc_status status = plc_bytes_read(source->path, &readable, error);
    plc_bytes_finish(&readable);
    if (status == PLC_OK && source->cache)
        status = make_folder(source->cache, error);
    if (status != PLC_OK)
        return status;
    plc_text folder = {0};
    const char *temporary = getenv("TMPDIR");
    plc_text_add(&folder, "%s/placode-cell-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    plc_cell *cell = plc_array(1, sizeof *cell);
    if (folder.failed || !cell)
        status = plc_fail_memory(error, "verilated cell");
    else if (!mkdtemp(folder.data))
        status = plc_fail(error, PLC_FAILED, "%s: %s", folder.data, strerror(errno));
    else {
        status = plc_cell_build(source, contract, folder.data, error);
        if (status == PLC_OK)
            status = load(cell, folder.data, error);
        nftw(folder.data, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
    plc_text_finish(&folder);
    if (status != PLC_OK)
        plc_cell_destroy(cell);
    else
        *ret_cell = cell;
    return status;
}

void plc_cell_destroy(plc_cell *cell)
{
    if (cell && cell->face)
        cell->destroy(cell->face);
    if (cell && cell->library)
        dlclose(cell->library);
    free(cell);
}

plc_status plc_cell_run(plc_cell *cell, const uint32_t *in, const uint32_t *expected, uint32_t n,
                        uint32_t *ret_found, uint32_t *ret_done, plc_error *error)
{
    int is_unsettled = 0;
    *ret_done = cell->run(cell->face, in, expected, n, ret_found, &is_unsettled);
    if (is_unsettled)
        return plc_fail(error, PLC_FAILED, "the cell does not settle: %s", cell->said());
    return PLC_OK;
}

uint64_t plc_cell_failures(const plc_cell *cell)
{
    return cell->failures();
}

const char *plc_cell_said(const plc_cell *cell)
{
    return cell->said();
}
