/* The best distinct states that runs ended in, and how often each was seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/solutions.h"

#include "base/error.h"
#include "base/memory.h"

/* Where a state stands against one of the list: < 0 before, 0 the same, > 0 behind. `flip` is what
 * turns the state so that vertex 0 is on side 0. */
static int compare(const plc_solution *solution, const uint8_t *sides, uint8_t flip, int64_t cut,
                   uint32_t n)
{
    if (cut != solution->cut)
        return cut > solution->cut ? -1 : 1;
    for (uint32_t v = 0; v < n; v++) {
        const int side = sides[v] ^ flip;
        if (side != solution->sides[v])
            return side - solution->sides[v];
    }
    return 0;
}

/* The first place in the list that a state does not stand behind. */
static size_t find_place(const plc_solutions *s, const uint8_t *sides, uint8_t flip, int64_t cut)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&s->list[middle], sides, flip, cut, s->n_vertices) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Makes room at a place: the state behind the limit goes, and lends its memory. */
static uint8_t *make_room(plc_solutions *s, size_t place)
{
    uint8_t *sides;
    if (s->n == s->limit) {
        sides = s->list[--s->n].sides;
    } else {
        sides = plc_array(s->n_vertices, 1);
        if (!sides || !plc_reserve(s, list, 1)) {
            free(sides);
            return NULL;
        }
    }
    memmove(&s->list[place + 1], &s->list[place], (s->n - place) * sizeof *s->list);
    s->n++;
    return sides;
}

plc_status plc_solutions_add(plc_solutions *solutions, const uint8_t *sides, int64_t cut,
                             uint64_t count, uint64_t run, plc_error *error)
{
    const uint8_t flip = solutions->n_vertices && sides[0];
    const size_t place = find_place(solutions, sides, flip, cut);
    if (place < solutions->n &&
        !compare(&solutions->list[place], sides, flip, cut, solutions->n_vertices)) {
        plc_solution *same = &solutions->list[place];
        same->count += count;
        same->run = run < same->run ? run : same->run;
        return PLC_OK;
    }
    if (place >= solutions->limit)
        return PLC_OK;
    uint8_t *copy = make_room(solutions, place);
    if (!copy)
        return plc_fail_memory(error, "solutions");
    for (uint32_t v = 0; v < solutions->n_vertices; v++)
        copy[v] = sides[v] ^ flip;
    solutions->list[place] = (plc_solution){.cut = cut, .count = count, .run = run, .sides = copy};
    return PLC_OK;
}

plc_status plc_solutions_merge(plc_solutions *solutions, const plc_solutions *others,
                               plc_error *error)
{
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < others->n; i++) {
        const plc_solution *s = &others->list[i];
        status = plc_solutions_add(solutions, s->sides, s->cut, s->count, s->run, error);
    }
    return status;
}

void plc_solutions_finish(plc_solutions *solutions)
{
    for (size_t i = 0; i < solutions->n; i++)
        free(solutions->list[i].sides);
    free(solutions->list);
    solutions->list = NULL;
    solutions->n = solutions->capacity = 0;
}
