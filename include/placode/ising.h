/* Ising problems: graphs, the G-set, MAX-CUT as a network of ON-OFF pairs, and its answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_ISING_H
#define PLACODE_ISING_H

#include <placode/engine.h>
#include <placode/network.h>
#include <placode/spikes.h>
#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A weighted undirected graph without loops or parallel edges. */
typedef struct plc_graph {
    uint32_t n;  /* vertices, numbered from 0 */
    uint64_t m;  /* edges, in the order of the file */
    uint32_t *u; /* [m] one end */
    uint32_t *v; /* [m] the other */
    int32_t *w;  /* [m] weights */
    bool pinned; /* the last vertex always has side 0: its edges are fields on the others */
} plc_graph;

/* Reads rudy's format, also MQLib's: "n m", then one "u v w" a line, vertices from 1; w may be left
 * out (1) and may be a real number with a whole value. Blank lines and lines that start with "#" or
 * "c " are skipped. */
PLC_API plc_status plc_graph_read(const char *path, plc_graph *ret_graph, plc_error *error);
PLC_API plc_status plc_graph_parse(const char *name, const char *text, size_t length,
                                   plc_graph *ret_graph, plc_error *error);
/* Reads DIMACS' format: "p edge n m" (or "p col"), then "e u v" a line, vertices from 1. Lines that
 * start with "c" are comments; an edge that comes again, either way round, counts once. */
PLC_API plc_status plc_dimacs_parse(const char *name, const char *text, size_t length,
                                    plc_graph *ret_graph, plc_error *error);
/* Reads either: DIMACS' where the first line that is no comment begins with "p", else rudy's. */
PLC_API plc_status plc_graph_read_any(const char *path, plc_graph *ret_graph, plc_error *error);
/* Writes rudy's format, byte for byte as rudy does; NULL: standard output. */
PLC_API plc_status plc_graph_write(const plc_graph *graph, const char *path, plc_error *error);
PLC_API void plc_graph_finish(plc_graph *graph);

/* One of the 71 graphs of the G-set. */
typedef struct plc_gset_entry {
    const char *name; /* "G1" */
    uint32_t n;
    uint64_t m;
    int64_t best_known; /* cut; see docs/gset.md for the sources */
    const char *rudy;   /* the rudy expression, in reverse Polish */
} plc_gset_entry;

/* The i-th graph of the G-set, NULL past the last; and the one of that name (any case), NULL if
 * there is none. */
PLC_API const plc_gset_entry *plc_gset(size_t i);
PLC_API const plc_gset_entry *plc_gset_find(const char *name);
/* Generates a graph from a rudy expression: "-rnd_graph 800 6 8001 -random 0 1 8001 -times 2 -plus
 * -1". At most 2^24 vertices and 2^26 edges. The operations are those of docs/gset.md. */
PLC_API plc_status plc_rudy(const char *expression, plc_graph *ret_graph, plc_error *error);

/* Which ON-OFF pairs propose a flip in a tick. */
typedef enum plc_maxcut_schedule {
    PLC_ASYNC,  /* one, drawn from all: the published rule */
    PLC_BLOCK,  /* one from each of P equal blocks */
    PLC_COLOUR, /* all of one colour class; a proper colouring, so that no two of them are
                   neighbours; graphs that need more than 512 colours get
                   PLC_DOES_NOT_FIT */
} plc_maxcut_schedule;

typedef struct plc_maxcut_settings {
    plc_maxcut_schedule schedule;
    uint32_t blocks;  /* P of PLC_BLOCK, 1..n */
    uint64_t updates; /* neuron updates (proposals) of a run */
    double a, c, eta; /* the annealer: T = a / (c ln(1 + t / c)), P = min(1, exp(g / T) / eta) */
    double delta; /* t = 1 + delta x proposals; 0: 2e-3 x 1e8 / updates, so that each run ends at
                     one T */
} plc_maxcut_settings;

/* NeuroSA's published constants (a 2.5e4, c 8e4, eta 2.5; delta 2e-3 at 1e8 updates), schedule
 * colour. */
PLC_API plc_maxcut_settings plc_maxcut_defaults(void);

/* Replaces the constants of the annealer by ones that suit a graph and the settings' number of
 * updates: T falls from the scale of the local fields to a fraction of the weights. PLC_NO_MEMORY.
 * O(n + m) */
PLC_API plc_status plc_maxcut_tune(const plc_graph *graph, plc_maxcut_settings *settings,
                                   plc_error *error);

/* MAX-CUT on a graph as a network, with what is needed to read its spikes. */
typedef struct plc_maxcut plc_maxcut;

/* Builds the network: populations "spins", or "spins_0", "spins_1", ... of PLC_COLOUR. The absolute
 * weights of each vertex must add up to less than 2^30. A pinned vertex is no neuron: its edges are
 * the biases of the others. Keeps nothing of the graph. O((n + m) log n) */
PLC_API plc_status plc_maxcut_create(const plc_graph *graph, const plc_maxcut_settings *settings,
                                     plc_maxcut **ret_maxcut, plc_error *error);
PLC_API void plc_maxcut_destroy(plc_maxcut *maxcut);
/* The network, owned by the problem and resolvable through it. */
PLC_API plc_network *plc_maxcut_network(plc_maxcut *maxcut);
/* Ticks of a run with the settings' number of updates. */
PLC_API uint64_t plc_maxcut_ticks(const plc_maxcut *maxcut);
/* The ticks and the annealing of a run of the same network with other updates and constants. */
PLC_API void plc_maxcut_plan(const plc_maxcut *maxcut, const plc_maxcut_settings *settings,
                             uint64_t *ret_ticks, plc_annealing *ret_annealing);
/* Colour classes of PLC_COLOUR, blocks of PLC_BLOCK, 1 of PLC_ASYNC. */
PLC_API uint32_t plc_maxcut_classes(const plc_maxcut *maxcut);

/* Follows the spikes of one run: the cut after each tick, and the best state so far. */
typedef struct plc_cut_tracker plc_cut_tracker;

/* A tracker of a run that starts with all spins ON: cut 0. The problem must outlive it; one problem
 * may have any number of trackers. */
PLC_API plc_status plc_cut_tracker_create(const plc_maxcut *maxcut, plc_cut_tracker **ret_tracker,
                                          plc_error *error);
PLC_API void plc_cut_tracker_destroy(plc_cut_tracker *tracker);
/* Forgets the run: the next spikes are those of another one. O(n + m) */
PLC_API void plc_cut_tracker_reset(plc_cut_tracker *tracker);
/* Takes spikes in canonical order; O(degree) a spike, or O(1) with gains [n] as
 * plc_engine_get_gains() gives them, which may be NULL: they are believed where neighbours never
 * flip in one tick, which is not so with PLC_BLOCK, until plc_cut_tracker_check(). All spikes of a
 * tick must come in one call.
 * PLC_DIFFERS when a spike turns a spin to where it is already; then, or after PLC_INVALID, the
 * tracker may only be destroyed. */
PLC_API plc_status plc_cut_tracker_take(plc_cut_tracker *tracker, const plc_spike *spikes,
                                        const int32_t *gains, size_t n, plc_error *error);
/* Counts the cuts of the last and of the best state anew from the graph; PLC_DIFFERS when one is
 * not what was followed. O(n + m) */
PLC_API plc_status plc_cut_tracker_check(const plc_cut_tracker *tracker, plc_error *error);
PLC_API int64_t plc_cut_tracker_best(const plc_cut_tracker *tracker);
/* The cut after the last spikes taken. */
PLC_API int64_t plc_cut_tracker_cut(const plc_cut_tracker *tracker);
/* The tick after which the best cut was first reached; 0 also for the initial state. */
PLC_API uint64_t plc_cut_tracker_best_tick(const plc_cut_tracker *tracker);
/* The best state: one 0/1 per vertex into sides [n]. */
PLC_API void plc_cut_tracker_sides(const plc_cut_tracker *tracker, uint8_t *sides);

/* A graph without its vertices of degree 0, 1 and 2. Whatever its neighbours do, such a vertex
 * takes its better side; what it then adds to the cut is a constant and, for degree 2, an edge
 * between the neighbours. Edges that meet add up, edges of weight 0 vanish, and what that leaves
 * small folds too. A best cut of the core plus the offset is a best cut of the graph. */
typedef struct plc_fold plc_fold;

/* Keeps nothing of the graph, which may have 2^31 - 1 edges. A vertex stays when its edge would
 * need more than 32 bits; one vertex always does, and so does a pinned one. O(n + m) */
PLC_API plc_status plc_fold_create(const plc_graph *graph, plc_fold **ret_fold, plc_error *error);
PLC_API void plc_fold_destroy(plc_fold *fold);
/* What is left, owned by the fold. */
PLC_API const plc_graph *plc_fold_core(const plc_fold *fold);
/* What the folded vertices add to the cut of the core. */
PLC_API int64_t plc_fold_offset(const plc_fold *fold);
/* The state of the whole graph, sides [n], from one of the core, core_sides [core n]. */
PLC_API void plc_fold_sides(const plc_fold *fold, const uint8_t *core_sides, uint8_t *ret_sides);

/* Where an upper bound comes from. */
typedef enum plc_cut_bound_kind {
    PLC_BOUND_WEIGHTS,    /* the sum of the positive weights */
    PLC_BOUND_STATES,     /* all states were tried: it is the best cut */
    PLC_BOUND_FACES,      /* pairs of frustrated faces, matched: plane and toroidal grids */
    PLC_BOUND_RELAXATION, /* the semidefinite relaxation */
} plc_cut_bound_kind;

/* What a bound is at. */
typedef enum plc_bound_phase {
    PLC_BOUND_SEARCHES, /* stopping here makes the bound larger, and goes on to its proof */
    PLC_BOUND_PROVES,   /* stopping here leaves the simpler bounds */
} plc_bound_phase;

/* Asked often, about every millisecond on graphs like those of the G-set, whether a phase is to
 * stop. */
typedef struct plc_bound_watch {
    bool (*stops)(void *context, plc_bound_phase phase);
    void *context;
} plc_bound_watch;

typedef struct plc_cut_bound {
    int64_t cut; /* no cut of the graph is larger */
    plc_cut_bound_kind kind;
    double relaxation;  /* value of the relaxation that was reached, not rounded and not proven; NAN
                           if there was none */
    uint64_t sweeps;    /* over all vertices, of the search */
    plc_status stopped; /* PLC_OK; PLC_STOPPED or PLC_DOES_NOT_FIT when the relaxation's bound was
                           not proven */
} plc_cut_bound;

/* A proven upper bound of the cuts of a graph: the least of those in plc_cut_bound_kind. `watch`
 * may be NULL; then the result is always the same. PLC_INVALID for graphs that plc_fold_create()
 * refuses; PLC_NO_MEMORY. O(64 m) a sweep of the search; O(n^3) for the proof on dense graphs, 1 s
 * for 2000 vertices, and far less on sparse ones; O(n^2) for faces in practice. */
PLC_API plc_status plc_graph_bound(const plc_graph *graph, const plc_bound_watch *watch,
                                   plc_cut_bound *ret_bound, plc_error *error);
/* "weights", "states", "faces", "relaxation". */
PLC_API const char *plc_cut_bound_kind_name(plc_cut_bound_kind kind);

/* Turns single vertices over as long as that makes the cut larger, in the order of their numbers;
 * `*ret_gain` is by how much it did. PLC_NO_MEMORY. O(n + m) a round */
PLC_API plc_status plc_graph_polish(const plc_graph *graph, uint8_t *sides, int64_t *ret_gain,
                                    plc_error *error);

/* The cut of a state, counted from the edge list alone; shares nothing with the solver. */
PLC_API int64_t plc_graph_recount(const plc_graph *graph, const uint8_t *sides);

/* Number of edges with both ends chosen, from the edge list alone; chosen [n] are 0 or 1. None: an
 * independent set. k (k - 1) / 2 for k chosen: a clique. */
PLC_API uint64_t plc_graph_count_inside(const plc_graph *graph, const uint8_t *chosen);

/* What a vertex of the set adds to the cut of plc_mis_to_graph(), and what an edge inside takes. */
enum { PLC_MIS_VERTEX = 8, PLC_MIS_EDGE = 10 };

/* The largest independent set of a graph as MAX-CUT: side 1 is the set, and the cut is
 * PLC_MIS_VERTEX for each vertex of the set less PLC_MIS_EDGE for each edge inside. An edge costs
 * more than a vertex gains, so every largest cut is an independent set; little more, so that a
 * vertex trades places with a neighbour at little cost. Edges get one weight, whatever they had;
 * the fields come from a pinned vertex n. PLC_INVALID beyond 2^31 / 10 vertices, PLC_NO_MEMORY.
 * O(n + m)
 * Source: Lucas, Frontiers in Physics 2, 2014, section 4.2. */
PLC_API plc_status plc_mis_to_graph(const plc_graph *graph, plc_graph *ret_graph, plc_error *error);
/* Makes a set, chosen [n], independent, then maximal: drops vertices, those with the most
 * neighbours in the set first; then adds those that have none, the smallest degrees first.
 * PLC_NO_MEMORY. O(n x most neighbours + m) */
PLC_API plc_status plc_mis_repair(const plc_graph *graph, uint8_t *chosen, plc_error *error);
/* As plc_maxcut_tune(), for the graph of plc_mis_to_graph() or what is left of it. */
PLC_API plc_status plc_mis_tune(const plc_graph *graph, plc_maxcut_settings *settings,
                                plc_error *error);
/* The graph of the pairs of vertices that are no edges; its independent sets are the cliques.
 * PLC_DOES_NOT_FIT when it has more than 2^26 edges. O(n^2 + m) */
PLC_API plc_status plc_graph_complement(const plc_graph *graph, plc_graph *ret_graph,
                                        plc_error *error);

/* A quadratic problem over n variables z that are 0 or 1, or spins that are -1 or 1. The value of a
 * state is offset + sum of linear z_i + sum of quadratic z_u z_v, in units of 10^-decimals. The
 * magnitudes of all coefficients add up to less than 2^62. */
typedef enum plc_problem_format {
    PLC_FORMAT_FOUND,   /* by the end of the file's name, else by its content */
    PLC_FORMAT_QUBO,    /* qbsolv's .qubo */
    PLC_FORMAT_COO,     /* D-Wave's coordinates: "# vartype=SPIN" or BINARY, then "i j w" from 0 */
    PLC_FORMAT_BIQMAC,  /* Biq Mac's sparse: "n m", then "i j q" from 1: x'Qx, Q symmetric */
    PLC_FORMAT_RUDY,    /* a graph: the couplings of spins */
    PLC_FORMAT_BQM,     /* dimod's binary quadratic model as JSON */
    PLC_FORMAT_NUMBERS, /* whole numbers: the square of the difference of their parts */
} plc_problem_format;

typedef struct plc_problem {
    uint32_t n;        /* variables, numbered from 0 */
    uint64_t m;        /* pairs with a coefficient, each once, sorted */
    bool spins;        /* -1 or 1; else 0 or 1 */
    bool rounded;      /* the file has more digits than 64 bits hold: the coefficients are of the
                          nearest units of 10^-decimals */
    bool assumed;      /* the file does not tell its format, or the kind of its variables */
    uint32_t decimals; /* 0..18 */
    plc_problem_format format;
    int64_t offset;
    int64_t *linear;    /* [n] */
    uint32_t *u, *v;    /* [m] u < v */
    int64_t *quadratic; /* [m] */
} plc_problem;

/* The format of a name ("qubo", "coo", "biqmac", "rudy", "bqm", "numbers"), false if there is none;
 * and the name of a format. */
PLC_API bool plc_problem_find_format(const char *name, plc_problem_format *ret_format);
PLC_API const char *plc_problem_format_name(plc_problem_format format);
/* Reads a problem of at most 2^24 variables (docs/problems.md has the formats). Decimal fractions
 * are read as they are written, not as doubles. PLC_INVALID with "name:line: ...". */
PLC_API plc_status plc_problem_read(const char *path, plc_problem_format format,
                                    plc_problem *ret_problem, plc_error *error);
PLC_API plc_status plc_problem_parse(const char *name, const char *text, size_t length,
                                     plc_problem_format format, plc_problem *ret_problem,
                                     plc_error *error);
PLC_API void plc_problem_finish(plc_problem *problem);
/* The value of a state [n], 1 for 1 and 0 for 0 or -1, in units of 10^-decimals; from the terms
 * alone, shares nothing with the solver. */
PLC_API int64_t plc_problem_value(const plc_problem *problem, const uint8_t *state);

/* How the cut of a graph stands for the value of a problem. */
typedef struct plc_reduction {
    int64_t base;  /* the value, in the problem's units, of cut 0 */
    int64_t twice; /* what 1 of cut adds to twice the value; 0 when `rounded` */
    double zero;   /* the value of cut 0, as it is */
    double step;   /* what 1 of cut adds to the value, as it is */
    bool rounded;  /* the weights do not hold the coefficients exactly */
    bool spins;
} plc_reduction;

/* The problem as MAX-CUT: the best cut is the least value, or the greatest with `maximise`. Fields
 * are edges to a pinned vertex n, which is there when there is a field. Weights are divided by
 * their common divisor; where those of a vertex would add up to 2^30 or more, all are rounded to
 * what fits. PLC_NO_MEMORY. O(n + m)
 * Source: Barahona, Juenger and Reinelt, Math. Programming 44, 1989, section 2. */
PLC_API plc_status plc_problem_to_graph(const plc_problem *problem, bool maximise,
                                        plc_graph *ret_graph, plc_reduction *ret_reduction,
                                        plc_error *error);
/* Turns the sides of the graph's first n vertices into the state that they stand for. */
PLC_API void plc_reduction_state(const plc_reduction *reduction, uint32_t n, uint8_t *sides);
/* PLC_DIFFERS unless the value of a state is that of its cut; weights that are rounded prove
 * nothing. */
PLC_API plc_status plc_reduction_check(const plc_reduction *reduction, int64_t value, int64_t cut,
                                       plc_error *error);

#ifdef __cplusplus
}
#endif

#endif
