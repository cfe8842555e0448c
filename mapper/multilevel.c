/* Stub. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

plc_status plc_map_repartition(plc_mapping *mapping, plc_error *error)
{
    (void)error;
    if (mapping->settings.effort == 0 || plc_map_is_large(mapping))
        mapping->granularity = PLC_GRANULARITY_MAX;
    return PLC_OK;
}
