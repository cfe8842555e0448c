/* BiNAM: patterns, expectations, and the score of a run, right and wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static plc_binam read(const char *text)
{
    plc_binam binam = {0};
    plc_error error = {0};
    cr_assert_eq(plc_binam_parse("s", text, strlen(text), 1, &binam, &error), PLC_OK, "%s",
                 error.message);
    return binam;
}

static const char *const three = "placode: cam/1\ncues: 6\nbits: 70\noperations:\n"
                                 "  - {learn: {cue: [4, 1], content: [69, 3]}}\n"
                                 "  - {learn: {cue: [1, 5], content: [3, 7]}}\n"
                                 "  - {recall_cue: {cue: [1, 4]}}\n"
                                 "  - {recall_cue: {cue: [5, 1]}}\n";

Test(binam, stores_pairs_as_bits)
{
    plc_binam binam = read(three);
    cr_assert_eq(binam.n_pairs, 2);
    cr_assert_eq(binam.n_recalls, 2);
    cr_assert_eq(binam.threshold, 2);
    cr_assert_eq(binam.matrix[2], 1 << 3 | 1 << 7, "cue 1 is in both");
    cr_assert_eq(binam.matrix[3], 1 << 5, "bit 69");
    cr_assert_eq(binam.matrix[8], 1 << 3);
    const uint32_t expected[] = {3, 69};
    cr_assert_eq(binam.recalls[0].content.n, 2);
    cr_assert_arr_eq(binam.ones + binam.recalls[0].content.begin, expected, sizeof expected);
    plc_binam_finish(&binam);
}

Test(binam, random_patterns_have_their_ones)
{
    plc_binam binam = {0};
    cr_assert_eq(plc_binam_init(&binam, 9, 5, NULL), PLC_OK);
    cr_assert_eq(plc_binam_fill(&binam, 500, 4, 5, 7, NULL), PLC_OK);
    uint32_t seen[9] = {0};
    for (size_t i = 0; i < 500; i++) {
        const uint32_t *ones = binam.ones + binam.pairs[i].cue.begin;
        for (uint32_t k = 0; k < 4; k++) {
            cr_assert(ones[k] < 9 && (!k || ones[k] > ones[k - 1]));
            seen[ones[k]]++;
        }
    }
    for (size_t i = 0; i < 9; i++)
        cr_assert(seen[i] > 170 && seen[i] < 275, "222 expected, got %u", seen[i]);
    plc_binam_finish(&binam);
}

/* Recalls of ticks 0 and 1 come out in 1 and 2; one bit too many, then one that is missing. */
Test(binam, score_sees_false_and_missing_bits)
{
    plc_binam binam = read(three);
    plc_binam_score score = {0};
    const plc_spike right[] = {{.tick = 1, .population = 1, .neuron = 3},
                               {.tick = 1, .population = 1, .neuron = 69},
                               {.tick = 2, .population = 1, .neuron = 3},
                               {.tick = 2, .population = 1, .neuron = 7}};
    cr_assert_eq(plc_binam_score_init(&score, &binam, 9, NULL), PLC_OK);
    cr_assert_eq(plc_binam_score_take(&score, &binam, right, 4, 3, NULL), PLC_OK);
    cr_assert_eq(score.n_recalls, 2);
    cr_assert_eq(score.n_exact, 2);
    cr_assert_float_eq(score.information, 2 * (log2(70 / 2.0) + log2(69 / 1.0)), 1e-9);
    plc_binam_score_finish(&score);

    const plc_spike wrong[] = {{.tick = 1, .population = 1, .neuron = 3},
                               {.tick = 1, .population = 1, .neuron = 5},
                               {.tick = 1, .population = 1, .neuron = 69},
                               {.tick = 2, .population = 1, .neuron = 7}};
    cr_assert_eq(plc_binam_score_init(&score, &binam, 1, NULL), PLC_OK);
    cr_assert_eq(plc_binam_score_take(&score, &binam, wrong, 4, 3, NULL), PLC_OK);
    cr_assert_eq(score.n_exact, 0);
    cr_assert_eq(score.false_positives, 1);
    cr_assert_eq(score.missing, 1);
    cr_assert_float_eq(score.information, log2(70 / 3.0) + log2(69 / 2.0), 1e-9);
    cr_assert_eq(score.answers[0].n, 3);
    plc_binam_score_finish(&score);
    plc_binam_finish(&binam);
}

/* 113,648 pairs of 4 in 4 ones fill 1600 x 1600 to ln 2 bits a synapse nearly (Stoeckel et al.). */
Test(binam, closed_form_of_a_full_memory)
{
    plc_binam binam = {0};
    cr_assert_eq(plc_binam_init(&binam, 1600, 1600, NULL), PLC_OK);
    cr_assert_eq(plc_binam_fill(&binam, 113648, 4, 4, 1, NULL), PLC_OK);
    const plc_binam_theory theory = plc_binam_expect(&binam);
    cr_assert_float_eq(theory.information / (1600. * 1600.), 0.687, 1e-3);
    plc_binam_finish(&binam);
}

Test(binam, refuses_scripts_with_their_line)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"placode: cam/1\ncues: 6\nbits: 7\noperations:\n  - {recall_content: {content: [1]}}\n",
         "s:5: operation of binam: unknown key \"recall_content\""},
        {"placode: cam/1\ncues: 6\nbits: 7\noperations:\n  - {learn: {cue: 6, content: [1]}}\n",
         "s:5: cue: expected a whole number in 0..5"},
        {"placode: cam/1\ncues: 6\nbits: 7\noperations:\n  - {learn: {cue: [1, 1], content: "
         "[1]}}\n",
         "s:5: cue: bit 1 stands twice"},
        {"placode: cam/1\ncues: 6\nbits: 7\noperations:\n  - {recall_cue: {cue: 1}}\n"
         "  - {recall_cue: {cue: [1, 2]}}\n",
         "s:6: cue: expected 1 ones"},
        {"placode: cam/1\ncues: 6\nbits: 7\noperations: []\n",
         "s:4: operations: expected a recall"},
        {"placode: cam/1\ncues: 6\nbits: 7\n", "operations"},
        {"placode: cam/1\ncues: 70000\nbits: 7\n",
         "s:2: cues: expected a whole number in 1..65536"},
        {"placode: cam/1\ncues: 6\nbits: 7\nsamples: {count: 3, cue_ones: 7, content_ones: 1}\n",
         "s:4: cue_ones: expected a whole number in 1..6"},
        {"placode: cam/1\ncues: 6\nbits: 7\nsamples: {count: 3}\noperations: []\n", "not both"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plc_binam binam = {0};
        plc_error error = {0};
        cr_assert_eq(plc_binam_parse("s", bad[i].text, strlen(bad[i].text), 1, &binam, &error),
                     PLC_INVALID, "%zu", i);
        cr_assert(strstr(error.message, bad[i].message), "%zu: %s", i, error.message);
    }
}
