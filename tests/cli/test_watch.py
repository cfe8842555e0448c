#!/usr/bin/env python3
"""placode run --timing and --trace: what is written of a run's time.

usage: test_watch.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import json
from collections import Counter, defaultdict

import harness
from harness import HEAD, expect, ok_json, read, refused, small, test, write

MESH = ("--engine", "mesh", "--chip", "torus:4x4:2")


def lines(path):
    header, *rows = read(path).decode().splitlines()
    expect(header == "tick,seconds,slack_seconds,x,y,core,reason", header)
    return [row.split(",") for row in rows]


@test
def timing_has_a_line_for_each_tick():
    small()
    for more in (), ("--real-time",):
        value = ok_json("run", "net.yaml", "--ticks", 200, *MESH, "--timing", "t.csv", *more)
        rows = lines("t.csv")
        expect([int(row[0]) for row in rows] == list(range(200)), rows[:3])
        seconds = [float(row[1]) for row in rows]
        longest = max(seconds)
        expect(seconds.index(longest) == value["longest_tick"], value)
        expect([int(n) for n in rows[seconds.index(longest)][3:6]] == value["longest_tick_core"], value)
        expect(more or abs(sum(seconds) - value["modelled_seconds"]) < 1e-9, value)
        for row in rows:
            expect(abs(float(row[1]) + float(row[2]) - 1e-3) < 1e-12, row)
            expect(row[6] in ("neurons", "packets", "rows", "mesh"), row)


@test
def timing_says_what_came_last():
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [1]}}\n"
          "  - {name: relay, size: 1, model: threshold}\nprojections:\n"
          "  - {from: cue, to: relay, connector: {type: all_to_all}, weight: 1}\n")
    free = "core_clock: 1e6, router_clock: 1e6, tick: unknown, cycles_per_row: 0, memory_latency: 0, " \
        "memory_bandwidth: unbounded, router_interval: 0, cycles_per_tick: 0, cycles_per_neuron: 0, " \
        "cycles_per_spike: 0"
    for reason, times in (("rows", "cycles_per_synaptic_event: 9, cycles_per_packet: 1, link_time: 0"),
                          ("packets", "cycles_per_synaptic_event: 0, cycles_per_packet: 10, link_time: 0"),
                          ("neurons", "cycles_per_synaptic_event: 0, cycles_per_packet: 0, link_time: 0")):
        write("chip.yaml", "placode: chip/1\nname: pair\ncores: 1\n"
              "geometry: {width: 2, height: 1, links: 4, wrap: false}\n"
              "limits: {neurons_per_core: 3, models_per_core: 1}\n"
              "timing: {%s, router_latency: 0, %s}\n" % (free, times))
        ok_json("run", "net.yaml", "--ticks", 3, "--chip", "chip.yaml", "--engine", "mesh",
                "--timing", "t.csv")
        row = lines("t.csv")[1]
        expect(row[2] == "", "slack without a deadline")
        wanted = reason if reason != "packets" else "rows"  # the row is there when the packet is
        expect(row[6] == wanted and float(row[1]) == (0 if reason == "neurons" else 1e-5), (reason, row))


@test
def trace_shows_every_spike_and_hop_of_its_ticks():
    small()
    whole = ok_json("run", "net.yaml", "--ticks", 50, *MESH, "--trace", "a.json", "--trace-ticks", "0..49")
    plain = ok_json("run", "net.yaml", "--ticks", 50, *MESH)
    expect(whole["digest"] == plain["digest"], "watching changed the spikes")
    events = json.loads(read("a.json"))["traceEvents"]
    kinds = Counter(e["ph"] for e in events)
    expect(kinds["i"] == whole["spikes"] and kinds["b"] == kinds["e"], kinds)
    tracks, named = defaultdict(list), set()
    for e in events:
        if e["ph"] == "X":
            begin = round(e["ts"] * 1e6)
            tracks[e["pid"], e["tid"]].append((begin, begin + round(e["dur"] * 1e6)))
        elif e["ph"] == "M" and e["name"] == "thread_name":
            named.add((e["pid"], e["tid"]))
    expect(sum(len(t) for (_, tid), t in tracks.items() if tid < 10) == whole["hops"], "hops")
    rows = [e for e in events if e["ph"] == "X" and e["tid"] >= 10 and e["tid"] % 4 == 1]
    expect(sum(e["args"]["synapses"] for e in rows) == whole["synaptic_events"], "synapses")
    expect(set(tracks) <= named, "a track without a name")
    for track, spans in tracks.items():
        spans.sort()
        expect(all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), ("overlap", track))
    ok_json("run", "net.yaml", "--ticks", 50, *MESH, "--trace", "b.json", "--trace-ticks", "7")
    one = json.loads(read("b.json"))["traceEvents"]
    expect({e["args"]["tick"] for e in one if e["ph"] in "bi"} <= {7}, "another tick")


@test
def what_cannot_be_watched_is_refused():
    small()
    base = ("run", "net.yaml", "--ticks", 5)
    refused(2, *base, "--trace", "a.json", says=["--trace", "--engine mesh"])
    refused(2, *base, "--timing", "a.csv", says=["--timing", "--engine mesh"])
    refused(2, *base, *MESH, "--trace-ticks", "1..2", says=["--trace OUT.json"])
    for text in "", "a", "1..", "..2", "2..1", "-1..3", "1..2x", "1.2", "99999999999999999999":
        refused(2, *base, *MESH, "--trace", "a.json", "--trace-ticks=" + text, says=["ticks A..B"])
    refused(1, *base, *MESH, "--trace", "missing/a.json", says=["missing/a.json"])


if __name__ == "__main__":
    harness.main()
