/* Quadratic problems: which format a file has, and reading it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "ising/terms.h"

/* Names of the formats, and the ends of files' names. */
static const struct {
    const char *name, *suffix;
    plc_problem_format format;
} formats[] = {
    {"qubo", ".qubo", PLC_FORMAT_QUBO},       {"coo", ".coo", PLC_FORMAT_COO},
    {"biqmac", ".sparse", PLC_FORMAT_BIQMAC}, {"rudy", ".rudy", PLC_FORMAT_RUDY},
    {"bqm", ".json", PLC_FORMAT_BQM},         {"biqmac", ".biqmac", PLC_FORMAT_BIQMAC},
    {"rudy", ".rud", PLC_FORMAT_RUDY},        {"bqm", ".bqm", PLC_FORMAT_BQM},
    {"numbers", NULL, PLC_FORMAT_NUMBERS},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

bool plc_problem_find_format(const char *name, plc_problem_format *ret_format)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (!strcmp(name, formats[i].name)) {
            *ret_format = formats[i].format;
            return true;
        }
    return false;
}

const char *plc_problem_format_name(plc_problem_format format)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i].format == format)
            return formats[i].name;
    return "found";
}

static plc_problem_format format_of_suffix(const char *path)
{
    const size_t n = strlen(path);
    for (size_t i = 0; i < N_FORMATS; i++) {
        const size_t m = formats[i].suffix ? strlen(formats[i].suffix) : n;
        if (m < n && !strcmp(path + n - m, formats[i].suffix))
            return formats[i].format;
    }
    return PLC_FORMAT_FOUND;
}

/* Fields of the line at hand, up to 4; steps to the next line. */
static int count_fields(plc_scan *scan, const char **ret_fields, size_t *ret_lengths)
{
    int n = 0;
    for (; n < 4; n++) {
        plc_scan_field(scan, &ret_fields[n], &ret_lengths[n]);
        if (!ret_lengths[n])
            break;
    }
    while (!plc_scan_line_end(scan)) {
        const char *field;
        size_t length;
        plc_scan_field(scan, &field, &length);
    }
    return n;
}

/* "n m" and lines of three: couplings as rudy writes them, unless there is a diagonal. */
static plc_problem_format format_of_lines(plc_scan scan)
{
    const char *fields[4];
    size_t lengths[4];
    const int first = count_fields(&scan, fields, lengths);
    if (first == 3)
        return PLC_FORMAT_COO;
    if (first != 2)
        return PLC_FORMAT_FOUND;
    while (plc_scan_line(&scan, '#'))
        if (count_fields(&scan, fields, lengths) >= 2 && lengths[0] == lengths[1] &&
            !memcmp(fields[0], fields[1], lengths[0]))
            return PLC_FORMAT_BIQMAC;
    return PLC_FORMAT_RUDY;
}

/* Whether a text has a comment with this word before its first line. */
static bool has_comment(plc_scan scan, const char *word)
{
    while (plc_scan_line(&scan, 0) && *scan.at == '#') {
        const size_t rest = (size_t)(scan.end - scan.at);
        const char *newline = memchr(scan.at, '\n', rest);
        const size_t length = newline ? (size_t)(newline - scan.at) : rest;
        if (memmem(scan.at, length, word, strlen(word)))
            return true;
        scan.at += length;
    }
    return false;
}

static plc_problem_format format_of_text(const char *text, size_t length, bool *ret_assumed)
{
    plc_scan scan = plc_scan_text("", text, length, false);
    *ret_assumed = false;
    if (has_comment(scan, "vartype"))
        return PLC_FORMAT_COO;
    while (plc_scan_line(&scan, '#') && *scan.at == 'c') { /* a comment of .qubo and rudy files */
        const char *fields[4];
        size_t lengths[4];
        count_fields(&scan, fields, lengths);
    }
    if (scan.at == scan.end)
        return PLC_FORMAT_FOUND;
    if (*scan.at == '{')
        return PLC_FORMAT_BQM;
    if (*scan.at == 'p')
        return PLC_FORMAT_QUBO;
    *ret_assumed = true;
    return format_of_lines(scan);
}

static plc_status parse_terms(const char *name, const char *text, size_t length,
                              plc_problem_format format, plc_terms *terms, plc_error *error)
{
    switch (format) {
    case PLC_FORMAT_QUBO:
        return plc_terms_parse_qubo(name, text, length, terms, error);
    case PLC_FORMAT_COO:
        return plc_terms_parse_coo(name, text, length, terms, error);
    case PLC_FORMAT_BIQMAC:
    case PLC_FORMAT_RUDY:
        return plc_terms_parse_sparse(name, text, length, format == PLC_FORMAT_RUDY, terms, error);
    case PLC_FORMAT_BQM:
        return plc_terms_parse_bqm(name, text, length, terms, error);
    case PLC_FORMAT_NUMBERS:
        return plc_terms_parse_numbers(name, text, length, terms, error);
    case PLC_FORMAT_FOUND:
        break;
    }
    return plc_fail(error, PLC_INVALID,
                    "%s:1: expected a .qubo, coordinate, Biq Mac or rudy file, or JSON of dimod",
                    name);
}

plc_status plc_problem_parse(const char *name, const char *text, size_t length,
                             plc_problem_format format, plc_problem *ret_problem, plc_error *error)
{
    plc_terms terms = {0};
    bool assumed = false;
    if (format == PLC_FORMAT_FOUND)
        format = format_of_suffix(name);
    if (format == PLC_FORMAT_FOUND)
        format = format_of_text(text, length, &assumed);
    plc_status status = parse_terms(name, text, length, format, &terms, error);
    terms.assumed = terms.assumed || assumed;
    if (status == PLC_OK)
        status = plc_terms_to_problem(&terms, name, ret_problem, error);
    if (status == PLC_OK)
        ret_problem->format = format;
    plc_terms_finish(&terms);
    return status;
}

plc_status plc_problem_read(const char *path, plc_problem_format format, plc_problem *ret_problem,
                            plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_problem_parse(path, bytes.data, bytes.size, format, ret_problem, error);
    plc_bytes_finish(&bytes);
    return status;
}

void plc_problem_finish(plc_problem *problem)
{
    free(problem->linear);
    free(problem->u);
    free(problem->v);
    free(problem->quadratic);
    *problem = (plc_problem){0};
}
