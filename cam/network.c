/* The network of a CAM. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

typedef enum plc_cam_size { CUES, BITS, ONE } plc_cam_size;

/* A population. "Slow" neurons fire from one input of 3.29 nA, "quick" ones from 3.36 nA and
 * hardly remember anything; outputs have a lower threshold. */
static const struct {
    const char *name;
    plc_cam_size size;
    double cm, tau_m, v_thresh; /* [nF], [ms], [mV]; cm 0: a spike source */
} populations[PLC_CAM_N_POPULATIONS] = {
    [PLC_CAM_IN_CUE] = {"inCue", CUES, 0, 0, 0},
    [PLC_CAM_IN_CONT] = {"inCont", BITS, 0, 0, 0},
    [PLC_CAM_CUE_CUE] = {"cueCue", CUES, 0.27, 3, -57},
    [PLC_CAM_CONT_CUE] = {"contCue", BITS, 0.27, 3, -57},
    [PLC_CAM_CONT_COND] = {"contCond", BITS, 0.14, 0.5, -57},
    [PLC_CAM_CONT_COND_INT] = {"contCondInt", ONE, 0.14, 0.5, -57},
    [PLC_CAM_CONT_CONT] = {"contCont", BITS, 0.27, 3, -57},
    [PLC_CAM_CUE_CONT] = {"cueCont", CUES, 0.14, 0.5, -57},
    [PLC_CAM_MERGE_CUE] = {"mergeCue", CUES, 0.27, 3, -57},
    [PLC_CAM_MERGE_CONT] = {"mergeCont", BITS, 0.27, 3, -57},
    [PLC_CAM_OUT_CUE] = {"outCue", CUES, 0.27, 3, -57.5},
    [PLC_CAM_OUT_CONT] = {"outCont", BITS, 0.27, 3, -57.5},
};

typedef enum pairing { SAME, ALL, OTHERS } pairing; /* index to same, all, all but the same index */

#define WEIGHT 6.0 /* [nA] of most synapses */

/* A projection. The weight counts K times where `by_bits`. */
static const struct {
    plc_cam_population from, to;
    pairing pattern;
    double weight;  /* [nA] below 0: inhibitory */
    uint32_t delay; /* [ticks] */
    bool by_bits, plastic;
} projections[] = {
    {PLC_CAM_IN_CUE, PLC_CAM_CUE_CUE, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_IN_CONT, PLC_CAM_CONT_CUE, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_CUE_CUE, PLC_CAM_CONT_CUE, ALL, 0, 1, false, true},
    {PLC_CAM_CUE_CUE, PLC_CAM_CUE_CONT, SAME, WEIGHT, 2, false, false},
    {PLC_CAM_CUE_CUE, PLC_CAM_CUE_CONT, OTHERS, -WEIGHT, 3, true, false},
    {PLC_CAM_CUE_CUE, PLC_CAM_CONT_COND, ALL, -WEIGHT, 2, false, false},
    {PLC_CAM_CONT_CUE, PLC_CAM_CONT_COND, SAME, 9, 1, false, false},
    {PLC_CAM_CONT_CUE, PLC_CAM_CONT_COND_INT, ALL, WEIGHT, 1, false, false},
    {PLC_CAM_CONT_COND_INT, PLC_CAM_CONT_COND, ALL, 2, 1, false, false},
    {PLC_CAM_CONT_COND, PLC_CAM_CONT_CONT, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_CONT_CONT, PLC_CAM_CUE_CONT, ALL, 0, 1, false, true},
    {PLC_CAM_CUE_CONT, PLC_CAM_CUE_CONT, OTHERS, -WEIGHT, 2, true, false},
    {PLC_CAM_CUE_CUE, PLC_CAM_MERGE_CUE, SAME, WEIGHT, 3, false, false},
    {PLC_CAM_CUE_CONT, PLC_CAM_MERGE_CUE, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_CONT_CUE, PLC_CAM_MERGE_CONT, SAME, WEIGHT, 3, false, false},
    {PLC_CAM_CONT_CONT, PLC_CAM_MERGE_CONT, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_MERGE_CUE, PLC_CAM_OUT_CUE, SAME, WEIGHT, 1, false, false},
    {PLC_CAM_MERGE_CONT, PLC_CAM_OUT_CONT, SAME, WEIGHT, 1, false, false},
};
enum { N_PROJECTIONS = sizeof projections / sizeof *projections };

static uint32_t size_of(const plc_cam_script *script, plc_cam_population population)
{
    plc_cam_size size = populations[population].size;
    return size == CUES ? script->n_cues : size == BITS ? script->n_bits : 1;
}

/* A stimulus of one source: spikes of neuron i are ticks[offsets[i]] .. ticks[offsets[i + 1] - 1].
 */
typedef struct stimulus {
    uint64_t *offsets; /* [n + 1] */
    uint32_t *ticks;
} stimulus;

enum { HELD = 3 }; /* [ticks] that a memory to be learned is presented */

/* Passes over the spikes of cues or of contents: counts them by neuron, or stores them at offsets,
 * which then moves on. */
static void pass_inputs(const plc_cam_script *script, bool cues, stimulus *s, bool store)
{
    for (size_t i = 0; i < script->n_operations; i++) {
        const plc_cam_operation *o = &script->operations[i];
        uint32_t n = cues ? o->kind != PLC_CAM_RECALL_CONTENT : o->n_bits;
        uint32_t held = o->kind == PLC_CAM_LEARN ? HELD : 1;
        for (uint32_t k = 0; k < n * held; k++) {
            uint32_t neuron = cues ? o->cue : script->content[o->bits_begin + k / held];
            if (store)
                s->ticks[s->offsets[neuron]++] = o->at + k % held;
            else
                s->offsets[neuron + 1]++;
        }
    }
}

static bool make_stimulus(const plc_cam_script *script, bool cues, stimulus *s)
{
    uint32_t size = cues ? script->n_cues : script->n_bits;
    if (!(s->offsets = plc_array(size + 1ul, sizeof *s->offsets)))
        return false;
    pass_inputs(script, cues, s, false);
    for (uint32_t i = 0; i < size; i++)
        s->offsets[i + 1] += s->offsets[i];
    if (!(s->ticks = plc_array(s->offsets[size], sizeof *s->ticks)))
        return false;
    pass_inputs(script, cues, s, true);
    for (uint32_t i = size; i > 0; i--)
        s->offsets[i] = s->offsets[i - 1];
    s->offsets[0] = 0;
    return true;
}

static plc_status add_population(plc_network *network, const plc_cam_script *script,
                                 plc_cam_population population, plc_error *error)
{
    double cm = populations[population].cm;
    const plc_param params[] = {
        {"cm", cm, NULL},         {"tau_m", populations[population].tau_m, NULL},
        {"v_rest", -60, NULL},    {"v_reset", -60, NULL},
        {"tau_refrac", 1, NULL},  {"v_thresh", populations[population].v_thresh, NULL},
        {"tau_syn_E", 0.3, NULL}, {"tau_syn_I", 0.3, NULL},
        {"v_init", -60, NULL},
    };
    plc_population_spec spec = {.name = populations[population].name,
                                .size = size_of(script, population),
                                .model = PLC_SPIKE_SOURCE_ARRAY,
                                .record_spikes = cm > 0};
    stimulus s = {0};
    plc_status status = PLC_OK;
    uint32_t number;
    if (cm > 0) {
        spec.model = PLC_LIF_CURR_EXP;
        spec.params = params;
        spec.n_params = sizeof params / sizeof *params;
    } else if (make_stimulus(script, population == PLC_CAM_IN_CUE, &s)) {
        spec.spike_offsets = s.offsets;
        spec.spike_ticks = s.ticks;
    } else {
        status = plc_fail_memory(error, "stimulus");
    }
    if (status == PLC_OK)
        status = plc_network_add_population(network, &spec, &number, error);
    free(s.offsets);
    free(s.ticks);
    return status;
}

/* The synapses of a pattern, in arrays of n_from * n_to. */
static size_t list_pairs(pairing pattern, uint32_t n_from, uint32_t n_to, uint32_t *sources,
                         uint32_t *targets)
{
    size_t n = 0;
    for (uint32_t i = 0; i < n_from; i++) {
        uint32_t begin = pattern == SAME ? i : 0, end = pattern == SAME ? i + 1 : n_to;
        for (uint32_t j = begin; j < end; j++) {
            if (pattern == OTHERS && i == j)
                continue;
            sources[n] = i;
            targets[n++] = j;
        }
    }
    return n;
}

/* How plastic synapses learn. The published rule, or the improved one: what the second spike of a
 * burst, 2 ms after the first, finds in the trace potentiates to the full weight (137 e^-2 e^-1 nA
 * is 6.8); a target's spike that meets a source's depresses to 0; and all decays are 0 exactly
 * after 8 ticks, so that operations 10 ticks apart do not see each other. */
static plc_stdp rule_of(plc_cam_learning learning)
{
    plc_stdp rule = {.a_plus = WEIGHT,
                     .a_minus = WEIGHT,
                     .tau_plus = 3,
                     .tau_minus = 3,
                     .w_min = 0,
                     .w_max = WEIGHT,
                     .history = learning.history};
    if (learning.improved) {
        rule.a_plus = 137;
        rule.tau_plus = 1;
        rule.tau_minus = 0.5;
        rule.gated = true;
    }
    return rule;
}

static plc_status add_projection(plc_network *network, const plc_cam_script *script, size_t i,
                                 plc_cam_learning learning, plc_error *error)
{
    const plc_stdp stdp = rule_of(learning);
    plc_cam_population from = projections[i].from, to = projections[i].to;
    uint32_t n_from = size_of(script, from), n_to = size_of(script, to);
    size_t most = projections[i].pattern == SAME ? n_from : (size_t)n_from * n_to;
    uint32_t *sources = plc_array(most, sizeof *sources);
    uint32_t *targets = plc_array(most, sizeof *targets);
    plc_synapse_list list = {.sources = sources,
                             .targets = targets,
                             .weight = fabs(projections[i].weight) *
                                       (projections[i].by_bits ? script->n_bits : 1),
                             .delay = projections[i].delay};
    plc_status status = PLC_OK;
    const char *receptor = projections[i].weight < 0 ? "inhibitory" : "excitatory";
    if (sources && targets)
        list.n = list_pairs(projections[i].pattern, n_from, n_to, sources, targets);
    else
        status = plc_fail_memory(error, "synapses");
    if (status == PLC_OK)
        status = projections[i].plastic
                     ? plc_network_add_plastic(network, from, to, receptor, &list, &stdp, error)
                     : plc_network_add_projection(network, from, to, receptor, &list, error);
    free(sources);
    free(targets);
    return status;
}

/* What a tick's input can come to on a receptor of a population, and its largest weight. */
static double largest_input(const plc_cam_script *script, plc_cam_population population,
                            bool inhibitory, double *ret_heaviest)
{
    double sum = 0;
    *ret_heaviest = 0;
    for (size_t i = 0; i < N_PROJECTIONS; i++) {
        if (projections[i].to != population || (projections[i].weight < 0) != inhibitory)
            continue;
        double weight = projections[i].plastic ? WEIGHT : fabs(projections[i].weight);
        weight *= projections[i].by_bits ? script->n_bits : 1;
        uint32_t n = projections[i].pattern == SAME ? 1 : size_of(script, projections[i].from);
        sum += weight * (n - (projections[i].pattern == OTHERS));
        *ret_heaviest = fmax(*ret_heaviest, weight);
    }
    return sum;
}

/* Bounds the inputs of a large memory, of which few neurons fire at once. Excitatory ones stop at
 * what shift 5 holds, 64 nA; the hardware's recordings come out the same with any of 3 to 8. What
 * is left of 95 nA a tick later fires a quick neuron, and where a content of 56 bits is kept while
 * its cue learns, that spike damages the memory; of 64 nA, it does not. */
static plc_status bound_inputs(plc_network *network, const plc_cam_script *script,
                               plc_cam_population population, plc_error *error)
{
    enum { MANY = 255, BOUND = 31, SLOTS_MAX = 16383 }; /* [nA] */
    double bounds[2] = {0, 0}, heaviest;
    if (populations[population].cm <= 0)
        return PLC_OK;
    if (largest_input(script, population, false, &heaviest) > MANY)
        bounds[0] = BOUND;
    if (largest_input(script, population, true, &heaviest) > SLOTS_MAX)
        bounds[1] = fmin(2 * heaviest, SLOTS_MAX);
    return plc_network_set_input_max(network, population, bounds[0], bounds[1], error);
}

plc_status plc_cam_build(const plc_cam_script *script, plc_cam_learning learning, uint64_t seed,
                         plc_network **ret_network, plc_error *error)
{
    plc_network *network = NULL;
    plc_status status = plc_network_create(1.0, seed, &network, error);
    for (unsigned p = 0; status == PLC_OK && p < PLC_CAM_N_POPULATIONS; p++)
        status = add_population(network, script, (plc_cam_population)p, error);
    for (size_t i = 0; status == PLC_OK && i < N_PROJECTIONS; i++)
        status = add_projection(network, script, i, learning, error);
    for (unsigned p = 0; status == PLC_OK && p < PLC_CAM_N_POPULATIONS; p++)
        status = bound_inputs(network, script, (plc_cam_population)p, error);
    if (status == PLC_OK)
        *ret_network = network;
    else
        plc_network_destroy(network);
    return status;
}
