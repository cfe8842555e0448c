#!/usr/bin/env python3
"""Files of all commands: networks that are refused; pipes, damage, full disks.

usage: test_files.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import threading

import harness
from harness import (HEAD, LIF, SMALL, TESTS, all_to_all, expect, limit_files, ok, read, refused,
                     small, test, write)

# ---- networks that are refused ----

def is_refused(name, text, *says, status=1, files=None):
    """Adds a test: `run` of this network fails with one line that says where, what, what is legal."""
    def check():
        for path in files or {}:
            write(path, files[path])
        write("net.yaml", text)
        refused(status, "run", "net.yaml", "--ticks", "10", says=says)
        refused(status, "map", "net.yaml", "-o", "net.h5", says=says)
        expect(not os.path.exists("net.h5"), "net.h5 was written")
    TESTS.append(("network with " + name + " is refused", check))


def population(more):
    return HEAD + "populations:\n  - {name: a, %s}\n" % more


def projection(more, model="lif_curr_exp"):
    return HEAD + ("populations:\n  - {name: a, size: 10, model: %s}\nprojections:\n  - {%s}\n"
                   % (model, more))


def from_list(text):
    return dict(files={"edges.csv": text}), projection(
        "from: a, to: a, connector: {type: from_list, file: edges.csv}")


is_refused("an unknown key", HEAD + "populations: [%s]\nfoo: 1\n" % LIF, "net.yaml:3:", "foo",
           "projections")
is_refused("an unknown key of a population", population("size: 3, model: onoff, colour: red"),
           "net.yaml:3:", "colour", "period")
is_refused("an unknown key of a projection",
           projection("from: a, to: a, connector: {type: all_to_all}, wait: 1"),
           "net.yaml:5:", "wait", "weight")
is_refused("a key of several lines", HEAD + 'populations: [%s]\n"fo\\no\\e[31m": 1\n' % LIF,
           "net.yaml:3:", "projections")
is_refused("an unknown model", population("size: 3, model: lif"), "net.yaml:3:", '"lif"',
           "lif_curr_exp")
is_refused("an unknown parameter", population("size: 3, model: lif_curr_exp, params: {tau: 1}"),
           "net.yaml:3:", "tau", "tau_m")
is_refused("a parameter out of range",
           population("size: 3, model: lif_curr_exp, params: {tau_m: -1}"), "net.yaml:3:", "tau_m",
           "1000000 ms")
is_refused("a list of parameters of another length",
           population("size: 3, model: lif_curr_exp, params: {tau_m: [1, 2]}"), "net.yaml:3:",
           "tau_m", "3")
is_refused("a parameter that is nan",
           population("size: 3, model: lif_curr_exp, params: {tau_m: .nan}"), "net.yaml:3:", "tau_m")
is_refused("an unknown connector", projection("from: a, to: a, connector: {type: all}, weight: 1"),
           "net.yaml:5:", '"all"', "all_to_all")
is_refused("an unknown key of a connector",
           projection("from: a, to: a, connector: {type: all_to_all, p: 1}, weight: 1"),
           "net.yaml:5:", '"p"', "allow_self")
is_refused("an unknown population in a projection",
           projection("from: b, to: a, connector: {type: all_to_all}, weight: 1"), "net.yaml:5:",
           '"b"')
is_refused("an unknown population in record",
           HEAD + "populations: [%s]\nrecord: [{population: b, what: v}]\n" % LIF, "net.yaml:3:",
           '"b"')
is_refused("an unknown thing to record",
           HEAD + "populations: [%s]\nrecord: [{population: a, what: w}]\n" % LIF, "net.yaml:3:",
           '"w"', "spikes")
for size in ("-3", "0", "1000000000000", "1.5", "ten", "''", "[1]", "99999999999999999999999"):
    is_refused("size %s" % size, population("size: %s, model: onoff" % size), "net.yaml:3:",
               "size", "1..2147483647")
is_refused("no size", population("model: onoff"), "net.yaml:3:", "size")
for delay in ("0", "-1", "1000", "0.4"):
    is_refused("delay %s" % delay, all_to_all(10, ", delay: %s" % delay), "net.yaml:5:", "delay",
               "1..255")
is_refused("a delay that is no number", all_to_all(10, ", delay: .nan"), "net.yaml:5:", "delay")
is_refused("a delay of 1000 of 0.1 ms", all_to_all(10, ", delay: 100").replace(
    "populations", "tick: 0.1\npopulations", 1), "net.yaml:6:", "delay", "25.5")
is_refused("a missing edge list",
           projection("from: a, to: a, connector: {type: from_list, file: nope.csv}"),
           "net.yaml:5:", "nope.csv", "No such file")
for line, what in (("0,x,1,1", "target"), ("10,0,1,1", "0..9"), ("0,0,1,0", "delay"),
                   ("0,0,1", "delay"), ("0,0,1,1,1", "end of the line"), ("0,0,y,1", "weight")):
    keywords, text = from_list("source,target,weight,delay\n0,1,1,1\n%s\n" % line)
    is_refused("the edge %s" % line, text, "edges.csv:3:", what, **keywords)
keywords, text = from_list("source,target,wait\n0,1,1\n")
is_refused("an edge list with an unknown column", text, "edges.csv:1:", "wait", "weight", **keywords)
is_refused("a fractional weight into onoff", all_to_all(10, model="onoff", weight="0.5"),
           "net.yaml:5:", "weight", "whole", "0.5")
is_refused("a negative weight of an excitatory receptor", all_to_all(10, weight="-1"),
           "net.yaml:5:", "weight", "inhibitory")
is_refused("a wrong receptor", all_to_all(10, ", receptor: input"), "net.yaml:5:", "receptor",
           "excitatory", "inhibitory", '"input"')
is_refused("no weight", projection("from: a, to: a, connector: {type: all_to_all}"), "net.yaml:5:",
           "weight")
is_refused("weights beyond a current", all_to_all(10, weight="1e12"), "net.yaml:", "nA")
is_refused("weights beyond a sum", all_to_all(10, model="threshold", weight="1e9"), "net.yaml:",
           "2^30")
is_refused("a probability above 1",
           projection("from: a, to: a, connector: {type: fixed_probability, p: 1.5}, weight: 1"),
           "net.yaml:5:", "p:", "0..1")
is_refused("more sources than there are",
           projection("from: a, to: a, connector: {type: fixed_number_pre, n: 11}, weight: 1"),
           "net.yaml:5:", "n:", "10")
is_refused("a projection to a source",
           projection("from: a, to: a, connector: {type: all_to_all}, weight: 1",
                      "spike_source_array"), "net.yaml:5:", "receives no spikes")
is_refused("two populations of one name", HEAD + "populations:\n  - %s\n  - %s\n" % (LIF, LIF),
           "net.yaml:4:", '"a"', "twice")
is_refused("a key that stands twice", population("size: 1, size: 2, model: onoff"), "net.yaml:3:",
           "size", "twice")
is_refused("a population without a name", HEAD + "populations:\n  - {size: 1, model: onoff}\n",
           "net.yaml:3:", "name")
is_refused("a name with a slash", HEAD + "populations:\n  - {name: a/b, size: 1, model: onoff}\n",
           "net.yaml:3:", "name", "letters")
is_refused("a phase that is the period", population("size: 1, model: onoff, period: 3, phase: 3"),
           "net.yaml:3:", "phase", "0..2")
is_refused("period 0", population("size: 1, model: onoff, period: 0"), "net.yaml:3:", "period", "1..")
is_refused("more random blocks than neurons", population("size: 3, model: onoff, random: 4"),
           "net.yaml:3:", "random", "1..3")
is_refused("a rate above one spike a tick",
           population("size: 3, model: spike_source_poisson, params: {rate: 1001}"), "net.yaml:3:",
           "rate", "1000")
is_refused("a spike before the beginning",
           population("size: 3, model: spike_source_array, spikes: {0: [-1]}"), "net.yaml:3:",
           "spikes")
is_refused("a spike beyond 2^32",
           population("size: 3, model: spike_source_array, spikes: {0: [4294967296]}"),
           "net.yaml:3:", "spikes")
is_refused("a spike of no neuron",
           population("size: 3, model: spike_source_array, spikes: {3: [1]}"), "net.yaml:3:", "0..2")
is_refused("tick 0", HEAD + "tick: 0\npopulations: [%s]\n" % LIF, "net.yaml:2:", "tick")
is_refused("another version", "placode: network/2\npopulations: [%s]\n" % LIF, "net.yaml:1:",
           "network/1")
is_refused("no populations", HEAD, "net.yaml:1:", "populations")
is_refused("an empty list of populations", HEAD + "populations: []\n", "net.yaml:2:", "populations")
is_refused("bad YAML", HEAD + "populations: [{name: a\n", "net.yaml:3:", "YAML")
is_refused("tabs", HEAD + "populations:\n\t- %s\n" % LIF, "net.yaml:3:", "YAML")
is_refused("nothing in it", "", "net.yaml:1:", "empty")
is_refused("bytes that are no text", bytes(range(256)), "net.yaml:1:", "YAML")
is_refused("two documents", HEAD + "---\n" + HEAD, "net.yaml:2:", "second document")
is_refused("a line of a megabyte",
           HEAD + "populations:\n  - {name: %s, size: 1, model: onoff}\n" % ("a" * 1000000),
           "net.yaml:3:", "name", "1..63")
is_refused("lists within lists", HEAD + "populations: " + "[" * 2000 + "]" * 2000 + "\n",
           "net.yaml:2:")
is_refused("a list that holds itself", HEAD + "populations: &p [*p]\n", "net.yaml:2:")
is_refused("a billion laughs", HEAD + "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    "%s: &%s [%s]\n" % (b, b, ",".join(["*" + a] * 9)) for a, b in zip("abcdefgh", "bcdefghi")),
    "net.yaml:2:")


@test
def missing_network_and_a_folder_are_refused():
    for args in (["map"], ["run", "--ticks", "5"]):
        refused(1, *args, "nope.yaml", says=["nope.yaml", "No such file"])
        refused(1, *args, ".", says="directory")


# ---- pipes, damage, full disks ----

def feed(path, data):
    """Writes to a FIFO from a thread of its own."""
    def work():
        try:
            with open(path, "wb") as pipe:
                pipe.write(data)
        except BrokenPipeError:
            pass
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@test
def networks_graphs_layouts_and_spikes_are_read_from_pipes():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    ok("run", "net.yaml", "--ticks", "5", "--spikes", "s.h5")
    os.mkfifo("pipe")
    for content, args in ((SMALL.encode(), ["map", "pipe"]),
                          (b"2 1\n1 2\n", ["maxcut", "pipe", "--updates", "100"]),
                          (read("net.h5"), ["verify", "net.yaml", "pipe"]),
                          (read("s.h5"), ["diff", "s.h5", "pipe"])):
        feed("pipe", content)
        ok(*args, limit=15)


@test
def run_reads_a_network_from_a_pipe():
    os.mkfifo("pipe")
    for more in ([], ["--chip", "spinnaker-4"]):
        feed("pipe", SMALL.encode())
        ok("run", "pipe", "--ticks", "5", *more, limit=10)


@test
def run_reads_a_layout_from_a_pipe():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    os.mkfifo("pipe")
    feed("pipe", read("net.h5"))
    ok("run", "pipe", "--ticks", "5", limit=10)


@test
def standard_input_is_a_network_too():
    ok("map", "-", stdin=SMALL.encode())
    ok("run", "-", "--ticks", "5", stdin=SMALL.encode())


@test
def truncated_layouts_are_refused():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    whole = read("net.h5")
    for size in (0, 1, 7, 8, 100, 511, 512, 513, len(whole) // 2, len(whole) - 1):
        write("cut.h5", whole[:size])
        refused(1, "run", "cut.h5", "--ticks", "5", says="cut.h5")
        refused(1, "verify", "net.yaml", "cut.h5", says="cut.h5")


@test
def flipped_bytes_of_a_layout_are_noticed():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    whole = read("net.h5")
    for at in list(range(0, 24, 3)) + list(range(24, len(whole), len(whole) // 30)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        write("bad.h5", bytes(damaged))
        refused(1, "run", "bad.h5", "--ticks", "5", says="bad.h5")


@test
def full_disk_leaves_old_files_alone_and_no_new_ones():
    small()
    write("g.txt", "300 0\n")
    for args in (["run", "net.yaml", "--ticks", "500", "--spikes", "out.csv"],
                 ["run", "net.yaml", "--ticks", "500", "--spikes", "out.h5"],
                 ["map", "net.yaml", "-o", "out.h5"],
                 ["map", "net.yaml", "--chip", "spinnaker-48", "--svg", "out.svg"],
                 ["gset", "G11", "-o", "out.txt"],
                 ["maxcut", "g.txt", "--updates", "1e3", "-o", "out.txt"],
                 ["maxcut", "g.txt", "--updates", "1e3", "--layout", "out.h5"]):
        before = set(os.listdir("."))
        refused(1, *args, before=limit_files, says=args[-1])
        expect(set(os.listdir(".")) == before, "%s left %s" % (args, os.listdir(".")))
        write(args[-1], "old")
        refused(1, *args, before=limit_files, says=args[-1])
        expect(read(args[-1]) == b"old", "%s touched the old file" % args)
        os.remove(args[-1])


@test
def failed_runs_leave_old_files_alone():
    write("out.h5", "old")
    write("net.yaml", all_to_all(10, ", delay: 16"))
    refused(3, "map", "net.yaml", "--chip", "spinnaker-4", "-o", "out.h5")
    refused(3, "run", "net.yaml", "--ticks", "5", "--chip", "spinnaker-4", "--spikes", "out.h5")
    expect(read("out.h5") == b"old", "touched")


@test
def folders_are_not_written_over():
    small()
    write("g.txt", "2 1\n1 2\n")
    for name in ("d.csv", "d.h5", "d"):
        os.mkdir(name)
    for args in (["run", "net.yaml", "--ticks", "5", "--spikes", "d.csv"],
                 ["run", "net.yaml", "--ticks", "5", "--spikes", "d.h5"],
                 ["map", "net.yaml", "-o", "d"], ["map", "net.yaml", "--svg", "d"],
                 ["gset", "G1", "-o", "d"], ["maxcut", "g.txt", "--updates", "10", "-o", "d"]):
        refused(1, *args, says="directory")
        refused(1, *args[:-1], "missing/" + args[-1] + (".h5" if "--spikes" in args else ""),
                says="No such file")


@test
def outputs_may_be_devices():
    ok("gset", "G11", "-o", "/dev/null")
    refused(1, "gset", "G11", "-o", "/dev/full", says=["/dev/full", "No space"])


@test
def writing_through_a_symbolic_link_keeps_the_link():
    write("real.txt", "old")
    os.symlink("real.txt", "link.txt")
    ok("gset", "G11", "-o", "link.txt")
    expect(os.path.islink("link.txt"), "the link was replaced by a file")
    expect(read("real.txt").startswith(b"800 1600\n"), "the file of the link was not written")


if __name__ == "__main__":
    harness.main()
