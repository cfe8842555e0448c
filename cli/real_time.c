/* What became of a run in real time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/real_time.h"

#include "cli/input.h"

#include <math.h>

/* Whether all was done in time, so that the run was as one in lockstep. */
static bool is_clean(const plc_engine_cost *cost)
{
    return !cost->deadline_misses && !cost->late && !cost->saturated &&
           (double)cost->longest_tick_ps * 1e-12 <= cost->tick;
}

plc_status real_time_scale(const plc_engine *engine, const plc_layout *layout,
                           const plc_engine_settings *settings, double *ret_scale, plc_error *error)
{
    plc_engine_cost cost;
    plc_engine *other = NULL;
    plc_engine_settings lockstep = *settings;
    plc_status status = PLC_OK;
    *ret_scale = (double)NAN;
    if (!plc_engine_get_cost(engine, &cost) || isinf(cost.tick))
        return PLC_OK;
    if (settings->real_time && !is_clean(&cost)) {
        lockstep.real_time = false;
        status = plc_engine_create(layout, &lockstep, &other, error);
        if (status == PLC_OK)
            status = plc_engine_run(other, plc_engine_get_stats(engine).ticks, NULL, NULL, error);
        if (status == PLC_OK)
            plc_engine_get_cost(other, &cost);
        plc_engine_destroy(other);
    }
    *ret_scale = (double)cost.longest_tick_ps * 1e-12 / cost.tick;
    return status;
}

static json_t *list_cores(const plc_engine *engine, const plc_layout *layout)
{
    size_t n;
    json_t *list = json_array();
    const plc_engine_tally *tallies = plc_engine_get_tallies(engine, PLC_ENGINE_CORE, &n);
    for (size_t c = 0; c < n; c++) {
        const plc_engine_tally *t = &tallies[c];
        const plc_layout_core *core = &layout->cores[c];
        if (t->misses || t->late || t->saturated)
            json_array_append_new(
                list, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "x",
                                (json_int_t)(core->router % layout->chip->width), "y",
                                (json_int_t)(core->router / layout->chip->width), "core",
                                (json_int_t)core->core, "misses", (json_int_t)t->misses, "late",
                                (json_int_t)t->late, "saturated", (json_int_t)t->saturated));
    }
    return list;
}

static uint32_t find_key(const plc_layout *layout, uint32_t population, uint32_t neuron)
{
    const plc_slice *slice = input_find_slice(layout, population, neuron);
    return slice->key + (neuron - slice->begin);
}

static json_t *list_keys(const plc_engine *engine, const plc_layout *layout)
{
    size_t n, i = 0;
    json_t *list = json_array();
    const plc_engine_tally *tallies = plc_engine_get_tallies(engine, PLC_ENGINE_NEURON, &n);
    for (uint32_t p = 0; p < layout->n_populations; p++)
        for (uint32_t neuron = 0; neuron < layout->populations[p].size && i < n; neuron++, i++) {
            const plc_engine_tally *t = &tallies[i];
            if (t->late || t->saturated || t->dropped)
                json_array_append_new(
                    list, json_pack("{s:I, s:s, s:I, s:I, s:I, s:I}", "key",
                                    (json_int_t)find_key(layout, p, neuron), "population",
                                    layout->populations[p].name, "neuron", (json_int_t)neuron,
                                    "late", (json_int_t)t->late, "saturated",
                                    (json_int_t)t->saturated, "dropped", (json_int_t)t->dropped));
        }
    return list;
}

static json_t *list_links(const plc_engine *engine, const plc_layout *layout)
{
    size_t n;
    json_t *list = json_array();
    const plc_engine_tally *tallies = plc_engine_get_tallies(engine, PLC_ENGINE_LINK, &n);
    for (size_t i = 0; i < n; i++) {
        uint32_t router = (uint32_t)(i / PLC_N_LINKS);
        const int8_t *step = plc_link_steps[i % PLC_N_LINKS];
        if (tallies[i].dropped)
            json_array_append_new(list, json_pack("{s:I, s:I, s:i, s:i, s:I}", "x",
                                                  (json_int_t)(router % layout->chip->width), "y",
                                                  (json_int_t)(router / layout->chip->width), "dx",
                                                  step[0], "dy", step[1], "dropped",
                                                  (json_int_t)tallies[i].dropped));
    }
    return list;
}

void real_time_list(const plc_engine *engine, const plc_layout *layout, json_t *result)
{
    json_object_set_new(result, "losses",
                        json_pack("{s:o, s:o, s:o}", "cores", list_cores(engine, layout), "keys",
                                  list_keys(engine, layout), "links", list_links(engine, layout)));
}
