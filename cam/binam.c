/* BiNAM: what is stored and recalled, and its network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

static size_t words_of(const plc_binam *binam)
{
    return (binam->n_bits + 63ul) / 64;
}

plc_status plc_binam_init(plc_binam *binam, uint32_t n_cues, uint32_t n_bits, plc_error *error)
{
    *binam = (plc_binam){.n_cues = n_cues, .n_bits = n_bits};
    if (n_cues < 1 || n_cues > PLC_BINAM_MAX_SIDE)
        return plc_fail(error, PLC_INVALID, "cues: expected 1..%d, got %u", PLC_BINAM_MAX_SIDE,
                        n_cues);
    if (n_bits < 1 || n_bits > PLC_BINAM_MAX_SIDE)
        return plc_fail(error, PLC_INVALID, "bits: expected 1..%d, got %u", PLC_BINAM_MAX_SIDE,
                        n_bits);
    binam->matrix = plc_array(n_cues * words_of(binam), sizeof *binam->matrix);
    return binam->matrix ? PLC_OK : plc_fail_memory(error, "the matrix");
}

void plc_binam_finish(plc_binam *binam)
{
    free(binam->ones);
    free(binam->pairs);
    free(binam->recalls);
    free(binam->matrix);
    *binam = (plc_binam){0};
}

static int compare_ones(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Copies a pattern, sorted, and checks it. */
static plc_status add_pattern(plc_binam *binam, const char *what, uint32_t size,
                              const uint32_t *ones, uint32_t n, plc_binam_pattern *ret_pattern,
                              plc_error *error)
{
    if (n < 1)
        return plc_fail(error, PLC_INVALID, "%s: expected a bit at least", what);
    if (!plc_array_reserve(&binam->ones, &binam->ones_capacity, binam->n_ones + n, sizeof *ones))
        return plc_fail_memory(error, "patterns");
    uint32_t *copy = binam->ones + binam->n_ones;
    memcpy(copy, ones, n * sizeof *ones);
    qsort(copy, n, sizeof *copy, compare_ones);
    for (uint32_t i = 0; i < n; i++) {
        if (copy[i] >= size)
            return plc_fail(error, PLC_INVALID, "%s: expected bits 0..%u, got %u", what, size - 1,
                            copy[i]);
        if (i && copy[i] == copy[i - 1])
            return plc_fail(error, PLC_INVALID, "%s: bit %u stands twice", what, copy[i]);
    }
    *ret_pattern = (plc_binam_pattern){binam->n_ones, n};
    binam->n_ones += n;
    return PLC_OK;
}

plc_status plc_binam_store(plc_binam *binam, const uint32_t *cue, uint32_t n_cue,
                           const uint32_t *content, uint32_t n_content, plc_error *error)
{
    plc_binam_pair pair;
    plc_status status = add_pattern(binam, "cue", binam->n_cues, cue, n_cue, &pair.cue, error);
    if (status == PLC_OK)
        status =
            add_pattern(binam, "content", binam->n_bits, content, n_content, &pair.content, error);
    if (status != PLC_OK)
        return status;
    if (!plc_array_reserve(&binam->pairs, &binam->pairs_capacity, binam->n_pairs + 1, sizeof pair))
        return plc_fail_memory(error, "pairs");
    binam->pairs[binam->n_pairs++] = pair;
    for (uint32_t i = 0; i < n_cue; i++) {
        uint64_t *row = binam->matrix + cue[i] * words_of(binam);
        for (uint32_t k = 0; k < n_content; k++)
            row[content[k] / 64] |= UINT64_C(1) << content[k] % 64;
    }
    return PLC_OK;
}

/* Adds a recall whose patterns are there. */
static plc_status add_recall(plc_binam *binam, plc_binam_pair recall, plc_error *error)
{
    if (binam->n_recalls && recall.cue.n != binam->threshold)
        return plc_fail(error, PLC_INVALID,
                        "cue: expected %u ones, as the recall before has, got %u: the neurons have "
                        "one threshold",
                        binam->threshold, recall.cue.n);
    if (!plc_array_reserve(&binam->recalls, &binam->recalls_capacity, binam->n_recalls + 1,
                           sizeof recall))
        return plc_fail_memory(error, "recalls");
    binam->threshold = recall.cue.n;
    binam->recalls[binam->n_recalls++] = recall;
    return PLC_OK;
}

/* Whether all ones of a pattern are in another. */
static bool is_in(const plc_binam *binam, plc_binam_pattern part, plc_binam_pattern whole)
{
    const uint32_t *a = binam->ones + part.begin, *b = binam->ones + whole.begin;
    uint32_t i = 0;
    for (uint32_t k = 0; k < whole.n && i < part.n; k++)
        i += b[k] == a[i];
    return i == part.n;
}

plc_status plc_binam_recall(plc_binam *binam, const uint32_t *cue, uint32_t n_cue, plc_error *error)
{
    plc_binam_pair recall = {0};
    uint64_t *expected = plc_array(words_of(binam), sizeof *expected);
    plc_status status =
        expected ? add_pattern(binam, "cue", binam->n_cues, cue, n_cue, &recall.cue, error)
                 : plc_fail_memory(error, "recalls");
    for (size_t i = 0; status == PLC_OK && i < binam->n_pairs; i++) {
        const plc_binam_pattern content = binam->pairs[i].content;
        if (!is_in(binam, recall.cue, binam->pairs[i].cue))
            continue;
        for (uint32_t k = 0; k < content.n; k++) {
            uint32_t bit = binam->ones[content.begin + k];
            expected[bit / 64] |= UINT64_C(1) << bit % 64;
        }
    }
    recall.content.begin = binam->n_ones;
    for (uint32_t bit = 0; status == PLC_OK && bit < binam->n_bits; bit++) {
        if (!(expected[bit / 64] >> bit % 64 & 1))
            continue;
        if (!plc_array_reserve(&binam->ones, &binam->ones_capacity, binam->n_ones + 1,
                               sizeof *binam->ones))
            status = plc_fail_memory(error, "recalls");
        else
            binam->ones[binam->n_ones++] = bit;
    }
    recall.content.n = (uint32_t)(binam->n_ones - recall.content.begin);
    free(expected);
    return status == PLC_OK ? add_recall(binam, recall, error) : status;
}

static bool is_marked(const uint64_t *marks, uint32_t one)
{
    return marks[one / 64] >> one % 64 & 1;
}

/* n different numbers of [0, size). `marks` has a bit for each, all 0 before and after.
 * Source: Floyd, in Bentley, CACM 30(9), 1987. */
static void draw_pattern(plc_random_key key, uint32_t number, uint32_t size, uint32_t n,
                         uint64_t *marks, uint32_t *ret_ones)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t last = size - n + i;
        uint32_t one = plc_random_below(plc_random_draw(key, number, i).word[0], last + 1);
        if (is_marked(marks, one))
            one = last; /* it is in no pattern of smaller numbers */
        marks[one / 64] |= UINT64_C(1) << one % 64;
        ret_ones[i] = one;
    }
    for (uint32_t i = 0; i < n; i++)
        marks[ret_ones[i] / 64] = 0;
}

plc_status plc_binam_fill(plc_binam *binam, size_t count, uint32_t cue_ones, uint32_t content_ones,
                          uint64_t seed, plc_error *error)
{
    const plc_random_key cues = plc_random_stream(seed, PLC_STREAM_PATTERN, 0),
                         contents = plc_random_stream(seed, PLC_STREAM_PATTERN + 1, 0);
    if (cue_ones < 1 || cue_ones > binam->n_cues)
        return plc_fail(error, PLC_INVALID, "cue_ones: expected 1..%u, got %u", binam->n_cues,
                        cue_ones);
    if (content_ones < 1 || content_ones > binam->n_bits)
        return plc_fail(error, PLC_INVALID, "content_ones: expected 1..%u, got %u", binam->n_bits,
                        content_ones);
    uint32_t *cue = plc_array(cue_ones, sizeof *cue);
    uint32_t *content = plc_array(content_ones, sizeof *content);
    uint64_t *marks = plc_array(PLC_BINAM_MAX_SIDE / 64 + 1, sizeof *marks);
    plc_status status = cue && content && marks ? PLC_OK : plc_fail_memory(error, "samples");
    for (size_t i = 0; status == PLC_OK && i < count; i++) {
        draw_pattern(cues, (uint32_t)i, binam->n_cues, cue_ones, marks, cue);
        draw_pattern(contents, (uint32_t)i, binam->n_bits, content_ones, marks, content);
        status = plc_binam_store(binam, cue, cue_ones, content, content_ones, error);
        if (status == PLC_OK)
            status = add_recall(binam, binam->pairs[binam->n_pairs - 1], error);
    }
    free(cue);
    free(content);
    free(marks);
    return status;
}

/* Spikes of the sources: the ones of recall t in tick t. */
static plc_status add_cues(const plc_binam *binam, plc_network *network, plc_error *error)
{
    uint64_t *offsets = plc_array(binam->n_cues + 2ul, sizeof *offsets);
    uint32_t *ticks = plc_array(binam->n_recalls * binam->threshold, sizeof *ticks);
    plc_population_spec spec = {.name = "cue",
                                .size = binam->n_cues,
                                .model = PLC_SPIKE_SOURCE_ARRAY,
                                .spike_offsets = offsets,
                                .spike_ticks = ticks};
    plc_status status = offsets && ticks ? PLC_OK : plc_fail_memory(error, "stimulus");
    uint32_t number;
    for (int store = 0; status == PLC_OK && store < 2; store++) {
        for (size_t t = 0; t < binam->n_recalls; t++)
            for (uint32_t k = 0; k < binam->threshold; k++) {
                uint32_t one = binam->ones[binam->recalls[t].cue.begin + k];
                if (store)
                    ticks[offsets[one + 1]++] = (uint32_t)t; /* becomes the next one's begin */
                else
                    offsets[one + 2]++;
            }
        for (uint32_t i = 0; !store && i < binam->n_cues; i++)
            offsets[i + 2] += offsets[i + 1];
    }
    if (status == PLC_OK)
        status = plc_network_add_population(network, &spec, &number, error);
    free(offsets);
    free(ticks);
    return status;
}

static plc_status add_matrix(const plc_binam *binam, plc_network *network, plc_error *error)
{
    plc_synapse_list list = {.weight = 1, .delay = 1};
    const size_t n_words = words_of(binam), all = binam->n_cues * n_words;
    for (size_t i = 0; i < all; i++)
        list.n += (size_t)__builtin_popcountll(binam->matrix[i]);
    uint32_t *sources = plc_array(list.n, sizeof *sources);
    uint32_t *targets = plc_array(list.n, sizeof *targets);
    plc_status status = sources && targets ? PLC_OK : plc_fail_memory(error, "synapses");
    for (size_t i = 0, n = 0; status == PLC_OK && i < all; i++)
        for (uint64_t word = binam->matrix[i]; word; word &= word - 1) {
            sources[n] = (uint32_t)(i / n_words);
            targets[n++] = (uint32_t)(i % n_words * 64) + (uint32_t)__builtin_ctzll(word);
        }
    list.sources = sources;
    list.targets = targets;
    if (status == PLC_OK)
        status = plc_network_add_projection(network, PLC_BINAM_CUE, PLC_BINAM_CONTENT, NULL, &list,
                                            error);
    free(sources);
    free(targets);
    return status;
}

plc_status plc_binam_build(const plc_binam *binam, uint64_t seed, plc_network **ret_network,
                           plc_error *error)
{
    const plc_param threshold = {"threshold", binam->threshold, NULL};
    const plc_population_spec content = {.name = "content",
                                         .size = binam->n_bits,
                                         .model = PLC_THRESHOLD,
                                         .params = &threshold,
                                         .n_params = 1,
                                         .record_spikes = true};
    plc_network *network = NULL;
    uint32_t number;
    if (!binam->n_recalls)
        return plc_fail(error, PLC_INVALID, "script: expected a recall at least");
    plc_status status = plc_network_create(1.0, seed, &network, error);
    if (status == PLC_OK)
        status = add_cues(binam, network, error);
    if (status == PLC_OK)
        status = plc_network_add_population(network, &content, &number, error);
    if (status == PLC_OK)
        status = add_matrix(binam, network, error);
    if (status == PLC_OK)
        *ret_network = network;
    else
        plc_network_destroy(network);
    return status;
}
