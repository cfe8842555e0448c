/* The neuron models: their parameters as users write them, and their resolution to integers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_MODEL_H
#define PLC_HW_NEURON_MODEL_H

#include <placode/network.h>
#include <placode/status.h>
#include <stdbool.h>
#include <stdint.h>

/* A parameter as users write it. */
typedef struct plc_param_info {
    const char *name, *unit;
    double low, high, initial; /* an initial value of NAN stands for "as `what` says" */
    bool whole;                /* must be a whole number */
    bool shared;               /* must be the same for all neurons of a population */
    const char *what;
} plc_param_info;

enum { PLC_MAX_MODEL_PARAMS = 16 };

/* "lif_curr_exp", ...; the names in the order of plc_model, NULL-terminated. */
const char *plc_model_name(plc_model model);
extern const char *const plc_model_names[];

/* Parameters as users write them; NULL past the last. */
const plc_param_info *plc_model_param(plc_model model, size_t i);

/* 32-bit words of resolved parameters and of state of one neuron. */
uint32_t plc_model_n_params(plc_model model);
uint32_t plc_model_n_state(plc_model model);

/* Receptors: none for spike sources; "excitatory", "inhibitory"; or "input". */
uint32_t plc_model_n_receptors(plc_model model);
const char *plc_model_receptor_name(plc_model model, uint32_t receptor);
/* Whether synaptic weights carry a sign (else the receptor does), and whether they are whole
 * numbers as they stand. */
bool plc_model_is_signed(plc_model model);
/* Whether its spikes carry a polarity that negates weights. */
bool plc_model_has_polarity(plc_model model);

/* Resolves one neuron. `user` is in the order of plc_model_param(), already checked against the
 * ranges; `params` and `state` have the model's numbers of words. What depends on the synapses
 * (ring shifts of lif_curr_exp, the potential of onoff) is set afterwards by the functions below.
 * PLC_INVALID when values that are legal alone do not go together. */
plc_status plc_model_resolve(plc_model model, const double *user, double tick_ms, int32_t *params,
                             int32_t *state, plc_error *error);

/* lif_curr_exp: the left shift that turns a ring slot into S16.15 nA, from the largest summed input
 * a neuron can receive in a tick: ceil(log2(sum)), one more for an exact power of two. Source:
 * sPyNNaker's ring-buffer rule, as recorded hardware confirms it. */
uint32_t plc_lif_ring_shift(double largest_sum);
void plc_lif_set_ring_shifts(int32_t *params, uint32_t excitatory, uint32_t inhibitory);
/* A weight [nA] as ring units: round(weight x 2^(15 - shift)). */
int64_t plc_lif_weight(double weight, uint32_t shift);

/* onoff: adds the initial field sum_j w_j s_j to the potential of a neuron; and the initial spin of
 * a neuron. */
void plc_onoff_add_field(int32_t *state, int64_t field);
int32_t plc_onoff_spin(const int32_t *state);

#endif
