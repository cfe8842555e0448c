/* Chips: creation, what is alive on them, neighbours and numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"

#include "base/error.h"
#include "base/memory.h"

#include <assert.h>

static const plc_chip_row rows[] = {
#define X(name, key, section, unit, low, high, what)                                               \
    {key, PLC_CHIP_##section, unit, low, high, what},
    PLC_CHIP_QUANTITIES(X)
#undef X
};

const plc_chip_row *plc_chip_quantity_row(plc_chip_quantity quantity)
{
    return &rows[quantity];
}

const char *plc_chip_quantity_key(plc_chip_quantity quantity)
{
    return rows[quantity].key;
}

bool plc_chip_is_optional(plc_chip_quantity quantity)
{
    switch (quantity) {
    case PLC_CHIP_RECEIVERS:
    case PLC_CHIP_ASIDE_BUFFER:
    case PLC_CHIP_ASIDE_WAIT:
    case PLC_CHIP_CYCLES_SLICE:
    case PLC_CHIP_CYCLES_ANNEAL:
    case PLC_CHIP_CYCLES_PLASTIC_ROW:
        return true;
    default:
        return false;
    }
}

const char *plc_chip_section_key(plc_chip_section section)
{
    static const char *const keys[] = {"limits", "timing", "energy"};
    return keys[section];
}

static size_t n_routers(const plc_chip *chip)
{
    return (size_t)chip->width * chip->height;
}

void plc_chip_destroy(plc_chip *chip)
{
    if (!chip)
        return;
    for (size_t i = 0; i < PLC_CHIP_N_QUANTITIES; i++)
        free(chip->quantities[i].source);
    free(chip->name);
    free(chip->alive);
    free(chip->cores);
    free(chip->dead_links);
    free(chip);
}

plc_status plc_chip_set(plc_chip *chip, plc_chip_quantity quantity, double value, char grade,
                        const char *source, plc_error *error)
{
    char *copy = plc_string_copy(source);
    if (!copy)
        return plc_fail_memory(error, "chip");
    free(chip->quantities[quantity].source);
    chip->quantities[quantity] = (plc_quantity){value, grade, copy};
    return PLC_OK;
}

static plc_status set_numbers(plc_chip *chip, plc_chip_numbers numbers, plc_error *error)
{
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < PLC_CHIP_N_QUANTITIES; i++)
        status = plc_chip_set(chip, (plc_chip_quantity)i, PLC_UNKNOWN, 'N', "not known", error);
    for (size_t i = 0; status == PLC_OK && i < numbers.n; i++) {
        const plc_chip_number *at = &numbers.data[i];
        status = plc_chip_set(chip, at->quantity, at->value, at->grade, at->source, error);
    }
    return status;
}

plc_status plc_chip_create(const char *name, plc_chip_shape shape, plc_chip_numbers numbers,
                           plc_chip **ret_chip, plc_error *error)
{
    plc_status status = PLC_NO_MEMORY;
    plc_chip *chip = plc_array(1, sizeof *chip);
    if (!chip || !(chip->name = plc_string_copy(name)))
        goto fail;
    if ((status = plc_chip_reshape(chip, shape, error)) != PLC_OK)
        goto fail;
    if ((status = set_numbers(chip, numbers, error)) != PLC_OK)
        goto fail;
    *ret_chip = chip;
    return PLC_OK;
fail:
    plc_chip_destroy(chip);
    return status == PLC_NO_MEMORY ? plc_fail_memory(error, "chip") : status;
}

plc_status plc_chip_reshape(plc_chip *chip, plc_chip_shape shape, plc_error *error)
{
    assert(shape.width >= 1 && shape.width <= PLC_MAX_SIDE);
    assert(shape.height >= 1 && shape.height <= PLC_MAX_SIDE);
    assert(shape.cores >= 1 && shape.cores <= PLC_MAX_CORES);
    size_t n = (size_t)shape.width * shape.height;
    bool *alive = plc_array(n, sizeof *alive);
    plc_core_set *cores = plc_array(n, sizeof *cores);
    uint8_t *dead_links = plc_array(n, sizeof *dead_links);
    if (!alive || !cores || !dead_links) {
        free(alive);
        free(cores);
        free(dead_links);
        return plc_fail_memory(error, "chip");
    }
    free(chip->alive);
    free(chip->cores);
    free(chip->dead_links);
    chip->width = shape.width;
    chip->height = shape.height;
    chip->links = shape.links;
    chip->wrap = shape.wrap;
    chip->cores_per_router = shape.cores;
    chip->alive = alive;
    chip->cores = cores;
    chip->dead_links = dead_links;
    memset(alive, true, n);
    plc_chip_revive_cores(chip);
    return PLC_OK;
}

void plc_chip_revive_cores(plc_chip *chip)
{
    plc_core_set whole = {{0}};
    for (uint32_t c = 0; c < chip->cores_per_router; c++)
        if (!plc_core_set_has(&chip->reserved, c))
            plc_core_set_add(&whole, c);
    for (size_t r = 0; r < n_routers(chip); r++)
        chip->cores[r] = chip->alive[r] ? whole : (plc_core_set){{0}};
}

void plc_chip_reserve(plc_chip *chip, uint32_t core)
{
    plc_core_set_add(&chip->reserved, core);
    for (uint32_t r = 0; r < n_routers(chip); r++)
        plc_chip_kill_core(chip, r, core);
}

void plc_chip_kill_router(plc_chip *chip, uint32_t router)
{
    chip->alive[router] = false;
    chip->cores[router] = (plc_core_set){{0}};
}

void plc_chip_kill_core(plc_chip *chip, uint32_t router, uint32_t core)
{
    chip->cores[router].word[core / 64] &= ~(UINT64_C(1) << (core % 64));
}

void plc_chip_kill_link(plc_chip *chip, uint32_t router, unsigned link)
{
    chip->dead_links[router] = (uint8_t)(chip->dead_links[router] | 1u << link);
}

void plc_chip_normalise(plc_chip *chip)
{
    for (uint32_t r = 0; r < n_routers(chip); r++) {
        if (!chip->alive[r])
            plc_chip_kill_router(chip, r);
        for (unsigned l = 0; l < PLC_N_LINKS; l++) {
            int64_t other = plc_chip_adjacent(chip, r, l);
            if (!chip->alive[r] || other < 0 || !chip->alive[other])
                chip->dead_links[r] = (uint8_t)(chip->dead_links[r] & ~(1u << l));
        }
    }
}

const int8_t plc_link_steps[PLC_N_LINKS][2] = {{1, 0}, {1, 1}, {0, 1}, {-1, 0}, {-1, -1}, {0, -1}};

int64_t plc_chip_adjacent(const plc_chip *chip, uint32_t router, unsigned link)
{
    if (link >= PLC_N_LINKS || !(chip->links >> link & 1))
        return PLC_NO_ROUTER;
    int64_t width = chip->width, height = chip->height;
    int64_t x = router % width + plc_link_steps[link][0];
    int64_t y = router / width + plc_link_steps[link][1];
    if (chip->wrap) {
        x = (x + width) % width;
        y = (y + height) % height;
    }
    if (x < 0 || x >= width || y < 0 || y >= height || y * width + x == router)
        return PLC_NO_ROUTER;
    return y * width + x;
}

int64_t plc_chip_neighbour(const plc_chip *chip, uint32_t router, unsigned link)
{
    int64_t other = plc_chip_adjacent(chip, router, link);
    if (other < 0 || !chip->alive[router] || !chip->alive[other] ||
        (chip->dead_links[router] >> link & 1))
        return PLC_NO_ROUTER;
    return other;
}

uint64_t plc_chip_limit(const plc_chip *chip, plc_chip_quantity quantity)
{
    double value = plc_chip_get(chip, quantity);
    /* 2^64, the first double that does not fit; what is not known compares false. */
    return value < 18446744073709551616.0 ? (uint64_t)value : UINT64_MAX;
}

double plc_chip_seconds(const plc_chip *chip, plc_chip_quantity quantity)
{
    const char *unit = rows[quantity].unit;
    double value = plc_chip_get(chip, quantity);
    if (!strcmp(unit, "core cycles"))
        return value / plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    if (!strcmp(unit, "router cycles"))
        return value / plc_chip_get(chip, PLC_CHIP_ROUTER_CLOCK);
    return value;
}

uint32_t plc_core_set_count(const plc_core_set *set)
{
    uint32_t n = 0;
    for (size_t i = 0; i < PLC_CORE_WORDS; i++)
        n += (uint32_t)__builtin_popcountll(set->word[i]);
    return n;
}

const char *plc_chip_name(const plc_chip *chip)
{
    return chip->name;
}

uint64_t plc_chip_n_cores(const plc_chip *chip)
{
    uint64_t n = 0;
    for (size_t r = 0; r < n_routers(chip); r++)
        n += plc_core_set_count(&chip->cores[r]);
    return n;
}
