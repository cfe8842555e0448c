#!/usr/bin/env python3
"""placode under mpirun: the same answer from any number of ranks, one voice, and no rank left waiting.

usage: test_ranks.py PLACODE_BINARY SOURCE_ROOT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import signal
import subprocess
import tempfile
import time

import harness
from harness import (HEAD, LIMIT, QUIET, RUN_KEYS, Skip, all_to_all, expect, has_keys, ok, ok_json,
                     parse_json, read, refused, small, test, timeless, write)

# Open MPI as root, more ranks than processors, no lines of mpirun's own. It leaks a little by itself, asks for ssh
# where it needs none, and misses /sys aloud; threads must not spin where there are more than processors.
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-q"]
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", OMPI_MCA_plm_rsh_agent="", OMP_WAIT_POLICY="passive",
                   HWLOC_HIDE_ERRORS="2")


def built_with_mpi():
    return b"MPI_Init_thread" in read(harness.PLACODE)


def start(*args, out, err):
    if not shutil.which("mpirun"):
        raise Skip("no mpirun here")
    if not built_with_mpi():
        raise Skip("built without MPI")
    return subprocess.Popen(MPIRUN + list(args), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                            env=ENVIRONMENT)


def mpirun(*args, during=lambda process: None):
    """Runs mpirun to its end, which must come; `during` is called while it runs."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start(*args, out=out, err=err)
        try:
            during(process)
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            status = None
            for rank in ranks_of(process):
                os.kill(rank, signal.SIGKILL)
            process.kill()
            process.wait()
        out.seek(0)
        err.seek(0)
        result = harness.Result(args, -1 if status is None else status, out.read(), err.read(), 0)
    expect(status is not None, "still running after %d s" % LIMIT, result)
    return result


def on_ranks(n, *args, **keywords):
    return mpirun("-n", str(n), harness.PLACODE, *args, **keywords)


def apart(first, second):
    """Two ranks with arguments of their own: what happens when only one of them fails."""
    return mpirun("-n", "1", *first, ":", "-n", "1", *second)


def well(result):
    expect(result.status == 0 and not result.err, "expected status 0 in silence", result)
    return result


def fails(status, says, result):
    """All ranks have ended, with one line on one of them."""
    expect(result.status == status, "expected status %d" % status, result)
    expect(not result.out and len(result.lines()) == 1, "expected one line of error", result)
    expect(result.lines()[0].startswith("placode: "), "expected \"placode: ...\"", result)
    for word in [says] if isinstance(says, str) else says:
        expect(word in result.lines()[0], "expected the message to say %r" % word, result)


def parent_of(pid):
    """The parent of a process that runs, or None."""
    try:
        with open("/proc/%s/stat" % pid) as file:
            state, parent = file.read().rpartition(")")[2].split()[:2]
    except OSError:  # it has ended
        return None
    return None if state == "Z" else int(parent)


def ranks_of(process):
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent_of(pid) == process.pid]


def catches(process, number):
    """Whether a process has a handler for a signal."""
    with open("/proc/%d/status" % process) as file:
        masks = dict(line.split(":", 1) for line in file)
    return int(masks["SigCgt"], 16) >> (number - 1) & 1


def wait_for_ranks(process, n):
    """The ranks of mpirun, as soon as each is about to run its ticks."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        ranks = sorted(ranks_of(process))
        if len(ranks) == n and all(catches(rank, signal.SIGINT) for rank in ranks):
            return ranks
        time.sleep(0.05)
    raise AssertionError("no %d ranks that run after %d s" % (n, LIMIT))


def same_on_ranks(*args):
    """The report and spikes of one process and of 1 to 4 ranks are the same but for time and ranks."""
    alone = ok_json("run", *args, "--spikes", "alone.h5")
    for n in (1, 2, 3, 4):
        joint = parse_json(well(on_ranks(n, "run", *args, "--json", "--spikes", "joint.h5")))
        expect(joint.get("ranks", 1) == n, joint)
        expect(timeless(joint) == timeless(alone), (n, joint, alone))
        expect(read("joint.h5") == read("alone.h5"), "%d ranks: other spikes" % n)
    return alone


@test
def a_network_is_the_same_on_ranks():
    write("net.yaml", harness.SMALL + "record: [{population: exc, what: [spikes, v]}]\n")
    value = same_on_ranks("net.yaml", "--ticks", "300", "--chip", "torus:4x4:1")
    expect(value["spikes"] > 0, value)


@test
def recorded_potentials_are_the_same_on_ranks():
    write("net.yaml", harness.SMALL + "record: [{population: exc, what: [spikes, v]}]\n")
    ok("run", "net.yaml", "--ticks", "300", "--spikes", "alone.h5", "--record", "v")
    for n in (2, 3):
        well(on_ranks(n, "run", "net.yaml", "--ticks", "300", "--spikes", "joint.h5", "--record", "v"))
        expect(read("joint.h5") == read("alone.h5"), "%d ranks: other potentials" % n)


@test
def an_ising_machine_is_the_same_on_ranks():
    write("graph", ok("gset", "G11").out)
    ok("maxcut", "graph", "--updates", "1e5", "--layout", "machine.h5", "--chip", "torus:6x6:2")
    value = same_on_ranks("machine.h5", "--ticks", "500")
    expect(value["spikes"] > 0, value)


@test
def threads_of_ranks_change_nothing():
    write("net.yaml", HEAD + "populations:\n"
          "  - {name: a, size: 40000, model: lif_curr_exp, params: {i_offset: 2}}\n"
          "projections:\n"
          "  - {from: a, to: a, connector: {type: fixed_number_post, n: 5}, weight: 0.1, delay: 2}\n")
    alone = timeless(ok_json("run", "net.yaml", "--ticks", "60"))
    for threads in ("1", "2"):
        joint = parse_json(well(on_ranks(2, "run", "net.yaml", "--ticks", "60", "--threads", threads, "--json")))
        expect(timeless(joint) == alone, (threads, joint, alone))


@test
def spikes_leave_their_rank_only_for_synapses_elsewhere():
    """Two halves that know nothing of each other, then one synapse between them."""
    text = (HEAD + "populations:\n"
            "  - {name: a, size: 50, model: lif_curr_exp, params: {i_offset: 2}}\n"
            "  - {name: b, size: 50, model: lif_curr_exp, params: {i_offset: 2}}\n"
            "projections:\n"
            "  - {from: a, to: a, connector: {type: fixed_number_post, n: 5}, weight: 0.1}\n"
            "  - {from: b, to: b, connector: {type: fixed_number_post, n: 5}, weight: 0.1}\n")
    write("edges.csv", "source,target\n7,3\n")
    sent = []
    for more in ("", "  - {from: a, to: b, connector: {type: from_list, file: edges.csv}, weight: 0.1}\n"):
        write("net.yaml", text + more)
        value = parse_json(well(on_ranks(2, "run", "net.yaml", "--ticks", "200", "--json")))
        expect(timeless(value) == timeless(ok_json("run", "net.yaml", "--ticks", "200")), value)
        sent.append(value["sent_to_ranks"])
    expect(sent[0] == 0 < sent[1] < value["spikes"] / 50, (sent, value))


# ---- one voice, and nobody waits for ever ----

@test
def what_all_ranks_see_is_said_once():
    small()
    write("bad.yaml", HEAD + "populations: 7\n")
    fails(1, "bad.yaml:2", on_ranks(3, "run", "bad.yaml", "--ticks", "5"))
    fails(1, "nope.yaml", on_ranks(3, "run", "nope.yaml", "--ticks", "5"))
    fails(2, "--ticks", on_ranks(3, "run", "net.yaml"))
    fails(2, "no-such-chip", on_ranks(2, "run", "net.yaml", "--ticks", "5", "--chip", "no-such-chip"))
    write("full.yaml", "placode: chip/1\nname: full\ncores: 1\n"
          "geometry: {width: 1, height: 1, links: 4, wrap: false}\nlimits: {neurons_per_core: 2}\n")
    fails(3, "neurons", on_ranks(2, "run", "net.yaml", "--ticks", "5", "--chip", "full.yaml"))
    help_text = well(on_ranks(2, "run", "--help")).out
    expect(help_text == ok("run", "--help").out, "expected the help once")


@test
def what_one_rank_sees_ends_all():
    small()
    write("quiet.yaml", QUIET)
    good, other = ([harness.PLACODE, "run", path, "--ticks", "1e12"] for path in ("net.yaml", "quiet.yaml"))
    missing = [harness.PLACODE, "run", "nope.yaml", "--ticks", "1e12"]
    fails(1, ["rank 1: ", "nope.yaml"], apart(good, missing))
    fails(1, "placode: nope.yaml", apart(missing, good))
    fails(1, ["rank 1: ", "another layout"], apart(good, other))
    fails(2, "--ticks", apart([harness.PLACODE, "run", "net.yaml"], good))
    fails(1, "rank 1: ended before", apart(good, [harness.PLACODE, "run", "net.yaml"]))


@test
def a_rank_short_of_memory_ends_all():
    if b"__asan_init" in read(harness.PLACODE):
        raise Skip("sanitizers need more memory than that")
    write("net.yaml", all_to_all(5000, model="threshold"))
    command = [harness.PLACODE, "run", "net.yaml", "--ticks", "5"]
    fails(1, "rank 1: out of memory", apart(command, ["sh", "-c", "ulimit -v 350000; exec \"$0\" \"$@\"", *command]))


@test
def files_that_cannot_be_written_end_all():
    small()
    fails(1, "missing/a.csv", on_ranks(2, "run", "net.yaml", "--ticks", "1e12", "--spikes", "missing/a.csv"))
    os.makedirs("taken.csv")
    fails(1, "taken.csv", on_ranks(2, "run", "net.yaml", "--ticks", "50", "--spikes", "taken.csv"))


@test
def only_run_with_engine_fast_takes_ranks():
    small()
    fails(2, ["map", "without mpirun"], on_ranks(2, "map", "net.yaml"))
    fails(2, ["maxcut", "without mpirun"], on_ranks(2, "maxcut", "--gset", "G1"))
    fails(2, ["mesh", "without mpirun"], on_ranks(2, "run", "net.yaml", "--ticks", "5", "--engine", "mesh"))
    well(on_ranks(1, "map", "net.yaml"))


@test
def interrupting_one_rank_ends_all_with_a_report():
    """The spikes are those of the ticks done, on whichever rank the signal came."""
    write("net.yaml", QUIET)
    for victim in (0, 2):
        def interrupt(process):
            os.kill(wait_for_ranks(process, 3)[victim], signal.SIGINT)

        result = on_ranks(3, "run", "net.yaml", "--ticks", "1e14", "--json", "--spikes", "a.csv", during=interrupt)
        expect(result.status == 130, "expected status 130", result)
        expect(len(result.lines()) == 1 and "interrupted" in result.lines()[0], "expected one line", result)
        value = has_keys(parse_json(result), RUN_KEYS)
        expect(0 < value["ticks"] < 1e14 and read("a.csv").count(b"\n") == 4, (value, read("a.csv")))


@test
def interrupting_mpirun_leaves_no_rank_behind():
    write("net.yaml", QUIET)
    seen = []

    def interrupt(process):
        seen.extend(wait_for_ranks(process, 3))
        process.send_signal(signal.SIGINT)

    result = on_ranks(3, "run", "net.yaml", "--ticks", "1e14", during=interrupt)
    expect(result.status != 0 and len(seen) == 3, "expected a status of failure, and ranks %s" % seen, result)
    end = time.monotonic() + LIMIT  # mpirun does not wait for those that it has told to end
    while any(parent_of(rank) is not None for rank in seen):
        expect(time.monotonic() < end, "expected no rank of %s to live on" % seen, result)
        time.sleep(0.05)


@test
def a_process_that_mpirun_of_another_mpi_started_says_so():
    small()
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT, PMI_SIZE="2", PMI_RANK="0")
    try:
        refused(1, "run", "net.yaml", "--ticks", "5", says="started as 2 ranks")
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    harness.main()
