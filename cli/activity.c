/* How many spikes there were over time, by population, in little room. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/activity.h"

#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"

void activity_finish(activity *self)
{
    for (uint32_t p = 0; self->names && p < self->n; p++)
        free(self->names[p]);
    free(self->names);
    free(self->sizes);
    free(self->spikes);
    free(self->counts);
    free(self->total);
    *self = (activity){0};
}

plc_status activity_init(activity *self, const plc_layout *layout, plc_error *error)
{
    const uint32_t n = layout->n_populations;
    *self = (activity){.n = n, .n_told = n < ACTIVITY_POPULATIONS ? n : ACTIVITY_POPULATIONS};
    self->span = 1;
    self->names = plc_array(n, sizeof *self->names);
    self->sizes = plc_array(n, sizeof *self->sizes);
    self->spikes = plc_array(n, sizeof *self->spikes);
    self->counts = plc_array((size_t)self->n_told * ACTIVITY_SPANS, sizeof *self->counts);
    self->total = plc_array(ACTIVITY_SPANS, sizeof *self->total);
    bool ok = self->names && self->sizes && self->spikes && self->counts && self->total;
    for (uint32_t p = 0; ok && p < n; p++) {
        self->sizes[p] = layout->populations[p].size;
        self->names[p] = plc_string_copy(layout->populations[p].name);
        ok = self->names[p] != NULL;
    }
    if (ok)
        return PLC_OK;
    activity_finish(self);
    return plc_fail_memory(error, "spikes over time");
}

static void fold(uint64_t *counts)
{
    for (size_t i = 0; i < ACTIVITY_SPANS / 2; i++)
        counts[i] = counts[2 * i] + counts[2 * i + 1];
    for (size_t i = ACTIVITY_SPANS / 2; i < ACTIVITY_SPANS; i++)
        counts[i] = 0;
}

static void double_span(activity *self)
{
    for (uint32_t p = 0; p < self->n_told; p++)
        fold(self->counts + (size_t)p * ACTIVITY_SPANS);
    fold(self->total);
    self->span *= 2;
}

void activity_count(activity *self, const plc_spike *spikes, size_t n)
{
    if (!self->span)
        return;
    for (size_t i = 0; i < n; i++) {
        while (spikes[i].tick / self->span >= ACTIVITY_SPANS)
            double_span(self);
        const uint64_t at = spikes[i].tick / self->span;
        const uint32_t p = spikes[i].population;
        self->spikes[p]++;
        self->total[at]++;
        if (p < self->n_told)
            self->counts[(size_t)p * ACTIVITY_SPANS + at]++;
    }
}

static json_t *list_counts(const uint64_t *counts, uint64_t n)
{
    json_t *list = json_array();
    for (uint64_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer((json_int_t)counts[i]));
    return list;
}

void activity_report(const activity *self, uint64_t ticks, json_t *result)
{
    if (!self->span)
        return;
    const uint64_t spans = (ticks + self->span - 1) / self->span;
    const uint64_t n = spans < ACTIVITY_SPANS ? spans : ACTIVITY_SPANS;
    json_t *populations = json_array(), *counts = json_array();
    for (uint32_t p = 0; p < self->n; p++)
        json_array_append_new(populations,
                              json_pack("{s:o, s:I, s:I}", "population", json_text(self->names[p]),
                                        "neurons", (json_int_t)self->sizes[p], "spikes",
                                        (json_int_t)self->spikes[p]));
    for (uint32_t p = 0; p < self->n_told; p++)
        json_array_append_new(counts, list_counts(self->counts + (size_t)p * ACTIVITY_SPANS, n));
    json_object_set_new(result, "populations", populations);
    json_object_set_new(result, "activity",
                        json_pack("{s:I, s:o, s:o}", "span", (json_int_t)self->span, "total",
                                  list_counts(self->total, n), "populations", counts));
}
