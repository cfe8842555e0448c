#!/usr/bin/env python3
"""placode map and verify as their users meet them.

usage: test_map.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import harness
from harness import (HEAD, MAP_KEYS, SMALL, all_to_all, expect, has_keys, ok, ok_json, parse_json,
                     read, refused, run, small, test, write)

# ---- map ----

@test
def map_has_every_key_and_its_slices_cover_the_network():
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: a, size: 700, model: lif_curr_exp}\n  - {name: b, size: 3, model: onoff}\n")
    value = has_keys(ok_json("map", "net.yaml", "--chip", "spinnaker-4"), MAP_KEYS)
    covered = {"a": [], "b": []}
    for piece in value["slices"]:
        has_keys(piece, "population begin end x y core")
        covered[piece["population"]] += range(piece["begin"], piece["end"])
        expect(piece["x"] < 2 and piece["y"] < 2 and piece["core"] < 18, piece)
    expect(sorted(covered["a"]) == list(range(700)), "a is not covered once")
    expect(sorted(covered["b"]) == list(range(3)), "b is not covered once")
    places = {(piece["x"], piece["y"], piece["core"]) for piece in value["slices"]}
    expect(value["cores"] == len(places), value)


@test
def map_repeats_itself_for_a_seed_and_any_threads():
    small()
    found = [ok_json("map", "net.yaml", *more)["digest"]
             for more in ([], ["--seed", "1"], ["--threads", "1"], ["--threads", "64"],
                          ["--seed", "2"], ["--seed", "2"])]
    expect(len(set(found[:4])) == 1 and found[4] == found[5] != found[0], found)


@test
def map_takes_every_effort():
    small()
    for effort in range(4):
        ok("map", "net.yaml", "--effort", effort, "-o", "net.h5")
        ok("verify", "net.yaml", "net.h5")


@test
def map_writes_a_picture():
    small()
    for chip in ("ideal", "spinnaker-4", "torus:4x4:2"):
        ok("map", "net.yaml", "--chip", chip, "--svg", "net.svg")
        picture = read("net.svg")
        expect(b"<svg" in picture[:200] and picture.rstrip().endswith(b"</svg>"), picture[:200])


@test
def map_reads_rates():
    small()
    write("rates.csv", "population,neuron,rate\nnoise,0,0.5\n")
    ok("map", "net.yaml", "--rates", "rates.csv")
    refused(1, "map", "net.yaml", "--rates", "nope.csv", says=["nope.csv", "No such file"])
    for rate in ("x", "5", "-1"):
        write("rates.csv", "population,neuron,rate\nnoise,0,%s\n" % rate)
        refused(1, "map", "net.yaml", "--rates", "rates.csv", says=["rates.csv:2:", "rate", "0..1"])
    write("rates.csv", "population,neuron,rate\nnope,0,1\n")
    refused(1, "map", "net.yaml", "--rates", "rates.csv", says=["rates.csv:2:", "nope"])


@test
def map_like_keeps_what_it_can():
    small()
    chip = ["--chip", "torus:4x4:2"]
    first = ok_json("map", "net.yaml", *chip, "-o", "old.h5")
    same = has_keys(ok_json("map", "net.yaml", *chip, "--like", "old.h5"),
                    MAP_KEYS + " kept moved new gone fresh_multicast_hops cost_of_staying")
    expect(same["digest"] == first["digest"] and same["cost_of_staying"] == 0, same)
    expect(same["moved"] == same["new"] == same["gone"] == 0 < same["kept"], same)
    expect(b"cost_of_staying" in ok("map", "net.yaml", *chip, "--like", "old.h5").out, "no row")
    refused(1, "map", "net.yaml", *chip, "--like", "nope.h5", says=["nope.h5", "No such file"])
    refused(1, "map", "net.yaml", *chip, "--like", "net.yaml", says="net.yaml")
    refused(1, "map", "net.yaml", "--chip", "mesh:4x5:2", "--like", "old.h5",
            says=["4x4 torus", "4x5 mesh"])
    write("cut.h5", read("old.h5")[:1000])
    refused(1, "map", "net.yaml", *chip, "--like", "cut.h5", says="cut.h5")


@test
def layouts_of_one_network_are_equal_byte_for_byte():
    small()
    ok("map", "net.yaml", "--chip", "torus:4x4:2", "-o", "a.h5")
    ok("map", "net.yaml", "--chip", "torus:4x4:2", "-o", "b.h5", "--threads", "1")
    expect(read("a.h5") == read("b.h5"), "two files")


@test
def network_with_too_many_neurons_does_not_fit():
    write("net.yaml", HEAD + "populations: [{name: a, size: 1000000, model: lif_curr_exp}]\n")
    refused(3, "map", "net.yaml", "--chip", "spinnaker-4", says=["1000000", "spinnaker-4"])


@test
def network_with_too_many_synapses_does_not_fit():
    write("net.yaml", all_to_all(200000))
    result = refused(3, "map", "net.yaml", "--chip", "spinnaker-48", says=["synap", "spinnaker-48"])
    expect(result.kib < 1 << 20, "memory was taken", result)


@test
def trillion_synapses_are_refused_without_taking_memory():
    write("net.yaml", all_to_all(1000000))
    for args in (["map", "net.yaml"], ["run", "net.yaml", "--ticks", "1"]):
        result = refused(1, *args, says=["net.yaml:", "1e+12", "GiB"])
        expect(result.kib < 1 << 20, "memory was taken", result)
        result = refused(3, *args, "--chip", "spinnaker-4", says="does not fit")
        expect(result.kib < 1 << 20, "memory was taken", result)


@test
def delays_beyond_a_chip_do_not_fit():
    write("net.yaml", all_to_all(10, ", delay: 16"))
    ok("map", "net.yaml")
    for chip in ("spinnaker-4", "spinnaker-48", "placode-4x4", "mesh:2x2:4"):
        refused(3, "map", "net.yaml", "--chip", chip, says=["net.yaml:5:", "16", "1..15"])
    write("net.yaml", all_to_all(10, ", delay: 15"))
    ok("map", "net.yaml", "--chip", "spinnaker-4")


# ---- verify ----

@test
def verify_approves_of_a_layout():
    small()
    for chip in ("ideal", "spinnaker-4", "torus:4x4:2", "placode-8x8"):
        ok("map", "net.yaml", "--chip", chip, "-o", "net.h5")
        value = ok_json("verify", "net.yaml", "net.h5")
        expect(value["ok"] is True and value["violations"] == [], value)


@test
def verify_takes_the_seed_of_the_layout():
    small()
    ok("map", "net.yaml", "--seed", "7", "-o", "net.h5")
    ok("verify", "net.yaml", "net.h5")
    expect(run("verify", "net.yaml", "net.h5", "--seed", "8").status == 1, "another seed")


@test
def verify_catches_the_layout_of_another_network():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    for old, new in (("size: 50", "size: 51"), ("weight: 0.5", "weight: 0.25"), ("delay: 3", "delay: 4"),
                     ("i_offset: 1.0", "i_offset: 1.5"), ("name: exc", "name: inh"),
                     ("p: 0.3", "p: 0.4"), ("rate: 100", "rate: 50"), ("tick: 1.0", "tick: 0.5")):
        text = SMALL.replace(old, new)
        if old == "name: exc":
            text = text.replace("to: exc", "to: inh").replace("from: exc", "from: inh")
        write("other.yaml", text)
        result = run("verify", "other.yaml", "net.h5", "--json")
        expect(result.status == 1, "%s: expected status 1" % new, result)
        value = parse_json(result)
        expect(value["ok"] is False and value["violations"], "%s: %s" % (new, value))
        table = run("verify", "other.yaml", "net.h5")
        expect(table.status == 1 and table.err, "%s: expected the violations in the log" % new, table)


@test
def verify_of_what_is_no_layout():
    small()
    refused(1, "verify", "net.yaml", "net.yaml", says="not a placode layout")
    refused(1, "verify", "net.yaml", "nope.h5", says=["nope.h5", "No such file"])


if __name__ == "__main__":
    harness.main()
