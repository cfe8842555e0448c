#!/usr/bin/env python3
"""The neuron cells in SystemVerilog against their kernels in C, and faults planted in them.

usage: test_cells.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import harness
from harness import Skip, expect, ok_json, test
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
        cycles = CYCLES.get(top, 1000000)
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


def check_faults(top):
    need("verilator")
    copy_sources()
    for name, old, new in FAULTS[top][:1 if BRIEF else None]:
        undo = plant(name, old, new)
        value = ok_json(*cosim(top, "cells.f", CYCLES.get(top, 1000000)), status=4)
        expect(value["mismatches"] == 1 and value["first_mismatch"]["cycle"] == value["ticks"] - 1,
               (new, value))
        undo()


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
