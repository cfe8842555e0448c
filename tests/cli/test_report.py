#!/usr/bin/env python3
"""The report of placode map, and pictures of hypergraphs.

usage: test_report.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import json

import harness
from harness import MAP_KEYS, expect, has_keys, ok, ok_json, read, refused, small, test, write

KEYS = MAP_KEYS + " bound_hops gap bound_link_load fill passes"
PASSES = "partition repartition group target place keys route rows".split()


def ring(n=12, weight="1"):
    return write("ring.net", "graph ring %d\n" % n +
                 "".join("net %d %s %d\n" % (v, weight, (v + 5) % n) for v in range(n)))


@test
def graph_reports_a_bound_that_the_ring_meets():
    value = has_keys(ok_json("map", "--graph", ring(), "--chip", "torus:12x1:1"), KEYS)
    expect(value["multicast_hops"] == value["bound_hops"] == 12 and value["gap"] == 0, value)
    expect(value["bound_link_load"] <= value["max_link_load"], value)
    text = ok("map", "--graph", "ring.net", "--chip", "torus:12x1:1").out.decode()
    expect("12  (bound 12: there is no better)" in text, text)


@test
def gap_is_null_where_nothing_can_be_said():
    value = ok_json("map", "--graph", ring(), "--chip", "torus:1x1:12")
    expect(value["multicast_hops"] == value["bound_hops"] == 0 and value["gap"] is None, value)


@test
def network_reports_fill_within_limits():
    small()
    value = has_keys(ok_json("map", "net.yaml", "--chip", "spinnaker-4"), KEYS + " core_fill")
    fill = {row["resource"]: row for row in value["fill"]}
    expect(len(fill) == 5, fill)
    for row in fill.values():
        expect(row["mean"] <= row["max"] and (row["limit"] is None or row["max"] <= row["limit"]), row)
    rows = value["core_fill"]
    expect(len(rows) == value["cores"] and sum(row[3] for row in rows) == 70, rows)
    expect(sum(row[4] for row in rows) == value["synapse_bytes"], rows)
    expect(fill["neurons_per_core"]["max"] == max(row[3] for row in rows), rows)
    expect(fill["router_entries"]["max"] == value["table_entries_max"], fill)
    expect(value["bound_hops"] <= value["multicast_hops"], value)


@test
def passes_have_digests_that_show_where_runs_part():
    small()
    runs = [ok_json("map", "net.yaml", "--chip", "torus:4x4:1", "--seed", seed)
            for seed in ("1", "1", "2")]
    digests = [[step["digest"] for step in value["passes"]] for value in runs]
    expect([step["pass"] for step in runs[0]["passes"]] == PASSES, runs[0]["passes"])
    expect(digests[0] == digests[1] != digests[2], digests)
    expect(digests[0][-1] == runs[0]["digest"], runs[0])
    expect(all(step["seconds"] >= 0 for step in runs[0]["passes"]), runs[0]["passes"])


@test
def text_fits_eighty_columns():
    small()
    for args in (["net.yaml", "--chip", "spinnaker-48"], ["--graph", ring(), "--chip", "loihi"]):
        for line in ok("map", *args).out.decode().splitlines():
            expect(len(line) <= 80, line)


@test
def graphs_are_drawn():
    ring(weight="2.5")
    for chip in ("torus:12x1:1", "spinnaker-48", "hextorus:48x48:16"):
        ok("map", "--graph", "ring.net", "--chip", chip, "--svg", "ring.svg")
        picture = read("ring.svg")
        expect(b"12 vertices" in picture and picture.rstrip().endswith(b"</svg>"), picture[:300])


@test
def graphs_are_written():
    ring()
    said = ok_json("map", "--graph", "ring.net", "--chip", "torus:12x1:1", "-o", "ring.json")
    written = json.loads(read("ring.json"))
    expect(written == said and len(written["trees"]) == 12, written)
    refused(1, "map", "--graph", "ring.net", "--chip", "torus:12x1:1", "-o", "nowhere/ring.json", says="nowhere")


if __name__ == "__main__":
    harness.main()
