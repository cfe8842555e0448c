/* Fuzz target: a sound layout, patched at will, is refused or else safe to walk and to unpack; and
 * the seal of its file tells every change. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal.h"
#include "tests/layouts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MODEL_WORDS = 64, PATCH = 7 }; /* room for any model's words; bytes of a patch */

static void expect(bool holds)
{
    if (!holds)
        abort();
}

/* A stretch of 32-bit words that patches may change, of whatever type. */
typedef struct patchable {
    void *words;
    size_t n;
} patchable;

/* Gives arrays the room that any patched model or format may ask for. */
static bool make_room(plc_layout *layout)
{
    uint32_t *words = plc_array(layout->n_words, 8);
    if (!words)
        return false;
    memcpy(words, layout->words, layout->n_words * 4);
    free(layout->words);
    layout->words = words;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        plc_population *p = &layout->populations[i];
        int32_t *params = plc_array(MODEL_WORDS, 4), *state = plc_array(MODEL_WORDS, 4);
        if (!params || !state) {
            free(params);
            free(state);
            return false;
        }
        memcpy(params, p->params, plc_model_n_params(p->model) * 4);
        memcpy(state, p->state, plc_model_n_state(p->model) * 4);
        free(p->params);
        free(p->state);
        p->params = params;
        p->state = state;
    }
    return true;
}

/* What no array's length depends on, but for counts, which may be made smaller (see patch()). The
 * last offsets stay: readers compare them with the lengths of arrays before the check. */
static size_t list_patchables(plc_layout *l, patchable *list)
{
    size_t n = 0;
    plc_population *p = l->populations;
    list[n++] = (patchable){l->slices, l->n_slices * sizeof *l->slices / 4};
    list[n++] = (patchable){l->cores, l->n_cores * sizeof *l->cores / 4};
    list[n++] = (patchable){l->key_entries, l->n_key_entries * sizeof *l->key_entries / 4};
    list[n++] = (patchable){l->row_offsets, l->n_rows * 2};
    list[n++] = (patchable){l->words, l->n_words * 2};
    list[n++] = (patchable){l->route_offsets, 6};
    list[n++] = (patchable){l->route_entries, 7 * sizeof *l->route_entries / 4};
    list[n++] = (patchable){p[TEST_CUE].spike_offsets, 6};
    list[n++] = (patchable){p[TEST_CUE].spike_ticks, 3};
    list[n++] = (patchable){l->chip->cores, 6 * sizeof *l->chip->cores / 4};
    for (uint32_t i = 0; i < l->n_populations; i++) {
        list[n++] = (patchable){p[i].params, MODEL_WORDS};
        list[n++] = (patchable){p[i].state, MODEL_WORDS};
        list[n++] = (patchable){&p[i].schedule, sizeof p[i].schedule / 4};
        list[n++] = (patchable){&p[i].model, 1};
    }
    return n;
}

static void patch_count(plc_layout *l, unsigned which, uint32_t value)
{
    uint32_t *counts[] = {&l->n_slices, &l->n_cores, &l->n_key_entries, &l->n_populations,
                          &l->populations[which % l->n_populations].size};
    uint32_t *count = counts[which % 5];
    if (value && value < *count)
        *count = value;
}

/* Applies the patches that the bytes spell: where, which word, and its new value or a bit of it. */
static void patch(plc_layout *layout, const uint8_t *data, size_t size)
{
    patchable list[64];
    size_t n = list_patchables(layout, list);
    uint8_t *format = &layout->format.target_bits;
    for (; size >= PATCH; data += PATCH, size -= PATCH) {
        uint32_t value;
        memcpy(&value, data + 3, 4);
        size_t at = (size_t)data[1] | (size_t)data[2] << 8;
        if (data[0] < 2 * n) {
            patchable *target = &list[data[0] / 2];
            char *word = (char *)target->words + at % target->n * 4;
            uint32_t old;
            memcpy(&old, word, 4);
            value = data[0] % 2 ? old ^ 1u << value % 32 : value;
            memcpy(word, &value, 4);
        } else if (data[0] == 250) {
            patch_count(layout, data[1], value);
        } else if (data[0] == 251) {
            format[at % 5] = (uint8_t)value;
        } else if (data[0] == 252) {
            layout->chip->alive[at % 6] = value % 2;
        } else if (data[0] == 253) {
            layout->chip->dead_links[at % 6] = value & PLC_LINKS_RECTANGULAR;
        }
    }
}

/* Sums up a core's row for a key, so that every word is read. */
static int64_t read_row(const plc_layout *layout, uint32_t core, uint32_t key)
{
    uint64_t row;
    bool negate;
    int64_t sum = 0;
    if (!plc_layout_find_row(layout, core, key, &row, &negate))
        return 0;
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        expect(synapse.target < layout->cores[core].n_neurons && synapse.delay >= 1);
        sum += negate ? -(int64_t)synapse.weight : synapse.weight;
    }
    return sum;
}

static void walk_all(const plc_layout *layout)
{
    plc_walk walk;
    int64_t sum = 0;
    if (plc_walk_init(&walk, layout, NULL) != PLC_OK)
        return;
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        for (uint32_t i = 0; i < slice->end - slice->begin; i++)
            for (uint32_t polarity = 0; polarity < 2; polarity++) {
                uint32_t key = (slice->key + i) | (polarity ? slice->polarity_mask : 0);
                expect((key & slice->key_mask) == slice->key);
                expect(plc_walk_packet(&walk, layout, layout->cores[slice->core].router, key,
                                       NULL) == PLC_OK);
                for (uint32_t c = 0; c < walk.n_cores; c++)
                    sum += read_row(layout, walk.cores[c], key);
            }
    }
    expect(sum != INT64_MIN); /* no optimiser knows that; it has to read the rows */
    plc_walk_finish(&walk);
}

static void try_seal(const uint8_t *data, size_t size)
{
    char *sealed = plc_array(PLC_SEAL_SIZE + size, 1);
    if (!sealed)
        return;
    plc_seal_check("LAYOUT", "fuzz", (const char *)data, size, NULL);
    memcpy(sealed + PLC_SEAL_SIZE, data, size);
    plc_seal_write("LAYOUT", sealed, PLC_SEAL_SIZE + size);
    expect(plc_seal_check("LAYOUT", "fuzz", sealed, PLC_SEAL_SIZE + size, NULL) == PLC_OK);
    for (size_t i = 0; i + 2 < size; i += 3) {
        size_t at = ((size_t)data[i] | (size_t)data[i + 1] << 8) % (PLC_SEAL_SIZE + size);
        char flip = (char)(data[i + 2] ? data[i + 2] : 1);
        sealed[at] = (char)(sealed[at] ^ flip);
        expect(plc_seal_check("LAYOUT", "fuzz", sealed, PLC_SEAL_SIZE + size, NULL) != PLC_OK);
        sealed[at] = (char)(sealed[at] ^ flip);
    }
    free(sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 512)
        return 0;
    try_seal(data, size);
    plc_layout *layout = test_layout();
    if (!layout)
        return 0;
    plc_population *populations = layout->populations;
    if (make_room(layout)) {
        patch(layout, data, size);
        if (plc_layout_check(layout, NULL) == PLC_OK) {
            walk_all(layout);
            plc_layout_digest(layout);
        }
    }
    for (uint32_t i = layout->n_populations; i < TEST_N_POPULATIONS; i++)
        plc_population_finish(&populations[i]); /* those that a patch took away */
    plc_layout_destroy(layout);
    return 0;
}
