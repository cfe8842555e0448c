/* Threshold netlists as SystemVerilog. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "ftl/cells.h"

#include <ctype.h>
#include <stdio.h>

typedef struct writer {
    const plc_cells *cells;
    plc_text text;
    char *prefix;
    uint32_t *absorbed; /* [n_cells] latch + 1 */
} writer;

uint32_t plc_cells_absorb(const plc_cells *cells, uint32_t *absorbed)
{
    uint32_t first = plc_cells_n_sources(cells) + 1, n = 0;
    uint32_t *uses = plc_array(plc_cells_n_nodes(cells), sizeof *uses);
    if (!uses)
        return UINT32_MAX;
    for (size_t i = 0; i < cells->inputs.n; i++)
        uses[cells->inputs.data[i]]++;
    for (uint32_t i = 0; i < plc_cells_n_sinks(cells); i++)
        uses[cells->sinks[i] >> 1]++;
    memset(absorbed, 0, cells->cells.n * sizeof *absorbed);
    for (uint32_t i = 0; i < cells->n_latches; i++) {
        uint32_t literal = cells->sinks[cells->n_outputs + i], node = literal >> 1;
        if (literal & 1 || node < first || uses[node] != 1)
            continue;
        absorbed[node - first] = i + 1;
        n++;
    }
    free(uses);
    return n;
}

/* A name as an identifier; escaped where it is not one, or might be a keyword. */
static void add_name(plc_text *text, const char *name)
{
    bool plain = isalpha((unsigned char)name[0]) || name[0] == '_', capital = false;
    for (const char *c = name; *c && plain; c++) {
        plain = isalnum((unsigned char)*c) || *c == '_';
        capital |= !islower((unsigned char)*c) && *c != '_';
    }
    plc_text_add(text, plain && capital ? "%s" : "\\%s ", name);
}

static bool is_output(const plc_cells *cells, const char *name)
{
    for (uint32_t i = 0; i < cells->n_outputs; i++)
        if (!strcmp(cells->output_names[i], name))
            return true;
    return false;
}

/* A latch of which the netlist makes an output has the name of the port; its register another. */
static void add_source(writer *w, uint32_t i)
{
    const plc_cells *c = w->cells;
    if (i >= c->n_inputs && is_output(c, c->source_names[i]))
        plc_text_add(&w->text, "%sq_%u", w->prefix, i - c->n_inputs);
    else
        add_name(&w->text, c->source_names[i]);
}

static void add_node(writer *w, uint32_t node)
{
    uint32_t n = plc_cells_n_sources(w->cells);
    if (node <= n)
        add_source(w, node - 1);
    else
        plc_text_add(&w->text, "%s%u", w->prefix, node - n - 1);
}

static void add_literal(writer *w, uint32_t literal)
{
    if (literal < 2) {
        plc_text_add(&w->text, "1'b%u", literal);
        return;
    }
    if (literal & 1)
        plc_text_add(&w->text, "~");
    add_node(w, literal >> 1);
}

static bool is_taken(const plc_cells *cells, const char *name)
{
    for (uint32_t i = 0; i < plc_cells_n_sources(cells); i++)
        if (!strcmp(cells->source_names[i], name))
            return true;
    for (uint32_t i = 0; i < cells->n_outputs; i++)
        if (!strcmp(cells->output_names[i], name))
            return true;
    return false;
}

/* "clk_i" or with more underscores, if the netlist has one. */
static void port_name(const plc_cells *cells, const char *name, char *ret_name, size_t size)
{
    snprintf(ret_name, size, "%s", name);
    for (size_t n = strlen(name); n + 2 < size && is_taken(cells, ret_name); n++) {
        ret_name[n] = '_';
        ret_name[n + 1] = 0;
    }
}

/* [bits] of a signed sum of a cell, and of its threshold. */
static uint32_t sum_bits(const plc_cells *cells, const plc_cell *cell)
{
    int64_t reach = cell->threshold < 0 ? -(int64_t)cell->threshold : cell->threshold, sum = 0;
    uint32_t n = 2;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++)
        sum +=
            cells->weights.data[k] < 0 ? -(int64_t)cells->weights.data[k] : cells->weights.data[k];
    reach = sum > reach ? sum : reach;
    while (reach >> (n - 1))
        n++;
    return n;
}

static void add_number(plc_text *text, uint32_t bits, int32_t value)
{
    plc_text_add(text, "%s%u'sd%lld", value < 0 ? "-" : "", bits,
                 value < 0 ? -(long long)value : (long long)value);
}

static void add_sum(writer *w, const plc_cell *cell, uint32_t bits)
{
    if (!cell->n)
        add_number(&w->text, bits, 0);
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        plc_text_add(&w->text, "%s(", k > cell->begin ? " + " : "");
        add_node(w, w->cells->inputs.data[k]);
        plc_text_add(&w->text, " ? ");
        add_number(&w->text, bits, w->cells->weights.data[k]);
        plc_text_add(&w->text, " : %u'sd0)", bits);
    }
}

static void add_cell(writer *w, uint32_t i, plc_verilog_form form)
{
    const plc_cell *cell = &w->cells->cells.data[i];
    uint32_t bits = form == PLC_VERILOG_INSTANCES ? 32 : sum_bits(w->cells, cell);
    if (form == PLC_VERILOG_FLAT) {
        plc_text_add(&w->text, "  wire %s%u = (", w->prefix, i);
        add_sum(w, cell, bits);
        plc_text_add(&w->text, ") >= ");
        add_number(&w->text, bits, cell->threshold);
        plc_text_add(&w->text, ";\n");
        return;
    }
    plc_text_add(&w->text, "  wire %s%u;\n  plc_threshold_cell u_%s%u (\n      .params_i(",
                 w->prefix, i, w->prefix, i);
    add_number(&w->text, bits, cell->threshold);
    plc_text_add(&w->text, "),\n      .input_i(");
    add_sum(w, cell, bits);
    plc_text_add(&w->text, "),\n      .spike_o(%s%u)\n  );\n", w->prefix, i);
}

static void add_ports(writer *w, const char *clock, const char *reset)
{
    const plc_cells *c = w->cells;
    const char *comma = "";
    plc_text_add(&w->text, "`default_nettype none\n\nmodule ");
    add_name(&w->text, c->name);
    plc_text_add(&w->text, " (\n");
    for (uint32_t i = 0; i < c->n_inputs; i++, comma = ",\n") {
        plc_text_add(&w->text, "%s    input  wire ", comma);
        add_name(&w->text, c->source_names[i]);
    }
    for (uint32_t i = 0; i < c->n_outputs; i++, comma = ",\n") {
        plc_text_add(&w->text, "%s    output wire ", comma);
        add_name(&w->text, c->output_names[i]);
    }
    if (c->n_latches)
        plc_text_add(&w->text, "%s    input  wire %s,\n    input  wire %s", comma, clock, reset);
    plc_text_add(&w->text, "\n);\n\n");
}

static void add_latches(writer *w, const char *clock, const char *reset)
{
    const plc_cells *c = w->cells;
    if (!c->n_latches)
        return;
    plc_text_add(&w->text, "\n  always_ff @(posedge %s) begin\n    if (!%s) begin\n", clock, reset);
    for (uint32_t i = 0; i < c->n_latches; i++) {
        plc_text_add(&w->text, "      ");
        add_source(w, c->n_inputs + i);
        plc_text_add(&w->text, " <= 1'b%u;\n", c->initial[i] == 1);
    }
    plc_text_add(&w->text, "    end else begin\n");
    for (uint32_t i = 0; i < c->n_latches; i++) {
        plc_text_add(&w->text, "      ");
        add_source(w, c->n_inputs + i);
        plc_text_add(&w->text, " <= ");
        add_literal(w, c->sinks[c->n_outputs + i]);
        plc_text_add(&w->text, ";\n");
    }
    plc_text_add(&w->text, "    end\n  end\n");
}

static plc_status check_names(const plc_cells *cells, plc_error *error)
{
    for (uint32_t i = 0; i < cells->n_outputs; i++) {
        const char *name = cells->output_names[i];
        for (uint32_t k = 0; k < cells->n_inputs; k++)
            if (!strcmp(cells->source_names[k], name))
                return plc_fail(error, PLC_INVALID,
                                "%s: output %s has the name of an input: Verilog needs another",
                                cells->name, name);
    }
    return PLC_OK;
}

static void add_module(writer *w, plc_verilog_form form)
{
    const plc_cells *c = w->cells;
    char clock[64], reset[64];
    port_name(c, "clk_i", clock, sizeof clock);
    port_name(c, "rst_ni", reset, sizeof reset);
    plc_text_add(&w->text, "// %s as threshold cells.%s\n", c->name,
                 form == PLC_VERILOG_INSTANCES ? " Compile with rtl-models/plc_threshold_cell.sv."
                                               : "");
    add_ports(w, clock, reset);
    for (uint32_t i = 0; i < c->n_latches; i++) {
        plc_text_add(&w->text, "  logic ");
        add_source(w, c->n_inputs + i);
        plc_text_add(&w->text, ";\n");
    }
    for (uint32_t i = 0; i < c->cells.n; i++) {
        if (w->absorbed[i])
            plc_text_add(&w->text, "  // with the flip-flop %s: one FTL cell\n",
                         c->source_names[c->n_inputs + w->absorbed[i] - 1]);
        add_cell(w, i, form);
    }
    add_latches(w, clock, reset);
    plc_text_add(&w->text, "\n");
    for (uint32_t i = 0; i < c->n_outputs; i++) {
        plc_text_add(&w->text, "  assign ");
        add_name(&w->text, c->output_names[i]);
        plc_text_add(&w->text, " = ");
        add_literal(w, c->sinks[i]);
        plc_text_add(&w->text, ";\n");
    }
    plc_text_add(&w->text, "\nendmodule\n\n`default_nettype wire\n");
}

plc_status plc_cells_write_verilog(const plc_cells *cells, plc_verilog_form form, const char *path,
                                   plc_error *error)
{
    writer w = {.cells = cells};
    plc_status status = PLC_OK;
    w.prefix = plc_cells_prefix(cells);
    w.absorbed = plc_array(cells->cells.n, sizeof *w.absorbed);
    if (!w.prefix || !w.absorbed || plc_cells_absorb(cells, w.absorbed) == UINT32_MAX)
        status = plc_fail_memory(error, cells->name);
    if (status == PLC_OK)
        status = check_names(cells, error);
    if (status == PLC_OK) {
        add_module(&w, form);
        status = w.text.failed ? plc_fail_memory(error, cells->name)
                               : plc_file_write(path, w.text.data, w.text.n, error);
    }
    plc_text_finish(&w.text);
    free(w.prefix);
    free(w.absorbed);
    return status;
}
