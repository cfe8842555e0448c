#!/usr/bin/env python3
"""placode run --real-time: hand-computed deadlines, rows that come late, packets that are lost.

usage: test_real_time.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import harness
from harness import HEAD, chip, expect, ok_json, read, refused, run, small, test, write


def real_time(ticks, *more):
    return ok_json("run", "net.yaml", "--ticks", ticks, "--chip", "pair.yaml", "--engine", "mesh",
                   "--real-time", *more)


def lockstep(ticks, *more):
    return ok_json("run", "net.yaml", "--ticks", ticks, "--chip", "pair.yaml", "--engine", "mesh", *more)


@test
def a_deadline_that_is_just_met_and_one_missed_by_a_cycle():
    write("net.yaml", HEAD + "populations:\n  - {name: a, size: 10, model: lif_curr_exp}\n")
    for spare, lengths in ((10, 100), (11, 101)):
        chip(cycles_per_tick=spare, cycles_per_neuron=9)
        value, other = real_time(5), lockstep(5)
        late = lengths > 100
        expect(value["deadline_misses"] == (4 if late else 0), value)  # the first begins in time
        expect(other["deadline_misses"] == (5 if late else 0), other)
        expect(value["cycles"] == 5 * lengths == other["cycles"], (value, other))
        for result in value, other:
            expect(result["cycles_per_tick_max"] == (lengths if result is other else
                                                     lengths + 4 * (lengths - 100)), result)
            expect(abs(result["time_scale"] - lengths / 100) < 1e-9, result)
        expect([(c["misses"], c["late"]) for c in value["losses"]["cores"]] == [(4, 0)] * late, value)


CUE = HEAD + ("populations:\n  - {name: cue, size: 3, model: spike_source_array, spikes: {%s}}\n"
              "  - {name: relay, size: 1, model: threshold, params: {threshold: %d}}\n"
              "projections:\n  - {from: cue, to: relay, connector: {type: all_to_all}, weight: 1}\n")


@test
def a_row_that_is_added_too_late_acts_a_tick_later():
    write("net.yaml", CUE % ("0: [1]", 1))
    for cycles, tick, misses in ((99, 2, 0), (101, 3, 0), (250, 3, 1)):
        chip("neurons_per_core: 3, models_per_core: 1", cycles_per_synaptic_event=cycles)
        value = real_time(8, "--spikes", "s.csv")
        late = int(tick > 2)
        expect(read("s.csv") == b"tick,population,neuron\n1,cue,0\n%d,relay,0\n" % tick,
               (cycles, read("s.csv")))
        expect(value["late"] == late and not value["saturated"], value)
        cores = value["losses"]["cores"]
        expect([(c["late"], c["misses"]) for c in cores] == [(1, misses)] * late, cores)
        keys = value["losses"]["keys"]
        expect([(k["population"], k["neuron"], k["late"]) for k in keys] == [("cue", 0, 1)] * late, keys)
        expect(abs(value["time_scale"] - cycles / 100) < 1e-9, value)
        lockstep(8, "--spikes", "s.csv")
        expect(read("s.csv") == b"tick,population,neuron\n1,cue,0\n2,relay,0\n", "lockstep waits")


@test
def a_full_spike_buffer_loses_packets():
    write("net.yaml", CUE % ("0: [1], 1: [1], 2: [1]", 3))
    for room, lost in ((1, 1), (2, 0)):
        chip("neurons_per_core: 3, models_per_core: 1, spike_buffer: %d" % room,
             cycles_per_synaptic_event=20)
        value = real_time(8)
        # One row is being added, `room` wait, and one packet is too many for a single place.
        expect(value["saturated"] == lost and value["spikes"] == 4 - lost, value)
        expect(value["deliveries"] == 3 and value["synaptic_events"] == 3 - lost, value)
        keys = value["losses"]["keys"]
        expect([k["saturated"] for k in keys] == [1] * lost, keys)
        expect(lockstep(8)["spikes"] == 4, "lockstep loses nothing")


@test
def links_that_drop_are_named():
    size = 60
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: cue, size: %d, model: spike_source_array, spikes: {%s}}\n"
          "  - {name: relay, size: 1, model: threshold, params: {threshold: %d}}\nprojections:\n"
          "  - {from: cue, to: relay, connector: {type: all_to_all}, weight: 1}\n"
          % (size, ", ".join("%d: [1]" % i for i in range(size)), size))
    chip("neurons_per_core: %d, models_per_core: 1, link_buffer: 1" % size, link_time=1e-5, wait1=2,
         wait2=2)
    value = real_time(12)
    links = value["losses"]["links"]
    expect(value["dropped"] > 0 and sum(x["dropped"] for x in links) == value["dropped"], value)
    expect(len(links) == 1 and abs(links[0]["dx"]) == 1 and links[0]["dy"] == 0, links)
    expect(sum(k["dropped"] for k in value["losses"]["keys"]) == value["dropped"], value)
    expect(value["late"] > 0, "what is sent anew after 10 us is late when the link takes 600 us")


@test
def nothing_late_is_lockstep():
    small()
    for name in "spinnaker-4", "torus:4x4:2":
        other = ok_json("run", "net.yaml", "--ticks", 300, "--chip", name, "--engine", "mesh",
                        "--spikes", "a.csv")
        expect(other["deadline_misses"] == 0, other)
        value = ok_json("run", "net.yaml", "--ticks", 300, "--chip", name, "--engine", "mesh",
                        "--real-time", "--spikes", "b.csv")
        expect(read("a.csv") == read("b.csv") and value["digest"] == other["digest"], value)
        expect(not any(value["losses"].values()), value["losses"])
        for key in "packets", "hops", "deliveries", "late", "saturated", "time_scale", "updates":
            expect(value[key] == other[key], (key, value, other))
        expect(abs(value["modelled_seconds"] - 0.3) < 1e-9, value)
        expect(other["modelled_seconds"] < 0.3, other)


@test
def late_spikes_are_written_in_order():
    small()
    chip("neurons_per_core: 60", cycles_per_neuron=7, cycles_per_synaptic_event=3)
    value = real_time(300, "--spikes", "a.csv")
    rows = [line.split(b",") for line in read("a.csv").splitlines()[1:]]
    keys = [(int(t), (b"noise", b"exc").index(p), int(n)) for t, p, n in rows]
    expect(value["deadline_misses"] > 0 and keys == sorted(keys), "not in canonical order")
    expect(len(keys) == value["spikes"] and keys[-1][0] < 300, value)
    expect(real_time(300)["digest"] == value["digest"], "not the same again")


@test
def real_time_needs_an_engine_and_a_chip_that_have_it():
    small()
    refused(2, "run", "net.yaml", "--ticks", "5", "--real-time", says=["--engine mesh"])
    refused(2, "run", "net.yaml", "--ticks", "5", "--engine", "fast", "--real-time", says=["fast"])
    chip("neurons_per_core: 60", tick="unknown")
    refused(1, "run", "net.yaml", "--ticks", "5", "--engine", "mesh", "--chip", "pair.yaml",
            "--real-time", says=["tick of chip pair is not known"])


@test
def the_text_report_has_the_totals():
    write("net.yaml", CUE % ("0: [1]", 1))
    chip("neurons_per_core: 3, models_per_core: 1", cycles_per_synaptic_event=150)
    result = run("run", "net.yaml", "--ticks", "8", "--chip", "pair.yaml", "--engine", "mesh",
                 "--real-time")
    text = result.out.decode()
    expect(result.status == 0 and "late                 1\n" in text and "time_scale" in text, result)


harness.main()
