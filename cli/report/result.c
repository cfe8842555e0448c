/* What commands print with --json: which command it was, and what its keys mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

/* A command, told by keys that all its results have. */
struct report_command {
    const char *name;
    const char *keys[4];
    const char *problem; /* the text of `problem`; NULL: none is looked for */
};

static const struct report_command commands[] = {
    {"mis", {"problem", "value", "run_list"}, "mis"},
    {"qubo", {"problem", "value", "run_list"}, NULL},
    {"maxcut", {"cut", "best_known", "run_list"}, NULL},
    {"map", {"multicast_hops", "table_entries", "copies"}, NULL},
    {"verify", {"ok", "violations"}, NULL},
    {"cam", {"operations", "correct", "words"}, NULL},
    {"ftl", {"circuit", "cells", "fanin_max"}, NULL},
    {"cosim", {"compared", "mismatches", "first_mismatch"}, NULL},
    {"run", {"ticks", "spikes", "ticks_per_s", "digest"}, NULL},
    {"explain", {"length_ps", "path"}, NULL},
    {"explain", {"begin_ps", "steps", "key"}, NULL},
    {"diff", {"same", "first_difference"}, NULL},
    {"tables", {"tables", "table_entries", "sizes"}, NULL},
    {"chip", {"name", "yaml"}, NULL},
    {"chip", {"chips"}, NULL},
    {"gset", {"graphs"}, NULL},
};

/* Types: n a number or null, t a text or null, b true, false or null, * any. */
typedef struct key_row {
    report_key key;
    char type;
} key_row;

#define COUNT(name, label, help)                                                                   \
    {                                                                                              \
        {name, label, NUMBER_COUNT, help}, 'n'                                                     \
    }
#define NUMBER(name, label, form, help)                                                            \
    {                                                                                              \
        {name, label, NUMBER_##form, help}, 'n'                                                    \
    }
#define TEXT(name, label, help)                                                                    \
    {                                                                                              \
        {name, label, NUMBER_PLAIN, help}, 't'                                                     \
    }
#define TRUTH(name, label, help)                                                                   \
    {                                                                                              \
        {name, label, NUMBER_PLAIN, help}, 'b'                                                     \
    }

static const key_row keys[] = {
    TEXT("chip", "chip", "preset, geometry or file"),
    TEXT("digest", "digest", "of all spikes, or of the layout: equal digests, equal things"),
    COUNT("ticks", "ticks", "of the network's time"),
    COUNT("spikes", "spikes", ""),
    COUNT("synaptic_events", "synaptic events", "synapses passed by spikes"),
    COUNT("plastic_events", "plastic events", "of them at synapses that learn"),
    COUNT("static_events", "static events", "of them at synapses that do not learn"),
    COUNT("updates", "neuron updates", ""),
    COUNT("neurons", "neurons", ""),
    COUNT("synapses", "synapses", ""),
    COUNT("cores", "cores in use", ""),
    {{"chips", "chips in use", NUMBER_COUNT, "routers with a core in use"}, '*'},
    NUMBER("seconds", "wall time", SECONDS, "on the machine that ran Placode"),
    NUMBER("modelled_seconds", "time on the chip", SECONDS, "as the engine models it"),
    NUMBER("run_seconds", "wall time of the run", SECONDS, ""),
    NUMBER("prove_seconds", "wall time of the proof", SECONDS, ""),
    NUMBER("bound_seconds", "wall time of the bound", SECONDS, ""),
    NUMBER("time_to_target", "wall time to the target", SECONDS, ""),
    NUMBER("blocked_seconds", "packets blocked routers", SECONDS, "all together"),
    NUMBER("ticks_per_s", "ticks a second", COUNT, "of wall time"),
    NUMBER("updates_per_s", "updates a second", COUNT, "of wall time"),
    NUMBER("cycles_per_s", "cycles a second", COUNT, "of wall time"),
    NUMBER("operations_per_s", "operations a second", COUNT, "of wall time"),
    NUMBER("operations_per_model_s", "operations a second of model time", COUNT, ""),
    NUMBER("energy_j", "energy", JOULES, "of the chip, as modelled"),
    NUMBER("energy_j_per_operation", "energy of an operation", JOULES, ""),
    COUNT("threads", "threads", ""),
    COUNT("ranks", "ranks", "processes of an mpirun"),
    COUNT("sent_to_ranks", "spikes between ranks", ""),
    COUNT("cycles", "core cycles", "of the whole run"),
    COUNT("cycles_per_tick_max", "cycles of the slowest tick", ""),
    COUNT("longest_tick", "slowest tick", ""),
    COUNT("deadline_misses", "deadline misses", "ticks that took longer than the chip's"),
    COUNT("packets", "packets", "spikes sent into the mesh"),
    COUNT("hops", "hops", "packets over links"),
    COUNT("deliveries", "deliveries", "packets to cores"),
    COUNT("dropped", "dropped packets", ""),
    COUNT("late", "late rows", "added after the tick that they were sent in"),
    COUNT("saturated", "lost packets", "to full spike buffers"),
    COUNT("forced", "forced packets", "pushed into full buffers to break a deadlock"),
    NUMBER("time_scale", "slowest tick over real time", REAL, "below 1: fast enough"),
    NUMBER("multicast_hops", "multicast hops", COUNT, "links of the trees, all spikes of a tick"),
    NUMBER("bound_hops", "bound of the hops", COUNT, "no placement of these cores has fewer"),
    NUMBER("gap", "gap to the bound", SHARE, ""),
    NUMBER("copies", "copies", COUNT, "spikes times the remote chips that they reach"),
    NUMBER("core_copies", "copies to cores", COUNT, "spikes times the cores that they reach"),
    NUMBER("max_link_load", "busiest link", COUNT, "packets a tick"),
    NUMBER("bound_link_load", "bound of the busiest link", COUNT, ""),
    COUNT("table_entries", "table entries", "over all routers"),
    COUNT("table_entries_max", "fullest table", "entries"),
    NUMBER("synapse_bytes", "synaptic memory", BYTES, "rows and their addresses"),
    TEXT("graph", "graph", ""),
    TEXT("problem", "problem", ""),
    COUNT("n", "vertices", ""),
    COUNT("m", "edges", ""),
    COUNT("core_n", "vertices annealed", "the others were folded away"),
    COUNT("core_m", "edges annealed", ""),
    COUNT("best_known", "best known cut", ""),
    COUNT("cut", "best cut", ""),
    COUNT("annealed_cut", "best cut of the annealer", "before the last descent"),
    NUMBER("mean_cut", "mean cut", REAL, "of all runs"),
    NUMBER("value", "best value", REAL, ""),
    TEXT("value_exact", "best value, exactly", ""),
    TEXT("sense", "looked for", ""),
    TEXT("format", "format of the file", ""),
    {{"rounded", "rounded", NUMBER_PLAIN, "numbers of the file were rounded"}, '*'},
    TEXT("resource", "resource", ""),
    {{"max", "fullest", NUMBER_COUNT, ""}, '*'},
    {{"mean", "mean", NUMBER_REAL, ""}, '*'},
    {{"limit", "limit", NUMBER_COUNT, ""}, '*'},
    {{"at", "at", NUMBER_COUNT, ""}, '*'},
    NUMBER("mean_value", "mean value", REAL, "of all runs"),
    NUMBER("annealed_value", "best value of the annealer", REAL, ""),
    NUMBER("ratio", "of the best known", SHARE, ""),
    COUNT("bound", "upper bound", "proved"),
    TEXT("bound_kind", "bound by", ""),
    COUNT("runs", "runs", ""),
    COUNT("anneals", "anneals", ""),
    TEXT("method", "method", ""),
    TEXT("schedule", "schedule", "which spins may flip in one tick"),
    COUNT("operations", "operations", ""),
    COUNT("correct", "correct operations", ""),
    NUMBER("latency_ticks", "latency", REAL, "ticks until the answer, on average"),
    NUMBER("false_positives", "false positives", REAL, "bits of an answer that were not learnt"),
    NUMBER("false_positives_expected", "false positives expected", REAL, "by the closed form"),
    NUMBER("false_negatives", "false negatives", REAL, "bits of an answer that are missing"),
    NUMBER("information_bits", "information", REAL, "bits"),
    NUMBER("information_bits_expected", "information expected", REAL, "bits"),
    NUMBER("information_relative", "information, of what was expected", SHARE, ""),
    NUMBER("bits_per_synapse", "bits a synapse", REAL, ""),
    COUNT("samples", "samples", "pairs that were learnt"),
    TEXT("circuit", "circuit", ""),
    {{"inputs", "inputs", NUMBER_COUNT, ""}, '*'},
    {{"outputs", "outputs", NUMBER_COUNT, ""}, '*'},
    COUNT("latches", "latches", ""),
    COUNT("ands", "AND gates", "of the netlist before mapping"),
    COUNT("cells", "threshold cells", ""),
    COUNT("edges", "inputs of cells", "all together"),
    COUNT("depth", "depth", "cells on the longest path"),
    COUNT("fanin_max", "largest fan-in", ""),
    COUNT("weight_max", "largest weight", ""),
    COUNT("weight_sum", "sum of weights", ""),
    COUNT("inverted_outputs", "inverted outputs", ""),
    TRUTH("equivalent", "equivalent", "proved against the netlist"),
    COUNT("vectors", "vectors", "random ones, simulated before the proof"),
    COUNT("proved_by_window", "proved by windows", ""),
    COUNT("proved_by_sat", "proved by SAT", ""),
    COUNT("proved_by_diagram", "proved by decision diagrams", ""),
    COUNT("refuted", "refuted", ""),
    COUNT("given_up", "given up", ""),
    COUNT("latches_absorbed", "latches in cells", ""),
    NUMBER("area_um2", "area (µm²)", REAL, "estimate"),
    NUMBER("cmos_area_um2", "area in CMOS (µm²)", REAL, "estimate"),
    NUMBER("power_of_cmos", "power, of CMOS", SHARE, "published average"),
    NUMBER("delay_of_cmos", "delay, of CMOS", SHARE, "published average"),
    COUNT("vectors_run", "vectors run", "on the chip"),
    COUNT("mismatches", "mismatches", ""),
    COUNT("compared", "compared", ""),
    COUNT("assertions", "failed assertions", "of RTL"),
    COUNT("streams", "streams", "of vectors, side by side"),
    COUNT("ticks_per_clock", "ticks a clock", ""),
    COUNT("vt_kinds", "kinds of flash thresholds", ""),
    COUNT("vt_learned", "cells with learnt thresholds", ""),
    NUMBER("vt_margin", "least margin", REAL, "of the model of flash devices"),
    NUMBER("vt_cell_yield", "yield of a cell", SHARE, "of the model of flash devices"),
    NUMBER("vt_yield", "yield", SHARE, "of the model of flash devices"),
    TEXT("vt_basis", "basis of the yield", ""),
    TEXT("area_basis", "basis of the area", ""),
    TEXT("reason", "done last", ""),
    TEXT("population", "population", ""),
    COUNT("neuron", "neuron", ""),
    COUNT("cores_reached", "cores reached", ""),
    TEXT("pass", "pass", ""),
    TEXT("summary", "what it is", ""),
    TEXT("rudy", "made by rudy with", ""),
    TEXT("name", "name", ""),
    {{"populations", "populations", NUMBER_COUNT, ""}, '*'},
    COUNT("relays", "relays", "neurons that only pass a signal on"),
    NUMBER("spikes_per_tick", "spikes a tick", REAL, ""),
    TRUTH("ok", "proved", ""),
    COUNT("n_violations", "violations", ""),
    TRUTH("same", "same spikes", ""),
    NUMBER("tick", "tick", COUNT, ""),
    NUMBER("begin_ps", "begins at", PICOSECONDS, ""),
    NUMBER("end_ps", "ends at", PICOSECONDS, ""),
    NUMBER("wait_ps", "waits", PICOSECONDS, ""),
    NUMBER("held_ps", "held", PICOSECONDS, ""),
    NUMBER("length_ps", "length", PICOSECONDS, ""),
    NUMBER("deadline_ps", "tick in real time", PICOSECONDS, ""),
    NUMBER("slack_ps", "to spare", PICOSECONDS, ""),
    COUNT("tables", "tables", ""),
    COUNT("entries", "entries before", ""),
    COUNT("defaulted", "left to default routing", "entries"),
    TRUTH("proved", "proved", ""),
    {{"seed", "seed", NUMBER_PLAIN, ""}, '*'},
    {{"key", "key", NUMBER_PLAIN, ""}, '*'},
    {{"share", "share", NUMBER_SHARE, ""}, 'n'},
    {{"quality", "quality", NUMBER_SHARE, ""}, 'n'},
    {{"processor_seconds", "processor time", NUMBER_SECONDS, ""}, 'n'},
};
enum { N_KEYS = sizeof keys / sizeof *keys, N_COMMANDS = sizeof commands / sizeof *commands };

static const key_row *find_row(const char *key)
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (!strcmp(keys[i].key.key, key))
            return &keys[i];
    return NULL;
}

const report_key *report_find_key(const char *key)
{
    const key_row *row = find_row(key);
    return row ? &row->key : NULL;
}

/* The command whose keys an object has, or NULL. */
static const struct report_command *find_command(const json_t *json)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const char *problem = json_string_value(json_object_get(json, "problem"));
        bool all = !commands[i].problem || (problem && !strcmp(problem, commands[i].problem));
        for (size_t k = 0; all && k < 4 && commands[i].keys[k]; k++)
            all = json_object_get(json, commands[i].keys[k]) != NULL;
        if (all)
            return &commands[i];
    }
    return NULL;
}

static bool is_of_type(const json_t *value, char type)
{
    return type == '*' || json_is_null(value) || (type == 'n' && json_is_number(value)) ||
           (type == 't' && json_is_string(value)) || (type == 'b' && json_is_boolean(value));
}

/* Fails where a key that commands print has a value that none of them prints. */
static plc_status check_types(const char *name, json_t *json, plc_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        const key_row *row = find_row(key);
        if (row && !is_of_type(value, row->type))
            return plc_fail(error, PLC_INVALID, "%s: %s: expected %s", name, key,
                            row->type == 'n'   ? "a number or null"
                            : row->type == 't' ? "a text or null"
                                               : "true, false or null");
    }
    return PLC_OK;
}

plc_status report_parse_json(const char *name, const char *text, size_t length, report_input *input,
                             plc_error *error)
{
    json_error_t reason;
    const size_t mark = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    input->json = json_loadb(text + mark, length - mark, JSON_REJECT_DUPLICATES, &reason);
    if (!input->json)
        return plc_fail(error, PLC_INVALID, "%s:%d: not JSON: %s", name, reason.line, reason.text);
    input->command = find_command(input->json);
    if (!input->command)
        return plc_fail(error, PLC_INVALID,
                        "%s: expected what a placode command prints with --json, got other JSON",
                        name);
    return check_types(name, input->json, error);
}

const char *report_input_what(const report_input *input)
{
    static const char *const kinds[] = {[REPORT_LAYOUT] = "layout",
                                        [REPORT_SPIKES] = "spikes",
                                        [REPORT_TIMING] = "time of each tick",
                                        [REPORT_CURVE] = "improvements over time"};
    return input->kind == REPORT_RESULT ? input->command->name : kinds[input->kind];
}

bool report_is_result(const report_input *input, const char *command)
{
    return input->kind == REPORT_RESULT && !strcmp(input->command->name, command);
}

double report_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

const char *report_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

const json_t *report_list(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_array(value) ? value : NULL;
}
