/* Smaller graphs: covers of an AIG by small cuts, each priced by the ANDs its function takes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ftl/cover.h"
#include "ftl/factor.h"

enum { LEAVES = 5, ROUNDS = 2, PASSES = 4 };

/* The options of a node: its cuts. */
static bool price_cuts(plc_cover *cover, uint32_t node, void *context)
{
    plc_factors *factors = context;
    cover->begin[node] = (uint32_t)cover->options.n;
    for (uint32_t i = cover->cuts.begin[node]; i < cover->cuts.end[node]; i++) {
        const plc_cut *cut = &cover->cuts.data[i];
        plc_option option = {.cut = i, .divisors = {PLC_CUT_NONE, PLC_CUT_NONE}, .n = cut->n};
        memcpy(option.leaves, cut->leaves, sizeof option.leaves);
        option.price = (uint8_t)plc_factors_cost(factors, cut->table[0]);
        if (!plc_reserve(&cover->options, data, 1))
            return false;
        cover->options.data[cover->options.n++] = option;
    }
    cover->end[node] = (uint32_t)cover->options.n;
    return !factors->failed;
}

/* Builds what was chosen. */
static plc_aig *build(const plc_cover *cover, plc_factors *factors)
{
    const plc_aig *aig = cover->aig;
    plc_aig *to = plc_aig_create_like(aig), *clean = NULL;
    uint32_t *literals = plc_array(aig->n, sizeof *literals);
    for (uint32_t i = 0; literals && i <= plc_aig_n_sources(aig); i++)
        literals[i] = 2 * i;
    for (uint32_t i = 0; to && literals && i < cover->n_order; i++) {
        uint32_t node = cover->order[i], inputs[PLC_TABLE_INPUTS_MAX] = {0};
        if (!cover->refs[node])
            continue;
        const plc_cut *cut = &cover->cuts.data[cover->options.data[cover->best[node]].cut];
        for (uint32_t k = 0; k < cut->n; k++)
            inputs[k] = literals[cut->leaves[k]];
        literals[node] = plc_factors_build(factors, cut->table[0], inputs, to);
    }
    for (uint32_t i = 0; to && literals && i < plc_aig_n_sinks(aig); i++)
        to->sinks[i] = literals[aig->sinks[i] >> 1] ^ (aig->sinks[i] & 1);
    if (to && literals && !to->failed && !factors->failed)
        clean = plc_aig_clean(to);
    plc_aig_destroy(to);
    free(literals);
    return clean;
}

plc_aig *plc_aig_restructure(const plc_aig *aig)
{
    plc_factors factors = {0};
    plc_cover cover;
    plc_aig *to = NULL;
    if (!plc_cover_init(&cover, aig, LEAVES, false, NULL))
        return NULL;
    bool done = true;
    for (uint32_t round = 0; done && round < ROUNDS; round++) {
        done = plc_cover_find(&cover, price_cuts, &factors);
        if (!done)
            break;
        plc_cover_select(&cover);
        plc_cover_descend(&cover, PASSES);
        plc_cover_learn(&cover);
    }
    if (done)
        to = build(&cover, &factors);
    plc_cover_finish(&cover);
    plc_factors_finish(&factors);
    return to;
}
