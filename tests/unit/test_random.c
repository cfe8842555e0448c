/* Counter-based random numbers against Random123's own implementation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include <criterion/criterion.h>

#if __has_include(<Random123/threefry.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/threefry.h>
#pragma GCC diagnostic pop
#define HAVE_RANDOM123 1
#else
#define HAVE_RANDOM123 0
#endif

Test(random, gives_the_known_answers_of_13_rounds)
{
    /* Random123 1.09, kat_vectors: threefry2x32 13. */
    const uint32_t cases[][6] = {
        {0, 0, 0, 0, 0x9d1c5ec6, 0x8bd50731},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xfd36d048, 0x2d17272c},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xba3e4725, 0xf27d669e},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t a = cases[i][0], b = cases[i][1];
        plc_threefry(cases[i][2], cases[i][3], &a, &b);
        cr_assert_eq(a, cases[i][4], "case %zu", i);
        cr_assert_eq(b, cases[i][5], "case %zu", i);
    }
}

Test(random, equals_random123)
{
#if HAVE_RANDOM123
    for (uint32_t i = 0; i < 1000; i++) {
        threefry2x32_key_t key = {{i * 2654435761u, ~i}};
        threefry2x32_ctr_t counter = {{i, i * 40503u}};
        threefry2x32_ctr_t expected = threefry2x32_R(13, counter, key);
        uint32_t a = counter.v[0], b = counter.v[1];
        plc_threefry(key.v[0], key.v[1], &a, &b);
        cr_assert_eq(a, expected.v[0]);
        cr_assert_eq(b, expected.v[1]);
    }
#else
    cr_skip("Random123 is not installed");
#endif
}

Test(random, batches_equal_single_draws)
{
    uint32_t over_time[2][100], over_index[100];
    plc_random_key key = plc_random_stream(12345, PLC_STREAM_DUE + 7, 3);
    plc_random_over_time(key, 5, 0xfffffff0, 100, over_time[0], over_time[1]);
    plc_random_over_index(key, 9, 77, 100, over_index);
    for (uint32_t i = 0; i < 100; i++) {
        plc_random draw = plc_random_draw(key, 5, 0xfffffff0 + i);
        cr_assert_eq(over_time[0][i], draw.word[0]);
        cr_assert_eq(over_time[1][i], draw.word[1]);
        cr_assert_eq(over_index[i], plc_random_draw(key, 9 + i, 77).word[0]);
    }
}

Test(random, noise_is_a_byte_of_eight_and_a_draw_of_its_own)
{
    enum { N = 100, FIRST = 13 };
    uint32_t words[N], bytes[N / 8 + 2][2], indices[N / 8 * 8], rests[N / 8 * 8];
    plc_random_key key = plc_random_stream(3, PLC_STREAM_NOISE + 2, 0);
    plc_random_noise_over_index(key, FIRST, 5, N, words);
    plc_random_noise_bytes(key, FIRST / 8, 5, N / 8 + 2, bytes);
    for (uint32_t i = 0; i < N / 8 * 8; i++)
        indices[i] = FIRST + (N - 1 - i);
    plc_random_noise_rests(key, indices, 5, N / 8 * 8, rests);
    for (uint32_t i = 0; i < N / 8 * 8; i++)
        cr_assert_eq(rests[i], words[N - 1 - i] & 0xffffff);
    for (uint32_t i = 0; i < N; i++) {
        const uint32_t index = FIRST + i;
        plc_random eight = plc_random_draw(key, index / 8, 5);
        plc_random own = plc_random_draw(key, index + (UINT32_C(1) << 31), 5);
        const uint64_t both = (uint64_t)eight.word[1] << 32 | eight.word[0];
        const uint32_t byte = both >> index % 8 * 8 & 255;
        cr_assert_eq(words[i], byte << 24 | (own.word[0] & 0xffffff));
        cr_assert_eq(plc_random_noise(key, index, 5), words[i]);
        cr_assert_eq(((const uint8_t *)bytes)[FIRST % 8 + i], byte);
    }
}

Test(random, streams_differ)
{
    plc_random a = plc_random_draw(plc_random_stream(1, PLC_STREAM_DUE, 0), 0, 0);
    plc_random b = plc_random_draw(plc_random_stream(1, PLC_STREAM_NOISE, 0), 0, 0);
    plc_random c = plc_random_draw(plc_random_stream(2, PLC_STREAM_DUE, 0), 0, 0);
    plc_random d = plc_random_draw(plc_random_stream(1, PLC_STREAM_DUE, 1), 0, 0);
    cr_assert_neq(a.word[0], b.word[0]);
    cr_assert_neq(a.word[0], c.word[0]);
    cr_assert_neq(a.word[0], d.word[0]);
}

Test(random, below_stays_below)
{
    cr_assert_eq(plc_random_below(0, 10), 0);
    cr_assert_eq(plc_random_below(UINT32_MAX, 10), 9);
    cr_assert_eq(plc_random_below(UINT32_MAX, UINT32_MAX), UINT32_MAX - 1);
}
