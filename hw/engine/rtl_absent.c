/* The engine `rtl` where Placode is built without Verilator: it only says so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/engine/engine.h"

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    (void)layout, (void)settings, (void)ret_engine;
    return plc_fail(error, PLC_INVALID,
                    "engine rtl: this Placode is built without it; install Verilator and g++ and "
                    "build with -Drtl=enabled");
}

const plc_engine_class plc_engine_rtl = {.name = "rtl", .create = create};
