/* The engine `systemc` where Placode is built without it: it only says so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/engine/engine.h"

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    (void)layout, (void)settings, (void)ret_engine;
    return plc_fail(error, PLC_INVALID,
                    "engine systemc: this Placode is built without it; install Verilator, g++ and "
                    "SystemC (libsystemc-dev) and build with -Drtl=enabled -Dsystemc=enabled");
}

const plc_engine_class plc_engine_systemc = {.name = "systemc", .create = create};
