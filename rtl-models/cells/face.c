/* The wrapper and the driver of a cell. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/face.h"

#include <string.h>

/* Vectors have at least 3 words: narrower ones have other types in C++. */
static uint32_t vector_bits(const plc_contract_field *fields)
{
    uint32_t words = plc_contract_offset(fields, PLC_CONTRACT_FIELDS);
    return 32 * (words < 3 ? 3 : words);
}

/* Connects the ports of a list to their parts of a vector. */
static void add_ports(const plc_contract_field *fields, const char *vector, plc_text *text)
{
    size_t n = plc_contract_count(fields);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !strcmp(fields[end].port, fields[i].port); end++)
            ;
        uint32_t low = 32 * plc_contract_offset(fields, i);
        uint32_t high = 32 * plc_contract_offset(fields, end - 1) + fields[end - 1].bits - 1;
        plc_text_add(text, "%s\n      .%s(%s[%u:%u])", i ? "," : "", fields[i].port, vector, high,
                     low);
    }
}

/* A clock from each change of tick_i, edges included; what the cell sees comes from registers, as
 * behind any other logic with that clock, and moves with it only. */
static const char registers[] = "  reg tick_q = 1'b0, rst_nq = 1'b0, start_q = 1'b0;\n"
                                "  wire clk = tick_i != tick_q;\n"
                                "  always @(posedge clk) begin\n"
                                "    tick_q <= tick_i;\n"
                                "    rst_nq <= rst_ni;\n"
                                "    start_q <= start_i;\n"
                                "    if (start_i) in_q <= in_i;\n"
                                "  end\n";

void plc_face_wrapper(const plc_contract *contract, const char *top, plc_text *text)
{
    const uint32_t n_in = vector_bits(contract->inputs) - 1;
    plc_text_add(text,
                 "/* verilator lint_off UNUSED */ /* verilator lint_off UNDRIVEN */\n"
                 "/* verilator lint_on WIDTH */ /* verilator lint_on PINMISSING */\n"
                 "module plc_face (input wire [%u:0] in_i, output wire [%u:0] out_o",
                 n_in, vector_bits(contract->outputs) - 1);
    if (contract->is_clocked)
        plc_text_add(text,
                     ",\n    input wire tick_i, rst_ni, start_i, output wire valid_o);\n"
                     "  reg [%u:0] in_q;\n%s",
                     n_in, registers);
    else
        plc_text_add(text, ");\n");
    plc_text_add(text, "  %s u_cell (", top);
    add_ports(contract->inputs, contract->is_clocked ? "in_q" : "in_i", text);
    plc_text_add(text, ",");
    add_ports(contract->outputs, "out_o", text);
    if (contract->is_clocked)
        plc_text_add(text, ",\n      .clk_i(clk), .rst_ni(rst_nq), .start_i(start_q), "
                           ".valid_o(valid_o)");
    plc_text_add(text, "\n  );\nendmodule\n");
}

const char plc_face_runtime[] = "extern \"C\" int plc_face_print(const char *format, ...);\n"
                                "#define VL_PRINTF plc_face_print\n"
                                "#define VL_USER_FINISH\n"
                                "#define VL_USER_STOP\n"
                                "#define VL_USER_FATAL\n"
                                "#include \"verilated.cpp\"\n"
                                "#include \"verilated_threads.cpp\"\n";

/* What the cell says last before a failure is kept; a failed assertion, $stop and $error are
 * counted; what Verilator calls fatal, as logic that does not settle, ends the cycle. */
static const char driver[] =
    "#include \"Vplc_face.h\"\n"
    "#include \"verilated.h\"\n"
    "#include <cstdarg>\n"
    "#include <cstdint>\n"
    "#include <cstdio>\n"
    "#include <cstring>\n"
    "#include <new>\n"
    "#define VISIBLE extern \"C\" __attribute__((visibility(\"default\")))\n"
    "namespace {\n"
    "char said[512];\n"
    "uint64_t failures;\n"
    "struct fatal {};\n"
    "struct face {\n"
    "  VerilatedContext context;\n"
    "  Vplc_face model{&context, \"cell\"};\n"
    "};\n"
    "void keep(const char *text) {\n"
    "  if (!failures) std::snprintf(said, sizeof said, \"%s\", text);\n"
    "}\n"
    "}\n"
    "VISIBLE int plc_face_print(const char *format, ...) {\n"
    "  char line[512];\n"
    "  va_list list;\n"
    "  va_start(list, format);\n"
    "  int n = std::vsnprintf(line, sizeof line, format, list);\n"
    "  va_end(list);\n"
    "  keep(line);\n"
    "  return n;\n"
    "}\n"
    "void vl_finish(const char *, int, const char *) VL_MT_UNSAFE {}\n"
    "void vl_stop(const char *, int, const char *) VL_MT_UNSAFE { failures++; }\n"
    "void vl_fatal(const char *file, int line, const char *, const char *what) VL_MT_UNSAFE {\n"
    "  char text[512];\n"
    "  std::snprintf(text, sizeof text, \"%s:%d: %s\", file, line, what);\n"
    "  keep(text);\n"
    "  throw fatal();\n"
    "}\n"
    "VISIBLE const char *plc_face_said() { return said; }\n"
    "VISIBLE uint64_t plc_face_failures() { return failures; }\n"
    "VISIBLE void plc_face_destroy(void *cell) { delete static_cast<face *>(cell); }\n";

static const char combinational[] =
    "namespace {\n"
    "inline bool evaluate(Vplc_face &model) {\n"
    "  model.eval();\n"
    "  return true;\n"
    "}\n"
    "}\n"
    "VISIBLE void *plc_face_create() { return new (std::nothrow) face; }\n";

/* Each evaluation is a clock: plc_face makes the edges. */
static const char clocked[] = "namespace {\n"
                              "void clock(Vplc_face &model) {\n"
                              "  model.tick_i = !model.tick_i;\n"
                              "  model.eval();\n"
                              "}\n"
                              "bool evaluate(Vplc_face &model) {\n"
                              "  model.start_i = 1;\n"
                              "  clock(model);\n"
                              "  model.start_i = 0;\n"
                              "  clock(model);\n"
                              "  for (int i = 0; i < 10000 && !model.valid_o; i++) clock(model);\n"
                              "  if (!model.valid_o) keep(\"valid_o stays 0 for 10000 clocks\");\n"
                              "  return model.valid_o;\n"
                              "}\n"
                              "}\n"
                              "VISIBLE void *plc_face_create() {\n"
                              "  face *cell = new (std::nothrow) face;\n"
                              "  if (!cell) return nullptr;\n"
                              "  try {\n"
                              "    for (int i = 0; i < 3; i++) clock(cell->model);\n"
                              "  } catch (const fatal &) {\n"
                              "  }\n"
                              "  cell->model.rst_ni = 1;\n"
                              "  return cell;\n"
                              "}\n";

/* All cycles up to one that is not as expected. */
static const char run[] =
    "VISIBLE uint32_t plc_face_run(void *cell, const uint32_t *in, const uint32_t *expected,\n"
    "    uint32_t n, uint32_t *found, int *is_unsettled) {\n"
    "  Vplc_face &model = static_cast<face *>(cell)->model;\n"
    "  uint32_t i = 0;\n"
    "  bool is_settled = true;\n"
    "  try {\n"
    "    for (bool goes_on = true; goes_on && i < n; i++) {\n"
    "      std::memcpy(&model.in_i, in + i * stride, sizeof model.in_i);\n"
    "      is_settled = false;\n"
    "      is_settled = evaluate(model);\n"
    "      goes_on = is_settled && !failures &&\n"
    "          !std::memcmp(expected + i * stride, &model.out_o, 4 * n_outputs);\n"
    "    }\n"
    "  } catch (const fatal &) {\n"
    "    i++;\n"
    "  }\n"
    "  std::memcpy(found, &model.out_o, sizeof model.out_o);\n"
    "  *is_unsettled = !is_settled;\n"
    "  return i;\n"
    "}\n";

void plc_face_driver(const plc_contract *contract, plc_text *text)
{
    plc_text_add(text, "%sstatic const uint32_t stride = %d, n_outputs = %u;\n%s%s", driver,
                 PLC_CONTRACT_WORDS, plc_contract_offset(contract->outputs, PLC_CONTRACT_FIELDS),
                 contract->is_clocked ? clocked : combinational, run);
}
