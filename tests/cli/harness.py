"""What tests of the placode command share: running it, checking results, inputs, and TAP.

A test file has functions marked @test and ends with main(), which takes PLACODE_BINARY SOURCE_ROOT
and prints TAP. Each test runs in a temporary directory of its own, in which no temporary file may
be left behind. Nothing depends on how fast the machine is: LIMIT only ends what hangs.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
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
    changing = ("seconds", "processor_seconds", "ticks_per_s", "updates_per_s", "time_to_target",
                "threads", "ranks", "sent_to_ranks")
    if isinstance(value, list):
        return [timeless(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: timeless(value[key]) for key in value if key not in changing}


# ---- keys of results ----

MAXCUT_KEYS = ("graph n m best_known cut mean_cut runs updates updates_per_s ticks spikes seconds "
               "time_to_target digest chip cores energy_j modelled_seconds")
MAP_KEYS = ("cores chips multicast_hops copies max_link_load table_entries table_entries_max "
            "synapse_bytes seconds digest slices")
RUN_KEYS = "ticks spikes synaptic_events seconds ticks_per_s digest"


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


def chip(limits="neurons_per_core: 10", tick=1e-4, width=2, height=1, dead="", **timing):
    """A grid of cores of a megahertz, whose ticks are 100 cycles long in real time; what is not given
    takes no time."""
    free = dict.fromkeys("cycles_per_tick cycles_per_neuron cycles_per_spike cycles_per_packet "
                         "cycles_per_row cycles_per_synaptic_event memory_latency link_time "
                         "router_latency router_interval".split(), 0)
    times = dict(free, core_clock=1e6, router_clock=1e6, memory_bandwidth="unbounded", tick=tick)
    times.update(timing)
    write("pair.yaml", "placode: chip/1\nname: pair\ncores: 1\n"
          "geometry: {width: %d, height: %d, links: 4, wrap: false}\n%slimits: {%s}\ntiming: {%s}\n"
          % (width, height, dead, limits, ", ".join("%s: %s" % item for item in times.items())))


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
        sys.exit("usage: %s PLACODE_BINARY SOURCE_ROOT" % os.path.basename(sys.argv[0]))
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
