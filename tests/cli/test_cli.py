#!/usr/bin/env python3
"""The placode command as its users meet it: results, exit statuses, messages, files.

usage: test_cli.py PLACODE_BINARY SOURCE_ROOT

Prints TAP. Each test runs in a temporary directory of its own, in which no temporary file may be
left behind. Nothing depends on how fast the machine is: LIMIT only ends what hangs.
"""
# SPDX-License-Identifier: Apache-2.0
import fcntl
import hashlib
import json
import os
import pty
import re
import resource
import select
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback

LIMIT = 60  # [s]
PLACODE = SOURCE = ""
TESTS = []


class Skip(Exception):
    pass


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


# ---- running the command ----

class Result:
    def __init__(self, args, status, out, err, kib):
        self.args, self.status, self.out, self.err, self.kib = args, status, out, err, kib

    def __str__(self):
        return "placode %s\nstatus %d\nstdout %r\nstderr %r" % (
            " ".join(map(str, self.args)), self.status, self.out[:500], self.err[:1000])

    def lines(self):
        return self.err.decode("utf-8", "replace").splitlines()


def expect(condition, what, result=None):
    if not condition:
        raise AssertionError(what if result is None else "%s\n%s" % (what, result))


def run(*args, stdin=None, stdout=None, limit=LIMIT, cwd=None, before=None):
    """Runs placode to its end; stdin is bytes; stdout may be a file."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as err:
        given.write(stdin or b"")
        given.seek(0)
        process = subprocess.Popen([PLACODE] + [a if isinstance(a, bytes) else str(a) for a in args],
                                   stdin=given, stdout=stdout or out, stderr=err, cwd=cwd,
                                   preexec_fn=before)
        hung = []
        timer = threading.Timer(limit, lambda: (hung.append(1), process.kill()))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        result = Result(args, process.returncode, out.read(), err.read(), usage.ru_maxrss)
    expect(not hung, "still running after %d s" % limit, result)
    expect(result.status >= 0, "killed by signal %d" % -result.status, result)
    return result


def ok(*args, status=0, **keywords):
    """A run that succeeds in silence."""
    result = run(*args, **keywords)
    expect(result.status == status, "expected status %d" % status, result)
    expect(not result.err, "expected nothing on standard error", result)
    return result


def parse_json(result):
    def refuse(word):
        raise ValueError("%s is not JSON" % word)
    try:
        value = json.loads(result.out.decode("utf-8"), parse_constant=refuse)
    except ValueError as problem:
        raise AssertionError("not JSON: %s\n%s" % (problem, result))
    expect(isinstance(value, dict), "expected one JSON object", result)
    return value


def ok_json(*args, status=0, **keywords):
    return parse_json(ok(*args, "--json", status=status, **keywords))


def refused(status, *args, says=(), **keywords):
    """A run that fails with a status, no result, and one line that says each of these."""
    result = run(*args, **keywords)
    expect(result.status == status, "expected status %d" % status, result)
    expect(not result.out, "expected nothing on standard output", result)
    expect(len(result.lines()) == 1, "expected one line of error", result)
    line = result.lines()[0]
    expect(line.startswith("placode: ") and len(line) > 12, "expected \"placode: ...\"", result)
    expect(line.isprintable(), "expected no control characters in a message", result)
    for word in [says] if isinstance(says, str) else says:
        expect(word in line, "expected the message to say %r" % word, result)
    return result


def has_keys(value, keys):
    missing = [key for key in keys.split() if key not in value]
    expect(not missing, "missing keys: %s in %s" % (", ".join(missing), value))
    return value


def write(path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def limit_files():
    """In the child: writing more than 256 bytes to a file fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, 256))


def timeless(value):
    """Results without what depends on the machine."""
    changing = ("seconds", "ticks_per_s", "updates_per_s", "time_to_target", "threads")
    return {key: value[key] for key in value if key not in changing}


# ---- inputs ----

HEAD = "placode: network/1\n"
LIF = "{name: a, size: 10, model: lif_curr_exp}"
SMALL = HEAD + """tick: 1.0
populations:
  - {name: noise, size: 20, model: spike_source_poisson, params: {rate: 100}}
  - {name: exc, size: 50, model: lif_curr_exp, params: {i_offset: 1.0}}
projections:
  - {from: noise, to: exc, connector: {type: fixed_probability, p: 0.3}, weight: 1.0, delay: 2}
  - {from: exc, to: exc, connector: {type: fixed_number_post, n: 5}, weight: 0.5, delay: 3}
"""
# Two spikes early on, then nothing: fast, however long it runs.
QUIET = HEAD + """populations:
  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [1, 5], 2: [7]}}
"""
WEIGHTED = "7 8\n1 2 3\n2 3 -1\n3 4 2\n4 5 1\n5 1 1\n1 3 -2\n2 5 4\n4 6 1\n"  # vertex 7 is isolated


def small():
    return write("net.yaml", SMALL)


def all_to_all(size, more="", model="lif_curr_exp", weight="1"):
    return (HEAD + "populations:\n  - {name: a, size: %s, model: %s}\nprojections:\n"
            "  - {from: a, to: a, connector: {type: all_to_all}, weight: %s%s}\n"
            % (size, model, weight, more))


def cut_of(graph, sides):
    """The cut that lines of 0 and 1 make in a graph's text."""
    lines = [line.split() for line in graph.splitlines() if line and line[0] not in "#c"]
    side = sides.decode().split()
    expect(len(side) == int(lines[0][0]) and set(side) <= {"0", "1"}, "not the sides: %r" % sides)
    edges = [(int(e[0]), int(e[1]), int(float(e[2])) if len(e) > 2 else 1) for e in lines[1:]]
    return sum(w for u, v, w in edges if side[u - 1] != side[v - 1])


# ---- the command as a whole ----

@test
def help_lists_every_command():
    text = ok("--help").out.decode()
    for command in "chip gset maxcut map verify run tables diff".split():
        expect(re.search(r"^  %s +\S" % command, text, re.M), "no %s in\n%s" % (command, text))


@test
def version_is_printed():
    expect(re.fullmatch(r"placode \d+\.\d+\.\d+\n", ok("--version").out.decode()), "version")


@test
def no_command_is_wrong_usage():
    refused(2, says="--help")


@test
def typo_in_a_command_is_answered_with_a_guess():
    refused(2, "mapp", says=["mapp", "did you mean \"map\""])


@test
def unknown_command_is_wrong_usage():
    refused(2, "zzz", says=["zzz", "--help"])
    refused(2, "", says="--help")


@test
def control_characters_of_arguments_do_not_reach_the_terminal():
    refused(2, "ru\nn\x1b[31m")


@test
def typo_in_an_option_names_the_option():
    small()
    for args in (["chip", "list", "--jsno"], ["gset", "G1", "--oo"], ["maxcut", "--gste", "G1"],
                 ["map", "net.yaml", "--chp", "ideal"], ["verify", "a", "b", "--jsno"],
                 ["run", "net.yaml", "--tocks", "5"], ["diff", "a", "b", "-q"]):
        typo = [a for a in args if a.startswith("-")][0]
        refused(2, *args, says=[typo, "placode %s --help" % args[0]])


@test
def typo_in_a_group_of_short_options_names_the_option():
    small()
    line = refused(2, "run", "-xy", "net.yaml", "--ticks", "5").lines()[0]
    expect('"run"' not in line and "x" in line.split("unknown option")[-1], line)


@test
def option_without_its_argument_is_wrong_usage():
    small()
    refused(2, "run", "net.yaml", "--ticks", says=["--ticks", "argument"])
    refused(2, "map", "net.yaml", "-o", says=["-o", "argument"])


@test
def missing_or_extra_arguments_are_wrong_usage():
    for args in (["gset"], ["gset", "G1", "G2"], ["maxcut"], ["maxcut", "a", "b"], ["map"],
                 ["map", "a", "b"], ["verify", "a"], ["run"], ["run", "a", "b"], ["diff", "a"],
                 ["diff", "a", "b", "c"], ["chip"], ["chip", "show"], ["chip", "lsit"],
                 ["maxcut", "a", "--gset", "G1"]):
        refused(2, *args)


@test
def run_without_ticks_is_wrong_usage():
    small()
    refused(2, "run", "net.yaml", says="--ticks")


@test
def numbers_may_have_exponents():
    small()
    digests = {ok_json("run", "net.yaml", "--ticks", n)["digest"]
               for n in ("100", "1e2", "1E2", "1.0e2", "+100")}
    expect(len(digests) == 1, digests)


@test
def what_is_no_number_in_range_is_wrong_usage():
    small()
    for text in ("0x10", "-1", "1e30", "", "nan", "inf", "1.5", "10k", "1e400", "ten"):
        refused(2, "run", "net.yaml", "--ticks", text, says=["--ticks", '"%s"' % text])
    for text in ("0", "-1", "1e9", "2.5", ""):
        refused(2, "run", "net.yaml", "--ticks", "5", "--threads", text, says="--threads")
    for text in ("-1", "1e17", "0.5"):
        refused(2, "run", "net.yaml", "--ticks", "5", "--seed", text, says="--seed")


@test
def typos_in_option_values_are_wrong_usage():
    small()
    write("g.txt", "2 1\n1 2\n")
    refused(2, "map", "net.yaml", "--effort", "4", says=["--effort", "0..3"])
    refused(2, "run", "net.yaml", "--ticks", "5", "--record", "w", says=["--record", "v"])
    refused(2, "run", "net.yaml", "--ticks", "5", "--spikes", "x.txt", says=[".h5", ".csv"])
    for schedule in ("Colour", "block", "block:", "block:0", "block:9", "block:1x", ""):
        refused(2, "maxcut", "g.txt", "--schedule", schedule, says=["--schedule", "block:P"])


@test
def unknown_engine_is_wrong_usage():
    small()
    write("g.txt", "2 1\n1 2\n")
    refused(2, "run", "net.yaml", "--ticks", "5", "--engine", "fsat", says=["fast", "fsat"])
    refused(2, "maxcut", "g.txt", "--engine", "fsat", says=["fast", "fsat"])


@test
def unknown_chip_is_wrong_usage():
    small()
    for chip in ("spinaker-4", "spinnaker:0x3", "mesh:4x4", "spinnaker:300x1", ""):
        refused(2, "map", "net.yaml", "--chip", chip, says=["chip", "expected"])


@test
def chip_that_is_a_missing_file_is_a_failure():
    small()
    refused(1, "map", "net.yaml", "--chip", "nope.yaml", says=["nope.yaml", "No such file"])


@test
def real_time_is_refused_by_an_engine_without_time():
    small()
    refused(2, "run", "net.yaml", "--ticks", "5", "--real-time", says="--real-time")


@test
def every_help_shows_an_example_that_works():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    for name in ("fast.h5", "mesh.h5"):
        ok("run", "net.yaml", "--ticks", "5", "--spikes", name)
    write("tables.json.gz", "[]")
    shorter = {"maxcut": ["--updates", "1e4"]}
    for command in "chip gset maxcut map verify run tables diff".split():
        text = ok(command, "--help").out.decode()
        expect(text.startswith("usage: placode %s " % command), text)
        example = re.search(r"^example: placode (.*)$", text, re.M)
        expect(example, "no example in\n%s" % text)
        args = shlex.split(example.group(1))
        expect(args[0] == command, "the example of %s is of %s" % (command, args[0]))
        ok(*args, *shorter.get(command, []))


@test
def full_standard_output_is_a_failure_with_one_line():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    ok("run", "net.yaml", "--ticks", "5", "--spikes", "a.csv")
    for args in (["--help"], ["--version"], ["run", "--help"], ["chip", "list"],
                 ["chip", "show", "ideal"], ["gset", "list"], ["gset", "list", "--json"],
                 ["gset", "G1"], ["map", "net.yaml"], ["map", "net.yaml", "--json"],
                 ["verify", "net.yaml", "net.h5"], ["run", "net.yaml", "--ticks", "5"],
                 ["diff", "a.csv", "a.csv"]):
        with open("/dev/full", "wb") as full:
            refused(1, *args, stdout=full, says="standard output")


@test
def closed_standard_output_is_a_failure():
    small()
    result = run("run", "net.yaml", "--ticks", "5", "--spikes", "a.csv", before=lambda: os.close(1))
    expect(result.status == 1 and len(result.lines()) == 1, "expected one line", result)
    expect(read("a.csv").startswith(b"tick,population,neuron\n"), "a.csv has something else in it")
    expect(b"digest" not in read("a.csv"), "the report went into a.csv")


# ---- chip ----

@test
def chip_list_names_the_presets():
    text = ok("chip", "list").out.decode()
    for name in ("ideal", "spinnaker-4", "spinnaker-48", "spinnaker:", "spinnaker2", "loihi",
                 "placode-", "mesh:", "torus:", "hexmesh:", "hextorus:"):
        expect(re.search("^" + name, text, re.M), "no %s in\n%s" % (name, text))


@test
def every_listed_chip_can_be_shown_and_its_yaml_is_that_chip():
    names = [line.split()[0] for line in ok("chip", "list").out.decode().splitlines()]
    for name in names:
        shown = ok("chip", "show", name).out
        expect(shown.startswith(b"placode: chip/1\n"), shown[:80])
        write("chip.yaml", shown)
        expect(ok("chip", "show", "chip.yaml").out == shown, "%s: not the same again" % name)


@test
def chip_show_cites_a_source_for_its_numbers():
    shown = ok("chip", "show", "spinnaker-48").out.decode()
    expect(shown.count("source:") >= 5, shown)


@test
def chip_answers_in_json():
    parse_json(ok("chip", "list", "--json"))
    parse_json(ok("chip", "show", "loihi", "--json"))


@test
def chip_show_of_a_bad_file_names_its_line():
    write("chip.yaml", "placode: chip/1\nname: x\nfoo: 3\n")
    refused(1, "chip", "show", "chip.yaml", says=["chip.yaml:3:", "foo"])


@test
def chips_of_the_examples_are_shown():
    ok("chip", "show", os.path.join(SOURCE, "examples", "my-chip.yaml"))


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

MAXCUT_KEYS = ("graph n m best_known cut mean_cut runs updates updates_per_s ticks spikes seconds "
               "time_to_target digest chip cores energy_j modelled_seconds")


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
        value = maxcut(WEIGHTED, "--updates", "1e5", "--schedule", schedule)
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
    write("graph.txt", "3 2\n1 2 1000000000\n2 3 1000000000\n")
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


# ---- map ----

MAP_KEYS = ("cores chips multicast_hops copies max_link_load table_entries table_entries_max "
            "synapse_bytes seconds digest slices")


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


# ---- run ----

RUN_KEYS = "ticks spikes synaptic_events seconds ticks_per_s digest"


@test
def run_has_every_key():
    small()
    value = has_keys(ok_json("run", "net.yaml", "--ticks", "100"), RUN_KEYS)
    expect(value["ticks"] == 100 and value["spikes"] > 0 and value["synaptic_events"] > 0, value)


@test
def run_of_no_ticks_is_empty():
    small()
    value = ok_json("run", "net.yaml", "--ticks", "0", "--spikes", "none.csv")
    expect(value["ticks"] == 0 and value["spikes"] == 0, value)
    expect(read("none.csv") == b"tick,population,neuron\n", read("none.csv"))


@test
def run_plays_a_spike_source_array():
    write("net.yaml", QUIET)
    value = ok_json("run", "net.yaml", "--ticks", "10", "--spikes", "s.csv")
    expect(value["spikes"] == 3, value)
    expect(read("s.csv") == b"tick,population,neuron\n1,cue,0\n5,cue,0\n7,cue,2\n", read("s.csv"))


@test
def run_of_a_layout_is_the_run_of_its_network():
    small()
    network = ok_json("run", "net.yaml", "--ticks", "200", "--spikes", "a.csv")
    for chip in ("ideal", "spinnaker-4", "torus:4x4:2"):
        ok("map", "net.yaml", "--chip", chip, "-o", "net.h5")
        layout = ok_json("run", "net.h5", "--ticks", "200", "--spikes", "b.csv")
        mapped = ok_json("run", "net.yaml", "--ticks", "200", "--chip", chip)
        expect(layout["digest"] == network["digest"] == mapped["digest"], (chip, layout, network))
        expect(read("a.csv") == read("b.csv"), "other spikes")


@test
def run_notices_a_missing_folder_before_it_runs():
    small()
    refused(1, "run", "net.yaml", "--ticks", "1e15", "--spikes", "missing/a.csv", says=["missing/a.csv"])


@test
def run_knows_a_layout_by_what_is_in_it():
    small()
    ok("map", "net.yaml", "-o", "layout")
    expect(ok_json("run", "layout", "--ticks", "50")["digest"] ==
           ok_json("run", "net.yaml", "--ticks", "50")["digest"], "digests")


@test
def run_of_a_layout_takes_its_seed():
    small()
    ok("map", "net.yaml", "--seed", "5", "-o", "net.h5")
    expect(ok_json("run", "net.h5", "--ticks", "50")["digest"] ==
           ok_json("run", "net.yaml", "--ticks", "50", "--seed", "5")["digest"], "digests")


@test
def run_of_a_layout_refuses_a_chip():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    refused(2, "run", "net.h5", "--ticks", "5", "--chip", "ideal", says="--chip")


@test
def run_is_the_same_for_any_number_of_threads():
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: a, size: 20000, model: lif_curr_exp, params: {i_offset: 2}}\n"
          "  - {name: n, size: 5000, model: spike_source_poisson, params: {rate: 50}}\n"
          "projections:\n"
          "  - {from: n, to: a, connector: {type: fixed_number_post, n: 20}, weight: 1, delay: 2}\n")
    found = [timeless(ok_json("run", "net.yaml", "--ticks", "40", "--threads", n))
             for n in (1, 2, 64)]
    expect(found[0] == found[1] == found[2] and found[0]["spikes"] > 0, found)


@test
def run_repeats_itself_for_a_seed_and_changes_with_it():
    small()
    found = [ok_json("run", "net.yaml", "--ticks", "100", *seed)["digest"]
             for seed in ([], ["--seed", "1"], ["--seed", "2"], ["--seed", "2"])]
    expect(found[0] == found[1] and found[2] == found[3] and found[0] != found[2], found)


@test
def spikes_in_csv_and_h5_are_the_same():
    small()
    ok("run", "net.yaml", "--ticks", "100", "--spikes", "a.csv")
    ok("run", "net.yaml", "--ticks", "100", "--spikes", "a.h5")
    value = ok_json("diff", "a.csv", "a.h5")
    expect(value == {"same": True, "first_difference": None}, value)


@test
def spikes_at_fractions_of_a_ms_survive_h5():
    write("net.yaml", SMALL.replace("tick: 1.0", "tick: 0.1"))
    ok("run", "net.yaml", "--ticks", "1000", "--spikes", "a.csv")
    ok("run", "net.yaml", "--ticks", "1000", "--spikes", "a.h5")
    expect(ok_json("diff", "a.h5", "a.csv")["same"], "they differ")


@test
def only_recorded_populations_are_written():
    write("net.yaml", SMALL + "record: [{population: noise, what: spikes}]\n")
    ok("run", "net.yaml", "--ticks", "100", "--spikes", "a.csv")
    lines = read("a.csv").splitlines()[1:]
    expect(lines and all(b",noise," in line for line in lines), lines[:5])


@test
def potentials_are_recorded_beside_the_spikes():
    write("net.yaml", SMALL + "record: [{population: exc, what: [spikes, v]}]\n")
    ok("run", "net.yaml", "--ticks", "20", "--spikes", "plain.h5")
    ok("run", "net.yaml", "--ticks", "20", "--spikes", "v.h5", "--record", "v")
    expect(len(read("v.h5")) > len(read("plain.h5")) + 20 * 50 * 4, "no potentials")
    refused(2, "run", "net.yaml", "--ticks", "20", "--record", "v", says="--spikes")
    refused(1, "run", "net.yaml", "--ticks", "1e15", "--spikes", "x.h5", "--record", "v", says="GiB")


@test
def csv_beside_the_network_is_found_from_any_folder():
    os.makedirs("nets/deep")
    write("nets/edges.csv", "source,target,weight,delay\n0,1,2,1\n1,2,2,3\n")
    write("nets/net.yaml", HEAD + "populations: [%s]\nprojections:\n"
          "  - {from: a, to: a, connector: {type: from_list, file: edges.csv}}\n" % LIF)
    ok("run", "nets/net.yaml", "--ticks", "3")
    ok("run", "../net.yaml", "--ticks", "3", cwd="nets/deep")
    ok("run", "net.yaml", "--ticks", "3", cwd="nets")
    ok("run", os.path.abspath("nets/net.yaml"), "--ticks", "3")


@test
def crlf_and_a_byte_order_mark_change_nothing():
    small()
    plain = ok_json("run", "net.yaml", "--ticks", "50")["digest"]
    write("net.yaml", b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    expect(ok_json("run", "net.yaml", "--ticks", "50")["digest"] == plain, "digest")


@test
def delays_are_in_ms_whatever_the_tick():
    text = QUIET + "  - {name: a, size: 3, model: threshold}\nprojections:\n" \
        "  - {from: cue, to: a, connector: {type: one_to_one}, weight: 1, delay: 1.5}\n"
    write("net.yaml", text.replace("populations", "tick: 0.1\npopulations", 1))
    ok("run", "net.yaml", "--ticks", "100", "--spikes", "s.csv")
    expect(b"\n10,cue,0\n25,a,0\n50,cue,0\n65,a,0\n70,cue,2\n85,a,2\n" in read("s.csv"), read("s.csv"))


@test
def late_and_repeated_spikes_of_a_source():
    write("net.yaml", HEAD + "populations:\n  - {name: a, size: 3, model: spike_source_array,"
          " spikes: {0: [0], 1: [4294967294], 2: [3, 0, 3]}}\n")
    ok("run", "net.yaml", "--ticks", "5", "--spikes", "s.csv")
    expect(read("s.csv") == b"tick,population,neuron\n0,a,0\n0,a,2\n3,a,2\n", read("s.csv"))


@test
def extremes_of_period_phase_and_random_run():
    for more in ("period: 4294967295, phase: 4294967294", "period: 1, phase: 0", "random: 1",
                 "random: 10", "period: 7, phase: 6"):
        write("net.yaml", HEAD + "populations: [{name: a, size: 10, model: onoff, %s}]\n" % more)
        ok("run", "net.yaml", "--ticks", "50")


@test
def examples_run():
    folder = os.path.join(SOURCE, "examples")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as file:
            text = file.read()
        if "placode: network/" in text:
            result = run("run", os.path.join(folder, name), "--ticks", "50")
            expect(result.status == 0, name, result)


# ---- diff ----

@test
def diff_shows_the_first_difference():
    write("a.csv", "tick,population,neuron\n1,x,0\n2,x,3\n")
    write("b.csv", "tick,population,neuron\n1,x,0\n2,x,4\n")
    value = ok_json("diff", "a.csv", "b.csv", status=4)
    expect(value["same"] is False, value)
    first = has_keys(value["first_difference"], "tick population neuron")
    expect((first["tick"], first["population"], first["neuron"]) == (2, "x", 3), first)
    table = run("diff", "a.csv", "b.csv")
    expect(table.status == 4 and b"x[3]" in table.err, "expected where they differ", table)


@test
def diff_is_not_about_the_order_of_lines_or_silent_populations():
    write("a.csv", "tick,population,neuron\n1,x,0\n1,y,0\n")
    write("b.csv", "tick,population,neuron\r\n1,y,0\r\n1,x,0\r\n")
    expect(ok_json("diff", "a.csv", "b.csv")["same"], "order")
    write("net.yaml", QUIET + "  - {name: silent, size: 3, model: threshold}\n")
    ok("run", "net.yaml", "--ticks", "9", "--spikes", "c.csv")
    ok("run", "net.yaml", "--ticks", "9", "--spikes", "c.h5")
    expect(ok_json("diff", "c.csv", "c.h5")["same"], "a silent population")


@test
def diff_of_a_run_and_a_longer_one():
    small()
    ok("run", "net.yaml", "--ticks", "50", "--spikes", "a.h5")
    ok("run", "net.yaml", "--ticks", "60", "--spikes", "b.h5")
    value = ok_json("diff", "a.h5", "b.h5", status=4)
    expect(value["first_difference"]["tick"] >= 50, value)


@test
def diff_of_what_is_no_spike_file():
    write("a.csv", "tick,population,neuron\n1,x,0\n")
    for text, says in (("", "header"), ("1,x,0\n", "header"),
                       ("tick,population,neuron\n-1,x,0\n", "b.csv:2:"),
                       ("tick,population,neuron\n1,x\n", "b.csv:2:"),
                       ("tick,population,neuron\n1,x,0,7\n", "b.csv:2:"),
                       ("tick,population,neuron\n1,x,4294967296\n", "b.csv:2:")):
        write("b.csv", text)
        refused(1, "diff", "a.csv", "b.csv", says=["b.csv", says])
    refused(1, "diff", "a.csv", ".", says="directory")
    refused(1, "diff", "nope.csv", "a.csv", says=["nope.csv", "No such file"])


@test
def diff_tells_a_population_that_is_not_utf_8():
    write("a.csv", b"tick,population,neuron\n1,\xff\xfe,0\n")
    write("b.csv", b"tick,population,neuron\n2,\xff\xfe,0\n")
    result = run("diff", "a.csv", "b.csv", "--json")
    expect(result.status == 4, "expected status 4", result)
    parse_json(result)


# ---- networks that are refused ----

def is_refused(name, text, *says, status=1, files=None):
    """Adds a test: `run` of this network fails with one line that says where, what, what is legal."""
    def check():
        for path in files or {}:
            write(path, files[path])
        write("net.yaml", text)
        refused(status, "run", "net.yaml", "--ticks", "10", says=says)
        refused(status, "map", "net.yaml", "-o", "net.h5", says=says)
        expect(not os.path.exists("net.h5"), "net.h5 was written")
    TESTS.append(("network with " + name + " is refused", check))


def population(more):
    return HEAD + "populations:\n  - {name: a, %s}\n" % more


def projection(more, model="lif_curr_exp"):
    return HEAD + ("populations:\n  - {name: a, size: 10, model: %s}\nprojections:\n  - {%s}\n"
                   % (model, more))


def from_list(text):
    return dict(files={"edges.csv": text}), projection(
        "from: a, to: a, connector: {type: from_list, file: edges.csv}")


is_refused("an unknown key", HEAD + "populations: [%s]\nfoo: 1\n" % LIF, "net.yaml:3:", "foo",
           "projections")
is_refused("an unknown key of a population", population("size: 3, model: onoff, colour: red"),
           "net.yaml:3:", "colour", "period")
is_refused("an unknown key of a projection",
           projection("from: a, to: a, connector: {type: all_to_all}, wait: 1"),
           "net.yaml:5:", "wait", "weight")
is_refused("a key of several lines", HEAD + 'populations: [%s]\n"fo\\no\\e[31m": 1\n' % LIF,
           "net.yaml:3:", "projections")
is_refused("an unknown model", population("size: 3, model: lif"), "net.yaml:3:", '"lif"',
           "lif_curr_exp")
is_refused("an unknown parameter", population("size: 3, model: lif_curr_exp, params: {tau: 1}"),
           "net.yaml:3:", "tau", "tau_m")
is_refused("a parameter out of range",
           population("size: 3, model: lif_curr_exp, params: {tau_m: -1}"), "net.yaml:3:", "tau_m",
           "1000000 ms")
is_refused("a list of parameters of another length",
           population("size: 3, model: lif_curr_exp, params: {tau_m: [1, 2]}"), "net.yaml:3:",
           "tau_m", "3")
is_refused("a parameter that is nan",
           population("size: 3, model: lif_curr_exp, params: {tau_m: .nan}"), "net.yaml:3:", "tau_m")
is_refused("an unknown connector", projection("from: a, to: a, connector: {type: all}, weight: 1"),
           "net.yaml:5:", '"all"', "all_to_all")
is_refused("an unknown key of a connector",
           projection("from: a, to: a, connector: {type: all_to_all, p: 1}, weight: 1"),
           "net.yaml:5:", '"p"', "allow_self")
is_refused("an unknown population in a projection",
           projection("from: b, to: a, connector: {type: all_to_all}, weight: 1"), "net.yaml:5:",
           '"b"')
is_refused("an unknown population in record",
           HEAD + "populations: [%s]\nrecord: [{population: b, what: v}]\n" % LIF, "net.yaml:3:",
           '"b"')
is_refused("an unknown thing to record",
           HEAD + "populations: [%s]\nrecord: [{population: a, what: w}]\n" % LIF, "net.yaml:3:",
           '"w"', "spikes")
for size in ("-3", "0", "1000000000000", "1.5", "ten", "''", "[1]", "99999999999999999999999"):
    is_refused("size %s" % size, population("size: %s, model: onoff" % size), "net.yaml:3:",
               "size", "1..2147483647")
is_refused("no size", population("model: onoff"), "net.yaml:3:", "size")
for delay in ("0", "-1", "1000", "0.4"):
    is_refused("delay %s" % delay, all_to_all(10, ", delay: %s" % delay), "net.yaml:5:", "delay",
               "1..255")
is_refused("a delay that is no number", all_to_all(10, ", delay: .nan"), "net.yaml:5:", "delay")
is_refused("a delay of 1000 of 0.1 ms", all_to_all(10, ", delay: 100").replace(
    "populations", "tick: 0.1\npopulations", 1), "net.yaml:6:", "delay", "25.5")
is_refused("a missing edge list",
           projection("from: a, to: a, connector: {type: from_list, file: nope.csv}"),
           "net.yaml:5:", "nope.csv", "No such file")
for line, what in (("0,x,1,1", "target"), ("10,0,1,1", "0..9"), ("0,0,1,0", "delay"),
                   ("0,0,1", "delay"), ("0,0,1,1,1", "end of the line"), ("0,0,y,1", "weight")):
    keywords, text = from_list("source,target,weight,delay\n0,1,1,1\n%s\n" % line)
    is_refused("the edge %s" % line, text, "edges.csv:3:", what, **keywords)
keywords, text = from_list("source,target,wait\n0,1,1\n")
is_refused("an edge list with an unknown column", text, "edges.csv:1:", "wait", "weight", **keywords)
is_refused("a fractional weight into onoff", all_to_all(10, model="onoff", weight="0.5"),
           "net.yaml:5:", "weight", "whole", "0.5")
is_refused("a negative weight of an excitatory receptor", all_to_all(10, weight="-1"),
           "net.yaml:5:", "weight", "inhibitory")
is_refused("a wrong receptor", all_to_all(10, ", receptor: input"), "net.yaml:5:", "receptor",
           "excitatory", "inhibitory", '"input"')
is_refused("no weight", projection("from: a, to: a, connector: {type: all_to_all}"), "net.yaml:5:",
           "weight")
is_refused("weights beyond a current", all_to_all(10, weight="1e12"), "net.yaml:", "nA")
is_refused("weights beyond a sum", all_to_all(10, model="threshold", weight="1e9"), "net.yaml:",
           "2^30")
is_refused("a probability above 1",
           projection("from: a, to: a, connector: {type: fixed_probability, p: 1.5}, weight: 1"),
           "net.yaml:5:", "p:", "0..1")
is_refused("more sources than there are",
           projection("from: a, to: a, connector: {type: fixed_number_pre, n: 11}, weight: 1"),
           "net.yaml:5:", "n:", "10")
is_refused("a projection to a source",
           projection("from: a, to: a, connector: {type: all_to_all}, weight: 1",
                      "spike_source_array"), "net.yaml:5:", "receives no spikes")
is_refused("two populations of one name", HEAD + "populations:\n  - %s\n  - %s\n" % (LIF, LIF),
           "net.yaml:4:", '"a"', "twice")
is_refused("a key that stands twice", population("size: 1, size: 2, model: onoff"), "net.yaml:3:",
           "size", "twice")
is_refused("a population without a name", HEAD + "populations:\n  - {size: 1, model: onoff}\n",
           "net.yaml:3:", "name")
is_refused("a name with a slash", HEAD + "populations:\n  - {name: a/b, size: 1, model: onoff}\n",
           "net.yaml:3:", "name", "letters")
is_refused("a phase that is the period", population("size: 1, model: onoff, period: 3, phase: 3"),
           "net.yaml:3:", "phase", "0..2")
is_refused("period 0", population("size: 1, model: onoff, period: 0"), "net.yaml:3:", "period", "1..")
is_refused("more random blocks than neurons", population("size: 3, model: onoff, random: 4"),
           "net.yaml:3:", "random", "1..3")
is_refused("a rate above one spike a tick",
           population("size: 3, model: spike_source_poisson, params: {rate: 1001}"), "net.yaml:3:",
           "rate", "1000")
is_refused("a spike before the beginning",
           population("size: 3, model: spike_source_array, spikes: {0: [-1]}"), "net.yaml:3:",
           "spikes")
is_refused("a spike beyond 2^32",
           population("size: 3, model: spike_source_array, spikes: {0: [4294967296]}"),
           "net.yaml:3:", "spikes")
is_refused("a spike of no neuron",
           population("size: 3, model: spike_source_array, spikes: {3: [1]}"), "net.yaml:3:", "0..2")
is_refused("tick 0", HEAD + "tick: 0\npopulations: [%s]\n" % LIF, "net.yaml:2:", "tick")
is_refused("another version", "placode: network/2\npopulations: [%s]\n" % LIF, "net.yaml:1:",
           "network/1")
is_refused("no populations", HEAD, "net.yaml:1:", "populations")
is_refused("an empty list of populations", HEAD + "populations: []\n", "net.yaml:2:", "populations")
is_refused("bad YAML", HEAD + "populations: [{name: a\n", "net.yaml:3:", "YAML")
is_refused("tabs", HEAD + "populations:\n\t- %s\n" % LIF, "net.yaml:3:", "YAML")
is_refused("nothing in it", "", "net.yaml:1:", "empty")
is_refused("bytes that are no text", bytes(range(256)), "net.yaml:1:", "YAML")
is_refused("two documents", HEAD + "---\n" + HEAD, "net.yaml:2:", "second document")
is_refused("a line of a megabyte",
           HEAD + "populations:\n  - {name: %s, size: 1, model: onoff}\n" % ("a" * 1000000),
           "net.yaml:3:", "name", "1..63")
is_refused("lists within lists", HEAD + "populations: " + "[" * 2000 + "]" * 2000 + "\n",
           "net.yaml:2:")
is_refused("a list that holds itself", HEAD + "populations: &p [*p]\n", "net.yaml:2:")
is_refused("a billion laughs", HEAD + "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    "%s: &%s [%s]\n" % (b, b, ",".join(["*" + a] * 9)) for a, b in zip("abcdefgh", "bcdefghi")),
    "net.yaml:2:")


@test
def missing_network_and_a_folder_are_refused():
    for args in (["map"], ["run", "--ticks", "5"]):
        refused(1, *args, "nope.yaml", says=["nope.yaml", "No such file"])
        refused(1, *args, ".", says="directory")


# ---- pipes, damage, full disks ----

def feed(path, data):
    """Writes to a FIFO from a thread of its own."""
    def work():
        try:
            with open(path, "wb") as pipe:
                pipe.write(data)
        except BrokenPipeError:
            pass
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@test
def networks_graphs_layouts_and_spikes_are_read_from_pipes():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    ok("run", "net.yaml", "--ticks", "5", "--spikes", "s.h5")
    os.mkfifo("pipe")
    for content, args in ((SMALL.encode(), ["map", "pipe"]),
                          (b"2 1\n1 2\n", ["maxcut", "pipe", "--updates", "100"]),
                          (read("net.h5"), ["verify", "net.yaml", "pipe"]),
                          (read("s.h5"), ["diff", "s.h5", "pipe"])):
        feed("pipe", content)
        ok(*args, limit=15)


@test
def run_reads_a_network_from_a_pipe():
    os.mkfifo("pipe")
    for more in ([], ["--chip", "spinnaker-4"]):
        feed("pipe", SMALL.encode())
        ok("run", "pipe", "--ticks", "5", *more, limit=10)


@test
def run_reads_a_layout_from_a_pipe():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    os.mkfifo("pipe")
    feed("pipe", read("net.h5"))
    ok("run", "pipe", "--ticks", "5", limit=10)


@test
def standard_input_is_a_network_too():
    ok("map", "-", stdin=SMALL.encode())
    ok("run", "-", "--ticks", "5", stdin=SMALL.encode())


@test
def truncated_layouts_are_refused():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    whole = read("net.h5")
    for size in (0, 1, 7, 8, 100, 511, 512, 513, len(whole) // 2, len(whole) - 1):
        write("cut.h5", whole[:size])
        refused(1, "run", "cut.h5", "--ticks", "5", says="cut.h5")
        refused(1, "verify", "net.yaml", "cut.h5", says="cut.h5")


@test
def flipped_bytes_of_a_layout_are_noticed():
    small()
    ok("map", "net.yaml", "-o", "net.h5")
    whole = read("net.h5")
    for at in list(range(0, 24, 3)) + list(range(24, len(whole), len(whole) // 30)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        write("bad.h5", bytes(damaged))
        refused(1, "run", "bad.h5", "--ticks", "5", says="bad.h5")


@test
def full_disk_leaves_old_files_alone_and_no_new_ones():
    small()
    write("g.txt", "300 0\n")
    for args in (["run", "net.yaml", "--ticks", "500", "--spikes", "out.csv"],
                 ["run", "net.yaml", "--ticks", "500", "--spikes", "out.h5"],
                 ["map", "net.yaml", "-o", "out.h5"],
                 ["map", "net.yaml", "--chip", "spinnaker-48", "--svg", "out.svg"],
                 ["gset", "G11", "-o", "out.txt"],
                 ["maxcut", "g.txt", "--updates", "1e3", "-o", "out.txt"],
                 ["maxcut", "g.txt", "--updates", "1e3", "--layout", "out.h5"]):
        before = set(os.listdir("."))
        refused(1, *args, before=limit_files, says=args[-1])
        expect(set(os.listdir(".")) == before, "%s left %s" % (args, os.listdir(".")))
        write(args[-1], "old")
        refused(1, *args, before=limit_files, says=args[-1])
        expect(read(args[-1]) == b"old", "%s touched the old file" % args)
        os.remove(args[-1])


@test
def failed_runs_leave_old_files_alone():
    write("out.h5", "old")
    write("net.yaml", all_to_all(10, ", delay: 16"))
    refused(3, "map", "net.yaml", "--chip", "spinnaker-4", "-o", "out.h5")
    refused(3, "run", "net.yaml", "--ticks", "5", "--chip", "spinnaker-4", "--spikes", "out.h5")
    expect(read("out.h5") == b"old", "touched")


@test
def folders_are_not_written_over():
    small()
    write("g.txt", "2 1\n1 2\n")
    for name in ("d.csv", "d.h5", "d"):
        os.mkdir(name)
    for args in (["run", "net.yaml", "--ticks", "5", "--spikes", "d.csv"],
                 ["run", "net.yaml", "--ticks", "5", "--spikes", "d.h5"],
                 ["map", "net.yaml", "-o", "d"], ["map", "net.yaml", "--svg", "d"],
                 ["gset", "G1", "-o", "d"], ["maxcut", "g.txt", "--updates", "10", "-o", "d"]):
        refused(1, *args, says="directory")
        refused(1, *args[:-1], "missing/" + args[-1] + (".h5" if "--spikes" in args else ""),
                says="No such file")


@test
def outputs_may_be_devices():
    ok("gset", "G11", "-o", "/dev/null")
    refused(1, "gset", "G11", "-o", "/dev/full", says=["/dev/full", "No space"])


@test
def writing_through_a_symbolic_link_keeps_the_link():
    write("real.txt", "old")
    os.symlink("real.txt", "link.txt")
    ok("gset", "G11", "-o", "link.txt")
    expect(os.path.islink("link.txt"), "the link was replaced by a file")
    expect(read("real.txt").startswith(b"800 1600\n"), "the file of the link was not written")


# ---- terminals and Ctrl-C ----

class Screen:
    """A terminal of some columns: knows what stands in the last line, and whether a line ran over."""

    def __init__(self, columns):
        self.columns, self.line, self.at, self.done, self.ran_over = columns, [], 0, [], False
        self.bars = 0

    def feed(self, text):
        for part in re.findall("\x1b\\[[0-9;]*[A-Za-z]|.|\n|\r", text):
            if part == "\r":
                self.at = 0
            elif part == "\n":
                self.done.append("".join(self.line))
                self.line, self.at = [], 0
            elif part == "\x1b[K":
                del self.line[self.at:]
            elif part[0] != "\x1b":
                # Messages may take several lines; a bar may not.
                self.bars += part == "%"
                self.ran_over |= self.at >= self.columns and "%" in self.line
                self.line[self.at:self.at + 1] = [part]
                self.at += 1


def run_on_terminal(columns, *args, bars=4):
    """Runs placode with a terminal as standard error until it has drawn some bars, then sends
    SIGINT. Gives the screen, the exit status and the standard output."""
    try:
        master, slave = pty.openpty()
    except OSError as error:
        raise Skip("no terminal to be had here: %s" % error) from error
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    screen = Screen(columns)
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([PLACODE, *args], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=slave)
        os.close(slave)
        end = time.monotonic() + LIMIT
        sent = False
        while time.monotonic() < end:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    break
                if not data:
                    break
                screen.feed(data.decode())
            if screen.bars >= bars and not sent:
                process.send_signal(signal.SIGINT)
                sent = True
        else:
            process.kill()
        os.close(master)
        status = process.wait()
        out.seek(0)
        text = out.read()
    expect(time.monotonic() < end, "still running after %d s; bars drawn: %d" % (LIMIT, screen.bars))
    return screen, status, text


@test
def interrupted_maxcut_prints_the_best_so_far():
    screen, status, out = run_on_terminal(80, "maxcut", "--gset", "G11", "--updates", "1e14",
                                          "--json", "-o", "sides.txt")
    expect(status == 130, "status %d, %r" % (status, out))
    value = has_keys(json.loads(out), MAXCUT_KEYS)
    expect(0 < value["updates"] < 1e14 and value["cut"] > 0, value)
    expect(cut_of(ok("gset", "G11").out.decode(), read("sides.txt")) == value["cut"], "sides")
    expect("interrupted" in screen.done[-1], screen.done)


@test
def interrupted_run_reports_the_ticks_done_and_writes_their_spikes():
    write("net.yaml", QUIET)
    _, status, out = run_on_terminal(80, "run", "net.yaml", "--ticks", "1e14", "--json",
                                     "--spikes", "a.csv", bars=1)
    expect(status == 130, "status %d, %r" % (status, out))
    value = has_keys(json.loads(out), RUN_KEYS)
    expect(0 < value["ticks"] < 1e14, value)
    expect(read("a.csv").count(b"\n") == 4, read("a.csv"))


def bar_fits(columns):
    @test
    def check():
        write("net.yaml", QUIET)
        for args in (["maxcut", "--gset", "G11", "--updates", "1e10"],
                     ["maxcut", "--gset", "G11", "--updates", "1e6", "--runs", "100000"],
                     ["maxcut", "--gset", "G11", "--updates", "1e15"],
                     ["run", "net.yaml", "--ticks", "1e15"]):
            screen, status, _ = run_on_terminal(columns, *args)
            expect(status == 130, "%s: status %d" % (args, status))
            expect(screen.bars >= 4, "%s: no bar was drawn" % args)
            expect(not screen.ran_over, "%s: the bar ran over %d columns" % (args, columns))
            expect(not screen.line and all("%" not in line for line in screen.done),
                   "%s: the bar is still there: %s %s" % (args, screen.done, "".join(screen.line)))
    TESTS[-1] = ("progress bar fits %d columns and vanishes at the end" % columns, check)


for n_columns in (20, 40, 80):
    bar_fits(n_columns)


# ---- TAP ----

def run_test(function):
    """None, or what went wrong."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="placode-cli-") as folder:
        os.chdir(folder)
        try:
            function()
            left = [name for _, _, names in os.walk(".") for name in names if ".placode-" in name]
            return "temporary files left: %s" % ", ".join(left) if left else None
        except AssertionError as failure:
            return str(failure)
        except Skip:
            raise
        except Exception:
            return traceback.format_exc()
        finally:
            os.chdir(home)


def main():
    global PLACODE, SOURCE
    if len(sys.argv) != 3:
        sys.exit("usage: test_cli.py PLACODE_BINARY SOURCE_ROOT")
    PLACODE, SOURCE = (os.path.abspath(path) for path in sys.argv[1:])
    if os.environ.get("PLACODE_SHARED_DATA"):
        os.environ["PLACODE_SHARED_DATA"] = os.path.abspath(os.environ["PLACODE_SHARED_DATA"])
    failures = 0
    print("1..%d" % len(TESTS), flush=True)
    for number, (name, function) in enumerate(TESTS, 1):
        try:
            problem = run_test(function)
        except Skip as skip:
            print("ok %d - %s # SKIP %s" % (number, name, skip), flush=True)
            continue
        failures += problem is not None
        print("%s %d - %s" % ("not ok" if problem else "ok", number, name.replace("#", "")))
        for line in (problem or "").splitlines():
            print("# " + line)
        sys.stdout.flush()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
