/* Numbers as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REPORT_NUMBER_H
#define PLC_CLI_REPORT_NUMBER_H

#include <stdint.h>

enum { NUMBER_TEXT = 48 }; /* room for any of these */

/* What a number is of. */
typedef enum number_form {
    NUMBER_COUNT,   /* whole where it is: "1,234,567"; else as NUMBER_REAL */
    NUMBER_PLAIN,   /* whole, without separators: ticks of an axis, seeds, ids */
    NUMBER_REAL,    /* four digits: "0.01234", "1,234" */
    NUMBER_SHARE,   /* of 1: "12.3 %" */
    NUMBER_SECONDS, /* "1.23 ms", "2 min 5 s" */
    NUMBER_PICOSECONDS,
    NUMBER_JOULES, /* "1.23 mJ" */
    NUMBER_BYTES,  /* "1.23 MiB", below 10 KiB "1,234 B" */
    NUMBER_RATE,   /* a second: "1.23 M/s" */
    NUMBER_HERTZ,
} number_form;

/* Writes a number; "not known" for NAN, "unbounded" for INFINITY. Gives the buffer. */
const char *number_text(double value, number_form form, char buffer[NUMBER_TEXT]);
/* Whole numbers beyond 2^53 too. */
const char *number_count(uint64_t value, char buffer[NUMBER_TEXT]);
/* Short, for axes: "0", "1.5k", "20M"; forms with units as number_text(). */
const char *number_axis(double value, number_form form, char buffer[NUMBER_TEXT]);

/* The least of 1, 2, 2.5, 5 and 10 times a power of ten that is at least `least` > 0. */
double number_step(double least);
/* The same for a form: bytes are counted in KiB, MiB and so on, up to values of `greatest`. */
double number_step_of(number_form form, double least, double greatest);

#endif
