/* Decision diagrams of threshold cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/diagram.h"

#include "base/memory.h"

/* A function that is the same for all thresholds of an interval. */
typedef struct same {
    int64_t low, high; /* inclusive */
    uint32_t node;
} same;

/* What is known of the inputs from one on: disjoint intervals, ascending. */
typedef struct level {
    same *data;
    size_t n, capacity;
} level;

/* Where the search stands at an input. */
typedef struct frame {
    int64_t threshold;
    same off;  /* the answer for the input at 0, */
    int stage; /* once it is there: 0 nothing is, 1 asked for 0, 2 asked for 1 */
} frame;

typedef struct maker {
    const int64_t *weights;
    uint32_t n;
    int64_t *rest; /* [n + 1] sum of the weights from an input on */
    level *levels; /* [n + 1] */
    frame *frames; /* [n + 1] */
    plc_diagram diagram;
} maker;

void plc_diagram_finish(plc_diagram *diagram)
{
    free(diagram->nodes.data);
    *diagram = (plc_diagram){0};
}

static void maker_finish(maker *m)
{
    for (uint32_t i = 0; m->levels && i <= m->n; i++)
        free(m->levels[i].data);
    free(m->levels);
    free(m->frames);
    free(m->rest);
    plc_diagram_finish(&m->diagram);
}

static bool begin(maker *m)
{
    m->rest = plc_array((size_t)m->n + 1, sizeof *m->rest);
    m->levels = plc_array((size_t)m->n + 1, sizeof *m->levels);
    m->frames = plc_array((size_t)m->n + 1, sizeof *m->frames);
    if (!m->rest || !m->levels || !m->frames || !plc_reserve(&m->diagram.nodes, data, 2))
        return false;
    for (uint32_t i = m->n; i-- > 0;)
        m->rest[i] = m->rest[i + 1] + m->weights[i];
    for (uint32_t k = 0; k < 2; k++)
        m->diagram.nodes.data[m->diagram.nodes.n++] = (plc_diagram_node){m->n, k, k};
    return true;
}

/* The number of intervals below a threshold's. */
static size_t find(const level *l, int64_t threshold)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->data[middle].high < threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool look_up(const maker *m, uint32_t i, int64_t threshold, same *ret_answer)
{
    const level *l = &m->levels[i];
    if (threshold <= 0) {
        *ret_answer = (same){INT64_MIN / 2, 0, 1};
        return true;
    }
    if (threshold > m->rest[i]) {
        *ret_answer = (same){m->rest[i] + 1, INT64_MAX / 2, 0};
        return true;
    }
    size_t at = find(l, threshold);
    if (at == l->n || l->data[at].low > threshold)
        return false;
    *ret_answer = l->data[at];
    return true;
}

/* The answer at an input from those for 0 and for 1, remembered. */
static bool combine(maker *m, uint32_t i, const same *off, const same *on, same *ret_answer)
{
    int64_t weight = m->weights[i];
    level *l = &m->levels[i];
    same both = {.low = off->low > on->low + weight ? off->low : on->low + weight,
                 .high = off->high < on->high + weight ? off->high : on->high + weight,
                 .node = off->node};
    if (off->node != on->node) {
        if (!plc_reserve(&m->diagram.nodes, data, 1))
            return false;
        both.node = (uint32_t)m->diagram.nodes.n;
        m->diagram.nodes.data[m->diagram.nodes.n++] = (plc_diagram_node){i, on->node, off->node};
    }
    if (!plc_reserve(l, data, 1))
        return false;
    size_t at = find(l, both.low);
    memmove(l->data + at + 1, l->data + at, (l->n - at) * sizeof *l->data);
    l->data[at] = both;
    l->n++;
    *ret_answer = both;
    return true;
}

plc_diagram_answer plc_diagram_make(const int64_t *weights, uint32_t n, int64_t threshold,
                                    size_t most, plc_diagram *ret_diagram)
{
    maker m = {.weights = weights, .n = n};
    same answer = {0};
    bool done = begin(&m), is_known = false;
    uint32_t i = 0;
    if (done)
        m.frames[0] = (frame){.threshold = threshold};
    while (done && m.diagram.nodes.n <= most) {
        frame *f = &m.frames[i];
        if (!is_known && !look_up(&m, i, f->threshold, &answer)) {
            f->stage = 1;
            m.frames[i + 1] = (frame){.threshold = f->threshold};
            i++;
            continue;
        }
        if (i == 0)
            break;
        f = &m.frames[--i];
        is_known = f->stage == 2;
        if (is_known) {
            same on = answer;
            done = combine(&m, i, &f->off, &on, &answer);
        } else {
            f->off = answer;
            f->stage = 2;
            m.frames[i + 1] = (frame){.threshold = f->threshold - weights[i]};
            i++;
        }
    }
    plc_diagram_answer result = !done                      ? PLC_DIAGRAM_NO_MEMORY
                                : m.diagram.nodes.n > most ? PLC_DIAGRAM_LARGE
                                                           : PLC_DIAGRAM_OK;
    if (result == PLC_DIAGRAM_OK) {
        m.diagram.root = answer.node;
        *ret_diagram = m.diagram;
        m.diagram = (plc_diagram){0};
    }
    maker_finish(&m);
    return result;
}
