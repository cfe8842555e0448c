/* lif_curr_exp: leaky integrate-and-fire with exponential currents, in SpiNNaker's arithmetic. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_LIF_H
#define PLC_HW_NEURON_LIF_H

#include "hw/neuron/fixed.h"

#include <stdbool.h>
#include <stdint.h>

/* One neuron update, in this order (Rowley et al., Frontiers in Neuroscience 13, 2019, section on
 * neuron models; checked against recordings of the hardware):
 *   1. each receptor's ring slot, an unsigned sum that saturates at 65535, is shifted to S16.15 nA
 * and adds gain x input to its current g (the gain tau (1 - d) / tick keeps the charge of a spike);
 *   2. if not refractory: a = (gE - gI + i_offset) x R + v_rest, v = a - e x (a - v); else the
 * counter falls by one;
 *   3. if v >= v_thresh: v = v_reset, the counter starts, the neuron spikes;
 *   4. both currents decay, g = d x g.
 * Products truncate. Weights are unsigned; the receptor gives the sign. */
typedef struct plc_lif_params {
    plc_s1615 v_rest, v_reset, v_thresh; /* [mV] */
    plc_s1615 resistance;                /* [MOhm] tau_m / cm, rounded */
    plc_s1615 decay_m;                   /* exp(-tick / tau_m), rounded */
    plc_s1615 i_offset;                  /* [nA] */
    int32_t refractory;                  /* [ticks] */
    uint32_t decay_e, decay_i;           /* 0.32 fractions: exp(-tick / tau_syn), floor */
    uint32_t gain_e, gain_i;             /* 0.32 fractions: tau_syn (1 - decay) / tick, floor */
    uint32_t shift_e, shift_i;           /* ring slot to S16.15 */
} plc_lif_params;

typedef struct plc_lif_state {
    plc_s1615 v;       /* [mV] */
    uint32_t g_e, g_i; /* S16.15 [nA] */
    int32_t wait;      /* [ticks] of the refractory period left */
} plc_lif_state;

/* The most a ring slot holds. */
enum { PLC_LIF_SLOT_MAX = 65535 };

/* `input_e` and `input_i` are exact sums of the weights that arrived since the last update. True
 * when it spikes. Written without branches so that loops over neurons vectorise. */
static inline bool plc_lif_update(const plc_lif_params *p, plc_lif_state *s, uint32_t input_e,
                                  uint32_t input_i)
{
    input_e = input_e < PLC_LIF_SLOT_MAX ? input_e : PLC_LIF_SLOT_MAX;
    input_i = input_i < PLC_LIF_SLOT_MAX ? input_i : PLC_LIF_SLOT_MAX;
    uint32_t g_e = s->g_e + plc_fraction_mul(input_e << p->shift_e, p->gain_e);
    uint32_t g_i = s->g_i + plc_fraction_mul(input_i << p->shift_i, p->gain_i);

    int32_t current = plc_wrap_add((int32_t)(g_e - g_i), p->i_offset);
    plc_s1615 a = plc_wrap_add(plc_s1615_mul(current, p->resistance), p->v_rest);
    plc_s1615 moved = plc_wrap_sub(a, plc_s1615_mul(p->decay_m, plc_wrap_sub(a, s->v)));
    bool refractory = s->wait > 0;
    plc_s1615 v = refractory ? s->v : moved;
    int32_t wait = refractory ? s->wait - 1 : 0;

    bool spikes = v >= p->v_thresh;
    s->v = spikes ? p->v_reset : v;
    s->wait = spikes ? p->refractory : wait;
    s->g_e = plc_fraction_mul(g_e, p->decay_e);
    s->g_i = plc_fraction_mul(g_i, p->decay_i);
    return spikes;
}

#endif
