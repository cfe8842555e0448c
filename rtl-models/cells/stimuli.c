/* Drawing stimuli. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/stimuli.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* Cycles that parameters stand for; the index of the draw that is no field's. */
enum { PARAMS_HOLD = 32, CHOICE = PLC_CONTRACT_FIELDS };

void plc_stimuli_init(plc_stimuli *stimuli, const plc_contract *contract, uint64_t seed)
{
    *stimuli = (plc_stimuli){
        .contract = contract, .seed = seed, .key = plc_random_stream(seed, PLC_STREAM_STIMULI, 0)};
}

/* A power of two, its neighbours, and all their negatives; 0 and 1 among them. */
static uint64_t corner(const plc_contract_field *field, uint32_t choice)
{
    uint64_t power = UINT64_C(1) << choice % field->bits;
    uint64_t near = power + (choice >> 8) % 3 - 1;
    return choice & 0x10000 ? ~near + 1 : near;
}

static uint64_t between(const plc_contract_field *field, uint64_t random)
{
    uint64_t n = (uint64_t)field->high - (uint64_t)field->low + 1;
    return (uint64_t)field->low + (uint64_t)(((wide)random * n) >> 64);
}

/* A value for a field from two random words. */
static uint64_t value_for(const plc_contract_field *field, plc_random draw)
{
    uint64_t random = (uint64_t)draw.word[0] << 32 | draw.word[1] * UINT32_C(0x9e3779b1);
    uint32_t choice = draw.word[1] >> 3;
    if (field->is_end)
        return (uint64_t)(choice & 1 ? field->low : field->high);
    if (field->is_bounded)
        return between(field, random);
    switch (draw.word[1] & 7) {
    case 0:
        return corner(field, choice);
    case 1:
        return random;
    case 2:
    case 3:
        random = random >> (64 - field->bits) >> choice % field->bits;
        return choice & 0x10000 && field->is_signed ? ~random + 1 : random;
    default:
        return between(field, random);
    }
}

static void put(const plc_contract_field *field, uint64_t value, uint32_t *words)
{
    value &= field->bits == 64 ? UINT64_MAX : (UINT64_C(1) << field->bits) - 1;
    words[0] = (uint32_t)value;
    if (field->bits > 32)
        words[1] = (uint32_t)(value >> 32);
}

void plc_stimuli_draw(plc_stimuli *stimuli, uint64_t cycle, const uint32_t *out, uint32_t *in)
{
    const plc_contract_field *field = stimuli->contract->inputs;
    if (stimuli->epoch != cycle >> 32) {
        stimuli->epoch = (uint32_t)(cycle >> 32);
        stimuli->key = plc_random_stream(stimuli->seed, PLC_STREAM_STIMULI, stimuli->epoch);
    }
    plc_random choice = plc_random_draw(stimuli->key, CHOICE, (uint32_t)cycle);
    bool is_fresh = cycle % PARAMS_HOLD == 0;
    bool is_jump = is_fresh || (choice.word[0] & 3) == 0;
    uint32_t *at = in;
    for (uint32_t i = 0; field->port; i++, field++) {
        uint32_t n = plc_contract_slot(field);
        if (field->role == PLC_FIELD_STATE && !is_jump) {
            memcpy(at, out, n * sizeof *out);
        } else if (field->role != PLC_FIELD_PARAM || is_fresh) {
            plc_random draw = plc_random_draw(stimuli->key, i, (uint32_t)cycle);
            put(field, value_for(field, draw), at);
        }
        out += field->role == PLC_FIELD_STATE ? n : 0;
        at += n;
    }
    if (stimuli->contract->sharpen && (choice.word[0] >> 2 & 3) == 0)
        stimuli->contract->sharpen(in, choice.word[1]);
}
