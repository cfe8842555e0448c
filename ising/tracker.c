/* Follows the spikes of a MAX-CUT run: the cut after each tick, and the best state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/maxcut.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>

#define NO_TICK UINT64_MAX

/* Rows of neighbours are filled up to whole units with arcs of weight 0 to no vertex, so that the
 * processor foresees their ends more often: to units of ROW_UNIT_MAX, or of ROW_UNIT if no vertex
 * has more neighbours. */
enum { ROW_UNIT = 4, ROW_UNIT_MAX = 8 };

enum { AHEAD = 6 }; /* spikes ahead that rows are asked for */

/* The neighbours of a slot. */
typedef struct row {
    uint32_t begin, end; /* of its arcs */
    int32_t sum;         /* its bias and the weights of all arcs: its field when all spins are +1 */
} row;

/* Spins are kept by slot. All arithmetic is its own: the network's potentials are never read. A
 * flip reads the spins of all neighbours and writes its own: reading many is faster than keeping
 * their fields. A field, the sum of weight x spin over the neighbours, is below 2^30. */
struct plc_cut_tracker {
    const plc_maxcut *maxcut; /* borrowed */
    row *rows;                /* [n] */
    plc_arc *wide_arcs;       /* or NULL */
    uint32_t *arcs;           /* the same as weight << 16 | target where 16 bits are enough */
    int32_t uniform;          /* weight of all arcs of edges; 0: they differ */
    int64_t cut, best_cut;
    uint64_t tick, best_tick; /* of the last spikes (NO_TICK: none yet), and of the best state */
    uint8_t *off;             /* [n + 1] 1: spin -1; the last is no vertex's */
    uint8_t *best_off;        /* [n + 1] the best state */
    int32_t *gains;           /* scratch: of spikes that come without */
    size_t gains_capacity;
};

/* Whether all arcs fit 32 bits: targets and weights 16. */
static bool is_narrow(const plc_adjacency *slots)
{
    bool narrow = slots->n < 1 << 16;
    for (uint64_t i = 0; narrow && i < slots->offsets[slots->n]; i++)
        narrow = slots->arcs[i].weight >= INT16_MIN && slots->arcs[i].weight <= INT16_MAX;
    return narrow;
}

static void put_arc(plc_cut_tracker *tracker, uint64_t at, uint32_t target, int32_t weight)
{
    if (tracker->arcs)
        tracker->arcs[at] = (uint32_t)weight << 16 | target;
    else
        tracker->wide_arcs[at] = (plc_arc){target, weight};
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
    uint32_t unit = ROW_UNIT, at = 0;
    tracker->rows = plc_array(n, sizeof *tracker->rows);
    if (!tracker->rows)
        return false;
    for (uint32_t slot = 0; slot < n; slot++)
        unit = slots->offsets[slot + 1] - slots->offsets[slot] > ROW_UNIT ? ROW_UNIT_MAX : unit;
    for (uint32_t slot = 0; slot < n; slot++) {
        const uint32_t degree = (uint32_t)(slots->offsets[slot + 1] - slots->offsets[slot]);
        tracker->rows[slot] = (row){.begin = at, .end = at + (degree + unit - 1) / unit * unit};
        at = tracker->rows[slot].end;
    }
    tracker->uniform = find_uniform(slots);
    if (is_narrow(slots))
        tracker->arcs = plc_array(at, sizeof *tracker->arcs);
    else
        tracker->wide_arcs = plc_array(at, sizeof *tracker->wide_arcs);
    if (!tracker->arcs && !tracker->wide_arcs)
        return false;
    for (uint32_t slot = 0; slot < n; slot++) {
        row *r = &tracker->rows[slot];
        r->sum = tracker->maxcut->bias ? tracker->maxcut->bias[slot] : 0;
        at = r->begin;
        for (uint64_t i = slots->offsets[slot]; i < slots->offsets[slot + 1]; i++) {
            put_arc(tracker, at++, slots->arcs[i].target, slots->arcs[i].weight);
            r->sum += slots->arcs[i].weight;
        }
        for (; at < r->end; at++)
            put_arc(tracker, at, n, 0);
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
    tracker->off = plc_array((size_t)n + 1, sizeof *tracker->off);
    tracker->best_off = plc_array((size_t)n + 1, sizeof *tracker->best_off);
    if (!tracker->off || !tracker->best_off || !fill_rows(tracker)) {
        plc_cut_tracker_destroy(tracker);
        return plc_fail_memory(error, "a cut tracker");
    }
    plc_cut_tracker_reset(tracker);
    *ret_tracker = tracker;
    return PLC_OK;
}

void plc_cut_tracker_reset(plc_cut_tracker *tracker)
{
    const uint32_t n = tracker->maxcut->slots.n;
    tracker->cut = tracker->best_cut = 0;
    tracker->tick = NO_TICK;
    tracker->best_tick = 0;
    memset(tracker->off, 0, n);
    memset(tracker->best_off, 0, n);
}

void plc_cut_tracker_destroy(plc_cut_tracker *tracker)
{
    if (!tracker)
        return;
    free(tracker->rows);
    free(tracker->wide_arcs);
    free(tracker->arcs);
    free(tracker->off);
    free(tracker->best_off);
    free(tracker->gains);
    free(tracker);
}

/* How many of the neighbours have spin -1. */
static inline int32_t count_off(const uint8_t *off, const uint32_t *arc, const uint32_t *end)
{
    uint32_t n = 0;
    for (; arc < end; arc += ROW_UNIT) {
        for (int i = 0; i < ROW_UNIT; i++)
            n += off[arc[i] & 0xffff];
    }
    return (int32_t)n;
}

/* The weights of those neighbours, added up. */
static inline int32_t add_off(const uint8_t *off, const uint32_t *arc, const uint32_t *end)
{
    int32_t sum = 0;
    for (; arc < end; arc += ROW_UNIT) {
        for (int i = 0; i < ROW_UNIT; i++)
            sum += ((int32_t)arc[i] >> 16) & -(int32_t)off[arc[i] & 0xffff];
    }
    return sum;
}

static inline int32_t add_wide_off(const uint8_t *off, const plc_arc *arc, const plc_arc *end)
{
    int32_t sum = 0;
    for (; arc < end; arc++)
        sum += arc->weight & -(int32_t)off[arc->target];
    return sum;
}

/* The field of a slot. */
static inline int32_t field_of(const plc_cut_tracker *tracker, const uint8_t *off, uint32_t slot)
{
    const row r = tracker->rows[slot];
    const uint32_t *arcs = tracker->arcs;
    int32_t sum;
    if (arcs && tracker->uniform)
        sum = tracker->uniform * count_off(off, arcs + r.begin, arcs + r.end);
    else if (arcs)
        sum = add_off(off, arcs + r.begin, arcs + r.end);
    else
        sum = add_wide_off(off, tracker->wide_arcs + r.begin, tracker->wide_arcs + r.end);
    return r.sum - 2 * sum;
}

/* The field, or its negative for a spin of -1. */
static inline int32_t spin_times(int32_t field, int32_t off)
{
    return (field ^ -off) + off;
}

/* Asks for the row of a spike to come; the spike may be any. */
static inline void prefetch(const plc_cut_tracker *tracker, const plc_spike *spike)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    if (spike->population >= maxcut->n_populations)
        return;
    const uint64_t slot = (uint64_t)maxcut->begin[spike->population] + spike->neuron;
    if (slot < maxcut->slots.n && tracker->arcs)
        __builtin_prefetch(tracker->arcs + tracker->rows[slot].begin);
}

static plc_status refuse_tick(uint64_t tick, uint64_t last, plc_error *error)
{
    return plc_fail(error, PLC_INVALID,
                    "spike at tick %llu: expected a tick after %llu, which is over",
                    (unsigned long long)tick, (unsigned long long)last);
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

/* Turns the spins of spikes over; writes what each flip adds to the cut into `ret_gains` unless it
 * is NULL. */
static plc_status turn_over(plc_cut_tracker *tracker, const plc_spike *spikes, size_t n,
                            int32_t *ret_gains, plc_error *error)
{
    const uint32_t *begin = tracker->maxcut->begin;
    const uint32_t n_populations = tracker->maxcut->n_populations;
    const plc_cut_tracker t = *tracker; /* bytes may alias the tracker, but not this */
    uint64_t tick = n ? spikes[0].tick : t.tick;
    if (n && t.tick != NO_TICK && tick <= t.tick)
        return refuse_tick(tick, t.tick, error);
    for (size_t i = 0; i < n; i++) {
        const plc_spike *spike = &spikes[i];
        const uint32_t population = spike->population, neuron = spike->neuron;
        if (ret_gains && i + AHEAD < n)
            prefetch(&t, &spikes[i + AHEAD]);
        if (spike->tick < tick)
            return refuse_tick(spike->tick, tick, error);
        tick = spike->tick;
        if (population >= n_populations || neuron >= begin[population + 1] - begin[population])
            return refuse(tracker, spike, error);
        const uint32_t slot = begin[population] + neuron;
        const int32_t off = t.off[slot];
        if ((uint32_t)off == spike->polarity)
            return refuse(tracker, spike, error);
        if (ret_gains)
            ret_gains[i] = spin_times(field_of(&t, t.off, slot), off);
        t.off[slot] = (uint8_t)(off ^ 1);
    }
    tracker->tick = tick;
    return PLC_OK;
}

/* Adds the gains to the cut. Returns after how many of the spikes it was best, at the end of a
 * tick; 0: it was not better than before. */
static size_t follow(plc_cut_tracker *tracker, const plc_spike *spikes, const int32_t *gains,
                     size_t n)
{
    int64_t cut = tracker->cut, best_cut = tracker->best_cut;
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        cut += gains[i];
        if (__builtin_expect(cut > best_cut, 0) &&
            (i + 1 == n || spikes[i + 1].tick != spikes[i].tick)) {
            best_cut = cut;
            best = i + 1;
        }
    }
    tracker->cut = cut;
    tracker->best_cut = best_cut;
    return best;
}

/* Remembers the state before the last n spikes as the best. */
static void remember(plc_cut_tracker *tracker, const plc_spike *spikes, size_t n)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    memcpy(tracker->best_off, tracker->off, maxcut->slots.n);
    for (size_t i = 0; i < n; i++)
        tracker->best_off[maxcut->begin[spikes[i].population] + spikes[i].neuron] ^= 1;
}

plc_status plc_cut_tracker_take(plc_cut_tracker *tracker, const plc_spike *spikes,
                                const int32_t *gains, size_t n, plc_error *error)
{
    int32_t *own = NULL;
    if (!gains || tracker->maxcut->settings.schedule == PLC_BLOCK) {
        if (!plc_array_reserve(&tracker->gains, &tracker->gains_capacity, n, sizeof *own))
            return plc_fail_memory(error, "a cut tracker");
        gains = own = tracker->gains;
    }
    const plc_status status = turn_over(tracker, spikes, n, own, error);
    if (status != PLC_OK)
        return status;
    const size_t best = follow(tracker, spikes, gains, n);
    if (best) {
        tracker->best_tick = spikes[best - 1].tick;
        remember(tracker, spikes + best, n - best);
    }
    return PLC_OK;
}

/* The cut of a state: of an edge, weight x (1 - spin x spin) is twice the weight where it is cut
 * and else 0, and the fields of both ends have it. */
static int64_t count_cut(const plc_cut_tracker *tracker, const uint8_t *off)
{
    const plc_maxcut *maxcut = tracker->maxcut;
    int64_t fourfold = 0, biases = 0;
    for (uint32_t slot = 0; slot < maxcut->slots.n; slot++) {
        const int32_t bias = maxcut->bias ? maxcut->bias[slot] : 0;
        const int32_t edges = field_of(tracker, off, slot) - bias;
        fourfold += tracker->rows[slot].sum - bias - spin_times(edges, off[slot]);
        biases += off[slot] ? bias : 0;
    }
    return fourfold / 4 + biases;
}

plc_status plc_cut_tracker_check(const plc_cut_tracker *tracker, plc_error *error)
{
    const int64_t cuts[] = {tracker->cut, tracker->best_cut};
    const uint8_t *const states[] = {tracker->off, tracker->best_off};
    for (int i = 0; i < 2; i++) {
        const int64_t counted = count_cut(tracker, states[i]);
        if (counted != cuts[i])
            return plc_fail(
                error, PLC_DIFFERS,
                "the gains of the spikes add up to a cut of %lld, the %s state has %lld",
                (long long)cuts[i], i ? "best" : "last", (long long)counted);
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
