#!/usr/bin/env python3
"""The neuron cells in SystemVerilog against their kernels in C, and faults planted in them.

usage: test_cells.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import re

import harness
from harness import Skip, expect, ok_json, parse_json, read, run, test, write
from rtl_tools import BRIEF, CELLS, copy_sources, cosim, models, need, plant, sources, tool

CYCLES = {"plc_annealer": 20000}
FAULTS = {
    "plc_lif_cell": [
        ("plc_lif_cell.sv", "$signed(v) >= $signed(p.v_thresh)", "$signed(v) > $signed(p.v_thresh)"),
        ("plc_lif_cell.sv", "$signed(v) >= $signed(p.v_thresh)", "v >= $signed(p.v_thresh)"),
        ("plc_lif_receptor.sv", "input_i > 32'd65535 ?", "input_i > 32'd65536 ?"),
        ("plc_s1615_mul.sv", "(product >>> 15)", "((product + 64'sd1) >>> 15)"),
        ("plc_lif_cell.sv", "$signed(s.wait_left) > 0", "s.wait_left > 0"),
    ],
    "plc_onoff_cell": [
        ("plc_onoff_cell.sv", "{1'b0, noise_i} < limit", "{1'b0, noise_i} <= limit"),
        ("plc_acceptance.sv", "33'(below >> 24)", "33'((below + 48'h800000) >> 24)"),
        ("plc_onoff_cell.sv", "? -v : v", "? 33'($signed(-n.v)) : v"),
        ("plc_onoff_cell.sv", "$signed(n.spin) < 0", "$signed(s.spin) < 0"),
        ("plc_acceptance.sv", "$signed({35'd0, slope_i})", "{35'd0, slope_i[61:1], 1'b0}"),
    ],
    "plc_annealer": [
        ("plc_annealer.sv", "(64'd1 << (shift - 6'd1))", "(64'd1 << shift)"),
        ("plc_annealer.sv", "bits} > p.hold_bits", "bits} >= p.hold_bits"),
        ("plc_annealer.sv", "scaled[127:62] != '0", "scaled[127:63] != '0"),
        ("plc_annealer.sv", "is_later ? {9'd0, log2_q} - p.log2_c : '0", "{9'd0, log2_q} - p.log2_c"),
        ("plc_annealer.sv", "Log2Steps = 6'd44", "Log2Steps = 6'd43"),
    ],
    "plc_stdp": [
        ("plc_stdp.sv", "acts > {1'b0, pre_tick_i}", "acts >= {1'b0, pre_tick_i}"),
        ("plc_stdp.sv", "acts <= {1'b0, tick_i}", "acts < {1'b0, tick_i}"),
        ("plc_stdp.sv", "!any ? w", "!any || newest_lag == '0 ? w"),
        ("plc_stdp.sv", "scaled[52:15]}", "scaled[52:15]} + {63'd0, scaled[14]}"),
        ("plc_stdp_trace.sv", "18'd32767 ?", "18'd32768 ?"),
    ],
    "plc_threshold_cell": [
        ("plc_threshold_cell.sv", ">= $signed(params_i)", "> $signed(params_i)"),
        ("plc_threshold_cell.sv", ">= $signed(params_i)", ">= params_i"),
        ("plc_threshold_cell.sv", "$signed(input_i) >= $signed(params_i)",
         "$signed(input_i - params_i) >= 0"),
        ("plc_threshold_cell.sv", "$signed(input_i)", "$signed(input_i[30:0])"),
        ("plc_threshold_cell.sv", "$signed(params_i)", "$signed({params_i[31:1], 1'b0})"),
    ],
}


@test
def each_cell_equals_its_kernel():
    need("verilator")
    for top in CELLS:
        cycles = CYCLES.get(top, 1000000) if BRIEF else 1000000
        value = ok_json(*cosim(top, models("cells.f"), cycles))
        expect(value["ticks"] == cycles and value["mismatches"] == 0, value)
        expect(value["first_mismatch"] is None and value["assertions"] == 0, value)


@test
def yosys_reads_the_cells_as_verilator_does():
    need("verilator")
    need("yosys")
    if BRIEF:
        raise Skip("nothing of Placode's own runs here; the release build does it")
    files = " ".join(models(name) for name in sources())
    for top in CELLS:
        status, said = tool("yosys", "-q", "-p", "read_verilog -sv %s; hierarchy -top %s; proc; "
                            "opt; write_verilog -noattr read.v" % (files, top))
        expect(status == 0, said)
        value = ok_json(*cosim(top, "read.v", CYCLES.get(top, 200000)))
        expect(value["mismatches"] == 0, value)


def parts(top):
    """The files that a cell is made of, in the order of cells.f."""
    wanted, found = [top + ".sv"], set()
    while wanted:
        name = wanted.pop()
        if name in sources() and name not in found:
            found.add(name)
            wanted += [word + ".sv" for word in re.findall(r"\bplc_\w+", read(models(name)).decode())]
    return [name for name in sources() if name in found]


def copy_faulty(top, number, name, old, new):
    """The sources with a fault planted, under names of their own, so that they can stand beside the others."""
    undo = plant(name, old, new)
    for source in parts(top):
        if source != "plc_neuron_pkg.sv":
            text = re.sub(r"\bplc_(?!neuron_pkg)\w+", r"\g<0>_%d" % number, read(source).decode())
            write(source.replace(".sv", "_%d.sv" % number), text)
    undo()


def write_jury(top, n):
    """A cell that is `top`, and calls an error once each of the n faulty ones has differed from it."""
    header = read(top + ".sv").decode()
    header = header[header.index("module " + top):].split(");")[0]
    ports = re.findall(r"(input|output)\s+wire\s*(\[[^]]*\])?\s*(\w+)", header)
    text = header.replace("module " + top, "module jury") + ");\n  reg [%d:0] seen = 0;\n" % (n - 1)
    outputs = [(width, name) for kind, width, name in ports if kind == "output"]
    for k in range(n):
        for width, name in outputs:
            text += "  wire %s %s_%d;\n" % (width, name, k)
        text += "  %s_%d u_%d (%s);\n" % (top, k, k, ", ".join(
            ".%s(%s)" % (name, name + "_%d" % k if kind == "output" else name) for kind, _, name in ports))
        differ = " || ".join("%s_%d != %s" % (name, k, name) for _, name in outputs)
        text += "  always @* if (%s) seen[%d] = 1'b1;\n" % (differ, k)
    text += "  %s u_cell (%s);\n" % (top, ", ".join(".%s(%s)" % (name, name) for _, _, name in ports))
    write("jury.sv", text + "  always @* if (&seen) $error(\"all differ\");\nendmodule\n")
    names = [name.replace(".sv", "_%d.sv" % k) for k in range(n) for name in parts(top) if "_pkg" not in name]
    write("jury.f", "\n".join(parts(top) + names + ["jury.sv"]) + "\n")


def check_faults(top):
    """That the stimuli tell each fault from the cell is seen in one go."""
    need("verilator")
    if BRIEF:
        raise Skip("nothing of Placode's own runs here but in other tests; the release build does it")
    copy_sources()
    for number, fault in enumerate(FAULTS[top]):
        copy_faulty(top, number, *fault)
    write_jury(top, len(FAULTS[top]))
    args = list(cosim("jury", "jury.f", CYCLES.get(top, 1000000)))
    args[args.index("--model") + 1] = CELLS[top]
    result = run(*args, "--json")
    value = parse_json(result)
    expect(result.status == 1 and value["assertions"] == 1 and value["mismatches"] == 0, value)
    expect(b"all differ" in result.err, result)
    if top != "plc_threshold_cell":
        return
    # A fault that is none is not seen.
    write(top + "_0.sv", re.sub(r"\b%s\b" % top, top + "_0", read(models(top + ".sv")).decode()))
    expect(ok_json(*args[:args.index("--cycles") + 1], 2000, *args[args.index("--cycles") + 2:])["assertions"] == 0,
           "the jury sees what is not there")


@test
def the_first_fault_ends_the_check():
    need("verilator")
    copy_sources()
    for top in ("plc_onoff_cell", ) if BRIEF else ("plc_onoff_cell", "plc_annealer"):
        name, old, new = FAULTS[top][0]
        plant(name, old, new)
        value = ok_json(*cosim(top, "cells.f", CYCLES.get(top, 1000000)), status=4)
        expect(value["mismatches"] == 1 and value["first_mismatch"]["cycle"] == value["ticks"] - 1,
               (new, value))


@test
def five_faults_in_lif_are_caught():
    check_faults("plc_lif_cell")


@test
def five_faults_in_onoff_are_caught():
    check_faults("plc_onoff_cell")


@test
def five_faults_in_the_annealer_are_caught():
    check_faults("plc_annealer")


@test
def five_faults_in_stdp_are_caught():
    check_faults("plc_stdp")


@test
def five_faults_in_threshold_are_caught():
    check_faults("plc_threshold_cell")


if __name__ == "__main__":
    harness.main()
