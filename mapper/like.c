/* Mapping like an old layout: who stays, who has to move, and where the others go. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/like.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/members.h"

/* What the assignment works with. Parts are the old cores that are still there, then free places of
 * the chip, then `waiting`, for neurons that have no core. */
typedef struct staying {
    plc_mapping *mapping;
    const plc_layout *old;
    plc_neuron_graph graph;
    plc_part_limits limits;
    plc_parts parts;
    uint32_t *models;       /* [n_parts] that each part may take in */
    uint32_t *present;      /* [n_parts] that are there */
    uint32_t *part_of;      /* [neurons] to begin with */
    uint32_t *old_part;     /* [old cores] part, or `waiting` */
    plc_like_place *places; /* [n_parts] */
    uint32_t n_kept, n_fresh, waiting;
    uint32_t n_open; /* fresh parts in use */
} staying;

void plc_like_destroy(plc_like *like)
{
    if (!like)
        return;
    free(like->old_slice);
    free(like->places);
    free(like->blocks);
    free(like);
}

static plc_status check_geometry(const plc_mapping *m, plc_error *error)
{
    const plc_chip *a = m->settings.like->chip, *b = m->chip;
    if (a->width == b->width && a->height == b->height && a->links == b->links &&
        a->wrap == b->wrap)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "like: the old layout is of a %ux%u %s of %d links a router, chip %s is a "
                    "%ux%u %s of %d",
                    a->width, a->height, a->wrap ? "torus" : "mesh", __builtin_popcount(a->links),
                    plc_chip_name(b), b->width, b->height, b->wrap ? "torus" : "mesh",
                    __builtin_popcount(b->links));
}

/* Marks the slice of the old layout that each neuron was in, by name and model of its population;
 * UINT32_MAX: none. */
static bool match_neurons(plc_mapping *m)
{
    const plc_layout *old = m->settings.like;
    uint32_t n_neurons = m->first_neuron[m->network->n_populations];
    uint32_t *number = plc_array(old->n_populations, sizeof *number); /* plus one */
    m->like->old_slice = plc_array(n_neurons, sizeof *m->like->old_slice);
    bool ok = number && m->like->old_slice;
    for (uint32_t i = 0; ok && i < old->n_populations; i++) {
        const char *name = old->populations[i].name;
        uint32_t p = plc_names_find(&m->network->names, name, strlen(name));
        if (p < m->network->n_populations &&
            m->network->populations[p].model == old->populations[i].model)
            number[i] = p + 1;
    }
    for (uint32_t v = 0; ok && v < n_neurons; v++)
        m->like->old_slice[v] = UINT32_MAX;
    for (uint32_t s = 0; ok && s < old->n_slices; s++) {
        const plc_slice *slice = &old->slices[s];
        uint32_t p = number[slice->population];
        for (uint32_t i = slice->begin; p && i < slice->end; i++)
            if (i < m->network->populations[p - 1].size)
                m->like->old_slice[m->first_neuron[p - 1] + i] = s;
    }
    free(number);
    return ok;
}

/* Lists the parts: old cores that the chip still has, then what else is free on connected routers.
 */
static bool list_places(staying *s)
{
    const plc_chip *chip = s->mapping->chip;
    uint32_t n_routers = chip->width * chip->height, n_connected, n = 0;
    uint32_t n_neurons = s->mapping->first_neuron[s->mapping->network->n_populations];
    uint32_t *order = plc_array(n_routers, sizeof *order);
    bool *seen = plc_array(n_routers, sizeof *seen);
    plc_core_set *used = plc_array(n_routers, sizeof *used);
    size_t capacity = 0;
    s->old_part = plc_array(s->old->n_cores, sizeof *s->old_part);
    bool ok = order && seen && used && s->old_part &&
              plc_array_reserve(&s->places, &capacity, s->old->n_cores + 1ul, sizeof *s->places);
    n_connected = ok ? plc_map_order_routers(chip, order, seen) : 0;
    for (uint32_t c = 0; ok && c < s->old->n_cores; c++) {
        plc_like_place place = {s->old->cores[c].router, s->old->cores[c].core};
        s->old_part[c] = UINT32_MAX;
        if (!seen[place.router] || !plc_core_set_has(&chip->cores[place.router], place.core))
            continue;
        plc_core_set_add(&used[place.router], place.core);
        s->old_part[c] = n;
        s->places[n++] = place;
    }
    s->n_kept = n;
    for (uint32_t i = 0; ok && i < n_connected; i++)
        s->n_fresh +=
            plc_core_set_count(&chip->cores[order[i]]) - plc_core_set_count(&used[order[i]]);
    s->n_fresh = s->n_fresh < n_neurons ? s->n_fresh : n_neurons;
    s->waiting = s->n_kept + s->n_fresh;
    ok = ok && plc_array_reserve(&s->places, &capacity, s->waiting + 1ul, sizeof *s->places);
    for (uint32_t p = s->n_kept; ok && p <= s->waiting; p++)
        s->places[p] = (plc_like_place){PLC_NO_PLACE, 0};
    free(order);
    free(seen);
    free(used);
    return ok;
}

/* The models that a part may take in, from those that are there. */
static void set_models(staying *s, uint32_t part)
{
    uint64_t max = plc_chip_limit(s->mapping->chip, PLC_CHIP_MODELS_PER_CORE);
    bool full = (uint64_t)__builtin_popcount(s->present[part]) >= max;
    s->models[part] = full ? s->present[part] : UINT32_MAX;
}

/* Puts the neurons where they were, if that place is there, and all others into `waiting`. */
static plc_status start(staying *s, plc_error *error)
{
    plc_mapping *m = s->mapping;
    uint32_t n = s->graph.n_vertices;
    s->part_of = plc_array(n, sizeof *s->part_of);
    s->models = plc_array(s->waiting + 1ul, sizeof *s->models);
    s->present = plc_array(s->waiting + 1ul, sizeof *s->present);
    if (!s->part_of || !s->models || !s->present)
        return plc_fail_memory(error, "partition");
    for (uint32_t v = 0; v < n; v++) {
        uint32_t slice = m->like->old_slice[v];
        uint32_t part = slice == UINT32_MAX ? UINT32_MAX : s->old_part[s->old->slices[slice].core];
        s->part_of[v] = part == UINT32_MAX ? s->waiting : part;
        if (s->part_of[v] != s->waiting)
            s->present[part] |= UINT32_C(1) << s->graph.vertices[v].model;
    }
    for (uint32_t p = 0; p < s->waiting; p++)
        set_models(s, p);
    s->limits.models = s->models;
    return plc_parts_init(&s->parts, &s->graph, s->waiting + 1, &s->limits, s->part_of, error);
}

/* Sends the neurons of the models with the fewest neurons away, where too many models share a core.
 */
static void evict_models(staying *s, const plc_members *members, uint32_t part)
{
    uint64_t max = plc_chip_limit(s->mapping->chip, PLC_CHIP_MODELS_PER_CORE);
    while ((uint64_t)__builtin_popcount(s->present[part]) > max) {
        uint32_t counts[PLC_N_MODELS] = {0}, least = 0, fewest = UINT32_MAX;
        for (uint32_t i = members->begin[part]; i < members->begin[part + 1]; i++)
            counts[s->graph.vertices[members->of[i]].model]++;
        for (uint32_t model = 0; model < PLC_N_MODELS; model++)
            if (s->present[part] >> model & 1 && counts[model] < fewest) {
                least = model;
                fewest = counts[model];
            }
        for (uint32_t i = members->begin[part]; i < members->begin[part + 1]; i++)
            if (s->graph.vertices[members->of[i]].model == least)
                plc_parts_move(&s->parts, members->of[i], s->waiting);
        s->present[part] &= ~(UINT32_C(1) << least);
    }
    set_models(s, part);
}

/* A neuron of a core that holds too much, and what its going frees of it. */
typedef struct relief {
    uint64_t freed;
    int64_t gain;
    uint32_t vertex;
} relief;

static int compare_reliefs(const void *a, const void *b)
{
    const relief *x = a, *y = b;
    if (x->freed != y->freed)
        return x->freed > y->freed ? -1 : 1;
    if (x->gain != y->gain)
        return x->gain > y->gain ? -1 : 1;
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

/* What a part holds of what is too much there: neurons, axons or bytes. */
static uint64_t measure_excess(const staying *s, uint32_t part)
{
    const plc_part *p = &s->parts.parts[part];
    if (p->neurons > s->limits.neurons)
        return p->neurons;
    return p->axons > s->limits.axons ? p->axons : p->bytes + p->axons * s->limits.row_bytes;
}

/* Sends neurons away until a part keeps to its limits: those first that free most, and back those
 * that turn out to have room. */
static void evict_excess(staying *s, const plc_members *members, uint32_t part, relief *reliefs)
{
    uint32_t n = 0, gone = 0;
    for (uint32_t i = members->begin[part]; i < members->begin[part + 1]; i++) {
        uint32_t v = members->of[i];
        uint64_t before = measure_excess(s, part);
        if (s->parts.part_of[v] != part)
            continue;
        reliefs[n].vertex = v;
        reliefs[n].gain = plc_parts_gain(&s->parts, v, s->waiting);
        bool by_number = s->parts.parts[part].neurons > s->limits.neurons;
        if (!by_number)
            plc_parts_move(&s->parts, v, s->waiting);
        reliefs[n++].freed = by_number ? 1 : before - measure_excess(s, part);
        if (!by_number)
            plc_parts_move(&s->parts, v, part);
    }
    if (n)
        qsort(reliefs, n, sizeof *reliefs, compare_reliefs);
    while (gone < n && plc_parts_is_over(&s->parts, part))
        plc_parts_move(&s->parts, reliefs[gone++].vertex, s->waiting);
    while (gone-- > 0)
        if (plc_parts_fits(&s->parts, reliefs[gone].vertex, part, PLC_NO_VERTEX))
            plc_parts_move(&s->parts, reliefs[gone].vertex, part);
}

static plc_status evict(staying *s, plc_error *error)
{
    plc_members members = {0};
    relief *reliefs = plc_array(s->graph.n_vertices, sizeof *reliefs);
    bool ok = reliefs && plc_members_init(&members, &s->parts);
    if (ok)
        plc_members_list(&members, &s->parts);
    for (uint32_t part = 0; ok && part < s->n_kept; part++) {
        evict_models(s, &members, part);
        if (plc_parts_is_over(&s->parts, part))
            evict_excess(s, &members, part, reliefs);
    }
    plc_members_finish(&members);
    free(reliefs);
    return ok ? PLC_OK : plc_fail_memory(error, "partition");
}

/* The part in use with room that a neuron costs the fewest copies in, `near` before others; a fresh
 * one where none has room, or `waiting` if there is none. */
static uint32_t choose_part(staying *s, uint32_t vertex, uint32_t near)
{
    plc_parts *p = &s->parts;
    uint32_t n, n_used = s->n_kept + s->n_open, best = s->waiting;
    int64_t base, best_value = -1;
    plc_parts_rank(p, vertex, &n, &base);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t part = p->ranked[i];
        int64_t value = p->value[part];
        bool better = value > best_value ||
                      (value == best_value && best != near && (part == near || part < best));
        if (better && part < n_used && plc_parts_fits(p, vertex, part, PLC_NO_VERTEX)) {
            best = part;
            best_value = value;
        }
    }
    if (best_value <= 0 && near < n_used && plc_parts_fits(p, vertex, near, PLC_NO_VERTEX))
        return near;
    for (uint32_t part = 0; best == s->waiting && part < s->waiting && part <= n_used; part++)
        if (plc_parts_fits(p, vertex, part, PLC_NO_VERTEX))
            best = part;
    s->n_open += best == n_used && best < s->waiting;
    return best;
}

/* Gives every waiting neuron a part. */
static plc_status settle(staying *s, plc_error *error)
{
    const plc_network *network = s->mapping->network;
    for (uint32_t p = 0; p < network->n_populations; p++) {
        uint32_t near = s->waiting;
        for (uint32_t i = 0; i < network->populations[p].size; i++) {
            uint32_t v = s->mapping->first_neuron[p] + i;
            if (s->parts.part_of[v] == s->waiting) {
                uint32_t part = choose_part(s, v, near);
                if (part == s->waiting)
                    return plc_fail(
                        error, PLC_DOES_NOT_FIT,
                        "does not fit: like: no core of chip %s has room for neuron %u of "
                        "population %s while the others stay",
                        plc_chip_name(s->mapping->chip), i, network->populations[p].name);
                plc_parts_move(&s->parts, v, part);
                s->present[part] |= UINT32_C(1) << s->graph.vertices[v].model;
                set_models(s, part);
            }
            near = s->parts.part_of[v];
        }
    }
    return PLC_OK;
}

/* Hands the assignment over, its cores numbered in the order of their first neurons. */
static plc_status hand_over(staying *s, plc_error *error)
{
    plc_mapping *m = s->mapping;
    plc_like *like = m->like;
    plc_assignment *a = &m->consecutive;
    uint32_t n = s->graph.n_vertices, *number = plc_array(s->waiting + 1ul, sizeof *number);
    a->core_of = plc_array(n, sizeof *a->core_of);
    like->places = plc_array(s->waiting + 1ul, sizeof *like->places);
    if (!number || !a->core_of || !like->places) {
        free(number);
        return plc_fail_memory(error, "partition");
    }
    for (uint32_t v = 0; v < n; v++) {
        uint32_t part = s->parts.part_of[v];
        if (!number[part]) {
            like->places[a->n_cores] = s->places[part];
            number[part] = ++a->n_cores;
        }
        a->core_of[v] = number[part] - 1;
        if (part != s->part_of[v])
            like->old_slice[v] = UINT32_MAX;
        else if (part >= s->n_kept)
            like->old_slice[v] = UINT32_MAX;
    }
    a->copies = (double)s->parts.cost / s->graph.scale;
    a->fits = true;
    free(number);
    return PLC_OK;
}

plc_status plc_map_like(plc_mapping *mapping, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    staying s = {.mapping = mapping,
                 .old = mapping->settings.like,
                 .limits = {.neurons = plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE),
                            .bytes = plc_chip_limit(chip, PLC_CHIP_SYNAPSE_MEMORY),
                            .axons = plc_chip_limit(chip, PLC_CHIP_AXONS_IN),
                            .row_bytes = plc_map_row_bytes(mapping)}};
    plc_status status = check_geometry(mapping, error);
    if (status != PLC_OK)
        return status;
    status = plc_map_number_neurons(mapping, error);
    if (status == PLC_OK && (!(mapping->like = plc_array(1, sizeof *mapping->like)) ||
                             !match_neurons(mapping) || !list_places(&s)))
        status = plc_fail_memory(error, "partition");
    if (status == PLC_OK)
        status = plc_neuron_graph_make(mapping, &s.graph, error);
    if (status == PLC_OK)
        status = start(&s, error);
    if (status == PLC_OK)
        status = evict(&s, error);
    if (status == PLC_OK)
        status = settle(&s, error);
    if (status == PLC_OK)
        status = hand_over(&s, error);
    if (status == PLC_OK)
        mapping->like->keeps_groups = true;
    plc_parts_finish(&s.parts);
    plc_neuron_graph_finish(&s.graph);
    free(s.models);
    free(s.present);
    free(s.part_of);
    free(s.old_part);
    free(s.places);
    return status;
}
