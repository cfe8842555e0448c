#!/usr/bin/env python3
"""placode tables as its users meet it.

usage: test_tables.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import os

import harness
from harness import Skip, expect, limit_files, ok, ok_json, read, refused, run, test, timeless, write

KEYS = "tables entries table_entries table_entries_max defaulted seconds proved digest".split()
ALL = 2**32 - 1


def entry(key, route, mask=ALL, defaultable=False):
    return {"key": key, "mask": mask, "defaultable": defaultable, "spinnaker_route": route}


def tables():
    """Two: 64 keys of which one goes elsewhere, and three that need no entry."""
    return [{"x": 1, "y": 2, "entries": [entry(k, 64 if k == 9 else 1) for k in range(64)]},
            {"x": 0, "y": 7, "entries": [entry(k, 8, defaultable=True) for k in range(3)]}]


def small():
    return write("tables.json", json.dumps(tables()))


def route_of(table, key):
    for e in table["entries"]:
        if key & e["mask"] == e["key"]:
            return e["spinnaker_route"]
    return None


@test
def tables_are_minimised_and_proved():
    value = ok_json("tables", small())
    expect(set(KEYS) <= set(value), "keys: %s" % list(value))
    expect(value["tables"] == 2 and value["entries"] == 67, value)
    expect(value["table_entries"] == 2 and value["table_entries_max"] == 2, value)
    expect(value["defaulted"] == 3 and value["proved"] is True, value)
    expect(value["sizes"] == [[1, 2, 64, 2], [0, 7, 3, 0]], value)


@test
def the_result_says_the_same_to_people():
    out = ok("tables", small()).out.decode()
    for line in ("table_entries        2", "proved               yes"):
        expect(line in out, "no %r in\n%s" % (line, out))


@test
def what_is_written_has_the_same_routes():
    for name, reader in (("out.json", open), ("out.json.gz", gzip.open)):
        ok("tables", small(), "-o", name)
        with reader(name) as file:
            made = json.load(file)
        expect([(t["x"], t["y"]) for t in made] == [(1, 2), (0, 7)], made)
        expect(len(made[0]["entries"]) == 2 and not made[1]["entries"], made)
        for key in range(64):
            expect(route_of(made[0], key) == (64 if key == 9 else 1), "key %d" % key)


@test
def gzipped_files_are_read():
    with gzip.open("tables.json.gz", "wt") as file:
        json.dump(tables(), file)
    plain, packed = ok_json("tables", small()), ok_json("tables", "tables.json.gz")
    expect(timeless(plain) == timeless(packed), "%s\n%s" % (plain, packed))


@test
def the_same_file_comes_out_each_time():
    for name in ("a.json.gz", "b.json.gz"):
        ok("tables", small(), "-o", name, "--effort", "2")
    expect(read("a.json.gz") == read("b.json.gz"), "they differ")


@test
def tables_that_do_not_fit_are_named():
    result = run("tables", small(), "--limit", "1", "--json", "-o", "out.json")
    expect(result.status == 3, "expected status 3", result)
    expect(result.lines() == ["placode: does not fit: routing tables: a router has 1 entries: (1,2) needs 2"],
           "the message", result)
    expect(json.loads(result.out)["table_entries_max"] == 2, "no result", result)
    expect(not os.path.exists("out.json"), "a file was written")
    ok("tables", small(), "--limit", "2")


@test
def bad_files_are_refused_with_the_place():
    refused(1, "tables", "nope.json", says=["nope.json", "No such file"])
    for text, says in (("", "unexpected token"), ("{}", "expected a list of tables"),
                       ("[{\"x\": 0}]", "tables[0]: y: expected a whole number in 0..65535, got nothing"),
                       ("[{\"x\": 0, \"y\": 0, \"entries\": [{\"ky\": 1}]}]", "entries[0]: unknown key"),
                       ("[" * 100000, "t.json:1"), (b"\xff\xfe", "t.json:1"),
                       (b"\x1f\x8b nonsense", "not a whole gzip file")):
        refused(1, "tables", write("t.json", text), says=["t.json", says])
    refused(1, "tables", write("cut.gz", gzip.compress(json.dumps(tables()).encode())[:-20]),
            says=["cut.gz", "cut short"])


@test
def wrong_usage_is_refused():
    small()
    refused(2, "tables")
    refused(2, "tables", "a", "b")
    refused(2, "tables", "tables.json", "--effort", "4", says=["--effort", "0..3"])
    refused(2, "tables", "tables.json", "--limit", "-1", says="--limit")


@test
def a_full_disk_leaves_no_file():
    refused(1, "tables", write("many.json", json.dumps([
        {"x": x, "y": 0, "entries": [entry(x, 1)]} for x in range(40)])), "-o", "out.json",
        says="out.json", before=limit_files)
    expect(not os.path.exists("out.json"), "half a file")


@test
def real_tables_come_out_small_at_every_effort():
    data = os.path.join(os.environ.get("PLACODE_SHARED_DATA", ""), "routing-tables", "many_to_one.json.gz")
    if not os.path.exists(data):
        raise Skip("no %s" % data)
    quick, usual = ok_json("tables", data, "--effort", "0"), ok_json("tables", data)
    expect(quick["table_entries"] <= 1900 and quick["table_entries_max"] <= 906, quick)
    expect(usual["table_entries"] <= 1680 and usual["table_entries_max"] <= 810, usual)


if __name__ == "__main__":
    harness.main()
