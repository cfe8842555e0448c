#!/usr/bin/env python3
"""placode cosim: a user's neuron cell beside the kernel it names.

usage: test_cosim.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import time

import harness
from harness import Skip, expect, has_keys, ok, ok_json, parse_json, refused, run, test, write
from rtl_tools import BRIEF, cosim, need

PORTS = "(input logic [31:0] params_i, input logic [31:0] input_i, output logic spike_o);"
RIGHT = "assign spike_o = $signed(input_i) >= $signed(params_i);"
KEYS = "ticks compared mismatches first_mismatch assertions"


def cell(body, ports=PORTS, name="cell_under_test"):
    return write(name + ".sv", "module %s %s\n%s\nendmodule\n" % (name, ports, body))


def threshold(path, cycles=1000, *more):
    name = os.path.basename(path).split(".")[0]
    args = list(cosim(name, path, cycles))
    args[args.index("--model") + 1] = "threshold"
    return args + list(more)


def example(name):
    return os.path.join(harness.SOURCE, "examples", "rtl", name)


@test
def the_correct_example_is_found_correct():
    need("verilator")
    value = ok_json(*cosim("my_lif", example("my_lif.sv"), 300000))
    has_keys(value, KEYS)
    expect(value["ticks"] == 300000 and value["compared"] == 1500000, value)
    expect(value["mismatches"] == 0 and value["first_mismatch"] is None, value)


@test
def the_wrong_example_is_caught_and_the_answer_can_be_recomputed():
    need("verilator")
    value = ok_json(*cosim("rounding_lif", example("rounding_lif.sv"), 300000), status=4)
    first = value["first_mismatch"]
    expect(value["mismatches"] == 1 and first["field"] == "v" and first["port"] == "state_o", value)
    expect(first["cycle"] == value["ticks"] - 1, value)
    expect(lif_v(first["stimuli"], 0) == first["expected"], first)
    expect(lif_v(first["stimuli"], 1 << 14) == first["got"], first)


def lif_v(stimuli, rounding):
    """The next potential, from docs/semantics.md alone."""
    p, s = stimuli["params_i"], stimuli["state_i"]

    def wrap(x):
        return (x + 2**31) % 2**32 - 2**31
    g = {}
    for r, port in ("e", "input_e_i"), ("i", "input_i_i"):
        x = min(stimuli[port], 65535) << p["shift_" + r]
        g[r] = s["g_" + r] + (x * p["gain_" + r] >> 32)
    a = wrap(wrap(wrap(g["e"] - g["i"] + p["i_offset"]) * p["resistance"] >> 15) + p["v_rest"])
    v = wrap(a - wrap(p["decay_m"] * wrap(a - s["v"]) + rounding >> 15))
    v = s["v"] if s["wait"] > 0 else v
    return p["v_reset"] if v >= p["v_thresh"] else v


@test
def the_cache_is_made_where_it_is_missing():
    need("verilator")
    path = cell("assign spike_o = ;")
    refused(1, *with_cache(path, "a/b//c/"), says="syntax")
    expect(os.path.isdir("a/b/c"), "no folder")
    write("file", "")
    refused(1, *with_cache(path, "file"), says="file: expected a folder")
    refused(1, *with_cache(path, "file/c"), says=["file/c", "Not a directory"])
    refused(1, *with_cache(path, ""), says="expected a folder")


def with_cache(path, folder):
    args = threshold(path)
    args[args.index("--cache") + 1] = folder
    return args


@test
def a_seed_gives_the_same_difference_again_and_another_seed_another():
    need("verilator")
    if BRIEF:
        raise Skip("the release build does it; unit tests have the seed too")
    path = cell("assign spike_o = input_i != 32'd77 && $signed(input_i) >= $signed(params_i);")
    found = [ok_json(*threshold(path, 10**6, "--seed", seed), status=4)["first_mismatch"]
             for seed in (5, 5, 6)]
    expect(found[0] == found[1], found)
    expect(found[0]["cycle"] != found[2]["cycle"], found)


@test
def people_read_what_differs():
    need("verilator")
    result = ok(*threshold(cell("assign spike_o = 1'b0;")), status=4)
    for word in (b"first difference", b"spike_o", b"expected", b"got", b"threshold", b"input_i"):
        expect(word in result.out, word, result)


@test
def a_failed_assertion_stops_with_its_message():
    need("verilator")
    path = cell(RIGHT + "\ninitial $display(\"hello\");\n"
                "always_comb assert (input_i != 32'd7) else $error(\"seven came\");")
    result = run(*threshold(path, 10**6, "--json"))
    value = parse_json(result)
    expect(result.status == 1 and len(result.lines()) == 1, "one line", result)
    expect("seven came" in result.lines()[0] and path in result.lines()[0], "message", result)
    expect(value["assertions"] == 1 and value["mismatches"] == 0, value)


# A clocked cell that answers wrongly in any case, which an assertion that fails in the same cycle goes before.
CLOCKED = """(input logic [447:0] params_i, input logic [63:0] tick_i, input logic clk_i, rst_ni, start_i,
  output logic [61:0] slope_o, output logic valid_o);
  logic busy;
  always_ff @(posedge clk_i) busy <= rst_ni && start_i;
  assign valid_o = !busy;
  assign slope_o = '0;
  %s
endmodule
"""


@test
def properties_hold_from_clock_to_clock_or_stop_it():
    need("verilator")

    def run_clocked(body):
        path = write("clocked.sv", "module clocked " + CLOCKED % body)
        args = threshold(path, 1000, "--json")
        args[args.index("--model") + 1] = "annealer"
        return run(*args)
    # Sampled at the edges of the cell's clock: what holds is not reported, what fails is.
    holds = ("assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |=> busy);"
             "assert property (@(posedge clk_i) disable iff (!rst_ni) busy |-> $past(start_i));")
    value = parse_json(run_clocked(holds))
    expect(value["assertions"] == 0 and value["mismatches"] == 1, value)
    result = run_clocked(holds + "assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |=> !busy)"
                         " else $error(\"busy came\");")
    value = parse_json(result)
    expect(result.status == 1 and "busy came" in result.lines()[0] and "cycle 0" in result.lines()[0], result)
    expect(value["assertions"] == 1 and value["ticks"] == 1, value)


@test
def logic_that_does_not_settle_is_an_error():
    need("verilator")
    path = cell("wire loop = ~(loop & input_i[3]);\n"
                "assign spike_o = ($signed(input_i) >= $signed(params_i)) ^ (~loop & ~input_i[3]);")
    refused(1, *threshold(path, 1000), says="settle")


@test
def files_that_do_not_verilate_say_where():
    need("verilator")
    refused(1, *threshold(cell("assign spike_o = ;")), says=["cell_under_test.sv:2:", "syntax"])
    refused(1, *threshold(write("cell_under_test.sv", "")), says="cell_under_test")
    refused(1, *threshold(write("cell_under_test.sv", b"\0\xff\n" * 50)), says="cell_under_test.sv")
    refused(1, *cosim("nosuch", cell(RIGHT), 10), says="nosuch")


@test
def ports_that_do_not_fit_say_which():
    need("verilator")
    narrow = PORTS.replace("[31:0] input_i", "[15:0] input_i")
    refused(1, *threshold(cell("assign spike_o = 1;", narrow)), says=["input_i", "16 bits"])
    refused(1, *threshold(cell("assign spike_o = 1;", PORTS.replace(" input_i", " other_i"))),
            says="input_i")
    refused(1, *threshold(cell("assign spike_o = 1;", PORTS.replace("(", "(input logic clk_i, "))),
            says="clk_i")


@test
def wrong_usage_is_refused_before_anything_is_built():
    path = cell(RIGHT)
    refused(2, "cosim", says="--user-rtl")
    refused(2, "cosim", "--user-rtl", "cell.vhd", says=[".sv", "cell.vhd"])
    refused(2, "cosim", "--user-rtl", path, "--model", "lfi", says=["lif", "lfi"])
    refused(2, "cosim", "--user-rtl", path, "--top", "a b", says="--top")
    refused(2, "cosim", "--user-rtl", path, "--top", "x" * 300, says="--top")
    refused(2, "cosim", "--user-rtl", path, "--cycles", 0, says="--cycles")
    refused(1, "cosim", "--user-rtl", "missing.sv", says="missing.sv")
    os.mkdir("folder.sv")
    refused(1, "cosim", "--user-rtl", "folder.sv", says="folder.sv")


@test
def a_missing_tool_is_named():
    need("verilator")
    path = cell(RIGHT)
    os.mkdir("bin")
    old = os.environ["PATH"]
    try:
        os.environ["PATH"] = os.path.abspath("bin")
        refused(1, *threshold(path), says=["verilator", "not found"])
    finally:
        os.environ["PATH"] = old


@test
def control_c_ends_it_and_leaves_nothing():
    need("verilator")
    os.mkdir("temporary")
    environment = dict(os.environ, TMPDIR=os.path.abspath("temporary"))
    for is_built in False, True:
        process = subprocess.Popen([harness.PLACODE, *map(str, threshold(cell(RIGHT), 10**12))],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for(lambda: os.listdir("temporary"))
        if is_built:  # what it is built in goes once it is loaded
            wait_for(lambda: not os.listdir("temporary"))
        else:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=harness.LIMIT)
        expect(process.returncode == 130, "exit status %d" % process.returncode)
        expect(not os.listdir("temporary"), "left: %s" % os.listdir("temporary"))


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.02)
    expect(False, "nothing happens")


if __name__ == "__main__":
    harness.main()
