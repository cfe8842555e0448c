#!/usr/bin/env python3
"""placode maxcut over several runs: --top, --tts, statistics, time to quality.

usage: test_maxcut_statistics.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import math
import os
import signal
import subprocess
import time

import harness
from harness import WEIGHTED, cut_of, expect, ok, ok_json, parse_json, read, refused, run, test, \
    timeless, write

UNITS = ("seconds", "processor_seconds", "ticks", "modelled_seconds", "energy_j")
G11 = ("maxcut", "--gset", "G11", "--updates", "1e5")


def close(found, expected):
    return math.isclose(found, expected, rel_tol=1e-9)


# ---- the best solutions ----

@test
def top_lists_distinct_solutions_with_counts():
    graph = ok("gset", "G11").out.decode()
    value = ok_json(*G11, "--runs", "6", "--top", "4", "--top-out", "top.csv")
    top = value["top"]
    expect(len(top) == 4 and top[0]["cut"] == value["cut"], top)
    rows = [line.split(",") for line in read("top.csv").decode().splitlines()]
    expect(rows[0] == ["cut", "count", "run", "sides"] and len(rows) == 5, rows[0])
    for item, (cut, count, number, sides) in zip(top, rows[1:]):
        expect([item["cut"], item["count"], item["run"]] == [int(cut), int(count), int(number)], top)
        expect(cut_of(graph, "\n".join(sides).encode()) == item["cut"], "not the cut %s" % item)
        expect(sides[0] == "0" and value["run_list"][item["run"]]["cut"] >= item["cut"], item)
    expect(len({row[3] for row in rows[1:]}) == 4, "solutions that are alike")
    expect([item["cut"] for item in top] == sorted((item["cut"] for item in top), reverse=True), top)


@test
def top_counts_every_anneal():
    write("graph.txt", "3 3\n1 2 1\n2 3 2\n1 3 4\n")  # one best cut: 3 | 1 2 of 6
    for method, runs in (("sa", 7), ("restart", 3), ("pt", 2)):
        value = ok_json("maxcut", "graph.txt", "--no-fold", "--updates", "5e3", "--method", method,
                        "--runs", runs, "--top", "3")
        expect(sum(item["count"] for item in value["top"]) == value["anneals"], value)
        expect(value["top"][0]["cut"] == 6 and value["top"][0]["run"] == 0, value)


@test
def top_is_the_same_for_any_number_of_threads():
    for more in (["--method", "sa"], ["--method", "restart"], ["--target", "545"], ["--tts"]):
        found = []
        for threads in (1, 2, 5):
            value = ok_json(*G11, "--runs", "9", "--top", "5", "--top-out", "t.csv", "--threads",
                            threads, *more)
            found.append((timeless(value), read("t.csv")))
        expect(found[0] == found[1] == found[2], "%s: %s" % (more, found))


@test
def top_out_needs_top_and_a_folder():
    refused(2, *G11, "--top-out", "t.csv", says="--top K")
    for k in ("0", "-1", "1.5", "x", "1e9"):
        refused(2, *G11, "--top", k, says=["--top", "1..10000"])
    refused(1, *G11, "--top", "1", "--top-out", "no/t.csv", says="no/t.csv")
    refused(1, *G11, "--top", "3", "--top-out", "t.csv", says="t.csv", before=harness.limit_files)


# ---- statistics ----

@test
def statistics_are_what_the_runs_say():
    value = ok_json(*G11, "--runs", "40")
    s = value["statistics"]
    cuts = [item["cut"] for item in value["run_list"]]
    best = [cut for cut in cuts if cut >= 564]
    expect(s["target"] == 564 and s["target_from"] == "best_known" and s["runs"] == 40, s)
    expect(s["reached"] == len(best) == 0 and s["p"] == 0 and s["p_interval"][0] == 0, s)
    expect(close(s["p_interval"][1], 1 - 0.05 ** (1 / 40)), s)
    ticks = s["ticks"]
    expect(ticks["run"] == 250 and ticks["tts99"] is None and ticks["to_target"] is None, s)
    repeats = math.log(0.01) / math.log(0.05 ** (1 / 40))
    expect(close(ticks["tts99_interval"][0], 250 * repeats), s)
    expect(ticks["tts99_interval"][1] is None, s)
    expect(close(ticks["to_target_interval"][0], 40 * 250 / math.log(20)), s)
    expect(s["modelled_seconds"] is None and s["energy_j"] is None, s)


@test
def statistics_of_a_file_are_of_the_best_cut_seen():
    write("g11.txt", ok("gset", "G11").out)
    value = ok_json("maxcut", "g11.txt", "--updates", "1e5", "--runs", "30")
    s = value["statistics"]
    cuts = [item["cut"] for item in value["run_list"]]
    expect(s["target_from"] == "best_cut" and s["target"] == max(cuts), s)
    k = cuts.count(max(cuts))
    expect(s["reached"] == k and close(s["p"], k / 30), s)
    expect(close(s["repeats_99"], math.log(0.01) / math.log(1 - k / 30)), s)
    expect(close(s["ticks"]["tts99"], 250 * s["repeats_99"]), s)
    low, high = s["ticks"]["tts99_interval"]
    expect(low < s["ticks"]["tts99"] < high, s)
    low, high = s["ticks"]["to_target_interval"]
    expect(low < s["ticks"]["to_target"] < high, s)


@test
def tts_makes_all_runs_and_stops_each_at_its_target():
    value = ok_json(*G11, "--tts", "--target", "540", "--runs", "40", "--updates", "2e6")
    s = value["statistics"]
    expect(value["runs"] == 40 and s["runs"] == 40 and s["target_from"] == "target", value)
    expect(s["reached"] >= 35 and value["updates"] < 40 * 2e6, value)
    expect(all(item["cut"] >= 540 for item in value["run_list"]) == (s["reached"] == 40), value)
    expect(isinstance(value["time_to_target"], float), value)
    low, high = s["ticks"]["to_target_interval"]
    expect(low < s["ticks"]["to_target"] < high and s["to_target_interval_by"] == "bootstrap", s)
    if s["reached"] == 40:
        expect(s["tts99_by"] == "exponential" and s["ticks"]["run"] is None, s)
        expect(close(s["ticks"]["tts99"], s["ticks"]["to_target"] * math.log(100)), s)
        expect(s["p_interval"][1] == 1 and close(s["p_interval"][0], 0.05 ** (1 / 40)), s)


@test
def tts_takes_the_best_known_cut_and_thirty_runs():
    s = ok_json(*G11, "--tts")["statistics"]
    expect(s["target"] == 564 and s["runs"] == 30 and s["target_from"] == "best_known", s)


@test
def tts_of_a_file_needs_a_target():
    write("graph.txt", WEIGHTED)
    refused(2, "maxcut", "graph.txt", "--tts", says=["--tts", "--target CUT"])
    ok("maxcut", "graph.txt", "--tts", "--target", "8", "--updates", "1e3")


@test
def statistics_are_null_where_runs_are_no_sample():
    expect(ok_json(*G11)["statistics"] is None, "one run")
    expect(ok_json(*G11, "--runs", "9", "--target", "500")["statistics"] is None, "--target")
    expect(ok_json(*G11, "--runs", "1", "--tts")["statistics"]["runs"] == 1, "--tts of one")


@test
def statistics_are_the_same_for_any_number_of_threads():
    for more in (["--tts", "--target", "545"], ["--runs", "12"], ["--runs", "3", "--method", "pt"]):
        found = [timeless(ok_json(*G11, "--threads", n, *more)) for n in (1, 2, 5)]
        expect(found[0] == found[1] == found[2], "%s: %s" % (more, found))
        expect(found[0]["statistics"]["ticks"], found[0])


@test
def time_cuts_runs_short_and_says_so():
    value = ok_json("maxcut", "--gset", "G11", "--updates", "1e13", "--time", "0.3", "--tts",
                    "--runs", "2", "--target", "600")
    s = value["statistics"]
    expect(s["cut_short"] == s["runs"] and s["reached"] == 0 and s["seconds"]["run"] is None, s)


@test
def interrupted_statistics_are_of_what_was_done():
    process = subprocess.Popen([harness.PLACODE, "maxcut", "--gset", "G11", "--updates", "1e12",
                                "--tts", "--target", "900", "--top", "2", "--top-out", "t.csv",
                                "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    expect(process.returncode == 130 and b"interrupted" in err, (process.returncode, err))
    value = parse_json(harness.Result((), 130, out, err, 0))
    expect(value["statistics"]["cut_short"] == value["runs"] >= 1, value)
    expect(len(value["top"]) >= 1 and os.path.exists("t.csv"), value)


# ---- time to quality ----

@test
def to_quality_is_what_the_trace_says():
    for args in (("--updates", "1e6"), ("--updates", "1e5", "--engine", "mesh", "--chip",
                                        "spinnaker-4")):
        value = ok_json("maxcut", "--gset", "G11", "--trace", "t.csv", "--target", "557", *args) \
            if "mesh" not in args else parse_json(run("maxcut", "--gset", "G11", "--trace", "t.csv",
                                                      "--target", "480", "--json", *args))
        target = value["cut"] if value["time_to_target"] is None else None
        rows = [line.split(",") for line in read("t.csv").decode().splitlines()[1:]]
        for item in value["to_quality"]:
            row = next((row for row in rows if int(row[4]) >= item["cut"]), None)
            expect((row is None) == (item["reached"] == 0), (item, rows, target))
            if row is None:
                expect(all(item[unit] is None for unit in UNITS), item)
            else:
                expect(item["ticks"] == int(row[2]) and 0 < item["seconds"] <= float(row[1]) + 1e-6,
                       (item, row))
            if row is not None and "mesh" in args:
                expect(math.isclose(item["energy_j"], float(row[3]), rel_tol=1e-5), (item, row))
                expect(0 < item["modelled_seconds"] <= value["modelled_seconds"], item)


@test
def to_quality_of_mesh_without_energies_says_so():
    result = run("maxcut", "--gset", "G11", "--updates", "2e4", "--engine", "mesh", "--chip",
                 "spinnaker2", "--target", "400", "--json")
    value = parse_json(result)
    expect(result.status == 0 and value["energy_j"] is None, value)
    expect(len(result.lines()) == 1 and "spinnaker2" in result.lines()[0], result)
    last = value["to_quality"][-1]
    expect(last["modelled_seconds"] > 0 and last["energy_j"] is None, last)


@test
def to_quality_of_cuts_below_one_has_no_parts():
    write("graph.txt", "2 1\n1 2 -4\n")
    parts = ok_json("maxcut", "graph.txt", "--updates", "100")["to_quality"]
    expect([item["cut"] for item in parts] == [None, None, 0], parts)
    expect([item["reached"] for item in parts] == [0, 0, 1], parts)


@test
def tables_are_narrow():
    for args in (("--tts", "--top", "3"), ("--runs", "20", "--updates", "1e6"),
                 ("--tts", "--target", "540", "--updates", "1e7")):
        lines = ok(*G11, *args).out.decode().splitlines()
        expect(all(len(line) <= 80 for line in lines), [line for line in lines if len(line) > 80])
        expect(any(line.startswith("quality ") for line in lines), lines)
        expect(any("runs reached" in line for line in lines), lines)


if __name__ == "__main__":
    harness.main()
