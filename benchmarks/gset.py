#!/usr/bin/env python3
"""Cuts of placode maxcut on the G-set in a given time, one thread, beside what other solvers reach.

usage: gset.py PLACODE_BINARY [--graphs G1,G22 | all] [--families NAME,...] [--time SEC] [--seeds N]
               [--bound] [--csv FILE] [--svg FILE] [--traces FILE] [-- more options of maxcut]

Prints a line for each graph and a summary for each family. The files are renewed after each graph,
so that a long call can be interrupted. What it measures hangs on the machine: nothing is asserted
but that each cut is there. Exit status 1 when a call of placode fails, 130 after Ctrl-C.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile

import gset_picture

DEFAULT = "G1,G14,G22,G35,G43,G55,G60,G70,G81"  # those that other solvers were measured on
PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gset_peers.csv")
GOALS = (0.99, 0.999)  # of the best known cut, for the time to them
COLUMNS = ("graph", "family", "n", "m", "seed", "seconds", "cut", "best_known", "ratio", "updates",
           "updates_per_s", "bound", "gap")


def family_of(rudy):
    """The family of a graph, from the expression that makes it."""
    shapes = {"-rnd_graph": "random", "-planar": "planar", "-toroidal_grid_2D": "torus"}
    return shapes[rudy.split()[0]] + (" +1 -1" if "-random" in rudy else " +1")


def fail(message):
    sys.exit("gset.py: " + message)


def list_graphs(placode):
    """All graphs as {name: {name, n, m, best_known, family}}."""
    try:
        out = subprocess.run([placode, "gset", "list", "--json"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        fail("%s gset list: %s" % (placode, problem))
    graphs = json.loads(out.stdout)["graphs"]
    return {g["name"]: dict(g, family=family_of(g["rudy"])) for g in graphs}


def choose(graphs, names, families):
    """The graphs that were asked for, in the order of the set."""
    known = sorted({g["family"] for g in graphs.values()})
    wanted = set(graphs) if names == "all" else {n.strip().upper() for n in names.split(",")}
    for name in sorted(wanted - set(graphs)):
        fail("--graphs: no graph %r; `placode gset list` names all 71" % name)
    for family in families:
        if family not in known:
            fail("--families: expected %s, got %r" % (", ".join(known), family))
    return [g for g in graphs.values()
            if g["name"] in wanted and (not families or g["family"] in families)]


def read_peers(path):
    """Cuts of others as [{solver, seconds, graph, cut}]."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [dict(row, seconds=float(row["seconds"]), cut=int(row["cut"])) for row in rows]


def write_file(path, text):
    """A file whole or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def to_csv(rows, columns):
    return "\n".join([",".join(columns)] + [",".join("" if row.get(c) is None else str(row[c])
                                                     for c in columns) for row in rows]) + "\n"


def call(options, graph, *more):
    """What placode maxcut says of a graph."""
    command = [options.placode, "maxcut", "--gset", graph["name"], "--threads", "1", "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode:
        fail("%s: exit status %d: %s" % (" ".join(command), done.returncode, done.stderr.strip()))
    return json.loads(done.stdout)


def solve(options, graph, seed):
    """One run: its row, and its improvements as [(seconds, cut)]."""
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "trace.csv")
        value = call(options, graph, "--time", str(options.time), "--seed", str(seed), "--trace",
                     trace, *options.more)
        with open(trace, newline="") as file:
            points = [(float(p["seconds"]), int(p["cut"])) for p in csv.DictReader(file)]
    row = {c: value.get(c) for c in COLUMNS}
    row.update(family=graph["family"], seed=seed, ratio=value["cut"] / graph["best_known"])
    return row, points + [(options.time, value["cut"])]


def time_to(points, goal):
    """When a run first has a cut, or None."""
    return next((seconds for seconds, cut in points if cut >= goal), None)


def median_time(results, share):
    """The median time to a share of the best known cut; "-" when half of the runs do not reach it."""
    never = float("inf")
    times = [time_to(points, share * row["best_known"]) for row, points in results]
    median = statistics.median(never if t is None else t for t in times)
    return "-" if median == never else "%.3g" % median


def print_graph(graph, results, peers):
    """One line: cuts, speed, and what others reach."""
    rows = [row for row, _ in results]
    cuts = [row["cut"] for row in rows]
    line = "%-5s %-12s %7d %9.1f %7d  %.4f  %8.3g" % (
        graph["name"], graph["family"], max(cuts), statistics.mean(cuts), graph["best_known"],
        statistics.mean(row["ratio"] for row in rows),
        statistics.mean(row["updates_per_s"] for row in rows))
    if rows[0]["bound"] is not None:
        bound = min(row["bound"] for row in rows)
        line += "  %7d  %.4f" % (bound, (bound - max(cuts)) / bound if bound else 0)
    others = {}
    for peer in peers:
        if peer["graph"] == graph["name"]:
            others.setdefault(peer["seconds"], []).append(peer["cut"])
    line += "".join("  %g s: %d" % (s, max(c)) for s, c in sorted(others.items()))
    print(line, flush=True)


def summarise(name, results):
    """One line on a family, or on all: mean ratio, how many graphs reach the best known cut."""
    best = {}
    for row, _ in results:
        best[row["graph"]] = max(row["cut"] - row["best_known"], best.get(row["graph"], -1 << 60))
    print("%-12s %6d %4d  %.5f  %.5f  %4d  %4d  %8s %8s" % (
        name, len(best), len(results), statistics.mean(row["ratio"] for row, _ in results),
        min(row["ratio"] for row, _ in results), sum(d >= 0 for d in best.values()),
        sum(d > 0 for d in best.values()), *(median_time(results, goal) for goal in GOALS)))


def print_summary(results):
    print("\n%-12s %6s %4s  %-7s  %-7s  %4s  %4s  %8s %8s" % (
        "family", "graphs", "runs", "mean", "worst", "best", "over",
        *("%g %%" % (100 * goal) for goal in GOALS)))
    for family in sorted({row["family"] for row, _ in results}):
        summarise(family, [r for r in results if r[0]["family"] == family])
    summarise("all", results)
    print("\nmean and worst: cut / best known; best, over: graphs whose best run has the best known "
          "cut, or more;\nthe last columns: median seconds to that share of it, of all runs")


def compare(results, peers, seconds):
    """The mean ratio of each solver and time, on the graphs that all of them were measured on."""
    mine = {}
    for row, _ in results:
        mine.setdefault(row["graph"], []).append(row)
    shared = {p["graph"] for p in peers} & set(mine)
    if not shared:
        return
    print("\n%d graphs with figures of others, mean cut / best known" % len(shared))
    for key in sorted({(p["seconds"], p["solver"]) for p in peers}):
        found = {p["graph"]: p["cut"] for p in peers if (p["seconds"], p["solver"]) == key}
        print("  %-28s %4g s  %.5f" % (key[1], key[0], statistics.mean(
            found[g] / mine[g][0]["best_known"] for g in shared)))
    own = [statistics.mean(row["ratio"] for row in mine[g]) for g in shared]
    print("  %-28s %4g s  %.5f" % ("placode, this run", seconds, statistics.mean(own)))


def save(options, results, peers):
    if options.csv:
        write_file(options.csv, to_csv([row for row, _ in results], COLUMNS))
    if options.traces:
        lines = [{"graph": row["graph"], "seed": row["seed"], "seconds": s, "cut": c}
                 for row, points in results for s, c in points]
        write_file(options.traces, to_csv(lines, ("graph", "seed", "seconds", "cut")))
    if options.svg and results:
        write_file(options.svg, gset_picture.draw(results, peers, options.time))


def run_all(options, graphs, peers, results):
    print("%-5s %-12s %7s %9s %7s  %-6s  %8s%s  best of others" % (
        "graph", "family", "cut", "mean", "known", "ratio", "upd./s",
        "  %7s  %-6s" % ("bound", "gap") if options.bound else ""))
    for graph in graphs:
        own = []
        bound = call(options, graph, "--updates", "1", "--bound")["bound"] if options.bound else None
        for seed in range(1, options.seeds + 1):
            row, points = solve(options, graph, seed)
            if bound is not None:
                row.update(bound=bound, gap=(bound - row["cut"]) / bound)
            own.append((row, points))
            results.append(own[-1])
        print_graph(graph, own, peers)
        save(options, results, peers)


def parse(arguments):
    more = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, more = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="What follows -- "
                                     "goes to placode maxcut, such as --method pt.")
    parser.add_argument("placode", help="the command to measure")
    parser.add_argument("--graphs", default=DEFAULT, help="names, or all (default %(default)s)")
    parser.add_argument("--families", default="", help="only these: random +1, random +1 -1, "
                        "planar +1, planar +1 -1, torus +1, torus +1 -1")
    parser.add_argument("--time", type=float, default=2, help="seconds a run (default 2)")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each graph (default 1)")
    parser.add_argument("--bound", action="store_true", help="prove a bound of each graph too, in a "
                        "call of its own")
    parser.add_argument("--csv", help="write a line for each run")
    parser.add_argument("--traces", help="write each improvement of each run")
    parser.add_argument("--svg", help="draw quality against time, family by family")
    parser.add_argument("--peers", default=PEERS, help="figures of others (default: the stored ones)")
    options = parser.parse_args(arguments)
    if not 1e-3 <= options.time <= 1e6 or not 1 <= options.seeds <= 1e6:
        parser.error("expected --time in 0.001..1e6 and --seeds in 1..1e6")
    options.more = more
    options.families = [f.strip() for f in options.families.split(",") if f.strip()]
    return options


def main():
    options = parse(sys.argv[1:])
    try:
        peers = read_peers(options.peers)
    except (OSError, KeyError, ValueError) as problem:
        fail("%s: %s" % (options.peers, problem))
    graphs = list_graphs(options.placode)
    results, status = [], 0
    try:
        run_all(options, choose(graphs, options.graphs, options.families), peers, results)
    except KeyboardInterrupt:
        status = 130
        print("\ninterrupted; what follows is of the runs done")
    if results:
        print_summary(results)
        compare(results, peers, options.time)
        save(options, results, peers)
    return status


if __name__ == "__main__":
    sys.exit(main())
