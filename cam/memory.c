/* The golden model of a CAM: a map from cue to content. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include "base/error.h"
#include "base/memory.h"

bool plc_cam_set_add(plc_cam_set *set, uint32_t value)
{
    if (!plc_array_reserve(&set->data, &set->capacity, set->n + 1, sizeof *set->data))
        return false;
    set->data[set->n++] = value;
    return true;
}

static uint32_t words_of(uint32_t n_bits)
{
    return (n_bits + 63) / 64;
}

plc_status plc_cam_memory_init(plc_cam_memory *memory, uint32_t n_cues, uint32_t n_bits,
                               plc_error *error)
{
    *memory = (plc_cam_memory){.n_cues = n_cues, .n_bits = n_bits};
    memory->words = plc_array((size_t)n_cues * words_of(n_bits), sizeof *memory->words);
    return memory->words ? PLC_OK : plc_fail_memory(error, "golden model");
}

void plc_cam_memory_finish(plc_cam_memory *memory)
{
    free(memory->words);
    free(memory->cues.data);
    free(memory->bits.data);
    free(memory->lost.data);
    *memory = (plc_cam_memory){0};
}

static bool has_bit(const uint64_t *word, uint32_t bit)
{
    return word[bit / 64] >> (bit % 64) & 1;
}

/* Adds the bits of one word that the other, which may be NULL, has not. */
static bool list_bits(const plc_cam_memory *memory, const uint64_t *word, const uint64_t *without,
                      plc_cam_set *set)
{
    for (uint32_t bit = 0; bit < memory->n_bits; bit++)
        if (has_bit(word, bit) && !(without && has_bit(without, bit)) && !plc_cam_set_add(set, bit))
            return false;
    return true;
}

static bool learn(plc_cam_memory *memory, const uint64_t *content, uint32_t cue)
{
    uint32_t n_words = words_of(memory->n_bits);
    uint64_t *word = memory->words + (size_t)cue * n_words;
    if (!list_bits(memory, word, content, &memory->lost))
        return false;
    memcpy(word, content, n_words * sizeof *word);
    return plc_cam_set_add(&memory->cues, cue) && list_bits(memory, word, NULL, &memory->bits);
}

static bool recall_cue(plc_cam_memory *memory, uint32_t cue)
{
    const uint64_t *word = memory->words + (size_t)cue * words_of(memory->n_bits);
    return plc_cam_set_add(&memory->cues, cue) && list_bits(memory, word, NULL, &memory->bits);
}

static bool recall_content(plc_cam_memory *memory, const uint64_t *content)
{
    uint32_t n_words = words_of(memory->n_bits);
    for (uint32_t cue = 0; cue < memory->n_cues; cue++) {
        const uint64_t *word = memory->words + (size_t)cue * n_words;
        uint64_t common = 0;
        for (uint32_t i = 0; i < n_words; i++)
            common |= word[i] & content[i];
        if (common && !plc_cam_set_add(&memory->cues, cue))
            return false;
    }
    return list_bits(memory, content, NULL, &memory->bits);
}

plc_status plc_cam_memory_do(plc_cam_memory *memory, const plc_cam_script *script,
                             const plc_cam_operation *operation, plc_error *error)
{
    uint64_t content[PLC_CAM_MAX_BITS / 64] = {0};
    bool ok = false;
    for (uint32_t i = 0; i < operation->n_bits; i++) {
        uint32_t bit = script->content[operation->bits_begin + i];
        content[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    memory->cues.n = memory->bits.n = memory->lost.n = 0;
    switch (operation->kind) {
    case PLC_CAM_LEARN:
        ok = learn(memory, content, operation->cue);
        break;
    case PLC_CAM_RECALL_CUE:
        ok = recall_cue(memory, operation->cue);
        break;
    case PLC_CAM_RECALL_CONTENT:
        ok = recall_content(memory, content);
        break;
    }
    return ok ? PLC_OK : plc_fail_memory(error, "golden model");
}

static bool same(const plc_cam_set *a, const plc_cam_set *b)
{
    return a->n == b->n && (!a->n || !memcmp(a->data, b->data, a->n * sizeof *a->data));
}

bool plc_cam_is_right(const plc_cam_memory *memory, const plc_cam_operation *operation,
                      const plc_cam_answer *answer)
{
    const plc_cam_set *cues = answer->cues, *bits = answer->bits;
    switch (operation->kind) {
    case PLC_CAM_LEARN:
        return same(&cues[0], &memory->cues) && same(&cues[2], &memory->cues) &&
               same(&bits[0], &memory->bits) && same(&bits[2], &memory->bits);
    case PLC_CAM_RECALL_CUE:
        return same(&cues[0], &memory->cues) && same(&bits[1], &memory->bits);
    default:
        return same(&bits[0], &memory->bits) && same(&cues[1], &memory->cues);
    }
}

uint32_t plc_cam_latency(plc_cam_kind kind)
{
    return kind == PLC_CAM_LEARN ? PLC_CAM_FIRST + 2 : PLC_CAM_FIRST + 1;
}
