/* The contracts of the cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/contract.h"

#include "base/random.h"
#include "hw/neuron/lif.h"
#include "hw/neuron/onoff.h"
#include "hw/neuron/stdp.h"
#include "hw/neuron/threshold.h"

#include <string.h>

#define MV(x) ((int64_t)(x)*32768)
#define FRACTION_MAX 4294967295

/* ---- lif ---- */

typedef struct lif_in {
    plc_lif_params params;
    plc_lif_state state;
    uint32_t input_e, input_i;
} lif_in;

/* The words in place, which all fields are: copies of what has just been written are slow. */
static void lif_step(const uint32_t *in, uint32_t *out)
{
    const lif_in *from = (const void *)in;
    plc_lif_state state = from->state;
    bool spikes = plc_lif_update(&from->params, &state, from->input_e, from->input_i);
    out[0] = (uint32_t)state.v;
    out[1] = state.g_e;
    out[2] = state.g_i;
    out[3] = (uint32_t)state.wait;
    out[4] = spikes;
}

/* The threshold at, just above or just below the potential that is compared with it. */
static void lif_sharpen(uint32_t *in, uint32_t choice)
{
    lif_in *from = (void *)in;
    plc_lif_state state = from->state;
    from->params.v_thresh = INT32_MAX;
    int32_t v_reset = from->params.v_reset;
    from->params.v_reset = INT32_MAX;
    plc_lif_update(&from->params, &state, from->input_e, from->input_i);
    from->params.v_reset = v_reset;
    from->params.v_thresh = plc_wrap_add(state.v, (int32_t)(choice % 3) - 1);
}

/* ---- onoff ---- */

typedef struct onoff_in {
    uint64_t origin, log2_c, log2_eta, delta, scale;
    uint32_t delta_shift, scale_shift, hold_bits, reserved;
    plc_onoff_state state;
    int32_t input;
    uint32_t slope[2];
    uint32_t noise;
} onoff_in;

typedef struct onoff_out {
    plc_onoff_state state;
    uint32_t spike, polarity;
} onoff_out;

/* The limit of the pair's gain after its input, and the potential that it comes from. */
static uint64_t onoff_limit(const onoff_in *in, int32_t *ret_v)
{
    plc_annealer annealer = {.log2_eta = (int64_t)in->log2_eta};
    uint64_t slope = (uint64_t)in->slope[1] << 32 | in->slope[0];
    *ret_v = plc_wrap_add(in->state.v, (int32_t)((uint32_t)in->input << 1));
    return plc_annealer_accept(&annealer, slope, (int64_t)in->state.spin * *ret_v);
}

static void onoff_step(const uint32_t *in, uint32_t *out)
{
    onoff_in from;
    onoff_out to = {0};
    memcpy(&from, in, sizeof from);
    uint64_t limit = onoff_limit(&from, &to.state.v);
    to.spike = from.noise < limit;
    to.state.spin = to.spike ? -from.state.spin : from.state.spin;
    to.polarity = to.state.spin < 0;
    memcpy(out, &to, sizeof to);
}

/* Every other time a slope for which the limit lies between never and always; then noise at the
 * limit, or just below. */
static void onoff_sharpen(uint32_t *in, uint32_t choice)
{
    onoff_in to;
    memcpy(&to, in, sizeof to);
    int32_t v;
    uint64_t limit = onoff_limit(&to, &v);
    if (choice & 1) {
        int64_t gain = (int64_t)to.state.spin * v;
        uint64_t size = gain < 0 ? (uint64_t)-gain : (uint64_t)gain | 1;
        uint64_t octaves = choice >> 8; /* 0..2^24, of 2^19 an octave */
        uint64_t slope = (octaves << 21) / size;
        to.slope[0] = (uint32_t)slope;
        to.slope[1] = (uint32_t)(slope >> 32);
        limit = onoff_limit(&to, &v);
    }
    to.noise = (uint32_t)limit - (choice >> 1 & 1);
    memcpy(in, &to, sizeof to);
}

/* ---- threshold, random, annealer ---- */

static void threshold_step(const uint32_t *in, uint32_t *out)
{
    plc_threshold_params params = {.threshold = (int32_t)in[0]};
    out[0] = plc_threshold_update(&params, (int32_t)in[1]);
}

static void threshold_sharpen(uint32_t *in, uint32_t choice)
{
    in[0] = in[1] + choice % 3 - 1;
}

static void random_step(const uint32_t *in, uint32_t *out)
{
    plc_random draw = plc_random_draw((plc_random_key){{in[0], in[1]}}, in[2], in[3]);
    memcpy(out, draw.word, sizeof draw.word);
}

typedef struct annealer_in {
    plc_annealer params;
    uint64_t tick;
} annealer_in;

static void annealer_step(const uint32_t *in, uint32_t *out)
{
    annealer_in from;
    memcpy(&from, in, sizeof from);
    uint64_t until;
    uint64_t held = plc_annealer_hold(&from.params, from.tick, &until);
    uint64_t slope = plc_annealer_slope(&from.params, held);
    memcpy(out, &slope, sizeof slope);
}

/* ---- stdp: plc_stdp_update() step by step, with the decay of the lag at hand ---- */

typedef struct stdp_in {
    uint32_t a_plus, a_minus, w_min, w_max;
    int64_t w;
    uint32_t newest_lag, newest_trace, any;
    uint32_t op;
    int32_t weight;
    uint32_t shift, delay, pre_tick, pre_trace, tick, event_tick, event_trace, decay;
} stdp_in;

typedef struct stdp_out {
    int64_t w;
    uint32_t newest_lag, newest_trace, any;
    uint32_t weight, lag, trace;
} stdp_out;

enum { STDP_BEGIN, STDP_EVENT };

/* A rule with one decay, at a lag. */
static void stdp_rule(const stdp_in *in, uint64_t lag, plc_stdp_rule *ret_rule)
{
    ret_rule->gate = 0;
    ret_rule->a_plus = (int32_t)in->a_plus;
    ret_rule->a_minus = (int32_t)in->a_minus;
    ret_rule->w_min = (int32_t)in->w_min;
    ret_rule->w_max = (int32_t)in->w_max;
    if (lag < PLC_STDP_TABLE)
        ret_rule->decay_plus[lag] = ret_rule->decay_minus[lag] = (int32_t)in->decay;
}

static void stdp_step(const uint32_t *words, uint32_t *out)
{
    stdp_in in;
    stdp_out to = {0};
    plc_stdp_rule rule;
    memcpy(&in, words, sizeof in);
    plc_post_event event = {in.event_tick, (int32_t)in.event_trace};
    bool reaches = plc_post_events_until(&event, 1, in.delay, in.tick);
    bool is_old = plc_post_events_until(&event, 1, in.delay, in.pre_tick);
    to.lag = in.op == STDP_EVENT ? in.event_tick + in.delay - in.pre_tick : in.newest_lag;
    stdp_rule(&in, to.lag, &rule);
    to.trace = (uint32_t)plc_stdp_trace(rule.decay_plus, (int32_t)in.pre_trace, to.lag);
    to.w = in.w;
    to.newest_lag = in.newest_lag;
    to.newest_trace = in.newest_trace;
    to.any = in.op == STDP_BEGIN ? 0 : in.any;
    if (in.op == STDP_BEGIN)
        to.w = in.weight * (INT64_C(1) << in.shift);
    else if (in.op != STDP_EVENT && in.any)
        to.w = plc_stdp_depress(&rule, in.w, (int32_t)in.newest_trace, in.newest_lag);
    else if (in.op == STDP_EVENT && reaches) {
        if (!is_old)
            to.w = plc_stdp_potentiate(&rule, in.w, (int32_t)in.pre_trace, to.lag);
        to.newest_lag = in.tick - (in.event_tick + in.delay);
        to.newest_trace = in.event_trace;
        to.any = 1;
    }
    to.weight = (uint32_t)(to.w >> in.shift);
    memcpy(out, &to, sizeof to);
}

/* The event at, just behind and just before the two spikes of its source, or at the last lag with a
 * decay; else near them, and now and then a trace that reaches its limit. */
static void stdp_sharpen(uint32_t *words, uint32_t choice)
{
    stdp_in to;
    memcpy(&to, words, sizeof to);
    uint32_t acts = to.event_tick + to.delay, near = choice >> 8;
    switch (choice & 7) {
    case 0:
    case 1:
        to.event_tick = to.tick - to.delay + (choice & 1);
        break;
    case 2:
    case 3:
        to.event_tick = to.pre_tick - to.delay + (choice & 1);
        break;
    case 4:
    case 5:
        to.pre_tick = acts - PLC_STDP_TABLE + (choice & 1);
        to.tick = acts + near % 20;
        break;
    default:
        to.pre_tick = acts - near % 20;
        to.tick = acts + (near >> 8) % 20;
        if (choice & 1) { /* a trace at its limit */
            to.decay = PLC_STDP_ONE;
            to.pre_trace = PLC_STDP_TRACE_MAX - PLC_STDP_ONE + near % 3;
        }
    }
    memcpy(words, &to, sizeof to);
}

#define PARAM(name, low, high)                                                                     \
    {                                                                                              \
        "params_i", name, 32, true, false, false, PLC_FIELD_PARAM, low, high                       \
    }
#define FRACTION(name)                                                                             \
    {                                                                                              \
        "params_i", name, 32, false, false, false, PLC_FIELD_PARAM, 0, FRACTION_MAX                \
    }
#define BOUNDED(name, low, high)                                                                   \
    {                                                                                              \
        "params_i", name, 32, false, true, false, PLC_FIELD_PARAM, low, high                       \
    }
#define WIDE(name, sign, low, high)                                                                \
    {                                                                                              \
        "params_i", name, 64, sign, false, false, PLC_FIELD_PARAM, low, high                       \
    }
#define STATE(name, sign, low, high)                                                               \
    {                                                                                              \
        "state_i", name, 32, sign, false, false, PLC_FIELD_STATE, low, high                        \
    }
#define INPUT(port, bits, sign, low, high)                                                         \
    {                                                                                              \
        port, port, bits, sign, false, false, PLC_FIELD_INPUT, low, high                           \
    }
#define CHOICE(port, bits, low, high)                                                              \
    {                                                                                              \
        port, port, bits, false, true, false, PLC_FIELD_INPUT, low, high                           \
    }
#define OUTPUT(port, name, bits, sign)                                                             \
    {                                                                                              \
        port, name, bits, sign, false, false, PLC_FIELD_OUTPUT, 0, 0                               \
    }
/* The words of an annealer, as NeuroSA's constants have them. */
#define ANNEALER_FIELDS                                                                            \
    {"params_i", "origin", 64, false, true, false, PLC_FIELD_PARAM, 1, INT64_MAX},                 \
        WIDE("log2_c", false, INT64_C(32) << 48, INT64_C(63) << 48),                               \
        WIDE("log2_eta", true, -(INT64_C(8) << 40), INT64_C(8) << 40),                             \
        WIDE("delta", false, 0, INT64_C(1) << 33), WIDE("scale", false, 0, INT64_C(1) << 33),      \
        BOUNDED("delta_shift", 0, 63), BOUNDED("scale_shift", 0, 63),                              \
        BOUNDED("hold_bits", 16, 40), BOUNDED("reserved", 0, 0)

static const plc_contract contracts[] = {
    {.name = "lif",
     .kernel = "plc_lif_update(), hw/neuron/lif.h",
     .inputs = {PARAM("v_rest", MV(-80), MV(-50)), PARAM("v_reset", MV(-80), MV(-50)),
                PARAM("v_thresh", MV(-60), MV(-40)), PARAM("resistance", MV(1), MV(100)),
                PARAM("decay_m", 0, MV(1)), PARAM("i_offset", MV(-2), MV(2)),
                PARAM("refractory", 0, 20), FRACTION("decay_e"), FRACTION("decay_i"),
                FRACTION("gain_e"), FRACTION("gain_i"), BOUNDED("shift_e", 0, 14),
                BOUNDED("shift_i", 0, 14), STATE("v", true, MV(-80), MV(-40)),
                STATE("g_e", false, 0, MV(10)), STATE("g_i", false, 0, MV(10)),
                STATE("wait", true, 0, 3), INPUT("input_e_i", 32, false, 0, 80000),
                INPUT("input_i_i", 32, false, 0, 80000)},
     .outputs = {OUTPUT("state_o", "v", 32, true), OUTPUT("state_o", "g_e", 32, false),
                 OUTPUT("state_o", "g_i", 32, false), OUTPUT("state_o", "wait", 32, true),
                 OUTPUT("spike_o", "spike_o", 1, false)},
     .step = lif_step,
     .sharpen = lif_sharpen},
    {.name = "onoff",
     .kernel = "plc_onoff_update(), hw/neuron/onoff.h",
     .inputs = {ANNEALER_FIELDS,
                STATE("v", true, -1500, 1500),
                {"state_i", "spin", 32, true, true, true, PLC_FIELD_STATE, -1, 1},
                INPUT("input_i", 32, true, -4, 4),
                {"slope_i", "slope_i", 62, false, false, false, PLC_FIELD_INPUT, 0,
                 INT64_C(1) << 40},
                INPUT("noise_i", 32, false, 0, FRACTION_MAX)},
     .outputs = {OUTPUT("state_o", "v", 32, true), OUTPUT("state_o", "spin", 32, true),
                 OUTPUT("spike_o", "spike_o", 1, false),
                 OUTPUT("polarity_o", "polarity_o", 1, false)},
     .step = onoff_step,
     .sharpen = onoff_sharpen},
    {.name = "threshold",
     .kernel = "plc_threshold_update(), hw/neuron/threshold.h",
     .inputs = {PARAM("threshold", -8, 8), INPUT("input_i", 32, true, -16, 16)},
     .outputs = {OUTPUT("spike_o", "spike_o", 1, false)},
     .step = threshold_step,
     .sharpen = threshold_sharpen},
    {.name = "stdp",
     .kernel = "plc_stdp_update(), hw/neuron/stdp.h",
     .inputs = {BOUNDED("a_plus", 0, INT32_MAX),
                BOUNDED("a_minus", 0, INT32_MAX),
                BOUNDED("w_min", 0, INT32_MAX),
                BOUNDED("w_max", 0, INT32_MAX),
                {"state_i", "w", 64, true, true, false, PLC_FIELD_STATE, -(INT64_C(1) << 46),
                 INT64_C(1) << 46},
                STATE("lag", false, 0, 300),
                {"state_i", "trace", 16, false, true, false, PLC_FIELD_STATE, 0,
                 PLC_STDP_TRACE_MAX},
                {"state_i", "any", 1, false, true, true, PLC_FIELD_STATE, 0, 1},
                CHOICE("op_i", 2, 0, 2),
                INPUT("weight_i", 32, true, -32768, 32767),
                CHOICE("shift_i", 4, 0, 14),
                CHOICE("delay_i", 4, 1, 15),
                INPUT("pre_tick_i", 32, false, 0, 300),
                CHOICE("pre_trace_i", 16, 0, PLC_STDP_TRACE_MAX),
                INPUT("tick_i", 32, false, 0, 300),
                INPUT("event_tick_i", 32, false, 0, 300),
                CHOICE("event_trace_i", 16, 0, PLC_STDP_TRACE_MAX),
                CHOICE("decay_i", 12, 0, PLC_STDP_ONE)},
     .outputs = {OUTPUT("state_o", "w", 64, true), OUTPUT("state_o", "lag", 32, false),
                 OUTPUT("state_o", "trace", 16, false), OUTPUT("state_o", "any", 1, false),
                 OUTPUT("weight_o", "weight_o", 32, true), OUTPUT("lag_o", "lag_o", 32, false),
                 OUTPUT("trace_o", "trace_o", 16, false)},
     .step = stdp_step,
     .sharpen = stdp_sharpen},
    {.name = "random",
     .kernel = "plc_threefry(), base/random.h",
     .inputs = {INPUT("key0_i", 32, false, 0, FRACTION_MAX),
                INPUT("key1_i", 32, false, 0, FRACTION_MAX),
                INPUT("counter0_i", 32, false, 0, 1000), INPUT("counter1_i", 32, false, 0, 1000)},
     .outputs = {OUTPUT("word0_o", "word0_o", 32, false), OUTPUT("word1_o", "word1_o", 32, false)},
     .step = random_step},
    {.name = "annealer",
     .kernel = "plc_annealer_slope(), hw/neuron/annealer.h",
     .is_clocked = true,
     .inputs = {ANNEALER_FIELDS, INPUT("tick_i", 64, false, 0, INT64_C(1) << 40)},
     .outputs = {OUTPUT("slope_o", "slope_o", 62, false)},
     .step = annealer_step},
};

const plc_contract *plc_contract_at(size_t i)
{
    return i < sizeof contracts / sizeof *contracts ? &contracts[i] : NULL;
}

const plc_contract *plc_contract_find(const char *name)
{
    for (size_t i = 0; plc_contract_at(i); i++)
        if (!strcmp(contracts[i].name, name))
            return &contracts[i];
    return NULL;
}

size_t plc_contract_count(const plc_contract_field *fields)
{
    size_t n = 0;
    while (fields[n].port)
        n++;
    return n;
}

uint32_t plc_contract_offset(const plc_contract_field *fields, size_t n)
{
    uint32_t words = 0;
    for (size_t i = 0; i < n && fields[i].port; i++)
        words += plc_contract_slot(&fields[i]);
    return words;
}

uint64_t plc_contract_value(const plc_contract_field *field, const uint32_t *words)
{
    uint64_t value = words[0] | (field->bits > 32 ? (uint64_t)words[1] << 32 : 0);
    unsigned above = 64 - field->bits;
    return field->is_signed ? (uint64_t)((int64_t)(value << above) >> above)
                            : value << above >> above;
}
