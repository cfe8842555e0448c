#!/usr/bin/env python3
"""placode report: the page it makes, of what, and what it refuses.

usage: test_page.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import html.parser
import json
import os
import re

import harness
from harness import chip, expect, limit_files, ok, ok_json, read, refused, run, small, test, write

INLINE = "a b bdi code i span title".split()
HOSTILE = "<script>alert(1)</script>&\"'\u202e\u5c64"


class Page(html.parser.HTMLParser):
    """What a page has: elements properly nested, sections, text, attributes."""

    def __init__(self, data):
        super().__init__(convert_charrefs=True)
        self.open, self.sections, self.words, self.tables, self.ids = [], [], [], 0, []
        self.tags, self.attributes, self.svgs_named, self.source = set(), [], True, data.decode()
        self.feed(self.source)
        self.close()
        expect(not self.open, "left open: %s" % self.open)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.attributes += attrs.items()
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.tables += tag == "table"
        if tag == "section":
            self.sections.append(attrs["id"])
        if tag == "svg":
            self.svgs_named &= attrs.get("role") == "img"
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        expect(self.open and self.open[-1] == tag, "</%s> closes %s" % (tag, self.open[-3:]))
        self.open.pop()
        self.words.append("" if tag in INLINE else " ")

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def check(page):
    """What holds for every page: nothing from elsewhere, no scripts, one id once, tables with heads."""
    expect(page.source.startswith("<!DOCTYPE html>\n"), page.source[:60])
    links = re.findall(r'\b(?:https?:)?//[^\s"\'<>)]*', page.source.replace("http://www.w3.org/2000/svg", ""))
    expect(not links, "refers to %s" % links)
    expect(not {"script", "link", "iframe", "img", "object", "base"} & page.tags, page.tags)
    expect(not [key for key, _ in page.attributes if key.startswith("on") or key in ("src", "srcset")], "scripts")
    expect(all(value.startswith("#") for key, value in page.attributes if key == "href"), "links leave the page")
    expect("@import" not in page.source and "url(" not in page.source.replace("url(#", ""), "style from elsewhere")
    expect(len(set(page.ids)) == len(page.ids), "an id twice: %s" % sorted(page.ids))
    expect(page.source.count("<th scope=\"col\"") >= page.tables, "a table without heads")
    expect(page.svgs_named, "a picture without a role")
    expect("nan" not in page.text.split() and "inf" not in page.text.split(), page.text)
    expect(os.getcwd() not in page.source, "the page names a folder")
    return page


def page_of(*inputs):
    said = ok_json("report", *inputs, "-o", "page.html")
    page = check(Page(read("page.html")))
    expect(said["sections"] == page.sections, (said, page.sections))
    expect(said["bytes"] == len(read("page.html")), said)
    return page


def result(name, *args, **keywords):
    """What a command prints with --json, as a file of that name."""
    said = run(*args, "--json", **keywords)
    expect(said.out, "no result", said)
    return write(name, said.out)


def shows(page, sections, words):
    missing = [s for s in sections.split() if s not in page.sections]
    expect(not missing, "no section %s in %s" % (missing, page.sections))
    for word in words:
        expect(word in page.text, "expected %r in %s" % (word, page.text[:3000]))


def lacks(page, sections):
    there = [s for s in sections.split() if s in page.sections]
    expect(not there, "sections %s of what nobody gave" % there)


def layout():
    small()
    result("map.json", "map", "net.yaml", "--chip", "torus:4x4:1", "-o", "net.h5")
    return "net.h5"


@test
def a_layout_is_drawn_with_its_loads_tables_links_and_slices():
    page = page_of(layout())
    shows(page, "facts map loads tables links slices chip",
          ["torus:4x4:1", "70 neurons", "noise", "exc", "Neurons of a core", "Busiest links", "Slices", "lif_curr_exp",
           json.loads(read("map.json"))["digest"]])
    lacks(page, "spikes activity time energy curve statistics operations ftl path checks runs")
    expect("core 0 of (" in page.text and page.source.count("<svg") >= 6, "no map")


@test
def a_mapping_is_drawn_without_its_layout():
    layout()
    page = page_of("map.json")
    shows(page, "facts map loads slices lists", ["torus:4x4:1", "Passes of the mapping", "70 neurons"])
    lacks(page, "tables links chip")
    expect("not at hand" not in page.text and page.text.count("torus:4x4:1") == 2, page.text)
    both = page_of("map.json", "net.h5")
    expect(both.source.count("class=\"map\"") == 1 and both.text.count("Slices") == 1, "told twice")
    chip(width=9)
    result("own.json", "map", "net.yaml", "--chip", "pair.yaml")
    page = page_of("own.json")
    shows(page, "map", ["not at hand", "mesh:"])
    value = json.loads(read("map.json"))
    value["chip"] = "ideal"  # a file's own name may be a preset's
    page = page_of(write("liar.json", json.dumps(value)))
    shows(page, "map", ["not at hand"])
    value["slices"][1]["x"] = 256
    lacks(page_of(write("far.json", json.dumps(value))), "map")


@test
def mappings_are_told_side_by_side():
    layout()
    values = [ok_json("map", "net.yaml", "--chip", "torus:4x4:1", "--effort", effort, "-o", "%d.h5" % effort)
              for effort in (0, 1)]
    page = page_of("0.h5", "1.h5")
    shows(page, "mappings map", ["0.h5 torus:4x4:1 ", "1.h5 torus:4x4:1 "])
    expect(page.source.count("class=\"map\"") == 2 and page.source.count("<defs>") == 1, "two maps")
    for value in values:
        expect("%d %d %d %d" % tuple(value[key] for key in "cores chips multicast_hops bound_hops".split()) in page.text, page.text)
    lacks(page_of("0.h5"), "mappings")


@test
def hypergraphs_and_tables_are_told():
    write("ring.net", "graph ring 6\n" + "".join("net %d 1 %d\n" % (v, (v + 1) % 6) for v in range(6)))
    result("ring.json", "map", "--graph", "ring.net", "--chip", "torus:6x1:1")
    page = page_of("ring.json")
    shows(page, "facts loads lists", ["router_entries", "ring", "Passes of the mapping"])
    lacks(page, "map slices links")
    write("t.json", json.dumps({"tables": 2, "entries": 9, "table_entries": 4, "table_entries_max": 3, "proved": True,
                                "sizes": [[0, 0, 6, 3], [1, 0, 3, 1]]}))
    shows(page_of("t.json"), "tables", ["Entries of a table before", "(1, 0) 3 1 33.3 %"])


@test
def a_run_is_drawn_with_its_time_and_energy():
    small()
    result("run.json", "run", "net.yaml", "--chip", "spinnaker-4", "--engine", "mesh", "--ticks", 50)
    value = json.loads(read("run.json"))
    page = page_of("run.json")
    shows(page, "facts activity time energy",
          [value["digest"], "neuron updates", "idle power", "all known terms", "packets in routers not known",
           "No tick missed its deadline", "Spikes a tick"])
    lacks(page, "map loads tables links slices spikes curve statistics operations runs")


@test
def runs_tell_their_spikes_over_time():
    small()
    for ticks, span in ((200, 1), (201, 2), (1000, 8)):
        value = ok_json("run", "net.yaml", "--ticks", ticks, "--spikes", "s.csv")
        activity, rows = value["activity"], [line.split(",") for line in read("s.csv").decode().splitlines()[1:]]
        expect(activity["span"] == span and len(activity["total"]) == -(-ticks // span), activity)
        expect(sum(activity["total"]) == value["spikes"] == len(rows) > 0, value)
        for population, counts in zip(value["populations"], activity["populations"]):
            mine = [int(tick) for tick, name, _ in rows if name == population["population"]]
            expect(population["spikes"] == len(mine), population)
            expect(counts == [sum(t // span == i for t in mine) for i in range(len(counts))], counts)


@test
def everything_of_a_run_goes_on_one_page():
    layout()
    ok_json("run", "net.h5", "--ticks", 60, "--engine", "mesh", "--timing", "t.csv", "--spikes", "s.h5")
    result("run.json", "run", "net.h5", "--ticks", 60)
    result("verify.json", "verify", "net.yaml", "net.h5")
    page = page_of("s.h5", "t.csv", "run.json", "net.h5", "verify.json")
    shows(page, "facts checks map loads tables links slices spikes time chip",
          ["The layout is its network", "How populations fire", "mean rate", "What ticks waited for", "Slowest ticks"])
    lacks(page, "activity runs")
    ok("run", "net.h5", "--ticks", 60, "--spikes", "s.csv")
    write("half.csv", b"".join(read("s.csv").splitlines(True)[:20]))
    for name, long in (("s.csv", True), ("half.csv", False)):
        raster = page_of("run.json", "net.h5", name).source.split("class=\"raster\"")[1].split("</figure>")[0]
        expect((">60</text>" in raster) == long, "%s: the run has 60 ticks" % name)
    shows(page_of("s.csv"), "facts spikes", ["spikes a neuron and 1,000 ticks", "exc"])


@test
def equal_digests_are_told_to_be_equal():
    small()
    for name, args in (("a.json", ["--chip", "spinnaker-4"]), ("b.json", ["--engine", "mesh"]), ("c.json", ["--seed", 2])):
        result(name, "run", "net.yaml", "--ticks", 20, *args)
    page = page_of("a.json", "b.json", "c.json")
    shows(page, "runs", ["A, as 1 other"])
    expect(page.text.count("A, as 1 other") == 2 and page.text.count("as 1 other") == 2, page.text)


@test
def a_missed_deadline_is_red():
    small()
    chip(width=9, cycles_per_neuron=30)
    result("run.json", "run", "net.yaml", "--chip", "pair.yaml", "--engine", "mesh", "--real-time", "--ticks", 20)
    misses = json.loads(read("run.json"))["deadline_misses"]
    expect(misses > 0, misses)
    page = page_of("run.json")
    shows(page, "time", ["of 20 ticks missed their deadline", "Cores that were late"])
    expect("verdict bad" in page.source, page.source)


@test
def solutions_are_drawn_over_time_and_counted():
    write("g.txt", harness.WEIGHTED)
    result("cut.json", "maxcut", "g.txt", "--updates", 2000, "--runs", 12, "--trace", "trace.csv", "--tts", "--top", 3,
           "--bound", "--target", 9)
    page = page_of("cut.json", "trace.csv")
    shows(page, "facts checks curve statistics energy",
          ["Best cut of all runs so far", "Time to solution", "Time to quality", "Best solutions", "Not known:", "upper bound"])
    lacks(page, "map loads tables operations ftl")
    result("mis.json", "mis", "g.txt", "--updates", 2000, "--runs", 4)
    shows(page_of("mis.json"), "statistics", ["Values of runs", "best value"])


@test
def wrong_operations_of_a_memory_are_marked():
    cam = os.path.join(harness.SOURCE, "examples", "cam.yaml")
    result("cam.json", "cam", cam, "--spikes", "cam.h5")
    page = page_of("cam.json", "cam.h5")
    shows(page, "checks spikes operations", ["9 of 9 operations gave what was expected", "recall content", "learn 0"])
    expect("class=\"wrong\"" not in page.source, "a right operation is marked")
    value = json.loads(read("cam.json"))
    value["words"][3]["correct"] = False
    value["correct"] -= 1
    write("cam.json", json.dumps(value))
    page = page_of("cam.json", "cam.h5")
    expect(page.source.count("<tr class=\"wrong\"") == 1 and "8 of 9 operations" in page.text, page.text)


@test
def cells_are_counted_by_inputs_and_level():
    result("ftl.json", "ftl", os.path.join(harness.SOURCE, "examples", "counter.blif"), "--check")
    value = json.loads(read("ftl.json"))
    expect(sum(value["fanins"]) == sum(value["levels"]) == value["cells"], value)
    expect(len(value["fanins"]) == value["fanin_max"] + 1 and len(value["levels"]) == value["depth"] + 1, value)
    expect(sum(i * n for i, n in enumerate(value["fanins"])) == value["edges"], value)
    shows(page_of("ftl.json"), "checks ftl", ["proved equivalent", "Fan-in of a cell", "Cells on a level"])


@test
def paths_differences_and_lists_are_told():
    layout()
    result("slow.json", "explain", "net.h5", "--ticks", 30)
    shows(page_of("slow.json"), "path", ["The critical path"])
    ok("run", "net.h5", "--ticks", 60, "--spikes", "a.csv")
    line = read("a.csv").decode().splitlines()[5].split(",")
    result("way.json", "explain", "net.h5", "--ticks", 60, "--spike", "%s,%s,%s" % (line[1], line[2], line[0]))
    shows(page_of("way.json"), "path", ["The way of the spike"])
    ok("run", "net.h5", "--ticks", 60, "--seed", 9, "--spikes", "b.csv")
    result("diff.json", "diff", "a.csv", "b.csv")
    shows(page_of("diff.json"), "checks", ["The two files differ", "only_in"])
    for args, section, word in ((["chip", "list"], "lists", "spinnaker-48"), (["gset", "list"], "lists", "G81"),
                                (["chip", "show", "loihi"], "chip", "core_clock")):
        shows(page_of(result("list.json", *args)), section, [word])


@test
def a_layout_that_is_wrong_and_a_lockstep_that_parts_are_red():
    write("v.json", json.dumps({"ok": False, "n_violations": 2, "violations": ["first " + HOSTILE, "second"]}))
    page = page_of("v.json")
    shows(page, "checks", ["2 violations", "first " + HOSTILE])
    write("c.json", json.dumps({"ticks": 5, "compared": 9, "mismatches": 1, "assertions": 0, "first_mismatch": {
        "tick": 4, "population": "exc", "neuron": 3, "field": "v", "expected": 1, "got": 2, "fields": {"v": [1, 2]},
        "stimuli": [{"sent": 1, "acts": 2, "population": "a", "neuron": 0}]}}))
    page = page_of("c.json")
    shows(page, "checks", ["The two sides part", "What came in before", "expected 1", "got 2"])
    expect("verdict bad" in page.source, page.source)


@test
def names_are_escaped():
    write("s.csv", "tick,population,neuron\n0,%s,1\n3,b]]>,2\n" % HOSTILE)
    name = write(HOSTILE.replace("/", "") + ".csv", read("s.csv"))
    page = page_of("s.csv", name)
    shows(page, "spikes", [HOSTILE[:5]])
    expect(HOSTILE.encode() not in read("page.html") and b"<script" not in read("page.html"), "not escaped")
    write("g.json", json.dumps({"graphs": [{HOSTILE: HOSTILE, "name": "\x01\n", "n": [1, {"a": None}]}], HOSTILE: HOSTILE}))
    expect(HOSTILE in page_of("g.json").text, "lost")
    write("bytes.csv", b"tick,population,neuron\n0,\xff\xfe\xc0,1\n")
    expect("\ufffd" in page_of("bytes.csv").text, "bytes")


@test
def odd_values_in_results_do_no_harm():
    for text in ('{"ticks":1,"spikes":2,"ticks_per_s":null,"digest":null,"energy_j":1e308,"energy":{"x":"y","z":[]},'
                 '"losses":{"cores":[1,{}],"keys":7},"deadline_misses":null,"longest_tick_core":[1,2,"x"],"longest_tick":null}',
                 '{"operations":3,"correct":null,"words":[1,null,{},{"cue":[],"content":{},"correct":"no","at":-4}]}',
                 '{"multicast_hops":0,"table_entries":0,"copies":0,"core_fill":[[1],{},null,[0,0,0,1e300,-5,"x",2]],'
                 '"fill":[{"resource":"neurons_per_core","limit":"x"}],"slices":[1],"passes":[{},{"pass":3}]}',
                 '{"tables":0,"table_entries":0,"sizes":[[],[0,0,5,2],7]}', '{"length_ps":0,"path":[{"ps":"x"},3]}',
                 '{"begin_ps":0,"key":1,"steps":[{"begin_ps":9e99,"end_ps":-1},[]]}',
                 '{"cut":5,"best_known":null,"run_list":[{"cut":1e300},{"cut":-1e300},{}],"statistics":{"seconds":{}},'
                 '"to_quality":[{}],"top":[[]]}',
                 '{"circuit":"c","cells":1,"fanin_max":2,"fanins":[1,-3,"x"],"levels":[],"area_um2":1,"cmos_area_um2":2}',
                 '{"ticks":5,"spikes":1,"ticks_per_s":1,"digest":"d","populations":[{}],"activity":{"span":1,"total":[1,2],'
                 '"populations":[["x"],3]}}', '{"chips":[]}'):
        write("odd.json", text)
        page_of("odd.json")


@test
def large_files_give_small_pages():
    write("s.csv", "tick,population,neuron\n" + "".join("%d,p%d,%d\n" % (t, p, n) for t in range(0, 3000, 3) for p in range(50)
                                                       for n in range(0, 6, 2)))
    page = page_of("s.csv")
    shows(page, "spikes", ["10 populations more, not drawn"])
    expect(len(page.source) < 2 << 20, len(page.source))
    write("t.csv", "tick,seconds,slack_seconds,x,y,core,reason\n" + "".join("%d,%g,%g,0,0,1,rows\n" % (
        t, 1e-3 + t * 1e-9, -t * 1e-9) for t in range(20000)))
    page = page_of("t.csv")
    shows(page, "time", ["the longest of each 34", "19,999 of 20,000 ticks took longer than real time"])
    expect(len(page.source) < 100 << 10, len(page.source))


@test
def the_same_files_give_the_same_page():
    layout()
    result("run.json", "run", "net.h5", "--ticks", 40, "--engine", "mesh")
    os.mkdir("other")
    first = ok("report", "net.h5", "run.json", "-o", "-").out
    for name in ("net.h5", "run.json"):
        write("other/" + name, read(name))
    expect(first == ok("report", "other/net.h5", os.path.abspath("other/run.json"), "-o", "-").out, "pages differ")
    twice = check(Page(ok("report", "run.json", "other/run.json", "other/run.json", "-o", "-").out)).text
    expect("run.json (2)" in twice and "run.json (3)" in twice and "run.json (2) (2)" not in twice, twice)
    expect(first != ok("report", "run.json", "net.h5", "-o", "-").out, "order does not matter")
    expect(ok("report", "-", "-o", "-", stdin=read("run.json")).out.startswith(b"<!DOCTYPE html>"), "no page of a pipe")


@test
def what_is_no_input_is_refused_in_one_line():
    layout()
    whole = read("net.h5")
    write("good.json", '{"same":true,"first_difference":null}')
    for name, data, says in (("cut.h5", whole[:-100], "cut.h5"), ("short.h5", whole[:300], "short.h5"),
                             ("flipped.h5", whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], "flipped.h5"),
                             ("empty", b"", "an empty file"), ("text", b"hello\n", "something else"),
                             ("cut.json", read("map.json")[:-9], "not JSON"), ("list.json", b"[1,2]", "other JSON"),
                             ("other.json", b'{"a":1}', "other JSON"), ("twice.json", b'{"same":1,"same":2}', "not JSON"),
                             ("type.json", b'{"same":"x","first_difference":null}', "same: expected true, false or null"),
                             ("deep.json", b'{"chips":' + b"[" * 5000, "not JSON"), ("bad.json", b'{"\xff\x01\n', "bad.json:1"),
                             ("t.csv", b"tick,seconds,slack\n", "expected the header"),
                             ("r.csv", b"tick,seconds,slack_seconds,x,y,core,reason\n0,1,,0,0,0,sleep\n", "r.csv:2: reason"),
                             ("n.csv", b"tick,seconds,slack_seconds,x,y,core,reason\n0,nan,,0,0,0,rows\n", "n.csv:2: seconds"),
                             ("b.csv", b"tick,seconds,slack_seconds,x,y,core,reason\n0,1,,0,0,0,rows\n0,1,,0,0,0,rows\n", "b.csv:3"),
                             ("e.csv", b"tick,seconds,slack_seconds,x,y,core,reason\n0,1,,0,0,0,rows", "cut off"),
                             ("c.csv", b"run,seconds,ticks,joules,cut\n0,1,x,,5\n", "c.csv:2: ticks"),
                             ("h.csv", b"run,seconds,ticks,joules,hue\n", "h.csv:1: expected the header"),
                             ("s.csv", b"tick,population,neuron\n0,a\n", "s.csv:2")):
        refused(1, "report", "good.json", write(name, data), "-o", "page.html", says=says)
        expect(not os.path.exists("page.html"), "%s: a page was written" % name)
    refused(1, "report", "missing.json", "-o", "page.html", says="missing.json: No such file")
    refused(1, "report", ".", "-o", "page.html", says="directory")


@test
def usage_and_full_disks_are_told():
    write("good.json", '{"same":true,"first_difference":null}')
    refused(2, "report", "good.json", says="-o OUT.html is missing")
    refused(2, "report", "-o", "page.html", says="expected `placode report")
    refused(2, "report", "good.json", "-o", "-", "--json", says="standard output")
    refused(1, "report", "good.json", "-o", "nowhere/page.html", says="nowhere/page.html")
    write("page.html", "before")
    refused(1, "report", "good.json", "-o", "page.html", says="page.html", before=limit_files)
    expect(read("page.html") == b"before", "the old page is gone")
    expect(b"report" in ok("--help").out and b"report.html" in ok("report", "--help").out, "no help")


if __name__ == "__main__":
    harness.main()
