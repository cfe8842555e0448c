/* The seldom used parts of event queues. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/event_queue.h"

bool plc_event_lane_grow(plc_event_lane *lane)
{
    uint32_t capacity = lane->capacity ? 2 * lane->capacity : 64;
    plc_event *data = capacity ? plc_array(capacity, sizeof *data) : NULL;
    if (!data)
        return false;
    for (uint32_t i = 0; i < lane->n; i++)
        data[i] = lane->data[(lane->first + i) & (lane->capacity - 1)];
    free(lane->data);
    *lane = (plc_event_lane){data, 0, lane->n, capacity};
    return true;
}

void plc_event_queue_finish(plc_event_queue *queue)
{
    for (uint32_t i = 0; i < PLC_EVENT_LANES; i++)
        free(queue->lanes[i].data);
    free(queue->heap);
    *queue = (plc_event_queue){0};
}
