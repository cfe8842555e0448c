/* What does not fit: the populations that need too much. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_UNFIT_H
#define PLC_MAPPER_UNFIT_H

#include "mapper/mapping.h"

/* What a population needs of a resource. */
typedef struct plc_need {
    uint32_t population;
    double amount;
} plc_need;

/* Sorts needs [n], the largest first, those of equal amount by population. */
void plc_needs_sort(plc_need *needs, size_t n);
/* The fewest of the sorted needs that come to more than there is; n where all do not. */
size_t plc_needs_count(const plc_need *needs, size_t n, double available);
/* "population a (100)" or "populations b (45), a (15)" of the first n needs; of many, how many more
 * there are. */
void plc_needs_list(const plc_population *populations, const plc_need *needs, size_t n,
                    char *buffer, size_t size);
/* The population of the first slice of the group whose block of keys begins with `key`. O(groups)
 */
uint32_t plc_needs_find(const plc_mapping *mapping, uint32_t key);

#endif
