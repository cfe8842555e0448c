/* Perfect matchings of least weight in sparse graphs (Edmonds, 1965). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/matching.h"

#include "base/error.h"
#include "base/memory.h"
#include "ising/watch.h"

/* The search grows trees of alternating paths from all free vertices at once, over edges whose ends
 * pay all of their weight. Nodes of a tree are outer (an even number of edges from the root) or
 * inner. Two outer nodes that meet are in different trees, whose roots the path between them
 * matches, or in one: their odd cycle becomes a node, a blossom. When nothing grows, outer nodes
 * pay more and inner ones less, until an edge becomes tight or an inner blossom pays nothing.
 *
 * What is kept simple: labels are forgotten and the trees grown anew after augmentations and when
 * an inner blossom opens, which gives the same trees as going on would; and the next tight edge is
 * found by looking at all edges of outer nodes. Weights are multiples of 4 and vertices begin with
 * even payments. So payments of free vertices, which always grow together, are odd or even alike;
 * along tight edges too; and half the slack between outer nodes is a whole number. */

enum { NOTHING = UINT32_MAX };

typedef enum mark { UNSEEN, OUTER, INNER } mark;

/* A way from one node to another, by its ends. */
typedef struct way {
    uint32_t from, to; /* vertices */
} way;

typedef struct child {
    uint32_t node;
    way next; /* to the next one around */
} child;

typedef struct node {
    uint32_t base;   /* the vertex that is matched to another node, or free */
    uint32_t root;   /* the free vertex of its tree */
    mark mark;       /* of nodes on top */
    way entry;       /* of inner nodes: from the outer node above it */
    child *children; /* [n_children] around the cycle, the one with the base first; NULL: vertex */
    uint32_t n_children;
} node;

typedef struct half {
    uint32_t target;
    int64_t weight;
} half;

typedef struct matcher {
    uint32_t n;
    plc_matching_dual dual;
    node *nodes;       /* [2 n] */
    uint32_t *top;     /* [n] the outermost node of each vertex */
    uint32_t *mate;    /* [n] */
    int64_t *reach;    /* [n] what all nodes around a vertex pay */
    uint64_t *offsets; /* [n + 2] */
    half *halves;      /* [2 m] by source */
    uint32_t *queue;   /* [n] outer vertices to look at */
    uint32_t n_queue;  /* in all, and how many are done */
    uint32_t n_looked;
    uint32_t *unused; /* [n_unused] blossoms */
    uint32_t n_unused;
    uint32_t *leaves; /* [n] scratch: the vertices of a node */
    uint32_t *stack;  /* [2 n] scratch */
    uint64_t *seen;   /* [2 n] stamps of a walk to the roots */
    uint64_t stamp;
    int64_t total;  /* of all steps */
    int64_t *quiet; /* [n] no edge of an outer vertex gets tight before `total` is this */
    int64_t *limit; /* [n] the step that makes an edge tight; INT64_MAX: above the next one */
    uint8_t *done;  /* [n] by root: its tree was matched in this round */
    bool failed;    /* memory is short */
} matcher;

void plc_matching_dual_finish(plc_matching_dual *dual)
{
    free(dual->parent);
    free(dual->pays);
    *dual = (plc_matching_dual){0};
}

static void matcher_finish(matcher *m)
{
    for (uint32_t i = 0; m->nodes && i < 2 * m->n; i++)
        free(m->nodes[i].children);
    plc_matching_dual_finish(&m->dual);
    free(m->nodes);
    free(m->top);
    free(m->mate);
    free(m->reach);
    free(m->offsets);
    free(m->halves);
    free(m->queue);
    free(m->unused);
    free(m->leaves);
    free(m->stack);
    free(m->seen);
    free(m->quiet);
    free(m->limit);
    free(m->done);
}

static bool allocate(matcher *m, uint32_t n, uint64_t n_pairs)
{
    const size_t twice = 2 * (size_t)n;
    m->n = n;
    m->dual = (plc_matching_dual){.n = n, .n_nodes = 2 * n};
    m->dual.parent = plc_array(twice, sizeof *m->dual.parent);
    m->dual.pays = plc_array(twice, sizeof *m->dual.pays);
    m->nodes = plc_array(twice, sizeof *m->nodes);
    m->top = plc_array(n, sizeof *m->top);
    m->mate = plc_array(n, sizeof *m->mate);
    m->reach = plc_array(n, sizeof *m->reach);
    m->offsets = plc_array((size_t)n + 2, sizeof *m->offsets);
    m->halves = plc_array(2 * n_pairs, sizeof *m->halves);
    m->queue = plc_array(n, sizeof *m->queue);
    m->unused = plc_array(n, sizeof *m->unused);
    m->leaves = plc_array(n, sizeof *m->leaves);
    m->stack = plc_array(twice, sizeof *m->stack);
    m->seen = plc_array(twice, sizeof *m->seen);
    m->quiet = plc_array(n, sizeof *m->quiet);
    m->limit = plc_array(n, sizeof *m->limit);
    m->done = plc_array(n, sizeof *m->done);
    return m->dual.parent && m->dual.pays && m->nodes && m->top && m->mate && m->reach &&
           m->offsets && m->halves && m->queue && m->unused && m->leaves && m->stack && m->seen &&
           m->quiet && m->limit && m->done;
}

static void fill_rows(matcher *m, const plc_pair *pairs, uint64_t n_pairs)
{
    uint64_t *ahead = m->offsets + 1;
    for (uint64_t i = 0; i < n_pairs; i++) {
        ahead[pairs[i].u + 1ULL]++;
        ahead[pairs[i].v + 1ULL]++;
    }
    for (uint32_t i = 0; i < m->n; i++)
        ahead[i + 1ULL] += ahead[i];
    for (uint64_t i = 0; i < n_pairs; i++) {
        m->halves[ahead[pairs[i].u]++] = (half){pairs[i].v, pairs[i].weight};
        m->halves[ahead[pairs[i].v]++] = (half){pairs[i].u, pairs[i].weight};
    }
}

/* No vertex is matched, and all nodes but the vertices are unused. */
static void clear(matcher *m)
{
    for (uint32_t i = 0; i < 2 * m->n; i++)
        m->dual.parent[i] = i < m->n ? NOTHING : i;
    for (uint32_t i = 0; i < m->n; i++) {
        m->mate[i] = NOTHING;
        m->top[i] = i;
        m->nodes[i].base = i;
        m->unused[i] = 2 * m->n - 1 - i;
    }
    m->n_unused = m->n;
}

/* Every vertex pays half of its least weight; then, one after the other, free vertices pay as much
 * as they may, and are matched over an edge that is tight then if its other end is free. */
static void begin(matcher *m)
{
    clear(m);
    for (uint32_t u = 0; u < m->n; u++) {
        int64_t least = m->offsets[u] < m->offsets[u + 1ULL] ? INT64_MAX : 0;
        for (uint64_t k = m->offsets[u]; k < m->offsets[u + 1ULL]; k++)
            least = m->halves[k].weight < least ? m->halves[k].weight : least;
        m->dual.pays[u] = m->reach[u] = least / 2;
    }
    for (uint32_t u = 0; u < m->n; u++) {
        uint32_t nearest = NOTHING;
        int64_t least = INT64_MAX;
        for (uint64_t k = m->offsets[u]; m->mate[u] == NOTHING && k < m->offsets[u + 1ULL]; k++) {
            const uint32_t v = m->halves[k].target;
            const int64_t slack = m->halves[k].weight - m->reach[u] - m->reach[v];
            if (slack > least || (slack == least && m->mate[v] != NOTHING))
                continue;
            least = slack;
            nearest = v;
        }
        if (nearest == NOTHING)
            continue;
        m->dual.pays[u] = m->reach[u] += least;
        if (m->mate[nearest] == NOTHING) {
            m->mate[nearest] = u;
            m->mate[u] = nearest;
        }
    }
}

/* The vertices of a node, into m->leaves. */
static uint32_t find_leaves(matcher *m, uint32_t whole)
{
    uint32_t n = 0, n_stack = 0;
    m->stack[n_stack++] = whole;
    while (n_stack) {
        const uint32_t at = m->stack[--n_stack];
        if (at < m->n)
            m->leaves[n++] = at;
        for (uint32_t i = 0; i < m->nodes[at].n_children; i++)
            m->stack[n_stack++] = m->nodes[at].children[i].node;
    }
    return n;
}

static void label_outer(matcher *m, uint32_t at, uint32_t root)
{
    m->nodes[at].mark = OUTER;
    m->nodes[at].root = root;
    const uint32_t n = find_leaves(m, at);
    for (uint32_t i = 0; i < n; i++) {
        m->queue[m->n_queue++] = m->leaves[i];
        m->quiet[m->leaves[i]] = m->total;
    }
}

/* The node above an outer one, through its inner parent; NOTHING above a root. */
static uint32_t above(const matcher *m, uint32_t outer)
{
    const uint32_t mate = m->mate[m->nodes[outer].base];
    return mate == NOTHING ? NOTHING : m->top[m->nodes[m->top[mate]].entry.from];
}

/* The first outer node that two of one tree have above them. */
static uint32_t find_common(matcher *m, uint32_t a, uint32_t b)
{
    m->stamp++;
    for (; a != NOTHING; a = above(m, a))
        m->seen[a] = m->stamp;
    while (m->seen[b] != m->stamp)
        b = above(m, b);
    return b;
}

/* Number of nodes from an outer one up to, and without, `common`. */
static uint32_t count_up(const matcher *m, uint32_t outer, uint32_t common)
{
    uint32_t n = 0;
    for (; outer != common; outer = above(m, outer))
        n += 2;
    return n;
}

/* The nodes from an outer one up to, and without, `common`, each with its way up. */
static void gather_up(const matcher *m, uint32_t outer, uint32_t common, child *path)
{
    while (outer != common) {
        const uint32_t base = m->nodes[outer].base, inner = m->top[m->mate[base]];
        const way entry = m->nodes[inner].entry;
        *path++ = (child){outer, {base, m->mate[base]}};
        *path++ = (child){inner, {entry.to, entry.from}};
        outer = m->top[entry.from];
    }
}

/* The cycle through the tight edge from u to v, whose outer nodes meet at `common`. */
static child *gather_cycle(const matcher *m, uint32_t u, uint32_t v, uint32_t common,
                           uint32_t *ret_n)
{
    const uint32_t left = count_up(m, m->top[u], common), right = count_up(m, m->top[v], common);
    const uint32_t n = 1 + left + right;
    child *cycle = plc_array(n, sizeof *cycle), *path = plc_array(left, sizeof *path);
    if (cycle && path) {
        gather_up(m, m->top[u], common, path);
        cycle[0].node = common;
        for (uint32_t i = 0; i < left; i++) {
            const child *up = &path[left - 1 - i];
            cycle[i].next = (way){up->next.to, up->next.from};
            cycle[i + 1].node = up->node;
        }
        cycle[left].next = (way){u, v};
        gather_up(m, m->top[v], common, cycle + left + 1);
    } else {
        free(cycle);
        cycle = NULL;
    }
    free(path);
    *ret_n = n;
    return cycle;
}

/* Makes a blossom of an odd cycle of nodes. */
static void shrink(matcher *m, uint32_t u, uint32_t v, uint32_t common)
{
    uint32_t n = 0;
    child *cycle = gather_cycle(m, u, v, common, &n);
    if (!cycle) {
        m->failed = true;
        return;
    }
    const uint32_t made = m->unused[--m->n_unused];
    m->nodes[made] = (node){.base = m->nodes[common].base,
                            .root = m->nodes[common].root,
                            .mark = OUTER,
                            .children = cycle,
                            .n_children = n};
    m->dual.parent[made] = NOTHING;
    m->dual.pays[made] = 0;
    for (uint32_t i = 0; i < n; i++) {
        m->dual.parent[cycle[i].node] = made;
        if (m->nodes[cycle[i].node].mark == INNER)
            label_outer(m, cycle[i].node, m->nodes[made].root);
    }
    const uint32_t n_leaves = find_leaves(m, made);
    for (uint32_t i = 0; i < n_leaves; i++)
        m->top[m->leaves[i]] = made;
}

/* Opens blossoms on top that pay nothing, and what then is on top. */
static void open_blossoms(matcher *m)
{
    for (uint32_t i = 2 * m->n; i-- > m->n;) {
        uint32_t n_stack = 0;
        if (m->dual.parent[i] == NOTHING)
            m->stack[n_stack++] = i;
        while (n_stack) {
            const uint32_t at = m->stack[--n_stack];
            if (at < m->n || m->dual.pays[at])
                continue;
            node *opened = &m->nodes[at];
            for (uint32_t k = 0; k < opened->n_children; k++) {
                m->dual.parent[opened->children[k].node] = NOTHING;
                m->stack[n_stack++] = opened->children[k].node;
            }
            free(opened->children);
            *opened = (node){0};
            m->dual.parent[at] = at;
            m->unused[m->n_unused++] = at;
        }
    }
}

/* Finds again which node each vertex is in. */
static void find_tops(matcher *m)
{
    for (uint32_t i = 0; i < 2 * m->n; i++) {
        if (m->dual.parent[i] != NOTHING)
            continue;
        m->nodes[i].mark = UNSEEN;
        const uint32_t n = find_leaves(m, i);
        for (uint32_t k = 0; k < n; k++)
            m->top[m->leaves[k]] = i;
    }
}

static void rebase(matcher *m, uint32_t at, uint32_t vertex);

/* Matches two neighbours around a cycle over the way between them. */
static void match_children(matcher *m, uint32_t a, uint32_t b, way between)
{
    rebase(m, a, between.from);
    rebase(m, b, between.to);
    m->mate[between.from] = between.to;
    m->mate[between.to] = between.from;
}

static void reverse(child *children, uint32_t begin, uint32_t end)
{
    for (; begin + 1 < end; begin++, end--) {
        const child swapped = children[begin];
        children[begin] = children[end - 1];
        children[end - 1] = swapped;
    }
}

/* Turns the matching within a node so that `vertex` is its base. Deep as the blossoms are. */
static void rebase(matcher *m, uint32_t at, uint32_t vertex)
{
    node *whole = &m->nodes[at];
    if (at < m->n || whole->base == vertex)
        return;
    uint32_t held = vertex, k = 0;
    while (m->dual.parent[held] != at)
        held = m->dual.parent[held];
    while (whole->children[k].node != held)
        k++;
    const uint32_t n = whole->n_children;
    child *cycle = whole->children;
    rebase(m, held, vertex);
    if (k % 2)
        for (uint32_t i = k + 1; i < n; i += 2)
            match_children(m, cycle[i].node, cycle[(i + 1) % n].node, cycle[i].next);
    else
        for (uint32_t i = 0; i < k; i += 2)
            match_children(m, cycle[i].node, cycle[i + 1].node, cycle[i].next);
    reverse(cycle, 0, k);
    reverse(cycle, k, n);
    reverse(cycle, 0, n);
    whole->base = vertex;
}

/* Matches `vertex` of an outer node to `other`, and turns over its path up to the root. */
static void flip_path(matcher *m, uint32_t vertex, uint32_t other)
{
    m->done[m->nodes[m->top[vertex]].root] = 1;
    for (;;) {
        const uint32_t outer = m->top[vertex], mate = m->mate[m->nodes[outer].base];
        rebase(m, outer, vertex);
        m->mate[vertex] = other;
        if (mate == NOTHING)
            return;
        const uint32_t inner = m->top[mate];
        const way entry = m->nodes[inner].entry;
        rebase(m, inner, entry.to);
        m->mate[entry.to] = entry.from;
        vertex = entry.from;
        other = entry.to;
    }
}

/* Looks at the tight edges of an outer vertex; true when one of them was augmented over. */
static bool look(matcher *m, uint32_t u)
{
    bool augmented = false;
    for (uint64_t k = m->offsets[u]; k < m->offsets[u + 1ULL] && !m->failed; k++) {
        const uint32_t v = m->halves[k].target, a = m->top[u], b = m->top[v];
        if (a == b || m->halves[k].weight != m->reach[u] + m->reach[v] ||
            m->done[m->nodes[a].root] || m->nodes[b].mark == INNER)
            continue;
        if (m->nodes[b].mark == UNSEEN) {
            m->nodes[b].mark = INNER;
            m->nodes[b].entry = (way){u, v};
            m->nodes[b].root = m->nodes[a].root;
            label_outer(m, m->top[m->mate[m->nodes[b].base]], m->nodes[a].root);
        } else if (m->nodes[b].root == m->nodes[a].root) {
            shrink(m, u, v, find_common(m, a, b));
        } else if (!m->done[m->nodes[b].root]) {
            flip_path(m, u, v);
            flip_path(m, v, u);
            augmented = true;
        }
    }
    return augmented;
}

/* Looks at the outer vertices whose edges a step has made tight, and at all that have not been
 * looked at; whether the matching has grown. */
static bool grow(matcher *m, int64_t step)
{
    bool augmented = false;
    for (uint32_t i = 0, n = m->n_looked; i < n && !m->failed; i++)
        if (m->limit[m->queue[i]] == step)
            augmented = look(m, m->queue[i]) || augmented;
    while (m->n_looked < m->n_queue && !m->failed) {
        const uint32_t u = m->queue[m->n_looked++];
        augmented = look(m, u) || augmented;
    }
    return augmented;
}

/* Forgets all labels, and makes roots of the free vertices; false when there is none. */
static bool plant(matcher *m)
{
    open_blossoms(m);
    find_tops(m);
    memset(m->done, 0, m->n);
    m->n_queue = m->n_looked = 0;
    for (uint32_t i = 0; i < m->n; i++)
        if (m->mate[i] == NOTHING)
            label_outer(m, m->top[i], i);
    return m->n_queue > 0;
}

/* The step after which an edge of an outer vertex is tight; and until when no edge can be, whatever
 * becomes of its neighbours meanwhile. */
static int64_t find_limit(matcher *m, uint32_t u)
{
    int64_t limit = INT64_MAX, least = INT64_MAX;
    for (uint64_t k = m->offsets[u]; k < m->offsets[u + 1ULL]; k++) {
        const uint32_t v = m->halves[k].target;
        const mark other = m->nodes[m->top[v]].mark;
        if (m->top[u] == m->top[v])
            continue;
        const int64_t slack = m->halves[k].weight - m->reach[u] - m->reach[v];
        const int64_t step = other == OUTER ? slack / 2 : other == UNSEEN ? slack : INT64_MAX;
        least = slack < least ? slack : least;
        limit = step < limit ? step : limit;
    }
    m->quiet[u] = least == INT64_MAX ? INT64_MAX : m->total + least / 2;
    return limit;
}

/* By how much outer nodes may pay more before an edge is tight, or an inner blossom pays nothing;
 * INT64_MAX when there is no limit. */
static int64_t find_step(matcher *m)
{
    int64_t step = INT64_MAX;
    for (uint32_t i = 0; i < m->n_queue; i++) {
        const uint32_t u = m->queue[i];
        m->limit[u] = INT64_MAX;
        if (m->quiet[u] == INT64_MAX || m->quiet[u] - m->total > step)
            continue;
        m->limit[u] = find_limit(m, u);
        step = m->limit[u] < step ? m->limit[u] : step;
    }
    for (uint32_t i = m->n; i < 2 * m->n; i++)
        if (m->dual.parent[i] == NOTHING && m->nodes[i].mark == INNER && m->dual.pays[i] < step)
            step = m->dual.pays[i];
    return step;
}

/* Outer nodes pay more, inner ones less; whether an inner blossom now pays nothing. */
static bool pay(matcher *m, int64_t step)
{
    bool opens = false;
    for (uint32_t i = 0; i < 2 * m->n; i++) {
        if (m->dual.parent[i] != NOTHING || m->nodes[i].mark == UNSEEN)
            continue;
        m->dual.pays[i] += m->nodes[i].mark == OUTER ? step : -step;
        opens = opens || (i >= m->n && m->nodes[i].mark == INNER && !m->dual.pays[i]);
    }
    for (uint32_t u = 0; u < m->n; u++) {
        const mark seen = m->nodes[m->top[u]].mark;
        m->reach[u] += seen == OUTER ? step : seen == INNER ? -step : 0;
    }
    m->total += step;
    return opens;
}

static plc_status match(matcher *m, const plc_bound_watch *watch, bool *ret_found, plc_error *error)
{
    while (plant(m)) {
        int64_t step = 0;
        for (bool again = true; again;) {
            if (plc_bound_stops(watch, PLC_BOUND_PROVES))
                return plc_fail(error, PLC_STOPPED, "bound: stopped before it was proven");
            if (grow(m, step) || m->failed)
                break;
            step = find_step(m);
            if (step == INT64_MAX)
                return PLC_OK;
            again = !pay(m, step);
        }
        if (m->failed)
            return plc_fail_memory(error, "the matching of a graph's faces");
    }
    *ret_found = true;
    return PLC_OK;
}

plc_status plc_match(uint32_t n, const plc_pair *pairs, uint64_t n_pairs,
                     const plc_bound_watch *watch, bool *ret_found, plc_matching_dual *ret_dual,
                     plc_error *error)
{
    matcher m = {0};
    bool found = false;
    plc_status status = PLC_NO_MEMORY;
    if (allocate(&m, n, n_pairs)) {
        fill_rows(&m, pairs, n_pairs);
        begin(&m);
        status = match(&m, watch, &found, error);
    } else {
        plc_fail_memory(error, "the matching of a graph's faces");
    }
    if (status == PLC_OK) {
        *ret_found = found;
        *ret_dual = m.dual;
        m.dual = (plc_matching_dual){0};
    }
    matcher_finish(&m);
    return status;
}
