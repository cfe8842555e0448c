/* Partition: consecutive slices, each as large as its core allows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"
#include "mapper/unfit.h"
#include "mapper/windows.h"

/* What the filling of cores works with. */
typedef struct filling {
    plc_mapping *mapping;
    uint64_t neurons_max, bytes_max, models_max, cores_max; /* limits of the chip */
    uint64_t word_bytes, row_bytes;
    uint32_t *fan_in; /* [largest population] synapses of each neuron of the current population */
    uint32_t
        *charged_to;   /* [n_populations] core + 1 that already pays for the rows of that source */
    uint64_t *seen_in; /* [n_populations] the last look at sources that saw this one */
    uint64_t look;     /* number of the look at hand */
    plc_windows windows; /* of the current population, once whole source populations are too much */
    bool is_short;       /* of cores */
} filling;

/* Synapses that reach each neuron of a population. */
static void count_fan_in(const plc_network *network, uint32_t population, uint32_t *fan_in)
{
    const plc_projection_index *into = &network->by_target;
    memset(fan_in, 0, network->populations[population].size * sizeof *fan_in);
    for (uint32_t i = into->offsets[population]; i < into->offsets[population + 1]; i++) {
        const plc_projection *projection = &network->projections[into->numbers[i]];
        uint64_t n = projection->offsets[network->populations[projection->source].size];
        for (uint64_t k = 0; k < n; k++)
            fan_in[projection->targets[k]]++;
    }
}

/* Bytes that the rows of a population's sources need on the current core besides their synapses,
 * unless they are there already. With `charge`, they are from now on. */
static uint64_t source_bytes(filling *f, uint32_t population, bool charge)
{
    const plc_network *network = f->mapping->network;
    const plc_projection_index *into = &network->by_target;
    uint32_t core = (uint32_t)f->mapping->n_cores; /* of the last core, plus one */
    uint64_t bytes = 0;
    f->look++;
    for (uint32_t i = into->offsets[population]; i < into->offsets[population + 1]; i++) {
        uint32_t source = network->projections[into->numbers[i]].source;
        if (f->charged_to[source] == core || f->seen_in[source] == f->look)
            continue;
        f->seen_in[source] = f->look;
        bytes += network->populations[source].size * f->row_bytes;
        if (charge)
            f->charged_to[source] = core;
    }
    return bytes;
}

/* Opens an empty core for neurons of a population from `begin` on. */
static plc_status open_core(filling *f, uint32_t population, uint32_t begin, plc_error *error)
{
    plc_mapping *m = f->mapping;
    const plc_population *p = &m->network->populations[population];
    if (m->n_cores >= f->cores_max) {
        f->is_short = true;
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "does not fit: cores: chip %s has %llu, and all are full when population "
                        "%s has %u of its %u neurons left",
                        plc_chip_name(m->chip), (unsigned long long)f->cores_max, p->name,
                        p->size - begin, p->size);
    }
    if (!plc_array_reserve(&m->cores, &m->cores_capacity, m->n_cores + 1, sizeof *m->cores))
        return plc_fail_memory(error, "cores");
    m->cores[m->n_cores++] = (plc_mapped_core){0};
    return PLC_OK;
}

/* Whether a population's neurons may join the last core at all. */
static bool may_join(const filling *f, plc_model model)
{
    const plc_mapping *m = f->mapping;
    if (m->n_cores == 0)
        return false;
    uint32_t models = m->cores[m->n_cores - 1].models | (UINT32_C(1) << model);
    return (uint64_t)__builtin_popcount(models) <= f->models_max;
}

/* Puts as many neurons from `begin` on as fit onto the last core; 0 when not one does. */
static uint32_t fill_core(filling *f, uint32_t population, uint32_t begin)
{
    plc_mapping *m = f->mapping;
    plc_mapped_core *core = &m->cores[m->n_cores - 1];
    const plc_population *p = &m->network->populations[population];
    bool close = f->windows.offsets != NULL;
    uint64_t bytes = core->bytes + (close ? 0 : source_bytes(f, population, false));
    uint32_t end = begin;
    while (end < p->size && core->n_neurons + (end - begin) < f->neurons_max) {
        uint64_t more = bytes + f->fan_in[end] * f->word_bytes;
        if (close)
            more += f->row_bytes * plc_windows_charge(&f->windows, end, (uint32_t)m->n_cores);
        if (more > f->bytes_max)
            break;
        bytes = more;
        end++;
    }
    if (end > begin) {
        if (!close)
            source_bytes(f, population, true);
        core->bytes = bytes;
        core->n_neurons += end - begin;
        core->models |= UINT32_C(1) << p->model;
    }
    return end - begin;
}

static plc_status add_slice(filling *f, uint32_t population, uint32_t begin, uint32_t n,
                            plc_error *error)
{
    plc_mapping *m = f->mapping;
    uint32_t core = (uint32_t)m->n_cores - 1;
    if (!plc_array_reserve(&m->slices, &m->slices_capacity, m->n_slices + 1, sizeof *m->slices))
        return plc_fail_memory(error, "slices");
    for (uint32_t i = 0; i < n; i++)
        m->slice_of[population][begin + i] = (uint32_t)m->n_slices;
    m->slices[m->n_slices++] = (plc_slice){.population = population,
                                           .begin = begin,
                                           .end = begin + n,
                                           .core = core,
                                           .offset = m->cores[core].n_neurons - n};
    return PLC_OK;
}

/* Says that one neuron is too much for a core. What a core must have is for any neuron of its
 * population. */
static plc_status fail_neuron(filling *f, uint32_t population, uint32_t neuron, plc_error *error)
{
    const plc_population *p = &f->mapping->network->populations[population];
    uint64_t most = 0, bytes = 0, n_rows = 0;
    for (uint32_t i = 0; i < p->size; i++) { /* each as on a core of its own */
        uint64_t rows = plc_windows_charge(&f->windows, i, UINT32_MAX - 1 - i);
        uint64_t needed = f->fan_in[i] * f->word_bytes + rows * f->row_bytes;
        most = needed > most ? needed : most;
        if (i == neuron) {
            n_rows = rows;
            bytes = needed;
        }
    }
    uint64_t n_neurons = plc_network_n_neurons(f->mapping->network);
    f->mapping->lack =
        (plc_lack){.kind = PLC_LACK_LIMIT,
                   .quantity = PLC_CHIP_SYNAPSE_MEMORY,
                   .needed = most,
                   .neurons = (uint32_t)(f->neurons_max < n_neurons ? f->neurons_max : n_neurons)};
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: synaptic memory: neuron %u of population %s has %u synapses "
                    "and may need %llu rows, "
                    "%llu B on one core; a core of chip %s has %llu B",
                    neuron, p->name, f->fan_in[neuron], (unsigned long long)n_rows,
                    (unsigned long long)bytes, plc_chip_name(f->mapping->chip),
                    (unsigned long long)f->bytes_max);
}

static plc_status cut_population(filling *f, uint32_t population, plc_error *error)
{
    plc_mapping *m = f->mapping;
    const plc_population *p = &m->network->populations[population];
    m->first_slice[population] = (uint32_t)m->n_slices;
    count_fan_in(m->network, population, f->fan_in);
    plc_status status = PLC_OK;
    bool fresh = !may_join(f, p->model); /* the last core is empty */
    if (fresh)
        status = open_core(f, population, 0, error);
    for (uint32_t begin = 0; status == PLC_OK && begin < p->size;) {
        uint32_t n = fill_core(f, population, begin);
        if (n == 0 && fresh && f->windows.offsets)
            return fail_neuron(f, population, begin, error);
        if (n == 0 && fresh) {
            status = plc_windows_init(&f->windows, m->network, population, f->neurons_max, error);
            continue;
        }
        if (n > 0)
            status = add_slice(f, population, begin, n, error);
        begin += n;
        fresh = true;
        if (status == PLC_OK && begin < p->size)
            status = open_core(f, population, begin, error);
    }
    plc_windows_finish(&f->windows);
    return status;
}

/* Notes the core of each neuron. */
static plc_status make_assignment(plc_mapping *m, plc_error *error)
{
    size_t n = m->first_neuron[m->network->n_populations];
    m->consecutive = (plc_assignment){.core_of = plc_array(n, sizeof *m->consecutive.core_of),
                                      .n_cores = (uint32_t)m->n_cores,
                                      .fits = true};
    if (!m->consecutive.core_of)
        return plc_fail_memory(error, "partition");
    for (size_t s = 0; s < m->n_slices; s++) {
        const plc_slice *slice = &m->slices[s];
        uint32_t *of = m->consecutive.core_of + m->first_neuron[slice->population];
        for (uint32_t i = slice->begin; i < slice->end; i++)
            of[i] = slice->core;
    }
    return PLC_OK;
}

plc_status plc_map_number_neurons(plc_mapping *m, plc_error *error)
{
    const plc_network *network = m->network;
    uint64_t n = plc_network_n_neurons(network);
    if (n > UINT32_MAX)
        return plc_fail(error, PLC_DOES_NOT_FIT, "does not fit: neurons: %llu, 2^32 - 1 at most",
                        (unsigned long long)n);
    m->first_slice = plc_array(network->n_populations + 1, sizeof *m->first_slice);
    m->slice_of = plc_array(network->n_populations, sizeof *m->slice_of);
    if (!m->first_slice || !m->slice_of ||
        !(m->first_neuron = plc_array(network->n_populations + 1, sizeof *m->first_neuron)))
        return plc_fail_memory(error, "partition");
    for (size_t i = 0; i < network->n_populations; i++) {
        const plc_population *p = &network->populations[i];
        m->first_neuron[i + 1] = m->first_neuron[i] + p->size;
        if (!(m->slice_of[i] = plc_array(p->size, sizeof **m->slice_of)))
            return plc_fail_memory(error, p->name);
    }
    return PLC_OK;
}

/* Fills as many cores as some populations take; needs [n] get the cores that each opens. Where even
 * that fails, one neuron is too much for a core. */
static plc_status fill_unbounded(filling *f, plc_need *needs, size_t n, uint64_t *ret_n_cores,
                                 plc_error *error)
{
    plc_mapping *m = f->mapping;
    plc_status status = PLC_OK;
    f->cores_max = UINT32_MAX;
    m->n_cores = m->n_slices = 0;
    memset(f->charged_to, 0, m->network->n_populations * sizeof *f->charged_to);
    for (size_t i = 0; status == PLC_OK && i < n; i++) {
        size_t before = m->n_cores;
        status = cut_population(f, needs[i].population, error);
        needs[i].amount = (double)(m->n_cores - before);
    }
    *ret_n_cores = m->n_cores;
    m->n_cores = m->n_slices = 0;
    return status;
}

static int compare_populations(const void *a, const void *b)
{
    const plc_need *x = a, *y = b;
    return (x->population > y->population) - (x->population < y->population);
}

/* Cores that the first n of sorted needs take when they are alone on the chip. */
static plc_status fill_alone(filling *f, const plc_need *needs, size_t n, uint64_t *ret_n_cores,
                             plc_error *error)
{
    plc_need *alone = plc_array_copy(needs, n, sizeof *alone);
    if (!alone)
        return plc_fail_memory(error, "partition");
    qsort(alone, n, sizeof *alone, compare_populations);
    plc_status status = fill_unbounded(f, alone, n, ret_n_cores, error);
    free(alone);
    return status;
}

/* The fewest of the sorted needs that alone do not fit: filling takes no fewer cores for more
 * populations, so that halving finds their number. */
static plc_status count_needs(filling *f, const plc_need *needs, size_t n, uint64_t n_cores,
                              size_t *ret_n, plc_error *error)
{
    size_t low = 0, high = n;
    plc_status status = PLC_OK;
    while (status == PLC_OK && high - low > 1) {
        size_t middle = low + (high - low) / 2;
        uint64_t taken = 0;
        status = fill_alone(f, needs, middle, &taken, error);
        if (status == PLC_OK && taken > n_cores)
            high = middle;
        else
            low = middle;
    }
    *ret_n = high;
    return status;
}

/* Says who takes more cores than there are, and how many all take. */
static plc_status explain_cores(filling *f, plc_error *error)
{
    plc_mapping *m = f->mapping;
    size_t n = m->network->n_populations, n_named;
    uint64_t n_cores = f->cores_max, n_all;
    plc_need *needs = plc_array(n, sizeof *needs);
    if (!needs)
        return plc_fail_memory(error, "partition");
    for (uint32_t i = 0; i < n; i++)
        needs[i].population = i;
    plc_status status = fill_unbounded(f, needs, n, &n_all, error);
    plc_needs_sort(needs, n);
    if (status == PLC_OK)
        status = count_needs(f, needs, n, n_cores, &n_named, error);
    if (status == PLC_OK) {
        char who[384];
        plc_needs_list(m->network->populations, needs, n_named, who, sizeof who);
        m->lack = (plc_lack){.kind = PLC_LACK_CORES, .needed = n_all};
        status = plc_fail(error, PLC_DOES_NOT_FIT,
                          "does not fit: cores: chip %s has %llu, the network needs %llu connected "
                          "ones: %s",
                          plc_chip_name(m->chip), (unsigned long long)n_cores,
                          (unsigned long long)n_all, who);
    }
    free(needs);
    return status;
}

plc_status plc_map_partition(plc_mapping *mapping, plc_error *error)
{
    size_t n = mapping->network->n_populations;
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++)
        if (mapping->network->populations[i].size > largest)
            largest = mapping->network->populations[i].size;
    filling f = {
        .mapping = mapping,
        .neurons_max = plc_chip_limit(mapping->chip, PLC_CHIP_NEURONS_PER_CORE),
        .bytes_max = plc_chip_limit(mapping->chip, PLC_CHIP_SYNAPSE_MEMORY),
        .models_max = plc_chip_limit(mapping->chip, PLC_CHIP_MODELS_PER_CORE),
        .cores_max = plc_chip_n_cores(mapping->chip),
        .word_bytes = plc_chip_limit(mapping->chip, PLC_CHIP_SYNAPSE_WORD),
        .row_bytes = plc_map_row_bytes(mapping),
        .fan_in = plc_array(largest, sizeof *f.fan_in),
        .charged_to = plc_array(n, sizeof *f.charged_to),
        .seen_in = plc_array(n, sizeof *f.seen_in),
    };
    plc_status status = f.fan_in && f.charged_to && f.seen_in
                            ? plc_map_number_neurons(mapping, error)
                            : plc_fail_memory(error, "partition");
    for (size_t i = 0; status == PLC_OK && i < n; i++)
        status = cut_population(&f, (uint32_t)i, error);
    if (f.is_short)
        status = explain_cores(&f, error);
    if (status == PLC_OK) {
        mapping->first_slice[n] = (uint32_t)mapping->n_slices;
        status = make_assignment(mapping, error);
    }
    free(f.fan_in);
    free(f.charged_to);
    free(f.seen_in);
    plc_windows_finish(&f.windows);
    return status;
}
