/* stdp_pair_additive: pair STDP by SpiNNaker's deferred rule, in its arithmetic. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_STDP_H
#define PLC_HW_NEURON_STDP_H

#include "hw/neuron/fixed.h"

#include <placode/network.h>
#include <stdbool.h>
#include <stdint.h>

/* A synapse's weight is brought up to date only when a spike of its source comes (Jin, Rast,
 * Galluppi, Davies and Furber, IJCNN 2010, "deferred event-driven model"; arithmetic and order
 * checked against recordings of the hardware). Neurons log their spikes as post events. A source
 * that spikes in tick t, and spiked before in tick p with trace r, changes the weight of a synapse
 * of delay n so, in this order:
 *   1. for each post event s with p - n < s <= t - n, oldest first, w = w + a_plus r decay_plus[s +
 * n - p], at most w_max;
 *   2. for the newest post event s <= t - n, if there is one, w = w - a_minus trace(s) decay_minus
 * [t - n - s], at least w_min; a lag of 0 counts.
 * Gated, step 1 uses what the trace was before its last spike: the first spike of a burst lets
 * those that follow potentiate, and one alone does not (as the triplets of Pfister and Gerstner,
 * J. Neurosci. 26:9673, 2006). Products truncate. What differs: traces stop at 32767, where the
 * chip's 16 bits would wrap. */
enum {
    PLC_STDP_TABLE = 256,       /* [ticks] lags with a decay; beyond, it is 0 */
    PLC_STDP_ONE = 2048,        /* 1 in Q5.11 */
    PLC_STDP_TRACE_MAX = 32767, /* Q5.11 */
    PLC_STDP_HISTORY = 15,      /* post events kept of a neuron; the chip's 16th is a dummy */
};

/* The rule as kernels take it; 32-bit words without padding, so that a layout can hold it. */
typedef struct plc_stdp_rule {
    plc_s1615 a_plus, a_minus;          /* [nA] 0 or more */
    plc_s1615 w_min, w_max;             /* [nA] 0 <= w_min <= w_max */
    int32_t history;                    /* plc_stdp_history */
    int32_t decay_plus[PLC_STDP_TABLE]; /* Q5.11, by lag [ticks]: floor(2048 exp(-lag / tau)) */
    int32_t decay_minus[PLC_STDP_TABLE];
    int32_t gate; /* Q5.11 that a source's trace must pass to potentiate: 1 if gated, else 0 */
} plc_stdp_rule;

enum { PLC_STDP_WORDS = sizeof(plc_stdp_rule) / 4 };

/* A spike of a neuron with plastic synapses. */
typedef struct plc_post_event {
    uint64_t tick;
    int32_t trace; /* Q5.11 after it */
} plc_post_event;

/* The last spike of a source. Zeroed: none yet. */
typedef struct plc_pre_event {
    uint64_t tick;
    int32_t trace; /* Q5.11 after it; 0: none */
} plc_pre_event;

/* The rule of checked constants (plc_stdp_check()), decays of a tick of tick_ms. */
void plc_stdp_init(const plc_stdp *declared, double tick_ms, plc_stdp_rule *ret_rule);
/* What a constant must be, or NULL when all are legal. `ret_name` and `ret_value` tell which. */
const char *plc_stdp_check(const plc_stdp *declared, const char **ret_name, double *ret_value);
/* Whether words can be a rule's. */
bool plc_stdp_is_legal(const plc_stdp_rule *rule);

static inline int32_t plc_stdp_decay(const int32_t *table, uint64_t lag)
{
    return lag < PLC_STDP_TABLE ? table[lag] : 0;
}

/* A trace `lag` ticks after it was `trace`, with one more spike. */
static inline int32_t plc_stdp_trace(const int32_t *table, int32_t trace, uint64_t lag)
{
    int32_t sum = ((trace * plc_stdp_decay(table, lag)) >> 11) + PLC_STDP_ONE;
    return sum < PLC_STDP_TRACE_MAX ? sum : PLC_STDP_TRACE_MAX;
}

/* The source spikes in `tick`. */
static inline void plc_pre_event_move(const plc_stdp_rule *rule, plc_pre_event *pre, uint64_t tick)
{
    pre->trace = plc_stdp_trace(rule->decay_plus, pre->trace, tick - pre->tick);
    pre->tick = tick;
}

/* The next post event after n, in `tick`. */
static inline plc_post_event plc_post_event_next(const plc_stdp_rule *rule,
                                                 const plc_post_event *events, uint32_t n,
                                                 uint64_t tick)
{
    plc_post_event last = n ? events[n - 1] : (plc_post_event){0};
    return (plc_post_event){tick, plc_stdp_trace(rule->decay_minus, last.trace, tick - last.tick)};
}

/* A S16.15 weight after a post event `lag` ticks from a source's spike with `trace`. */
static inline int64_t plc_stdp_potentiate(const plc_stdp_rule *rule, int64_t weight, int32_t trace,
                                          uint64_t lag)
{
    int32_t open = trace > rule->gate ? trace - rule->gate : 0;
    int64_t term = (open * plc_stdp_decay(rule->decay_plus, lag)) >> 11;
    weight += ((term << 4) * rule->a_plus) >> 15;
    return weight < rule->w_max ? weight : rule->w_max;
}

/* The same after a source's spike `lag` ticks from a post event with `trace`. */
static inline int64_t plc_stdp_depress(const plc_stdp_rule *rule, int64_t weight, int32_t trace,
                                       uint64_t lag)
{
    int64_t term = (trace * plc_stdp_decay(rule->decay_minus, lag)) >> 11;
    weight -= ((term << 4) * rule->a_minus) >> 15;
    return weight > rule->w_min ? weight : rule->w_min;
}

/* The number of events of [0, n), which ascend, at tick + delay <= until. */
static inline uint32_t plc_post_events_until(const plc_post_event *events, uint32_t n,
                                             uint32_t delay, uint64_t until)
{
    uint32_t begin = 0;
    while (begin < n) {
        uint32_t middle = begin + (n - begin) / 2;
        if (events[middle].tick + delay <= until)
            begin = middle + 1;
        else
            n = middle;
    }
    return begin;
}

/* The weight [ring units] of a synapse whose source, last seen as `pre`, spikes in `tick`; `events`
 * [n] are its target's, in order, and `shift` the ring shift of its receptor. */
static inline int32_t plc_stdp_update(const plc_stdp_rule *rule, const plc_post_event *events,
                                      uint32_t n, const plc_pre_event *pre, uint32_t delay,
                                      uint64_t tick, int32_t weight, uint32_t shift)
{
    int64_t w = (int64_t)weight << shift;
    uint32_t end = plc_post_events_until(events, n, delay, tick);
    if (!end)
        return weight;
    for (uint32_t i = plc_post_events_until(events, end, delay, pre->tick); i < end; i++)
        w = plc_stdp_potentiate(rule, w, pre->trace, events[i].tick + delay - pre->tick);
    const plc_post_event *newest = &events[end - 1];
    w = plc_stdp_depress(rule, w, newest->trace, tick - (newest->tick + delay));
    return (int32_t)(w >> shift);
}

/* The same without a spike of the source: takes the oldest event, which is about to be dropped. */
static inline int32_t plc_stdp_flush(const plc_stdp_rule *rule, const plc_post_event *oldest,
                                     const plc_pre_event *pre, uint32_t delay, int32_t weight,
                                     uint32_t shift)
{
    if (oldest->tick + delay <= pre->tick)
        return weight;
    uint64_t lag = oldest->tick + delay - pre->tick;
    return (int32_t)(plc_stdp_potentiate(rule, (int64_t)weight << shift, pre->trace, lag) >> shift);
}

#endif
