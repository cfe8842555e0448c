/* Reading the numbers of a chip file: limits, timing and energy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip_yaml.h"

#include "base/scan.h"

#include <stdio.h>
#include <string.h>

/* "a whole number in 1..256", "a number >= 0, unbounded or unknown". */
static void describe_legal(const plc_chip_row *row, char *text, size_t size)
{
    const char *kind = row->section == PLC_CHIP_LIMITS ? "a whole number" : "a number";
    if (!isinf(row->high))
        snprintf(text, size, "%s in %g..%g%s", kind, row->low, row->high,
                 row->section == PLC_CHIP_LIMITS ? "" : ", or unknown");
    else
        snprintf(text, size, "%s >= %g, unbounded or unknown", kind, row->low);
}

/* A number, or the words `unbounded` and `unknown` where the row allows
 * them. */
static plc_status read_value(plc_yaml_node node, const char *what, const plc_chip_row *row,
                             double *ret_value, plc_error *error)
{
    char legal[96];
    const char *text = "";
    double value;
    bool bounded = !isinf(row->high), whole = row->section == PLC_CHIP_LIMITS;
    describe_legal(row, legal, sizeof legal);
    if (plc_yaml_get_kind(node) != PLC_YAML_SCALAR)
        return plc_yaml_fail(node, error, "%s: expected %s, got a %s", what, legal,
                             plc_yaml_get_kind(node) == PLC_YAML_SEQUENCE ? "list" : "mapping");
    plc_status status = plc_yaml_string(node, what, &text, error);
    if (status != PLC_OK)
        return status;
    if (!strcmp(text, "unbounded") && !bounded) {
        *ret_value = PLC_UNBOUNDED;
        return PLC_OK;
    }
    if (!strcmp(text, "unknown") && !(bounded && whole)) {
        *ret_value = PLC_UNKNOWN;
        return PLC_OK;
    }
    if (!plc_parse_real(text, strlen(text), &value) || value < row->low || value > row->high ||
        (whole && value != floor(value)))
        return plc_yaml_fail(node, error, "%s: expected %s, got \"%.40s\"", what, legal, text);
    *ret_value = value + 0.0; /* -0 becomes 0 */
    return PLC_OK;
}

/* The unit, source and grade of a number that is written as a mapping. */
static plc_status read_provenance(plc_yaml_node node, const char *what, const plc_chip_row *row,
                                  const char **ret_source, char *ret_grade, plc_error *error)
{
    static const char *const grades[] = {"C", "M", "S", "A", "L", "R", "E", "D", "U", "N", NULL};
    plc_yaml_node unit = plc_yaml_find(node, "unit");
    plc_yaml_node source = plc_yaml_find(node, "source");
    plc_yaml_node grade = plc_yaml_find(node, "grade");
    char name[96];
    plc_status status = PLC_OK;
    if (plc_yaml_present(unit)) {
        const char *const units[] = {row->unit, NULL};
        unsigned choice;
        snprintf(name, sizeof name, "%s: unit", what);
        status = plc_yaml_choice(unit, name, units, &choice, error);
    }
    if (status == PLC_OK && plc_yaml_present(source)) {
        snprintf(name, sizeof name, "%s: source", what);
        status = plc_yaml_string(source, name, ret_source, error);
    }
    if (status == PLC_OK && plc_yaml_present(grade)) {
        unsigned choice = 0;
        snprintf(name, sizeof name, "%s: grade", what);
        status = plc_yaml_choice(grade, name, grades, &choice, error);
        if (status == PLC_OK)
            *ret_grade = PLC_GRADES[choice];
    }
    return status;
}

static plc_status read_quantity(plc_chip *chip, plc_chip_quantity quantity, plc_yaml_node node,
                                plc_error *error)
{
    static const char *const keys[] = {"value", "unit", "source", "grade", NULL};
    const plc_chip_row *row = plc_chip_quantity_row(quantity);
    char what[64];
    snprintf(what, sizeof what, "%s.%s", plc_chip_section_key(row->section), row->key);
    plc_yaml_node value_node = node;
    double value = 0;
    bool full = plc_yaml_get_kind(node) == PLC_YAML_MAPPING;
    plc_status status = PLC_OK;
    if (full) {
        if ((status = plc_yaml_expect_keys(node, what, keys, error)) != PLC_OK ||
            (status = plc_yaml_require(node, "value", &value_node, error)) != PLC_OK)
            return status;
    }
    if ((status = read_value(value_node, what, row, &value, error)) != PLC_OK)
        return status;
    const char *source = isnan(value) ? "not known" : "given by the user";
    char grade = isnan(value) ? 'N' : 'U';
    if (full)
        status = read_provenance(node, what, row, &source, &grade, error);
    return status == PLC_OK ? plc_chip_set(chip, quantity, value, grade, source, error) : status;
}

static plc_status read_section(plc_chip *chip, plc_chip_section section, plc_yaml_node root,
                               plc_error *error)
{
    const char *name = plc_chip_section_key(section);
    const char *keys[PLC_CHIP_N_QUANTITIES + 1] = {NULL};
    size_t n = 0;
    plc_yaml_node node = plc_yaml_find(root, name);
    if (!plc_yaml_present(node))
        return PLC_OK;
    for (unsigned i = 0; i < PLC_CHIP_N_QUANTITIES; i++)
        if (plc_chip_quantity_row(i)->section == section)
            keys[n++] = plc_chip_quantity_key(i);
    plc_status status = plc_yaml_expect_keys(node, name, keys, error);
    for (unsigned i = 0; status == PLC_OK && i < PLC_CHIP_N_QUANTITIES; i++) {
        plc_yaml_node at = {0};
        if (plc_chip_quantity_row(i)->section == section)
            at = plc_yaml_find(node, plc_chip_quantity_key(i));
        if (plc_yaml_present(at))
            status = read_quantity(chip, i, at, error);
    }
    return status;
}

plc_status plc_chip_read_numbers(plc_chip *chip, plc_yaml_node root, plc_error *error)
{
    plc_status status = PLC_OK;
    for (unsigned s = 0; status == PLC_OK && s < PLC_CHIP_N_SECTIONS; s++)
        status = read_section(chip, s, root, error);
    return status;
}
