/* The version of the library. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/placode.h>

const char *plc_version(void)
{
    return PLC_VERSION;
}
