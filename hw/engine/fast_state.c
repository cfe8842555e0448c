/* What the neurons of engines fast and mesh remember, for who compares it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast.h"

#include <string.h>

/* False where the group keeps its states in another form. */
static bool copy_group(const plc_group *group, int32_t *to)
{
    if (group->model == PLC_LIF_CURR_EXP) {
        for (uint32_t i = 0; i < group->n; i++) {
            plc_lif_state s = {group->v[i], group->g_e[i], group->g_i[i], group->wait[i]};
            memcpy(to + (size_t)(group->begin + i) * (sizeof s / sizeof *to), &s, sizeof s);
        }
    } else if (group->model == PLC_ONOFF && !group->packed) {
        const size_t words = sizeof *group->onoff / sizeof *to;
        memcpy(to + group->begin * words, group->onoff, group->n * sizeof *group->onoff);
    }
    return !group->packed;
}

bool plc_fast_get_states(const plc_engine *engine, const uint32_t *n_words, int32_t *const *states)
{
    const plc_fast *fast = (const plc_fast *)engine;
    bool known = true;
    (void)n_words; /* of the models, which are known here */
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        for (uint32_t g = 0; g < fast->blocks[b].n_groups; g++) {
            const plc_group *group = &fast->blocks[b].groups[g];
            if (states[group->population])
                known = copy_group(group, states[group->population]) && known;
        }
    return known;
}
