/* Sinks that count. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/count.h"

#include "base/memory.h"
#include "base/random.h"
#include "ftl/bdd.h"

/* What is needed for one netlist. */
typedef struct search {
    const plc_aig *aig;
    uint64_t *values; /* [n] of nodes, 64 patterns */
    uint32_t *places; /* [n_sources] */
    uint32_t *orders; /* [n][64] sources in 64 random orders */
    uint64_t draw;
} search;

static void search_finish(search *s)
{
    free(s->values);
    free(s->places);
    free(s->orders);
}

void plc_counts_finish(const plc_aig *aig, plc_count *counts)
{
    for (uint32_t i = 0; counts && i < plc_aig_n_sinks(aig); i++)
        free(counts[i].sources);
    free(counts);
}

/* 64 orders of a count's sources. */
static void shuffle(search *s, const plc_count *count)
{
    const plc_random_key key = plc_random_stream(s->draw++, 0, 0);
    for (uint32_t lane = 0; lane < 64; lane++)
        for (uint32_t i = 0; i < count->n; i++) {
            const uint32_t j = plc_random_below(plc_random_draw(key, i, lane).word[0], i + 1);
            s->orders[(size_t)i * 64 + lane] = s->orders[(size_t)j * 64 + lane];
            s->orders[(size_t)j * 64 + lane] = count->sources[i];
        }
}

/* Whether the sink turns after the same number of sources in each order; that number. */
static bool turns_once(search *s, const plc_count *count, uint32_t literal, uint32_t *ret_threshold)
{
    memset(s->values, 0, s->aig->n * sizeof *s->values);
    shuffle(s, count);
    uint64_t before = 0;
    uint32_t turns = 0;
    for (uint32_t n = 0; n <= count->n; n++) {
        for (uint32_t lane = 0; n && lane < 64; lane++)
            s->values[s->orders[(size_t)(n - 1) * 64 + lane]] |= UINT64_C(1) << lane;
        plc_aig_simulate(s->aig, s->values);
        const uint64_t now = plc_aig_value(s->values, literal);
        if (now != 0 && now != UINT64_MAX)
            return false;
        if (n && now != before) {
            turns++;
            *ret_threshold = n;
        }
        before = now;
    }
    return turns == 1;
}

/* The function of a count of variables 0..n - 1. */
static uint32_t bdd_of_count(plc_bdd *bdd, const plc_count *count, bool *ret_failed)
{
    uint32_t *row = plc_array(count->threshold + 1ul, sizeof *row); /* by how many are wanted */
    uint32_t result = 0;
    *ret_failed = !row;
    if (row) {
        row[0] = 1;
        for (uint32_t variable = count->n; variable-- > 0;)
            for (uint32_t wanted = count->threshold; wanted > 0; wanted--)
                row[wanted] = plc_bdd_make(bdd, variable, row[wanted - 1], row[wanted]);
        result = row[count->threshold] ^ count->inverted;
    }
    free(row);
    return result;
}

static bool prove(const search *s, const plc_count *count, uint32_t literal, bool *ret_failed)
{
    plc_bdd bdd;
    if (!plc_bdd_init(&bdd, PLC_COUNT_NODES_MAX)) {
        *ret_failed = true;
        return false;
    }
    const uint32_t is = plc_bdd_of_literal(&bdd, s->aig, s->places, literal);
    const uint32_t wanted = bdd_of_count(&bdd, count, ret_failed);
    const bool holds = is == wanted && !bdd.is_full;
    *ret_failed = *ret_failed || bdd.failed;
    plc_bdd_finish(&bdd);
    return holds && !*ret_failed;
}

/* Whether a sink counts; false also when memory is short. */
static bool look_at(search *s, uint32_t literal, uint32_t least, uint32_t most, plc_count *count,
                    bool *ret_failed)
{
    const uint32_t n = plc_bdd_order(s->aig, literal >> 1, s->places);
    if (n == UINT32_MAX) {
        *ret_failed = true;
        return false;
    }
    if (n <= least || n > most)
        return false;
    if (!(count->sources = plc_array(n, sizeof *count->sources))) {
        *ret_failed = true;
        return false;
    }
    for (uint32_t i = 0; i < plc_aig_n_sources(s->aig); i++)
        if (s->places[i] != UINT32_MAX)
            count->sources[count->n++] = i + 1;
    if (!turns_once(s, count, literal, &count->threshold))
        return false;
    memset(s->values, 0, s->aig->n * sizeof *s->values);
    plc_aig_simulate(s->aig, s->values);
    count->inverted = plc_aig_value(s->values, literal) & 1;
    return prove(s, count, literal, ret_failed);
}

/* Whether a sink has another value when all sources are 1 than when none is. */
static bool *find_turning(const search *s)
{
    bool *turns = plc_array(plc_aig_n_sinks(s->aig) + 1ul, sizeof *turns);
    for (uint32_t i = 1; i <= plc_aig_n_sources(s->aig); i++)
        s->values[i] = 1; /* all of pattern 0 */
    plc_aig_simulate(s->aig, s->values);
    for (uint32_t i = 0; turns && i < plc_aig_n_sinks(s->aig); i++) {
        const uint64_t value = plc_aig_value(s->values, s->aig->sinks[i]);
        turns[i] = (value ^ value >> 1) & 1;
    }
    return turns;
}

bool plc_counts_find(const plc_aig *aig, uint32_t least, uint32_t most, plc_count *ret_counts)
{
    search s = {.aig = aig};
    const uint32_t n_sources = plc_aig_n_sources(aig);
    bool failed = false;
    s.values = plc_array(aig->n, sizeof *s.values);
    s.places = plc_array(n_sources, sizeof *s.places);
    s.orders = plc_array((size_t)n_sources * 64, sizeof *s.orders);
    bool *turns = s.values && s.places && s.orders ? find_turning(&s) : NULL;
    failed = !turns;
    for (uint32_t i = 0; !failed && i < plc_aig_n_sinks(aig); i++)
        if (!turns[i] || !look_at(&s, aig->sinks[i], least, most, &ret_counts[i], &failed)) {
            free(ret_counts[i].sources);
            ret_counts[i] = (plc_count){0};
        }
    free(turns);
    search_finish(&s);
    return !failed;
}
