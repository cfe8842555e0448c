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
def refuses_what_it_has_not():
    write("net.yaml", NET)
    refused(1, "run", "net.yaml", "--chip", "spinnaker-4", "--engine", "rtl", "--ticks", 5,
            says=["chip spinnaker-4", "placode-WxH"])
    write("random.yaml", HEAD + "populations:\n  - {name: a, size: 9, model: onoff, random: 3}\n")
    refused(1, "run", "random.yaml", "--chip", "placode-2x2", "--engine", "rtl", "--ticks", 5,
            says=["population a", "random", "by period only"])


@test
def refuses_options_that_engine_rtl_cannot_serve():
    write("net.yaml", NET)
    refused(2, *RUN, 5, "--real-time", says=["--real-time", "--engine mesh"])
    refused(2, *RUN, 5, "--timing", "a.csv", says=["--timing", "--engine mesh"])
    refused(2, *RUN, 5, "--record", "v", "--spikes", "a.h5", says=["--record", "spikes only"])


if ABSENT:
    @test
    def says_that_the_build_has_no_rtl():
        write("net.yaml", NET)
        refused(1, *RUN, 5, says=["built without it", "-Drtl=enabled"])


harness.main()
