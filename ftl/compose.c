/* One threshold function put into another. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ftl/collapse.h"
#include "ftl/threshold.h"

enum { SUM_WORDS = PLC_COLLAPSE_SUMS_MAX / 64 + 1 };

static const int64_t none_below = INT64_MIN, none_above = INT64_MAX;

bool plc_composer_init(plc_composer *composer, uint32_t max_fanin)
{
    *composer = (plc_composer){.max_fanin = max_fanin};
    composer->inputs = plc_array(max_fanin, sizeof *composer->inputs);
    composer->weights = plc_array(max_fanin, sizeof *composer->weights);
    composer->sums = plc_array(SUM_WORDS, sizeof *composer->sums);
    if (composer->inputs && composer->weights && composer->sums)
        return true;
    plc_composer_finish(composer);
    return false;
}

void plc_composer_finish(plc_composer *composer)
{
    free(composer->inputs);
    free(composer->weights);
    free(composer->sums);
    *composer = (plc_composer){0};
}

/* The sums that some weights can have: bit k says whether least + k is one. */
typedef struct sums {
    int64_t least, most;
    const uint64_t *bits; /* NULL: all between are taken to be */
} sums;

/* bits |= bits << by */
static void shift_in(uint64_t *bits, size_t n_words, uint64_t by)
{
    size_t words = by / 64, rest = by % 64;
    for (size_t k = n_words; k-- > words;) {
        uint64_t moved = bits[k - words] << rest;
        if (rest && k > words)
            moved |= bits[k - words - 1] >> (64 - rest);
        bits[k] |= moved;
    }
}

/* The sums of all weights but that of input `without` (n: of all), times `sign`. */
static sums find_sums(plc_composer *composer, const plc_weighted *cell, uint32_t without, int sign)
{
    sums s = {0};
    for (uint32_t i = 0; i < cell->n; i++) {
        int64_t weight = i == without ? 0 : sign * (int64_t)cell->weights[i];
        s.least += weight < 0 ? weight : 0;
        s.most += weight > 0 ? weight : 0;
    }
    if (s.most - s.least >= PLC_COLLAPSE_SUMS_MAX)
        return s;
    size_t n_words = (size_t)(s.most - s.least) / 64 + 1;
    memset(composer->sums, 0, n_words * sizeof *composer->sums);
    composer->sums[0] = 1;
    for (uint32_t i = 0; i < cell->n; i++)
        if (i != without)
            shift_in(composer->sums, n_words, (uint64_t)llabs(cell->weights[i]));
    s.bits = composer->sums;
    return s;
}

/* The largest sum below `limit`, or none_below. */
static int64_t sum_below(const sums *s, int64_t limit)
{
    int64_t at = limit - 1 < s->most ? limit - 1 : s->most;
    while (at >= s->least && s->bits &&
           !(s->bits[(at - s->least) / 64] >> (at - s->least) % 64 & 1))
        at--;
    return at < s->least ? none_below : at;
}

/* The least sum from `limit` on, or none_above. */
static int64_t sum_from(const sums *s, int64_t limit)
{
    int64_t at = limit > s->least ? limit : s->least;
    while (at <= s->most && s->bits && !(s->bits[(at - s->least) / 64] >> (at - s->least) % 64 & 1))
        at++;
    return at > s->most ? none_above : at;
}

/* A fraction of whole numbers, 1 / 0 for without end. */
typedef struct fraction {
    int64_t above, below;
} fraction;

static bool is_less(fraction a, fraction b)
{
    return a.above * b.below < b.above * a.below;
}

/* The fraction of the smallest numbers strictly between two, by the tree of Stern and Brocot;
 * 0 / 0 if the numbers get large. */
static fraction find_between(fraction low, fraction high)
{
    enum { LARGE = PLC_COLLAPSE_WEIGHT_MAX };
    fraction left = {0, 1}, right = {1, 0};
    for (;;) {
        fraction middle = {left.above + right.above, left.below + right.below};
        if (middle.above > LARGE || middle.below > LARGE)
            return (fraction){0, 0};
        if (!is_less(low, middle))
            left = middle;
        else if (!is_less(middle, high))
            right = middle;
        else
            return middle;
    }
}

/* Lowers a bound `high` on B / A to gap / span. */
static void bound(fraction *high, int64_t gap, int64_t span)
{
    if (is_less((fraction){gap, span}, *high))
        *high = (fraction){gap, span};
}

/* Where ones and zeros of both parts begin and end. */
typedef struct zones {
    int64_t zero_most, open_least, open_most, one_least; /* S: 0, as inner says, 1 whatever it is */
    int64_t off_most, on_least, least, most;             /* R */
} zones;

/* A and B, and the largest sum of a zero; false if there are none. */
static bool find_factors(const zones *z, int64_t *ret_a, int64_t *ret_b, int64_t *ret_zeros)
{
    fraction low = {z->open_most - z->open_least, z->on_least - z->off_most}, high = {1, 0};
    bool has_zeros = z->zero_most != none_below, has_ones = z->one_least != none_above;
    if (has_zeros)
        bound(&high, z->open_least - z->zero_most, z->most - z->on_least);
    if (has_ones)
        bound(&high, z->one_least - z->open_most, z->off_most - z->least);
    if (has_zeros && has_ones)
        bound(&high, z->one_least - z->zero_most, z->most - z->least);
    if (!is_less(low, high))
        return false;
    fraction f = find_between(low, high);
    int64_t zeros = f.below * z->open_most + f.above * z->off_most;
    if (has_zeros && f.below * z->zero_most + f.above * z->most > zeros)
        zeros = f.below * z->zero_most + f.above * z->most;
    *ret_a = f.below;
    *ret_b = f.above;
    *ret_zeros = zeros;
    return f.below != 0;
}

/* The inputs of both in order, those of the reader without `node` times a, those of the inner cell
 * times b; the number of them, or UINT32_MAX for too many. */
static uint32_t unite(plc_composer *composer, const plc_weighted *reader, uint32_t node,
                      const plc_weighted *inner, int64_t a, int64_t b)
{
    uint32_t i = 0, j = 0, n = 0;
    while (i < reader->n || j < inner->n) {
        uint32_t x = i < reader->n ? reader->inputs[i] : UINT32_MAX;
        uint32_t y = j < inner->n ? inner->inputs[j] : UINT32_MAX;
        if (x == node) {
            i++;
            continue;
        }
        if (n == composer->max_fanin)
            return UINT32_MAX;
        composer->inputs[n] = x < y ? x : y;
        composer->weights[n] = x <= y ? a * reader->weights[i] : 0;
        composer->weights[n++] += y <= x ? b * inner->weights[j] : 0;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* A cell of the composer's inputs that is 1 where the sum is more than `zeros`. */
static bool make(plc_composer *composer, uint32_t n, int64_t zeros, plc_weighted *ret_made)
{
    int64_t divisor = 0;
    for (uint32_t i = 0; i < n; i++)
        divisor = common_divisor(llabs(composer->weights[i]), divisor);
    if (!divisor)
        return false;
    int64_t threshold = floor_divide(zeros, divisor) + 1;
    bool large = llabs(threshold) > PLC_COLLAPSE_WEIGHT_MAX;
    for (uint32_t i = 0; i < n; i++)
        large |= llabs(composer->weights[i]) / divisor > PLC_COLLAPSE_WEIGHT_MAX;
    if (large)
        return false;
    plc_weighted made = {.inputs = plc_array(n, sizeof *made.inputs),
                         .weights = plc_array(n, sizeof *made.weights),
                         .threshold = (int32_t)threshold};
    if (!made.inputs || !made.weights) {
        free(made.inputs);
        free(made.weights);
        composer->failed = true;
        return false;
    }
    for (uint32_t i = 0; i < n; i++)
        if (composer->weights[i]) {
            made.inputs[made.n] = composer->inputs[i];
            made.weights[made.n++] = (int32_t)(composer->weights[i] / divisor);
        }
    *ret_made = made;
    return true;
}

/* By the sums of both. */
static bool compose_by_sums(plc_composer *composer, const plc_weighted *reader, uint32_t at,
                            const plc_weighted *inner, plc_weighted *ret_made)
{
    int64_t w = reader->weights[at], s = reader->threshold, r = inner->threshold, a, b, zeros;
    int sign = w < 0 ? -1 : 1;
    if (w < 0) { /* of the complement of `inner` */
        s -= w;
        w = -w;
        r = 1 - r;
    }
    sums outer = find_sums(composer, reader, at, 1);
    zones z = {.zero_most = sum_below(&outer, s - w),
               .open_least = sum_from(&outer, s - w),
               .open_most = sum_below(&outer, s),
               .one_least = sum_from(&outer, s)};
    sums within = find_sums(composer, inner, inner->n, sign);
    z.off_most = sum_below(&within, r);
    z.on_least = sum_from(&within, r);
    z.least = within.least;
    z.most = within.most;
    if (z.open_least >= s || z.open_most < s - w || z.off_most == none_below ||
        z.on_least == none_above || !find_factors(&z, &a, &b, &zeros))
        return false;
    uint32_t n = unite(composer, reader, reader->inputs[at], inner, a, sign * b);
    return n != UINT32_MAX && make(composer, n, zeros, ret_made);
}

static int64_t sum_of(const plc_weighted *cell, const uint8_t *place, uint32_t x)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < cell->n; i++)
        sum += x >> place[i] & 1 ? cell->weights[i] : 0;
    return sum;
}

/* Where a cell's inputs are among those of the composer; that of `node` is n. */
static void find_places(const plc_composer *composer, uint32_t n, const plc_weighted *cell,
                        uint32_t node, uint8_t *place)
{
    for (uint32_t i = 0, k = 0; i < cell->n; i++) {
        if (cell->inputs[i] == node) {
            place[i] = (uint8_t)n;
            continue;
        }
        while (composer->inputs[k] != cell->inputs[i])
            k++;
        place[i] = (uint8_t)k;
    }
}

/* By the truth table. */
static bool compose_by_table(plc_composer *composer, const plc_weighted *reader, uint32_t at,
                             const plc_weighted *inner, plc_weighted *ret_made)
{
    uint64_t on[PLC_THRESHOLD_WORDS_MAX] = {0}, off[PLC_THRESHOLD_WORDS_MAX] = {0};
    uint8_t outer[PLC_THRESHOLD_INPUTS_MAX + 1], within[PLC_THRESHOLD_INPUTS_MAX + 1];
    plc_threshold found;
    uint32_t n = unite(composer, reader, reader->inputs[at], inner, 1, 1);
    if (n == UINT32_MAX || n > PLC_THRESHOLD_INPUTS_MAX)
        return false;
    find_places(composer, n, reader, reader->inputs[at], outer);
    find_places(composer, n, inner, UINT32_MAX, within);
    for (uint32_t x = 0; x < 1u << n; x++) {
        uint32_t one = sum_of(inner, within, x) >= inner->threshold;
        bool value = sum_of(reader, outer, x | one << n) >= reader->threshold;
        (value ? on : off)[x >> 6] |= UINT64_C(1) << (x & 63);
    }
    if (plc_threshold_find(on, off, n, false, &found) != PLC_THRESHOLD_YES)
        return false;
    for (uint32_t i = 0; i < n; i++)
        composer->weights[i] = found.weights[i];
    return make(composer, n, (int64_t)found.threshold - 1, ret_made);
}

bool plc_weighted_compose(plc_composer *composer, const plc_weighted *reader, uint32_t node,
                          const plc_weighted *inner, plc_weighted *ret_made)
{
    uint32_t at = 0;
    while (at < reader->n && reader->inputs[at] != node)
        at++;
    return at < reader->n && (compose_by_sums(composer, reader, at, inner, ret_made) ||
                              compose_by_table(composer, reader, at, inner, ret_made));
}
