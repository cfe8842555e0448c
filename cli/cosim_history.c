/* What has reached a neuron in the last ticks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/cosim.h"
#include "cli/input.h"
#include "hw/neuron/model.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    SHOWN_TICKS = 16, /* in which a stimulus has acted that is shown */
    SHOWN = 64,       /* stimuli */
    LONGEST = 255,    /* [ticks] a delay */
};

void cosim_history_finish(cosim_history *history)
{
    free(history->spikes);
}

bool cosim_history_add(cosim_history *h, const plc_spike *spikes, size_t n, uint64_t tick)
{
    while (h->begin < h->n && h->spikes[h->begin].tick + SHOWN_TICKS + LONGEST < tick)
        h->begin++;
    if (h->begin > h->n / 2) {
        h->n -= h->begin;
        memmove(h->spikes, h->spikes + h->begin, h->n * sizeof *h->spikes);
        h->begin = 0;
    }
    if (!plc_array_reserve(&h->spikes, &h->capacity, h->n + n, sizeof *h->spikes))
        return false;
    if (n)
        memcpy(h->spikes + h->n, spikes, n * sizeof *spikes);
    h->n += n;
    return true;
}

/* What a spike does in a tick to neuron `target` of the core that `slice` is on. */
static bool list_spike(const plc_layout *layout, const plc_spike *spike, const plc_slice *slice,
                       uint32_t target, uint64_t acts, json_t *list)
{
    const plc_slice *from = input_find_slice(layout, spike->population, spike->neuron);
    uint32_t key = from->key + (spike->neuron - from->begin);
    uint64_t row;
    bool negate;
    key |= spike->polarity ? from->polarity_mask : 0;
    if (!plc_layout_find_row(layout, slice->core, key, &row, &negate))
        return true;
    const plc_population *to = &layout->populations[slice->population];
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse s = plc_layout_synapse(layout, i);
        if (s.target != target || spike->tick + s.delay != acts)
            continue;
        json_t *one = json_pack("{s:I, s:I, s:o, s:I, s:s, s:i, s:b}", "sent",
                                (json_int_t)spike->tick, "acts", (json_int_t)acts, "population",
                                json_text(layout->populations[spike->population].name), "neuron",
                                (json_int_t)spike->neuron, "receptor",
                                plc_model_receptor_name(to->model, s.receptor), "weight",
                                negate ? -s.weight : s.weight, "plastic", s.plastic);
        if (json_array_append_new(list, one))
            return false;
    }
    return true;
}

json_t *cosim_history_list(const cosim_history *h, const plc_layout *layout, uint32_t population,
                           uint32_t neuron, uint64_t tick)
{
    const plc_slice *slice = input_find_slice(layout, population, neuron);
    json_t *list = json_array();
    uint32_t target = slice->offset + (neuron - slice->begin);
    bool ok = list;
    for (uint64_t acts = tick < SHOWN_TICKS ? 0 : tick - SHOWN_TICKS + 1; acts <= tick; acts++)
        for (size_t i = h->begin; ok && i < h->n; i++)
            ok = h->spikes[i].tick + LONGEST < acts ||
                 list_spike(layout, &h->spikes[i], slice, target, acts, list);
    while (ok && json_array_size(list) > SHOWN)
        json_array_remove(list, 0);
    if (ok)
        return list;
    json_decref(list);
    return NULL;
}

void cosim_history_print(const json_t *stimuli)
{
    size_t i;
    json_t *one;
    printf("last stimuli%s\n", json_array_size(stimuli) ? "" : "         none");
    json_array_foreach(stimuli, i, one)
    {
        const char *population, *receptor;
        json_int_t sent, acts, neuron, weight;
        json_unpack(one, "{s:I, s:I, s:s, s:I, s:s, s:I}", "sent", &sent, "acts", &acts,
                    "population", &population, "neuron", &neuron, "receptor", &receptor, "weight",
                    &weight);
        printf("  tick %-13" PRId64 " %+" PRId64 " %s, from %s %" PRId64 ", sent in tick %" PRId64
               "\n",
               (int64_t)acts, (int64_t)weight, receptor, population, (int64_t)neuron,
               (int64_t)sent);
    }
}

void cosim_add_place(json_t *result, const plc_layout *layout, uint64_t tick, uint32_t population,
                     uint32_t neuron)
{
    const plc_slice *slice = input_find_slice(layout, population, neuron);
    const plc_layout_core *core = &layout->cores[slice->core];
    uint32_t width = layout->chip->width;
    json_object_set_new(result, "tick", json_integer((json_int_t)tick));
    json_object_set_new(
        result, "tile",
        json_pack("[i, i]", (int)(core->router % width), (int)(core->router / width)));
    json_object_set_new(result, "core", json_integer(core->core));
    json_object_set_new(result, "core_neuron",
                        json_integer(slice->offset + (neuron - slice->begin)));
    json_object_set_new(result, "population", json_text(layout->populations[population].name));
    json_object_set_new(result, "neuron", json_integer(neuron));
}

void cosim_print_place(const json_t *first)
{
    const char *population, *field;
    json_int_t tick, x, y, core, core_neuron, neuron;
    json_unpack((json_t *)(uintptr_t)first, "{s:I, s:[I, I], s:I, s:I, s:s, s:I, s:s}", "tick",
                &tick, "tile", &x, &y, "core", &core, "core_neuron", &core_neuron, "population",
                &population, "neuron", &neuron, "field", &field);
    printf("first difference     tick %" PRId64 ", tile (%" PRId64 ", %" PRId64 "), population %s, "
           "neuron %" PRId64 ", %s\n",
           (int64_t)tick, (int64_t)x, (int64_t)y, population, (int64_t)neuron, field);
}

plc_status cosim_take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    cosim_spikes *to = context;
    (void)ticks_done;
    if (!plc_array_reserve(&to->spikes, &to->capacity, to->n + n, sizeof *spikes))
        return plc_fail_memory(to->error, "spikes");
    if (n)
        memcpy(to->spikes + to->n, spikes, n * sizeof *spikes);
    to->n += n;
    return PLC_OK;
}
