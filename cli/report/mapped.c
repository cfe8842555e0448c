/* The chip map of what placode map printed, without the layout: cores and slices only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/picture.h"
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>

/* A slice as told. */
typedef struct told_slice {
    uint32_t x, y, core, begin, end, population;
} told_slice;

/* A layout as far as pictures of slices need one. */
typedef struct sketch {
    plc_layout layout;
    told_slice *told; /* [n] sorted by core */
    uint32_t n, width, height, n_cores;
} sketch;

static void finish(sketch *s)
{
    plc_chip_destroy(s->layout.chip);
    free(s->layout.populations); /* names are the JSON's */
    free(s->layout.slices);
    free(s->layout.cores);
    free(s->layout.row_offsets);
    free(s->layout.route_offsets);
    free(s->told);
}

static bool read_below(const json_t *object, const char *key, uint32_t limit, uint32_t *ret_value)
{
    const json_t *value = json_object_get(object, key);
    const json_int_t number = json_integer_value(value);
    *ret_value = (uint32_t)number;
    return json_is_integer(value) && number >= 0 && number < limit;
}

/* The number of a population, in the order in which they are named; false when memory is short. */
static bool find_population(sketch *s, const char *name, uint32_t *ret_population)
{
    plc_layout *layout = &s->layout;
    uint32_t p = layout->n_populations;
    while (p > 0 && strcmp(layout->populations[p - 1].name, name) != 0)
        p--;
    *ret_population = p ? p - 1 : layout->n_populations;
    if (p)
        return true;
    plc_population *more =
        realloc(layout->populations, ((size_t)layout->n_populations + 1) * sizeof *more);
    if (!more)
        return false;
    layout->populations = more;
    /* Pictures only read the name. */
    more[layout->n_populations++] = (plc_population){.name = (char *)(uintptr_t)name};
    return true;
}

/* Whether what an item tells is a slice; PLC_NO_MEMORY alone is a failure. */
static plc_status read_slice(sketch *s, const json_t *item, bool *ret_is, plc_error *error)
{
    told_slice *t = &s->told[s->n];
    const char *name = report_text(item, "population");
    *ret_is = name && read_below(item, "x", PLC_MAX_SIDE, &t->x) &&
              read_below(item, "y", PLC_MAX_SIDE, &t->y) &&
              read_below(item, "core", PLC_MAX_CORES, &t->core) &&
              read_below(item, "begin", INT32_MAX, &t->begin) &&
              read_below(item, "end", INT32_MAX, &t->end) && t->begin < t->end;
    if (!*ret_is)
        return PLC_OK;
    if (!find_population(s, name, &t->population))
        return plc_fail_memory(error, "a report");
    s->layout.populations[t->population].size += t->end - t->begin;
    s->width = t->x >= s->width ? t->x + 1 : s->width;
    s->height = t->y >= s->height ? t->y + 1 : s->height;
    s->n_cores = t->core >= s->n_cores ? t->core + 1 : s->n_cores;
    s->n++;
    return PLC_OK;
}

static uint64_t place_of(const told_slice *t)
{
    return ((uint64_t)t->y * PLC_MAX_SIDE + t->x) * PLC_MAX_CORES + t->core;
}

static int compare_slices(const void *a, const void *b)
{
    const told_slice *p = a, *q = b;
    if (place_of(p) != place_of(q))
        return place_of(p) < place_of(q) ? -1 : 1;
    if (p->population != q->population)
        return p->population < q->population ? -1 : 1;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

/* Whether every slice is on a core that the chip has. */
static bool has_places(const plc_chip *chip, const sketch *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const told_slice *t = &s->told[i];
        if (t->x >= chip->width || t->y >= chip->height ||
            !plc_core_set_has(&chip->cores[t->y * chip->width + t->x], t->core))
            return false;
    }
    return true;
}

/* Whether a chip may be the one that was mapped onto: names of chips in files may be any. */
static bool has_limit(const plc_chip *chip, const json_t *fill)
{
    const double told = report_fill_limit(fill, PLC_RESOURCE_NEURONS);
    const uint64_t limit = plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE);
    return isnan(told) ? limit == UINT64_MAX : told == (double)limit;
}

/* The chip by its name, or, where that is a file's, the least mesh with all the cores. */
static plc_status find_chip(sketch *s, const char *name, const json_t *fill, bool *ret_guessed,
                            plc_error *error)
{
    char text[64];
    plc_status status =
        name && !strpbrk(name, "./") ? plc_chip_open(name, &s->layout.chip, error) : PLC_INVALID;
    if (status == PLC_NO_MEMORY)
        return status;
    if (status == PLC_OK) {
        if (has_places(s->layout.chip, s) && has_limit(s->layout.chip, fill))
            return PLC_OK;
        plc_chip_destroy(s->layout.chip);
        s->layout.chip = NULL;
    }
    *ret_guessed = true;
    snprintf(text, sizeof text, "mesh:%ux%u:%u", s->width, s->height, s->n_cores);
    status = plc_chip_open(text, &s->layout.chip, error);
    if (status == PLC_OK) /* not those of a chip that it is not */
        s->layout.chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = PLC_UNBOUNDED;
    return status;
}

static bool allocate(sketch *s)
{
    plc_layout *layout = &s->layout;
    const size_t n_routers = (size_t)layout->chip->width * layout->chip->height;
    layout->slices = plc_array(s->n, sizeof *layout->slices);
    layout->cores = plc_array(s->n, sizeof *layout->cores);
    layout->row_offsets = plc_array(1, sizeof *layout->row_offsets);
    layout->route_offsets = plc_array(n_routers + 1, sizeof *layout->route_offsets);
    return layout->slices && layout->cores && layout->row_offsets && layout->route_offsets;
}

/* Slices of sorted places to cores. */
static void fill(sketch *s)
{
    plc_layout *layout = &s->layout;
    layout->n_slices = s->n;
    for (uint32_t i = 0; i < s->n; i++) {
        const told_slice *t = &s->told[i];
        if (i == 0 || place_of(t) != place_of(t - 1))
            layout->cores[layout->n_cores++] =
                (plc_layout_core){.router = t->y * layout->chip->width + t->x,
                                  .core = t->core,
                                  .slice_begin = i,
                                  .slice_end = i};
        plc_layout_core *core = &layout->cores[layout->n_cores - 1];
        layout->slices[i] = (plc_slice){.population = t->population,
                                        .begin = t->begin,
                                        .end = t->end,
                                        .core = layout->n_cores - 1,
                                        .offset = core->n_neurons};
        core->n_neurons += t->end - t->begin;
        core->slice_end = i + 1;
    }
}

static plc_status draw(sketch *s, const json_t *json, plc_text *ret_svg, bool *ret_guessed,
                       plc_error *error)
{
    qsort(s->told, s->n, sizeof *s->told, compare_slices);
    plc_status status =
        find_chip(s, report_text(json, "chip"), report_list(json, "fill"), ret_guessed, error);
    if (status == PLC_OK && !allocate(s))
        status = plc_fail_memory(error, "a report");
    if (status != PLC_OK)
        return status;
    fill(s);
    return picture_draw(&s->layout, PICTURE_SLICES, NULL, ret_svg, error);
}

plc_status report_draw_mapped(const json_t *json, plc_text *ret_svg, bool *ret_guessed,
                              plc_error *error)
{
    const json_t *slices = report_list(json, "slices");
    const size_t n = json_array_size(slices);
    sketch s = {.told = plc_array(n, sizeof *s.told)};
    plc_status status = s.told ? PLC_OK : plc_fail_memory(error, "a report");
    bool is = true;
    *ret_guessed = false;
    for (size_t i = 0; is && status == PLC_OK && i < n; i++)
        status = read_slice(&s, json_array_get(slices, i), &is, error);
    if (status == PLC_OK && is && s.n)
        status = draw(&s, json, ret_svg, ret_guessed, error);
    finish(&s);
    return status;
}
