/* Untwisting a placement on a torus. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "mapper/pairs.h"

/* A linear map of a torus onto itself: (x, y) -> (ax + by, cx + dy). */
typedef struct torus_map {
    int a, b, c, d;
} torus_map;

static uint32_t map_router(const torus_map *map, int w, int h, uint32_t router)
{
    int x = (int)router % w, y = (int)router / w;
    int to_x = (map->a * x + map->b * y) % w, to_y = (map->c * x + map->d * y) % h;
    return (uint32_t)((to_y + h) % h * w + (to_x + w) % w);
}

/* Whether it is the same wherever one stands on the torus, and no two routers go to the same. */
static bool is_sound(const torus_map *map, int w, int h)
{
    int det = map->a * map->d - map->b * map->c;
    return (det == 1 || det == -1) && map->b * h % w == 0 && map->c * w % h == 0;
}

/* The next map with coefficients -1, 0, 1; false after the last. */
static bool next_map(uint32_t *number, torus_map *map)
{
    uint32_t n = (*number)++;
    *map = (torus_map){(int)(n % 3) - 1, (int)(n / 3 % 3) - 1, (int)(n / 9 % 3) - 1,
                       (int)(n / 27 % 3) - 1};
    return n < 81;
}

static bool is_uniform(const plc_machine *machine, const uint32_t *capacity)
{
    for (uint32_t r = 1; r < machine->n_routers; r++)
        if (capacity[r] != capacity[0])
            return false;
    return machine->chip->wrap;
}

plc_status plc_pairs_untwist(const plc_pairs *pairs, const plc_machine *machine,
                             const uint32_t *capacity, uint32_t *router_of, plc_error *error)
{
    if (!is_uniform(machine, capacity))
        return PLC_OK;
    uint32_t n = pairs->n_vertices, number = 0;
    int w = (int)machine->chip->width, h = (int)machine->chip->height;
    uint32_t *mapped = plc_array(n, sizeof *mapped), *best = plc_array(n, sizeof *best);
    bool ok = mapped && best;
    int64_t least = ok ? plc_pairs_cost(pairs, machine, router_of) : 0, before = least;
    torus_map map;
    while (ok && next_map(&number, &map)) {
        if (!is_sound(&map, w, h))
            continue;
        for (uint32_t v = 0; v < n; v++)
            mapped[v] = map_router(&map, w, h, router_of[v]);
        int64_t cost = plc_pairs_cost(pairs, machine, mapped);
        if (cost < least) {
            least = cost;
            memcpy(best, mapped, n * sizeof *best);
        }
    }
    if (ok && least < before)
        memcpy(router_of, best, n * sizeof *router_of);
    free(mapped);
    free(best);
    return ok ? PLC_OK : plc_fail_memory(error, "placement");
}
