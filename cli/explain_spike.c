/* placode explain --spike: the way of a packet, hop by hop, to the rows that it has added. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/events.h"
#include "cli/explain.h"
#include "cli/input.h"

#include <stdio.h>

/* A spike as it is looked for, then told. */
typedef struct story {
    const explanation *of;
    const char *name;  /* of its population */
    plc_spike spike;   /* wanted; polarity is known once it has been found */
    bool found, other; /* it happened; the neuron spiked in another tick */
    uint64_t nearest;  /* such a tick */
    uint32_t core, key;
    event_log log;
    uint64_t router_latency, memory_latency; /* [ps] */
    uint32_t n_reached;
    json_t *steps;
} story;

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    story *s = context;
    (void)ticks_done;
    for (size_t i = 0; i < n; i++) {
        if (spikes[i].population != s->spike.population || spikes[i].neuron != s->spike.neuron)
            continue;
        if (spikes[i].tick == s->spike.tick) {
            s->found = true;
            s->spike.polarity = spikes[i].polarity;
        } else if (!s->other ||
                   distance(spikes[i].tick, s->spike.tick) < distance(s->nearest, s->spike.tick)) {
            s->other = true;
            s->nearest = spikes[i].tick;
        }
    }
    return PLC_OK;
}

/* Adds a step that has waited since a time; `step` is handed over. */
static void tell(story *s, json_t *step, uint64_t since, uint64_t begin, uint64_t end)
{
    uint64_t zero = s->log.length.begin;
    json_object_set_new(step, "begin_ps", json_integer((json_int_t)(begin - zero)));
    json_object_set_new(step, "end_ps", json_integer((json_int_t)(end - zero)));
    json_object_set_new(step, "wait_ps", json_integer((json_int_t)(begin - since)));
    json_array_append_new(s->steps, step);
}

static const plc_engine_event *find(const story *s, plc_engine_activity activity, uint32_t place)
{
    size_t at = events_last(&s->log, s->log.n, activity, place, s->log.source);
    return at == EVENTS_NONE ? NULL : &s->log.data[at];
}

/* The tick in which a core adds the row that it was done with at an event, or UINT64_MAX where that
 * is not known. In real time it does so when a tick of its own ends. */
static uint64_t added_in(const story *s, size_t row)
{
    const plc_engine_event *events = s->log.data;
    if (!s->of->settings.real_time)
        return s->spike.tick;
    uint64_t length = explain_time(s->of->layout, PLC_CHIP_TICK);
    for (size_t i = row + 1; i < s->log.n; i++) {
        uint64_t clock = (events[i].tick + 1) * length;
        if (events[i].activity == PLC_ACTIVITY_NEURONS && events[i].place == events[row].place &&
            events[row].end <= (events[i].end > clock ? events[i].end : clock))
            return events[i].tick;
    }
    return UINT64_MAX;
}

/* Says in which ticks the synapses of a row act: words are in the order of their delays. */
static void set_ticks(const story *s, json_t *step, uint64_t row, uint64_t added)
{
    const plc_layout *layout = s->of->layout;
    uint64_t first = layout->row_offsets[row], last = layout->row_offsets[row + 1] - 1;
    if (added == UINT64_MAX)
        return;
    json_object_set_new(step, "late", json_integer((json_int_t)(added - s->spike.tick)));
    json_object_set_new(
        step, "acts_from",
        json_integer((json_int_t)(added + plc_layout_synapse(layout, first).delay)));
    json_object_set_new(step, "acts_to",
                        json_integer((json_int_t)(added + plc_layout_synapse(layout, last).delay)));
}

/* A core takes the packet in that its router had ready at a time, and adds its row. */
static void tell_core(story *s, const plc_engine_event *receive, uint64_t ready)
{
    const plc_layout *layout = s->of->layout;
    uint32_t core = receive->place;
    uint64_t row;
    bool negate;
    bool has_row = plc_layout_find_row(layout, core, s->key, &row, &negate) &&
                   layout->row_offsets[row] < layout->row_offsets[row + 1];
    const char *what = receive->n ? "receive" : has_row ? "lost" : "no_row";
    s->n_reached++;
    tell(s, explain_at_core(what, layout, core), ready, receive->begin, receive->end);
    if (!receive->n)
        return;
    const plc_engine_event *fetch = find(s, PLC_ACTIVITY_FETCH, core);
    size_t at = events_last(&s->log, s->log.n, PLC_ACTIVITY_ROW, core, s->log.source);
    const plc_engine_event *added = &s->log.data[at];
    uint64_t fetched = fetch->end + s->memory_latency;
    json_t *step = explain_at_core("row", layout, core);
    json_object_set_new(step, "synapses", json_integer((json_int_t)added->n));
    set_ticks(s, step, row, added_in(s, at));
    tell(s, explain_at_core("fetch", layout, core), receive->end, fetch->begin, fetched);
    tell(s, step, fetched, added->begin, added->end);
}

/* Tells how often a router dropped the packet, which came at a time; gives the time since when it
 * has waited to be taken in. */
static uint64_t tell_drops(story *s, uint32_t router, uint64_t since)
{
    for (size_t i = 0; i < s->log.n; i++) {
        const plc_engine_event *event = &s->log.data[i];
        if (event->activity != PLC_ACTIVITY_DROP || event->place / PLC_N_LINKS != router)
            continue;
        tell(s, explain_at_line("dropped", s->of->layout, event->place), since, event->begin,
             event->end);
        since = event->end;
    }
    return since;
}

/* Tells of a router that the packet came to at a time, its cores, and what is behind its links. */
static void tell_router(story *s, uint32_t router, uint64_t came)
{
    const plc_layout *layout = s->of->layout;
    uint64_t since = tell_drops(s, router, came);
    const plc_engine_event *through = find(s, PLC_ACTIVITY_ROUTER, router);
    if (!through)
        return; /* the run ended before, in real time */
    json_t *step = explain_at_router("router", layout, router);
    uint64_t held = through->end - s->router_latency - through->begin;
    json_object_set_new(step, "held_ps", json_integer((json_int_t)held));
    tell(s, step, since, through->begin, through->end);
    for (size_t i = 0; i < s->log.n; i++)
        if (s->log.data[i].activity == PLC_ACTIVITY_RECEIVE &&
            layout->cores[s->log.data[i].place].router == router)
            tell_core(s, &s->log.data[i], through->end);
    for (uint32_t link = 0; link < PLC_N_LINKS; link++) {
        uint32_t line = router * PLC_N_LINKS + link;
        const plc_engine_event *hop = find(s, PLC_ACTIVITY_LINK, line);
        if (!hop)
            continue;
        tell(s, explain_at_line("link", layout, line), through->end, hop->begin, hop->end);
        tell_router(s, (uint32_t)plc_chip_neighbour(layout->chip, router, link), hop->end);
    }
}

static void tell_all(story *s)
{
    const plc_engine_event *sent = find(s, PLC_ACTIVITY_SPIKE, s->core);
    json_t *step = explain_at_core("spike", s->of->layout, s->core);
    json_object_set_new(step, "neurons", json_integer((json_int_t)sent->n));
    tell(s, step, sent->begin, sent->begin, sent->end);
    tell_router(s, s->of->layout->cores[s->core].router, sent->end);
}

static void print_step(const json_t *step, uint32_t key)
{
    uint64_t from = explain_number(step, "acts_from"), to = explain_number(step, "acts_to");
    printf("%9.3f %9.3f %9.3f  ", explain_micros(step, "begin_ps"), explain_micros(step, "end_ps"),
           explain_micros(step, "wait_ps"));
    explain_print(step);
    if (json_object_get(step, "neurons"))
        printf(" 0x%08x, neurons done: %llu", key,
               (unsigned long long)explain_number(step, "neurons"));
    if (explain_number(step, "held_ps"))
        printf(", held %.3f for links", explain_micros(step, "held_ps"));
    if (json_object_get(step, "synapses"))
        printf("%llu synapses", (unsigned long long)explain_number(step, "synapses"));
    if (json_object_get(step, "acts_from"))
        printf(" act in %llu", (unsigned long long)from);
    if (to > from)
        printf("..%llu", (unsigned long long)to);
    putchar('\n');
}

static int print_story(const story *s, uint32_t n_cores)
{
    size_t i;
    json_t *step;
    printf("%s[%u] spiked in tick %llu, which begins %.3f us into the run.\n"
           "Times are in us from then.\n\n    begin       end    waited  where\n",
           s->name, s->spike.neuron, (unsigned long long)s->spike.tick,
           (double)s->log.length.begin * 1e-6);
    json_array_foreach(s->steps, i, step)
    {
        print_step(step, s->key);
    }
    if (s->n_reached < n_cores)
        printf("\nIt had reached %u of its %u cores when the run ended.\n", s->n_reached, n_cores);
    return finish_stdout();
}

static int report(story *s, uint32_t n_cores)
{
    if (!s->of->as_json)
        return print_story(s, n_cores);
    return print_result(json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:O}", "population",
                                  json_text(s->name), "neuron", (json_int_t)s->spike.neuron, "tick",
                                  (json_int_t)s->spike.tick, "key", (json_int_t)s->key, "begin_ps",
                                  (json_int_t)s->log.length.begin, "cores", (json_int_t)n_cores,
                                  "cores_reached", (json_int_t)s->n_reached, "steps", s->steps),
                        true);
}

/* How many cores the packet goes to. */
static plc_status count_cores(const story *s, uint32_t *ret_n, plc_error *error)
{
    const plc_layout *layout = s->of->layout;
    plc_walk walk;
    plc_status status = plc_walk_init(&walk, layout, error);
    if (status == PLC_OK)
        status = plc_walk_packet(&walk, layout, layout->cores[s->core].router, s->key, error);
    if (status == PLC_OK)
        *ret_n = walk.n_cores;
    plc_walk_finish(&walk);
    return status;
}

static int fail_missing(const story *s)
{
    unsigned long long tick = s->spike.tick;
    if (s->other)
        log_line("explain: %s[%u] did not spike in tick %llu; the nearest in which it did is %llu",
                 s->name, s->spike.neuron, tick, (unsigned long long)s->nearest);
    else
        log_line("explain: %s[%u] did not spike in tick %llu, nor in any of the first %llu",
                 s->name, s->spike.neuron, tick, (unsigned long long)s->of->ticks);
    return EXIT_FAILED;
}

int explain_spike(const explanation *self, plc_spike spike)
{
    const plc_layout *layout = self->layout;
    const plc_slice *slice = input_find_slice(layout, spike.population, spike.neuron);
    plc_error error = {0};
    uint32_t n_cores = 0;
    story s = {.of = self,
               .name = layout->populations[spike.population].name,
               .spike = spike,
               .core = slice->core,
               .log = {.tick = spike.tick,
                       .source = explain_first_source(layout, spike.population) + spike.neuron},
               .router_latency = explain_time(layout, PLC_CHIP_ROUTER_LATENCY),
               .memory_latency = explain_time(layout, PLC_CHIP_MEMORY_LATENCY),
               .steps = json_array()};
    plc_status status =
        events_gather(&s.log, layout, &self->settings, self->ticks, take_spikes, &s, &error);
    s.key =
        slice->key + (spike.neuron - slice->begin) + (s.spike.polarity ? slice->polarity_mask : 0);
    if (status == PLC_OK && s.found)
        status = count_cores(&s, &n_cores, &error);
    int exit_status = status == PLC_OK ? EXIT_OK : fail_with(status, &error);
    if (status == PLC_OK && s.found) {
        tell_all(&s);
        exit_status = report(&s, n_cores);
    } else if (status == PLC_OK) {
        exit_status = fail_missing(&s);
    }
    json_decref(s.steps);
    events_finish(&s.log);
    return exit_status;
}
