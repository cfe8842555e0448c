/* The reference simulator of the tests: no layout, no events, no vectors; every neuron in every
 * tick.
 *
 * It is written from docs/semantics.md. The kernels of hw/neuron are the one thing it shares with
 * the engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/lif.h"
#include "hw/neuron/model.h"
#include "hw/neuron/onoff.h"
#include "hw/neuron/source.h"
#include "hw/neuron/threshold.h"
#include "net/network.h"
#include "tests/support/random_network.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

/* All spikes of a neuron. */
typedef struct events {
    uint64_t *ticks;
    uint32_t n, forgotten;
} events;

/* What the reference keeps of a plastic projection. */
typedef struct weights {
    int64_t *now;   /* [synapses] ring units */
    uint64_t *last; /* [sources] last spike */
    int64_t *trace; /* [sources] Q5.11 */
} weights;

/* What the reference keeps of a population. */
typedef struct state {
    int32_t *words;         /* [size][state words] */
    int64_t (*arriving)[2]; /* [SLOTS * size] [receptor] sums of what arrives in a tick */
    int64_t (*waiting)[2];  /* [size] */
    bool *spiked;           /* [size] in the tick at hand, of sources of plastic synapses */
    events *events;         /* [size] all spikes, and how many are forgotten */
} state;

static bool is_due(const plc_population *p, uint32_t number, uint64_t seed, uint64_t tick,
                   uint32_t neuron, uint32_t *ret_noise)
{
    plc_random draw;
    if (p->schedule.random_blocks == 0) {
        const plc_random_key key = plc_random_stream(seed, PLC_STREAM_NOISE + number, 0);
        draw = plc_random_draw(key, neuron / 8, (uint32_t)tick);
        const uint64_t bytes = (uint64_t)draw.word[1] << 32 | draw.word[0];
        draw = plc_random_draw(key, neuron + (UINT32_C(1) << 31), (uint32_t)tick);
        *ret_noise = (uint32_t)(bytes >> neuron % 8 * 8) << 24 | draw.word[0] % (1 << 24);
        return tick % p->schedule.period == p->schedule.phase;
    }
    for (uint32_t b = 0; b < p->schedule.random_blocks; b++) {
        uint64_t begin = (uint64_t)p->size * b / p->schedule.random_blocks;
        uint64_t end = (uint64_t)p->size * (b + 1) / p->schedule.random_blocks;
        if (neuron < begin || neuron >= end)
            continue;
        draw =
            plc_random_draw(plc_random_stream(seed, PLC_STREAM_DUE + number, 0), b, (uint32_t)tick);
        *ret_noise = draw.word[1];
        return begin + ((draw.word[0] * (end - begin)) >> 32) == neuron;
    }
    return false;
}

static bool update_onoff(const int32_t *params, int32_t *words, int64_t input, uint64_t tick,
                         uint32_t noise)
{
    plc_onoff_params annealer;
    plc_onoff_state s;
    uint64_t until;
    memcpy(&annealer, params, sizeof annealer);
    memcpy(&s, words, sizeof s);
    s.v = (int32_t)(s.v + 2 * input);
    uint64_t slope = plc_annealer_slope(&annealer, plc_annealer_hold(&annealer, tick, &until));
    bool flips = noise < plc_annealer_accept(&annealer, slope, (int64_t)s.spin * s.v);
    s.spin = flips ? -s.spin : s.spin;
    memcpy(words, &s, sizeof s);
    return flips;
}

static bool update(const plc_population *p, uint32_t neuron, int32_t *words, int64_t *input,
                   uint64_t tick, uint32_t noise)
{
    const int32_t *params = plc_population_params(p, neuron, plc_model_n_params(p->model));
    bool spikes;
    if (p->model == PLC_LIF_CURR_EXP) {
        plc_lif_params lif;
        plc_lif_state s;
        memcpy(&lif, params, sizeof lif);
        memcpy(&s, words, sizeof s);
        spikes = plc_lif_update(&lif, &s, (uint32_t)input[0], (uint32_t)input[1]);
        memcpy(words, &s, sizeof s);
    } else if (p->model == PLC_ONOFF) {
        spikes = update_onoff(params, words, input[0], tick, noise);
    } else {
        spikes = input[0] >= params[0];
    }
    input[0] = input[1] = 0;
    return spikes;
}

static bool source_spikes(const plc_population *p, uint32_t number, uint32_t neuron, uint64_t seed,
                          uint64_t tick)
{
    if (p->model == PLC_SPIKE_SOURCE_POISSON) {
        plc_poisson_params poisson;
        memcpy(&poisson, plc_population_params(p, neuron, plc_model_n_params(p->model)),
               sizeof poisson);
        plc_random draw = plc_random_draw(plc_random_stream(seed, PLC_STREAM_POISSON + number, 0),
                                          neuron, (uint32_t)tick);
        return plc_poisson_update(&poisson, tick, draw.word[0]);
    }
    for (uint64_t i = p->spike_offsets[neuron]; i < p->spike_offsets[neuron + 1]; i++)
        if (p->spike_ticks[i] == tick)
            return true;
    return false;
}

static void send(const plc_network *network, state *states, uint32_t population, uint32_t neuron,
                 int64_t sign, uint64_t tick)
{
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        if (projection->source != population || projection->plastic)
            continue;
        uint32_t size = network->populations[projection->target].size;
        for (uint64_t k = projection->offsets[neuron]; k < projection->offsets[neuron + 1]; k++) {
            uint64_t slot = (tick + plc_projection_delay(projection, k)) % SLOTS;
            states[projection->target]
                .arriving[slot * size + projection->targets[k]][projection->receptor] +=
                sign * plc_projection_weight(projection, k);
        }
    }
}

static uint64_t tick_population(const plc_network *network, state *states, uint32_t number,
                                uint64_t seed, uint64_t tick)
{
    const plc_population *p = &network->populations[number];
    state *st = &states[number];
    uint32_t n_words = plc_model_n_state(p->model);
    bool source = p->model == PLC_SPIKE_SOURCE_ARRAY || p->model == PLC_SPIKE_SOURCE_POISSON;
    uint64_t digest = 0;
    for (uint32_t j = 0; j < p->size; j++) {
        int64_t *arriving = st->arriving[tick % SLOTS * p->size + j];
        uint32_t noise = 0;
        for (int r = 0; r < 2; r++) {
            st->waiting[j][r] += arriving[r];
            arriving[r] = 0;
        }
        bool spikes =
            source ? source_spikes(p, number, j, seed, tick)
                   : is_due(p, number, seed, tick, j, &noise) &&
                         update(p, j, st->words + (size_t)j * n_words, st->waiting[j], tick, noise);
        if (!spikes)
            continue;
        bool off = p->model == PLC_ONOFF && plc_onoff_spin(st->words + (size_t)j * n_words) < 0;
        digest += plc_spike_digest((plc_spike){
            .tick = tick, .population = number & 0x7fffffff, .neuron = j, .polarity = off});
        st->spiked[j] = true;
        st->events[j].ticks =
            realloc(st->events[j].ticks, (st->events[j].n + 1) * sizeof *st->events[j].ticks);
        st->events[j].ticks[st->events[j].n++] = tick;
        send(network, states, number, j, off ? -1 : 1, tick);
    }
    return digest;
}

/* The decay of the rule in the page's words, without its tables. */
static int64_t decay(double tau, double tick_ms, uint64_t lag)
{
    return lag < 256 ? (int64_t)floor(2048 * exp(-(double)lag * tick_ms / tau)) : 0;
}

static int64_t grown(int64_t trace, double tau, double tick_ms, uint64_t lag)
{
    int64_t sum = trace * decay(tau, tick_ms, lag) / 2048 + 2048;
    return sum < 32767 ? sum : 32767;
}

/* The trace of a neuron after its spike number i, made anew from its first. */
static int64_t post_trace(const plc_stdp *rule, double tick_ms, const events *post, uint32_t i)
{
    int64_t trace = 0;
    for (uint32_t k = 0; k <= i; k++)
        trace = grown(trace, rule->tau_minus, tick_ms,
                      k ? post->ticks[k] - post->ticks[k - 1] : post->ticks[0]);
    return trace;
}

static int64_t stepped(const plc_stdp *rule, int64_t w, int64_t trace, int64_t share, bool up)
{
    int64_t change = (((trace * share / 2048) << 4) *
                      (int64_t)rint((up ? rule->a_plus : rule->a_minus) * 32768)) >>
                     15;
    int64_t low = (int64_t)rint(rule->w_min * 32768), high = (int64_t)rint(rule->w_max * 32768);
    w += up ? change : -change;
    return up ? (w < high ? w : high) : (w > low ? w : low);
}

/* Potentiates by spikes [begin, end) of the target, those that came after the source's last. */
static int64_t potentiated(const plc_stdp *rule, double tick_ms, int64_t w, const events *post,
                           uint32_t begin, uint32_t end, uint64_t last, int64_t trace,
                           uint32_t delay)
{
    if (rule->gated)
        trace = trace > 2048 ? trace - 2048 : 0;
    for (uint32_t i = begin; i < end; i++)
        if (post->ticks[i] + delay > last)
            w = stepped(rule, w, trace,
                        decay(rule->tau_plus, tick_ms, post->ticks[i] + delay - last), true);
    return w;
}

/* Visits every plastic synapse: forgets spikes that are too many, then takes the source's spike. */
static void learn(const plc_network *network, state *states, weights *all, uint64_t tick,
                  bool forget)
{
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *p = &network->projections[i];
        const plc_stdp *rule = &p->stdp;
        uint32_t size = network->populations[p->target].size;
        for (uint32_t j = 0; p->plastic && j < network->populations[p->source].size; j++) {
            weights *w = &all[i];
            bool spiked = states[p->source].spiked[j];
            if (forget ? rule->history != PLC_STDP_FLUSH : !spiked)
                continue;
            for (uint64_t k = p->offsets[j]; k < p->offsets[j + 1]; k++) {
                const events *post = &states[p->target].events[p->targets[k]];
                plc_lif_params lif;
                memcpy(&lif, network->populations[p->target].params, sizeof lif);
                unsigned shift = p->receptor ? lif.shift_i : lif.shift_e;
                uint32_t delay = plc_projection_delay(p, k), end = 0;
                int64_t now = w->now[k] * (INT64_C(1) << shift);
                if (forget && post->n - post->forgotten > 15)
                    w->now[k] = potentiated(rule, network->tick_ms, now, post, post->forgotten,
                                            post->forgotten + 1, w->last[j], w->trace[j], delay) >>
                                shift;
                if (forget)
                    continue;
                while (end < post->n && post->ticks[end] + delay <= tick)
                    end++;
                if (end > post->forgotten) {
                    now = potentiated(rule, network->tick_ms, now, post, post->forgotten, end,
                                      w->last[j], w->trace[j], delay);
                    uint64_t lag = tick - post->ticks[end - 1] - delay;
                    now = stepped(rule, now, post_trace(rule, network->tick_ms, post, end - 1),
                                  decay(rule->tau_minus, network->tick_ms, lag), false);
                    w->now[k] = now >> shift;
                }
                states[p->target]
                    .arriving[(tick + delay) % SLOTS * size + p->targets[k]][p->receptor] +=
                    w->now[k];
            }
            if (!forget) {
                w->trace[j] =
                    grown(w->trace[j], rule->tau_plus, network->tick_ms, tick - w->last[j]);
                w->last[j] = tick;
            }
        }
    }
}

/* Has neurons of bounded rules forget all but 15 spikes. */
static void forget_marked(const plc_network *network, state *states)
{
    for (uint32_t i = 0; i < network->n_populations; i++) {
        const plc_projection *plastic = plc_network_find_plastic(network, i);
        for (uint32_t j = 0; j < network->populations[i].size; j++) {
            events *e = &states[i].events[j];
            if (plastic && plastic->stdp.history != PLC_STDP_UNBOUNDED && e->n - e->forgotten > 15)
                e->forgotten++;
        }
    }
}

static void clear_spiked(const plc_network *network, state *states)
{
    for (uint32_t i = 0; i < network->n_populations; i++)
        memset(states[i].spiked, 0, network->populations[i].size * sizeof(bool));
}

static weights *begin_learning(const plc_network *network)
{
    weights *all = calloc(network->n_projections, sizeof *all);
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *p = &network->projections[i];
        uint32_t n_sources = network->populations[p->source].size;
        all[i].now = calloc(p->offsets[n_sources] + 1, sizeof *all[i].now);
        all[i].last = calloc(n_sources, sizeof *all[i].last);
        all[i].trace = calloc(n_sources, sizeof *all[i].trace);
        for (uint64_t k = 0; k < p->offsets[n_sources]; k++)
            all[i].now[k] = plc_projection_weight(p, k);
    }
    return all;
}

static void end_learning(const plc_network *network, weights *all)
{
    for (size_t i = 0; i < network->n_projections; i++) {
        free(all[i].now);
        free(all[i].last);
        free(all[i].trace);
    }
    free(all);
}

uint64_t reference_digest(plc_network *network, uint64_t seed, uint64_t ticks)
{
    uint64_t digest = 0;
    state *states = calloc(network->n_populations, sizeof *states);
    for (uint32_t i = 0; i < network->n_populations; i++) {
        const plc_population *p = &network->populations[i];
        uint32_t n_words = plc_model_n_state(p->model);
        states[i].words = calloc((size_t)p->size * n_words + 1, sizeof(int32_t));
        states[i].arriving = calloc((size_t)p->size * SLOTS, sizeof *states[i].arriving);
        states[i].waiting = calloc(p->size, sizeof *states[i].waiting);
        states[i].spiked = calloc(p->size, sizeof *states[i].spiked);
        states[i].events = calloc(p->size, sizeof *states[i].events);
        for (uint32_t j = 0; j < p->size; j++)
            memcpy(states[i].words + (size_t)j * n_words, plc_population_state(p, j, n_words),
                   4ul * n_words);
    }
    weights *all = begin_learning(network);
    for (uint64_t tick = 0; tick < ticks; tick++) {
        for (uint32_t i = 0; i < network->n_populations; i++)
            digest += tick_population(network, states, i, seed, tick);
        learn(network, states, all, tick, true);
        forget_marked(network, states);
        learn(network, states, all, tick, false);
        clear_spiked(network, states);
    }
    end_learning(network, all);
    for (uint32_t i = 0; i < network->n_populations; i++) {
        for (uint32_t j = 0; j < network->populations[i].size; j++)
            free(states[i].events[j].ticks);
        free(states[i].events);
        free(states[i].spiked);
        free(states[i].words);
        free(states[i].arriving);
        free(states[i].waiting);
    }
    free(states);
    return digest;
}
