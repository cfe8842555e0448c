/* Preset chips, and the opening of chips by name or path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"

#include "base/error.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* SpiNNaker's chip: 18 cores, of which core 0 is the monitor.
 * Source: toolchain source, SpiNNMachine machine model. */
static plc_status create_spinnaker(const char *name, uint32_t width, uint32_t height, bool wrap,
                                   plc_chip **ret_chip, plc_error *error)
{
    plc_chip_shape shape = {width, height, PLC_LINKS_HEXAGONAL, wrap, 18};
    plc_status status = plc_chip_create(name, shape, plc_numbers_spinnaker, ret_chip, error);
    if (status == PLC_OK)
        plc_chip_reserve(*ret_chip, 0);
    return status;
}

static plc_status create_ideal(const char *name, uint32_t width, uint32_t height,
                               plc_chip **ret_chip, plc_error *error)
{
    plc_chip_shape shape = {width, height, PLC_LINKS_RECTANGULAR, false, 1};
    return plc_chip_create(name, shape, plc_numbers_ideal, ret_chip, error);
}

/* Two by two chips. The board joins its north and south edges, but not east and west.
 * Source: toolchain source, SpiNNMachine virtual machine of a version 3 board. */
static plc_status create_board_of_4(const char *name, uint32_t width, uint32_t height,
                                    plc_chip **ret_chip, plc_error *error)
{
    static const uint8_t dead[][3] = {{0, 0, 3}, {0, 0, 4}, {0, 1, 3}, {0, 1, 4},
                                      {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}};
    plc_status status = create_spinnaker(name, width, height, true, ret_chip, error);
    for (size_t i = 0; status == PLC_OK && i < sizeof dead / sizeof *dead; i++)
        plc_chip_kill_link(*ret_chip, dead[i][1] * width + dead[i][0], dead[i][2]);
    return status;
}

/* The hexagon of 48 chips, eight of them with 17 working cores (which is not said; here the last).
 * Source: toolchain source, SpiNNMachine default map of a version 5 board. */
static plc_status create_board_of_48(const char *name, uint32_t width, uint32_t height,
                                     plc_chip **ret_chip, plc_error *error)
{
    static const uint8_t outline[8][2] = {{0, 4}, {0, 5}, {0, 6}, {0, 7},
                                          {1, 7}, {2, 7}, {3, 7}, {4, 7}};
    static const uint8_t of_17[][2] = {{1, 1}, {1, 3}, {3, 1}, {3, 3},
                                       {3, 5}, {5, 2}, {5, 4}, {5, 6}};
    plc_status status = create_spinnaker(name, width, height, false, ret_chip, error);
    if (status != PLC_OK)
        return status;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            if (x < outline[y][0] || x > outline[y][1])
                plc_chip_kill_router(*ret_chip, y * width + x);
    for (size_t i = 0; i < sizeof of_17 / sizeof *of_17; i++)
        plc_chip_kill_core(*ret_chip, of_17[i][1] * width + of_17[i][0], 17);
    return PLC_OK;
}

static plc_status create_torus(const char *name, uint32_t width, uint32_t height,
                               plc_chip **ret_chip, plc_error *error)
{
    return create_spinnaker(name, width, height, true, ret_chip, error);
}

/* One chip. The 152 cores of the datasheet, all for networks; the toolchain's machine model counts
 * 153 ids, one of them no core of a network, and keeps a second for its system software. */
static plc_status create_spinnaker2(const char *name, uint32_t width, uint32_t height,
                                    plc_chip **ret_chip, plc_error *error)
{
    plc_chip_shape shape = {width, height, PLC_LINKS_HEXAGONAL, false, 152};
    return plc_chip_create(name, shape, plc_numbers_spinnaker2, ret_chip, error);
}

/* 128 cores in tiles of four. Source: Davies et al. 2018; 8 x 4 as in SANA-FE's profile. */
static plc_status create_loihi(const char *name, uint32_t width, uint32_t height,
                               plc_chip **ret_chip, plc_error *error)
{
    plc_chip_shape shape = {width, height, PLC_LINKS_RECTANGULAR, false, 4};
    return plc_chip_create(name, shape, plc_numbers_loihi, ret_chip, error);
}

static plc_status create_placode(const char *name, uint32_t width, uint32_t height,
                                 plc_chip **ret_chip, plc_error *error)
{
    plc_chip_shape shape = {width, height, PLC_LINKS_RECTANGULAR, false, 1};
    return plc_chip_create(name, shape, plc_numbers_placode, ret_chip, error);
}

typedef struct preset {
    const char *name;       /* of a family: what stands before WxH */
    uint32_t width, height; /* of a family: those of `example` */
    const char *example;    /* NULL: not a family */
    const char *summary;
    plc_status (*create)(const char *name, uint32_t width, uint32_t height, plc_chip **ret_chip,
                         plc_error *error);
} preset;

static const preset presets[] = {
    {"ideal", 1, 1, NULL, "one router with one unbounded core", create_ideal},
    {"spinnaker-4", 2, 2, NULL, "SpiNNaker board of 4 chips, 68 cores", create_board_of_4},
    {"spinnaker-48", 8, 8, NULL, "SpiNNaker board of 48 chips, 808 cores", create_board_of_48},
    {"spinnaker:", 12, 12, "spinnaker:12x12",
     "torus of SpiNNaker chips, 17 cores each; any WxH to 256x256", create_torus},
    {"spinnaker2", 1, 1, NULL, "one SpiNNaker2 chip, 152 cores", create_spinnaker2},
    {"loihi", 8, 4, NULL, "Loihi: 128 cores in 8x4 tiles", create_loihi},
    {"placode-", 4, 4, "placode-4x4",
     "the chip of rtl-models/, one core a tile; any WxH to 256x256", create_placode},
};
enum { N_PRESETS = sizeof presets / sizeof *presets };

/* Bare geometries, for the list only. */
static const char *const geometries[][2] = {
    {"mesh:8x8:16", "rectangular mesh; any WxH to 256x256, any cores to 256; SpiNNaker's numbers"},
    {"torus:8x8:16", "rectangular torus, likewise"},
    {"hexmesh:8x8:16", "hexagonal mesh, likewise"},
    {"hextorus:8x8:16", "hexagonal torus, likewise"},
};
enum { N_GEOMETRIES = sizeof geometries / sizeof *geometries };

const char *plc_chip_preset(size_t i, const char **ret_summary)
{
    if (i >= N_PRESETS + N_GEOMETRIES)
        return NULL;
    const preset *at = i < N_PRESETS ? &presets[i] : NULL;
    if (ret_summary)
        *ret_summary = at ? at->summary : geometries[i - N_PRESETS][1];
    return !at ? geometries[i - N_PRESETS][0] : at->example ? at->example : at->name;
}

static plc_status from_preset(const preset *of, const char *name, plc_chip **ret_chip,
                              plc_error *error)
{
    uint32_t width = of->width, height = of->height;
    if (of->example) {
        const char *at = name + strlen(of->name);
        if (!plc_scan_sides(&at, &width, &height) || *at)
            return plc_fail(error, PLC_INVALID, "chip %s: expected %sWxH with W and H in 1..%d",
                            name, of->name, PLC_MAX_SIDE);
    }
    plc_chip *chip = NULL;
    plc_status status = of->create(name, width, height, &chip, error);
    if (status == PLC_OK) {
        plc_chip_normalise(chip);
        *ret_chip = chip;
    }
    return status;
}

plc_status plc_chip_from_name(const char *name, plc_chip **ret_chip, plc_error *error)
{
    for (size_t i = 0; i < N_PRESETS; i++) {
        const char *stem = presets[i].name;
        if (presets[i].example ? !strncmp(name, stem, strlen(stem)) : !strcmp(name, stem))
            return from_preset(&presets[i], name, ret_chip, error);
    }
    bool known;
    plc_status status = plc_chip_from_geometry(name, &known, ret_chip, error);
    if (known)
        return status;
    return plc_fail(error, PLC_INVALID,
                    "chip %s: expected ideal, spinnaker-4, spinnaker-48, spinnaker:WxH, "
                    "spinnaker2, loihi, placode-WxH, mesh:WxH:CORES, torus:WxH:CORES, "
                    "hexmesh:WxH:CORES, hextorus:WxH:CORES or a YAML file",
                    name);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static plc_status open_file(const char *path, plc_chip **ret_chip, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_chip_parse(path, bytes.data, bytes.size, ret_chip, error);
    plc_bytes_finish(&bytes);
    return status;
}

plc_status plc_chip_open(const char *name_or_path, plc_chip **ret_chip, plc_error *error)
{
    if (strchr(name_or_path, '/') || ends_with(name_or_path, ".yaml") ||
        ends_with(name_or_path, ".yml"))
        return open_file(name_or_path, ret_chip, error);
    plc_status status = plc_chip_from_name(name_or_path, ret_chip, error);
    if (status == PLC_INVALID && *name_or_path && access(name_or_path, F_OK) == 0)
        return open_file(name_or_path, ret_chip, error);
    return status;
}
