/* Events in the order of time, inline for the engines that model it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_EVENT_QUEUE_H
#define PLC_HW_ENGINE_EVENT_QUEUE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* Something that happens at a time [ps]. */
typedef struct plc_event {
    uint64_t time;
    uint32_t order; /* of its making; breaks ties, so that runs are the same everywhere */
    uint32_t what;  /* subject << 3 | kind; what they mean is the owner's */
} plc_event;

static inline uint32_t plc_event_kind(plc_event event)
{
    return event.what & 7;
}

static inline uint32_t plc_event_subject(plc_event event)
{
    return event.what >> 3;
}

/* Events in a ring, the first of them at `first`. */
typedef struct plc_event_lane {
    plc_event *data;
    uint32_t first, n, capacity; /* capacity: a power of two, or 0 */
} plc_event_lane;

enum { PLC_EVENT_LANES = 4 };

/* Most events come a fixed time after they are made, so those of one such time are made in the
 * order in which they come. Each sort of them has a lane, to whose end an event is put where it is
 * not before the last one there; all others go to a heap of four children a node. An event taken
 * from the heap leaves a hole at its top, which the next one added often fills well: it comes soon
 * after. A zeroed queue is empty. */
typedef struct plc_event_queue {
    plc_event_lane lanes[PLC_EVENT_LANES];
    plc_event *heap;
    size_t n_heap, heap_capacity; /* n_heap counts the hole */
    bool hole;                    /* the heap's first event has been taken out */
    size_t n;                     /* in all */
    uint32_t made;
} plc_event_queue;

static inline bool plc_event_before(const plc_event *a, const plc_event *b)
{
    return a->time < b->time || (a->time == b->time && (int32_t)(a->order - b->order) < 0);
}

/* Doubles the places of a lane; false when memory is short. */
bool plc_event_lane_grow(plc_event_lane *lane);
void plc_event_queue_finish(plc_event_queue *queue);

/* Puts an event at the top of the heap, and down to its place. */
static inline void plc_event_heap_sink(plc_event_queue *queue, plc_event event)
{
    size_t at = 0, child;
    while ((child = 4 * at + 1) < queue->n_heap) {
        size_t end = child + 4 < queue->n_heap ? child + 4 : queue->n_heap, least = child;
        for (size_t i = child + 1; i < end; i++)
            if (plc_event_before(&queue->heap[i], &queue->heap[least]))
                least = i;
        if (!plc_event_before(&queue->heap[least], &event))
            break;
        queue->heap[at] = queue->heap[least];
        at = least;
    }
    queue->heap[at] = event;
}

static inline bool plc_event_heap_add(plc_event_queue *queue, plc_event event)
{
    if (queue->hole) {
        queue->hole = false;
        queue->n++;
        plc_event_heap_sink(queue, event);
        return true;
    }
    if (!plc_array_reserve(&queue->heap, &queue->heap_capacity, queue->n_heap + 1, sizeof event))
        return false;
    size_t at = queue->n_heap++;
    while (at > 0 && plc_event_before(&event, &queue->heap[(at - 1) / 4])) {
        queue->heap[at] = queue->heap[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    queue->heap[at] = event;
    queue->n++;
    return true;
}

/* Adds an event to a lane, or to none where `number` is PLC_EVENT_LANES; false when memory is
 * short. Which lane is a matter of speed alone. */
static inline bool plc_event_queue_add(plc_event_queue *queue, uint32_t number, uint64_t time,
                                       uint32_t kind, uint32_t subject)
{
    plc_event event = {time, queue->made++, subject << 3 | kind};
    if (number == PLC_EVENT_LANES)
        return plc_event_heap_add(queue, event);
    plc_event_lane *lane = &queue->lanes[number];
    if (lane->n && lane->data[(lane->first + lane->n - 1) & (lane->capacity - 1)].time > time)
        return plc_event_heap_add(queue, event);
    if (lane->n == lane->capacity && !plc_event_lane_grow(lane))
        return false;
    lane->data[(lane->first + lane->n++) & (lane->capacity - 1)] = event;
    queue->n++;
    return true;
}

/* The first event of a queue that is not empty, and its lane; PLC_EVENT_LANES: the heap. */
static inline const plc_event *plc_event_queue_first(plc_event_queue *queue, uint32_t *ret_number)
{
    if (queue->hole) {
        queue->hole = false;
        if (--queue->n_heap)
            plc_event_heap_sink(queue, queue->heap[queue->n_heap]);
    }
    const plc_event *first = queue->n_heap ? queue->heap : NULL;
    *ret_number = PLC_EVENT_LANES;
    for (uint32_t i = 0; i < PLC_EVENT_LANES; i++) {
        const plc_event_lane *lane = &queue->lanes[i];
        if (lane->n && (!first || plc_event_before(&lane->data[lane->first], first))) {
            first = &lane->data[lane->first];
            *ret_number = i;
        }
    }
    return first;
}

/* Takes out the first event, which plc_event_queue_first() has found in a lane. */
static inline plc_event plc_event_queue_take(plc_event_queue *queue, uint32_t number)
{
    queue->n--;
    if (number == PLC_EVENT_LANES) {
        queue->hole = true;
        return queue->heap[0];
    }
    plc_event_lane *lane = &queue->lanes[number];
    plc_event first = lane->data[lane->first];
    lane->first = (lane->first + 1) & (lane->capacity - 1);
    lane->n--;
    return first;
}

#endif
