/* placode explain: the slowest tick, and what it took its time for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/explain_path.h"

#include <stdio.h>

static json_t *describe_packet(const critical_path *p)
{
    const plc_population *population = p->layout->populations;
    uint32_t neuron = p->source;
    if (p->source == EVENTS_ANY)
        return json_null();
    for (; neuron >= population->size; population++)
        neuron -= population->size;
    return json_pack("{s:o, s:I}", "population", json_text(population->name), "neuron",
                     (json_int_t)neuron);
}

static json_t *describe(const critical_path *p)
{
    static const char *const reasons[] = {[PLC_REASON_NEURONS] = "neurons",
                                          [PLC_REASON_PACKETS] = "packets",
                                          [PLC_REASON_ROWS] = "rows",
                                          [PLC_REASON_MESH] = "mesh"};
    const plc_engine_tick *tick = &p->log.length;
    json_int_t length = (json_int_t)(tick->end - tick->begin);
    double chip_tick = plc_chip_get(p->layout->chip, PLC_CHIP_TICK);
    bool timed = chip_tick > 0 && !isinf(chip_tick);
    json_int_t deadline = timed ? (json_int_t)explain_time(p->layout, PLC_CHIP_TICK) : 0;
    json_t *parts = p->parts, *part;
    size_t i;
    json_array_foreach(parts, i, part)
    {
        json_object_set_new(part, "share",
                            json_real((double)explain_number(part, "ps") / (double)length));
    }
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:s, s:o, s:O}", "tick",
                     (json_int_t)tick->tick, "begin_ps", (json_int_t)tick->begin, "length_ps",
                     length, "deadline_ps", timed ? json_integer(deadline) : json_null(),
                     "slack_ps", timed ? json_integer(deadline - length) : json_null(), "last",
                     explain_at_core("core", p->layout, tick->core), "reason",
                     reasons[tick->reason], "packet", describe_packet(p), "path", parts);
}

static void print_part(const json_t *part)
{
    printf("%12.3f %5.1f%%  ", explain_micros(part, "ps"),
           100 * json_real_value(json_object_get(part, "share")));
    explain_print(part);
    if (explain_number(part, "n") > 1)
        printf(": %llu", (unsigned long long)explain_number(part, "n"));
    putchar('\n');
}

static int print_path(json_t *result, uint64_t n_ticks)
{
    size_t i;
    json_t *part, *slack = json_object_get(result, "slack_ps");
    const json_t *packet = json_object_get(result, "packet");
    double spare = (double)json_integer_value(slack) * 1e-6;
    printf("Tick %llu is the longest of the first %llu: %.3f us",
           (unsigned long long)explain_number(result, "tick"), (unsigned long long)n_ticks,
           explain_micros(result, "length_ps"));
    if (!json_is_null(slack))
        printf(", %.3f us %s", fabs(spare), spare < 0 ? "too long" : "to spare");
    printf(".\nThe last to be done was ");
    explain_print_place(json_object_get(result, "last"));
    printf(", with its %s.\n", json_string_value(json_object_get(result, "reason")));
    if (!json_is_null(packet))
        printf("The packet on the path is of %s[%llu].\n",
               json_string_value(json_object_get(packet, "population")),
               (unsigned long long)explain_number(packet, "neuron"));
    printf("\n   time [us]  share  what, back from the end of the tick\n");
    json_array_foreach(json_object_get(result, "path"), i, part)
    {
        print_part(part);
    }
    json_decref(result);
    return finish_stdout();
}

/* The first of the longest ticks of the run. */
static plc_status find_longest(const explanation *self, uint64_t *ret_tick, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_engine_cost cost;
    plc_status status = plc_engine_create(self->layout, &self->settings, &engine, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, self->ticks, NULL, NULL, error);
    if (status == PLC_OK && plc_engine_get_cost(engine, &cost))
        *ret_tick = cost.longest_tick;
    plc_engine_destroy(engine);
    return status;
}

int explain_tick(const explanation *self)
{
    critical_path p = {.layout = self->layout, .log = {.source = EVENTS_ANY}, .source = EVENTS_ANY};
    plc_error error = {0};
    plc_status status = find_longest(self, &p.log.tick, &error);
    if (status == PLC_OK)
        status = events_gather(&p.log, self->layout, &self->settings, p.log.tick + 1, NULL, NULL,
                               &error);
    int exit_status = EXIT_OK;
    if (status == PLC_OK) {
        p.parts = json_array();
        path_walk(&p);
        json_t *result = describe(&p);
        exit_status = self->as_json ? print_result(result, true) : print_path(result, self->ticks);
        json_decref(p.parts);
    } else {
        exit_status = fail_with(status, &error);
    }
    events_finish(&p.log);
    return exit_status;
}
