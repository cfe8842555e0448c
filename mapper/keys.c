/* Keys: an aligned block for each slice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "hw/neuron/model.h"

plc_status plc_map_keys(plc_mapping *mapping, plc_error *error)
{
    uint64_t next = 0;
    for (size_t i = 0; i < mapping->n_slices; i++) {
        plc_slice *slice = &mapping->slices[i];
        bool polarity =
            plc_model_has_polarity(mapping->network->populations[slice->population].model);
        uint64_t indices = 1;
        while (indices < slice->end - slice->begin)
            indices *= 2;
        uint64_t block = indices << polarity;
        uint64_t key = (next + block - 1) / block * block;
        next = key + block;
        if (next > UINT64_C(1) << 32)
            return plc_fail(
                error, PLC_DOES_NOT_FIT,
                "does not fit: routing keys: %zu slices need more than the 2^32 keys there are",
                mapping->n_slices);
        slice->key = (uint32_t)key;
        slice->key_mask = (uint32_t) ~(block - 1);
        slice->polarity_mask = polarity ? (uint32_t)indices : 0;
    }
    return PLC_OK;
}
