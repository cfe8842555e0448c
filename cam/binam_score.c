/* BiNAM: what comes out of recalls, and what should by the closed form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

plc_status plc_binam_score_init(plc_binam_score *score, const plc_binam *binam, size_t answers_kept,
                                plc_error *error)
{
    *score = (plc_binam_score){.answers_kept = answers_kept < binam->n_recalls ? answers_kept
                                                                               : binam->n_recalls};
    score->answers = plc_array(score->answers_kept, sizeof *score->answers);
    return score->answers ? PLC_OK : plc_fail_memory(error, "answers");
}

void plc_binam_score_finish(plc_binam_score *score)
{
    for (size_t i = 0; score->answers && i < score->answers_kept; i++)
        free(score->answers[i].data);
    free(score->answers);
    *score = (plc_binam_score){0};
}

/* Information [bit] of a content of d bits of n that comes out with `false_positives` others: the
 * ways to choose it from all bits, over those to choose it from what came out. */
static double information_of(double n, double d, double false_positives)
{
    double bits = 0;
    for (double i = 0; i < d; i++)
        bits += log2((n - i) / (d + false_positives - i));
    return bits;
}

/* Ends the recall at hand. */
static void end_recall(plc_binam_score *score, const plc_binam *binam)
{
    const uint32_t n_expected = binam->recalls[score->n_recalls].content.n;
    const size_t wrong = score->n_out - score->n_hits;
    score->false_positives += wrong;
    score->missing += n_expected - score->n_hits;
    score->n_exact += !wrong && score->n_hits == n_expected;
    if (score->n_hits == n_expected)
        score->information += information_of(binam->n_bits, n_expected, (double)wrong);
    score->n_hits = score->n_out = 0;
    score->n_recalls++;
}

static bool is_expected(const plc_binam *binam, size_t recall, uint32_t bit)
{
    const plc_binam_pattern content = binam->recalls[recall].content;
    uint32_t begin = 0, end = content.n;
    while (begin < end) {
        uint32_t middle = begin + (end - begin) / 2;
        if (binam->ones[content.begin + middle] <= bit)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin && binam->ones[content.begin + begin - 1] == bit;
}

/* A recall of tick t comes out in t + 1. */
plc_status plc_binam_score_take(plc_binam_score *score, const plc_binam *binam,
                                const plc_spike *spikes, size_t n, uint64_t ticks_done,
                                plc_error *error)
{
    for (size_t i = 0; i < n; i++) {
        if (spikes[i].population != PLC_BINAM_CONTENT || !spikes[i].tick)
            continue;
        const size_t recall = spikes[i].tick - 1;
        while (score->n_recalls < recall && score->n_recalls < binam->n_recalls)
            end_recall(score, binam);
        if (recall >= binam->n_recalls)
            break;
        score->n_out++;
        score->n_hits += is_expected(binam, recall, spikes[i].neuron);
        if (recall < score->answers_kept &&
            !plc_cam_set_add(&score->answers[recall], spikes[i].neuron))
            return plc_fail_memory(error, "answers");
    }
    while (score->n_recalls < binam->n_recalls && score->n_recalls + 1 < ticks_done)
        end_recall(score, binam);
    return PLC_OK;
}

plc_binam_theory plc_binam_expect(const plc_binam *binam)
{
    double c = 0, d = 0, samples = (double)binam->n_pairs;
    for (size_t i = 0; i < binam->n_pairs; i++) {
        c += binam->pairs[i].cue.n;
        d += binam->pairs[i].content.n;
    }
    c /= samples;
    d /= samples;
    const double p = c * d / ((double)binam->n_cues * binam->n_bits);
    const double set = -expm1(samples * log1p(-p));
    plc_binam_theory theory = {.false_positives = (binam->n_bits - d) * pow(set, c)};
    theory.information =
        (double)binam->n_recalls * information_of(binam->n_bits, d, theory.false_positives);
    return theory;
}
