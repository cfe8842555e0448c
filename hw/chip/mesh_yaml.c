/* Reading the mesh of a chip file: geometry, cores, and what is dead. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip_yaml.h"

#include <stdio.h>

static plc_status read_count(plc_yaml_node node, const char *what, uint32_t low, uint32_t high,
                             uint32_t *ret_value, plc_error *error)
{
    int64_t value;
    plc_status status = plc_yaml_int(node, what, low, high, &value, error);
    if (status == PLC_OK)
        *ret_value = (uint32_t)value;
    return status;
}

/* The axes of a list of places: their names, and how many values each has. */
typedef struct place_axes {
    const char *form; /* "[x, y]" */
    size_t n;
    const char *names[3];
    uint32_t sizes[3];
} place_axes;

/* Reads one [x, y, ...]. */
static plc_status read_place(plc_yaml_node node, const char *what, const place_axes *axes,
                             uint32_t *ret, plc_error *error)
{
    if (plc_yaml_get_kind(node) != PLC_YAML_SEQUENCE || plc_yaml_length(node) != axes->n)
        return plc_yaml_fail(node, error, "%s: expected %s, got %s", what, axes->form,
                             plc_yaml_get_kind(node) == PLC_YAML_SEQUENCE
                                 ? "a list of another length"
                                 : "something else");
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < axes->n; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s: %s", what, axes->names[i]);
        status = read_count(plc_yaml_item(node, i), name, 0, axes->sizes[i] - 1, &ret[i], error);
    }
    return status;
}

typedef plc_status (*take_place)(plc_chip *chip, plc_yaml_node node, const uint32_t *place,
                                 plc_error *error);

/* Reads the list of places at a key of a mapping, if there is one, and hands on each. */
static plc_status read_places(plc_chip *chip, plc_yaml_node mapping, const char *key,
                              const char *what, const place_axes *axes, take_place take,
                              plc_error *error)
{
    plc_yaml_node list = plc_yaml_find(mapping, key);
    if (!plc_yaml_present(list))
        return PLC_OK;
    plc_status status = plc_yaml_expect(list, what, PLC_YAML_SEQUENCE, error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(list); i++) {
        uint32_t place[3] = {0};
        plc_yaml_node item = plc_yaml_item(list, i);
        status = read_place(item, what, axes, place, error);
        if (status == PLC_OK)
            status = take(chip, item, place, error);
    }
    return status;
}

static uint32_t router_at(const plc_chip *chip, const uint32_t *place)
{
    return place[1] * chip->width + place[0];
}

static plc_status take_chip(plc_chip *chip, plc_yaml_node node, const uint32_t *place,
                            plc_error *error)
{
    (void)node, (void)error;
    plc_chip_kill_router(chip, router_at(chip, place));
    return PLC_OK;
}

static plc_status take_core(plc_chip *chip, plc_yaml_node node, const uint32_t *place,
                            plc_error *error)
{
    (void)node, (void)error;
    plc_chip_kill_core(chip, router_at(chip, place), place[2]);
    return PLC_OK;
}

static plc_status take_one_way(plc_chip *chip, plc_yaml_node node, const uint32_t *place,
                               plc_error *error)
{
    uint32_t router = router_at(chip, place);
    if (!(chip->links >> place[2] & 1))
        return plc_yaml_fail(node, error, "dead link: expected 0, 2, 3 or 5, got %u", place[2]);
    if (plc_chip_adjacent(chip, router, place[2]) < 0)
        return plc_yaml_fail(node, error,
                             "dead link: link %u of (%u, %u) leads nowhere; expected one between "
                             "two chips",
                             place[2], place[0], place[1]);
    plc_chip_kill_link(chip, router, place[2]);
    return PLC_OK;
}

static plc_status take_link(plc_chip *chip, plc_yaml_node node, const uint32_t *place,
                            plc_error *error)
{
    plc_status status = take_one_way(chip, node, place, error);
    if (status == PLC_OK) {
        int64_t other = plc_chip_adjacent(chip, router_at(chip, place), place[2]);
        plc_chip_kill_link(chip, (uint32_t)other, (place[2] + 3) % PLC_N_LINKS);
    }
    return status;
}

plc_status plc_chip_read_dead(plc_chip *chip, plc_yaml_node root, plc_error *error)
{
    static const char *const keys[] = {"chips", "cores", "links", "one_way", NULL};
    plc_yaml_node node = plc_yaml_find(root, "dead");
    if (!plc_yaml_present(node))
        return PLC_OK;
    place_axes chips = {"[x, y]", 2, {"x", "y"}, {chip->width, chip->height}};
    place_axes cores = {
        "[x, y, core]", 3, {"x", "y", "core"}, {chip->width, chip->height, chip->cores_per_router}};
    place_axes links = {
        "[x, y, link]", 3, {"x", "y", "link"}, {chip->width, chip->height, PLC_N_LINKS}};
    plc_status status = plc_yaml_expect_keys(node, "dead", keys, error);
    if (status == PLC_OK)
        status = read_places(chip, node, "chips", "dead chip", &chips, take_chip, error);
    if (status == PLC_OK)
        status = read_places(chip, node, "cores", "dead core", &cores, take_core, error);
    if (status == PLC_OK)
        status = read_places(chip, node, "links", "dead link", &links, take_link, error);
    if (status == PLC_OK)
        status = read_places(chip, node, "one_way", "dead link", &links, take_one_way, error);
    return status;
}

/* outline: for each row from y = 0 up, the x of its first chip and of its last. */
static plc_status read_outline(plc_chip *chip, plc_yaml_node node, plc_error *error)
{
    place_axes ends = {"[first x, last x]", 2, {"first x", "last x"}, {chip->width, chip->width}};
    plc_status status = plc_yaml_expect(node, "outline", PLC_YAML_SEQUENCE, error);
    if (status == PLC_OK && plc_yaml_length(node) != chip->height)
        return plc_yaml_fail(node, error,
                             "outline: expected one [first x, last x] for each of %u "
                             "rows, got %zu",
                             chip->height, plc_yaml_length(node));
    for (uint32_t y = 0; status == PLC_OK && y < chip->height; y++) {
        uint32_t row[3] = {0};
        plc_yaml_node item = plc_yaml_item(node, y);
        status = read_place(item, "outline", &ends, row, error);
        if (status == PLC_OK && row[0] > row[1])
            return plc_yaml_fail(item, error, "outline: expected first x <= last x, got [%u, %u]",
                                 row[0], row[1]);
        for (uint32_t x = 0; status == PLC_OK && x < chip->width; x++)
            if (x < row[0] || x > row[1])
                plc_chip_kill_router(chip, y * chip->width + x);
    }
    return status;
}

/* Gives the chip the form at `node`; what that leaves out stays. */
static plc_status read_geometry(plc_chip *chip, plc_yaml_node node, plc_error *error)
{
    static const char *const keys[] = {"width",  "height",  "links", "wrap",
                                       "absent", "outline", NULL};
    static const char *const links[] = {"4", "6", NULL};
    plc_chip_shape shape = {0, 0, chip->links, chip->wrap, chip->cores_per_router};
    plc_yaml_node width, height;
    plc_status status = plc_yaml_expect_keys(node, "geometry", keys, error);
    if (status != PLC_OK || (status = plc_yaml_require(node, "width", &width, error)) != PLC_OK ||
        (status = plc_yaml_require(node, "height", &height, error)) != PLC_OK ||
        (status = read_count(width, "width", 1, PLC_MAX_SIDE, &shape.width, error)) != PLC_OK ||
        (status = read_count(height, "height", 1, PLC_MAX_SIDE, &shape.height, error)) != PLC_OK)
        return status;
    plc_yaml_node at = plc_yaml_find(node, "links");
    if (plc_yaml_present(at)) {
        unsigned choice;
        if ((status = plc_yaml_choice(at, "links", links, &choice, error)) != PLC_OK)
            return status;
        shape.links = choice ? PLC_LINKS_HEXAGONAL : PLC_LINKS_RECTANGULAR;
    }
    at = plc_yaml_find(node, "wrap");
    if (plc_yaml_present(at) && (status = plc_yaml_bool(at, "wrap", &shape.wrap, error)) != PLC_OK)
        return status;
    if ((status = plc_chip_reshape(chip, shape, error)) != PLC_OK)
        return status;
    at = plc_yaml_find(node, "outline");
    if (plc_yaml_present(at) && plc_yaml_present(plc_yaml_find(node, "absent")))
        return plc_yaml_fail(at, error, "geometry: expected absent or outline, got both");
    if (plc_yaml_present(at))
        return read_outline(chip, at, error);
    place_axes chips = {"[x, y]", 2, {"x", "y"}, {shape.width, shape.height}};
    return read_places(chip, node, "absent", "absent", &chips, take_chip, error);
}

/* The keys `cores` and `reserved`; either makes all other cores usable again. */
static plc_status read_cores(plc_chip *chip, plc_yaml_node root, plc_error *error)
{
    plc_yaml_node cores = plc_yaml_find(root, "cores");
    plc_yaml_node reserved = plc_yaml_find(root, "reserved");
    plc_status status = PLC_OK;
    if (plc_yaml_present(cores))
        status = read_count(cores, "cores", 1, PLC_MAX_CORES, &chip->cores_per_router, error);
    if (status == PLC_OK && plc_yaml_present(reserved)) {
        status = plc_yaml_expect(reserved, "reserved", PLC_YAML_SEQUENCE, error);
        chip->reserved = (plc_core_set){{0}};
        for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(reserved); i++) {
            uint32_t core = 0;
            status = read_count(plc_yaml_item(reserved, i), "reserved", 0,
                                chip->cores_per_router - 1, &core, error);
            if (status == PLC_OK)
                plc_core_set_add(&chip->reserved, core);
        }
    }
    if (status == PLC_OK && (plc_yaml_present(cores) || plc_yaml_present(reserved)))
        plc_chip_revive_cores(chip);
    return status;
}

plc_status plc_chip_read_mesh(plc_chip *chip, plc_yaml_node root, plc_error *error)
{
    plc_yaml_node geometry = plc_yaml_find(root, "geometry");
    plc_status status = PLC_OK;
    if (plc_yaml_present(geometry))
        status = read_geometry(chip, geometry, error);
    return status == PLC_OK ? read_cores(chip, root, error) : status;
}
