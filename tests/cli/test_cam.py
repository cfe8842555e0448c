#!/usr/bin/env python3
"""placode cam and plastic networks as their users meet them.

usage: test_cam.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import sys
import tempfile
import xml.etree.ElementTree

import harness
from harness import expect, has_keys, ok, ok_json, read, refused, run, test, write

KEYS = ("operations correct words spikes digest neurons synapses latency_ticks energy_j plastic_events "
        "static_events cores synapse_bytes")
E1 = "0x3a19dfb0a50a4fd9"

PLASTIC = """placode: network/1
populations:
  - {name: cue, size: 2, model: spike_source_array, spikes: {0: [1, 3, 9], 1: [1]}}
  - {name: drive, size: 1, model: spike_source_array, spikes: {0: [1, 3]}}
  - {name: cell, size: 1, model: lif_curr_exp, params: {cm: 0.27, tau_m: 3, v_rest: -60, v_reset: -60, v_thresh: -57, tau_refrac: 1, tau_syn_E: 0.3}}
projections:
  - {from: drive, to: cell, connector: {type: all_to_all}, weight: 6}
  - {from: cue, to: cell, connector: {type: all_to_all}, weight: 0, plasticity: %s}
"""
RULE = "{rule: stdp_pair_additive, a_plus: 6, a_minus: 6, tau_plus: 3, tau_minus: 3, w_min: 0, w_max: 6}"


def script(name):
    return os.path.join(harness.SOURCE, "tests", "golden", "cam", name + ".yaml")


@test
def cam_runs_the_published_experiments():
    for name, n in (("e1", 9), ("e2", 60), ("e3", 20), ("tb1", 30)):
        value = has_keys(ok_json("cam", script(name)), KEYS)
        expect(value["operations"] == value["correct"] == n == len(value["words"]), value)
        expect(value["energy_j"] is None, value)


@test
def cam_is_the_same_on_every_chip_and_engine():
    for more in (("--chip", "spinnaker-4"), ("--threads", "3"), ("--seed", "9"), ("--chip", "torus:4x4:2")):
        value = ok_json("cam", script("e1"), *more)
        expect(value["digest"] == E1 and value["correct"] == 9, (more, value))
    value = run("cam", script("e1"), "--chip", "spinnaker-4", "--engine", "mesh", "--json")
    value = harness.parse_json(value)
    expect(value["digest"] == E1 and value["energy_j"] > 0, value)
    expect(value["energy"]["plastic_event"] > 0, value)


@test
def cam_tells_words():
    words = ok_json("cam", script("e1"))["words"]
    expect(words[6]["forgotten"] == words[6]["expected_forgotten"] == [5, 6], words[6])
    expect(words[5]["cues"] == words[5]["expected_cues"] == [0, 3], words[5])
    expect(words[5]["content"] == words[5]["bits"] == [0, 4], words[5])


@test
def cam_shows_what_a_history_of_16_loses():
    lines = ["  - {learn: {cue: %d, content: [0]}, at: %d}" % (i, 20 * i) for i in range(9)]
    write("s.yaml", "placode: cam/1\ncues: 9\nbits: 2\noperations:\n%s\n"
          "  - {recall_cue: {cue: 0}, at: 180}\n" % "\n".join(lines))
    for history, right in (("16", 9), ("unbounded", 10), ("flush", 10)):
        value = ok_json("cam", "s.yaml", "--history", history)
        expect(value["correct"] == right, (history, value))


def stream(n, cues, bits, most, gap):
    """A script of random operations of all kinds; queries of 1 to `most` bits."""
    draw = random.Random(n + cues)
    lines = []
    for i in range(n):
        kind = draw.choice(("learn", "recall_cue", "recall_content"))
        asked = bits // 2 if kind == "learn" else draw.randint(1, most)
        content = draw.sample(range(bits), asked)
        what = [] if kind == "recall_content" else ["cue: %d" % draw.randrange(cues)]
        what += [] if kind == "recall_cue" else ["content: %s" % content]
        lines.append("  - {%s: {%s}%s}" % (kind, ", ".join(what), ", at: %d" % (gap * i) if gap else ""))
    return "placode: cam/1\ncues: %d\nbits: %d\noperations:\n%s\n" % (cues, bits, "\n".join(lines))


@test
def improved_memory_answers_any_query():
    write("stream.yaml", stream(3000, 16, 16, 8, None))
    for more in ((), ("--chip", "spinnaker-4", "--threads", "2")):
        value = ok_json("cam", "stream.yaml", "--improved", *more)
        expect(value["operations"] == value["correct"] == 3000, value["correct"])
        words = value["words"]
        gaps = {(a["operation"] == "learn", b["at"] - a["at"]) for a, b in zip(words, words[1:])}
        expect(gaps == {(True, 10), (False, 8)}, gaps)
    value = ok_json("cam", "stream.yaml", "--history", "unbounded")
    expect(value["ticks"] == 2999 * 20 + 10 and value["correct"] < 2700, "the published one does not", value["correct"])
    write("short.yaml", stream(200, 16, 16, 8, 10))
    digests = {harness.parse_json(run("cam", "short.yaml", "--improved", "--json", *more))["digest"]
               for more in ((), ("--engine", "mesh", "--chip", "spinnaker-4"), ("--chip", "mesh:9x9:1"))}
    expect(len(digests) == 1, digests)


def sequence_of_all_triples(n):
    """A de Bruijn sequence of numbers below n: every three of them follow each other somewhere in it."""
    numbers, place = [], [0] * 3 * n

    def extend(t, period):
        if t > 3:
            numbers.extend(place[1:period + 1] if 3 % period == 0 else [])
            return
        for number in range(place[t - period], n):
            place[t] = number
            extend(t + 1, period if number == place[t - period] else t)

    extend(1, 1)
    return numbers + numbers[:2]


@test
def improved_memory_answers_after_any_two_operations():
    words = ([0], [1], [0, 1], [1, 2, 3, 4, 5], [5, 6, 7, 8, 9], list(range(10)))
    kinds = ["learn: {cue: %d, content: %s}" % (cue, word) for cue in (0, 1, 4) for word in words]
    kinds += ["recall_cue: {cue: %d}" % cue for cue in (0, 1, 4)]
    kinds += ["recall_content: {content: %s}" % word for word in ([0], [1], [9], [0, 1], [0, 9], list(range(10)))]
    order = sequence_of_all_triples(len(kinds))
    expect(len({tuple(order[i:i + 3]) for i in range(len(order) - 2)}) == len(kinds) ** 3, "all triples")
    write("triples.yaml", "placode: cam/1\ncues: 5\nbits: 10\noperations:\n" +
          "".join("  - {%s}\n" % kinds[i] for i in order))
    value = ok_json("cam", "triples.yaml", "--improved")
    expect(value["operations"] == value["correct"] == len(order), (value["operations"], value["correct"]))
    published = ok_json("cam", "triples.yaml", "--history", "unbounded")
    expect(published["correct"] < len(order), "the published memory does not")


@test
def large_memory_answers_dense_contents():
    for cues, bits, n in ((256, 256, 200), (40, 300, 200)):
        write("dense.yaml", stream(n, cues, bits, 1, 20))
        value = ok_json("cam", "dense.yaml", "--history", "unbounded")
        expect(value["correct"] == n, ("contents of half the bits", cues, bits, value["correct"]))


@test
def gaps_between_operations_are_those_of_the_published_memory():
    sys.path.insert(0, os.path.join(harness.SOURCE, "benchmarks"))
    import cam_gaps
    smallest = {("learn -> recall", "that cue"): 7, ("learn -> recall", "a bit of another"): 5,
                ("learn -> learn", "a bit shared"): 8, ("learn -> overwrite", "that cue"): 10,
                ("overwrite -> recall", "that cue"): 10, ("overwrite -> overwrite", "that cue"): 11,
                ("recall -> learn", "bit, its cue overwritten"): 7, ("recall -> recall", "cue, same"): 5,
                ("overwrite -> two-bit query", "both old bits"): 25}  # never
    for kind, name, first, second in cam_gaps.PAIRS:
        gap = smallest.pop((kind, name), None)
        with tempfile.TemporaryDirectory() as folder:
            for at in (gap - 1, gap) if gap else ():
                safe = cam_gaps.is_safe(harness.PLACODE, ["--history", "unbounded"], first, second, at, folder)
                expect(safe == (at == gap < 25), (kind, name, at), safe)
    expect(not smallest, "all are pairs of the benchmark", smallest)


BINAM = """placode: cam/1
cues: 250
bits: 250
samples: {count: 2500, cue_ones: 4, content_ones: 4}
"""


@test
def binam_holds_what_the_closed_form_says():
    write("binam.yaml", BINAM)
    value = ok_json("cam", "binam.yaml", "--model", "binam")
    expect(value["operations"] == value["samples"] == 2500, value["operations"])
    expect(value["false_negatives"] == 0, value["false_negatives"])
    expect(0.95 < value["information_relative"] < 1.05, value["information_relative"])
    expect(0.6 < value["bits_per_synapse"] < 0.693, value["bits_per_synapse"])
    expect(value["words"][7]["at"] == 7 and len(value["words"]) == 100, value["words"][7])
    digests = {ok_json("cam", "binam.yaml", "--model", "binam", "--chip", chip)["digest"]
               for chip in ("spinnaker-4", "mesh:4x4:4")}
    expect(digests == {value["digest"]}, digests)
    other = ok_json("cam", "binam.yaml", "--model", "binam", "--seed", "2")
    expect(other["digest"] != value["digest"], "another seed has other pairs")


@test
def binam_recalls_pairs_of_a_script():
    write("pairs.yaml", "placode: cam/1\ncues: 3\nbits: 4\noperations:\n  - {learn: {cue: 0, content: [1, 2]}}\n"
          "  - {learn: {cue: 2, content: [3]}}\n  - {recall_cue: {cue: 2}}\n  - {recall_cue: {cue: 1}}\n"
          "  - {recall_cue: {cue: 0}}\n")
    value = ok_json("cam", "pairs.yaml", "--model", "binam")
    expect([w["bits"] for w in value["words"]] == [[3], [], [1, 2]] and value["correct"] == 3, value["words"])
    mesh = harness.parse_json(run("cam", "pairs.yaml", "--model", "binam", "--engine", "mesh", "--chip", "spinnaker-4",
                                  "--json"))
    expect(mesh["digest"] == value["digest"] and mesh["energy_j"] > 0, mesh)


@test
def cam_refuses():
    refused(2, "cam", script("e1"), "--model", "hopfield")
    refused(2, "cam", script("e1"), "--model", "binam", "--improved")
    refused(1, "cam", script("e1"), "--model", "binam")  # recalls by content
    refused(2, "cam", script("e1"), "--improved", "--history", "flush")
    refused(2, "cam", script("e1"), "--history", "8")
    refused(2, "cam", script("e1"), "--spikes", "a.txt")
    refused(1, "cam", "none.yaml")
    write("empty.yaml", "")
    refused(1, "cam", "empty.yaml")
    write("bad.yaml", "placode: cam/1\ncues: 99999999999\nbits: 2\noperations: []\n")
    result = refused(1, "cam", "bad.yaml")
    expect(b"bad.yaml:2: cues" in result.err, "says where", result)


@test
def cam_draws_spikes_and_operations():
    ok("cam", script("e1"), "--svg", "e1.svg")
    picture = xml.etree.ElementTree.fromstring(read("e1.svg"))
    texts = ["".join(t.itertext()) for t in picture.iter("{http://www.w3.org/2000/svg}text")]
    for text in ("e1.yaml", "learn 0", "cue 3", "bits 0 4", "outCue"):
        expect(any(t.startswith(text) for t in texts), text, texts)
    paths = [p.get("d") for p in picture.iter("{http://www.w3.org/2000/svg}path") if p.get("fill")]
    inputs = 3 * 4 + 2 + 3 * 14 + 4  # cues and bits of four learns, three ticks each, and of five recalls
    expect(sum(d.count("M") for d in paths) == 262 + inputs, "a mark for each spike", [d.count("M") for d in paths])
    expect(b"#cf222e" not in read("e1.svg"), "no operation is wrong")
    write("bad.yaml", "placode: cam/1\ncues: 2\nbits: 2\noperations:\n  - {learn: {cue: 0, content: [0]}}\n"
          "  - {recall_cue: {cue: 0}, at: 3}\n")
    ok("cam", "bad.yaml", "--svg", "bad.svg")
    expect(b"#cf222e" in read("bad.svg"), "a wrong operation stands out")
    refused(1, "cam", script("e1"), "--svg", "none/e1.svg")
    write("long.yaml", stream(3000, 16, 16, 1, 20))
    ok("cam", "long.yaml", "--svg", "long.svg")
    expect(len(read("long.svg")) < 4 << 20, "marks that touch are drawn as one", len(read("long.svg")))
    expect(read("long.svg").count(b"rotate(-90)") < 150, "labels do not lie on each other")


@test
def cam_writes_all_spikes():
    ok("cam", script("e1"), "--spikes", "s.csv")
    lines = read("s.csv").decode().splitlines()[1:]
    expect(len([line for line in lines if not line.split(",")[1].startswith("in")]) == 262, len(lines))


@test
def plasticity_of_a_network_is_refused_with_its_line():
    for rule, what in ((RULE.replace("a_plus: 6, ", ""), "a_plus"), (RULE.replace("stdp_", "s"), "stdp_pair_additive"),
                       (RULE.replace("w_max: 6", "w_max: -1"), "w_max"), (RULE.replace("w_min", "w_mim"), "w_mim"),
                       (RULE.replace("w_min: 0", "w_min: 1"), "w_min..w_max"),
                       (RULE.replace("}", ", history: 15}"), "history"), (RULE.replace("}", ", gated: 1}"), "gated"),
                       ("3", "plasticity")):
        write("net.yaml", PLASTIC % rule)
        result = refused(1, "run", "net.yaml", "--ticks", "5")
        expect(b"net.yaml:8" in result.err and what.encode() in result.err, (rule, what), result)
    write("net.yaml", PLASTIC % RULE + "  - {from: drive, to: cell, connector: {type: all_to_all}, weight: 0, "
          "plasticity: %s}\n" % RULE.replace("a_plus: 6", "a_plus: 5"))
    result = refused(1, "run", "net.yaml", "--ticks", "5")
    expect(b"net.yaml:9" in result.err and b"net.yaml:8" in result.err, "names both", result)


@test
def weights_are_recorded_with_the_spikes():
    write("net.yaml", PLASTIC % RULE)
    for engine in ("fast", "mesh"):
        result = run("run", "net.yaml", "--ticks", "12", "--engine", engine, "--record", "v,weights", "--spikes",
                     "w.h5")
        expect(result.status == 0, "runs", result)
    refused(2, "run", "net.yaml", "--ticks", "5", "--record", "weights")
    refused(2, "run", "net.yaml", "--ticks", "5", "--record", "w", "--spikes", "a.h5")


@test
def plastic_layouts_survive_their_file_and_are_verified():
    write("net.yaml", PLASTIC % RULE)
    write("still.yaml", (PLASTIC % RULE).replace(", plasticity: " + RULE, ""))
    ok("map", "net.yaml", "--chip", "spinnaker-4", "-o", "net.h5")
    ok("verify", "net.yaml", "net.h5")
    expect(run("verify", "still.yaml", "net.h5").status != 0, "plasticity is part of a layout")
    a = ok_json("run", "net.yaml", "--ticks", "20")
    b = ok_json("run", "net.h5", "--ticks", "20")
    expect(a["digest"] == b["digest"], (a, b))
    result = refused(1, "run", "net.h5", "--ticks", "5", "--engine", "mesh", "--real-time")
    expect(b"plastic" in result.err, "says why", result)


if __name__ == "__main__":
    harness.main()
