/* What a run cost on the chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cost.h"

#include "cli/command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A term of the energy and the constant it comes from. */
typedef struct term {
    plc_chip_quantity quantity;
    double joules;
} term;

enum { N_TERMS = 6 };

static void list_terms(const plc_engine_cost *cost, term ret_terms[N_TERMS])
{
    ret_terms[0] = (term){PLC_CHIP_ENERGY_NEURON, cost->energy_neuron};
    ret_terms[1] = (term){PLC_CHIP_ENERGY_SYNAPSE, cost->energy_synapse};
    ret_terms[2] = (term){PLC_CHIP_ENERGY_PACKET, cost->energy_link};
    ret_terms[3] = (term){PLC_CHIP_ENERGY_ROUTER, cost->energy_router};
    ret_terms[4] = (term){PLC_CHIP_POWER_IDLE, cost->energy_idle};
    ret_terms[5] = (term){PLC_CHIP_ENERGY_PLASTIC, cost->energy_plastic};
}

double cost_energy(const plc_engine_cost *cost, const plc_chip *chip)
{
    term terms[N_TERMS];
    double sum = (double)NAN;
    list_terms(cost, terms);
    for (int i = 0; i < N_TERMS; i++)
        if (!isnan(plc_chip_get(chip, terms[i].quantity)))
            sum = (isnan(sum) ? 0 : sum) + terms[i].joules;
    return sum;
}

/* Warns where the sum is of figures that do not belong together. */
static void warn_of_mixture(const term terms[N_TERMS], const plc_chip *chip)
{
    bool measured = false, simulated = false;
    for (int i = 0; i < N_TERMS; i++) {
        char grade = chip->quantities[terms[i].quantity].grade;
        measured = measured || (terms[i].joules > 0 && (grade == 'M' || grade == 'L'));
        simulated = simulated || (terms[i].joules > 0 && grade == 'S');
    }
    if (measured && simulated)
        log_line("energy_j adds figures measured on silicon and figures simulated before it; see "
                 "`placode chip show %s`",
                 plc_chip_name(chip));
}

/* The keys of what the chip's file calls not known, which counts as nothing. */
static json_t *list_unknown(const plc_chip *chip)
{
    json_t *list = json_array();
    for (int q = 0; q < PLC_CHIP_N_QUANTITIES; q++)
        if (plc_chip_quantity_row((plc_chip_quantity)q)->section != PLC_CHIP_LIMITS &&
            !plc_chip_is_optional((plc_chip_quantity)q) &&
            isnan(plc_chip_get(chip, (plc_chip_quantity)q)) && q != PLC_CHIP_POWER_CORE)
            json_array_append_new(list, json_string(plc_chip_quantity_key((plc_chip_quantity)q)));
    return list;
}

static void log_unknown(const json_t *list, const plc_chip *chip)
{
    char text[512] = "";
    size_t used = 0, i;
    json_t *key;
    json_array_foreach(list, i, key)
    {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
                                 json_string_value(key));
        if (used >= sizeof text)
            break;
    }
    if (*text)
        log_line("chip %s: not known, so counted as 0: %s", plc_chip_name(chip), text);
}

void cost_report(const plc_engine_cost *cost, const plc_layout *layout, bool in_full,
                 json_t *result)
{
    const plc_chip *chip = layout->chip;
    const plc_layout_core *last = &layout->cores[cost->longest_tick_core];
    term terms[N_TERMS];
    json_t *energy = json_object(), *sources = json_object(), *unknown = list_unknown(chip);
    list_terms(cost, terms);
    for (int i = 0; i < N_TERMS; i++) {
        const plc_quantity *quantity = &chip->quantities[terms[i].quantity];
        const char *key = plc_chip_quantity_key(terms[i].quantity);
        char text[512];
        snprintf(text, sizeof text, "%c: %s", quantity->grade, quantity->source);
        double joules = isnan(quantity->value) ? (double)NAN : terms[i].joules;
        json_object_set_new(energy, key, json_known(joules));
        json_object_set_new(sources, key, json_string(text));
    }
    json_t *more = json_pack(
        "{s:I, s:I, s:I, s:[I, I, I], s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:o}",
        "cycles", (json_int_t)ceil(cost->seconds * cost->core_clock), "cycles_per_tick_max",
        (json_int_t)ceil((double)cost->longest_tick_ps * 1e-12 * cost->core_clock), "longest_tick",
        (json_int_t)cost->longest_tick, "longest_tick_core",
        (json_int_t)(last->router % chip->width), (json_int_t)(last->router / chip->width),
        (json_int_t)last->core, "deadline_misses", (json_int_t)cost->deadline_misses, "packets",
        (json_int_t)cost->packets, "hops", (json_int_t)cost->hops, "deliveries",
        (json_int_t)cost->deliveries, "dropped", (json_int_t)cost->drops, "late",
        (json_int_t)cost->late, "saturated", (json_int_t)cost->saturated, "forced",
        (json_int_t)cost->forced, "blocked_seconds", cost->waiting, "modelled_seconds",
        cost->seconds, "energy_j", json_known(cost_energy(cost, chip)));
    json_object_update(result, more);
    json_decref(more);
    if (in_full) {
        json_object_set(result, "energy", energy);
        json_object_set(result, "energy_sources", sources);
        json_object_set(result, "not_known", unknown);
    } else {
        log_unknown(unknown, chip);
    }
    json_decref(energy);
    json_decref(sources);
    json_decref(unknown);
    warn_of_mixture(terms, chip);
}
