/* What a command is to run: telling layouts from networks, and mapping these. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include "base/file.h"
#include "cli/command.h"
#include "hw/engine/ranks.h"
#include "hw/layout/layout_file.h"

#include <string.h>

/* Layouts begin with the word PLACODE; all else is YAML. */
static bool is_layout(const char *path, const plc_bytes *bytes)
{
    static const char word[7] = {'P', 'L', 'A', 'C', 'O', 'D', 'E'};
    size_t n = strlen(path);
    return (bytes->size >= sizeof word && !memcmp(bytes->data, word, sizeof word)) ||
           (n >= 3 && !strcmp(path + n - 3, ".h5"));
}

static plc_status map_network(const char *path, const plc_bytes *bytes, const plc_chip *chip,
                              uint64_t seed, plc_layout **ret_layout, plc_error *error)
{
    plc_network *network = NULL;
    plc_status status =
        plc_network_parse(path, path, bytes->data, bytes->size, seed, &network, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, ret_layout, error);
    if (status == PLC_OK && plc_network_rounding_note(network))
        log_line("%s", plc_network_rounding_note(network));
    plc_network_destroy(network);
    return status;
}

int input_open(const char *caller, const char *path, const char *chip_name, uint64_t seed,
               plc_layout **ret_layout)
{
    plc_error error = {0};
    plc_bytes bytes = {0};
    plc_chip *chip = NULL;
    int exit_status = open_chip(caller, chip_name, &chip);
    if (exit_status >= 0)
        return exit_status;
    plc_status status = plc_bytes_read(path, &bytes, &error);
    if (status == PLC_OK && !is_layout(path, &bytes))
        status = map_network(path, &bytes, chip, seed, ret_layout, &error);
    else if (status == PLC_OK && chip_name)
        exit_status =
            fail_usage("%s: --chip: a layout has its chip; give the network instead", caller);
    else if (status == PLC_OK)
        status = plc_layout_parse(path, bytes.data, bytes.size, ret_layout, &error);
    plc_bytes_finish(&bytes);
    if (exit_status < 0 && (status = plc_ranks_agree(status, &error)) != PLC_OK)
        exit_status = fail_with(status, &error);
    plc_chip_destroy(chip);
    return exit_status;
}

const plc_slice *input_find_slice(const plc_layout *layout, uint32_t population, uint32_t neuron)
{
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        if (slice->population == population && neuron >= slice->begin && neuron < slice->end)
            return slice;
    }
    return NULL;
}
