/* The CA3 content-addressable memory: scripts, the network that runs them, and what comes out.
 *
 * Source: Casanueva-Morato, Ayuso-Martinez, Dominguez-Morales, Jimenez-Fernandez and
 * Jimenez-Moreno, Neural Networks 178:106474, 2024, as its published code has it: C cues, one-hot,
 * and contents of K bits. A cue recalls its content; bits recall every cue whose content shares one
 * of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CAM_CAM_H
#define PLC_CAM_CAM_H

#include <placode/network.h>
#include <placode/spikes.h>
#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLC_CAM_MAX_CUES = 4096, /* whose pairs are listed */
    PLC_CAM_MAX_BITS = 2048, /* 6 nA for each must fit a ring slot */
    PLC_CAM_MAX_TICK = 1000000000,
    PLC_CAM_TAIL = 10,    /* [ticks] from the last operation to the end of a run */
    PLC_CAM_FIRST = 5,    /* [ticks] from an operation to its first output */
    PLC_CAM_N_OUTPUTS = 3 /* ticks in which an operation's outputs come */
};

typedef enum plc_cam_kind {
    PLC_CAM_LEARN,          /* gives a cue a content, in the place of what it had */
    PLC_CAM_RECALL_CUE,     /* asks for the content of a cue */
    PLC_CAM_RECALL_CONTENT, /* asks for all cues with one of the bits at least */
} plc_cam_kind;

/* "learn", ..., in the order above, NULL-terminated. */
extern const char *const plc_cam_kind_names[];

/* An operation. Its bits are content[bits_begin] .. content[bits_begin + n_bits - 1] of the script,
 * ascending. */
typedef struct plc_cam_operation {
    plc_cam_kind kind;
    uint32_t cue; /* 0 for PLC_CAM_RECALL_CONTENT */
    uint32_t n_bits;
    size_t bits_begin;
    uint32_t at; /* [ticks] of the first input spike */
} plc_cam_operation;

/* [ticks] from an operation to the next where a script does not say; docs/cam.md has the reasons.
 */
typedef struct plc_cam_gaps {
    uint32_t after_learn, after_recall;
} plc_cam_gaps;

extern const plc_cam_gaps plc_cam_gaps_published, plc_cam_gaps_improved;

/* A script. Zeroed: an empty one without cues. */
typedef struct plc_cam_script {
    uint32_t n_cues, n_bits;
    plc_cam_gaps gaps;             /* the published ones at first */
    plc_cam_operation *operations; /* [n_operations] `at` ascends, owned */
    size_t n_operations, operations_capacity;
    uint32_t *content; /* [n_content], owned */
    size_t n_content, content_capacity;
} plc_cam_script;

/* An empty script for C cues and K bits. PLC_INVALID unless 1..PLC_CAM_MAX_CUES and
 * 1..PLC_CAM_MAX_BITS. */
plc_status plc_cam_script_init(plc_cam_script *script, uint32_t n_cues, uint32_t n_bits,
                               plc_error *error);
/* Adds an operation; `bits` [n_bits] in any order is copied. With at < 0 it comes
 * a gap after the one before. PLC_INVALID for cues and bits that there are not, bits
 * twice, none where some are needed, and times that do not ascend. */
plc_status plc_cam_script_add(plc_cam_script *script, plc_cam_kind kind, uint32_t cue,
                              const uint32_t *bits, uint32_t n_bits, int64_t at, plc_error *error);
void plc_cam_script_finish(plc_cam_script *script);
/* [ticks] a run takes: to PLC_CAM_TAIL after the last operation. */
uint32_t plc_cam_script_ticks(const plc_cam_script *script);

/* Reads a script from YAML, "placode: cam/1" (docs/cam.md), with the gaps of operations that do not
 * say when. */
plc_status plc_cam_script_parse(const char *name, const char *text, size_t length,
                                plc_cam_gaps gaps, plc_cam_script *ret_script, plc_error *error);
plc_status plc_cam_script_read(const char *path, plc_cam_gaps gaps, plc_cam_script *ret_script,
                               plc_error *error);

/* The populations of a CAM's network, numbered as here. */
typedef enum plc_cam_population {
    PLC_CAM_IN_CUE,
    PLC_CAM_IN_CONT,
    PLC_CAM_CUE_CUE,       /* [C] hold a presented cue */
    PLC_CAM_CONT_CUE,      /* [K] hold a content, presented or recalled by its cue */
    PLC_CAM_CONT_COND,     /* [K] pass a content on only if there is no cue */
    PLC_CAM_CONT_COND_INT, /* [1] makes up for the cue's inhibition while learning */
    PLC_CAM_CONT_CONT,     /* [K] hold a content as a query */
    PLC_CAM_CUE_CONT,      /* [C] hold cues found by content */
    PLC_CAM_MERGE_CUE,
    PLC_CAM_MERGE_CONT,
    PLC_CAM_OUT_CUE,
    PLC_CAM_OUT_CONT,
    PLC_CAM_N_POPULATIONS,
} plc_cam_population;

/* How a memory learns. */
typedef struct plc_cam_learning {
    plc_stdp_history history;
    bool improved; /* gated, with short decays: docs/cam.md, "The improved memory" */
} plc_cam_learning;

/* Declares the network that runs a script. What differs from the published one: where the largest
 * input of a tick is above 255 nA, slots saturate instead of losing the precision of weights. */
plc_status plc_cam_build(const plc_cam_script *script, plc_cam_learning learning, uint64_t seed,
                         plc_network **ret_network, plc_error *error);

/* Numbers, ascending. */
typedef struct plc_cam_set {
    uint32_t *data; /* [n], owned */
    size_t n, capacity;
} plc_cam_set;

/* What came out of an operation, PLC_CAM_FIRST + i ticks after it. */
typedef struct plc_cam_answer {
    plc_cam_set cues[PLC_CAM_N_OUTPUTS], bits[PLC_CAM_N_OUTPUTS];
} plc_cam_answer;

/* The answers to a script: filled by the spikes of a run, in canonical order. */
typedef struct plc_cam_answers {
    const plc_cam_script *script; /* borrowed */
    plc_cam_answer *answers;      /* [n_operations] */
} plc_cam_answers;

plc_status plc_cam_answers_init(plc_cam_answers *answers, const plc_cam_script *script,
                                plc_error *error);
plc_status plc_cam_answers_take(plc_cam_answers *answers, const plc_spike *spikes, size_t n,
                                plc_error *error);
void plc_cam_answers_finish(plc_cam_answers *answers);

/* What an operation should give: the golden model, a map from cue to content, which knows nothing
 * of neurons. */
typedef struct plc_cam_memory {
    uint32_t n_cues, n_bits;
    uint64_t *words;              /* [n_cues][words of n_bits], owned */
    plc_cam_set cues, bits, lost; /* of the operation made last: what comes out; a learn's lost bits
                                   * are those of the content before that are not in the new one */
} plc_cam_memory;

plc_status plc_cam_memory_init(plc_cam_memory *memory, uint32_t n_cues, uint32_t n_bits,
                               plc_error *error);
/* Makes the next operation of a script of as many cues and bits. */
plc_status plc_cam_memory_do(plc_cam_memory *memory, const plc_cam_script *script,
                             const plc_cam_operation *operation, plc_error *error);
void plc_cam_memory_finish(plc_cam_memory *memory);

/* Whether an answer is what the memory says it should be: of a learn, cue and content after 5 and 7
 * ticks; of a recall by cue, the cue after 5 and the content after 6; by content, the content after
 * 5 and the cues after 6. */
bool plc_cam_is_right(const plc_cam_memory *memory, const plc_cam_operation *operation,
                      const plc_cam_answer *answer);
/* [ticks] from an operation's first input to the last output that counts. */
uint32_t plc_cam_latency(plc_cam_kind kind);

bool plc_cam_set_add(plc_cam_set *set, uint32_t value);

#endif
