/* What the files of placode explain share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_EXPLAIN_H
#define PLC_CLI_EXPLAIN_H

#include "hw/layout/layout.h"

#include <jansson.h>
#include <placode/engine.h>

/* The run to explain. */
typedef struct explanation {
    const plc_layout *layout;
    plc_engine_settings settings;
    uint64_t ticks;
    bool as_json;
} explanation;

/* Where a spike went and when, hop by hop; gives the exit status, as the next does. */
int explain_spike(const explanation *self, plc_spike spike);
/* What the slowest tick took its time for. */
int explain_tick(const explanation *self);

/* The number of a population's first neuron, numbered through all populations. */
uint32_t explain_first_source(const plc_layout *layout, uint32_t population);
/* A time of the chip as engine mesh has it [ps]. */
uint64_t explain_time(const plc_layout *layout, plc_chip_quantity quantity);

/* A step of an explanation: what happens, and where. Cores are those of the layout, lines are
 * router x 6 + link. */
json_t *explain_at_core(const char *what, const plc_layout *layout, uint32_t core);
json_t *explain_at_router(const char *what, const plc_layout *layout, uint32_t router);
json_t *explain_at_line(const char *what, const plc_layout *layout, uint32_t line);

/* Prints where a step is, as in "core 1,0,3"; and that with what happens. */
void explain_print_place(const json_t *step);
void explain_print(const json_t *step);
/* Members of a step: a whole number, 0 where there is none, and picoseconds as microseconds. */
uint64_t explain_number(const json_t *step, const char *key);
double explain_micros(const json_t *step, const char *key);

#endif
