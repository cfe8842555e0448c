/* Chips from YAML (docs/formats.md, "Chip files"). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip_yaml.h"

#include "base/error.h"
#include "base/memory.h"

/* The chip to start from: the base, or SpiNNaker's limits and timing with no known energy. */
static plc_status create_base(plc_yaml_node root, const char *name, plc_chip **ret_chip,
                              plc_error *error)
{
    plc_yaml_node base = plc_yaml_find(root, "base"), required;
    if (plc_yaml_present(base)) {
        const char *text;
        plc_error inner = {.message = ""};
        plc_status status = plc_yaml_string(base, "base", &text, error);
        if (status == PLC_OK) {
            status = plc_chip_from_name(text, ret_chip, &inner);
            if (status == PLC_INVALID)
                return plc_yaml_fail(base, error, "base: %s", inner.message);
            if (status != PLC_OK)
                return plc_fail(error, status, "%s", inner.message);
        }
        return status;
    }
    plc_chip_shape shape = {1, 1, PLC_LINKS_RECTANGULAR, false, 1};
    plc_chip *chip = NULL;
    plc_status status = plc_yaml_require(root, "geometry", &required, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "cores", &required, error);
    if (status == PLC_OK)
        status = plc_chip_create(name, shape, plc_numbers_spinnaker, &chip, error);
    for (unsigned i = 0; status == PLC_OK && i < PLC_CHIP_N_QUANTITIES; i++)
        if (plc_chip_quantity_row(i)->section == PLC_CHIP_ENERGY)
            status = plc_chip_set(chip, i, PLC_UNKNOWN, 'N', "not known", error);
    if (status == PLC_OK)
        *ret_chip = chip;
    else
        plc_chip_destroy(chip);
    return status;
}

static plc_status rename_chip(plc_chip *chip, const char *name, plc_error *error)
{
    char *copy = plc_string_copy(name);
    if (!copy)
        return plc_fail_memory(error, "chip");
    free(chip->name);
    chip->name = copy;
    return PLC_OK;
}

/* Everything but the base, onto it. */
static plc_status read_chip(plc_chip *chip, plc_yaml_node root, const char *name, plc_error *error)
{
    plc_status status = rename_chip(chip, name, error);
    if (status == PLC_OK)
        status = plc_chip_read_mesh(chip, root, error);
    if (status == PLC_OK)
        status = plc_chip_read_numbers(chip, root, error);
    if (status == PLC_OK)
        status = plc_chip_read_dead(chip, root, error);
    if (status != PLC_OK)
        return status;
    plc_chip_normalise(chip);
    return plc_chip_n_cores(chip)
               ? PLC_OK
               : plc_yaml_fail(root, error, "chip: expected a usable core, got none");
}

static plc_status read_document(plc_yaml_node root, plc_chip **ret_chip, plc_error *error)
{
    static const char *const keys[] = {"placode", "name",     "base",   "geometry",
                                       "cores",   "reserved", "limits", "timing",
                                       "energy",  "dead",     NULL};
    static const char *const formats[] = {"chip/1", NULL};
    plc_yaml_node format, name_node;
    const char *name;
    unsigned choice;
    plc_chip *chip = NULL;
    plc_status status = plc_yaml_expect_keys(root, "chip", keys, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "placode", &format, error);
    if (status == PLC_OK)
        status = plc_yaml_choice(format, "placode", formats, &choice, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "name", &name_node, error);
    if (status == PLC_OK)
        status = plc_yaml_string(name_node, "name", &name, error);
    if (status == PLC_OK)
        status = create_base(root, name, &chip, error);
    if (status == PLC_OK)
        status = read_chip(chip, root, name, error);
    if (status == PLC_OK)
        *ret_chip = chip;
    else
        plc_chip_destroy(chip);
    return status;
}

plc_status plc_chip_parse(const char *name, const char *text, size_t length, plc_chip **ret_chip,
                          plc_error *error)
{
    plc_yaml *yaml = NULL;
    plc_status status = plc_yaml_parse(name, text, length, &yaml, error);
    if (status == PLC_OK)
        status = read_document(plc_yaml_root(yaml), ret_chip, error);
    plc_yaml_destroy(yaml);
    return status;
}
