#!/usr/bin/env python3
"""placode gset and maxcut as their users meet them.

usage: test_maxcut.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import re
import signal
import subprocess
import time

import harness
from harness import (MAXCUT_KEYS, Skip, WEIGHTED, cut_of, expect, has_keys, ok, ok_json, parse_json,
                     read, refused, run, test, timeless, write)

# ---- gset ----

@test
def gset_list_has_71_graphs():
    lines = ok("gset", "list").out.decode().splitlines()
    rows = {line.split()[0]: line.split()[1:4] for line in lines[1:]}
    expect(len(rows) == 71, "%d graphs" % len(rows))
    expect(rows["G1"][:2] == ["800", "19176"] and rows["G81"][:2] == ["20000", "40000"], rows)
    expect(rows["G22"][2] == "13359", rows["G22"])


@test
def gset_list_in_json_is_one_object():
    parse_json(ok("gset", "list", "--json"))


@test
def gset_names_do_not_depend_on_case():
    expect(ok("gset", "g11").out == ok("gset", "G11").out, "g11 is not G11")


@test
def unknown_gset_graph_is_wrong_usage():
    for name in ("G68", "G82", "H1", "G", "G01", "G1 ", ""):
        refused(2, "gset", name, says="gset list")
    refused(2, "maxcut", "--gset", "G68", says="gset list")


@test
def gset_writes_the_same_to_a_file():
    out = ok("gset", "G11").out
    expect(out.startswith(b"800 1600\n") and out.count(b"\n") == 1601, out[:80])
    expect(not ok("gset", "G11", "-o", "G11.txt").out, "output on stdout too")
    expect(read("G11.txt") == out, "the file differs")


@test
def gset_graphs_are_the_published_ones():
    folder = os.path.join(os.environ.get("PLACODE_SHARED_DATA", "/nonexistent"), "gset")
    if not os.path.exists(os.path.join(folder, "SHA256SUMS")):
        raise Skip("no published sums: PLACODE_SHARED_DATA is not set")
    with open(os.path.join(folder, "SHA256SUMS")) as file:
        sums = [line.split() for line in file if line.strip()]
    expect(len(sums) >= 71, "%d sums" % len(sums))
    for published, name in sums:
        name = os.path.splitext(os.path.basename(name.lstrip("*")))[0]
        if not re.fullmatch(r"G\d+", name):
            continue
        found = hashlib.sha256(ok("gset", name).out).hexdigest()
        expect(found == published, "%s: %s, published %s" % (name, found, published))


# ---- maxcut ----

def maxcut(graph, *args, **keywords):
    """Solves a graph's text and counts the cut of the sides again."""
    write("graph.txt", graph)
    value = ok_json("maxcut", "graph.txt", "-o", "sides.txt", *args, **keywords)
    has_keys(value, MAXCUT_KEYS)
    expect(cut_of(graph, read("sides.txt")) == value["cut"], "the sides are not the cut %s" % value)
    return value


@test
def maxcut_of_a_gset_graph_has_every_key():
    value = has_keys(ok_json("maxcut", "--gset", "g11", "--updates", "1e5"), MAXCUT_KEYS)
    expect(value["graph"] == "G11" and value["best_known"] == 564, value)
    expect(value["n"] == 800 and value["m"] == 1600 and value["runs"] == 1, value)
    expect(300 < value["cut"] <= 564 and value["mean_cut"] == value["cut"], value)
    expect(value["updates"] >= 1e5 and value["time_to_target"] is None, value)
    expect(value["chip"] == "ideal" and value["cores"] == 1, value)
    expect(re.fullmatch("0x[0-9a-f]{16}", value["digest"]), value)


@test
def maxcut_prints_a_table_of_the_same():
    text = ok("maxcut", "--gset", "G11", "--updates", "1e4").out.decode()
    for key in ("graph", "cut", "updates", "digest", "seconds"):
        expect(re.search(r"^%s +\S" % key, text, re.M), text)


@test
def maxcut_finds_the_best_cut_of_a_weighted_graph():
    best = max(cut_of(WEIGHTED, " ".join(format(s, "07b")).encode()) for s in range(128))
    for schedule in ("colour", "async", "block:2", "block:7"):
        # All seven at once go round in circles when it is cold.
        method = "neurosa" if schedule == "block:7" else "sa"
        value = maxcut(WEIGHTED, "--updates", "1e5", "--schedule", schedule, "--method", method)
        expect(value["cut"] == best, "%s: %d, best is %d" % (schedule, value["cut"], best))
        expect(value["best_known"] is None, value)


@test
def maxcut_reads_comments_and_real_weights_of_mqlib():
    text = "# made by MQLib\n3 2\n1 2 1.0\n2 3 -2.0\n"
    expect(maxcut(text, "--updates", "1e3")["cut"] == 1, "cut")


@test
def maxcut_reads_crlf():
    expect(maxcut("3 2\r\n1 2 5\r\n2 3 6\r\n", "--updates", "1e3")["cut"] == 11, "cut")


@test
def maxcut_of_the_smallest_graphs():
    for schedule in ("colour", "async", "block:1"):
        expect(maxcut("1 0\n", "--updates", "100", "--schedule", schedule)["cut"] == 0, "n = 1")
        expect(maxcut("2 0\n", "--updates", "100", "--schedule", schedule)["cut"] == 0, "m = 0")
        expect(maxcut("2 1\n1 2\n", "--updates", "1e3", "--schedule", schedule)["cut"] == 1, "n = 2")
    expect(maxcut("2 1\n1 2 -4\n", "--updates", "1e3")["cut"] == 0, "a negative edge")


@test
def maxcut_refuses_what_is_no_graph():
    for text, says in (("", "graph.txt:1:"), ("0 0\n", "vertices"), ("3\n", "graph.txt:1:"),
                       ("3 1\n", "edges: expected 1, got 0"), ("3 1\n1 2\n2 3\n", "graph.txt:3:"),
                       ("3 1\n1 1\n", "graph.txt:2:"), ("3 1\n1 4\n", "1..3"),
                       ("3 2\n1 2\n2 1\n", "graph.txt:3:"), ("3 1\n1 2 0.5\n", "weight"),
                       ("3 1\n1 2 3000000000\n", "weight"), ("3 1\n1 2 1 1\n", "graph.txt:2:"),
                       ("a b\n", "vertices"), ("3 1000000000000\n1 2\n", "edges"),
                       ("3 1\n1 x\n", '"x"'), ("\0\1\2", "graph.txt:1:")):
        write("graph.txt", text)
        refused(1, "maxcut", "graph.txt", says=["graph.txt:", says])


@test
def maxcut_names_the_graph_when_its_weights_are_too_large():
    write("graph.txt", "4 6\n" + "".join("%d %d 1000000000\n" % (u, v) for u in range(1, 5)
                                         for v in range(u + 1, 5)))
    refused(1, "maxcut", "graph.txt", says=["graph.txt", "1073741823"])


@test
def maxcut_of_too_many_vertices_is_refused_at_once():
    write("graph.txt", "2147483648 0\n")
    expect(refused(1, "maxcut", "graph.txt", says="vertices").kib < 1 << 20, "memory was taken")


@test
def maxcut_of_a_missing_file_a_folder_and_a_binary_file():
    refused(1, "maxcut", "nope.txt", says=["nope.txt", "No such file"])
    refused(1, "maxcut", ".", says="directory")
    write("binary", bytes(range(256)))
    refused(1, "maxcut", "binary", says="binary:")


@test
def maxcut_gives_the_name_of_a_graph_that_is_not_utf_8():
    name = b"gr\xff.txt"
    write(name, "2 1\n1 2\n")
    has_keys(parse_json(ok("maxcut", name, "--updates", "100", "--json")), MAXCUT_KEYS)


@test
def maxcut_is_the_same_for_any_number_of_threads():
    for more in ([], ["--runs", "3"], ["--runs", "3", "--target", "480"], ["--schedule", "async"]):
        found = [timeless(ok_json("maxcut", "--gset", "G11", "--updates", "2e4", "--threads", n,
                                  *more)) for n in (1, 2, 64)]
        expect(found[0] == found[1] == found[2], "%s: %s" % (more, found))


@test
def maxcut_repeats_itself_for_a_seed_and_changes_with_it():
    found = [ok_json("maxcut", "--gset", "G11", "--updates", "1e4", *seed)["digest"]
             for seed in ([], ["--seed", "1"], ["--seed", "2"], ["--seed", "2"])]
    expect(found[0] == found[1] and found[2] == found[3] and found[0] != found[2], found)


@test
def maxcut_counts_its_runs():
    write("graph.txt", WEIGHTED)
    value = ok_json("maxcut", "graph.txt", "--updates", "1e3", "--runs", "5")
    expect(value["runs"] == 5 and value["updates"] >= 5e3, value)
    expect(value["mean_cut"] <= value["cut"], value)


@test
def maxcut_stops_at_its_target():
    write("graph.txt", "2 1\n1 2\n")
    value = ok_json("maxcut", "graph.txt", "--updates", "1e9", "--target", "1")
    expect(value["cut"] == 1 and value["updates"] < 1e9, value)
    expect(isinstance(value["time_to_target"], float), value)


@test
def maxcut_beyond_its_target_ends_without_it():
    write("graph.txt", "2 1\n1 2\n")
    value = ok_json("maxcut", "graph.txt", "--updates", "1e3", "--target", "2")
    expect(value["cut"] == 1 and value["time_to_target"] is None, value)


@test
def maxcut_keeps_its_time():
    begin = time.monotonic()
    value = ok_json("maxcut", "--gset", "G11", "--time", "0.5", "--runs", "2")
    expect(time.monotonic() - begin < 10, "it took %g s" % (time.monotonic() - begin))
    expect(value["cut"] > 0 and value["runs"] >= 1, value)
    begin = time.monotonic()
    value = ok_json("maxcut", "--gset", "G11", "--time", "0.2", "--updates", "1e14")
    expect(time.monotonic() - begin < 10, "it took %g s" % (time.monotonic() - begin))
    expect(value["updates"] < 1e14, value)


@test
def maxcut_has_four_methods():
    write("graph.txt", WEIGHTED)
    best = ok_json("maxcut", "graph.txt", "--updates", "1e5")["cut"]
    for method in ("neurosa", "sa", "restart", "pt"):
        value = maxcut(WEIGHTED, "--updates", "1e5", "--method", method, "--no-fold")
        expect(value["cut"] == best and value["method"] == method, value)
        expect(value["core_n"] == 7, value)
        value = ok_json("maxcut", "--gset", "G11", "--updates", "1e6", "--method", method)
        expect(530 < value["cut"] <= 564, value)
        again = ok_json("maxcut", "--gset", "G11", "--updates", "1e6", "--method", method,
                        "--threads", "2")
        expect(timeless(again) == timeless(value), "%s is not the same twice" % method)
        timed = ok_json("maxcut", "--gset", "G11", "--time", "0.3", "--method", method)
        expect(530 < timed["cut"] <= 564 and timed["seconds"] < 5, timed)


@test
def maxcut_chooses_its_method():
    def method(*args):
        return ok_json("maxcut", "--gset", "G11", "--updates", "1e4", *args)["method"]
    expect(method() == "sa" and method("--target", "1") == "restart", "defaults")
    timed = [ok_json("maxcut", "--gset", name, "--time", "0.2")["method"] for name in ("G11", "G22")]
    expect(timed == ["restart", "sa"], timed)
    expect(method("--a", "1e4") == "neurosa" and method("--engine", "mesh") == "sa", "others")


@test
def maxcut_refuses_methods_that_do_not_go_together():
    refused(2, "maxcut", "--gset", "G11", "--method", "tabu", says=["neurosa, sa", '"tabu"'])
    refused(2, "maxcut", "--gset", "G11", "--method", "sa", "--c", "7", says="neurosa")
    for method in ("restart", "pt"):
        refused(2, "maxcut", "--gset", "G11", "--method", method, "--engine", "mesh",
                says="expected engine fast")


@test
def maxcut_neurosa_is_the_published_rule():
    """Its spikes are those of a network with the published constants."""
    value = ok_json("maxcut", "--gset", "G11", "--updates", "1e4", "--method", "neurosa")
    same = ok_json("maxcut", "--gset", "G11", "--updates", "1e4", "--a", "2.5e4", "--c", "8e4",
                   "--eta", "2.5", "--delta", "20")
    expect(value["digest"] == same["digest"], "%s, %s" % (value, same))


@test
def maxcut_restarts_grow_and_use_all_updates():
    value = ok_json("maxcut", "--gset", "G11", "--updates", "5e6", "--method", "restart")
    expect(value["anneals"] > 2 and 4e6 < value["updates"] < 6e6, value)


@test
def maxcut_folds_small_vertices():
    value = maxcut("7 6\n" + "".join("%d %d %d\n" % (u, u + 1, 2 * u - 5) for u in range(1, 7)))
    expect(value["core_n"] == 1 and value["cut"] == 1 + 3 + 5 + 7, value)
    whole = ok_json("maxcut", "--gset", "G70", "--updates", "1e5", "--no-fold")
    folded = ok_json("maxcut", "--gset", "G70", "--updates", "1e5")
    expect(whole["core_n"] == 10000 and folded["core_n"] < 2500, (whole, folded))
    expect(folded["cut"] > whole["cut"], (whole, folded))


@test
def maxcut_bounds_its_cut():
    value = has_keys(ok_json("maxcut", "--gset", "G14", "--updates", "1e6", "--bound"),
                     MAXCUT_KEYS + " bound gap bound_kind bound_seconds")
    expect(3064 <= value["bound"] <= 3194 and value["bound_kind"] == "relaxation", value)
    expect(abs(value["gap"] - (value["bound"] - value["cut"]) / value["bound"]) < 1e-12, value)
    again = ok_json("maxcut", "--gset", "G14", "--updates", "1e6", "--bound", "--threads", "1")
    del value["bound_seconds"], again["bound_seconds"]
    expect(timeless(value) == timeless(again), (value, again))
    without = ok_json("maxcut", "--gset", "G14", "--updates", "1e6")
    expect(without["digest"] == value["digest"] and "bound" not in without, without)
    text = ok("maxcut", "--gset", "G14", "--updates", "1e6", "--bound").out.decode()
    expect(re.search(r"^bound +%d$" % value["bound"], text, re.M) and "\ngap " in text, text)


@test
def maxcut_proves_optimal_cuts():
    value = maxcut(WEIGHTED, "--updates", "1e15", "--bound")
    expect(value["cut"] == value["bound"] and value["gap"] == 0, value)
    value = ok_json("maxcut", "--gset", "G48", "--updates", "1e15", "--bound")
    expect(value["cut"] == value["bound"] == 6000 and value["updates"] < 1e12, value)


@test
def maxcut_bounds_tori_by_their_faces():
    for name, bound in (("G11", 564), ("G12", 558), ("G81", 14060)):
        value = ok_json("maxcut", "--gset", name, "--updates", "1e4", "--bound")
        expect(value["bound"] == bound and value["bound_kind"] == "faces", value)


@test
def maxcut_keeps_its_time_with_a_bound():
    begin = time.monotonic()
    value = ok_json("maxcut", "--gset", "G55", "--bound-time", "0.1", "--updates", "1e5")
    expect(10299 <= value["bound"] <= 12498, value)
    result = run("maxcut", "--gset", "G63", "--bound", "--time", "0.3", "--json")
    expect(result.status == 0 and json.loads(result.out)["bound"] >= 27047, result)
    expect(time.monotonic() - begin < 30, "it took %g s" % (time.monotonic() - begin))
    refused(2, "maxcut", "--gset", "G11", "--bound-time", "-1", says="bound-time")


@test
def maxcut_says_when_no_cut_reaches_its_target():
    result = run("maxcut", "--gset", "G11", "--updates", "1e5", "--target", "700", "--bound")
    expect(result.status == 0 and b"no cut reaches --target 700" in result.err, result)


@test
def maxcut_traces_its_improvements():
    value = ok_json("maxcut", "--gset", "G11", "--updates", "1e6", "--runs", "2", "--trace", "t.csv")
    lines = read("t.csv").decode().splitlines()
    expect(lines[0] == "run,seconds,ticks,joules,cut", lines[0])
    rows = [line.split(",") for line in lines[1:]]
    for number in ("0", "1"):
        cuts = [int(row[4]) for row in rows if row[0] == number]
        ticks = [int(row[2]) for row in rows if row[0] == number]
        expect(cuts and cuts == sorted(set(cuts)) and ticks == sorted(ticks), rows)
    expect(max(int(row[4]) for row in rows) == value["cut"], rows)
    expect(all(row[3] == "" for row in rows), "joules on engine fast")
    run("maxcut", "--gset", "G11", "--updates", "2e4", "--engine", "mesh", "--chip", "spinnaker-4",
        "--trace", "t.csv")
    expect(float(read("t.csv").decode().splitlines()[1].split(",")[3]) > 0, "no joules on mesh")
    refused(1, "maxcut", "--gset", "G11", "--updates", "1e4", "--trace", "no/t.csv", says="no/t.csv")


@test
def maxcut_interrupted_prints_the_best_so_far():
    command = [harness.PLACODE, "maxcut", "--gset", "G11", "--updates", "1e13", "--json", "-o",
               "sides.txt"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    expect(process.returncode == 130 and b"interrupted" in err, (process.returncode, err))
    value = json.loads(out)
    expect(value["cut"] == cut_of(ok("gset", "G11").out.decode(), read("sides.txt")), value)


@test
def maxcut_runs_on_chips():
    ideal = ok_json("maxcut", "--gset", "G11", "--updates", "1e4")
    for chip in ("spinnaker-4", "torus:4x4:2", "mesh:2x2:4"):
        value = ok_json("maxcut", "--gset", "G11", "--updates", "1e4", "--chip", chip)
        expect(value["digest"] == ideal["digest"] and value["cut"] == ideal["cut"], value)
        expect(value["chip"] == chip, value)


@test
def maxcut_that_does_not_fit_its_chip():
    refused(3, "maxcut", "--gset", "G81", "--chip", "placode-1x1", "--updates", "1e3",
            says=["does not fit", "placode-1x1"])


@test
def layout_of_maxcut_can_be_run():
    ok("maxcut", "--gset", "G11", "--updates", "1e3", "--layout", "g.h5", "--svg", "g.svg")
    ok("run", "g.h5", "--ticks", "10")
    expect(read("g.svg").startswith(b"<svg") or read("g.svg").startswith(b"<?xml"), "no SVG")


if __name__ == "__main__":
    harness.main()
