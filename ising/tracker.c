/* Follows the spikes of a MAX-CUT run: the cut after each tick, and the best state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/maxcut.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>

#define NO_TICK UINT64_MAX

/* Rows of neighbours are filled up to whole units with arcs of weight 0 to fields of no vertex, so
 * that the processor foresees their ends more often: to units of ROW_UNIT_MAX, or of ROW_UNIT if no
 * vertex has more neighbours. */
enum { ROW_UNIT = 4, ROW_UNIT_MAX = 8 };

enum { AHEAD = 6 }; /* spikes ahead that rows are asked for */

/* Spins are kept by slot. All arithmetic is its own: the network's potentials are never read. A
 * field, the sum of weight x spin over the neighbours, is below 2^30 and shares a word with its
 * spin, so that a flip finds both at once: 2 x field + (1 if the spin is -1). Arcs have four times
 * their weight, what a flip of a spin by 2 changes in such a word. */
struct plc_cut_tracker {
    const plc_maxcut *maxcut; /* borrowed */
    uint32_t *rows;           /* [n + 1] into arcs, in units of ROW_UNIT */
    plc_arc *wide_arcs;       /* [rows[n] x ROW_UNIT] or NULL */
    uint32_t *arcs;           /* the same as weight << 16 | target where 16 bits are enough */
    int32_t uniform;          /* weight of all arcs of edges; 0: they differ */
    int64_t cut, best_cut;
    uint64_t tick, best_tick; /* of the last spikes (NO_TICK: none yet), and of the best state */
    uint32_t *fields;         /* [n + ROW_UNIT_MAX] with their spins */
    uint8_t *best_off;        /* [n] the best state without the flips of the journal; 1: spin -1 */
    uint32_t *journal;        /* [n] slots flipped since the best state */
    uint64_t n_flips;         /* since the best state; beyond n they are not in the journal */
};

/* Whether all arcs fit 32 bits: targets and four times the weights 16. */
static bool is_narrow(const plc_adjacency *slots)
{
    bool narrow = slots->n + ROW_UNIT_MAX <= 1 << 16;
    for (uint64_t i = 0; narrow && i < slots->offsets[slots->n]; i++)
        narrow = slots->arcs[i].weight >= INT16_MIN / 4 && slots->arcs[i].weight <= INT16_MAX / 4;
    return narrow;
}

static void put_arc(plc_cut_tracker *tracker, uint64_t at, uint32_t target, int32_t weight)
{
    const uint32_t scaled = 4 * (uint32_t)weight;
    if (tracker->arcs)
        tracker->arcs[at] = scaled << 16 | target;
    else
        tracker->wide_arcs[at] = (plc_arc){target, (int32_t)scaled};
}

/* The weight of all arcs, or 0 if they differ. */
static int32_t find_uniform(const plc_adjacency *slots)
{
    const uint64_t n_arcs = slots->offsets[slots->n];
    for (uint64_t i = 1; i < n_arcs; i++)
        if (slots->arcs[i].weight != slots->arcs[0].weight)
            return 0;
    return n_arcs ? slots->arcs[0].weight : 0;
}

/* Lays out the rows; false when memory is short. */
static bool fill_rows(plc_cut_tracker *tracker)
{
    const plc_adjacency *slots = &tracker->maxcut->slots;
    const uint32_t n = slots->n;
    uint32_t unit = ROW_UNIT;
    tracker->rows = plc_array((size_t)n + 1, sizeof *tracker->rows);
    if (!tracker->rows)
        return false;
    for (uint32_t slot = 0; slot < n; slot++)
        unit = slots->offsets[slot + 1] - slots->offsets[slot] > ROW_UNIT ? ROW_UNIT_MAX : unit;
    for (uint32_t slot = 0; slot < n; slot++) {
        const uint64_t degree = slots->offsets[slot + 1] - slots->offsets[slot];
        tracker->rows[slot + 1] =
            tracker->rows[slot] + (uint32_t)((degree + unit - 1) / unit * (unit / ROW_UNIT));
    }
    const size_t n_arcs = (size_t)tracker->rows[n] * ROW_UNIT;
    tracker->uniform = find_uniform(slots);
    if (is_narrow(slots))
        tracker->arcs = plc_array(n_arcs, sizeof *tracker->arcs);
    else
        tracker->wide_arcs = plc_array(n_arcs, sizeof *tracker->wide_arcs);
    if (!tracker->arcs && !tracker->wide_arcs)
        return false;
    for (uint32_t slot = 0; slot < n; slot++) {
        uint64_t at = (uint64_t)tracker->rows[slot] * ROW_UNIT;
        const uint64_t end = (uint64_t)tracker->rows[slot + 1] * ROW_UNIT;
        for (uint64_t i = slots->offsets[slot]; i < slots->offsets[slot + 1]; i++)
            put_arc(tracker, at++, slots->arcs[i].target, slots->arcs[i].weight);
        for (; at < end; at++)
            put_arc(tracker, at, n + (uint32_t)(at % ROW_UNIT_MAX), 0);
    }
    return true;
}

plc_status plc_cut_tracker_create(const plc_maxcut *maxcut, plc_cut_tracker **ret_tracker,
                                  plc_error *error)
{
    const uint32_t n = maxcut->slots.n;
    plc_cut_tracker *tracker = plc_array(1, sizeof *tracker);
    if (!tracker)
        return plc_fail_memory(error, "a cut tracker");
    tracker->maxcut = maxcut;
    tracker->fields = plc_array((size_t)n + ROW_UNIT_MAX, sizeof *tracker->fields);
    tracker->best_off = plc_array(n, sizeof *tracker->best_off);
    tracker->journal = plc_array(n, sizeof *tracker->journal);
    if (!tracker->fields || !tracker->best_off || !tracker->journal || !fill_rows(tracker)) {
        plc_cut_tracker_destroy(tracker);
        return plc_fail_memory(error, "a cut tracker");
    }
    plc_cut_tracker_reset(tracker);
    *ret_tracker = tracker;
    return PLC_OK;
}

void plc_cut_tracker_reset(plc_cut_tracker *tracker)
{
    const plc_adjacency *slots = &tracker->maxcut->slots;
    tracker->cut = tracker->best_cut = 0;
    tracker->tick = NO_TICK;
    tracker->best_tick = 0;
    tracker->n_flips = 0;
    memset(tracker->best_off, 0, slots->n);
    for (uint32_t slot = 0; slot < slots->n; slot++) {
        tracker->fields[slot] =
            tracker->maxcut->bias ? 2 * (uint32_t)tracker->maxcut->bias[slot] : 0;
        for (uint64_t i = slots->offsets[slot]; i < slots->offsets[slot + 1]; i++)
            tracker->fields[slot] += 2 * (uint32_t)slots->arcs[i].weight;
    }
}

void plc_cut_tracker_destroy(plc_cut_tracker *tracker)
{
    if (!tracker)
        return;
    free(tracker->rows);
    free(tracker->wide_arcs);
    free(tracker->arcs);
    free(tracker->fields);
    free(tracker->best_off);
    free(tracker->journal);
    free(tracker);
}

/* Remembers the state as the best: O(1) per flip since the last one. */
static void remember(plc_cut_tracker *tracker)
{
    const uint32_t n = tracker->maxcut->slots.n;
    const uint64_t n_flips = tracker->n_flips;
    const uint32_t *journal = tracker->journal;
    uint8_t *best_off = tracker->best_off;
    if (n_flips > n) {
        for (uint32_t slot = 0; slot < n; slot++)
            best_off[slot] = tracker->fields[slot] & 1;
    } else {
        for (uint64_t i = 0; i < n_flips; i++)
            best_off[journal[i]] ^= 1;
    }
    tracker->n_flips = 0;
    tracker->best_cut = tracker->cut;
    tracker->best_tick = tracker->tick;
}

/* Adds or subtracts the arcs [begin, end) of a row; `minus` is 0 or all ones. */
static inline void add_arcs(uint32_t *fields, const uint32_t *arc, const uint32_t *end,
                            uint32_t minus)
{
    for (; arc < end; arc += ROW_UNIT) {
        for (int i = 0; i < ROW_UNIT; i++)
            fields[arc[i] & 0xffff] += ((uint32_t)((int32_t)arc[i] >> 16) ^ minus) - minus;
    }
}

/* Adds one change to the fields that arcs [begin, end) lead to; those of what fills a row up are no
 * vertex's. */
static inline void add_uniform(uint32_t *fields, const uint32_t *arc, const uint32_t *end,
                               uint32_t change)
{
    for (; arc < end; arc += ROW_UNIT) {
        for (int i = 0; i < ROW_UNIT; i++)
            fields[arc[i] & 0xffff] += change;
    }
}

static inline void add_wide_arcs(uint32_t *fields, const plc_arc *arc, const plc_arc *end,
                                 uint32_t minus)
{
    for (; arc < end; arc += ROW_UNIT) {
        for (int i = 0; i < ROW_UNIT; i++)
            fields[arc[i].target] += ((uint32_t)arc[i].weight ^ minus) - minus;
    }
}

/* Turns a spin over: the cut gains spin x field, and the neighbours' fields follow. Free of
 * branches on the spin, which is as good as random. */
static inline void flip(plc_cut_tracker *tracker, uint32_t n, uint32_t slot)
{
    const size_t begin = (size_t)tracker->rows[slot] * ROW_UNIT;
    const size_t end = (size_t)tracker->rows[slot + 1] * ROW_UNIT;
    uint32_t *fields = tracker->fields;
    const uint32_t word = fields[slot];
    const int32_t off = (int32_t)(word & 1);
    fields[slot] = word ^ 1;
    tracker->cut += (((int32_t)word >> 1) ^ -off) + off;
    if (tracker->arcs && tracker->uniform)
        add_uniform(fields, tracker->arcs + begin, tracker->arcs + end,
                    4 * (uint32_t)tracker->uniform * (uint32_t)(2 * off - 1));
    else if (tracker->arcs)
        add_arcs(fields, tracker->arcs + begin, tracker->arcs + end, (uint32_t)off - 1);
    else
        add_wide_arcs(fields, tracker->wide_arcs + begin, tracker->wide_arcs + end,
                      (uint32_t)off - 1);
    if (tracker->n_flips < n)
        tracker->journal[tracker->n_flips] = slot;
    tracker->n_flips++;
}

/* Asks for the row of a spike to come; the spike may be any. */
static inline void prefetch(const plc_cut_tracker *tracker, const plc_spike *spike)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    if (spike->population >= maxcut->n_populations)
        return;
    const uint64_t slot = (uint64_t)maxcut->begin[spike->population] + spike->neuron;
    if (slot < maxcut->slots.n && tracker->arcs)
        __builtin_prefetch(tracker->arcs + (size_t)tracker->rows[slot] * ROW_UNIT);
}

/* Says what is wrong with a spike. */
static plc_status refuse(const plc_cut_tracker *tracker, const plc_spike *spike, plc_error *error)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    const unsigned long long tick = spike->tick;
    if (spike->population >= maxcut->n_populations)
        return plc_fail(error, PLC_INVALID,
                        "spike at tick %llu: population: expected below %u, got %u", tick,
                        maxcut->n_populations, spike->population);
    const uint32_t begin = maxcut->begin[spike->population];
    const uint32_t size = maxcut->begin[spike->population + 1] - begin;
    if (spike->neuron >= size)
        return plc_fail(error, PLC_INVALID,
                        "spike at tick %llu: neuron of population %u: expected below %u, got %u",
                        tick, spike->population, size, spike->neuron);
    return plc_fail(error, PLC_DIFFERS,
                    "spike at tick %llu: population %u neuron %u (vertex %llu): expected an %s "
                    "spike, got an %s spike of a spin that is %s",
                    tick, spike->population, spike->neuron,
                    maxcut->vertex[begin + spike->neuron] + 1ULL, spike->polarity ? "ON" : "OFF",
                    spike->polarity ? "OFF" : "ON", spike->polarity ? "OFF" : "ON");
}

plc_status plc_cut_tracker_take(plc_cut_tracker *tracker, const plc_spike *spikes, size_t n,
                                plc_error *error)
{
    const uint32_t n_slots = tracker->maxcut->slots.n;
    const uint32_t *begin = tracker->maxcut->begin;
    const uint32_t n_populations = tracker->maxcut->n_populations;
    for (size_t i = 0; i < n;) {
        const uint64_t tick = spikes[i].tick;
        if (tracker->tick != NO_TICK && tick <= tracker->tick)
            return plc_fail(error, PLC_INVALID,
                            "spike at tick %llu: expected a tick after %llu, which is over",
                            (unsigned long long)tick, (unsigned long long)tracker->tick);
        tracker->tick = tick;
        for (; i < n && spikes[i].tick == tick; i++) {
            const plc_spike spike = spikes[i];
            if (i + AHEAD < n)
                prefetch(tracker, &spikes[i + AHEAD]);
            if (spike.population >= n_populations ||
                spike.neuron >= begin[spike.population + 1] - begin[spike.population])
                return refuse(tracker, &spike, error);
            const uint32_t slot = begin[spike.population] + spike.neuron;
            if ((tracker->fields[slot] & 1) == spike.polarity)
                return refuse(tracker, &spike, error);
            flip(tracker, n_slots, slot);
        }
        if (tracker->cut > tracker->best_cut)
            remember(tracker);
    }
    return PLC_OK;
}

int64_t plc_cut_tracker_best(const plc_cut_tracker *tracker)
{
    return tracker->best_cut;
}

int64_t plc_cut_tracker_cut(const plc_cut_tracker *tracker)
{
    return tracker->cut;
}

uint64_t plc_cut_tracker_best_tick(const plc_cut_tracker *tracker)
{
    return tracker->best_tick;
}

void plc_cut_tracker_sides(const plc_cut_tracker *tracker, uint8_t *sides)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    for (uint32_t slot = 0; slot < maxcut->slots.n; slot++)
        sides[maxcut->vertex[slot]] = tracker->best_off[slot];
    if (maxcut->bias)
        sides[maxcut->slots.n] = 0; /* the pinned vertex */
}
