/* Netlists of named signals, and the AIG of one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/gates.h"

#include "base/error.h"
#include "base/memory.h"

enum { NAME_SHOWN = 60, SIGNALS_MAX = 1 << 28 };

static int shown(uint32_t length)
{
    return (int)(length < NAME_SHOWN ? length : NAME_SHOWN);
}

void plc_gates_finish(plc_gates *gates)
{
    free(gates->signals.data);
    free(gates->gates.data);
    free(gates->fanins.data);
    free(gates->inputs.data);
    free(gates->outputs.data);
    free(gates->latches.data);
    free(gates->rows.data);
    free(gates->table);
    *gates = (plc_gates){0};
}

static size_t find_slot(const plc_gates *gates, const char *name, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)name[i]) * UINT64_C(0x100000001b3);
    size_t slot = (hash ^ hash >> 29) & (gates->table_size - 1);
    for (; gates->table[slot]; slot = (slot + 1) & (gates->table_size - 1)) {
        const plc_signal *s = &gates->signals.data[gates->table[slot] - 1];
        if (s->length == length && !memcmp(s->name, name, length))
            break;
    }
    return slot;
}

static bool grow_table(plc_gates *gates)
{
    size_t size = gates->table_size ? 2 * gates->table_size : 1024;
    uint32_t *table = plc_array(size, sizeof *table);
    if (!table)
        return false;
    free(gates->table);
    gates->table = table;
    gates->table_size = size;
    for (size_t i = 0; i < gates->signals.n; i++) {
        const plc_signal *s = &gates->signals.data[i];
        table[find_slot(gates, s->name, s->length)] = (uint32_t)i + 1;
    }
    return true;
}

plc_status plc_gates_signal(plc_gates *gates, const char *name, size_t length, uint64_t line,
                            uint32_t *ret_signal, plc_error *error)
{
    if (gates->signals.n * 2 >= gates->table_size && !grow_table(gates))
        return plc_fail_memory(error, gates->name);
    size_t slot = find_slot(gates, name, length);
    if (!gates->table[slot]) {
        if (gates->signals.n >= SIGNALS_MAX || length > UINT32_MAX)
            return plc_fail(error, PLC_INVALID, "%s: more than %d signals", gates->name,
                            SIGNALS_MAX);
        if (!plc_reserve(&gates->signals, data, 1))
            return plc_fail_memory(error, gates->name);
        gates->signals.data[gates->signals.n++] =
            (plc_signal){name, (uint32_t)length, PLC_DRIVER_NONE, line};
        gates->table[slot] = (uint32_t)gates->signals.n;
    }
    *ret_signal = gates->table[slot] - 1;
    return PLC_OK;
}

static plc_status drive(plc_gates *gates, uint32_t signal, uint32_t driver, uint64_t line,
                        plc_error *error)
{
    plc_signal *s = &gates->signals.data[signal];
    if (s->driver != PLC_DRIVER_NONE)
        return plc_fail(error, PLC_INVALID, "%s:%llu: %.*s is driven twice, first in line %llu",
                        gates->name, (unsigned long long)line, shown(s->length), s->name,
                        (unsigned long long)s->line);
    s->driver = driver;
    s->line = line;
    return PLC_OK;
}

plc_status plc_gates_add_input(plc_gates *gates, uint32_t signal, uint64_t line, plc_error *error)
{
    if (!plc_reserve(&gates->inputs, data, 1))
        return plc_fail_memory(error, gates->name);
    gates->inputs.data[gates->inputs.n++] = signal;
    return drive(gates, signal, PLC_DRIVER_SOURCE, line, error);
}

plc_status plc_gates_add_output(plc_gates *gates, uint32_t signal, plc_error *error)
{
    if (!plc_reserve(&gates->outputs, data, 1))
        return plc_fail_memory(error, gates->name);
    gates->outputs.data[gates->outputs.n++] = signal;
    return PLC_OK;
}

plc_status plc_gates_add_latch(plc_gates *gates, uint32_t signal, uint32_t next, uint8_t initial,
                               uint64_t line, plc_error *error)
{
    if (!plc_reserve(&gates->latches, data, 1))
        return plc_fail_memory(error, gates->name);
    gates->latches.data[gates->latches.n++] = (plc_latch){signal, next, initial};
    return drive(gates, signal, PLC_DRIVER_SOURCE, line, error);
}

plc_status plc_gates_begin(plc_gates *gates, uint32_t signal, plc_gate_kind kind, bool inverted,
                           uint64_t line, plc_error *error)
{
    if (!plc_reserve(&gates->gates, data, 1))
        return plc_fail_memory(error, gates->name);
    gates->gates.data[gates->gates.n++] = (plc_gate){
        .kind = kind, .inverted = inverted, .begin = gates->fanins.n, .rows_begin = gates->rows.n};
    return drive(gates, signal, (uint32_t)gates->gates.n - 1, line, error);
}

plc_status plc_gates_add_fanin(plc_gates *gates, uint32_t literal, plc_error *error)
{
    if (!plc_reserve(&gates->fanins, data, 1))
        return plc_fail_memory(error, gates->name);
    gates->fanins.data[gates->fanins.n++] = literal;
    gates->gates.data[gates->gates.n - 1].n_fanins++;
    return PLC_OK;
}

plc_status plc_gates_add_row(plc_gates *gates, const char *row, plc_error *error)
{
    plc_gate *gate = &gates->gates.data[gates->gates.n - 1];
    if (!plc_reserve(&gates->rows, data, gate->n_fanins))
        return plc_fail_memory(error, gates->name);
    if (gate->n_fanins) /* a constant's row is empty, and there may be no array yet */
        memcpy(gates->rows.data + gates->rows.n, row, gate->n_fanins);
    gates->rows.n += gate->n_fanins;
    gate->n_rows++;
    return PLC_OK;
}

/* The way from gates to an AIG. */
typedef struct builder {
    const plc_gates *gates;
    plc_aig *aig;
    uint32_t *literals; /* [n signals] of the AIG; NOT_BUILT, or OPEN while on the stack */
    struct frame {
        uint32_t signal, next; /* the next fanin to look at */
    } * stack;
    struct {
        uint32_t *data;
        size_t n, capacity;
    } scratch, terms;
} builder;

static const uint32_t NOT_BUILT = UINT32_MAX, OPEN = UINT32_MAX - 1;

static uint32_t fanin_literal(const builder *b, const plc_gate *gate, uint32_t i)
{
    uint32_t literal = b->gates->fanins.data[gate->begin + i];
    return b->literals[literal >> 1] ^ (literal & 1);
}

/* A sum of products: NOT (AND of the NOT of each product). */
static uint32_t build_cover(builder *b, const plc_gate *gate)
{
    b->terms.n = 0;
    for (uint32_t r = 0; r < gate->n_rows; r++) {
        const char *row = b->gates->rows.data + gate->rows_begin + (size_t)r * gate->n_fanins;
        b->scratch.n = 0;
        for (uint32_t i = 0; i < gate->n_fanins; i++)
            if (row[i] != '-')
                b->scratch.data[b->scratch.n++] = fanin_literal(b, gate, i) ^ (row[i] == '0');
        b->terms.data[b->terms.n++] = plc_aig_and_many(b->aig, b->scratch.data, b->scratch.n) ^ 1;
    }
    return plc_aig_and_many(b->aig, b->terms.data, b->terms.n) ^ 1;
}

static plc_status build_gate(builder *b, const plc_gate *gate, uint32_t *ret_literal,
                             plc_error *error)
{
    b->scratch.n = b->terms.n = 0;
    if (!plc_reserve(&b->scratch, data, gate->n_fanins) ||
        !plc_reserve(&b->terms, data, gate->n_rows))
        return plc_fail_memory(error, b->gates->name);
    uint32_t literal = 0;
    bool is_or = gate->kind == PLC_GATE_OR;
    switch (gate->kind) {
    case PLC_GATE_AND:
    case PLC_GATE_OR:
        for (uint32_t i = 0; i < gate->n_fanins; i++)
            b->scratch.data[b->scratch.n++] = fanin_literal(b, gate, i) ^ is_or;
        literal = plc_aig_and_many(b->aig, b->scratch.data, b->scratch.n) ^ is_or;
        break;
    case PLC_GATE_XOR:
        for (uint32_t i = 0; i < gate->n_fanins; i++)
            literal = plc_aig_xor(b->aig, literal, fanin_literal(b, gate, i));
        break;
    case PLC_GATE_MUX:
        literal = plc_aig_mux(b->aig, fanin_literal(b, gate, 0), fanin_literal(b, gate, 1),
                              fanin_literal(b, gate, 2));
        break;
    case PLC_GATE_COVER:
        literal = build_cover(b, gate);
        break;
    }
    *ret_literal = literal ^ gate->inverted;
    return b->aig->failed ? plc_fail_memory(error, b->gates->name) : PLC_OK;
}

static plc_status fail_signal(const builder *b, uint32_t signal, const char *what, plc_error *error)
{
    const plc_signal *s = &b->gates->signals.data[signal];
    return plc_fail(error, PLC_INVALID, "%s:%llu: %.*s %s", b->gates->name,
                    (unsigned long long)s->line, shown(s->length), s->name, what);
}

/* Builds what drives a signal, after all that it depends on; the stack is ours, for netlists can be
 * millions of gates deep. */
static plc_status build_signal(builder *b, uint32_t root, plc_error *error)
{
    size_t n = 0;
    if (b->literals[root] != NOT_BUILT)
        return PLC_OK;
    b->stack[n++] = (struct frame){root, 0};
    while (n) {
        struct frame *top = &b->stack[n - 1];
        uint32_t driver = b->gates->signals.data[top->signal].driver;
        if (driver == PLC_DRIVER_NONE)
            return fail_signal(b, top->signal, "is used, but nothing drives it", error);
        const plc_gate *gate = &b->gates->gates.data[driver];
        b->literals[top->signal] = OPEN;
        if (top->next < gate->n_fanins) {
            uint32_t signal = b->gates->fanins.data[gate->begin + top->next++] >> 1;
            if (b->literals[signal] == OPEN)
                return fail_signal(
                    b, signal, "depends on itself: a combinational loop without a latch", error);
            if (b->literals[signal] == NOT_BUILT)
                b->stack[n++] = (struct frame){signal, 0};
            continue;
        }
        plc_status status = build_gate(b, gate, &b->literals[top->signal], error);
        if (status != PLC_OK)
            return status;
        n--;
    }
    return PLC_OK;
}

static void name_all(builder *b)
{
    const plc_gates *g = b->gates;
    for (uint32_t i = 0; i < b->aig->n_inputs + b->aig->n_latches; i++) {
        uint32_t n = b->aig->n_inputs;
        uint32_t signal = i < n ? g->inputs.data[i] : g->latches.data[i - n].signal;
        plc_aig_name_source(b->aig, i, g->signals.data[signal].name,
                            g->signals.data[signal].length);
        b->literals[signal] = 2 * (i + 1);
    }
    for (uint32_t i = 0; i < b->aig->n_latches; i++)
        b->aig->initial[i] = g->latches.data[i].initial;
    for (uint32_t i = 0; i < b->aig->n_outputs; i++) {
        const plc_signal *s = &g->signals.data[g->outputs.data[i]];
        plc_aig_name_output(b->aig, i, s->name, s->length);
    }
}

static plc_status build_all(builder *b, plc_error *error)
{
    const plc_gates *g = b->gates;
    plc_status status = PLC_OK;
    name_all(b);
    for (uint32_t i = 0; status == PLC_OK && i < plc_aig_n_sinks(b->aig); i++) {
        uint32_t n = b->aig->n_outputs;
        uint32_t signal = i < n ? g->outputs.data[i] : g->latches.data[i - n].next;
        status = build_signal(b, signal, error);
        b->aig->sinks[i] = b->literals[signal];
    }
    /* What no sink needs is left out, but has to be right too. */
    for (uint32_t i = 0; status == PLC_OK && i < g->signals.n; i++)
        status = build_signal(b, i, error);
    return status == PLC_OK && b->aig->failed ? plc_fail_memory(error, g->name) : status;
}

plc_status plc_gates_to_aig(const plc_gates *gates, const char *model, plc_aig **ret_aig,
                            plc_error *error)
{
    builder b = {.gates = gates};
    plc_aig *clean = NULL;
    plc_status status = PLC_OK;
    size_t n = gates->signals.n;
    b.aig = plc_aig_create(model, (uint32_t)gates->inputs.n, (uint32_t)gates->latches.n,
                           (uint32_t)gates->outputs.n);
    b.literals = plc_array(n, sizeof *b.literals);
    b.stack = plc_array(n, sizeof *b.stack);
    if (!b.aig || !b.literals || !b.stack) {
        status = plc_fail_memory(error, gates->name);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        b.literals[i] = NOT_BUILT;
    status = build_all(&b, error);
    if (status == PLC_OK && !(clean = plc_aig_clean(b.aig)))
        status = plc_fail_memory(error, gates->name);
    if (status == PLC_OK)
        *ret_aig = clean;
done:
    plc_aig_destroy(b.aig);
    free(b.literals);
    free(b.stack);
    free(b.scratch.data);
    free(b.terms.data);
    return status;
}
