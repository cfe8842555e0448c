/* The terms of a quadratic problem as readers find them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_TERMS_H
#define PLC_ISING_TERMS_H

#include "base/scan.h"
#include "ising/decimal.h"

#include <placode/ising.h>

/* Variables of a problem at most, whatever a file declares. */
enum { PLC_VARIABLES_MAX = 1 << 24 };

typedef struct plc_term {
    uint32_t u, v; /* the same: a linear term */
    plc_decimal weight;
} plc_term;

/* A zeroed one is empty. */
typedef struct plc_terms {
    plc_term *data;
    size_t n, capacity;
    plc_decimal offset;
    uint32_t n_variables;
    bool spins, assumed; /* see plc_problem */
} plc_terms;

/* Adds a term; false when memory is short. Variables must be below n_variables in the end. */
bool plc_terms_add(plc_terms *terms, uint32_t u, uint32_t v, plc_decimal weight);
void plc_terms_finish(plc_terms *terms);
/* Makes the problem: all coefficients in units of one power of ten, those of one pair added up.
 * PLC_INVALID when the magnitudes add up to more than 2^61 even in whole units, or there is no
 * variable; `name` stands before the message. O(n + m log m) */
plc_status plc_terms_to_problem(plc_terms *terms, const char *name, plc_problem *ret_problem,
                                plc_error *error);

/* The next field of a line as a decimal number; `what` names it in the message. */
plc_status plc_terms_scan(plc_scan *scan, const char *what, plc_decimal *ret_decimal,
                          plc_error *error);

/* The readers. Each fills zeroed terms, which the caller ends even after a failure. */
plc_status plc_terms_parse_qubo(const char *name, const char *text, size_t length, plc_terms *terms,
                                plc_error *error);
plc_status plc_terms_parse_coo(const char *name, const char *text, size_t length, plc_terms *terms,
                               plc_error *error);
/* "n m" and then "i j w" a line: x'Qx of Biq Mac's, or the couplings of spins in rudy's format. */
plc_status plc_terms_parse_sparse(const char *name, const char *text, size_t length, bool spins,
                                  plc_terms *terms, plc_error *error);
plc_status plc_terms_parse_bqm(const char *name, const char *text, size_t length, plc_terms *terms,
                               plc_error *error);
plc_status plc_terms_parse_numbers(const char *name, const char *text, size_t length,
                                   plc_terms *terms, plc_error *error);

#endif
