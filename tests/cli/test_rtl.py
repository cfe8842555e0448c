#!/usr/bin/env python3
"""placode --engine rtl: the digest of fast with cycles, and what the RTL refuses.

usage: test_rtl.py PLACODE_BINARY SOURCE_ROOT, with PLACODE_RTL=no where the build has no RTL
"""
# SPDX-License-Identifier: Apache-2.0
import os

import harness
from harness import HEAD, expect, ok_json, parse_json, refused, run, test, write

ABSENT = os.environ.get("PLACODE_RTL") == "no"
NET = HEAD + (
    "populations:\n"
    "  - {name: exc, size: 40, model: lif_curr_exp, params: {v_thresh: -50, i_offset: 0.9}}\n"
    "  - {name: spins, size: 30, model: onoff, params: {delta: 20}}\n"
    "projections:\n"
    "  - {from: exc, to: exc, connector: {type: fixed_probability, p: 0.2}, weight: 0.4}\n"
    "  - {from: exc, to: spins, connector: {type: fixed_number_pre, n: 2}, weight: 1}\n"
    "  - {from: spins, to: spins, connector: {type: fixed_number_pre, n: 3}, weight: -1}\n")
RUN = ("run", "net.yaml", "--chip", "placode-2x2", "--engine", "rtl", "--ticks")


def rtl(function):
    """A test that needs the RTL."""
    return function if ABSENT else test(function)


@rtl
def spikes_of_fast_and_the_keys_of_mesh():
    write("net.yaml", NET)
    value = ok_json(*RUN, 100)
    mesh = ok_json("run", "net.yaml", "--chip", "placode-2x2", "--engine", "mesh", "--ticks", 100)
    fast = ok_json("run", "net.yaml", "--ticks", 100)
    expect(fast["spikes"] > 100, fast)
    for key in "digest", "spikes", "synaptic_events":
        expect(value[key] == fast[key], (key, value, fast))
    expect(set(mesh) - {"threads"} <= set(value), set(mesh) - set(value))
    for key in "packets", "hops", "deliveries", "dropped":
        expect(value[key] == mesh[key], (key, value, mesh))
    # 100 ticks of two cycles a neuron on the fuller tile, and not without end.
    expect(100 * 2 * 40 < value["cycles"] < 100 * 4000, value)
    expect(value["cycles_per_tick_max"] * 100 >= value["cycles"], value)


@rtl
def potentials_and_weights_are_those_of_fast():
    write("net.yaml", HEAD + (
        "populations:\n"
        "  - {name: cue, size: 9, model: spike_source_poisson, params: {rate: 300}}\n"
        "  - {name: a, size: 20, model: lif_curr_exp, params: {v_thresh: -58}}\n"
        "projections:\n"
        "  - {from: cue, to: a, connector: {type: all_to_all}, weight: 3, plasticity: {rule: "
        "stdp_pair_additive, a_plus: 1, a_minus: 1, tau_plus: 9, tau_minus: 7, w_min: 0, w_max: 6}}\n"
        "record:\n  - {population: a, what: [spikes, v]}\n"))
    files = []
    for engine in "fast", "rtl":
        name = engine + ".h5"
        for what in "v", "weights":
            ok_json("run", "net.yaml", "--chip", "placode-2x1", "--engine", engine, "--ticks", 60,
                    "--record", what, "--spikes", name)
            files.append(harness.read(name))
    expect(files[0] == files[2], "potentials differ")
    expect(files[1] == files[3], "weights differ")
    expect(files[0] != files[1], "the files hold what was asked for")


@rtl
def layouts_run_too_and_twice_the_same():
    write("net.yaml", NET)
    ok_json("map", "net.yaml", "--chip", "placode-2x1", "-o", "net.h5")
    first = ok_json("run", "net.h5", "--engine", "rtl", "--ticks", 30)
    again = ok_json("run", "net.h5", "--engine", "rtl", "--ticks", 30)
    expect(first["digest"] == ok_json("run", "net.h5", "--ticks", 30)["digest"], first)
    expect(first["cycles"] == again["cycles"], (first, again))


@rtl
def maxcut_is_the_cut_of_fast():
    args = ("maxcut", "--gset", "G11", "--chip", "placode-4x4", "--updates", "4e4", "--runs", 1)
    result = run(*args, "--engine", "rtl", "--json")  # says that no energies are known
    expect(result.status == 0, "expected status 0", result)
    value, fast = parse_json(result), ok_json(*args)
    for key in "cut", "digest", "spikes", "updates", "cores":
        expect(value[key] == fast[key], (key, value[key], fast[key]))


@rtl
def neurons_are_drawn_in_hardware():
    args = ("maxcut", "--gset", "G11", "--chip", "placode-2x2", "--updates", 150, "--runs", 1, "--schedule", "async")
    result = run(*args, "--engine", "rtl", "--json")
    expect(result.status == 0, "expected status 0", result)
    value, fast = parse_json(result), ok_json(*args)
    for key in "digest", "spikes", "updates":
        expect(value[key] and value[key] == fast[key], (key, value[key], fast[key]))


@rtl
def refuses_what_it_has_not():
    write("net.yaml", NET)
    refused(1, "run", "net.yaml", "--chip", "spinnaker-4", "--engine", "rtl", "--ticks", 5,
            says=["chip spinnaker-4", "placode-WxH"])
    write("all.yaml", HEAD + (
        "populations:\n"
        "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [1]}}\n"
        "  - {name: a, size: 9, model: lif_curr_exp}\n"
        "projections:\n"
        "  - {from: cue, to: a, connector: {type: all_to_all}, weight: 1, plasticity: {rule: "
        "stdp_pair_additive, a_plus: 6, a_minus: 6, tau_plus: 3, tau_minus: 3, w_min: 0, w_max: 6, "
        "history: unbounded}}\n"))
    refused(1, "run", "all.yaml", "--chip", "placode-2x2", "--engine", "rtl", "--ticks", 5,
            says=["population a", "history: expected 16"])


@test
def refuses_options_that_engine_rtl_cannot_serve():
    write("net.yaml", NET)
    refused(2, *RUN, 5, "--real-time", says=["--real-time", "--engine mesh"])
    refused(2, *RUN, 5, "--timing", "a.csv", says=["--timing", "--engine mesh"])


if ABSENT:
    @test
    def says_that_the_build_has_no_rtl():
        write("net.yaml", NET)
        refused(1, *RUN, 5, says=["built without it", "-Drtl=enabled"])


harness.main()
