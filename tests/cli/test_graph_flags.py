#!/usr/bin/env python3
"""placode map --graph with --rates and --like.

usage: test_graph_flags.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import json

import harness
from harness import expect, has_keys, ok, ok_json, read, refused, test, write

TORUS = "torus:6x6:1"
MOVES = "kept moved new gone fresh_multicast_hops cost_of_staying"


def circulant(n, name="graph.net", weight="1", steps=(1, 5)):
    """Each vertex sends to those so many steps on."""
    return write(name, "graph circulant %d\n" % n + "".join(
        "net %d %s %s\n" % (v, weight, " ".join(str((v + step) % n) for step in steps)) for v in range(n)))


def map_graph(*args, graph="graph.net", chip=TORUS):
    return ok_json("map", "--graph", graph, "--chip", chip, *args)


def like(*args, **keywords):
    """Maps like old.json and counts who moved again."""
    value = has_keys(map_graph("--like", "old.json", *args, **keywords), MOVES)
    old, new = json.loads(read("old.json"))["vertices"], value["vertices"]
    kept = sum(a == b for a, b in zip(old, new))
    expect(value["kept"] == kept and value["moved"] == min(len(old), len(new)) - kept, value)
    expect(value["new"] == max(0, len(new) - len(old)), value)
    expect(value["gone"] == max(0, len(old) - len(new)), value)
    expect(len(set(map(tuple, new))) == len(new), "two vertices on one core")
    expect(value["cost_of_staying"] == value["multicast_hops"] - value["fresh_multicast_hops"], value)
    return value


def chip_without(line, name="worn.yaml"):
    """A chip of the geometry of TORUS with dead parts."""
    text = ok("chip", "show", TORUS).out.decode().replace("name: \"%s\"" % TORUS, "name: worn")
    expect("name: worn" in text, text)
    return write(name, text + line)


# ---- rates ----

@test
def rates_multiply_the_weights_of_a_vertex_s_nets():
    write("two.net", "graph two 4\nnet 0 2 1\nnet 0 1 2\nnet 3 4 2\n")
    write("rates.csv", "vertex,rate\n# twice, and never\n0, 2.5\n3,0\n")
    plain = map_graph(graph="two.net", chip="mesh:4x1:1")
    value = map_graph("--rates", "rates.csv", graph="two.net", chip="mesh:4x1:1")
    expect(plain["core_copies"] == 7 and value["core_copies"] == 7.5, value["core_copies"])
    write("weighted.net", "graph two 4\nnet 0 5 1\nnet 0 2.5 2\nnet 3 0 2\n")
    same = map_graph(graph="weighted.net", chip="mesh:4x1:1")
    expect(same["digest"] == value["digest"] and same["multicast_hops"] == value["multicast_hops"], value)


@test
def rates_of_nobody_change_nothing():
    circulant(20)
    write("rates.csv", "vertex,rate\n")
    expect(map_graph("--rates", "rates.csv")["digest"] == map_graph()["digest"], "another layout")


@test
def rates_may_be_above_one():
    circulant(4, weight="3", steps=(1, 2))
    write("rates.csv", "vertex,rate\n0,1000\n")
    value = map_graph("--rates", "rates.csv")
    expect(value["core_copies"] == 2 * (3000 + 3 * 3), value["core_copies"])


@test
def wrong_rates_are_refused():
    circulant(4, weight="1e6")
    for text, says in (
            ("", "rates.csv:1: expected the header `vertex,rate`, got nothing"),
            ("0,1\n", "rates.csv:1: expected the header `vertex,rate`, got \"0\""),
            ("population,neuron,rate\n", "`vertex,rate`"),
            ("vertex,rate,more\n", "rates.csv:1:"),
            ("vertex,rate\n4,1\n", "rates.csv:2: vertex: expected a whole number in 0..3"),
            ("vertex,rate\n-1,1\n", "rates.csv:2: vertex"),
            ("vertex,rate\na,1\n", "rates.csv:2: vertex"),
            ("vertex,rate\n0,-0.5\n", "rates.csv:2: rate: expected a number in 0..1e+09, got \"-0.5\""),
            ("vertex,rate\n0,nan\n", "rates.csv:2: rate"),
            ("vertex,rate\n0,inf\n", "rates.csv:2: rate"),
            ("vertex,rate\n0,1e400\n", "rates.csv:2: rate"),
            ("vertex,rate\n0\n", "rates.csv:2: rate"),
            ("vertex,rate\n0,1,2\n", "rates.csv:2:"),
            ("vertex,rate\n0,1e4\n", "rates.csv:2: rate: a net of vertex 0 weighs 1e+06, times 10000 is more than 1e+09"),
            ("vertex,rate\n2,1\n0,1\n\n2,1\n", "rates.csv:5: vertex 2: line 2 has its rate"),
            (b"vertex,rate\n\0", "rates.csv:2:")):
        write("rates.csv", text)
        refused(1, "map", "--graph", "graph.net", "--chip", TORUS, "--rates", "rates.csv", says=says)
    refused(1, "map", "--graph", "graph.net", "--rates", "nope.csv", says=["nope.csv", "No such file"])


# ---- like ----

@test
def a_layout_given_back_stays_as_it_was():
    circulant(30)
    for chip in (TORUS, "hextorus:3x3:4", "spinnaker-48"):
        old = map_graph("-o", "old.json", chip=chip)
        same = like(chip=chip)
        expect(same["kept"] == 30 and same["moved"] == same["new"] == same["gone"] == 0, same)
        expect(same["digest"] == old["digest"] and same["cost_of_staying"] == 0, same)
        expect([step["pass"] for step in same["passes"]] == ["like", "route"], same["passes"])
        other = like("--effort", "2", "--seed", "5", chip=chip)
        expect(other["kept"] == 30 and other["multicast_hops"] <= old["multicast_hops"], other)


@test
def new_vertices_come_near_their_partners():
    circulant(30)
    map_graph("-o", "old.json")
    text = read("graph.net").decode().replace(" 30\n", " 33\n", 1)
    write("more.net", text + "net 30 1 3\nnet 7 1 31\n")
    value = like(graph="more.net")
    expect(value["new"] == 3 and value["kept"] >= 28, value)
    expect(value["multicast_hops"] <= json.loads(read("old.json"))["multicast_hops"] + 8, value)
    expect(like(graph="more.net")["digest"] == value["digest"], "not the same twice")


@test
def what_pays_is_moved():
    # 0 talks to 1 a little and sits beside it; the new vertex 2 talks to 1 a lot, and 1 has one neighbour.
    write("old.json", json.dumps({"vertices": [[1, 0, 0], [0, 0, 0]]}))
    write("far.net", "graph far 3\nnet 0 1 1\nnet 2 100 1\n")
    value = like(graph="far.net", chip="mesh:5x1:1")
    expect(value["multicast_hops"] <= 102 and value["moved"] >= 1, value)
    # The same with little to win.
    write("near.net", "graph near 3\nnet 0 1 1\nnet 2 1 1\n")
    expect(like(graph="near.net", chip="mesh:5x1:1")["moved"] == 0, "moved for nothing")


@test
def vertices_beyond_the_graph_are_dropped():
    circulant(30)
    map_graph("-o", "old.json")
    circulant(20)
    value = like()
    expect(value["kept"] == 20 and value["gone"] == 10 and value["moved"] == 0, value)


@test
def vertices_on_dead_parts_move():
    circulant(30)
    map_graph("-o", "old.json")
    x, y, _ = json.loads(read("old.json"))["vertices"][4]
    worn = chip_without("dead: {chips: [[%d, %d]]}\n" % (x, y))
    value = like(chip=worn)
    expect(value["vertices"][4][:2] != [x, y] and value["moved"] >= 1 and value["kept"] >= 25, value)
    write("old.json", json.dumps({"vertices": [[0, 0, 0], [0, 0, 1], [1, 0, 255]]}))
    circulant(3, steps=(1,))
    value = like()
    expect(value["kept"] >= 1 and value["moved"] + value["kept"] == 3, value)


@test
def like_says_so_as_text_and_in_files():
    circulant(30)
    map_graph("-o", "old.json")
    lines = ok("map", "--graph", "graph.net", "--chip", TORUS, "--like", "old.json").out.decode().splitlines()
    for key in MOVES.split():
        expect(any(line.split()[0] == key for line in lines), "no row %s in %s" % (key, lines))
    said = map_graph("--like", "old.json", "-o", "again.json")
    written = json.loads(read("again.json"))
    expect(written == said and written["geometry"] == "torus:6x6", written)
    write("rates.csv", "vertex,rate\n3,7\n")
    expect(like("--rates", "rates.csv")["kept"] == 30, "rates moved someone")


@test
def wrong_old_layouts_are_refused():
    circulant(4)
    ok("map", "--graph", "graph.net", "--chip", "mesh:6x6:1", "-o", "mesh.json")
    for text, says in (
            ("", "old.json:1:"), ("graph", "old.json:1:"), ("{\"vertices\": [", "old.json:1:"),
            (b"\x89HDF\r\n\x1a\n", "old.json:1:"),
            ("[]", "`vertices`"), ("3", "`vertices`"), ("{}", "`vertices`"), ("{\"vertices\": 3}", "`vertices`"),
            ("{\"vertices\": [], \"vertices\": []}", "old.json:1:"),
            ("{\"vertices\": [3]}", "vertices[0]: expected [x, y, core]"),
            ("{\"vertices\": [[0, 0]]}", "vertices[0]: expected [x, y, core]"),
            ("{\"vertices\": [[0, 0, 0], [0, 0.5, 0]]}", "vertices[1]: y: expected a whole number in 0..5"),
            ("{\"vertices\": [[6, 0, 0]]}", "vertices[0]: x: expected a whole number in 0..5, got 6"),
            ("{\"vertices\": [[0, -1, 0]]}", "vertices[0]: y: expected a whole number in 0..5, got -1"),
            ("{\"vertices\": [[0, 0, 256]]}", "vertices[0]: core: expected a whole number in 0..255, got 256"),
            ("{\"vertices\": [[1, 2, 0], [0, 0, 0], [1, 2, 0]]}",
             "vertices[2]: core 0 of (1, 2) is that of vertices[0]"),
            ("{\"vertices\": [], \"chip\": \"loihi\"}", "of chip loihi, not of torus:6x6:1"),
            ("{\"vertices\": [], \"chip\": 3}", "chip: expected a text"),
            ("{\"vertices\": [], \"geometry\": \"mesh:1x1\\n\"}", "of a mesh:1x1"),
            (read("mesh.json"), "of a mesh:6x6, chip torus:6x6:1 is a torus:6x6")):
        write("old.json", text)
        refused(1, "map", "--graph", "graph.net", "--chip", TORUS, "--like", "old.json", says=["old.json", says])
    refused(1, "map", "--graph", "graph.net", "--like", "nope.json", says=["nope.json", "No such file"])


@test
def like_what_does_not_fit_is_status_3():
    circulant(30)
    map_graph("-o", "old.json")
    circulant(40)
    refused(3, "map", "--graph", "graph.net", "--chip", TORUS, "--like", "old.json", says="does not fit: cores")


if __name__ == "__main__":
    harness.main()
