/* What the runs of placode maxcut say together: success, time to solution, time to quality. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/statistics.h"
#include "cli/maxcut_run.h"

#include <math.h>

static const double CONFIDENCE = 0.95;
static const double CERTAINTY = 0.99; /* of TTS99 */

/* With fewer successes the interval of the mean time to one is that of exponential times, for
 * resampling cannot show what was not seen. */
enum { RESAMPLED_FROM = 10 };

const char *const maxcut_unit_keys[N_UNITS] = {"seconds", "processor_seconds", "ticks",
                                               "modelled_seconds", "energy_j"};
const char *const maxcut_unit_labels[N_UNITS] = {"seconds", "cpu s", "ticks", "chip s", "joules"};

/* Parts of the best known cut, in thousandths. */
static const int qualities[] = {990, 999, 1000};
enum { N_QUALITIES = sizeof qualities / sizeof *qualities };

/* What is measured: runs, in one unit, until one cut. */
typedef struct sample {
    const maxcut_options *options;
    const maxcut_run *runs; /* [n] */
    uint64_t n;
    int64_t target;
    const char *target_from;
    plc_trial *trials; /* [n] scratch */
} sample;

/* The least cut of that quality. */
static int64_t cut_of_quality(int64_t best, int thousandths)
{
    return best / 1000 * thousandths + (best % 1000 * thousandths + 999) / 1000;
}

/* The cut that quality is measured by, where it is known before the runs. */
static bool known_target(const maxcut_options *options, int64_t *ret_target,
                         const char **ret_source)
{
    const bool own = options->target_given && !options->target_is_bound;
    if (!own && !options->entry)
        return false;
    *ret_target = own ? options->target : options->entry->best_known;
    *ret_source =
        options->entry && *ret_target == options->entry->best_known ? "best_known" : "target";
    return true;
}

int64_t maxcut_least_of_interest(const maxcut_options *options, const maxcut_run *run)
{
    int64_t least = run->best, target;
    const char *unused;
    if (known_target(options, &target, &unused) && target < least)
        least = target;
    return least > 0 ? cut_of_quality(least, qualities[0]) : least;
}

static double unit_of_point(const maxcut_run *run, const maxcut_point *p, maxcut_unit unit)
{
    switch (unit) {
    case UNIT_SECONDS:
        return p->seconds - run->begin;
    case UNIT_PROCESSOR:
        return p->processor;
    case UNIT_TICKS:
        return (double)p->ticks;
    case UNIT_MODELLED:
        return p->modelled;
    default:
        return p->energy;
    }
}

static double unit_of_run(const maxcut_run *run, maxcut_unit unit)
{
    const double units[] = {run->seconds, run->processor, (double)run->ticks, run->modelled,
                            run->energy};
    return units[unit];
}

/* What a run took to reach a cut, or all it took. */
static plc_trial trial_of(const maxcut_run *run, int64_t cut, maxcut_unit unit)
{
    for (size_t i = 0; i < run->n_points; i++)
        if (run->points[i].cut >= cut)
            return (plc_trial){unit_of_point(run, &run->points[i], unit), true};
    return (plc_trial){unit_of_run(run, unit), false};
}

/* All runs as trials of the sample; how many succeeded. */
static uint64_t fill_trials(sample *s, int64_t cut, maxcut_unit unit)
{
    uint64_t reached = 0;
    for (uint64_t r = 0; r < s->n; r++) {
        s->trials[r] = trial_of(&s->runs[r], cut, unit);
        reached += s->trials[r].succeeded;
    }
    return reached;
}

/* A number; null where it is not known or has no bound. */
static json_t *json_finite(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_interval(plc_interval interval)
{
    return json_pack("[o, o]", json_finite(interval.low), json_finite(interval.high));
}

static plc_interval scaled(plc_interval interval, double factor)
{
    return (plc_interval){interval.low * factor, interval.high * factor};
}

/* What runs that went on to their end took on average; NAN where there are none. */
static double full_length(const sample *s, maxcut_unit unit)
{
    double sum = 0, n = 0;
    for (uint64_t r = 0; r < s->n; r++) {
        const maxcut_run *run = &s->runs[r];
        if (run->cut_short || (s->options->tts && run->reached))
            continue;
        sum += unit_of_run(run, unit);
        n++;
    }
    return n > 0 ? sum / n : (double)NAN;
}

/* All there is to say in one unit; NULL with an error when memory is short. */
static json_t *measure_unit(sample *s, maxcut_unit unit, plc_interval p, plc_error *error)
{
    const uint64_t reached = fill_trials(s, s->target, unit);
    const double mean = plc_time_to_success(s->trials, s->n), length = full_length(s, unit);
    double total = 0;
    for (uint64_t r = 0; r < s->n; r++)
        total += s->trials[r].time;
    if (isnan(total))
        return json_null();
    plc_interval interval = plc_exponential_interval(total, reached, CONFIDENCE);
    if (reached >= RESAMPLED_FROM && plc_bootstrap_interval(s->trials, s->n, s->options->seed,
                                                            CONFIDENCE, &interval, error) != PLC_OK)
        return NULL;
    const double repeats = plc_repeats((double)reached / (double)s->n, CERTAINTY);
    double tts = length * repeats;
    plc_interval tts_interval = {length * plc_repeats(p.high, CERTAINTY),
                                 length * plc_repeats(p.low, CERTAINTY)};
    if (isnan(length)) { /* each run stopped at the target: waiting times as of a decay */
        tts = -log1p(-CERTAINTY) * mean;
        tts_interval = scaled(interval, -log1p(-CERTAINTY));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "run", json_finite(length), "tts99",
                     json_finite(tts), "tts99_interval", json_interval(tts_interval), "to_target",
                     json_finite(mean), "to_target_interval", json_interval(interval));
}

static plc_status measure_success(sample *s, json_t *json, plc_error *error)
{
    const uint64_t reached = fill_trials(s, s->target, UNIT_TICKS);
    const plc_interval p = plc_binomial_interval(reached, s->n, CONFIDENCE);
    const plc_interval repeats = {plc_repeats(p.high, CERTAINTY), plc_repeats(p.low, CERTAINTY)};
    uint64_t cut_short = 0;
    for (uint64_t r = 0; r < s->n; r++)
        cut_short += s->runs[r].cut_short;
    json_t *more = json_pack(
        "{s:I, s:s, s:f, s:I, s:I, s:I, s:f, s:o, s:o, s:o, s:s, s:s}", "target",
        (json_int_t)s->target, "target_from", s->target_from, "confidence", CONFIDENCE, "runs",
        (json_int_t)s->n, "reached", (json_int_t)reached, "cut_short", (json_int_t)cut_short, "p",
        (double)reached / (double)s->n, "p_interval", json_interval(p), "repeats_99",
        json_finite(plc_repeats((double)reached / (double)s->n, CERTAINTY)), "repeats_99_interval",
        json_interval(repeats), "tts99_by",
        isnan(full_length(s, UNIT_SECONDS)) ? "exponential" : "repeats", "to_target_interval_by",
        reached >= RESAMPLED_FROM ? "bootstrap" : "exponential");
    json_object_update(json, more);
    json_decref(more);
    for (int unit = 0; unit < N_UNITS; unit++) {
        json_t *measured = measure_unit(s, (maxcut_unit)unit, p, error);
        if (!measured)
            return PLC_NO_MEMORY;
        json_object_set_new(json, maxcut_unit_keys[unit], measured);
    }
    return PLC_OK;
}

/* What it took to come so close to the best cut: of one run, or on average until one run has. A cut
 * below 1 has no parts. */
static json_t *measure_quality(sample *s, int thousandths)
{
    const bool any = thousandths == 1000 || s->target > 0;
    const int64_t cut = any ? cut_of_quality(s->target, thousandths) : s->target;
    const uint64_t reached = any ? fill_trials(s, cut, UNIT_TICKS) : 0;
    json_t *json = json_pack("{s:f, s:o, s:I}", "quality", thousandths / 1000.0, "cut",
                             any ? json_integer(cut) : json_null(), "reached", (json_int_t)reached);
    for (int unit = 0; unit < N_UNITS; unit++) {
        fill_trials(s, cut, (maxcut_unit)unit);
        json_object_set_new(json, maxcut_unit_keys[unit],
                            reached ? json_finite(plc_time_to_success(s->trials, s->n))
                                    : json_null());
    }
    return json;
}

plc_status maxcut_measure(const maxcut_options *options, const maxcut_run *runs, uint64_t n,
                          maxcut_result *result, plc_error *error)
{
    sample s = {.options = options, .runs = runs, .n = n, .trials = plc_array(n, sizeof *s.trials)};
    plc_status status = s.trials ? PLC_OK : plc_fail_memory(error, "statistics");
    if (!known_target(options, &s.target, &s.target_from)) {
        s.target = result->cut;
        s.target_from = "best_cut";
    }
    /* Where the first run to reach the target ends the call, successes are no sample. */
    const bool is_sample = options->tts || (n > 1 && !options->target_given);
    result->statistics = is_sample ? json_object() : json_null();
    result->to_quality = json_array();
    for (int q = 0; status == PLC_OK && q < N_QUALITIES; q++)
        json_array_append_new(result->to_quality, measure_quality(&s, qualities[q]));
    if (status == PLC_OK && is_sample)
        status = measure_success(&s, result->statistics, error);
    free(s.trials);
    return status;
}
