#!/usr/bin/env python3
"""placode --engine systemc: the digest of fast, whichever tiles are in RTL, and what is refused.

usage: test_systemc.py PLACODE_BINARY SOURCE_ROOT, with PLACODE_SYSTEMC=no where the build has no SystemC
"""
# SPDX-License-Identifier: Apache-2.0
import os

import harness
from harness import HEAD, expect, ok_json, parse_json, refused, run, test, write

ABSENT = os.environ.get("PLACODE_SYSTEMC") == "no"
NET = HEAD + (
    "populations:\n"
    "  - {name: exc, size: 40, model: lif_curr_exp, params: {v_thresh: -50, i_offset: 0.9}}\n"
    "  - {name: spins, size: 30, model: onoff, params: {delta: 20}}\n"
    "projections:\n"
    "  - {from: exc, to: exc, connector: {type: fixed_probability, p: 0.2}, weight: 0.4}\n"
    "  - {from: exc, to: spins, connector: {type: fixed_number_pre, n: 2}, weight: 1}\n"
    "  - {from: spins, to: spins, connector: {type: fixed_number_pre, n: 3}, weight: -1}\n"
    "record:\n  - {population: exc, what: [spikes, v]}\n")
RUN = ("run", "net.yaml", "--chip", "placode-2x2", "--engine", "systemc", "--ticks")


def systemc(function):
    """A test that needs SystemC."""
    return function if ABSENT else test(function)


@systemc
def spikes_of_fast_and_the_keys_of_mesh():
    write("net.yaml", NET)
    mesh = ok_json("run", "net.yaml", "--chip", "placode-2x2", "--engine", "mesh", "--ticks", 100)
    fast = ok_json("run", "net.yaml", "--ticks", 100)
    for tiles in "none", "all", "0,0;1,1":
        value = ok_json(*RUN, 100, "--rtl-tiles", tiles)
        for key in "digest", "spikes", "synaptic_events":
            expect(value[key] == fast[key], (tiles, key, value, fast))
        expect(set(mesh) <= set(value), set(mesh) - set(value))
        for key in "packets", "hops", "deliveries", "dropped":
            expect(value[key] == mesh[key], (tiles, key, value, mesh))


@systemc
def time_is_that_of_rtl_where_all_tiles_are():
    write("net.yaml", NET)
    rtl = ok_json("run", "net.yaml", "--chip", "placode-2x2", "--engine", "rtl", "--ticks", 50)
    value = ok_json(*RUN, 50, "--rtl-tiles", "all")
    for key in "cycles", "cycles_per_tick_max", "longest_tick", "forced":
        expect(value[key] == rtl[key], (key, value, rtl))


@systemc
def nothing_but_the_result_is_printed():
    write("net.yaml", NET)
    result = run(*RUN, 5, "--json")
    expect(result.status == 0 and b"SystemC" not in result.out + result.err, "banner", result)


@systemc
def potentials_are_those_of_fast():
    write("net.yaml", NET)
    run("run", "net.yaml", "--chip", "placode-2x2", "--ticks", 50, "--record", "v", "--spikes", "fast.h5")
    for tiles in "none", "all":
        run(*RUN, 50, "--rtl-tiles", tiles, "--record", "v", "--spikes", "out.h5")
        expect(open("fast.h5", "rb").read() == open("out.h5", "rb").read(), tiles)


@systemc
def maxcut_is_the_cut_of_fast():
    args = ("maxcut", "--gset", "G11", "--chip", "placode-4x4", "--updates", "4e4", "--runs", 1)
    fast = ok_json(*args)
    for tiles in "none", "1,1":
        result = run(*args, "--engine", "systemc", "--rtl-tiles", tiles, "--json")
        expect(result.status == 0, "expected status 0", result)
        value = parse_json(result)
        for key in "cut", "digest", "spikes", "updates", "cores":
            expect(value[key] == fast[key], (tiles, key, value[key], fast[key]))


@systemc
def refuses_what_it_has_not():
    write("net.yaml", NET)
    refused(1, *RUN, 5, "--rtl-tiles", "2,0", says=["tiles in RTL", "x,y;x,y", "2 x 2", '"2,0"'])
    refused(1, "run", "net.yaml", "--chip", "spinnaker-4", "--engine", "systemc", "--ticks", 5,
            "--rtl-tiles", "all", says=["chip spinnaker-4", "placode-WxH"])


@test
def refuses_options_that_it_cannot_serve():
    write("net.yaml", NET)
    refused(2, *RUN, 5, "--real-time", says=["--real-time", "--engine mesh"])
    refused(2, *RUN, 5, "--timing", "a.csv", says=["--timing", "--engine mesh"])
    refused(2, "run", "net.yaml", "--ticks", 5, "--rtl-tiles", "all", says=["--rtl-tiles", "--engine systemc"])
    refused(2, "maxcut", "--gset", "G11", "--rtl-tiles", "all", says=["--rtl-tiles", "--engine systemc"])


if ABSENT:
    @test
    def says_that_the_build_has_no_systemc():
        write("net.yaml", NET)
        refused(1, *RUN, 5, says=["built without it", "-Dsystemc=enabled"])


harness.main()
