/* Answers of a CAM: spikes of its outputs, by the operation they belong to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include "base/error.h"
#include "base/memory.h"

plc_status plc_cam_answers_init(plc_cam_answers *answers, const plc_cam_script *script,
                                plc_error *error)
{
    *answers = (plc_cam_answers){
        .script = script, .answers = plc_array(script->n_operations, sizeof *answers->answers)};
    return answers->answers ? PLC_OK : plc_fail_memory(error, "answers");
}

/* The number of operations at or before a tick. */
static size_t count_until(const plc_cam_script *script, uint64_t tick)
{
    size_t begin = 0, end = script->n_operations;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (script->operations[middle].at <= tick)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* Adds a spike to every operation whose outputs are due in its tick. */
static bool take(plc_cam_answers *answers, const plc_spike *spike)
{
    const plc_cam_script *script = answers->script;
    if (spike->tick < PLC_CAM_FIRST)
        return true;
    for (size_t i = count_until(script, spike->tick - PLC_CAM_FIRST); i > 0; i--) {
        uint64_t offset = spike->tick - PLC_CAM_FIRST - script->operations[i - 1].at;
        if (offset >= PLC_CAM_N_OUTPUTS)
            break;
        plc_cam_answer *answer = &answers->answers[i - 1];
        plc_cam_set *sets = spike->population == PLC_CAM_OUT_CUE ? answer->cues : answer->bits;
        if (!plc_cam_set_add(&sets[offset], spike->neuron))
            return false;
    }
    return true;
}

plc_status plc_cam_answers_take(plc_cam_answers *answers, const plc_spike *spikes, size_t n,
                                plc_error *error)
{
    for (size_t i = 0; i < n; i++)
        if ((spikes[i].population == PLC_CAM_OUT_CUE || spikes[i].population == PLC_CAM_OUT_CONT) &&
            !take(answers, &spikes[i]))
            return plc_fail_memory(error, "answers");
    return PLC_OK;
}

void plc_cam_answers_finish(plc_cam_answers *answers)
{
    for (size_t i = 0; answers->answers && i < answers->script->n_operations; i++)
        for (size_t k = 0; k < PLC_CAM_N_OUTPUTS; k++) {
            free(answers->answers[i].cues[k].data);
            free(answers->answers[i].bits[k].data);
        }
    free(answers->answers);
    *answers = (plc_cam_answers){0};
}
