/* placode map --like: what was kept of an old layout, and what keeping it costs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map.h"

#include "mapper/mapping.h"

#include <math.h>

plc_status map_like_measure(map_like *like, plc_network *network, const plc_chip *chip,
                            const plc_map_settings *settings, const plc_layout *layout,
                            plc_error *error)
{
    plc_map_settings fresh = *settings;
    plc_layout *other = NULL;
    plc_lack lack; /* whether it fits is all there is to know */
    plc_map_report measured = {.multicast_hops = (double)NAN};
    plc_status status = plc_map_compare(like->old, layout, &like->moves, error);
    if (status != PLC_OK)
        return status;
    fresh.like = NULL;
    fresh.passes = NULL;
    status = plc_map_once(network, chip, &fresh, &other, &lack, error);
    if (status == PLC_OK)
        status = plc_map_measure(other, settings->rates, &measured, error);
    plc_layout_destroy(other);
    like->fresh_hops = measured.multicast_hops;
    return status == PLC_DOES_NOT_FIT ? PLC_OK : status;
}

static json_t *number_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

void map_like_report(const map_like *like, const plc_map_report *measured, json_t *result)
{
    json_object_set_new(result, "kept", json_integer((json_int_t)like->moves.kept));
    json_object_set_new(result, "moved", json_integer((json_int_t)like->moves.moved));
    json_object_set_new(result, "new", json_integer((json_int_t)like->moves.added));
    json_object_set_new(result, "gone", json_integer((json_int_t)like->moves.gone));
    json_object_set_new(result, "fresh_multicast_hops", number_or_null(like->fresh_hops));
    json_object_set_new(result, "cost_of_staying",
                        number_or_null(measured->multicast_hops - like->fresh_hops));
}

int map_like_print(const map_like *like, const plc_map_report *measured)
{
    json_t *result = json_object();
    map_like_report(like, measured, result);
    return print_result(result, false);
}
