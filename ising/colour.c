/* Proper colourings of graphs: DSATUR, then balancing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/colour.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>

enum { N_BALANCING_PASSES = 3 };

#define UNCOLOURED UINT32_MAX

/* Vertices without a colour, in a heap: the most saturated first, then the one with most
 * uncoloured neighbours, then the lowest. */
typedef struct vertex_queue {
    uint32_t n;
    uint32_t *heap;  /* [n] vertices */
    uint32_t *place; /* [n_vertices] in the heap */
    uint64_t *key;   /* [n_vertices] saturation << 32 | uncoloured neighbours */
} vertex_queue;

static bool goes_before(const vertex_queue *queue, uint32_t a, uint32_t b)
{
    return queue->key[a] != queue->key[b] ? queue->key[a] > queue->key[b] : a < b;
}

static void put(vertex_queue *queue, uint32_t place, uint32_t vertex)
{
    queue->heap[place] = vertex;
    queue->place[vertex] = place;
}

static void sift_up(vertex_queue *queue, uint32_t place)
{
    const uint32_t vertex = queue->heap[place];
    while (place && goes_before(queue, vertex, queue->heap[(place - 1) / 2])) {
        put(queue, place, queue->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(queue, place, vertex);
}

static void sift_down(vertex_queue *queue, uint32_t place)
{
    const uint32_t vertex = queue->heap[place];
    for (;;) {
        uint64_t child = 2 * (uint64_t)place + 1;
        if (child >= queue->n)
            break;
        if (child + 1 < queue->n && goes_before(queue, queue->heap[child + 1], queue->heap[child]))
            child++;
        if (!goes_before(queue, queue->heap[child], vertex))
            break;
        put(queue, place, queue->heap[child]);
        place = (uint32_t)child;
    }
    put(queue, place, vertex);
}

static uint32_t pop(vertex_queue *queue)
{
    const uint32_t top = queue->heap[0];
    queue->n--;
    if (queue->n) {
        put(queue, 0, queue->heap[queue->n]);
        sift_down(queue, 0);
    }
    return top;
}

/* Bit b of a row of bits. */
static bool test_and_set(uint64_t *bits, uint64_t b)
{
    const uint64_t mask = UINT64_C(1) << (b % 64);
    const bool was = bits[b / 64] & mask;
    bits[b / 64] |= mask;
    return was;
}

/* Work space of one colouring. A zeroed one is empty. */
typedef struct colour_work {
    vertex_queue queue;
    uint64_t *taken; /* bits [degree + 1] for each vertex: the colours of its neighbours */
} colour_work;

static void work_finish(colour_work *work)
{
    free(work->queue.heap);
    free(work->queue.place);
    free(work->queue.key);
    free(work->taken);
}

static bool work_init(colour_work *work, const plc_adjacency *adjacency)
{
    const uint32_t n = adjacency->n;
    vertex_queue *queue = &work->queue;
    queue->heap = plc_array(n, sizeof *queue->heap);
    queue->place = plc_array(n, sizeof *queue->place);
    queue->key = plc_array(n, sizeof *queue->key);
    work->taken = plc_array((adjacency->offsets[n] + n) / 64 + 1, sizeof *work->taken);
    if (!queue->heap || !queue->place || !queue->key || !work->taken)
        return false;
    queue->n = n;
    for (uint32_t v = 0; v < n; v++) {
        put(queue, v, v);
        queue->key[v] = adjacency->offsets[v + 1] - adjacency->offsets[v];
    }
    for (uint32_t place = n / 2; place--;)
        sift_down(queue, place);
    return true;
}

/* Gives a vertex the lowest colour that no neighbour has, and tells the neighbours. */
static uint32_t colour_vertex(colour_work *work, const plc_adjacency *adjacency, uint32_t vertex,
                              const uint32_t *colour)
{
    const uint64_t *offsets = adjacency->offsets;
    uint32_t lowest = 0;
    while (test_and_set(work->taken, offsets[vertex] + vertex + lowest))
        lowest++;
    for (uint64_t i = offsets[vertex]; i < offsets[vertex + 1]; i++) {
        const uint32_t other = adjacency->arcs[i].target;
        if (colour[other] != UNCOLOURED)
            continue;
        work->queue.key[other]--;
        if (lowest <= offsets[other + 1] - offsets[other] &&
            !test_and_set(work->taken, offsets[other] + other + lowest)) {
            work->queue.key[other] += UINT64_C(1) << 32;
            sift_up(&work->queue, work->queue.place[other]);
        } else {
            sift_down(&work->queue, work->queue.place[other]);
        }
    }
    return lowest;
}

/* Colour classes by size. */
typedef struct class_table {
    uint32_t n;
    uint32_t *size;  /* [n] */
    uint32_t *order; /* [n] classes, the smallest first as the pass began */
    uint32_t *seen;  /* [n] vertex + 1 that has a neighbour of this colour */
} class_table;

/* Sorts the classes by (size, colour). Shell sort with Knuth's gaps; the keys differ, so it is
 * stable. */
static void sort_classes(class_table *classes)
{
    const uint32_t *size = classes->size;
    uint32_t *order = classes->order;
    uint32_t gap = 1;
    while (gap < classes->n / 3)
        gap = 3 * gap + 1;
    for (; gap; gap /= 3) {
        for (uint32_t i = gap; i < classes->n; i++) {
            const uint32_t c = order[i];
            uint32_t j = i;
            for (; j >= gap; j -= gap) {
                const uint32_t d = order[j - gap];
                if (size[d] < size[c] || (size[d] == size[c] && d < c))
                    break;
                order[j] = d;
            }
            order[j] = c;
        }
    }
}

/* Moves a vertex to a class that is smaller by two or more, if a neighbour-free one is among the
 * degree + 1 smallest. */
static void balance_vertex(class_table *classes, const plc_adjacency *adjacency, uint32_t vertex,
                           uint32_t *colour)
{
    const uint64_t begin = adjacency->offsets[vertex], end = adjacency->offsets[vertex + 1];
    for (uint64_t i = begin; i < end; i++)
        classes->seen[colour[adjacency->arcs[i].target]] = vertex + 1;
    for (uint64_t i = 0; i <= end - begin && i < classes->n; i++) {
        const uint32_t to = classes->order[i];
        const uint32_t from = colour[vertex];
        if (classes->seen[to] != vertex + 1 && classes->size[to] + 1 < classes->size[from]) {
            classes->size[from]--;
            classes->size[to]++;
            colour[vertex] = to;
            return;
        }
    }
}

static bool balance(const plc_adjacency *adjacency, uint32_t *colour, uint32_t n_colours)
{
    const uint32_t n = adjacency->n;
    class_table classes = {.n = n_colours};
    classes.size = plc_array(n_colours, sizeof *classes.size);
    classes.order = plc_array(n_colours, sizeof *classes.order);
    classes.seen = plc_array(n_colours, sizeof *classes.seen);
    const bool ready = classes.size && classes.order && classes.seen;
    if (ready) {
        for (uint32_t v = 0; v < n; v++)
            classes.size[colour[v]]++;
        for (uint32_t c = 0; c < n_colours; c++)
            classes.order[c] = c;
    }
    for (int pass = 0; ready && pass < N_BALANCING_PASSES; pass++) {
        sort_classes(&classes);
        memset(classes.seen, 0, n_colours * sizeof *classes.seen);
        for (uint32_t v = 0; v < n; v++) {
            if (classes.size[colour[v]] > n / n_colours)
                balance_vertex(&classes, adjacency, v, colour);
        }
    }
    free(classes.size);
    free(classes.order);
    free(classes.seen);
    return ready;
}

plc_status plc_colour(const plc_adjacency *adjacency, uint32_t *colour, uint32_t *ret_n_colours,
                      plc_error *error)
{
    colour_work work = {0};
    uint32_t n_colours = 0;
    bool done = work_init(&work, adjacency);
    if (done) {
        for (uint32_t v = 0; v < adjacency->n; v++)
            colour[v] = UNCOLOURED;
        while (work.queue.n) {
            const uint32_t vertex = pop(&work.queue);
            colour[vertex] = colour_vertex(&work, adjacency, vertex, colour);
            if (colour[vertex] >= n_colours)
                n_colours = colour[vertex] + 1;
        }
    }
    work_finish(&work);
    if (!done || !balance(adjacency, colour, n_colours))
        return plc_fail_memory(error, "a colouring");
    *ret_n_colours = n_colours;
    return PLC_OK;
}
