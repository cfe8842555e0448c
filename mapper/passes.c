/* Passes of a mapping: their times and digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/passes.h"

#include "base/digest.h"

#include <time.h>

double plc_pass_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void plc_pass_note(plc_pass_log *log, const char *name, double seconds, uint64_t digest)
{
    if (log->n < PLC_PASSES_MAX)
        log->passes[log->n++] = (plc_pass){name, seconds, digest};
}

/* Records go in field by field, since some have padding. */
static uint64_t digest_slices(uint64_t digest, const plc_mapping *mapping)
{
    digest = plc_digest_word(digest, mapping->n_slices);
    for (size_t i = 0; i < mapping->n_slices; i++) {
        const plc_slice *s = &mapping->slices[i];
        uint32_t words[] = {s->population, s->begin, s->end,      s->core,
                            s->offset,     s->key,   s->key_mask, s->polarity_mask};
        digest = plc_digest_bytes(digest, words, sizeof words);
    }
    return digest;
}

static uint64_t digest_cores(uint64_t digest, const plc_mapping *mapping)
{
    digest = plc_digest_word(digest, mapping->n_cores);
    for (size_t i = 0; i < mapping->n_cores; i++) {
        const plc_mapped_core *c = &mapping->cores[i];
        uint32_t words[] = {c->router, c->core, c->n_neurons, c->models};
        digest = plc_digest_bytes(digest, words, sizeof words);
    }
    return digest;
}

static uint64_t digest_groups(uint64_t digest, const plc_mapping *mapping)
{
    digest = plc_digest_word(digest, mapping->n_groups);
    for (size_t i = 0; i < mapping->n_groups; i++) {
        const plc_key_group *g = &mapping->groups[i];
        uint32_t words[] = {g->core, g->slice_begin, g->slice_end,    g->n_neurons,
                            g->key,  g->key_mask,    g->polarity_mask};
        digest = plc_digest_bytes(digest, words, sizeof words);
    }
    if (mapping->target_offsets) {
        uint64_t n = mapping->target_offsets[mapping->n_groups];
        digest = plc_digest_bytes(digest, mapping->target_offsets,
                                  (mapping->n_groups + 1) * sizeof *mapping->target_offsets);
        digest = plc_digest_bytes(digest, mapping->target_cores, n * sizeof *mapping->target_cores);
    }
    return digest;
}

static uint64_t digest_routes(uint64_t digest, const plc_mapping *mapping)
{
    size_t n_routers = (size_t)mapping->chip->width * mapping->chip->height;
    digest = plc_digest_bytes(digest, mapping->route_offsets,
                              (n_routers + 1) * sizeof *mapping->route_offsets);
    for (uint32_t i = 0; i < mapping->route_offsets[n_routers]; i++) {
        const plc_route_entry *entry = &mapping->route_entries[i];
        uint32_t words[] = {entry->key, entry->mask, entry->links};
        digest = plc_digest_bytes(digest, words, sizeof words);
        digest = plc_digest_bytes(digest, &entry->cores, sizeof entry->cores);
    }
    return digest;
}

static uint64_t digest_assignment(uint64_t digest, const plc_mapping *mapping,
                                  const plc_assignment *assignment)
{
    uint32_t n = mapping->first_neuron && assignment->core_of
                     ? mapping->first_neuron[mapping->network->n_populations]
                     : 0;
    return plc_digest_bytes(digest, assignment->core_of, n * sizeof *assignment->core_of);
}

/* All that the passes so far have made; of a layout, its own digest. */
static uint64_t digest_mapping(const plc_mapping *mapping)
{
    if (mapping->layout)
        return plc_layout_digest(mapping->layout);
    uint64_t digest = digest_assignment(0, mapping, &mapping->consecutive);
    digest = digest_assignment(digest, mapping, &mapping->improved);
    digest = digest_slices(digest, mapping);
    digest = digest_cores(digest, mapping);
    digest = digest_groups(digest, mapping);
    return mapping->route_offsets ? digest_routes(digest, mapping) : digest;
}

plc_status plc_map_run(const plc_map_pass *pass, plc_mapping *mapping, plc_error *error)
{
    plc_pass_log *log = mapping->settings.passes;
    double begin = plc_pass_clock();
    plc_status status = pass->run(mapping, error);
    double seconds = plc_pass_clock() - begin;
    if (status == PLC_OK && log)
        plc_pass_note(log, pass->name, seconds, digest_mapping(mapping));
    return status;
}
