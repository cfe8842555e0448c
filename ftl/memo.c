/* Answers on functions, remembered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/memo.h"

#include "base/memory.h"

enum {
    VALUE_ANSWERED = 1 << 15,
    VALUE_YES = 1 << 14,
    KEY_MAX = 3 * PLC_TABLE_WORDS_MAX + 1,
    SIZE_FIRST = 1 << 12,
    SIZE_MAX_LOG = 24
};

static uint32_t key_words(const plc_memo *memo)
{
    return 3 * memo->n_words + 1;
}

bool plc_memo_init(plc_memo *memo, uint32_t max_fanin)
{
    *memo = (plc_memo){.n_words = plc_table_words(max_fanin), .capacity = SIZE_FIRST};
    memo->keys = plc_array(memo->capacity * key_words(memo), sizeof *memo->keys);
    memo->values = plc_array(memo->capacity, sizeof *memo->values);
    if (memo->keys && memo->values)
        return true;
    plc_memo_finish(memo);
    return false;
}

void plc_memo_finish(plc_memo *memo)
{
    free(memo->keys);
    free(memo->values);
    memo->keys = NULL;
    memo->values = NULL;
}

static bool same_key(const uint64_t *a, const uint64_t *b, uint32_t n)
{
    for (uint32_t i = n; i-- > 0;) /* the last word has the number of inputs */
        if (a[i] != b[i])
            return false;
    return true;
}

static size_t find_slot(const plc_memo *memo, const uint64_t *key)
{
    uint32_t n = key_words(memo);
    uint64_t hash = 0;
    for (uint32_t i = 0; i < n; i++) {
        hash = (hash ^ key[i]) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    size_t slot = hash & (memo->capacity - 1);
    while (memo->values[slot] && !same_key(memo->keys + slot * n, key, n))
        slot = (slot + 1) & (memo->capacity - 1);
    return slot;
}

static void grow(plc_memo *memo)
{
    plc_memo larger = *memo;
    uint32_t n = key_words(memo);
    larger.capacity *= 2;
    larger.keys = plc_array(larger.capacity * n, sizeof *larger.keys);
    larger.values = plc_array(larger.capacity, sizeof *larger.values);
    if (!larger.keys || !larger.values) {
        plc_memo_finish(&larger);
        memo->failed = true;
        return;
    }
    for (size_t i = 0; i < memo->capacity; i++) {
        if (!memo->values[i])
            continue;
        size_t slot = find_slot(&larger, memo->keys + i * n);
        memcpy(larger.keys + slot * n, memo->keys + i * n, n * sizeof *memo->keys);
        larger.values[slot] = memo->values[i];
    }
    plc_memo_finish(memo);
    *memo = larger;
}

/* Remembers an answer; when there is no room it is only forgotten. */
static void put(plc_memo *memo, const uint64_t *key, uint32_t value)
{
    if (memo->n * 4 >= memo->capacity * 3 && memo->capacity < (size_t)1 << SIZE_MAX_LOG &&
        !memo->failed)
        grow(memo);
    if (memo->n * 8 >= memo->capacity * 7)
        return;
    size_t slot = find_slot(memo, key);
    if (!memo->values[slot])
        memo->n++;
    memcpy(memo->keys + slot * key_words(memo), key, key_words(memo) * sizeof *key);
    memo->values[slot] = (uint16_t)(value | VALUE_ANSWERED);
}

void plc_memo_minterms(const uint64_t *f, const uint64_t *const *divisors, uint32_t n_divisors,
                       uint32_t n, uint64_t *ret_on, uint64_t *ret_off)
{
    uint32_t n_words = plc_table_words(n + n_divisors);
    memset(ret_on, 0, n_words * sizeof *ret_on);
    memset(ret_off, 0, n_words * sizeof *ret_off);
    for (uint32_t x = 0; x < 1u << n; x++) {
        uint32_t y = x;
        for (uint32_t d = 0; d < n_divisors; d++)
            y |= (uint32_t)(divisors[d][x >> 6] >> (x & 63) & 1) << (n + d);
        uint64_t bit = UINT64_C(1) << (y & 63);
        if (f[x >> 6] >> (x & 63) & 1)
            ret_on[y >> 6] |= bit;
        else
            ret_off[y >> 6] |= bit;
    }
}

/* Solves for weights; VALUE_YES and the inputs that have one, or 0. */
static uint32_t solve(plc_memo *memo, const uint64_t *f, const uint64_t *const *divisors,
                      uint32_t n_divisors, uint32_t n)
{
    uint64_t on[PLC_TABLE_WORDS_MAX], off[PLC_TABLE_WORDS_MAX];
    plc_threshold threshold;
    plc_memo_minterms(f, divisors, n_divisors, n, on, off);
    plc_threshold_answer answer = plc_threshold_find(on, off, n + n_divisors, false, &threshold);
    memo->n_programs++;
    memo->n_unresolved += answer == PLC_THRESHOLD_UNRESOLVED;
    if (answer != PLC_THRESHOLD_YES)
        return 0;
    uint32_t value = VALUE_YES;
    for (uint32_t i = 0; i < n + n_divisors; i++)
        if (threshold.weights[i])
            value |= 1u << i;
    return value;
}

static uint32_t count_bits(const uint64_t *t, uint32_t n_words)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < n_words; k++)
        n += (uint32_t)__builtin_popcountll(t[k]);
    return n;
}

/* Negates inputs so that the function rises in each; false if it does both in one. */
static bool make_positive(uint64_t *f, uint32_t n_words, uint32_t n)
{
    uint64_t low[PLC_TABLE_WORDS_MAX], high[PLC_TABLE_WORDS_MAX];
    for (uint32_t i = 0; i < n; i++) {
        bool up = false, down = false;
        plc_table_cofactor(f, n_words, i, false, low);
        plc_table_cofactor(f, n_words, i, true, high);
        for (uint32_t k = 0; k < n_words; k++) {
            up |= (~low[k] & high[k]) != 0;
            down |= (low[k] & ~high[k]) != 0;
        }
        if (up && down)
            return false;
        for (uint32_t k = 0; down && k < n_words; k++)
            f[k] = (high[k] & ~plc_table_input_word(i, k)) | (low[k] & plc_table_input_word(i, k));
    }
    return true;
}

/* Sorts the inputs of a positive function by their Chow parameters, the largest first. */
static void sort_inputs(uint64_t *f, uint32_t n_words, uint32_t n)
{
    uint32_t chow[PLC_TABLE_INPUTS_MAX];
    for (uint32_t i = 0; i < n; i++) {
        uint64_t on[PLC_TABLE_WORDS_MAX];
        for (uint32_t k = 0; k < n_words; k++)
            on[k] = f[k] & plc_table_input_word(i, k);
        chow[i] = count_bits(on, n_words);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t best = i;
        for (uint32_t j = i + 1; j < n; j++)
            if (chow[j] > chow[best])
                best = j;
        if (best == i)
            continue;
        plc_table_swap(f, n_words, i, best);
        uint32_t kept = chow[i];
        chow[i] = chow[best];
        chow[best] = kept;
    }
}

/* Whether a sorted positive function is 2-monotone: where one of two inputs is 1, it had better be
 * the one with the larger Chow parameter. Every threshold function is, and up to 5 inputs no other
 * (Muroga 1971, section 7). */
static bool is_regular(const uint64_t *f, uint32_t n_words, uint32_t n)
{
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint64_t swapped[PLC_TABLE_WORDS_MAX];
        memcpy(swapped, f, n_words * sizeof *f);
        plc_table_swap(swapped, n_words, i, i + 1);
        for (uint32_t k = 0; k < n_words; k++)
            if (plc_table_input_word(i, k) & ~plc_table_input_word(i + 1, k) & swapped[k] & ~f[k])
                return false;
    }
    return true;
}

/* The answer for a function whose canonical form has to be found first. */
static bool decide(plc_memo *memo, const uint64_t *f, uint32_t n)
{
    enum { REGULAR_IS_THRESHOLD = 5, CANONICAL = 1 << 16 };
    uint64_t key[KEY_MAX] = {0};
    memcpy(key, f, memo->n_words * sizeof *f);
    if (!make_positive(key, memo->n_words, n))
        return false;
    sort_inputs(key, memo->n_words, n);
    if (!is_regular(key, memo->n_words, n))
        return false;
    if (n <= REGULAR_IS_THRESHOLD)
        return true;
    key[3 * memo->n_words] = CANONICAL | n;
    size_t slot = find_slot(memo, key);
    if (memo->values[slot])
        return memo->values[slot] & VALUE_YES;
    uint32_t value = solve(memo, key, NULL, 0, n);
    put(memo, key, value);
    return value & VALUE_YES;
}

bool plc_memo_is_threshold(plc_memo *memo, const uint64_t *f, uint32_t n)
{
    uint64_t key[KEY_MAX] = {0};
    memcpy(key, f, memo->n_words * sizeof *f);
    key[3 * memo->n_words] = n;
    size_t slot = find_slot(memo, key);
    if (memo->values[slot])
        return memo->values[slot] & VALUE_YES;
    bool yes = decide(memo, f, n);
    put(memo, key, yes ? VALUE_YES : 0);
    return yes;
}

/* Whether some sign of each input's weight may do beside one divisor whose weight is positive
 * (negative): a step of the input in which the divisor does not fall (rise) must not make the
 * function fall, or, for the opposite sign, the other way round. */
static bool signs_agree(const uint64_t *f, const uint64_t *g, uint32_t n_words, uint32_t n)
{
    bool rising = true, falling = true; /* the divisor */
    for (uint32_t i = 0; i < n && (rising || falling); i++) {
        uint64_t f0[PLC_TABLE_WORDS_MAX], f1[PLC_TABLE_WORDS_MAX], g0[PLC_TABLE_WORDS_MAX],
            g1[PLC_TABLE_WORDS_MAX];
        uint64_t up_r = 0, down_r = 0, up_f = 0, down_f = 0; /* steps that speak against a sign */
        plc_table_cofactor(f, n_words, i, false, f0);
        plc_table_cofactor(f, n_words, i, true, f1);
        plc_table_cofactor(g, n_words, i, false, g0);
        plc_table_cofactor(g, n_words, i, true, g1);
        for (uint32_t k = 0; k < n_words; k++) {
            uint64_t not_down = ~g0[k] | g1[k], not_up = g0[k] | ~g1[k]; /* g, as x_i goes up */
            uint64_t down = f0[k] & ~f1[k], up = ~f0[k] & f1[k];
            up_r |= not_down & down;
            down_r |= not_up & up;
            up_f |= not_up & down;
            down_f |= not_down & up;
        }
        rising &= !(up_r && down_r);
        falling &= !(up_f && down_f);
    }
    return rising || falling;
}

bool plc_memo_is_divisible(plc_memo *memo, const uint64_t *f, const uint64_t *const *divisors,
                           uint32_t n_divisors, uint32_t n, uint32_t *ret_needed)
{
    uint64_t key[KEY_MAX] = {0};
    uint32_t n_words = memo->n_words;
    if (n_divisors == 1 && !(n_words == 1 ? signs_agree(f, divisors[0], 1, n)
                                          : signs_agree(f, divisors[0], n_words, n)))
        return false;
    memcpy(key, f, n_words * sizeof *f);
    for (uint32_t d = 0; d < n_divisors; d++)
        memcpy(key + (d + 1) * n_words, divisors[d], n_words * sizeof *f);
    for (uint32_t d = 0; d <= n_divisors; d++) /* complements are as good */
        if (key[d * n_words] & 1)
            for (uint32_t k = 0; k < n_words; k++)
                key[d * n_words + k] = ~key[d * n_words + k];
    key[3 * n_words] = n | n_divisors << 8;
    size_t slot = find_slot(memo, key);
    uint32_t value = memo->values[slot];
    if (!value) {
        value = solve(memo, f, divisors, n_divisors, n);
        put(memo, key, value);
    }
    *ret_needed = value & 0xff;
    return value & VALUE_YES;
}
