/* The table of neuron models: its rows are sane, values resolve to the words they should, and what
 * does not go together is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/model.h"

#include "hw/neuron/source.h"
#include "hw/neuron/threshold.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { WORDS_MAX = 64, UNTOUCHED = 0x5a5a5a5a };

/* Words of one neuron, with room to see what a call writes too much. */
typedef struct words {
    int32_t params[WORDS_MAX], state[WORDS_MAX];
} words;

static plc_status resolve(plc_model model, const double *user, double tick_ms, words *w,
                          plc_error *error)
{
    for (size_t i = 0; i < WORDS_MAX; i++)
        w->params[i] = w->state[i] = UNTOUCHED;
    return plc_model_resolve(model, user, tick_ms, w->params, w->state, error);
}

static size_t defaults(plc_model model, double *user)
{
    size_t n = 0;
    for (const plc_param_info *info; (info = plc_model_param(model, n)); n++)
        user[n] = info->initial;
    return n;
}

static void check_param(plc_model model, const plc_param_info *info)
{
    const char *name = plc_model_name(model);
    cr_assert(info->name && *info->name && strlen(info->name) < 32);
    cr_assert(info->unit && *info->unit && info->what && *info->what, "%s: %s", name, info->name);
    cr_assert_lt(info->low, info->high, "%s: %s", name, info->name);
    cr_assert(isfinite(info->low) && !isnan(info->high), "%s: %s", name, info->name);
    if (!isnan(info->initial))
        cr_assert(info->initial >= info->low && info->initial <= info->high, "%s: %s", name,
                  info->name);
    if (info->whole)
        cr_assert(info->low == rint(info->low) && info->high == rint(info->high) &&
                      info->initial == rint(info->initial),
                  "%s: %s", name, info->name);
}

Test(model, parameters_are_sane)
{
    for (unsigned m = 0; m < PLC_N_MODELS; m++) {
        size_t n = 0;
        for (const plc_param_info *info; (info = plc_model_param((plc_model)m, n)); n++) {
            check_param((plc_model)m, info);
            for (size_t j = 0; j < n; j++)
                cr_assert_str_neq(info->name, plc_model_param((plc_model)m, j)->name);
        }
        cr_assert_leq(n, PLC_MAX_MODEL_PARAMS);
        cr_assert_null(plc_model_param((plc_model)m, n + 1));
    }
}

Test(model, names_and_receptors_are_sane)
{
    for (unsigned m = 0; m < PLC_N_MODELS; m++) {
        plc_model model = (plc_model)m;
        cr_assert_str_eq(plc_model_name(model), plc_model_names[m]);
        for (unsigned j = 0; j < m; j++)
            cr_assert_str_neq(plc_model_names[j], plc_model_names[m]);
        uint32_t n = plc_model_n_receptors(model);
        cr_assert_leq(n, 2);
        for (uint32_t r = 0; r < n; r++)
            cr_assert(plc_model_receptor_name(model, r) && *plc_model_receptor_name(model, r));
        cr_assert(!plc_model_is_signed(model) || n == 1);
        cr_assert_lt(plc_model_n_params(model), WORDS_MAX);
        cr_assert_lt(plc_model_n_state(model), WORDS_MAX);
    }
    cr_assert_null(plc_model_names[PLC_N_MODELS]);
}

Test(model, defaults_resolve_to_the_words_declared)
{
    for (unsigned m = 0; m < PLC_N_MODELS; m++) {
        double user[PLC_MAX_MODEL_PARAMS] = {0};
        words w, again;
        plc_model model = (plc_model)m;
        defaults(model, user);
        cr_assert_eq(resolve(model, user, 1, &w, NULL), PLC_OK, "%s", plc_model_name(model));
        cr_assert_eq(resolve(model, user, 1, &again, NULL), PLC_OK);
        cr_assert_eq(memcmp(&w, &again, sizeof w), 0);
        for (uint32_t i = plc_model_n_params(model); i < WORDS_MAX; i++)
            cr_assert_eq(w.params[i], UNTOUCHED);
        for (uint32_t i = plc_model_n_state(model); i < WORDS_MAX; i++)
            cr_assert_eq(w.state[i], UNTOUCHED);
    }
}

Test(model, ends_of_every_range_resolve_or_are_refused_with_a_reason)
{
    for (unsigned m = 0; m < PLC_N_MODELS; m++) {
        double user[PLC_MAX_MODEL_PARAMS] = {0};
        size_t n = defaults((plc_model)m, user);
        for (size_t i = 0; i < 2 * n; i++) {
            const plc_param_info *info = plc_model_param((plc_model)m, i / 2);
            words w;
            plc_error error = {0};
            user[i / 2] = i % 2 ? info->high : info->low;
            plc_status status = resolve((plc_model)m, user, 1, &w, &error);
            cr_assert(status == PLC_OK || (status == PLC_INVALID && *error.message), "%s: %s = %g",
                      plc_model_name((plc_model)m), info->name, user[i / 2]);
            user[i / 2] = info->initial;
        }
    }
}

Test(model, says_what_does_not_go_together)
{
    words w;
    plc_error error;
    const double fast[] = {1001, 0, 1e12};
    cr_assert_eq(resolve(PLC_SPIKE_SOURCE_POISSON, fast, 1, &w, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "rate: expected at most one spike a tick, 1000 Hz; got 1001");
    double lif[PLC_MAX_MODEL_PARAMS];
    defaults(PLC_LIF_CURR_EXP, lif);
    lif[0] = 1e6;
    lif[1] = 1;
    cr_assert_eq(resolve(PLC_LIF_CURR_EXP, lif, 1, &w, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "tau_m / cm: expected at most 65535 MOhm, got 1e+06");
    const double spin[] = {2.5e4, 8e4, 2e-3, 2.5, 0, 0};
    cr_assert_eq(resolve(PLC_ONOFF, spin, 1, &w, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "spin_init: expected 1 or -1, got 0");
}

/* ---- sources and threshold cells ---- */

static plc_poisson_params resolve_poisson(double rate, double start, double duration, double tick)
{
    const double user[] = {rate, start, duration};
    words w;
    plc_poisson_params p;
    cr_assert_eq(resolve(PLC_SPIKE_SOURCE_POISSON, user, tick, &w, NULL), PLC_OK);
    memcpy(&p, w.params, sizeof p);
    return p;
}

Test(model, rates_become_probabilities)
{
    cr_assert_eq(resolve_poisson(10, 0, 1e12, 1).probability, 42949673); /* 0.01 x 2^32 */
    cr_assert_eq(resolve_poisson(10, 0, 1e12, 0.1).probability, 4294967);
    cr_assert_eq(resolve_poisson(0, 0, 1e12, 1).probability, 0);
    cr_assert_eq(resolve_poisson(1000, 0, 1e12, 1).probability, UINT32_MAX);
}

Test(model, sources_are_active_from_start_for_a_duration)
{
    plc_poisson_params p = resolve_poisson(1000, 5, 2.5, 0.5);
    cr_assert(p.begin == 10 && p.end == 15);
    for (uint64_t tick = 0; tick < 30; tick++)
        cr_assert_eq(plc_poisson_update(&p, tick, 0), tick >= 10 && tick < 15);
    p = resolve_poisson(1000, 0, 1e12, 1);
    cr_assert(p.begin == 0 && p.end == UINT32_MAX);
}

Test(model, sources_spike_when_the_noise_is_below_the_probability)
{
    plc_poisson_params p = {.probability = 1000, .begin = 0, .end = 10};
    cr_assert(plc_poisson_update(&p, 0, 999));
    cr_assert_not(plc_poisson_update(&p, 0, 1000));
    p.probability = 0;
    cr_assert_not(plc_poisson_update(&p, 0, 0));
}

Test(model, threshold_cells_spike_at_their_threshold)
{
    const double low[] = {-2147483648.0}, three[] = {3};
    words w;
    plc_threshold_params p;
    cr_assert_eq(resolve(PLC_THRESHOLD, three, 1, &w, NULL), PLC_OK);
    memcpy(&p, w.params, sizeof p);
    cr_assert_eq(p.threshold, 3);
    cr_assert(plc_threshold_update(&p, 3));
    cr_assert_not(plc_threshold_update(&p, 2));
    cr_assert_not(plc_threshold_update(&p, INT32_MIN));
    cr_assert_eq(resolve(PLC_THRESHOLD, low, 1, &w, NULL), PLC_OK);
    memcpy(&p, w.params, sizeof p);
    cr_assert(plc_threshold_update(&p, INT32_MIN));
}
