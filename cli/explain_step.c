/* Steps of an explanation: where they are and how that reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"
#include "hw/engine/fabric.h"

#include <stdio.h>
#include <string.h>

uint32_t explain_first_source(const plc_layout *layout, uint32_t population)
{
    uint32_t first = 0;
    for (uint32_t p = 0; p < population; p++)
        first += layout->populations[p].size;
    return first;
}

uint64_t explain_time(const plc_layout *layout, plc_chip_quantity quantity)
{
    return plc_picoseconds(plc_chip_seconds(layout->chip, quantity));
}

json_t *explain_at_router(const char *what, const plc_layout *layout, uint32_t router)
{
    return json_pack("{s:s, s:I, s:I}", "what", what, "x",
                     (json_int_t)(router % layout->chip->width), "y",
                     (json_int_t)(router / layout->chip->width));
}

json_t *explain_at_core(const char *what, const plc_layout *layout, uint32_t core)
{
    json_t *step = explain_at_router(what, layout, layout->cores[core].router);
    json_object_set_new(step, "core", json_integer((json_int_t)layout->cores[core].core));
    return step;
}

json_t *explain_at_line(const char *what, const plc_layout *layout, uint32_t line)
{
    static const char *const directions[PLC_N_LINKS] = {"east", "northeast", "north",
                                                        "west", "southwest", "south"};
    const int8_t *vector = plc_link_steps[line % PLC_N_LINKS];
    json_t *step = explain_at_router(what, layout, line / PLC_N_LINKS);
    json_object_set_new(step, "link", json_string(directions[line % PLC_N_LINKS]));
    json_object_set_new(step, "dx", json_integer(vector[0]));
    json_object_set_new(step, "dy", json_integer(vector[1]));
    return step;
}

void explain_print_place(const json_t *step)
{
    const json_t *core = json_object_get(step, "core"), *link = json_object_get(step, "link");
    printf("%s %llu,%llu",
           core   ? "core"
           : link ? "link"
                  : "router",
           (unsigned long long)explain_number(step, "x"),
           (unsigned long long)explain_number(step, "y"));
    if (core)
        printf(",%llu", (unsigned long long)explain_number(step, "core"));
    if (link)
        printf(" %s", json_string_value(link));
}

void explain_print(const json_t *step)
{
    static const char *const texts[][2] = {
        {"start", "start of the tick"},
        {"neurons", "neurons updated"},
        {"spikes", "spikes sent"},
        {"spike", "key"},
        {"held_neurons", "slices begun, annealers, and held for rows or for room to send"},
        {"interrupting_packets", "packets taken in meanwhile"},
        {"interrupting_rows", "rows added meanwhile"},
        {"router_wait", "waiting to be taken in"},
        {"router", "passed"},
        {"held", "held, no room at its links"},
        {"dropped", "no room, dropped and sent anew"},
        {"link_wait", "waiting for it"},
        {"link", "crossed"},
        {"receive", "packet taken in"},
        {"receives", "packets taken in one after the other"},
        {"no_row", "packet taken in, no row"},
        {"lost", "packet lost, spike buffer full"},
        {"fetch", "row fetched"},
        {"fetches", "rows fetched one after the other"},
        {"memory_latency", "memory latency"},
        {"rows", "rows added one after the other"},
        {"barrier", "agreeing that the tick has ended"},
    };
    const char *what = json_string_value(json_object_get(step, "what"));
    if (json_object_get(step, "x")) {
        explain_print_place(step);
        printf(": ");
    }
    for (size_t i = 0; what && i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(what, texts[i][0]))
            printf("%s", texts[i][1]);
}

uint64_t explain_number(const json_t *step, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(step, key));
}

double explain_micros(const json_t *step, const char *key)
{
    return (double)explain_number(step, key) * 1e-6;
}
