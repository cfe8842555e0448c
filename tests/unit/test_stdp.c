/* stdp_pair_additive: its tables, steps and bounds, one at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/stdp.h"

#include <criterion/criterion.h>
#include <math.h>

static const plc_stdp cam = {6, 6, 3, 3, 0, 6, PLC_STDP_16, false};

static plc_stdp_rule rule_of(plc_stdp declared)
{
    plc_stdp_rule rule;
    plc_stdp_init(&declared, 1.0, &rule);
    return rule;
}

Test(stdp, tables_are_floored)
{
    plc_stdp_rule rule = rule_of(cam);
    cr_assert_eq(rule.decay_plus[0], 2048);
    cr_assert_eq(rule.decay_plus[1], 1467, "floor(1467.44)");
    cr_assert_eq(rule.decay_minus[2], 1051, "floor(1051.49)");
    cr_assert_eq(rule.decay_minus[3], 753, "floor(753.42)");
    cr_assert_eq(rule.decay_plus[255], 0);
    cr_assert_eq(plc_stdp_decay(rule.decay_plus, 256), 0);
    cr_assert_eq(plc_stdp_decay(rule.decay_plus, UINT64_MAX), 0);
    cr_assert_eq(rule.a_plus, 6 << 15);
}

Test(stdp, traces_add_up_and_stop_at_16_bits)
{
    plc_stdp_rule rule = rule_of((plc_stdp){1, 1, 1000, 3, 0, 1, PLC_STDP_16, false});
    plc_pre_event pre = {0};
    plc_pre_event_move(&rule, &pre, 7);
    cr_assert_eq(pre.trace, 2048);
    plc_pre_event_move(&rule, &pre, 7 + 1000);
    cr_assert_eq(pre.trace, 2048, "past the table nothing is left");
    for (uint64_t tick = 1008; tick < 1200; tick++)
        plc_pre_event_move(&rule, &pre, tick);
    cr_assert_eq(pre.trace, 32767);
}

/* The weight that the CAM learns: a source at 1 and 3, a target at 1 and 3, delay 1. */
Test(stdp, learns_what_the_facts_work_out)
{
    plc_stdp_rule rule = rule_of(cam);
    plc_post_event events[2];
    plc_pre_event pre = {0};
    const uint32_t shift = 6;
    events[0] = plc_post_event_next(&rule, NULL, 0, 1);
    int32_t w = plc_stdp_update(&rule, events, 1, &pre, 1, 1, 0, shift);
    cr_assert_eq(w, 0);
    plc_pre_event_move(&rule, &pre, 1);
    events[1] = plc_post_event_next(&rule, events, 1, 3);
    cr_assert_eq(events[1].trace, 2048 + 1051);
    w = plc_stdp_update(&rule, events, 2, &pre, 1, 3, w, shift);
    /* 1 -> 2 potentiates by exp(-1/3), and the same event at lag 1 depresses by as much. */
    cr_assert_eq(w, 0);
    plc_pre_event_move(&rule, &pre, 3);
    w = plc_stdp_update(&rule, events, 2, &pre, 1, 8, w, shift);
    double expected = fmin(6, 6 * 1.513 * exp(-1 / 3.0)) - 6 * 1.513 * exp(-4 / 3.0);
    cr_assert_float_eq(w * 0x1p-9, expected, 0.02, "%g", w * 0x1p-9);
}

Test(stdp, zero_lag_depresses_and_does_not_potentiate)
{
    plc_stdp_rule rule = rule_of(cam);
    plc_post_event event = plc_post_event_next(&rule, NULL, 0, 9);
    plc_pre_event pre = {0};
    plc_pre_event_move(&rule, &pre, 2);
    int32_t full = 6 << 9;
    /* Potentiation at lag 8 is cut at w_max first; then 6 nA go. */
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 1, 10, full, 6), 0);
    pre = (plc_pre_event){.tick = 10, .trace = 2048};
    /* s + n = p: not a later event any more, but still the newest for depression. */
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 1, 11, full, 6),
                 ((6 << 15) - (((INT64_C(1467) << 4) * (6 << 15)) >> 15)) >> 6);
}

Test(stdp, events_that_have_not_arrived_do_not_count)
{
    plc_stdp_rule rule = rule_of(cam);
    plc_post_event event = plc_post_event_next(&rule, NULL, 0, 9);
    plc_pre_event pre = {.tick = 8, .trace = 2048};
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 3, 11, 1000, 6), 1000);
    cr_assert_neq(plc_stdp_update(&rule, &event, 1, &pre, 2, 11, 1000, 6), 1000);
    cr_assert_eq(plc_stdp_update(&rule, NULL, 0, &pre, 2, 11, 1000, 6), 1000);
}

/* Clips after each event: two events up to the bound, then one down, is not the sum clipped. */
Test(stdp, clips_after_each_event)
{
    plc_stdp_rule rule = rule_of((plc_stdp){6, 3, 3, 3, 0, 6, PLC_STDP_16, false});
    plc_post_event events[2] = {{3, 2048}, {4, 2048}};
    plc_pre_event pre = {.tick = 2, .trace = 4096};
    int32_t w = plc_stdp_update(&rule, events, 2, &pre, 1, 5, 3000, 6);
    cr_assert_eq(w, (6 << 9) - (3 << 9));
}

/* Gated, a source's spike alone potentiates nothing; the second of a burst does by what the first
 * has left. Depression does not ask. */
Test(stdp, gated_potentiation_needs_a_burst)
{
    plc_stdp_rule rule = rule_of((plc_stdp){6, 0, 3, 3, 0, 6, PLC_STDP_UNBOUNDED, true});
    plc_post_event event = {6, 2048};
    plc_pre_event pre = {0};
    plc_pre_event_move(&rule, &pre, 3);
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 1, 30, 100, 6), 100);
    cr_assert_eq(plc_stdp_flush(&rule, &event, &pre, 1, 100, 6), 100);
    plc_pre_event_move(&rule, &pre, 5);
    cr_assert_eq(pre.trace, 2048 + 1051);
    const int32_t step = ((1051 * 1051 >> 11) << 4) * 6 >> 6; /* a lag of 2, twice */
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 1, 30, 100, 6), 100 + step);
    rule = rule_of((plc_stdp){6, 6, 3, 3, 0, 6, PLC_STDP_UNBOUNDED, true});
    cr_assert_eq(plc_stdp_update(&rule, &event, 1, &pre, 1, 7, 0, 6), 0, "a lag of 0 takes 6");
}

Test(stdp, flush_takes_one_event_once)
{
    plc_stdp_rule rule = rule_of((plc_stdp){1, 1, 3, 3, 0, 6, PLC_STDP_FLUSH, false});
    plc_post_event event = {9, 2048};
    plc_pre_event pre = {.tick = 8, .trace = 2048};
    int32_t w = plc_stdp_flush(&rule, &event, &pre, 1, 0, 6);
    cr_assert_eq(w, (1051 << 4) >> 6);
    pre.tick = 10;
    cr_assert_eq(plc_stdp_flush(&rule, &event, &pre, 1, w, 6), w, "it has counted before");
}

Test(stdp, refuses_constants_by_name)
{
    const struct {
        plc_stdp declared;
        const char *name;
    } cases[] = {
        {{-1, 6, 3, 3, 0, 6, PLC_STDP_16, false}, "a_plus"},
        {{6, 1e6, 3, 3, 0, 6, PLC_STDP_16, false}, "a_minus"},
        {{6, 6, 0, 3, 0, 6, PLC_STDP_16, false}, "tau_plus"},
        {{6, 6, 3, NAN, 0, 6, PLC_STDP_16, false}, "tau_minus"},
        {{6, 6, 3, 3, -1, 6, PLC_STDP_16, false}, "w_min"},
        {{6, 6, 3, 3, 7, 6, PLC_STDP_16, false}, "w_max"},
        {{6, 6, 3, 3, 0, 6, (plc_stdp_history)3, false}, "history"},
    };
    const char *name;
    double value;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_not_null(plc_stdp_check(&cases[i].declared, &name, &value), "case %zu", i);
        cr_assert_str_eq(name, cases[i].name);
    }
    cr_assert_null(plc_stdp_check(&cam, &name, &value));
}

Test(stdp, knows_words_that_cannot_be_a_rule)
{
    plc_stdp_rule rule = rule_of(cam);
    cr_assert(plc_stdp_is_legal(&rule));
    rule.decay_minus[255] = 2049;
    cr_assert_not(plc_stdp_is_legal(&rule));
    rule = rule_of(cam);
    rule.w_min = rule.w_max + 1;
    cr_assert_not(plc_stdp_is_legal(&rule));
    rule = rule_of(cam);
    rule.history = 3;
    cr_assert_not(plc_stdp_is_legal(&rule));
}
