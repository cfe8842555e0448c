#!/usr/bin/env python3
"""The benchmark on the G-set: its table, its files, and what it refuses.

usage: test_gset_benchmark.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import os
import subprocess
import sys
import xml.etree.ElementTree

import harness
from harness import expect, test


def measure(*args, placode=None):
    return subprocess.run([sys.executable, os.path.join(harness.SOURCE, "benchmarks", "gset.py"),
                           placode or harness.PLACODE, *args], capture_output=True, text=True,
                          timeout=harness.LIMIT)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@test
def benchmark_writes_a_line_for_each_run():
    done = measure("--graphs", "g11,G14", "--time", "0.2", "--seeds", "2", "--bound", "--csv",
                   "g.csv", "--traces", "t.csv", "--svg", "g.svg")
    expect(done.returncode == 0 and not done.stderr, done)
    rows = rows_of("g.csv")
    expect([(r["graph"], r["seed"], r["family"]) for r in rows] ==
           [("G11", "1", "torus +1 -1"), ("G11", "2", "torus +1 -1"), ("G14", "1", "planar +1"),
            ("G14", "2", "planar +1")], rows)
    for row in rows:
        cut, best, bound = (int(row[k]) for k in ("cut", "best_known", "bound"))
        expect(0 < cut <= bound and best <= bound, row)
        expect(abs(float(row["ratio"]) - cut / best) < 1e-9, row)
        points = [t for t in rows_of("t.csv") if (t["graph"], t["seed"]) ==
                  (row["graph"], row["seed"])]
        expect(int(points[-1]["cut"]) == cut, (row, points[-1]))
    mean = sum(float(row["ratio"]) for row in rows) / len(rows)
    expect("all               2    4  %.5f" % mean in done.stdout, done.stdout)
    expect("MQLib BURER2002" in done.stdout, done.stdout)


@test
def benchmark_draws_a_panel_for_each_family():
    done = measure("--graphs", "G11,G14,G1", "--time", "0.1", "--svg", "g.svg")
    expect(done.returncode == 0, done)
    root = xml.etree.ElementTree.parse("g.svg").getroot()
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    for family in ("torus +1 -1", "planar +1", "random +1"):
        expect(family in texts, texts)


@test
def benchmark_passes_options_on():
    done = measure("--graphs", "G11", "--time", "0.1", "--", "--method", "tabu")
    expect(done.returncode == 1 and "expected neurosa, sa, restart or pt" in done.stderr, done)


@test
def benchmark_refuses_what_it_does_not_know():
    for args, says in ((["--graphs", "G68"], "no graph 'G68'"), (["--families", "cubic"], "planar"),
                       (["--time", "0"], "--time"), (["--peers", "nope.csv"], "nope.csv")):
        done = measure(*args)
        expect(done.returncode in (1, 2) and says in done.stderr and not done.stdout, done)
    done = measure(placode="/nonexistent/placode")
    expect(done.returncode == 1 and "Traceback" not in done.stderr, done)


if __name__ == "__main__":
    harness.main()
