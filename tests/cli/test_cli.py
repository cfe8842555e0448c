#!/usr/bin/env python3
"""The placode command as a whole: help, usage, options, terminals and Ctrl-C; chips.

usage: test_cli.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import tempfile
import termios
import time

import harness
from harness import (LIMIT, MAXCUT_KEYS, QUIET, RUN_KEYS, Skip, TESTS, cut_of, expect, has_keys, ok,
                     ok_json, parse_json, read, refused, run, small, test, write)

# ---- the command as a whole ----

@test
def help_lists_every_command():
    text = ok("--help").out.decode()
    for command in "chip gset maxcut map verify run tables diff explain".split():
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
                 ["map", "a", "b"], ["verify", "a"], ["run"], ["run", "a", "b"], ["explain"], ["diff", "a"],
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
    for command in "chip gset maxcut map verify run tables diff explain".split():
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
                 ["diff", "a.csv", "a.csv"], ["explain", "net.yaml", "--ticks", "5"],
                 ["explain", "net.yaml", "--ticks", "5", "--json"]):
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
    ok("chip", "show", os.path.join(harness.SOURCE, "examples", "my-chip.yaml"))


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
        process = subprocess.Popen([harness.PLACODE, *args], stdin=subprocess.DEVNULL, stdout=out,
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


if __name__ == "__main__":
    harness.main()
