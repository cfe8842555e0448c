/* placode maxcut --bound: a proven upper bound of the cut, beside the cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/maxcut.h"

#include "base/error.h"

#include <math.h>

/* With --time, what may be spent of it: on the search, and until the proof has to be over. */
static const double search_share = 0.1, proof_share = 0.5;

typedef struct limits {
    double search, proof; /* [s] on the clock of seconds_now(); HUGE_VAL: none */
} limits;

static limits find_limits(const maxcut_options *options)
{
    limits l = {HUGE_VAL, HUGE_VAL};
    const double now = seconds_now();
    if (options->time_given) {
        l.search = now + search_share * options->time;
        l.proof = options->begin + proof_share * options->time;
    }
    if (options->bound_time_given)
        l.search = now + options->bound_time;
    return l;
}

static bool stops(void *context, plc_bound_phase phase)
{
    const limits *l = context;
    return interrupted() || seconds_now() > (phase == PLC_BOUND_SEARCHES ? l->search : l->proof);
}

/* Says where a bound is of less use than was asked for. */
static void explain(const maxcut_options *options, const plc_cut_bound *bound)
{
    const char *kind = plc_cut_bound_kind_name(bound->kind);
    if (bound->stopped == PLC_DOES_NOT_FIT)
        log_line("%s: too large to prove the bound of the relaxation; the bound is that of the %s",
                 options->graph_name, kind);
    if (bound->stopped == PLC_STOPPED && !interrupted())
        log_line("%s: no time to prove a better bound; the bound is that of the %s",
                 options->graph_name, kind);
    if (options->target_given && options->target > bound->cut)
        log_line("%s: no cut reaches --target %lld: none is above %lld", options->graph_name,
                 (long long)options->target, (long long)bound->cut);
}

plc_status maxcut_bound(maxcut_options *options, maxcut_problem *problem, plc_error *error)
{
    limits l = find_limits(options);
    const plc_bound_watch watch = {stops, &l};
    const double begin = seconds_now();
    options->bounded = options->bounded || options->bound_time_given;
    if (!options->bounded)
        return PLC_OK;
    plc_status status = plc_graph_bound(problem->graph, &watch, &problem->bound, error);
    if (status != PLC_OK)
        return status;
    problem->bound_seconds = seconds_now() - begin;
    explain(options, &problem->bound);
    if (!options->target_given) {
        options->target_given = options->target_is_bound = true;
        options->target = problem->bound.cut;
    }
    return PLC_OK;
}

plc_status maxcut_check_bound(const maxcut_options *options, const maxcut_problem *problem,
                              const maxcut_result *result, plc_error *error)
{
    if (!options->bounded || result->cut <= problem->bound.cut)
        return PLC_OK;
    return plc_fail(error, PLC_DIFFERS,
                    "a cut of %lld is above its bound of %lld: please report this",
                    (long long)result->cut, (long long)problem->bound.cut);
}

void maxcut_report_bound(const maxcut_problem *problem, const maxcut_result *result, json_t *json)
{
    const plc_cut_bound *bound = &problem->bound;
    const double missing = (double)(bound->cut - result->cut);
    json_object_set_new(json, "bound", json_integer(bound->cut));
    json_object_set_new(json, "gap", json_real(bound->cut > 0 ? missing / (double)bound->cut : 0));
    json_object_set_new(json, "bound_kind", json_string(plc_cut_bound_kind_name(bound->kind)));
    json_object_set_new(json, "bound_seconds", json_real(problem->bound_seconds));
}
