/* Networks from texts, chips by name, and layouts of both: what cannot be had fails the test. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_SUPPORT_MAPPED_H
#define PLC_TESTS_SUPPORT_MAPPED_H

#include <placode/placode.h>

plc_network *parse_network(const char *text);
plc_chip *open_chip(const char *name);
/* NULL when it does not fit, which is no failure. */
plc_layout *map_or_not(plc_network *network, const plc_chip *chip);
/* On a chip that it fits. */
plc_layout *map_onto(plc_network *network, const char *chip_name);
plc_layout *map_text(const char *text, const char *chip_name);

#endif
