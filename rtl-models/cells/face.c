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

void plc_face_wrapper(const plc_contract *contract, const char *top, plc_text *text)
{
    plc_text_add(text,
                 "/* verilator lint_off UNUSED */ /* verilator lint_off UNDRIVEN */\n"
                 "/* verilator lint_on WIDTH */ /* verilator lint_on PINMISSING */\n"
                 "module plc_face (input wire [%u:0] in_i, output wire [%u:0] out_o",
                 vector_bits(contract->inputs) - 1, vector_bits(contract->outputs) - 1);
    if (contract->is_clocked)
        plc_text_add(text, ",\n    input wire clk_i, rst_ni, start_i, output wire valid_o");
    plc_text_add(text, ");\n  %s u_cell (", top);
    add_ports(contract->inputs, "in_i", text);
    plc_text_add(text, ",");
    add_ports(contract->outputs, "out_o", text);
    if (contract->is_clocked)
        plc_text_add(text, ",\n      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(start_i), "
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
    "VISIBLE void *plc_face_create() { return new (std::nothrow) face; }\n"
    "VISIBLE int plc_face_eval(void *cell, const uint32_t *in, uint32_t *out) {\n"
    "  Vplc_face &model = static_cast<face *>(cell)->model;\n"
    "  try {\n"
    "    std::memcpy(&model.in_i, in, sizeof model.in_i);\n"
    "    model.eval();\n"
    "    std::memcpy(out, &model.out_o, sizeof model.out_o);\n"
    "  } catch (const fatal &) {\n"
    "    return 1;\n"
    "  }\n"
    "  return 0;\n"
    "}\n";

static const char clocked[] =
    "namespace {\n"
    "void clock(Vplc_face &model) {\n"
    "  model.clk_i = 1;\n"
    "  model.eval();\n"
    "  model.clk_i = 0;\n"
    "  model.eval();\n"
    "}\n"
    "}\n"
    "VISIBLE void *plc_face_create() {\n"
    "  face *cell = new (std::nothrow) face;\n"
    "  if (!cell) return nullptr;\n"
    "  cell->model.rst_ni = 0;\n"
    "  clock(cell->model);\n"
    "  clock(cell->model);\n"
    "  cell->model.rst_ni = 1;\n"
    "  return cell;\n"
    "}\n"
    "VISIBLE int plc_face_eval(void *cell, const uint32_t *in, uint32_t *out) {\n"
    "  Vplc_face &model = static_cast<face *>(cell)->model;\n"
    "  try {\n"
    "    std::memcpy(&model.in_i, in, sizeof model.in_i);\n"
    "    model.start_i = 1;\n"
    "    clock(model);\n"
    "    model.start_i = 0;\n"
    "    for (int i = 0; i < 10000 && !model.valid_o; i++) clock(model);\n"
    "    if (!model.valid_o) keep(\"valid_o stays 0 for 10000 clocks\");\n"
    "    std::memcpy(out, &model.out_o, sizeof model.out_o);\n"
    "  } catch (const fatal &) {\n"
    "    return 1;\n"
    "  }\n"
    "  return !model.valid_o;\n"
    "}\n";

void plc_face_driver(const plc_contract *contract, plc_text *text)
{
    plc_text_add(text, "%s%s", driver, contract->is_clocked ? clocked : combinational);
}
