/* What tiles in RTL remember, for who compares, records or damages it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/engine/fabric.h"
#include "hw/engine/rtl.h"

#include <errno.h>

/* Words of a neuron's state, and of all memories of a tile, as the host sees them. */
enum { STATE_WORDS = 4, PARAM_WORDS = 16 };

void plc_rtl_get_states(const plc_rtl *rtl, const uint32_t *n_words, int32_t *const *states)
{
    for (uint32_t tile = 0; tile < rtl->chip->width * rtl->chip->height; tile++) {
        uint32_t core = rtl->core_of[tile];
        if (core == UINT32_MAX)
            continue;
        uint32_t first = rtl->first_owner[core], n = rtl->first_owner[core + 1] - first;
        for (uint32_t i = 0; i < n; i++) {
            const plc_rtl_owner *owner = &rtl->owners[first + i];
            int32_t *to = states[owner->population];
            uint32_t words = n_words[owner->population];
            for (uint32_t k = 0; to && k < words; k++)
                to[(size_t)owner->neuron * words + k] =
                    (int32_t)plc_rtl_mesh_peek(rtl->mesh, tile, PLC_RTL_STATE, i * STATE_WORDS + k);
        }
    }
}

void plc_rtl_record(const plc_rtl *rtl, plc_engine *engine, uint64_t tick)
{
    for (uint32_t tile = 0; tile < rtl->chip->width * rtl->chip->height; tile++) {
        uint32_t core = rtl->core_of[tile];
        if (core == UINT32_MAX)
            continue;
        uint32_t first = rtl->first_owner[core], n = rtl->first_owner[core + 1] - first;
        for (uint32_t i = 0; i < n; i++) {
            const plc_rtl_owner *owner = &rtl->owners[first + i];
            const plc_recording *r = plc_engine_find_recording(engine, owner->population);
            if (r)
                r->values[tick * r->n_neurons + owner->neuron] =
                    (int32_t)plc_rtl_mesh_peek(rtl->mesh, tile, PLC_RTL_STATE, i * STATE_WORDS);
        }
    }
}

plc_status plc_rtl_flip(plc_rtl *rtl, const plc_engine_flip *flip, plc_error *error)
{
    static const struct {
        plc_rtl_space space;
        uint32_t words;
    } memories[] = {[PLC_FLIP_STATE] = {PLC_RTL_STATE, PLC_RTL_NEURONS * STATE_WORDS},
                    [PLC_FLIP_PARAM] = {PLC_RTL_PARAM, PLC_RTL_NEURONS * PARAM_WORDS},
                    [PLC_FLIP_SYNAPSE] = {PLC_RTL_SYNAPSE, PLC_RTL_SYNAPSE_WORDS}};
    plc_rtl_space space = memories[flip->memory].space;
    if (flip->tile >= rtl->chip->width * rtl->chip->height)
        return plc_fail(error, PLC_INVALID, "expected a tile of %u x %u", rtl->chip->width,
                        rtl->chip->height);
    if (flip->word >= memories[flip->memory].words || flip->bit > 31 ||
        (flip->memory == PLC_FLIP_PARAM && flip->word % PARAM_WORDS >= PLC_RTL_PARAM_LANES))
        return plc_fail(error, PLC_INVALID,
                        "expected a word below %u that is there and a bit of 0..31, got word %u, "
                        "bit %u",
                        memories[flip->memory].words, flip->word, flip->bit);
    uint32_t word = plc_rtl_mesh_peek(rtl->mesh, flip->tile, space, flip->word);
    plc_rtl_mesh_write(rtl->mesh, flip->tile, space, flip->word, word ^ UINT32_C(1) << flip->bit);
    return PLC_OK;
}

plc_status plc_rtl_open_wave(plc_rtl *rtl, const char *path, plc_error *error)
{
    uint64_t period = plc_picoseconds(1 / rtl->cost.core_clock);
    if (plc_rtl_mesh_open_wave(rtl->mesh, path, period ? period : 1))
        return PLC_OK;
    return plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
}

plc_status plc_rtl_close_wave(plc_rtl *rtl, plc_error *error)
{
    return plc_rtl_mesh_close_wave(rtl->mesh)
               ? PLC_OK
               : plc_fail(error, PLC_FAILED, "waveforms: cannot write all of them");
}
