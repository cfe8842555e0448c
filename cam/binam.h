/* BiNAM, the binary neural associative memory of Willshaw: what it stores, the network that recalls
 * it, and how much information comes out.
 *
 * Source: Willshaw, Buneman and Longuet-Higgins, Nature 222:960, 1969; the measures are those of
 * Stoeckel, Jenzen, Thies and Rueckert, Frontiers in Computational Neuroscience 11:71, 2017. A
 * memory of m x n bits stores pairs of patterns: bit (i, j) is set when a pair has cue bit i and
 * content bit j. A cue of c ones recalls the contents of all rows it selects: bit j comes out when
 * c of them are set. Bits never go back to 0, so nothing is missed, and what is stored too densely
 * comes out with bits that are false. What differs: cells are threshold neurons without a leak, a
 * recall a tick, where Stoeckel et al. have integrate-and-fire cells and 60 ms a recall. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CAM_BINAM_H
#define PLC_CAM_BINAM_H

#include "cam/cam.h"

enum {
    PLC_BINAM_MAX_SIDE = 65536,        /* bits of a cue or a content */
    PLC_BINAM_MAX_SAMPLES = 100000000, /* recalls */
};

/* A pattern: ones[begin] .. ones[begin + n - 1] of the memory, ascending. */
typedef struct plc_binam_pattern {
    size_t begin;
    uint32_t n;
} plc_binam_pattern;

typedef struct plc_binam_pair {
    plc_binam_pattern cue, content;
} plc_binam_pair;

/* What is stored, and what is recalled: one recall a tick, from tick 0 on. Zeroed: empty. */
typedef struct plc_binam {
    uint32_t n_cues, n_bits;
    uint32_t threshold; /* ones of every recalled cue */
    uint32_t *ones;     /* [n_ones], owned */
    size_t n_ones, ones_capacity;
    plc_binam_pair *pairs; /* [n_pairs], owned */
    size_t n_pairs, pairs_capacity;
    plc_binam_pair *recalls; /* [n_recalls] with the content that is expected, owned */
    size_t n_recalls, recalls_capacity;
    uint64_t *matrix; /* [n_cues][words of n_bits], owned */
} plc_binam;

/* PLC_INVALID unless both sides are 1..PLC_BINAM_MAX_SIDE. */
plc_status plc_binam_init(plc_binam *binam, uint32_t n_cues, uint32_t n_bits, plc_error *error);
void plc_binam_finish(plc_binam *binam);

/* Stores a pair; copies both, in any order. PLC_INVALID for bits that there are not, or twice. */
plc_status plc_binam_store(plc_binam *binam, const uint32_t *cue, uint32_t n_cue,
                           const uint32_t *content, uint32_t n_content, plc_error *error);
/* Recalls by a cue; expected are the contents of all pairs stored before with all of its ones.
 * PLC_INVALID unless it has as many ones as the recalls before. O(pairs) */
plc_status plc_binam_recall(plc_binam *binam, const uint32_t *cue, uint32_t n_cue,
                            plc_error *error);
/* Stores `count` random pairs, drawn by the seed, and recalls each. */
plc_status plc_binam_fill(plc_binam *binam, size_t count, uint32_t cue_ones, uint32_t content_ones,
                          uint64_t seed, plc_error *error);

/* Reads a script from YAML, "placode: cam/1" with `samples` or operations on binam (docs/cam.md).
 */
plc_status plc_binam_read(const char *path, uint64_t seed, plc_binam *ret_binam, plc_error *error);
plc_status plc_binam_parse(const char *name, const char *text, size_t length, uint64_t seed,
                           plc_binam *ret_binam, plc_error *error);

/* The populations of its network. */
enum { PLC_BINAM_CUE, PLC_BINAM_CONTENT, PLC_BINAM_N_POPULATIONS };

/* Declares the network: a source for each cue bit, a threshold neuron for each content bit, a
 * synapse of weight 1 and delay 1 for each bit of the matrix that is set. */
plc_status plc_binam_build(const plc_binam *binam, uint64_t seed, plc_network **ret_network,
                           plc_error *error);

/* Judges recalls by the spikes of a run, in canonical order. Zeroed: none yet. */
typedef struct plc_binam_score {
    size_t n_recalls, n_exact;         /* over by now; whose content came out as it is */
    uint64_t false_positives, missing; /* bits */
    double information;                /* [bit] of all recalls */
    size_t answers_kept;               /* what came out of the first recalls */
    plc_cam_set *answers;              /* [answers_kept], owned */
    size_t n_hits, n_out;              /* of the recall at hand */
} plc_binam_score;

plc_status plc_binam_score_init(plc_binam_score *score, const plc_binam *binam, size_t answers_kept,
                                plc_error *error);
plc_status plc_binam_score_take(plc_binam_score *score, const plc_binam *binam,
                                const plc_spike *spikes, size_t n, uint64_t ticks_done,
                                plc_error *error);
void plc_binam_score_finish(plc_binam_score *score);

/* What random pairs of the memory's mean numbers of ones lead to expect: false bits a recall, and
 * information [bit] of all recalls. p = cd / mn is the chance that a pair sets a bit, (n - d)
 * (1 - (1 - p)^N)^c the false bits that come of N. */
typedef struct plc_binam_theory {
    double false_positives, information;
} plc_binam_theory;
plc_binam_theory plc_binam_expect(const plc_binam *binam);

#endif
