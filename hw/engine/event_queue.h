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
    uint32_t order;    /* of its making; breaks ties, so that runs are the same everywhere */
    uint32_t kind : 3; /* what it means is the owner's */
    uint32_t subject : 29;
} plc_event;

/* A heap of four children a node. A zeroed queue is empty. */
typedef struct plc_event_queue {
    plc_event *data;
    size_t n, capacity;
    uint32_t made;
} plc_event_queue;

static inline bool plc_event_before(const plc_event *a, const plc_event *b)
{
    return a->time < b->time || (a->time == b->time && (int32_t)(a->order - b->order) < 0);
}

/* Adds an event; false when memory is short. */
static inline bool plc_event_queue_add(plc_event_queue *queue, uint64_t time, uint32_t kind,
                                       uint32_t subject)
{
    if (!plc_reserve(queue, data, 1))
        return false;
    plc_event event = {time, queue->made++, kind & 7, subject & 0x1fffffff};
    size_t at = queue->n++;
    while (at > 0 && plc_event_before(&event, &queue->data[(at - 1) / 4])) {
        queue->data[at] = queue->data[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    queue->data[at] = event;
    return true;
}

/* Takes the first event out of a queue that is not empty. */
static inline plc_event plc_event_queue_take(plc_event_queue *queue)
{
    plc_event first = queue->data[0], last = queue->data[--queue->n];
    size_t at = 0, child;
    while ((child = 4 * at + 1) < queue->n) {
        size_t end = child + 4 < queue->n ? child + 4 : queue->n, least = child;
        for (size_t i = child + 1; i < end; i++)
            if (plc_event_before(&queue->data[i], &queue->data[least]))
                least = i;
        if (!plc_event_before(&queue->data[least], &last))
            break;
        queue->data[at] = queue->data[least];
        at = least;
    }
    queue->data[at] = last;
    return first;
}

#endif
