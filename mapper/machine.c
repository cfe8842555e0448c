/* Distances on meshes, whole or with dead parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/machine.h"

#include "base/error.h"
#include "base/memory.h"

void plc_machine_finish(plc_machine *machine)
{
    free(machine->capacity);
    free(machine->next);
    free(machine->near);
    free(machine->row);
    free(machine->column);
    *machine = (plc_machine){0};
}

/* Hops from one router to all others, into hops [n_routers]; `queue` [n_routers] is scratch.
 * Routers reached. */
static uint32_t search(const plc_machine *m, uint32_t from, uint16_t *hops, uint32_t *queue)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < m->n_routers; r++)
        hops[r] = PLC_UNREACHABLE;
    hops[from] = 0;
    queue[n++] = from;
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int32_t next = m->next[queue[i]][link];
            if (next >= 0 && hops[next] == PLC_UNREACHABLE) {
                hops[next] = (uint16_t)(hops[queue[i]] + 1);
                queue[n++] = (uint32_t)next;
            }
        }
    }
    return n;
}

/* Whether every router is there and all links that the mesh's shape gives it work. */
static bool is_whole(const plc_machine *m)
{
    for (uint32_t r = 0; r < m->n_routers; r++)
        if (!m->chip->alive[r] || m->chip->dead_links[r])
            return false;
    return true;
}

/* |shift| the shorter way round a ring of n, or as it is on an open line; signed results for both
 * ways round. */
static uint32_t hexagonal(int dx, int dy)
{
    int ax = abs(dx), ay = abs(dy);
    return (uint32_t)((dx >= 0) == (dy >= 0) ? (ax > ay ? ax : ay) : ax + ay);
}

static uint32_t straight(const plc_chip *chip, int dx, int dy)
{
    return chip->links == PLC_LINKS_HEXAGONAL ? hexagonal(dx, dy) : (uint32_t)(abs(dx) + abs(dy));
}

/* Hops over an offset on a whole mesh: the best of the ways round. */
static uint32_t offset_hops(const plc_chip *chip, int dx, int dy)
{
    int w = (int)chip->width, h = (int)chip->height;
    uint32_t best = straight(chip, dx, dy);
    for (int i = -1; chip->wrap && i <= 1; i++) {
        for (int j = -1; j <= 1; j++) {
            uint32_t hops = straight(chip, dx + i * w, dy + j * h);
            best = hops < best ? hops : best;
        }
    }
    return best;
}

static bool fill_offsets(plc_machine *m)
{
    const plc_chip *chip = m->chip;
    uint32_t w = chip->width, h = chip->height, pitch = 2 * w - 1;
    if (!(m->near = plc_array((size_t)pitch * (2 * h - 1), sizeof *m->near)))
        return false;
    for (uint32_t y = 0; y < 2 * h - 1; y++)
        for (uint32_t x = 0; x < pitch; x++)
            m->near[y * pitch + x] =
                (uint16_t)offset_hops(chip, (int)x - (int)(w - 1), (int)y - (int)(h - 1));
    for (uint32_t r = 0; r < m->n_routers; r++) {
        m->column[r] = r / w * pitch + r % w;
        m->row[r] = (h - 1) * pitch + (w - 1) - m->column[r];
    }
    return true;
}

static bool fill_matrix(plc_machine *m)
{
    uint32_t *queue = plc_array(m->n_routers, sizeof *queue);
    m->near = plc_array((size_t)m->n_routers * m->n_routers, sizeof *m->near);
    for (uint32_t r = 0; queue && m->near && r < m->n_routers; r++) {
        m->row[r] = r * m->n_routers;
        m->column[r] = r;
        search(m, r, m->near + (size_t)r * m->n_routers, queue);
    }
    free(queue);
    return m->near != NULL;
}

/* Routers that the first live one does not reach hold nothing. */
static void cut_off(plc_machine *m)
{
    uint32_t first = 0;
    while (first < m->n_routers && !m->chip->alive[first])
        first++;
    for (uint32_t r = 0; r < m->n_routers; r++) {
        bool joined = m->chip->alive[r] && plc_machine_hops(m, first, r) != PLC_UNREACHABLE &&
                      plc_machine_hops(m, r, first) != PLC_UNREACHABLE;
        m->capacity[r] = joined ? plc_core_set_count(&m->chip->cores[r]) : 0;
    }
}

enum { ROUTERS_MAX = 16384 }; /* with dead parts: the matrix of distances is 512 MiB then */

plc_status plc_machine_init(plc_machine *machine, const plc_chip *chip, plc_error *error)
{
    plc_machine m = {.chip = chip, .n_routers = chip->width * chip->height};
    m.capacity = plc_array(m.n_routers, sizeof *m.capacity);
    m.next = plc_array(m.n_routers, sizeof *m.next);
    m.row = plc_array(m.n_routers, sizeof *m.row);
    m.column = plc_array(m.n_routers, sizeof *m.column);
    bool ok = m.capacity && m.next && m.row && m.column;
    for (uint32_t r = 0; ok && r < m.n_routers; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            m.next[r][link] = (int32_t)plc_chip_neighbour(chip, r, link);
    bool whole = ok && is_whole(&m);
    if (ok && !whole && m.n_routers > ROUTERS_MAX) {
        plc_machine_finish(&m);
        return plc_fail(
            error, PLC_DOES_NOT_FIT,
            "does not fit: placement: chip %s has dead parts and %u routers, %d are the most",
            plc_chip_name(chip), m.n_routers, ROUTERS_MAX);
    }
    ok = ok && (whole ? fill_offsets(&m) : fill_matrix(&m));
    if (!ok) {
        plc_machine_finish(&m);
        return plc_fail_memory(error, "distances");
    }
    cut_off(&m);
    *machine = m;
    return PLC_OK;
}
