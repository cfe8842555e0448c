/* Stimuli of netlists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/vectors.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "ftl/words.h"

static plc_status read_line(const plc_words *words, uint32_t n_inputs, uint8_t *bits,
                            plc_error *error)
{
    size_t n = 0;
    for (size_t i = 0; i < words->n; i++)
        for (uint32_t k = 0; k < words->data[i].length; k++, n++) {
            char c = words->data[i].at[k];
            if ((c != '0' && c != '1') || n >= n_inputs)
                return plc_words_fail(words, error, "expected %u times 0 or 1, got \"%.*s\"",
                                      n_inputs, PLC_WORD_SHOWN(words->data[i]));
            bits[n] = c == '1';
        }
    if (n < n_inputs)
        return plc_words_fail(words, error, "expected %u times 0 or 1, got %zu", n_inputs, n);
    return PLC_OK;
}

plc_status plc_vectors_parse(const char *name, const char *text, size_t length, uint32_t n_inputs,
                             plc_vectors *ret_vectors, plc_error *error)
{
    plc_words words = plc_words_text(name, text, length);
    plc_vectors v = {.n_inputs = n_inputs};
    size_t capacity = 0;
    plc_status status = PLC_OK;
    while (status == PLC_OK) {
        status = plc_words_next(&words, "", error);
        if (status != PLC_OK || !words.n)
            break;
        if (!plc_array_reserve(&v.bits, &capacity, (v.n + 1) * n_inputs + 1, 1))
            status = plc_fail_memory(error, name);
        else
            status = read_line(&words, n_inputs, v.bits + v.n++ * n_inputs, error);
    }
    if (status == PLC_OK && !v.n)
        status = plc_fail(error, PLC_INVALID, "%s:1: expected a line of 0 and 1, got none", name);
    plc_words_finish(&words);
    if (status == PLC_OK)
        *ret_vectors = v;
    else
        plc_vectors_finish(&v);
    return status;
}

plc_status plc_vectors_read(const char *path, uint32_t n_inputs, plc_vectors *ret_vectors,
                            plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_vectors_parse(path, bytes.data, bytes.size, n_inputs, ret_vectors, error);
    plc_bytes_finish(&bytes);
    return status;
}

plc_status plc_vectors_draw(uint32_t n_inputs, uint64_t n, uint64_t seed, plc_vectors *ret_vectors,
                            plc_error *error)
{
    plc_vectors v = {.n_inputs = n_inputs, .n = n};
    v.bits = plc_array(n * n_inputs + 1, 1);
    if (!v.bits)
        return plc_fail_memory(error, "vectors");
    for (uint64_t i = 0; i < n * n_inputs; i++)
        v.bits[i] = (uint8_t)(plc_mix(plc_mix(seed) + i) >> 63);
    *ret_vectors = v;
    return PLC_OK;
}

void plc_vectors_finish(plc_vectors *vectors)
{
    free(vectors->bits);
    *vectors = (plc_vectors){0};
}

plc_status plc_vectors_answer(const plc_vectors *vectors, const plc_aig *aig, uint32_t first,
                              uint64_t *ret_outputs, plc_error *error)
{
    uint64_t *values = plc_array(aig->n, sizeof *values);
    uint64_t *state = plc_array(aig->n_latches, sizeof *state);
    plc_status status = values && state ? PLC_OK : plc_fail_memory(error, aig->name);
    for (uint32_t i = 0; status == PLC_OK && i < aig->n_latches; i++)
        state[i] = aig->initial[i] == 1 ? UINT64_MAX : 0;
    for (uint64_t k = 0; status == PLC_OK && k < vectors->n; k++) {
        for (uint32_t i = 0; i < aig->n_inputs; i++) {
            values[i + 1] = 0;
            for (uint32_t s = 0; s < 64; s++)
                values[i + 1] |= (uint64_t)plc_vectors_get(vectors, i, first + s, k) << s;
        }
        memcpy(values + 1 + aig->n_inputs, state, aig->n_latches * sizeof *state);
        plc_aig_simulate(aig, values);
        for (uint32_t o = 0; o < aig->n_outputs; o++)
            ret_outputs[k * aig->n_outputs + o] = plc_aig_value(values, aig->sinks[o]);
        for (uint32_t i = 0; i < aig->n_latches; i++)
            state[i] = plc_aig_value(values, aig->sinks[aig->n_outputs + i]);
    }
    free(values);
    free(state);
    return status;
}
