#!/usr/bin/env python3
"""placode ftl as its users meet it: cells, proofs, files, bad netlists.

usage: test_ftl.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import re

import harness
import rtl_tools
from harness import Skip, expect, has_keys, ok, ok_json, parse_json, read, refused, run, test, write

KEYS = "circuit inputs outputs latches cells depth fanin_max weight_max equivalent area_um2 seconds"

ADDER = """INPUT(a)
INPUT(b)
INPUT(c)
OUTPUT(sum)
OUTPUT(carry)
ab = XOR(a, b)
sum = XOR(ab, c)
t = AND(a, b)
u = AND(ab, c)
carry = OR(t, u)
"""
COUNTER = """.model counter
.inputs up
.outputs q0 q1
.latch d0 q0 0
.latch d1 q1 1
.names up q0 d0
10 1
01 1
.names up q0 q1 d1
110 1
0-1 1
-01 1
.end
"""
# Cells at a fan-in of 6 (8 for EPFL) that the mapper has to stay at or below.
MOST = [("iscas85/c499.bench", 6, 180), ("iscas85/c880.bench", 6, 135), ("epfl/adder.aig", 8, 256)]
if os.environ.get("PLACODE_FULL"):
    MOST += [("iscas85/c6288.bench", 6, 540), ("tcad20/s35932.blif", 6, 3950), ("tcad20/s13207.blif", 6, 1110)]


def netlist(name):
    path = os.path.join(os.environ.get("PLACODE_SHARED_DATA", ""), "netlists", name)
    if not os.path.exists(path):
        raise Skip("no shared netlists")
    return path


@test
def ftl_makes_a_full_adder_of_two_cells():
    write("adder.bench", ADDER)
    value = has_keys(ok_json("ftl", "adder.bench", "--check"), KEYS)
    expect((value["circuit"], value["inputs"], value["outputs"], value["latches"]) == ("adder", 3, 2, 0), value)
    expect((value["cells"], value["depth"], value["weight_max"], value["equivalent"]) == (2, 2, 2, True), value)
    expect(value["vectors"] >= 1000000, value)
    expect(ok_json("ftl", "adder.bench")["equivalent"] is None, "without --check nothing is claimed")
    table = ok("ftl", "adder.bench").out.decode()
    expect(re.search(r"^cells +2$", table, re.M), table)


@test
def ftl_takes_latches_and_their_beginnings():
    write("counter.blif", COUNTER)
    value = ok_json("ftl", "counter.blif", "--check", "--blif", "out.blif", "--cells", "out.cells")
    expect(value["latches"] == 2 and value["equivalent"], value)
    for other in ("out.blif", "counter.blif"):
        expect(ok_json("ftl", other, "--check", "--from", "out.cells")["equivalent"], other)
    write("other.cells", read("out.cells").decode().replace("latch q1 1", "latch q1 0"))
    refused(1, "ftl", "counter.blif", "--check", "--from", "other.cells", says="q1")


@test
def ftl_finds_a_planted_wrong_weight():
    write("adder.bench", ADDER)
    ok("ftl", "adder.bench", "--cells", "right.cells")
    text = read("right.cells").decode()
    cells = [line for line in text.splitlines() if line.startswith("cell ")]
    expect(len(cells) == 2, text)
    for line in cells:
        words = line.split()
        words[3] = str(int(words[3]) + (4 if int(words[3]) > 0 else -4))
        write("wrong.cells", text.replace(line, " ".join(words)))
        result = run("ftl", "adder.bench", "--check", "--from", "wrong.cells", "--json")
        expect(result.status == 4 and parse_json(result)["equivalent"] is False, "found", result)
        expect(b"not equivalent: output" in result.err, "says where", result)


@test
def ftl_is_the_same_each_time():
    write("adder.bench", ADDER)
    for name in ("a", "b"):
        ok("ftl", "adder.bench", "--cells", name, "--verilog", name + ".v")
    expect(read("a") == read("b") and read("a.v") == read("b.v"), "differs")


@test
def ftl_keeps_what_it_reaches_on_benchmarks():
    for name, fanin, most in MOST:
        value = ok_json("ftl", netlist(name), "--check", "--max-fanin", fanin)
        expect(value["equivalent"] and value["fanin_max"] <= fanin, value)
        expect(value["cells"] <= most, (name, value["cells"], most))


@test
def ftl_by_depth_is_flatter():
    path = netlist("iscas85/c880.bench")
    area, depth = ok_json("ftl", path), ok_json("ftl", path, "--goal", "depth", "--check")
    expect(depth["depth"] < area["depth"] and depth["equivalent"], (area, depth))


BENCH = """module bench;
  reg clk = 0, rst = 0;
  reg [%d:0] in;
  wire [%d:0] out;
  reg [%d:0] vectors [0:%d];
  integer k;
  \\%s dut (%s, .clk_i(clk), .rst_ni(rst));
  initial begin
    $readmemb("v.txt", vectors);
    in = 0;
    #1 clk = 1; #1 clk = 0; rst = 1;
    for (k = 0; k <= %d; k = k + 1) begin
      in = vectors[k];
      #1 $display("%%b", out);
      clk = 1; #1 clk = 0;
    end
  end
endmodule
"""


@test
def ftl_verilog_is_clean_and_does_the_same():
    rtl_tools.need("iverilog")
    rtl_tools.need("verilator")
    cell = rtl_tools.models("plc_threshold_cell.sv")
    write("counter.blif", COUNTER)
    vectors = ["%d" % (k * k * 7 % 11 % 2) for k in range(40)]
    write("v.txt", "\n".join(vectors) + "\n")
    ports = ".up(in[0]), .q0(out[1]), .q1(out[0])"
    write("bench.v", BENCH % (0, 1, 0, 39, "counter ", ports, 39))
    for form in ((), ("--flat",)):
        ok("ftl", "counter.blif", "--verilog", "counter.sv", "--chip", "ideal", "--vectors", "v.txt", "--answers",
           "a.txt", *form)
        status, out = rtl_tools.tool("verilator", "--lint-only", "-Wall", "--top-module", "counter", "counter.sv",
                                     *([] if form else [cell]))
        expect(status == 0 and not out, out)
        status, out = rtl_tools.tool("iverilog", "-g2012", "-o", "sim", "bench.v", "counter.sv", cell)
        expect(status == 0, out)
        status, out = rtl_tools.tool("vvp", "sim")
        expect(out.split() == read("a.txt").decode().split(), out)
    write("wrong.sv", read("counter.sv").decode().replace(") >= ", ") < ", 1))
    status, out = rtl_tools.tool("iverilog", "-g2012", "-o", "sim", "bench.v", "wrong.sv", cell)
    status, out = rtl_tools.tool("vvp", "sim")
    expect(out.split() != read("a.txt").decode().split(), "a planted fault shows")


def draw_bench(n_inputs, n_latches, n_gates, seed):
    """Lines of a random sequential netlist: [(name, gate, fanins)], its inputs and its outputs."""
    state = [seed]

    def below(n):
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (state[0] >> 33) % n

    names = ["i%d" % k for k in range(n_inputs)] + ["q%d" % k for k in range(n_latches)]
    gates = []
    for k in range(n_gates):
        recent = names[-40:] if below(4) else names
        fanins = sorted({recent[below(len(recent))] for _ in range(2 + below(3))})
        kind = ("AND", "NAND", "OR", "NOR", "XOR")[below(5)] if len(fanins) > 1 else "NOT"
        gates.append(("g%d" % k, kind, fanins))
        names.append("g%d" % k)
    last = [gate[0] for gate in gates[-n_latches - 12:]]
    gates += [("q%d" % k, "DFF", [last[k]]) for k in range(n_latches)]
    return gates, ["i%d" % k for k in range(n_inputs)], last[n_latches:]


def golden_verilog(gates, inputs, outputs):
    """The same netlist in Verilog, written from the gates alone."""
    signs = {"AND": ("&", ""), "NAND": ("&", "~"), "OR": ("|", ""), "NOR": ("|", "~"), "XOR": ("^", ""), "NOT": ("", "~")}
    lines = ["module golden(%s, input clk_i, input rst_ni);" % ", ".join(
        ["input %s" % name for name in inputs] + ["output %s_o" % name for name in outputs])]
    lines += ["  %s %s;" % ("reg" if kind == "DFF" else "wire", name) for name, kind, _ in gates]
    for name, kind, fanins in gates:
        if kind == "DFF":
            lines.append("  always @(posedge clk_i) %s <= rst_ni & %s;" % (name, fanins[0]))
        else:
            lines.append("  assign %s = %s(%s);" % (name, signs[kind][1], (" %s " % signs[kind][0]).join(fanins)))
    return "\n".join(lines + ["  assign %s_o = %s;" % (name, name) for name in outputs] + ["endmodule\n"])


@test
def ftl_verilog_of_hundreds_of_cells_does_as_the_netlist():
    rtl_tools.need("iverilog")
    gates, inputs, outputs = draw_bench(20, 24, 700, 3)
    lines = ["INPUT(%s)" % name for name in inputs] + ["OUTPUT(%s)" % name for name in outputs]
    write("big.bench", "\n".join(lines + ["%s = %s(%s)" % (name, kind, ", ".join(fanins))
                                          for name, kind, fanins in gates]) + "\n")
    write("golden.v", golden_verilog(gates, inputs, outputs))
    ports = [".%s(in[%d])" % (name, k) for k, name in enumerate(inputs)] + [".clk_i(clk)", ".rst_ni(rst)"]
    bench = ["module bench;", "  reg clk = 0, rst = 0;", "  reg [19:0] in = 0;", "  integer k, wrong = 0, ones = 0;"]
    for width, module in ((1, "golden"), (2, "big")):
        bench.append("  wire [%d:0] out%d;" % (len(outputs) - 1, width))
        suffix = "_o" if module == "golden" else ""
        bench.append("  %s dut%d (%s);" % (module, width, ", ".join(
            ports + [".%s%s(out%d[%d])" % (name, suffix, width, k) for k, name in enumerate(outputs)])))
    bench += ["  initial begin", "    #1 clk = 1; #1 clk = 0; rst = 1;", "    for (k = 0; k < 700; k = k + 1) begin",
              "      in = $random;", "      #1 if (out1 !== out2) wrong = wrong + 1;",
              "      if (^out1) ones = ones + 1;", "      clk = 1; #1 clk = 0;", "    end",
              '    $display("%0d %0d", wrong, ones);', "  end", "endmodule"]
    write("both.v", "\n".join(bench) + "\n")
    cell = rtl_tools.models("plc_threshold_cell.sv")
    for more in ((), ("--max-fanin", 40), ("--flat",)):
        value = ok_json("ftl", "big.bench", "--check", "--effort", 0, "--verilog", "big.sv", *more)
        expect(value["equivalent"] and value["cells"] > 150, value)
        status, out = rtl_tools.tool("iverilog", "-g2012", "-o", "sim", "both.v", "golden.v", "big.sv", cell)
        expect(status == 0, out)
        wrong, ones = rtl_tools.tool("vvp", "sim")[1].split()
        expect(wrong == "0" and 0 < int(ones) < 700, (wrong, ones))
    text = read("big.sv").decode()
    at = text.rindex(") >= ")  # the last cell, which an output reads
    write("big.sv", text[:at] + ") < " + text[at + len(") >= "):])
    rtl_tools.tool("iverilog", "-g2012", "-o", "sim", "both.v", "golden.v", "big.sv", cell)
    expect(int(rtl_tools.tool("vvp", "sim")[1].split()[0]) > 0, "a planted fault shows")


@test
def ftl_cells_are_reprogrammed_by_weights_alone():
    """The same wires: a majority becomes an AND and an OR by another threshold, each proved again."""
    gates = {"maj": ("ab = AND(a, b)\nbc = AND(b, c)\nca = AND(c, a)\nx = OR(ab, bc, ca)\n", 2),
             "and": ("x = AND(a, b, c)\n", 3), "or": ("x = OR(a, b, c)\n", 1)}
    for name, (gate, _) in gates.items():
        write(name + ".bench", "INPUT(a)\nINPUT(b)\nINPUT(c)\nOUTPUT(x)\n" + gate)
    ok("ftl", "maj.bench", "--cells", "maj.cells")
    text = read("maj.cells").decode()
    expect("cell n0 2 1 a 1 b 1 c" in text, text)
    for name, (_, threshold) in gates.items():
        write("new.cells", text.replace("cell n0 2", "cell n0 %d" % threshold))
        for other in gates:
            result = run("ftl", other + ".bench", "--check", "--from", "new.cells", "--json")
            expect(result.status == (0 if other == name else 4), (name, other), result)


@test
def ftl_models_threshold_voltages():
    write("maj.bench", "INPUT(a)\nINPUT(b)\nINPUT(c)\nOUTPUT(x)\nab = AND(a, b)\nbc = AND(b, c)\nca = AND(c, a)\n"
          "x = OR(ab, bc, ca)\n")
    yields = []
    for sigma in (1, 40, 120):
        value = ok_json("ftl", "maj.bench", "--vt-sigma", sigma)
        expect(value["vt_kinds"] == value["vt_learned"] == 1 and 0 < value["vt_margin"] < 1, value)
        yields.append(value["vt_yield"])
    expect(yields[0] == 1 and yields[0] > yields[1] > yields[2], yields)
    expect("vt_yield" not in ok_json("ftl", "maj.bench"), "only when asked")
    refused(2, "ftl", "maj.bench", "--vt-sigma", "-1")


@test
def ftl_runs_on_chips_as_the_netlist_says():
    write("counter.blif", COUNTER)
    write("v.txt", "1\n0\n1 # up\n1\n0\n1\n")
    digests = set()
    for chip, engine in (("ideal", "fast"), ("spinnaker-48", "mesh"), ("placode-2x2", "fast")):
        value = ok_json("ftl", "counter.blif", "--check", "--chip", chip, "--engine", engine, "--vectors", "v.txt",
                        "--answers", "a.txt")
        expect(value["mismatches"] == 0 and value["equivalent"], value)
        expect(value["vectors_run"] == 6 * value["streams"] and value["streams"] == value["ticks_per_clock"], value)
        expect(read("a.txt") == b"01\n11\n11\n00\n10\n10\n", read("a.txt"))
        digests.add(value["digest"])
    expect(len(digests) == 1, digests)


@test
def ftl_on_a_chip_takes_relays_for_long_delays():
    # a chain of XORs, so deep that its first inputs wait for longer than any delay
    n = 40
    lines = ["INPUT(i%d)" % i for i in range(n)] + ["OUTPUT(o)", "OUTPUT(q)", "q = DFF(x2)", "x1 = XOR(i0, q)"]
    lines += ["x%d = XOR(x%d, i%d)" % (i + 1, i, i) for i in range(1, n)] + ["o = AND(x%d, i0, q)" % n]
    write("chain.bench", "\n".join(lines) + "\n")
    value = ok_json("ftl", "chain.bench", "--max-fanin", "3", "--chip", "placode-2x2", "--check")
    expect(value["mismatches"] == 0 and value["relays"] > 0 and value["depth"] > 16, value)


@test
def ftl_finds_a_wrong_weight_on_the_chip():
    write("adder.bench", ADDER)
    ok("ftl", "adder.bench", "--cells", "right.cells")
    lines = read("right.cells").decode().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("cell "))
    words = lines[at].split()
    words[2] = str(int(words[2]) + 1)
    write("wrong.cells", "\n".join(lines[:at] + [" ".join(words)] + lines[at + 1:]) + "\n")
    result = run("ftl", "adder.bench", "--from", "wrong.cells", "--chip", "ideal", "--json")
    expect(result.status == 4 and parse_json(result)["mismatches"] > 0, "found", result)
    expect(b"output" in result.err and b"stream 0" in result.err, "says where", result)


@test
def ftl_makes_wide_cells():
    n = 300
    names = ["i%d" % i for i in range(n)]
    lines = ["INPUT(%s)" % name for name in names] + ["OUTPUT(any)", "OUTPUT(all)", "OUTPUT(some)"]
    lines += ["any = OR(%s)" % ", ".join(names), "all = AND(%s)" % ", ".join(names)]
    lines += ["some = NAND(x, all, y)", "x = OR(%s)" % ", ".join(names[:150]), "y = NOR(%s)" % ", ".join(names[150:])]
    write("wide.bench", "\n".join(lines) + "\n")
    value = ok_json("ftl", "wide.bench", "--check", "--max-fanin", 300, "--cells", "wide.cells", "--chip", "spinnaker-4",
                    "--n-vectors", 20)
    expect(value["equivalent"] and value["mismatches"] == 0 and value["fanin_max"] == 300, value)
    expect(value["cells"] <= 5, value)
    narrow = ok_json("ftl", "wide.bench", "--check", "--max-fanin", 100)
    expect(narrow["equivalent"] and narrow["fanin_max"] <= 100 and narrow["cells"] > value["cells"], narrow)
    line = next(line for line in read("wide.cells").decode().splitlines() if line.startswith("cell "))
    words = line.split()
    words[2] = str(int(words[2]) + 1)
    write("wrong.cells", read("wide.cells").decode().replace(line, " ".join(words)))
    result = run("ftl", "wide.bench", "--check", "--from", "wrong.cells", "--json")
    expect(result.status == 4, "found", result)


@test
def ftl_runs_constants():
    """No inputs, no cells: nothing to simulate but what outputs are anyway."""
    write("k.blif", ".model k\n.outputs x y\n.names x\n1\n.names y\n.end\n")
    value = ok_json("ftl", "k.blif", "--check", "--chip", "placode-1x1", "--engine", "mesh", "--answers", "a.txt",
                    "--n-vectors", 3)
    expect(value["mismatches"] == 0 and value["equivalent"] and read("a.txt") == b"10\n10\n10\n", value)


@test
def ftl_refuses_vectors():
    write("adder.bench", ADDER)
    for text, says in (("101\n10\n", "v.txt:2"), ("1012\n", "v.txt:1"), ("", "v.txt:1"), ("1111\n", "v.txt:1")):
        write("v.txt", text)
        refused(1, "ftl", "adder.bench", "--chip", "ideal", "--vectors", "v.txt", says=says)
    refused(2, "ftl", "adder.bench", "--vectors", "v.txt", says="--chip")
    refused(2, "ftl", "adder.bench", "--chip", "nowhere")
    refused(1, "ftl", "adder.bench", "--chip", "ideal", "--streams", "2", says="--streams")


@test
def ftl_reads_verilog_through_yosys():
    rtl_tools.need("yosys")
    write("count.v", "module count(input clk, input up, output reg [1:0] q);\n"
          "  always @(posedge clk) q <= up ? q + 2'd1 : q - 2'd1;\nendmodule\n")
    value = ok_json("ftl", "count.v", "--check", "--chip", "ideal")
    expect(value["latches"] == 2 and value["outputs"] == 2 and value["equivalent"], value)
    expect(value["mismatches"] == 0 and value["circuit"] == "count", value)
    refused(1, "ftl", "none.v", says="none.v")


@test
def ftl_refuses_bad_netlists():
    write("loop.bench", "INPUT(a)\nOUTPUT(x)\nx = AND(a, y)\ny = OR(x, a)\n")
    refused(1, "ftl", "loop.bench", says=["loop.bench:3", "loop"])
    write("open.blif", ".model m\n.inputs a\n.outputs x\n.names a y x\n11 1\n.end\n")
    refused(1, "ftl", "open.blif", says=["open.blif:4", "y", "nothing drives it"])
    write("cut.aig", "aig 5 2 0 1 3\n10\n\x02\x02\x02")
    refused(1, "ftl", "cut.aig", says="truncated")
    refused(1, "ftl", "none.bench", says="none.bench")
    refused(2, "ftl", "loop.bench", "--goal", "speed")
    refused(2, "ftl", "loop.bench", "--max-fanin", "2")
    refused(2, "ftl")


@test
def ftl_refuses_a_line_of_2_gb():
    with open("long.bench", "wb") as file:
        file.write(b"INPUT(")
        file.seek(2 << 30)
        file.write(b")\n")
    result = refused(1, "ftl", "long.bench", says="long.bench:1")
    expect(result.kib < 1 << 20, "does not read it all: %d KiB" % result.kib)


if __name__ == "__main__":
    harness.main()
