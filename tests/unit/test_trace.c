/* Traces: digest, order, comparison. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "hw/engine/digest.h"
#include "hw/engine/trace.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"exc", "inh", "cue"};

/* A trace of n spikes drawn from `ticks` ticks. */
static plc_trace drawn(size_t n, uint64_t ticks)
{
    plc_trace trace;
    cr_assert_eq(plc_trace_init(&trace, names, 3, 1.0, NULL), PLC_OK);
    plc_random_key key = plc_random_stream(1, PLC_STREAM_DRAW, 0);
    for (size_t i = 0; i < n; i++) {
        plc_random a = plc_random_draw(key, (uint32_t)i, 0),
                   b = plc_random_draw(key, (uint32_t)i, 1);
        plc_spike spike = {.tick = ((uint64_t)a.word[0] << 32 | a.word[1]) % ticks,
                           .neuron = b.word[0],
                           .population = b.word[1] % 3 & INT32_MAX,
                           .polarity = (b.word[1] >> 31) != 0};
        cr_assert_eq(plc_trace_append(&trace, &spike, 1, NULL), PLC_OK);
    }
    return trace;
}

static uint64_t digest_of(const plc_trace *trace)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < trace->n; i++)
        digest += plc_spike_digest(trace->spikes[i]);
    return digest;
}

static int compare(const void *a, const void *b)
{
    const plc_spike *x = a, *y = b;
    uint64_t left[] = {x->tick, x->population, x->neuron, x->polarity};
    uint64_t right[] = {y->tick, y->population, y->neuron, y->polarity};
    for (size_t i = 0; i < 4; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

Test(trace, digest_does_not_depend_on_order)
{
    plc_trace trace = drawn(1000, 50);
    uint64_t digest = digest_of(&trace);
    plc_trace_sort(&trace);
    cr_assert_eq(digest_of(&trace), digest);
    plc_trace_finish(&trace);
}

Test(trace, digest_depends_on_every_bit)
{
    plc_spike spike = {.tick = 1000, .population = 3, .neuron = 77};
    uint64_t digest = plc_spike_digest(spike);
    for (unsigned bit = 0; bit < 64; bit++) {
        plc_spike other = spike;
        other.tick ^= UINT64_C(1) << bit;
        cr_assert_neq(plc_spike_digest(other), digest);
        if (bit >= 32)
            continue;
        other = spike;
        other.neuron ^= UINT32_C(1) << bit;
        cr_assert_neq(plc_spike_digest(other), digest);
        other = spike;
        if (bit < 31)
            other.population = (spike.population ^ UINT32_C(1) << bit) & INT32_MAX;
        else
            other.polarity = 1;
        cr_assert_neq(plc_spike_digest(other), digest);
    }
}

Test(trace, digest_tells_exchanged_partners)
{
    /* Sums of single fields are the same in both traces. */
    plc_spike a = {.tick = 1, .neuron = 2}, b = {.tick = 2, .neuron = 1};
    plc_spike c = {.tick = 1, .neuron = 1}, d = {.tick = 2, .neuron = 2};
    cr_assert_neq(plc_spike_digest(a) + plc_spike_digest(b),
                  plc_spike_digest(c) + plc_spike_digest(d));
}

Test(trace, digest_has_no_collisions_among_neighbours)
{
    enum { TICKS = 64, NEURONS = 4096, N = TICKS * NEURONS };
    uint64_t *digests = malloc(N * sizeof *digests);
    for (uint32_t i = 0; i < N; i++)
        digests[i] = plc_spike_digest((plc_spike){.tick = i / NEURONS, .neuron = i % NEURONS});
    unsigned ones = 0;
    for (uint32_t i = 0; i < N; i++)
        ones += (unsigned)__builtin_popcountll(digests[i]);
    cr_assert(ones > N * 31u && ones < N * 33u);
    for (uint32_t i = 0; i < N; i += 997)
        for (uint32_t j = 0; j < N; j++)
            cr_assert(i == j || digests[i] != digests[j]);
    free(digests);
}

Test(trace, digest_of_parts_equals_the_inline_one)
{
    plc_spike spike = {.tick = 123, .population = 5, .neuron = 9, .polarity = 1};
    cr_assert_eq(plc_spike_digest(spike), plc_digest_of_spike(plc_digest_of_tick(123), 5, 9, 1));
}

Test(trace, sorts_any_number_of_spikes)
{
    static const size_t sizes[] = {0, 1, 2, 255, 256, 257, 5000};
    static const uint64_t ticks[] = {1, 3, 1000, UINT64_C(1) << 40, UINT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof ticks / sizeof *ticks; j++) {
            plc_trace trace = drawn(sizes[i], ticks[j]);
            plc_spike *expected = malloc((trace.n + 1) * sizeof *expected);
            if (trace.n)
                memcpy(expected, trace.spikes, trace.n * sizeof *expected);
            qsort(expected, trace.n, sizeof *expected, compare);
            plc_trace_sort(&trace);
            cr_assert(plc_spikes_sorted(trace.spikes, trace.n));
            for (size_t k = 0; k < trace.n; k++)
                cr_assert_eq(compare(&trace.spikes[k], &expected[k]), 0);
            free(expected);
            plc_trace_finish(&trace);
        }
}

Test(trace, refuses_populations_it_does_not_have)
{
    plc_trace trace;
    plc_error error;
    cr_assert_eq(plc_trace_init(&trace, names, 3, 1.0, NULL), PLC_OK);
    plc_spike spike = {.population = 3};
    cr_assert_eq(plc_trace_append(&trace, &spike, 1, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "trace: population: expected below 3, got 3");
    cr_assert_eq(trace.n, 0);
    plc_trace_finish(&trace);
}

/* The difference between two traces. */
static plc_trace_difference difference(const plc_trace *a, const plc_trace *b)
{
    plc_trace_difference d;
    cr_assert_eq(plc_trace_compare(a, b, &d, NULL), PLC_OK);
    return d;
}

Test(compare, matches_populations_by_name)
{
    static const char *const turned[] = {"none", "cue", "inh", "exc"};
    static const uint32_t to_turned[] = {3, 2, 1};
    plc_trace a = drawn(2000, 100), b;
    cr_assert_eq(plc_trace_init(&b, turned, 4, 1.0, NULL), PLC_OK);
    for (size_t i = 0; i < a.n; i++) {
        plc_spike spike = a.spikes[i];
        spike.population = to_turned[spike.population] & INT32_MAX;
        spike.polarity = 0;
        cr_assert_eq(plc_trace_append(&b, &spike, 1, NULL), PLC_OK);
    }
    cr_assert_eq(difference(&a, &b).differs, 0);
    cr_assert_eq(difference(&b, &a).differs, 0);
    b.spikes[700].population = 0;
    cr_assert_eq(difference(&a, &b).differs, 1);
    plc_trace_finish(&a);
    plc_trace_finish(&b);
}

Test(compare, finds_the_first_spike_in_one_only)
{
    plc_spike both[] = {{.tick = 1, .neuron = 4}, {.tick = 2, .population = 1}, {.tick = 9}};
    plc_spike extra = {.tick = 2, .population = 2, .neuron = 8};
    plc_trace a, b;
    plc_trace_init(&a, names, 3, 1.0, NULL);
    plc_trace_init(&b, names, 3, 1.0, NULL);
    plc_trace_append(&a, both, 3, NULL);
    plc_trace_append(&a, &extra, 1, NULL);
    plc_trace_append(&b, both, 3, NULL);
    plc_trace_difference d = difference(&a, &b);
    cr_assert(d.differs && d.only_in_first && d.tick == 2 && d.neuron == 8);
    cr_assert_str_eq(d.population, "cue");
    cr_assert_not(difference(&b, &a).only_in_first);
    extra.tick = 10; /* beyond the end of the other */
    plc_trace_append(&b, &extra, 1, NULL);
    d = difference(&a, &b);
    cr_assert(d.differs && d.only_in_first && d.tick == 2);
    plc_trace_finish(&a);
    plc_trace_finish(&b);
}

Test(compare, finds_that_empty_traces_are_the_same)
{
    plc_trace a = {0}, b = {0};
    cr_assert_eq(difference(&a, &b).differs, 0);
}

Test(compare, counts_repeated_spikes)
{
    plc_spike twice[] = {{.tick = 3}, {.tick = 3}};
    plc_trace a, b;
    plc_trace_init(&a, names, 1, 1.0, NULL);
    plc_trace_init(&b, names, 1, 1.0, NULL);
    plc_trace_append(&a, twice, 2, NULL);
    plc_trace_append(&b, twice, 1, NULL);
    cr_assert(difference(&a, &b).only_in_first);
    plc_trace_finish(&a);
    plc_trace_finish(&b);
}
