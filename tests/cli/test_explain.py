#!/usr/bin/env python3
"""placode explain: hand-computed ways of spikes, and what ticks take their time for.

usage: test_explain.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import harness
from harness import HEAD, chip, expect, ok, ok_json, refused, small, test, write

US = 1000000  # [ps]
APART = "neurons_per_core: 10, models_per_core: 1"  # stimuli and neurons on cores of their own


def cue(spikes, relay=1, projections=("delay: 1",), model="threshold, params: {threshold: 99}"):
    """One relay core that hears of every spike of the cue."""
    size = 1 + max(spikes)
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: cue, size: %d, model: spike_source_array, spikes: {%s}}\n"
          "  - {name: relay, size: %d, model: %s}\nprojections:\n%s"
          % (size, ", ".join("%d: %s" % item for item in spikes.items()), relay, model, "".join(
              "  - {from: cue, to: relay, connector: {type: all_to_all}, weight: 1, %s}\n" % more
              for more in projections)))


def spike(text, *more, ticks=6):
    value = ok_json("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", ticks, "--spike", text, *more)
    for step in value["steps"]:
        expect(step["end_ps"] >= step["begin_ps"] >= step["wait_ps"] >= 0, step)
    return value


def steps(value):
    """(what, begin, end, wait) of each step [us]."""
    return [(s["what"], s["begin_ps"] / US, s["end_ps"] / US, s["wait_ps"] / US) for s in value["steps"]]


def slowest(ticks=6, *more):
    value = ok_json("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", ticks, *more)
    expect(sum(part["ps"] for part in value["path"]) == value["length_ps"], value)
    expect(abs(sum(part["share"] for part in value["path"]) - 1) < 1e-9, value)
    return value


def path(value):
    """(what, n, [us]) of each part."""
    return [(part["what"], part["n"], part["ps"] / US) for part in value["path"]]


BUSY = dict(cycles_per_tick=5, cycles_per_neuron=2, cycles_per_spike=3, cycles_per_packet=1,
            cycles_per_row=4, cycles_per_synaptic_event=10, memory_latency=7e-6,
            memory_bandwidth=1e6, link_time=20e-6, router_latency=2, barrier=50e-6)
FETCHED = APART + ", synapse_word: 4, row_header: 8"


@test
def one_hop_from_neuron_to_row():
    chip(FETCHED, **BUSY)
    cue({0: [1]}, relay=2, projections=("delay: 2", "delay: 5"))
    value = spike("cue,0,1")
    expect(steps(value) == [("spike", 7, 10, 0), ("router", 10, 12, 0), ("link", 12, 32, 0),
                            ("router", 32, 34, 0), ("receive", 34, 39, 0),
                            ("fetch", 39, 39 + 4 * 4 + 8 + 7, 0), ("row", 70, 110, 0)], steps(value))
    row = value["steps"][-1]
    expect((row["synapses"], row["acts_from"], row["acts_to"], row["late"]) == (4, 3, 6, 0), row)
    expect(value["steps"][0]["neurons"] == 1, value)
    expect(value["cores"] == value["cores_reached"] == 1, value)
    expect(value["begin_ps"] == (5 + 2 * 2 + 50) * US, "tick 0 has two neurons and the barrier")
    expect([s["held_ps"] for s in value["steps"] if s["what"] == "router"] == [0, 0], value)
    value = slowest()
    expect(value["tick"] == 1 and value["reason"] == "rows", value)
    expect(value["packet"] == {"population": "cue", "neuron": 0}, value)
    expect(path(value) == [("barrier", 1, 50), ("rows", 1, 40), ("memory_latency", 1, 7),
                           ("fetches", 1, 24), ("receives", 1, 5), ("router", 1, 2), ("link", 1, 20),
                           ("router", 1, 2), ("spikes", 1, 3), ("neurons", 1, 2), ("start", 1, 5)],
           path(value))


@test
def two_hops_pass_a_router_without_cores():
    chip(APART, width=3, dead="dead: {cores: [[1, 0, 0]]}\n", link_time=20e-6, router_latency=2)
    cue({0: [1]})
    value = spike("cue,0,1")
    expect(steps(value)[1:-3] == [("router", 0, 2, 0), ("link", 2, 22, 0), ("router", 22, 24, 0),
                                  ("link", 24, 44, 0), ("router", 44, 46, 0)], steps(value))
    places = [(s["x"], s["y"]) for s in value["steps"] if s["what"] == "router"]
    expect(places in ([(0, 0), (1, 0), (2, 0)], [(2, 0), (1, 0), (0, 0)]), places)
    links = [s for s in value["steps"] if s["what"] == "link"]
    east = places[0][0] == 0
    expect([(s["dx"], s["dy"], s["link"]) for s in links] ==
           [(1 if east else -1, 0, "east" if east else "west")] * 2, links)
    expect(path(slowest()) == [("router", 1, 2), ("link", 1, 20)] * 2 + [("router", 1, 2)], "path")


@test
def a_dead_link_is_gone_round():
    chip(APART, height=2, dead="dead: {cores: [[0, 1, 0], [1, 1, 0]], links: [[0, 0, 0]]}\n",
         link_time=20e-6, router_latency=2)
    cue({0: [1]})
    value = spike("cue,0,1")
    expect(steps(value)[1:-3] == [("router", 0, 2, 0), ("link", 2, 22, 0), ("router", 22, 24, 0),
                                  ("link", 24, 44, 0), ("router", 44, 46, 0), ("link", 46, 66, 0),
                                  ("router", 66, 68, 0)], steps(value))
    links = [s["link"] for s in value["steps"] if s["what"] == "link"]
    expect(links in (["north", "east", "south"], ["north", "west", "south"]), links)


@test
def a_packet_waits_for_a_busy_link():
    chip(APART, cycles_per_spike=3, link_time=20e-6)
    cue({0: [1], 1: [1]})
    expect(steps(spike("cue,1,1"))[:4] == [("spike", 3, 6, 0), ("router", 6, 6, 0),
                                           ("link", 23, 43, 17), ("router", 43, 43, 0)], "two in line")
    value = slowest()
    expect(path(value) == [("link", 1, 20), ("link_wait", 1, 17), ("spikes", 2, 6)], value)


@test
def a_full_buffer_holds_packets_in_the_router():
    chip(APART + ", link_buffer: 1", cycles_per_spike=3, link_time=20e-6)
    cue({0: [1], 1: [1], 2: [1]})
    value = spike("cue,2,1")
    # The second is held until the first has crossed, and only then is the third taken in.
    expect(steps(value)[:3] == [("spike", 6, 9, 0), ("router", 23, 43, 14), ("link", 43, 63, 0)],
           steps(value))
    expect([s["held_ps"] for s in value["steps"] if s["what"] == "router"] == [20 * US, 0], value)
    expect(path(slowest()) == [("link", 1, 20), ("held", 1, 20), ("router_wait", 1, 14),
                               ("spikes", 3, 9)], "path")


@test
def parts_add_up_on_a_chip_that_runs_in_cycles():
    text = HEAD + (
        "populations:\n"
        "  - {name: a, size: %d, model: threshold, params: {threshold: 0}}\n"
        "  - {name: b, size: %d, model: threshold, params: {threshold: %d}}\n"
        "projections:\n"
        "  - {from: a, to: b, connector: {type: fixed_number_post, n: %d}, weight: 1}\n")
    for n, least, fan_out, reason in (1020, 9999, 20, "rows"), (90, 99, 1, "neurons"), (90, 1, 8, "mesh"):
        write("net.yaml", text % (n, 20 if n > 90 else 900, least, fan_out))
        value = ok_json("explain", "net.yaml", "--chip", "placode-2x1", "--ticks", 4)
        expect(value["reason"] == reason, (fan_out, value))
        expect(sum(p["ps"] for p in value["path"]) == value["length_ps"], value)
        way = ok_json("explain", "net.yaml", "--chip", "placode-2x1", "--ticks", 4, "--spike", "a,9,2")
        expect([s["what"] for s in way["steps"]][-3:] == ["receive", "fetch", "row"], way)


@test
def rows_are_added_one_after_the_other():
    chip(APART, cycles_per_spike=3, cycles_per_synaptic_event=10)
    cue({0: [1], 1: [1]})
    expect(steps(spike("cue,1,1"))[-1] == ("row", 13, 23, 7), "the row before takes until 13 us")
    value = slowest()
    expect(path(value) == [("rows", 2, 20), ("spikes", 1, 3)], value)
    expect(value["packet"] == {"population": "cue", "neuron": 0}, value)


@test
def rows_wait_for_the_memory_and_packets_for_each_other():
    chip(FETCHED, memory_bandwidth=1e6)
    cue({0: [1], 1: [1]})
    expect(steps(spike("cue,1,1"))[-2:] == [("fetch", 12, 24, 12), ("row", 24, 24, 0)], "memory")
    expect(path(slowest()) == [("fetches", 2, 24)], "path")
    chip(APART, cycles_per_packet=8)
    expect(steps(spike("cue,1,1"))[-3] == ("receive", 8, 16, 8), "taken in after the first")
    expect(path(slowest()) == [("receives", 2, 16)], "path")


@test
def a_packet_that_is_taken_in_stops_the_row_at_hand():
    chip(APART, cycles_per_spike=3, cycles_per_packet=1, cycles_per_synaptic_event=10)
    cue({0: [1], 1: [1]})
    value = slowest()  # the rows take from 4 to 14 us and, for a packet, one more
    expect(path(value) == [("interrupting_packets", 0, 1), ("rows", 2, 20), ("receives", 1, 1),
                           ("spikes", 1, 3)], value)


@test
def a_dropped_packet_is_sent_anew():
    chip(APART + ", link_buffer: 1", link_time=1e-5, wait1=2, wait2=2)
    cue({0: [1], 1: [1], 2: [1]})
    value = spike("cue,2,1")  # held after the second has been, and again after that was sent anew
    expect(steps(value)[1:5] == [("dropped", 4, 8, 4), ("dropped", 18, 22, 10), ("router", 32, 32, 10),
                                 ("link", 32, 42, 0)], steps(value))
    value = slowest()
    expect(path(value) == [("link", 1, 10), ("dropped", 1, 28), ("router_wait", 1, 4)], value)


@test
def neurons_that_take_long():
    write("net.yaml", HEAD + "populations:\n  - {name: a, size: 10, model: lif_curr_exp}\n")
    for spare in 10, 11:
        chip(cycles_per_tick=spare, cycles_per_neuron=9)
        value = slowest(3)
        expect(value["reason"] == "neurons" and value["packet"] is None, value)
        expect(path(value) == [("neurons", 10, 90), ("start", 1, spare)], value)
        expect(value["deadline_ps"] == 100 * US and value["slack_ps"] == (10 - spare) * US, value)
        expect(("1.000 us too long" if spare > 10 else "0.000 us to spare") in
               ok("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 3).out.decode(), "slack")
    chip(cycles_per_neuron=9, tick="unknown")
    expect(slowest(3)["slack_ps"] is None, "no deadline")


@test
def neurons_that_are_interrupted():
    chip(APART, cycles_per_neuron=9, cycles_per_packet=1, cycles_per_synaptic_event=2)
    cue({0: [1], 1: [1]}, relay=10, model="lif_curr_exp")
    value = slowest()
    expect(value["reason"] == "neurons", value)
    expect(path(value) == [("interrupting_rows", 2, 40), ("interrupting_packets", 2, 2),
                           ("neurons", 10, 90)], value)


@test
def parts_add_up_where_much_happens():
    small()
    for name in "spinnaker-4", "spinnaker2", "torus:4x4:2", "ideal":
        value = ok_json("explain", "net.yaml", "--chip", name, "--ticks", 200)
        cost = ok_json("run", "net.yaml", "--chip", name, "--ticks", 200, "--engine", "mesh")
        expect(sum(part["ps"] for part in value["path"]) == value["length_ps"], (name, value))
        expect(all(part["ps"] > 0 for part in value["path"]), value)
        expect(value["tick"] == cost["longest_tick"], (value, cost))
        last = value["last"]
        expect([last["x"], last["y"], last["core"]] == cost["longest_tick_core"], (value, cost))


@test
def a_row_that_is_late_acts_later_in_real_time():
    cue({0: [1]})
    for cycles, late in ((99, 0), (101, 1), (250, 1)):
        chip(APART, cycles_per_synaptic_event=cycles)
        row = spike("cue,0,1", "--real-time")["steps"][-1]
        expect((row["late"], row["acts_from"], row["acts_to"]) == (late, 2 + late, 2 + late), row)
        expect(spike("cue,0,1")["steps"][-1]["late"] == 0, "lockstep waits")


@test
def what_is_lost_in_real_time_is_told():
    cue({0: [1], 1: [1], 2: [1]})
    chip(APART + ", spike_buffer: 1", cycles_per_synaptic_event=20)
    expect([spike("cue,%d,1" % i, "--real-time")["steps"][-1]["what"] for i in range(3)] ==
           ["row", "row", "lost"], "the buffer holds one besides the row at hand")
    chip(APART, link_time=3e-4)
    value = spike("cue,0,1", "--real-time", ticks=3)
    expect((value["cores"], value["cores_reached"]) == (1, 0), value)
    text = ok("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 3, "--spike", "cue,0,1",
              "--real-time").out.decode()
    expect("It had reached 0 of its 1 cores when the run ended." in text, text)


@test
def the_text_is_a_table_of_80_columns():
    chip(FETCHED, **BUSY)
    cue({0: [1]}, relay=2, projections=("delay: 2", "delay: 5"))
    told = ok("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 6, "--spike", "cue,0,1").out.decode()
    for part in ("cue[0] spiked in tick 1, which begins 59.000 us", ": key 0x", ", neurons done: 1\n",
                 "   12.000    32.000     0.000  link ", ": 4 synapses act in 3..6\n"):
        expect(part in told, (part, told))
    walked = ok("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 6).out.decode()
    for part in ("Tick 1 is the longest of the first 6: 160.000 us, 60.000 us too long.",
                 "with its rows.\nThe packet on the path is of cue[0].\n", "      20.000  12.5%  link "):
        expect(part in walked, (part, walked))
    lines = (told + walked).splitlines()
    expect(max(map(len, lines)) <= 80, max(lines, key=len))


@test
def a_layout_gives_what_its_network_gives():
    chip(FETCHED, **BUSY)
    cue({0: [1]})
    ok("map", "net.yaml", "--chip", "pair.yaml", "-o", "net.h5", "--json")
    for more in (), ("--spike", "cue,0,1"):
        expect(ok_json("explain", "net.h5", "--ticks", 6, *more) ==
               ok_json("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 6, *more), "differ")
    refused(2, "explain", "net.h5", "--ticks", 6, "--chip", "pair.yaml", says="a layout has its chip")


@test
def a_spike_that_did_not_happen():
    chip(APART)
    cue({0: [1, 5, 9], 1: [3], 2: []})
    explain = ("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 12, "--spike")
    for tick, near in ((0, 1), (3, 1), (4, 5), (11, 9)):
        refused(1, *explain, "cue,0,%d" % tick, says=["cue[0]", "tick %d;" % tick, "did is %d" % near])
    refused(1, *explain, "cue,2,5", says=["cue[2] did not spike in tick 5, nor", "first 12"])


@test
def wrong_usage():
    chip(APART)
    cue({0: [1]})
    net = ("explain", "net.yaml", "--chip", "pair.yaml", "--ticks", 6)
    for text in "", "cue", "cue,0", "1,2", ",0,1":
        refused(2, *net, "--spike", text, says=["--spike: expected"])
    refused(2, *net, "--spike", "cue,0", says="POPULATION,NEURON,TICK")
    refused(2, *net, "--spike", "que,0,1", says=["cue, relay", '"que"'])
    for text in "cue,1,1", "cue,-1,1", "cue,x,1", "cue,,1":
        refused(2, *net, "--spike", text, says="neuron in 0..0")
    for text in "cue,0,6", "cue,0,-1", "cue,0,1e3x", "cue,0,":
        refused(2, *net, "--spike", text, says="tick in 0..5")
    refused(2, *net, "--real-time", says="--spike")
    refused(2, "explain", "net.yaml", says="--ticks")
    refused(2, "explain", "net.yaml", "--ticks", 0, says="--ticks")
    refused(2, "explain", "net.yaml", "--ticks", 6, "--chip", "nowhere", says="--chip")
    refused(1, "explain", "missing.yaml", "--ticks", 6, says="missing.yaml")
    chip(APART, tick="unknown")
    refused(1, *net, "--spike", "cue,0,1", "--real-time", says="not known")


harness.main()
