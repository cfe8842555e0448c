/* Fuzzing the reader of CAM scripts: what it accepts the golden model can do, and builds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The golden model's answers are in range and ascend. */
static void check_set(const plc_cam_set *set, uint32_t below)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->data[i] >= below || (i && set->data[i] <= set->data[i - 1]))
            abort();
}

static void try_script(const plc_cam_script *script)
{
    plc_cam_memory memory = {0};
    plc_error error = {0};
    plc_network *network = NULL;
    if (plc_cam_memory_init(&memory, script->n_cues, script->n_bits, &error) != PLC_OK)
        return;
    for (size_t i = 0; i < script->n_operations; i++) {
        if (i && script->operations[i].at <= script->operations[i - 1].at)
            abort();
        if (plc_cam_memory_do(&memory, script, &script->operations[i], &error) != PLC_OK)
            break;
        check_set(&memory.cues, script->n_cues);
        check_set(&memory.bits, script->n_bits);
        check_set(&memory.lost, script->n_bits);
    }
    plc_cam_memory_finish(&memory);
    if (script->n_cues < 20 && script->n_bits < 20 &&
        (plc_cam_build(script, (plc_cam_learning){0}, 1, &network, &error) != PLC_OK ||
         plc_network_resolve(network, &error) != PLC_OK))
        abort();
    plc_network_destroy(network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_cam_script script = {0};
    plc_error error = {0};
    if (plc_cam_script_parse("fuzz", (const char *)data, size, plc_cam_gaps_published, &script,
                             &error) == PLC_OK)
        try_script(&script);
    plc_cam_script_finish(&script);
    return 0;
}
