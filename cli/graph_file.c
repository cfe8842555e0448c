/* Reading files of placed hypergraphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/graph_file.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <jansson.h>
#include <stdio.h>

/* Bytes of JSON, which takes about forty times as much when parsed. */
static const size_t text_max = (size_t)1 << 27;

void graph_file_geometry(const plc_chip *chip, char text[GEOMETRY_SIZE])
{
    snprintf(text, GEOMETRY_SIZE, "%s%s:%ux%u", chip->links == PLC_LINKS_HEXAGONAL ? "hex" : "",
             chip->wrap ? "torus" : "mesh", (unsigned)chip->width, (unsigned)chip->height);
}

/* Fails unless the file is of a chip like this one. */
static plc_status check_chip(const char *name, const json_t *root, const plc_chip *chip,
                             plc_error *error)
{
    char geometry[GEOMETRY_SIZE];
    graph_file_geometry(chip, geometry);
    const json_t *shape = json_object_get(root, "geometry");
    const json_t *named = json_object_get(root, "chip");
    const char *wanted = shape ? geometry : plc_chip_name(chip);
    const json_t *value = shape ? shape : named;
    if (value && !json_is_string(value))
        return plc_fail(error, PLC_INVALID, "%s: %s: expected a text", name,
                        shape ? "geometry" : "chip");
    if (!value || !strcmp(json_string_value(value), wanted))
        return PLC_OK;
    if (shape)
        return plc_fail(error, PLC_INVALID, "%s: the old layout is of a %.40s, chip %s is a %s",
                        name, json_string_value(shape), plc_chip_name(chip), geometry);
    return plc_fail(error, PLC_INVALID, "%s: the old layout is of chip %.40s, not of %s", name,
                    json_string_value(named), plc_chip_name(chip));
}

/* One number of a place, below `n`. */
static plc_status read_number(const char *name, size_t vertex, const json_t *place, size_t at,
                              uint32_t n, uint32_t *ret_value, plc_error *error)
{
    static const char *const whats[] = {"x", "y", "core"};
    const json_t *value = json_array_get(place, at);
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value))
        return plc_fail(error, PLC_INVALID,
                        "%s: vertices[%zu]: %s: expected a whole number in 0..%u", name, vertex,
                        whats[at], n - 1);
    if (number < 0 || number >= n)
        return plc_fail(error, PLC_INVALID,
                        "%s: vertices[%zu]: %s: expected a whole number in 0..%u, got "
                        "%" JSON_INTEGER_FORMAT,
                        name, vertex, whats[at], n - 1, number);
    *ret_value = (uint32_t)number;
    return PLC_OK;
}

static plc_status read_place(const char *name, size_t v, const json_t *place, const plc_chip *chip,
                             plc_graph_places *places, plc_error *error)
{
    uint32_t x = 0, y = 0, core = 0;
    if (!json_is_array(place) || json_array_size(place) != 3)
        return plc_fail(error, PLC_INVALID, "%s: vertices[%zu]: expected [x, y, core]", name, v);
    plc_status status = read_number(name, v, place, 0, chip->width, &x, error);
    if (status == PLC_OK)
        status = read_number(name, v, place, 1, chip->height, &y, error);
    if (status == PLC_OK)
        status = read_number(name, v, place, 2, PLC_MAX_CORES, &core, error);
    places->routers[v] = y * chip->width + x;
    places->cores[v] = core;
    return status;
}

/* Fails where two vertices have one place. */
static plc_status check_places(const char *name, const plc_graph_places *places,
                               const plc_chip *chip, plc_error *error)
{
    size_t n = (size_t)chip->width * chip->height * PLC_MAX_CORES;
    uint32_t *who = plc_array(n, sizeof *who); /* vertex plus one */
    if (!who)
        return plc_fail_memory(error, name);
    plc_status status = PLC_OK;
    for (uint32_t v = 0; status == PLC_OK && v < places->n; v++) {
        uint32_t router = places->routers[v];
        uint32_t *here = &who[(size_t)router * PLC_MAX_CORES + places->cores[v]];
        if (*here)
            status = plc_fail(
                error, PLC_INVALID, "%s: vertices[%u]: core %u of (%u, %u) is that of vertices[%u]",
                name, v, places->cores[v], router % chip->width, router / chip->width, *here - 1);
        *here = v + 1;
    }
    free(who);
    return status;
}

static plc_status read_places(const char *name, const json_t *root, const plc_chip *chip,
                              plc_graph_places *places, plc_error *error)
{
    const json_t *list = json_object_get(root, "vertices");
    if (!json_is_array(list) || json_array_size(list) > INT32_MAX)
        return plc_fail(error, PLC_INVALID,
                        "%s: expected an object with a list `vertices`, as map --graph -o writes",
                        name);
    plc_status status = check_chip(name, root, chip, error);
    if (status != PLC_OK)
        return status;
    places->n = (uint32_t)json_array_size(list);
    places->routers = plc_array(places->n, sizeof *places->routers);
    places->cores = plc_array(places->n, sizeof *places->cores);
    if (!places->routers || !places->cores)
        return plc_fail_memory(error, name);
    for (size_t v = 0; status == PLC_OK && v < places->n; v++)
        status = read_place(name, v, json_array_get(list, v), chip, places, error);
    return status == PLC_OK ? check_places(name, places, chip, error) : status;
}

plc_status graph_file_parse(const char *name, const char *text, size_t size, const plc_chip *chip,
                            plc_graph_places *ret_places, plc_error *error)
{
    json_error_t what;
    plc_graph_places places = {0};
    if (size > text_max)
        return plc_fail(error, PLC_INVALID, "%s: expected at most %zu bytes, got %zu", name,
                        text_max, size);
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &what);
    if (!root && json_error_code(&what) == json_error_out_of_memory)
        return plc_fail_memory(error, name);
    if (!root)
        return plc_fail(error, PLC_INVALID, "%s:%d: %s", name, what.line, what.text);
    plc_status status = read_places(name, root, chip, &places, error);
    json_decref(root);
    if (status == PLC_OK)
        *ret_places = places;
    else
        plc_graph_places_finish(&places);
    return status;
}

plc_status graph_file_read(const char *path, const plc_chip *chip, plc_graph_places *ret_places,
                           plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = graph_file_parse(path, bytes.data, bytes.size, chip, ret_places, error);
    plc_bytes_finish(&bytes);
    return status;
}
