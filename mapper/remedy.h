/* What would help a network that does not fit. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_REMEDY_H
#define PLC_MAPPER_REMEDY_H

#include "mapper/mapping.h"

/* Adds to the message of a mapping that did not fit what would: a larger chip of the same family,
 * more of a limit, fewer neurons a core, no old layout. What "would do" has been mapped so, with
 * the same settings; what was not tried is only said to have, or to take, as many. Takes two
 * mappings with these settings at most, one at effort 0, and more of those where they are short. */
void plc_remedy_add(plc_network *network, const plc_chip *chip, const plc_map_settings *settings,
                    const plc_lack *lack, plc_error *error);

#endif
