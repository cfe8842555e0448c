/* Choosing cells: area flow, exact local moves, annealing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/cover.h"

#include "base/digest.h"
#include "base/memory.h"

#include <math.h>

static bool allocate(plc_cover *c)
{
    size_t n = c->aig->n;
    c->order = plc_array(n, sizeof *c->order);
    c->begin = plc_array(n, sizeof *c->begin);
    c->end = plc_array(n, sizeof *c->end);
    c->best = plc_array(n, sizeof *c->best);
    c->refs = plc_array(n, sizeof *c->refs);
    c->wanted = plc_array(n, sizeof *c->wanted);
    c->flow = plc_array(n, sizeof *c->flow);
    c->rank = plc_array(n, sizeof *c->rank);
    c->level = plc_array(n, sizeof *c->level);
    c->required = plc_array(n, sizeof *c->required);
    c->undo = plc_array(n, sizeof *c->undo);
    /* A cell pushes its inputs once when it comes or goes. */
    c->stack_capacity = n * PLC_TABLE_INPUTS_MAX + 1;
    c->stack = plc_array(c->stack_capacity, sizeof *c->stack);
    return c->order && c->begin && c->end && c->best && c->refs && c->wanted && c->flow &&
           c->rank && c->level && c->required && c->undo && c->stack;
}

bool plc_cover_init(plc_cover *cover, const plc_aig *aig, uint32_t max_fanin, bool by_depth,
                    plc_memo *memo)
{
    *cover = (plc_cover){.aig = aig, .max_fanin = max_fanin, .by_depth = by_depth, .memo = memo};
    if (!plc_cuts_init(&cover->cuts, aig, max_fanin) || !allocate(cover)) {
        plc_cover_finish(cover);
        return false;
    }
    for (uint32_t node = plc_aig_n_sources(aig) + 1; node < aig->n; node++) {
        cover->order[cover->n_order++] = node;
        for (int k = 0; k < 2; k++)
            cover->wanted[aig->fanins[node][k] >> 1] += 1;
    }
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
        cover->wanted[aig->sinks[i] >> 1] += 1;
    return true;
}

void plc_cover_finish(plc_cover *cover)
{
    plc_cuts_finish(&cover->cuts);
    free(cover->order);
    free(cover->options.data);
    free(cover->begin);
    free(cover->end);
    free(cover->best);
    free(cover->refs);
    free(cover->wanted);
    free(cover->flow);
    free(cover->rank);
    free(cover->level);
    free(cover->required);
    free(cover->stack);
    free(cover->undo);
    *cover = (plc_cover){0};
}

static uint32_t option_level(const plc_cover *c, const plc_option *option)
{
    uint32_t level = 0;
    for (uint32_t i = 0; i < option->n; i++)
        if (c->level[option->leaves[i]] > level)
            level = c->level[option->leaves[i]];
    return level + option->price;
}

/* So that of two sums of some leaves' ranks that is less whose deepest leaf is less deep. */
static double rank_by_level(uint32_t level, double flow)
{
    enum { LEVEL_MAX = 300 };
    return ldexp(1 + 1e-6 * flow, 3 * (int)(level < LEVEL_MAX ? level : LEVEL_MAX));
}

/* The best option of a node by area flow; by depth, the least level first. */
static void choose_by_flow(plc_cover *c, uint32_t node)
{
    double best = 0;
    uint32_t best_level = 0;
    for (uint32_t i = c->begin[node]; i < c->end[node]; i++) {
        const plc_option *option = &c->options.data[i];
        double flow = option->price;
        uint32_t level = option_level(c, option);
        for (uint32_t k = 0; k < option->n; k++)
            flow += c->flow[option->leaves[k]];
        bool less = c->by_depth && level != best_level ? level < best_level : flow < best;
        if (i == c->begin[node] || less) {
            best = flow;
            best_level = level;
            c->best[node] = i;
        }
    }
    c->level[node] = best_level;
    c->flow[node] = best / (c->wanted[node] > 1 ? c->wanted[node] : 1);
    c->rank[node] = c->by_depth ? rank_by_level(best_level, c->flow[node]) : c->flow[node];
}

bool plc_cover_find(plc_cover *cover, bool (*add)(plc_cover *cover, uint32_t node, void *context),
                    void *context)
{
    plc_cuts_clear(&cover->cuts, cover->aig);
    cover->options.n = 0;
    for (uint32_t i = 0; i < cover->n_order; i++) {
        uint32_t node = cover->order[i];
        if (!plc_cuts_add_node(&cover->cuts, cover->aig, node, cover->rank) ||
            !add(cover, node, context))
            return false;
        choose_by_flow(cover, node);
    }
    return true;
}

static const plc_option *best_option(const plc_cover *c, uint32_t node)
{
    return &c->options.data[c->best[node]];
}

static int64_t option_cost(const plc_option *option)
{
    return PLC_CELL_COST * option->price + option->n;
}

/* The option of a node that needs the fewest new cells. */
static void choose_for_use(plc_cover *c, uint32_t node)
{
    uint32_t least = UINT32_MAX, chosen = c->best[node];
    for (uint32_t i = c->begin[node]; i < c->end[node]; i++) {
        const plc_option *option = &c->options.data[i];
        uint32_t cost = (uint32_t)option_cost(option);
        bool late = c->by_depth && option_level(c, option) > c->required[node];
        for (uint32_t k = 0; k < option->n && cost < least; k++)
            cost += c->refs[option->leaves[k]] ? 0 : PLC_CELL_COST;
        if (!late && cost < least) {
            least = cost;
            chosen = i;
        }
    }
    if (chosen != c->best[node]) {
        c->undo[c->n_undo++] = (struct plc_undo){node, c->best[node]};
        c->best[node] = chosen;
    }
}

static void push_leaves(plc_cover *c, const plc_option *option, size_t *n)
{
    for (uint32_t i = 0; i < option->n; i++)
        c->stack[(*n)++] = option->leaves[i];
}

/* One more use of a node: it, and what it needs, come into being. */
static void use(plc_cover *c, uint32_t node, bool choose)
{
    size_t n = 0;
    c->stack[n++] = node;
    while (n) {
        uint32_t at = c->stack[--n];
        if (c->refs[at]++)
            continue;
        if (choose)
            choose_for_use(c, at);
        const plc_option *option = best_option(c, at);
        c->cost += option_cost(option);
        push_leaves(c, option, &n);
    }
}

/* One use less. */
static void drop(plc_cover *c, uint32_t node)
{
    size_t n = 0;
    c->stack[n++] = node;
    while (n) {
        uint32_t at = c->stack[--n];
        if (--c->refs[at])
            continue;
        const plc_option *option = best_option(c, at);
        c->cost -= option_cost(option);
        push_leaves(c, option, &n);
    }
}

void plc_cover_select(plc_cover *cover)
{
    for (uint32_t i = 0; i < cover->aig->n; i++) /* sources are there without being made */
        cover->refs[i] = !plc_aig_is_and(cover->aig, i);
    cover->cost = 0;
    for (uint32_t i = 0; i < plc_aig_n_sinks(cover->aig); i++)
        use(cover, cover->aig->sinks[i] >> 1, false);
}

static void use_leaves(plc_cover *c, const plc_option *option, bool choose)
{
    for (uint32_t i = 0; i < option->n; i++)
        use(c, option->leaves[i], choose);
}

static void drop_leaves(plc_cover *c, const plc_option *option)
{
    for (uint32_t i = 0; i < option->n; i++)
        drop(c, option->leaves[i]);
}

/* Gives a cell another option, and cells that come into being by it the best one for that. */
static void change(plc_cover *c, uint32_t node, uint32_t to)
{
    const plc_option *old = best_option(c, node), *new = &c->options.data[to];
    c->n_undo = 0;
    c->cost += option_cost(new) - option_cost(old);
    use_leaves(c, new, !c->by_depth);
    drop_leaves(c, old);
    c->best[node] = to;
}

/* Takes a change back. */
static void restore(plc_cover *c, uint32_t node, uint32_t from)
{
    const plc_option *old = &c->options.data[from], *new = best_option(c, node);
    c->cost += option_cost(old) - option_cost(new);
    c->best[node] = from;
    use_leaves(c, old, false);
    drop_leaves(c, new);
    while (c->n_undo) {
        const struct plc_undo *undo = &c->undo[--c->n_undo];
        if (!c->refs[undo->node])
            c->best[undo->node] = undo->best;
    }
}

/* By depth: whether an option comes in time. */
static bool is_late(const plc_cover *c, uint32_t node, uint32_t option)
{
    return c->by_depth && option_level(c, &c->options.data[option]) > c->required[node];
}

uint32_t plc_cover_levels(plc_cover *cover)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < cover->n_order; i++)
        cover->level[cover->order[i]] = option_level(cover, best_option(cover, cover->order[i]));
    for (uint32_t i = 0; i < plc_aig_n_sinks(cover->aig); i++)
        if (cover->level[cover->aig->sinks[i] >> 1] > depth)
            depth = cover->level[cover->aig->sinks[i] >> 1];
    return depth;
}

/* The level at which each cell is needed for the circuit to be as deep as it is. */
static void require(plc_cover *c, uint32_t depth)
{
    for (uint32_t i = 0; i < c->aig->n; i++)
        c->required[i] = depth;
    for (uint32_t i = c->n_order; i-- > 0;) {
        uint32_t node = c->order[i];
        const plc_option *option = best_option(c, node);
        for (uint32_t k = 0; c->refs[node] && k < option->n; k++)
            if (c->required[node] - 1 < c->required[option->leaves[k]])
                c->required[option->leaves[k]] = c->required[node] - 1;
    }
}

void plc_cover_descend(plc_cover *cover, uint32_t passes)
{
    int64_t before = INT64_MAX;
    uint32_t depth = plc_cover_levels(cover);
    for (uint32_t pass = 0; pass < passes && cover->cost < before; pass++) {
        before = cover->cost;
        if (cover->by_depth)
            require(cover, depth); /* a change only moves the requirements of earlier nodes */
        for (uint32_t i = 0; i < cover->n_order; i++) {
            uint32_t node = cover->order[i];
            if (cover->by_depth)
                cover->level[node] = option_level(cover, best_option(cover, node));
            if (!cover->refs[node])
                continue;
            for (uint32_t o = cover->begin[node]; o < cover->end[node]; o++) {
                uint32_t from = cover->best[node];
                int64_t cost = cover->cost;
                if (o == from || is_late(cover, node, o))
                    continue;
                change(cover, node, o);
                if (cover->cost >= cost)
                    restore(cover, node, from);
            }
        }
    }
}

/* Acceptance of a move that costs more by `delta`, out of 2^32: p^(delta / cell). */
static bool accept(int64_t delta, const uint32_t *chance, uint32_t word)
{
    return delta <= 0 || (delta < 4 * PLC_CELL_COST && word < chance[delta]);
}

static void set_chances(uint32_t *chance, double per_unit)
{
    double p = 4294967295.0;
    for (int i = 0; i < 4 * PLC_CELL_COST; i++, p *= per_unit)
        chance[i] = (uint32_t)p;
}

/* Cells by the options they have, best first while annealing. */
bool plc_cover_anneal(plc_cover *cover, uint32_t moves, double hottest, uint64_t seed)
{
    enum { STAGES = 40 };
    static const double coldest = 0.6;
    uint32_t chance[4 * PLC_CELL_COST];
    uint32_t *best = plc_array_copy(cover->best, cover->aig->n, sizeof *best);
    int64_t least = cover->cost;
    uint64_t state = seed;
    if (!best)
        return false;
    uint64_t n = (uint64_t)cover->n_order * moves / STAGES + 1;
    for (uint32_t stage = 0; stage < STAGES && cover->n_order; stage++) {
        set_chances(chance, hottest + (coldest - hottest) * stage / (STAGES - 1));
        for (uint64_t i = 0; i < n; i++) {
            uint64_t word = plc_mix(state += UINT64_C(0x9e3779b97f4a7c15));
            uint32_t node = cover->order[(uint32_t)((word >> 32) * cover->n_order >> 32)];
            uint32_t from = cover->best[node], n_options = cover->end[node] - cover->begin[node];
            if (!cover->refs[node] || n_options < 2)
                continue;
            word = plc_mix(word ^ UINT64_C(0xd1b54a32d192ed03));
            uint32_t to = cover->begin[node] + (uint32_t)((word & 0xffffffff) * n_options >> 32);
            int64_t cost = cover->cost;
            if (to == from)
                continue;
            change(cover, node, to);
            if (!accept(cover->cost - cost, chance, (uint32_t)(word >> 32)))
                restore(cover, node, from);
        }
        if (cover->cost < least) {
            least = cover->cost;
            memcpy(best, cover->best, cover->aig->n * sizeof *best);
        }
    }
    memcpy(cover->best, best, cover->aig->n * sizeof *best);
    free(best);
    plc_cover_select(cover);
    return true;
}

void plc_cover_learn(plc_cover *cover)
{
    for (uint32_t node = 0; node < cover->aig->n; node++)
        cover->wanted[node] = (cover->wanted[node] + 2.0 * cover->refs[node]) / 3;
}

uint32_t plc_cover_count(const plc_cover *cover)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < cover->n_order; i++)
        n += cover->refs[cover->order[i]] != 0;
    return n;
}
