#!/usr/bin/env python3
"""placode cosim NET: two engines in lockstep, faults planted in tiles of RTL, waveforms, cells of users in networks.

usage: test_cosim_net.py PLACODE_BINARY SOURCE_ROOT, with PLACODE_RTL=no and PLACODE_SYSTEMC=no where the build has none
"""
# SPDX-License-Identifier: Apache-2.0
import os
import re

import harness
from harness import HEAD, Skip, expect, has_keys, ok, ok_json, read, refused, run, test, write
from rtl_tools import BRIEF, models, need

RTL = os.environ.get("PLACODE_RTL") != "no"
SYSTEMC = os.environ.get("PLACODE_SYSTEMC") != "no"
KEYS = "ticks compared mismatches first_mismatch assertions"
NET = HEAD + (
    "populations:\n"
    "  - {name: exc, size: 40, model: lif_curr_exp, params: {v_thresh: -50, i_offset: 0.5}}\n"
    "  - {name: noise, size: 30, model: spike_source_poisson, params: {rate: 60}}\n"
    "  - {name: gate, size: 50, model: threshold, params: {threshold: 3}}\n"
    "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [4]}}\n"
    "projections:\n"
    "  - {from: noise, to: gate, connector: {type: fixed_number_pre, n: 20}, weight: 1, delay: 2}\n"
    "  - {from: exc, to: exc, connector: {type: fixed_number_pre, n: 5}, weight: 0.5, delay: 3}\n"
    "  - {from: cue, to: exc, connector: {type: all_to_all}, weight: 0.5, delay: 2}\n")


def rtl(function):
    return test(function) if RTL else function


def systemc(function):
    return test(function) if RTL and SYSTEMC else function


def place(population):
    """Tile "x,y" of a population that has one, and of its first neuron the number on the core."""
    ok("map", "net.yaml", "--chip", "placode-2x2", "-o", "net.h5")
    slices = [s for s in ok_json("map", "net.yaml", "--chip", "placode-2x2")["slices"]]
    mine = [s for s in slices if s["population"] == population]
    expect(len(mine) == 1, slices)
    shares = [s for s in slices if (s["x"], s["y"]) == (mine[0]["x"], mine[0]["y"])]
    expect(len(shares) == 1, slices)
    return mine[0]["x"], mine[0]["y"]


def inject(tick, tile, memory, word, bit):
    return "--inject", "%d:%d,%d:%s:%d:%d" % (tick, tile[0], tile[1], memory, word, bit)


@test
def engines_that_are_equal_have_no_difference():
    write("net.yaml", NET)
    fast = ok_json("run", "net.yaml", "--ticks", 100)
    kinds = [("mesh",)] + [("rtl",)] * RTL + [("systemc",), ("systemc", "--tiles", "0,0")] * (RTL and SYSTEMC)
    for kind in kinds:
        value = ok_json("cosim", "net.yaml", "--ticks", 100, "--dut", *kind)
        has_keys(value, KEYS)
        expect(value["ticks"] == 100 and value["mismatches"] == 0 and value["first_mismatch"] is None, value)
        expect(value["assertions"] == 0 and value["digest"] == fast["digest"] and value["states"], value)
        # Whether each neuron spikes; and four words of each of exc.
        expect(value["compared"] == 100 * (40 + 30 + 50 + 3 + 4 * 40), value)


@rtl
def a_bit_of_a_state_is_found_in_its_tick():
    write("net.yaml", NET)
    tile = place("exc")
    value = ok_json("cosim", "net.h5", "--ticks", 60, *inject(33, tile, "state", 7 * 4 + 1, 9), status=4)
    first = value["first_mismatch"]
    expect((first["tick"], first["tile"], first["population"], first["neuron"]) == (33, list(tile), "exc", 7), value)
    expect(value["ticks"] == 34 and value["mismatches"] == 1, value)
    # g_e of 2^9 more or less: it decays by 1 - exp(-1/5) in the tick, and v takes its part.
    expect(set(first["fields"]) == {"v", "g_e"}, first)
    expected, got = first["fields"]["g_e"]
    expect(abs(abs(expected - got) - 512 * 0.8187) < 2, first)
    expect(first["expected"] == first["fields"][first["field"]][0], first)


@rtl
def a_bit_of_a_parameter_is_found_when_it_matters():
    write("net.yaml", NET)
    tile = place("gate")
    value = ok_json("cosim", "net.h5", "--ticks", 300, *inject(0, tile, "param", 11 * 16, 8), status=4)
    first = value["first_mismatch"]
    expect((first["population"], first["neuron"], first["field"]) == ("gate", 11, "spike"), value)
    expect((first["expected"], first["got"]) == (1, 0), first)  # its threshold is 259 now
    expect(first["params"] == {"threshold": 3}, first)
    now = [s["weight"] for s in first["stimuli"] if s["acts"] == first["tick"]]
    expect(sum(now) >= 3, first)
    expect(all(s["sent"] + 2 == s["acts"] <= first["tick"] and s["population"] == "noise" for s in first["stimuli"]), first)


@rtl
def a_bit_of_a_synapse_is_found_when_its_packet_comes():
    write("net.yaml", NET)
    tile = place("exc")
    # Rows: their addresses first. That of the cue's neuron 0 is one of 43; its synapses have weight 0.5 nA.
    found = []
    for word in range(43, 43 + 320, 40):
        value = run("cosim", "net.h5", "--ticks", 8, *inject(2, tile, "synapse", word, 20), "--json")
        if value.status == 4:
            found.append(harness.parse_json(value)["first_mismatch"])
    expect(len(found) == 1, found)
    first = found[0]
    expect(first["tick"] == 6 and "g_e" in first["fields"], first)
    expect([(s["population"], s["neuron"], s["sent"]) for s in first["stimuli"]][-1] == ("cue", 0, 4), first)


@systemc
def faults_are_found_in_the_one_tile_in_rtl():
    write("net.yaml", NET)
    tile = place("exc")
    value = ok_json("cosim", "net.h5", "--ticks", 60, "--tiles", "%d,%d" % tile,
                    *inject(33, tile, "state", 7 * 4, 5), status=4)
    expect((value["dut"], value["first_mismatch"]["tick"], value["first_mismatch"]["neuron"]) == ("systemc", 33, 7), value)
    refused(1, "cosim", "net.h5", "--ticks", 60, "--tiles", "%d,%d" % tile,
            *inject(33, (1 - tile[0], tile[1]), "state", 0, 5), says=["--inject", "a tile in RTL"])


@rtl
def text_tells_all_of_it():
    write("net.yaml", NET)
    tile = place("gate")
    text = ok("cosim", "net.h5", "--ticks", 300, *inject(0, tile, "param", 11 * 16, 8), status=4).out.decode()
    expect(re.search(r"first difference +tick \d+, tile \(%d, %d\), population gate, neuron 11, spike" % tile, text), text)
    expect("spike              expected 1, got 0" in text and "last stimuli" in text, text)
    expect(re.search(r"tick \d+ +\+1 input, from noise \d+, sent in tick \d+", text), text)


def times(path):
    """The timestamps of a waveform."""
    return [int(line[1:]) for line in read(path).decode().splitlines() if line.startswith("#")]


@rtl
def waveforms_are_of_the_ticks_before_the_difference():
    write("net.yaml", NET)
    tile = place("exc")
    fault = inject(33, tile, "state", 7 * 4, 5)
    lengths = {}
    for window in 0, 3:
        ok("cosim", "net.h5", "--ticks", 60, *fault, "--vcd", "w.vcd", "--vcd-window", window, status=4)
        text, at = read("w.vcd").decode(), times("w.vcd")
        for x in 0, 1:
            for y in 0, 1:
                expect("module tile_%d_%d $end" % (x, y) in text, text[:500])
        expect(at == sorted(set(at)) and at[0] > 0 and at[-1] % 5000 == 0, (at[:9], at[-9:]))
        lengths[window] = (at[0], at[-1])
    # Two cycles a neuron and tick, at 100 MHz; both end with the tick that differs.
    expect(lengths[0][1] == lengths[3][1] and lengths[3][0] + 3 * 40 * 2 * 10000 < lengths[0][0], lengths)


@systemc
def waveforms_are_of_the_tiles_in_rtl():
    write("net.yaml", NET)
    tile = place("exc")
    ok("cosim", "net.h5", "--ticks", 60, "--tiles", "%d,%d" % tile, *inject(33, tile, "state", 7 * 4, 5),
       "--vcd", "w.vcd", status=4)
    text = read("w.vcd").decode()
    expect(re.findall(r"module (tile_\d+_\d+) ", text) == ["tile_%d_%d" % tile], text[:500])
    clock = re.search(r"\$var wire +1 (\S+) clk_i", text).group(1)
    expect(text.count("\n1" + clock + "\n") > 80 and len(times("w.vcd")) > 160, "the clock stands still")


@rtl
def waveforms_that_are_not_written():
    write("net.yaml", NET)
    tile = place("exc")
    result = run("cosim", "net.h5", "--ticks", 20, "--vcd", "w.vcd")
    expect(result.status == 0 and b"nothing to write to w.vcd" in result.err, "no difference", result)
    refused(1, "cosim", "net.h5", "--ticks", 20, *inject(3, tile, "state", 28, 5), "--vcd", "none/w.vcd", says=["none/w.vcd", "No such file"])
    full = run("cosim", "net.h5", "--ticks", 20, *inject(3, tile, "state", 28, 5), "--vcd", "/dev/full")
    expect(full.status == 1 and b"cannot write" in full.err, "a full disk", full)
    expect(os.path.exists("/dev/full") and not os.path.isfile("/dev/full"), "a device is no longer one")
    expect(not [name for name in os.listdir(".") if "w.vcd" in name], os.listdir("."))


# ---- a user's cell ----

def cell(path, *more, model="lif", ticks=100):
    need("verilator")
    if BRIEF and "my_lif" not in path:
        raise Skip("one cell is enough under sanitizers, which it does not have")
    cache = os.environ.get("PLACODE_RTL_CACHE", ".")
    os.makedirs(cache, exist_ok=True)
    return ("cosim", "net.yaml", "--user-rtl", path, "--model", model, "--ticks", ticks, "--cache", cache) + more


@test
def the_correct_example_is_correct_in_a_network():
    write("net.yaml", NET)
    value = ok_json(*cell(os.path.join(harness.SOURCE, "examples", "rtl", "my_lif.sv")))
    has_keys(value, KEYS)
    expect(value["ticks"] == 100 and value["updates"] == 4000 and value["compared"] == 5 * 4000, value)
    expect(value["mismatches"] == 0 and value["digest"] == ok_json("run", "net.yaml", "--ticks", 100)["digest"], value)


@test
def the_wrong_example_is_caught_in_a_network():
    write("net.yaml", NET)
    value = ok_json(*cell(os.path.join(harness.SOURCE, "examples", "rtl", "rounding_lif.sv")), status=4)
    first = value["first_mismatch"]
    expect((first["population"], first["field"], first["port"]) == ("exc", "v", "state_o"), first)
    expect(abs(first["expected"] - first["got"]) == 1 and value["mismatches"] == 1, first)


@test
def a_cell_that_is_wrong_for_one_input_is_caught_there():
    write("net.yaml", NET)
    write("five.sv", "module five (input logic [31:0] params_i, input logic [31:0] input_i, output logic spike_o);\n"
                     "assign spike_o = $signed(input_i) >= $signed(params_i) && input_i != 32'd5;\nendmodule\n")
    value = ok_json(*cell("five.sv", "--chip", "placode-2x2", model="threshold", ticks=500), status=4)
    first = value["first_mismatch"]
    expect((first["population"], first["field"], first["expected"], first["got"]) == ("gate", "spike_o", 1, 0), first)
    expect(first["inputs"]["input_i"] == 5 and first["tile"] == list(place("gate")), first)
    expect(sum(s["weight"] for s in first["stimuli"] if s["acts"] == first["tick"]) == 5, first)
    expect(value["updates"] == 50 * first["tick"] + first["neuron"] + 1, value)


@test
def a_pair_drawn_at_random_is_followed():
    write("net.yaml", HEAD + "populations:\n  - {name: a, size: 40, model: onoff, params: {delta: 20}, random: 7}\n"
          "  - {name: b, size: 20, model: onoff, params: {delta: 20}, period: 3, phase: 1}\n"
          "projections:\n  - {from: a, to: a, connector: {type: fixed_number_pre, n: 3}, weight: -1}\n"
          "  - {from: b, to: a, connector: {type: fixed_number_pre, n: 2}, weight: 2, delay: 9}\n")
    value = ok_json(*cell(models("cells.f"), "--top", "plc_onoff_cell", model="onoff", ticks=90))
    expect(value["updates"] == 90 * 7 + 30 * 20 and value["mismatches"] == 0, value)


# ---- usage ----

@test
def wrong_usage():
    write("net.yaml", NET)
    refused(2, "cosim", says=["NET.yaml", "--user-rtl"])
    refused(2, "cosim", "net.yaml", "--dut", "warp", says=["--dut", "fast, mesh, rtl, systemc"])
    refused(2, "cosim", "net.yaml", "--cycles", 5, says=["--cycles", "--ticks"])
    refused(2, "cosim", "net.yaml", "--dut", "mesh", "--tiles", "0,0", says=["--tiles", "rtl or systemc"])
    for fault in "x", "1:0,0:state:1", "1:0,0:ram:1:1", "1:0,0:state:1:32", "1:0,0:state:1:1x":
        refused(2, "cosim", "net.yaml", "--inject", fault, says=["--inject", "TICK:X,Y:MEMORY:WORD:BIT"])
    refused(2, "cosim", "net.yaml", "--user-rtl", "a.sv", "--vcd", "w.vcd", says=["--vcd", "--user-rtl"])
    refused(2, "cosim", "net.yaml", "--user-rtl", "a.sv", "--dut", "rtl", says=["--dut", "--user-rtl"])
    refused(2, "cosim", "net.yaml", "--vcd", "w.fst", says=["--vcd", "VCD", "w.fst"])
    refused(2, "cosim", "net.yaml", "--vcd-window", 3, says=["--vcd-window", "--vcd FILE"])
    refused(2, "cosim", "net.yaml", "--user-rtl", "a.sv", "--model", "random", says=["--model", "lif, onoff or threshold"])
    refused(2, "cosim", "--user-rtl", "a.sv", "--ticks", 5, says=["--ticks", "--cycles"])


@rtl
def faults_in_no_place():
    write("net.yaml", NET)
    refused(1, "cosim", "net.yaml", "--inject", "1:2,0:state:1:1", says=["tile (2, 0)", "2 x 2"])
    refused(1, "cosim", "net.yaml", "--inject", "1:0,0:param:15:1", says=["--inject 1:0,0:param:15:1"])
    write("spins.yaml", HEAD + "populations:\n  - {name: a, size: 4, model: onoff}\n")
    refused(1, "cosim", "spins.yaml", "--user-rtl", os.path.join(harness.SOURCE, "examples", "rtl", "my_lif.sv"),
            says=["spins.yaml", "no population of model lif_curr_exp"])


harness.main()
