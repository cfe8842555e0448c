/* Reading spike rates: CSV lines population,neuron,rate. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/rates.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scan.h"
#include "net/network.h"

void plc_rates_destroy(plc_rates *rates)
{
    if (!rates)
        return;
    for (uint32_t i = 0; rates->of && i < rates->n_populations; i++)
        free(rates->of[i]);
    free(rates->of);
    free(rates->sizes);
    free(rates);
}

/* Rate 1 for every neuron. */
static plc_rates *create(const plc_population *populations, uint32_t n)
{
    plc_rates *rates = plc_array(1, sizeof *rates);
    if (!rates)
        return NULL;
    rates->n_populations = n;
    rates->of = plc_array(n, sizeof *rates->of);
    rates->sizes = plc_array(n, sizeof *rates->sizes);
    bool ok = rates->of && rates->sizes;
    for (uint32_t i = 0; ok && i < n; i++) {
        rates->sizes[i] = populations[i].size;
        ok = (rates->of[i] = plc_array(populations[i].size, sizeof **rates->of)) != NULL;
        for (uint32_t j = 0; ok && j < populations[i].size; j++)
            rates->of[i][j] = 1;
    }
    if (ok)
        return rates;
    plc_rates_destroy(rates);
    return NULL;
}

/* The names of the populations; of equal ones, the first counts. `numbers`
 * [n_populations] receives the population of each name. */
static bool index_names(const plc_population *populations, uint32_t n, plc_names *names,
                        uint32_t *numbers)
{
    for (uint32_t i = 0; i < n; i++) {
        const char *name = populations[i].name;
        if (plc_names_find(names, name, strlen(name)) != PLC_NO_NAME)
            continue;
        if (!plc_names_reserve(names))
            return false;
        numbers[names->n] = i;
        plc_names_add(names, name);
    }
    return true;
}

static plc_status read_rate(plc_scan *scan, const plc_names *names, const uint32_t *numbers,
                            plc_rates *rates, plc_error *error)
{
    const char *field;
    size_t length;
    int64_t neuron;
    plc_scan_field(scan, &field, &length);
    uint32_t name = plc_names_find(names, field, length);
    if (name == PLC_NO_NAME)
        return plc_scan_fail(scan, error, "no population \"%.*s\"",
                             (int)(length < 63 ? length : 63), field);
    uint32_t i = numbers[name];
    plc_status status =
        plc_scan_int(scan, "neuron", 0, (int64_t)rates->sizes[i] - 1, &neuron, error);
    if (status == PLC_OK)
        status = plc_scan_real(scan, "rate", 0, 1, &rates->of[i][neuron], error);
    return status == PLC_OK ? plc_scan_expect_line_end(scan, error) : status;
}

static plc_status read_lines(plc_scan *scan, const plc_population *populations, plc_rates *rates,
                             plc_error *error)
{
    static const char header[] = "population,neuron,rate";
    plc_names names = {0};
    uint32_t *numbers = plc_array(rates->n_populations, sizeof *numbers);
    plc_status status = numbers && index_names(populations, rates->n_populations, &names, numbers)
                            ? PLC_OK
                            : plc_fail_memory(error, scan->name);
    if (status == PLC_OK && plc_scan_line(scan, '#') &&
        (size_t)(scan->end - scan->at) >= sizeof header - 1 &&
        !memcmp(scan->at, header, sizeof header - 1)) {
        scan->at += sizeof header - 1;
        status = plc_scan_expect_line_end(scan, error);
    }
    while (status == PLC_OK && plc_scan_line(scan, '#'))
        status = read_rate(scan, &names, numbers, rates, error);
    plc_names_finish(&names);
    free(numbers);
    return status;
}

plc_status plc_rates_parse(const char *name, const char *text, size_t length,
                           const plc_population *populations, uint32_t n, plc_rates **ret_rates,
                           plc_error *error)
{
    plc_scan scan = plc_scan_text(name, text, length, true);
    plc_rates *rates = create(populations, n);
    plc_status status =
        rates ? read_lines(&scan, populations, rates, error) : plc_fail_memory(error, name);
    if (status == PLC_OK)
        *ret_rates = rates;
    else
        plc_rates_destroy(rates);
    return status;
}

plc_status plc_rates_read(const char *path, const plc_network *network, plc_rates **ret_rates,
                          plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_rates_parse(path, bytes.data, bytes.size, network->populations,
                                 (uint32_t)network->n_populations, ret_rates, error);
    plc_bytes_finish(&bytes);
    return status;
}

plc_status plc_rates_check(const plc_rates *rates, const plc_population *populations, uint32_t n,
                           const char *what, plc_error *error)
{
    if (rates->n_populations != n)
        return plc_fail(error, PLC_INVALID, "rates: of %u populations, the %s has %u",
                        rates->n_populations, what, n);
    for (uint32_t i = 0; i < n; i++)
        if (rates->sizes[i] != populations[i].size)
            return plc_fail(error, PLC_INVALID,
                            "rates: of %u neurons in population %s, the %s has %u", rates->sizes[i],
                            populations[i].name, what, populations[i].size);
    return PLC_OK;
}
