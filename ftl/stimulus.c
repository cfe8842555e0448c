/* Patterns that tell nodes of a graph apart. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/memory.h"
#include "ftl/sweep.h"

uint64_t plc_stimuli_word(uint64_t seed, uint64_t word, uint32_t source)
{
    uint64_t x = plc_mix(seed + plc_mix(word * UINT64_C(0x9e3779b97f4a7c15) + source));
    uint64_t more = plc_mix(x + UINT64_C(0x632be59bd9b4e019));
    return word % 4 == 2 ? x & more : word % 4 == 3 ? x | more : x;
}

/* The search for an assignment in which a node has a value. */
typedef struct plc_justifier {
    const plc_aig *aig;
    uint8_t *value;            /* [n] 0, 1 or FREE */
    uint32_t *touched, *zeros; /* [n] nodes with a value; ANDs that some fanin has to make 0 */
    uint32_t n_touched, n_zeros, n_done;
    uint64_t state;
    size_t capacity[3]; /* of the arrays, where the graph grows */
} plc_justifier;

typedef plc_justifier justification;

enum { FREE = 2 };

/* Gives a literal a value, and all ANDs that have to be 1 for that; false on a conflict. */
static bool require(justification *j, uint32_t literal, bool value)
{
    uint32_t first = j->n_touched, node = literal >> 1;
    uint8_t wanted = value ^ (literal & 1);
    if (j->value[node] != FREE)
        return j->value[node] == wanted;
    if (node == 0)
        return wanted == 0;
    j->value[node] = wanted;
    j->touched[j->n_touched++] = node;
    for (uint32_t i = first; i < j->n_touched; i++) {
        uint32_t at = j->touched[i];
        if (!plc_aig_is_and(j->aig, at))
            continue;
        if (j->value[at] == 0) {
            j->zeros[j->n_zeros++] = at;
            continue;
        }
        for (int k = 0; k < 2; k++) {
            uint32_t fanin = j->aig->fanins[at][k] >> 1;
            uint8_t must = !(j->aig->fanins[at][k] & 1);
            if (fanin == 0 ? must : j->value[fanin] != FREE && j->value[fanin] != must)
                return false;
            if (fanin && j->value[fanin] == FREE) {
                j->value[fanin] = must;
                j->touched[j->n_touched++] = fanin;
            }
        }
    }
    return true;
}

/* Makes each AND that has to be 0 so by one of its fanins. */
static bool make_zeros(justification *j)
{
    while (j->n_zeros) {
        const uint32_t *fanins = j->aig->fanins[j->zeros[--j->n_zeros]];
        uint8_t now[2];
        for (int k = 0; k < 2; k++) {
            uint8_t value = fanins[k] >> 1 ? j->value[fanins[k] >> 1] : 0;
            now[k] = value == FREE ? FREE : value ^ (fanins[k] & 1);
        }
        if (now[0] == 0 || now[1] == 0)
            continue;
        uint32_t k = now[0] == 1 ? 1 : now[1] == 1 ? 0 : plc_mix(++j->state) & 1;
        if (now[k] == 1 || !require(j, fanins[k], false))
            return false;
    }
    return true;
}

static bool justify(justification *j, uint32_t node, bool value)
{
    while (j->n_touched)
        j->value[j->touched[--j->n_touched]] = FREE;
    j->n_zeros = 0;
    return require(j, 2 * node, value) && make_zeros(j);
}

plc_justifier *plc_justifier_create(const plc_aig *aig, uint64_t seed)
{
    plc_justifier *j = plc_array(1, sizeof *j);
    if (j) {
        j->aig = aig;
        j->state = seed;
    }
    return j;
}

void plc_justifier_destroy(plc_justifier *justifier)
{
    if (!justifier)
        return;
    free(justifier->value);
    free(justifier->touched);
    free(justifier->zeros);
    free(justifier);
}

static bool make_room(justification *j)
{
    size_t before = j->capacity[0], n = j->aig->n;
    if (!plc_array_reserve(&j->value, &j->capacity[0], n, 1) ||
        !plc_array_reserve(&j->touched, &j->capacity[1], n, sizeof *j->touched) ||
        !plc_array_reserve(&j->zeros, &j->capacity[2], n, sizeof *j->zeros))
        return false;
    if (j->capacity[0] > before)
        memset(j->value + before, FREE, j->capacity[0] - before);
    return true;
}

bool plc_justifier_separate(plc_justifier *justifier, uint32_t a, uint32_t b, uint8_t *ret_values)
{
    enum { TRIES = 6 };
    justification *j = justifier;
    if (!make_room(j))
        return false;
    for (uint32_t t = 0; t < TRIES; t++) {
        while (j->n_touched)
            j->value[j->touched[--j->n_touched]] = FREE;
        j->n_zeros = 0;
        if (!require(j, a, t % 2) || !require(j, b, !(t % 2)) || !make_zeros(j))
            continue;
        for (uint32_t i = 0; i < plc_aig_n_sources(j->aig); i++) {
            uint8_t value = j->value[i + 1];
            ret_values[i] = value == FREE ? plc_mix(++j->state) & 1 : value;
        }
        return true;
    }
    return false;
}

/* Which values a node has had, one bit each. */
static void look(const plc_aig *aig, const uint64_t *pattern, uint64_t *values, uint8_t *seen)
{
    memcpy(values + 1, pattern, plc_aig_n_sources(aig) * sizeof *values);
    plc_aig_simulate(aig, values);
    for (uint32_t i = 0; i < aig->n; i++)
        seen[i] = (uint8_t)(seen[i] | (values[i] != UINT64_MAX) | (values[i] != 0) << 1);
}

/* Fills a word with patterns for the next nodes that had one value only. */
static void fill(justification *j, uint64_t *pattern, const uint8_t *seen)
{
    uint32_t n_sources = plc_aig_n_sources(j->aig);
    for (uint32_t bit = 0; bit < 64 && j->n_done < j->aig->n; j->n_done++) {
        uint32_t node = j->n_done;
        if (seen[node] == 3 || !plc_aig_is_and(j->aig, node) || !justify(j, node, seen[node] == 1))
            continue;
        for (uint32_t i = 0; i < j->n_touched; i++)
            if (j->touched[i] <= n_sources) {
                uint64_t mask = UINT64_C(1) << bit, *word = &pattern[j->touched[i] - 1];
                *word = j->value[j->touched[i]] ? *word | mask : *word & ~mask;
            }
        bit++;
    }
}

bool plc_stimuli_make(const plc_aig *aig, uint64_t seed, uint32_t n_words, uint64_t *patterns)
{
    uint32_t n_sources = plc_aig_n_sources(aig);
    justification j = {.aig = aig, .state = seed};
    j.value = plc_array(aig->n, 1);
    j.touched = plc_array(aig->n, sizeof *j.touched);
    j.zeros = plc_array(aig->n, sizeof *j.zeros);
    uint64_t *values = plc_array(aig->n, sizeof *values);
    uint8_t *seen = plc_array(aig->n, 1);
    bool done = j.value && j.touched && j.zeros && values && seen;
    if (done)
        memset(j.value, FREE, aig->n);
    for (uint32_t w = 0; done && w < n_words; w++) {
        uint64_t *pattern = patterns + (size_t)w * n_sources;
        for (uint32_t i = 0; i < n_sources; i++)
            pattern[i] = plc_stimuli_word(seed, w, i);
        if (w >= n_words / 2)
            fill(&j, pattern, seen);
        look(aig, pattern, values, seen);
    }
    free(j.value);
    free(j.touched);
    free(j.zeros);
    free(values);
    free(seen);
    return done;
}
