/* Readers of quadratic problems in lines: .qubo, coordinates, sparse matrices, numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/edge_set.h"
#include "ising/lines.h"
#include "ising/terms.h"

enum {
    BYTES_PER_TERM_MIN = 4, /* "1 2" and its newline */
    NUMBERS_MAX = 4096,     /* of a partition: eight million couplings */
    NUMBER_MAX = 1000000000,
};

/* Reads "i j" with numbers from `first` below first + n. */
static plc_status scan_pair(plc_scan *scan, int64_t first, uint32_t n, uint32_t *ret_u,
                            uint32_t *ret_v, plc_error *error)
{
    int64_t u = 0, v = 0;
    plc_status status = plc_scan_int(scan, "first variable", first, first + n - 1, &u, error);
    if (status == PLC_OK)
        status = plc_scan_int(scan, "second variable", first, first + n - 1, &v, error);
    *ret_u = (uint32_t)(u - first);
    *ret_v = (uint32_t)(v - first);
    return status;
}

/* Adds a term whose pair must be new, and ends the line. */
static plc_status add_once(plc_scan *scan, plc_terms *terms, plc_edge_set *seen, uint32_t u,
                           uint32_t v, plc_decimal weight, plc_error *error)
{
    /* The set's ends are one higher, as 0 is no upper end of its edges. */
    if (!plc_edge_set_insert(seen, u + 1, v + 1))
        return plc_scan_fail(scan, error,
                             u == v ? "expected each diagonal element once"
                                    : "expected each pair once, either way round");
    plc_status status = plc_scan_expect_line_end(scan, error);
    if (status == PLC_OK && !plc_terms_add(terms, u, v, weight))
        status = plc_fail_memory(error, scan->name);
    return status;
}

/* Reads "p qubo TOPOLOGY MAX_NODES DIAGONALS COUPLERS". */
static plc_status read_qubo_head(plc_scan *scan, size_t length, plc_terms *terms,
                                 uint64_t ret_counts[2], plc_error *error)
{
    static const char *const words[] = {"p", "qubo", NULL};
    int64_t n;
    plc_lines_next(scan);
    for (int i = 0; i < 3; i++) {
        const char *field;
        size_t size;
        plc_scan_field(scan, &field, &size);
        if (!size || (words[i] && (size != strlen(words[i]) || memcmp(field, words[i], size))))
            return plc_scan_fail(scan, error,
                                 "expected \"p qubo TOPOLOGY MAX_NODES DIAGONALS COUPLERS\"");
    }
    plc_status status = plc_scan_int(scan, "nodes", 1, PLC_VARIABLES_MAX, &n, error);
    if (status == PLC_OK)
        status =
            plc_lines_count(scan, "diagonals", length, BYTES_PER_TERM_MIN, &ret_counts[0], error);
    if (status == PLC_OK)
        status =
            plc_lines_count(scan, "couplers", length, BYTES_PER_TERM_MIN, &ret_counts[1], error);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(scan, error);
    if (status == PLC_OK)
        terms->n_variables = (uint32_t)n;
    return status;
}

plc_status plc_terms_parse_qubo(const char *name, const char *text, size_t length, plc_terms *terms,
                                plc_error *error)
{
    plc_edge_set seen = {0};
    uint64_t wanted[2] = {0}, got[2] = {0};
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = read_qubo_head(&scan, length, terms, wanted, error);
    if (status == PLC_OK && !plc_edge_set_init(&seen, wanted[0] + wanted[1]))
        status = plc_fail_memory(error, name);
    while (status == PLC_OK && plc_lines_next(&scan)) {
        uint32_t u, v;
        plc_decimal weight = {0};
        status = scan_pair(&scan, 0, terms->n_variables, &u, &v, error);
        if (status == PLC_OK)
            status = plc_terms_scan(&scan, "weight", &weight, error);
        if (status == PLC_OK && got[u != v]++ == wanted[u != v])
            status = plc_scan_fail(&scan, error, "%s: expected %llu, got more",
                                   u == v ? "diagonals" : "couplers",
                                   (unsigned long long)wanted[u != v]);
        if (status == PLC_OK)
            status = add_once(&scan, terms, &seen, u, v, weight, error);
    }
    for (int i = 0; status == PLC_OK && i < 2; i++)
        if (got[i] != wanted[i])
            status = plc_scan_fail(&scan, error, "%s: expected %llu, got %llu",
                                   i ? "couplers" : "diagonals", (unsigned long long)wanted[i],
                                   (unsigned long long)got[i]);
    plc_edge_set_finish(&seen);
    return status;
}

/* Takes "vartype = SPIN" out of a comment, which the cursor is put behind. */
static plc_status read_comment(plc_scan *scan, bool *ret_spins, bool *ret_found, plc_error *error)
{
    const size_t rest = (size_t)(scan->end - scan->at);
    const char *newline = memchr(scan->at, '\n', rest);
    const char *end = newline ? newline : scan->end;
    const char *at = memmem(scan->at, (size_t)(end - scan->at), "vartype", 7);
    scan->at = end;
    if (!at)
        return PLC_OK;
    for (at += 7; at < end && strchr(" \t=:", *at);)
        at++;
    size_t length = 0;
    while (at + length < end && !strchr(" \t\r", at[length]))
        length++;
    *ret_spins = length == 4 && !memcmp(at, "SPIN", 4);
    *ret_found = true;
    if (*ret_spins || (length == 6 && !memcmp(at, "BINARY", 6)))
        return PLC_OK;
    return plc_scan_fail(scan, error, "vartype: expected SPIN or BINARY, got \"%.*s\"",
                         (int)(length < 40 ? length : 40), at);
}

plc_status plc_terms_parse_coo(const char *name, const char *text, size_t length, plc_terms *terms,
                               plc_error *error)
{
    bool found = false;
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = PLC_OK;
    while (status == PLC_OK && plc_scan_line(&scan, 0)) {
        uint32_t u, v;
        plc_decimal weight = {0};
        if (*scan.at == '#') {
            status = read_comment(&scan, &terms->spins, &found, error);
            continue;
        }
        status = scan_pair(&scan, 0, PLC_VARIABLES_MAX, &u, &v, error);
        if (status == PLC_OK)
            status = plc_terms_scan(&scan, "weight", &weight, error);
        if (status == PLC_OK)
            status = plc_scan_expect_line_end(&scan, error);
        if (status == PLC_OK && !plc_terms_add(terms, u, v, weight))
            status = plc_fail_memory(error, name);
        if (status == PLC_OK && (u > v ? u : v) >= terms->n_variables)
            terms->n_variables = (u > v ? u : v) + 1;
    }
    terms->assumed = !found;
    return status;
}

/* Reads "i j w", or "i j" for a weight of 1 where `spins`. */
static plc_status read_entry(plc_scan *scan, plc_terms *terms, plc_edge_set *seen, plc_error *error)
{
    uint32_t u, v;
    plc_decimal weight = {.mantissa = 1};
    plc_status status = scan_pair(scan, 1, terms->n_variables, &u, &v, error);
    plc_scan rest = *scan;
    if (status == PLC_OK && !(terms->spins && plc_scan_line_end(&rest)))
        status = plc_terms_scan(scan, "weight", &weight, error);
    if (status == PLC_OK && terms->spins && u == v)
        status = plc_scan_fail(scan, error, "edge: expected two different vertices, got %u twice",
                               u + 1);
    if (!terms->spins && u != v)
        weight = plc_decimal_twice(weight); /* Q is symmetric: the element stands for two */
    return status == PLC_OK ? add_once(scan, terms, seen, u, v, weight, error) : status;
}

plc_status plc_terms_parse_sparse(const char *name, const char *text, size_t length, bool spins,
                                  plc_terms *terms, plc_error *error)
{
    plc_edge_set seen = {0};
    int64_t n = 0;
    uint64_t m = 0;
    plc_scan scan = plc_scan_text(name, text, length, false);
    if (!plc_lines_next(&scan))
        return plc_scan_fail(&scan, error, "expected \"n m\" and the entries, got no line");
    plc_status status = plc_scan_int(&scan, "variables", 1, PLC_VARIABLES_MAX, &n, error);
    if (status == PLC_OK)
        status = plc_lines_count(&scan, "entries", length, BYTES_PER_TERM_MIN, &m, error);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(&scan, error);
    if (status == PLC_OK && !plc_edge_set_init(&seen, m))
        status = plc_fail_memory(error, name);
    terms->spins = spins;
    terms->n_variables = (uint32_t)n;
    for (uint64_t i = 0; status == PLC_OK && i < m; i++)
        status = plc_lines_next(&scan)
                     ? read_entry(&scan, terms, &seen, error)
                     : plc_scan_fail(&scan, error, "entries: expected %llu, got %llu",
                                     (unsigned long long)m, (unsigned long long)i);
    if (status == PLC_OK && plc_lines_next(&scan))
        status =
            plc_scan_fail(&scan, error, "entries: expected %llu, got more", (unsigned long long)m);
    plc_edge_set_finish(&seen);
    return status;
}

/* The square of the sum of the numbers, each with the sign of its spin. */
static plc_status square(const char *name, const int64_t *numbers, uint32_t n, plc_terms *terms,
                         plc_error *error)
{
    double sum = 0;
    int64_t squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (double)(numbers[i] < 0 ? -numbers[i] : numbers[i]);
        if (sum > NUMBER_MAX)
            return plc_fail(error, PLC_INVALID,
                            "%s: numbers: expected magnitudes that add up to at most %d", name,
                            NUMBER_MAX);
        squares += numbers[i] * numbers[i];
    }
    terms->spins = true;
    terms->n_variables = n;
    terms->offset.mantissa = squares;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++) {
            const plc_decimal weight = {.mantissa = 2 * numbers[i] * numbers[j]};
            if (weight.mantissa && !plc_terms_add(terms, i, j, weight))
                return plc_fail_memory(error, name);
        }
    return PLC_OK;
}

plc_status plc_terms_parse_numbers(const char *name, const char *text, size_t length,
                                   plc_terms *terms, plc_error *error)
{
    uint32_t n = 0;
    int64_t *numbers = plc_array(NUMBERS_MAX, sizeof *numbers);
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = numbers ? PLC_OK : plc_fail_memory(error, name);
    while (status == PLC_OK && plc_lines_next(&scan)) {
        if (n == NUMBERS_MAX) {
            status = plc_scan_fail(&scan, error, "expected at most %d numbers", NUMBERS_MAX);
            break;
        }
        status = plc_scan_int(&scan, "number", -NUMBER_MAX, NUMBER_MAX, &numbers[n++], error);
        if (status == PLC_OK)
            status = plc_scan_expect_line_end(&scan, error);
    }
    if (status == PLC_OK)
        status = square(name, numbers, n, terms, error);
    free(numbers);
    return status;
}
