/* Drawing stimuli: random words for all cycles of a batch at once, which vectorises; then the
 * cycles one after another, as each needs the state that the last one left. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/stimuli.h"

#include "base/vectorise.h"

#include <assert.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* Cycles that parameters stand for; the index of the draw that is no field's. */
enum { PARAMS_HOLD = 32, CHOICE = PLC_CONTRACT_FIELDS };

static uint32_t count_words(const plc_contract *contract, plc_field_role role)
{
    uint32_t n = 0;
    for (const plc_contract_field *field = contract->inputs; field->port; field++)
        n += field->role == role ? plc_contract_slot(field) : 0;
    return n;
}

void plc_stimuli_init(plc_stimuli *stimuli, const plc_contract *contract, uint64_t seed)
{
    *stimuli = (plc_stimuli){.contract = contract,
                             .seed = seed,
                             .n_fields = (uint32_t)plc_contract_count(contract->inputs),
                             .n_params = count_words(contract, PLC_FIELD_PARAM),
                             .n_states = count_words(contract, PLC_FIELD_STATE)};
}

/* ---- numbers ---- */

static uint32_t place_of(const plc_contract_field *field, uint32_t choice)
{
    bool is_power = (field->bits & (field->bits - 1)) == 0;
    return is_power ? choice & (field->bits - 1) : choice % field->bits;
}

/* A power of two, its neighbours, and all their negatives; 0 and 1 among them. */
static uint64_t corner(const plc_contract_field *field, uint32_t choice)
{
    uint64_t power = UINT64_C(1) << place_of(field, choice);
    uint64_t near = power + (choice >> 8) % 3 - 1;
    uint64_t sign = -(uint64_t)(choice >> 16 & 1);
    return (near ^ sign) - sign;
}

/* Uniform in magnitude. */
static uint64_t scaled(const plc_contract_field *field, uint64_t random, uint32_t choice)
{
    uint64_t size = random >> (64 - field->bits) >> place_of(field, choice);
    uint64_t sign = -(uint64_t)(choice >> 16 & field->is_signed);
    return (size ^ sign) - sign;
}

static uint64_t between(const plc_contract_field *field, uint64_t random)
{
    uint64_t n = (uint64_t)field->high - (uint64_t)field->low + 1;
    return (uint64_t)field->low + (uint64_t)(((wide)random * n) >> 64);
}

/* A value for a field from two random words. */
static uint64_t value_for(const plc_contract_field *field, uint32_t word0, uint32_t word1)
{
    uint64_t random = (uint64_t)word0 << 32 | word1 * UINT32_C(0x9e3779b1);
    uint32_t choice = word1 >> 3, kind = word1 & 7;
    if (field->is_end)
        return (uint64_t)(choice & 1 ? field->low : field->high);
    if (field->is_bounded || kind >= 4)
        return between(field, random);
    return kind == 0 ? corner(field, choice) : kind == 1 ? random : scaled(field, random, choice);
}

static void put(const plc_contract_field *field, uint64_t value, uint32_t *words)
{
    value &= UINT64_MAX >> (64 - field->bits);
    words[0] = (uint32_t)value;
    if (field->bits > 32)
        words[1] = (uint32_t)(value >> 32);
}

/* Whether values_for_narrow() has the field. */
static bool is_narrow(const plc_contract_field *field)
{
    bool is_power = (field->bits & (field->bits - 1)) == 0;
    return field->bits <= 32 && (field->is_bounded || is_power);
}

/* value_for() of a field of one word, for n pairs of words. Vectorised. */
PLC_VECTORISE
static void values_for_narrow(const plc_contract_field *field, const uint32_t *restrict word0,
                              const uint32_t *restrict word1, size_t n, uint32_t *restrict ret)
{
    const uint32_t bits = field->bits, mask = UINT32_MAX >> (32 - bits);
    const uint32_t is_signed = field->is_signed, low = (uint32_t)field->low;
    const uint64_t span = (uint64_t)field->high - (uint64_t)field->low + 1;
    if (field->is_end) {
        const uint32_t ends[] = {(uint32_t)field->high & mask, low & mask};
        for (size_t i = 0; i < n; i++)
            ret[i] = ends[word1[i] >> 3 & 1];
        return;
    }
    const uint32_t kinds = field->is_bounded ? 0 : 7, usual = field->is_bounded ? 4 : 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t random = word1[i] * UINT32_C(0x9e3779b1); /* the low word */
        uint32_t choice = word1[i] >> 3, kind = (word1[i] & kinds) | usual;
        uint32_t place = choice & (bits - 1), minus = -(choice >> 16 & 1);
        uint32_t near = (UINT32_C(1) << place) + (choice >> 8) % 3 - 1;
        uint32_t size = word0[i] >> (32 - bits) >> place, sign = minus & -is_signed;
        uint32_t within = low + (uint32_t)((word0[i] * span + (random * span >> 32)) >> 32);
        uint32_t value = within;
        value = kind < 4 ? (size ^ sign) - sign : value;
        value = kind == 1 ? random : value;
        value = kind == 0 ? (near ^ minus) - minus : value;
        ret[i] = value & mask;
    }
}

/* ---- batches ---- */

/* Random words of a batch: of the draw that is no field's, and of a field at hand. */
typedef struct words {
    uint32_t choice[2][PLC_STIMULI_BATCH], draw[2][PLC_STIMULI_BATCH], values[PLC_STIMULI_BATCH];
    uint8_t jumps[PLC_STIMULI_BATCH]; /* the cycles whose state is drawn */
    uint32_t n_jumps;
} words;

static bool is_fresh(uint64_t cycle)
{
    return cycle % PARAMS_HOLD == 0;
}

static bool is_jump(uint64_t cycle, uint32_t choice)
{
    return is_fresh(cycle) || (choice & 3) == 0;
}

static void find_jumps(words *w, uint64_t cycle, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        w->jumps[w->n_jumps] = (uint8_t)i;
        w->n_jumps += is_jump(cycle + i, w->choice[0][i]);
    }
}

/* The parameters of a cycle. */
static void draw_params(const plc_stimuli *stimuli, plc_random_key key, uint32_t time, uint32_t *in)
{
    uint32_t word0[PLC_CONTRACT_FIELDS], word1[PLC_CONTRACT_FIELDS];
    const plc_contract_field *field = stimuli->contract->inputs;
    plc_random_pairs_over_index(key, 0, time, stimuli->n_fields, word0, word1);
    for (uint32_t i = 0; field->role == PLC_FIELD_PARAM && field->port; i++, field++) {
        put(field, value_for(field, word0[i], word1[i]), in);
        in += plc_contract_slot(field);
    }
}

/* A field of a state or an input, in the cycles that draw it. */
static void draw_field(const plc_contract_field *field, words *w, uint32_t at, uint32_t n,
                       uint32_t (*in)[PLC_CONTRACT_WORDS])
{
    bool is_state = field->role == PLC_FIELD_STATE;
    bool narrow = is_narrow(field);
    if (narrow)
        values_for_narrow(field, w->draw[0], w->draw[1], n, w->values);
    for (uint32_t k = 0; k < (is_state ? w->n_jumps : n); k++) {
        uint32_t i = is_state ? w->jumps[k] : k;
        if (narrow)
            in[i][at] = w->values[i];
        else
            put(field, value_for(field, w->draw[0][i], w->draw[1][i]), in[i] + at);
    }
}

/* All that does not depend on the cycle before. */
static void draw_all(const plc_stimuli *stimuli, uint64_t cycle, uint32_t n, words *w,
                     uint32_t (*in)[PLC_CONTRACT_WORDS])
{
    const plc_random_key key =
        plc_random_stream(stimuli->seed, PLC_STREAM_STIMULI, (uint32_t)(cycle >> 32));
    const plc_contract_field *field = stimuli->contract->inputs;
    plc_random_over_time(key, CHOICE, (uint32_t)cycle, n, w->choice[0], w->choice[1]);
    find_jumps(w, cycle, n);
    for (uint32_t i = 0; i < n; i++)
        if (is_fresh(cycle + i))
            draw_params(stimuli, key, (uint32_t)cycle + i, in[i]);
    for (uint32_t i = 0, at = 0; field->port; at += plc_contract_slot(field), i++, field++) {
        if (field->role == PLC_FIELD_PARAM)
            continue;
        plc_random_over_time(key, i, (uint32_t)cycle, n, w->draw[0], w->draw[1]);
        draw_field(field, w, at, n, in);
    }
}

/* A few words. */
static void copy(uint32_t *restrict to, const uint32_t *restrict from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = from[i];
}

void plc_stimuli_run(const plc_stimuli *stimuli, uint64_t cycle, uint32_t n,
                     uint32_t (*in)[PLC_CONTRACT_WORDS], uint32_t (*out)[PLC_CONTRACT_WORDS])
{
    const plc_contract *contract = stimuli->contract;
    const uint32_t n_params = stimuli->n_params;
    assert(n <= plc_stimuli_room(cycle));
    words w;
    w.n_jumps = 0;
    draw_all(stimuli, cycle, n, &w, in + 1);
    for (uint32_t i = 0; i < n; i++, in++, out++) {
        if (!is_fresh(cycle + i))
            copy(in[1], in[0], n_params);
        if (!is_jump(cycle + i, w.choice[0][i]))
            copy(in[1] + n_params, out[0], stimuli->n_states);
        if (contract->sharpen && (w.choice[0][i] >> 2 & 3) == 0)
            contract->sharpen(in[1], w.choice[1][i]);
        contract->step(in[1], out[1]);
    }
}
