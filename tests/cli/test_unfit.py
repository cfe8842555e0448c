#!/usr/bin/env python3
"""placode map of what does not fit: what the message says would help, does.

usage: test_unfit.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import re

import harness
from harness import HEAD, expect, ok, refused, test, write


def network(body):
    return write("net.yaml", HEAD + "populations: [{name: a, size: 600, model: threshold}]\n" + body)


def local(delay=1):
    """Each neuron hears eight others, here and there."""
    return network("projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 8}, weight: 1, "
                   "delay: %d}]\n" % delay)


def chip(base, limits):
    text = ok("chip", "show", base).out.decode()
    for key, value in limits.items():
        text, n = re.subn("%s: .*" % key, "%s: %d" % (key, value), text)
        expect(n == 1, "no %s" % key)
    return write("chip.yaml", text)


def hint(*args, says):
    """What the message of a refusal says in the groups of a pattern, for any number of threads."""
    lines = [refused(3, "map", *args, "--threads", n, says="does not fit").lines()[0] for n in (1, 2)]
    expect(lines[0] == lines[1], lines)
    found = re.search(says, lines[0])
    expect(found, "expected %r in %r" % (says, lines[0]))
    return found.groups()


@test
def larger_chip_of_the_same_family_fits_and_the_next_smaller_does_not():
    local()
    for small, stem, rest in (("mesh:1x1:1", "mesh:", ":1"), ("hextorus:2x1:1", "hextorus:", ":1")):
        for effort in (0, 1):
            size = hint("net.yaml", "--chip", small, "--effort", effort,
                        says="; chip %s([0-9]+)x([0-9]+)%s would do$" % (stem, rest))
            ok("map", "net.yaml", "--chip", "%s%sx%s%s" % (stem, *size, rest), "--effort", effort)
            expect(size == ("2", "2"), size)
            refused(3, "map", "net.yaml", "--chip", "%s2x1%s" % (stem, rest), "--effort", effort)


@test
def board_grows_to_a_machine():
    write("net.yaml", HEAD + "populations: [{name: a, size: 250000, model: threshold}]\n")
    for board in ("spinnaker-4", "spinnaker-48"):
        name, = hint("net.yaml", "--chip", board, says="; chip (spinnaker:[0-9]+x[0-9]+) would do$")
        ok("map", "net.yaml", "--chip", name)
        expect(name == "spinnaker:8x8", name)
    refused(3, "map", "net.yaml", "--chip", "spinnaker:8x7")


@test
def chip_file_with_limits_of_its_own_has_no_family():
    local()
    for key, value, named in (("neurons_per_core", 256, True), ("neurons_per_core", 255, False)):
        chip("mesh:1x1:2", {key: value})
        line = refused(3, "map", "net.yaml", "--chip", "chip.yaml").lines()[0]
        expect(("chip mesh:2x1:2 would do" in line) == named, line)


@test
def more_slots_would_do():
    local(delay=20)
    slots, = hint("net.yaml", "--chip", "mesh:2x2:1", says="; ([0-9]+) slots would do, or shorter delays$")
    ok("map", "net.yaml", "--chip", chip("mesh:2x2:1", {"ring_slots": int(slots)}))
    refused(3, "map", "net.yaml", "--chip", chip("mesh:2x2:1", {"ring_slots": int(slots) - 1}))


@test
def fewer_neurons_a_core_would_do():
    local()
    limits = {"neurons_per_core": 100, "axons_in_per_core": 420}
    chip("mesh:4x4:2", limits)
    axons, neurons = hint("net.yaml", "--chip", "chip.yaml", "--effort", 0,
                          says="; ([0-9]+) axons a core would do, or ([0-9]+) neurons a core$")
    for key, value in (("axons_in_per_core", axons), ("neurons_per_core", neurons)):
        chip("mesh:4x4:2", dict(limits, **{key: int(value)}))
        ok("map", "net.yaml", "--chip", "chip.yaml", "--effort", 0)


@test
def larger_chip_for_a_graph():
    write("graph.net", "graph ring 40\n" + "".join("net %d 1 %d\n" % (v, (v + 1) % 40) for v in range(40)))
    write("less.net", "graph ring 30\n" + "".join("net %d 1 %d\n" % (v, (v + 1) % 30) for v in range(30)))
    for small, larger, less in (("torus:6x6:1", "torus:7x6:1", "torus:6x6:1"),
                                ("spinnaker:1x1", "spinnaker:2x2", "spinnaker:2x1"),
                                ("mesh:1x2:13", "mesh:2x2:13", "mesh:2x1:13")):
        name, = hint("--graph", "graph.net", "--chip", small, says="; chip ([^ ]+) would do$")
        expect(name == larger, name)
        ok("map", "--graph", "graph.net", "--chip", name)
        refused(3, "map", "--graph", "graph.net", "--chip", less)
    ok("map", "--graph", "less.net", "--chip", "torus:6x6:1", "-o", "old.json")
    name, = hint("--graph", "graph.net", "--chip", "torus:6x6:1", "--like", "old.json",
                 says="; from scratch chip ([^ ]+) would do$")
    expect(name == "torus:7x6:1", name)
    chip("torus:6x6:1", {"ring_slots": 17})
    line = refused(3, "map", "--graph", "graph.net", "--chip", "chip.yaml").lines()[0]
    expect("would do" not in line, line)
    write("graph.net", "graph wide %d\nnet 0 1 1\n" % (2 * 256 * 256 + 1))
    line = refused(3, "map", "--graph", "graph.net", "--chip", "torus:6x6:2").lines()[0]
    expect("would do" not in line and "has 72" in line, line)


if __name__ == "__main__":
    harness.main()
