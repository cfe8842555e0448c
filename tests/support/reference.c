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

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

/* What the reference keeps of a population. */
typedef struct state {
    int32_t *words;         /* [size][state words] */
    int64_t (*arriving)[2]; /* [SLOTS * size] [receptor] sums of what arrives in a tick */
    int64_t (*waiting)[2];  /* [size] */
} state;

static bool is_due(const plc_population *p, uint32_t number, uint64_t seed, uint64_t tick,
                   uint32_t neuron, uint32_t *ret_noise)
{
    plc_random draw;
    if (p->schedule.random_blocks == 0) {
        draw = plc_random_draw(plc_random_stream(seed, PLC_STREAM_NOISE + number, 0), neuron,
                               (uint32_t)tick);
        *ret_noise = draw.word[0];
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
        if (projection->source != population)
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
        send(network, states, number, j, off ? -1 : 1, tick);
    }
    return digest;
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
        for (uint32_t j = 0; j < p->size; j++)
            memcpy(states[i].words + (size_t)j * n_words, plc_population_state(p, j, n_words),
                   4ul * n_words);
    }
    for (uint64_t tick = 0; tick < ticks; tick++)
        for (uint32_t i = 0; i < network->n_populations; i++)
            digest += tick_population(network, states, i, seed, tick);
    for (uint32_t i = 0; i < network->n_populations; i++) {
        free(states[i].words);
        free(states[i].arriving);
        free(states[i].waiting);
    }
    free(states);
    return digest;
}
