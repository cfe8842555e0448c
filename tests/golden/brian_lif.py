# A recurrent network of lif_curr_exp neurons in Placode and in Brian 2, compared spike for spike.
# SPDX-License-Identifier: Apache-2.0
"""
usage: brian_lif.py PLACODE SOURCE_ROOT [--network FILE] [--ticks N] [--fault KIND]

The synapses come from the layout that `placode map` writes, spikes of sources from the run itself. All else is
Brian's own: it is built from the network file's parameters, resolved here a second time (docs/semantics.md,
"lif_curr_exp"), and none of Placode's arithmetic is called. Brian is driven in the chip's order: synapses act at the
start of a step with delay n - 1, then the neurons move, then thresholds, then resets.

Two simulations are compared with the run:
  float  Brian integrates the membrane equation itself (method "exact", current constant over the step, Brian's own
         refractoriness) in float64, with the chip's rounded constants and weights. Nothing truncates. How long the
         spikes stay equal is printed, and is short: potentials differ by some 0.003 mV, and the network is chaotic.
         The condition is that the number of spikes agrees within 5 %.
  exact  the update is written out with a floor() where the chip truncates a product. All numbers are whole and below
         2^53, so float64 holds them exactly. All spikes and all potentials must be equal to the last bit.
Each KIND of fault (one weight, one delay, one threshold, one constant; the smallest step of each) is then planted in
the network that Brian gets, and must be seen.

exit status: 0 equal and faults seen, 1 not, 77 no Brian 2, h5py or PyYAML here
"""
import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
try:
    import brian2 as b2
    import h5py
    import numpy as np
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

RECEPTORS = ("excitatory", "inhibitory")
FAULTS = ("weight", "delay", "threshold", "decay")


# ---- the network, from the file and the layout ----

def resolve(params, tick):
    """The chip's constants of a population, as whole numbers: S16.15, 0.32 fractions, ticks."""
    p = {}
    for name in ("v_rest", "v_reset", "v_thresh", "i_offset", "v_init"):
        p[name] = round(params[name] * 2**15)
    p["resistance"] = round(params["tau_m"] / params["cm"] * 2**15)
    p["decay_m"] = round(math.exp(-tick / params["tau_m"]) * 2**15)
    p["refractory"] = math.ceil(params["tau_refrac"] / tick)
    for suffix, tau in (("e", params["tau_syn_E"]), ("i", params["tau_syn_I"])):
        decay = math.exp(-tick / tau)
        p["decay_" + suffix] = math.floor(decay * 2**32)
        p["gain_" + suffix] = math.floor(tau * (1 - decay) / tick * 2**32)
    return p


WORDS = ("v_rest", "v_reset", "v_thresh", "resistance", "decay_m", "i_offset", "refractory", "decay_e", "decay_i",
         "gain_e", "gain_i", "shift_e", "shift_i")


class Population:
    def __init__(self, spec, group, tick):
        self.name, self.size, self.model = spec["name"], spec["size"], spec["model"]
        self.is_lif = self.model == "lif_curr_exp"
        if not group.attrs["record_spikes"]:
            sys.exit(f"{self.name}: expected its spikes to be recorded")
        if not self.is_lif:
            return
        self.p = resolve(spec["params"], tick)
        words = group["params"][0]
        self.p["shift_e"], self.p["shift_i"] = int(words[11]), int(words[12])
        for i, name in enumerate(WORDS):
            if int(words[i]) & 0xffffffff != self.p[name] & 0xffffffff:
                sys.exit(f"{self.name}: {name}: resolved here to {self.p[name]}, in the layout {int(words[i])}")
        if int(group["state"][0][0]) != self.p["v_init"]:
            sys.exit(f"{self.name}: v_init: resolved here to {self.p['v_init']}, in the layout otherwise")


class Network:
    """Populations, and synapses as arrays by (source population, target population, receptor)."""

    def __init__(self, path, layout_path):
        with open(path, encoding="utf-8") as file:
            spec = yaml.safe_load(file)
        self.tick = spec.get("tick", 1.0)
        with h5py.File(layout_path, "r") as h5:
            self.populations = [Population(s, h5["populations"][str(i)], self.tick)
                                for i, s in enumerate(spec["populations"])]
            self.synapses = self.read_synapses(h5)

    def read_synapses(self, h5):
        if len(h5["cores"]) != 1:
            sys.exit("expected a layout on one core: packets are not routed here")
        rows = h5["rows"]
        width = [int(rows.attrs[k]) for k in ("target_bits", "receptor_bits", "delay_bits", "weight_bits")]
        words, offsets = rows["words"][:].astype(np.uint64), rows["offsets"][:]
        fields, at = [], 0
        for bits in width:
            fields.append(((words >> np.uint64(at)) & np.uint64(2**bits - 1)).astype(np.int64))
            at += bits
        target, receptor, delay, weight = fields
        weight -= (weight >> (width[3] - 1)) << width[3]
        source = np.full(len(words), -1, np.int64)
        source_population = np.full(len(words), -1, np.int64)
        population_of = np.zeros(int(h5["cores"]["n_neurons"][0]), np.int64)
        neuron_of = np.zeros_like(population_of)
        entries = [tuple(int(x) for x in e) for e in h5["key_entries"][:]]
        for s in h5["slices"][:]:
            count = int(s["end"]) - int(s["begin"])
            place = slice(int(s["offset"]), int(s["offset"]) + count)
            population_of[place] = s["population"]
            neuron_of[place] = np.arange(s["begin"], s["end"])
            for i in range(count):
                row = self.find_row(entries, int(s["key"]) + i)
                if row is not None:
                    span = slice(int(offsets[row]), int(offsets[row + 1]))
                    source[span] = int(s["begin"]) + i
                    source_population[span] = s["population"]
        if (source < 0).any():
            sys.exit("rows that no key reaches")
        groups = {}
        for a in range(len(self.populations)):
            for b in range(len(self.populations)):
                for r in range(2):
                    at = np.flatnonzero((source_population == a) & (population_of[target] == b) & (receptor == r))
                    if len(at):
                        groups[a, b, r] = {"source": source[at], "target": neuron_of[target[at]],
                                           "weight": weight[at].astype(float), "delay": delay[at]}
        return groups

    @staticmethod
    def find_row(entries, key):
        """The row of a key: the first entry that matches tells."""
        for entry_key, mask, index_mask, _, first, n in entries:
            if key & mask == entry_key:
                return first + (key & index_mask) if key & index_mask < n else None
        return None


# ---- Placode's run ----

class Result:
    """Spikes as a set of (tick, neuron) of each population, and potentials [ticks][neurons] in S16.15."""

    def __init__(self):
        self.spikes, self.v = {}, {}


def run_placode(placode, network_path, ticks, folder):
    layout, table, sonata = (os.path.join(folder, f) for f in ("x.h5", "out.csv", "out.h5"))

    def call(*words):
        return subprocess.run([placode, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    call("map", network_path, "-o", layout)
    call("run", network_path, "--ticks", str(ticks), "--spikes", table)
    stats = json.loads(call("run", network_path, "--ticks", str(ticks), "--spikes", sonata, "--record", "v", "--json"))
    result = Result()
    with open(table, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            result.spikes.setdefault(row["population"], set()).add((int(row["tick"]), int(row["neuron"])))
    with h5py.File(sonata, "r") as h5:
        for name in h5["report"]:
            result.v[name] = h5["report"][name]["data"][:].astype(float) * 2**15
    return layout, result, stats


# ---- Brian ----

EXACT_MODEL = """
v : 1
wait : 1
g_e : 1
g_i : 1
in_e : 1
in_i : 1
"""

# Products are split so that each part stays below 2^53; floor((a x 2^k + b) / 2^k) = a + floor(b / 2^k).
EXACT_UPDATE = """
x_e = clip(in_e, 0, 65535) * unit_e
x_i = clip(in_i, 0, 65535) * unit_i
in_e = 0
in_i = 0
g_e = g_e + floor((x_e * gain_e_high + floor(x_e * gain_e_low / 65536)) / 65536)
g_i = g_i + floor((x_i * gain_i_high + floor(x_i * gain_i_low / 65536)) / 65536)
current = g_e - g_i + i_offset
a = current * resistance_high + floor(current * resistance_low / 32768) + v_rest
moved = a - floor(decay_m * (a - v) / 32768)
v = v * int(wait > 0) + moved * int(wait == 0)
wait = wait - int(wait > 0)
g_e = floor((g_e * decay_e_high + floor(g_e * decay_e_low / 65536)) / 65536)
g_i = floor((g_i * decay_i_high + floor(g_i * decay_i_low / 65536)) / 65536)
"""

FLOAT_MODEL = """
dv/dt = (v_rest + resistance * (g_e - g_i + i_offset) - v) / tau : 1 (unless refractory)
g_e : 1
g_i : 1
"""


def exact_group(population, dt):
    p = population.p
    names = {k: float(p[k]) for k in ("v_rest", "v_reset", "v_thresh", "i_offset", "decay_m", "refractory")}
    for k in ("gain_e", "gain_i", "decay_e", "decay_i"):
        names[k + "_high"], names[k + "_low"] = float(p[k] >> 16), float(p[k] & 0xffff)
    names["resistance_high"], names["resistance_low"] = float(p["resistance"] >> 15), float(p["resistance"] & 0x7fff)
    names["unit_e"], names["unit_i"] = 2.0**p["shift_e"], 2.0**p["shift_i"]
    names["refractory_ticks"] = names.pop("refractory")
    group = b2.NeuronGroup(population.size, EXACT_MODEL, threshold="v >= v_thresh", namespace=names,
                           reset="v = v_reset\nwait = refractory_ticks", method="euler", dt=dt)
    group.run_regularly(EXACT_UPDATE, when="groups", dt=dt)
    group.v = float(p["v_init"])
    return group, {0: ("in_e", 1.0), 1: ("in_i", 1.0)}


def float_group(population, dt):
    p = population.p
    names = {k: p[k] / 2**15 for k in ("v_rest", "v_reset", "v_thresh", "i_offset", "resistance")}
    names["tau"] = -dt / math.log(p["decay_m"] / 2**15)
    for k in ("decay_e", "decay_i"):
        names[k] = p[k] / 2**32
    group = b2.NeuronGroup(population.size, FLOAT_MODEL, threshold="v >= v_thresh", reset="v = v_reset",
                           refractory=(p["refractory"] + 1) * dt, namespace=names, method="exact", dt=dt)
    group.run_regularly("g_e = g_e * decay_e\ng_i = g_i * decay_i", when="end", dt=dt)
    group.v = p["v_init"] / 2**15
    scale = {r: 2.0**(p["shift_" + x] - 15) * p["gain_" + x] / 2**32 for r, x in ((0, "e"), (1, "i"))}
    return group, {0: ("g_e", scale[0]), 1: ("g_i", scale[1])}


def source_group(population, spikes, dt):
    events = sorted(spikes.get(population.name, ()))
    times, neurons = [t for t, _ in events], [i for _, i in events]
    return b2.SpikeGeneratorGroup(population.size, np.array(neurons, int), np.array(times, float) * dt, dt=dt)


def run_brian(network, reference, ticks, kind):
    dt = network.tick * b2.ms
    groups, inputs, parts = [], [], []
    for population in network.populations:
        if population.is_lif:
            group, names = (exact_group if kind == "exact" else float_group)(population, dt)
        else:
            group, names = source_group(population, reference.spikes, dt), None
        groups.append(group)
        inputs.append(names)
    parts += groups
    for (a, b, r), synapses in network.synapses.items():
        name, scale = inputs[b][r]
        s = b2.Synapses(groups[a], groups[b], "w : 1", on_pre={"arrive": f"{name}_post += w"}, dt=dt)
        s.connect(i=synapses["source"], j=synapses["target"])
        s.w = synapses["weight"] * scale
        s.arrive.delay = (synapses["delay"] - 1) * dt
        s.arrive.when = "start"
        parts.append(s)
    spikes = {p.name: b2.SpikeMonitor(g) for p, g in zip(network.populations, groups) if p.is_lif}
    potentials = {p.name: b2.StateMonitor(g, "v", record=True, when="start", dt=dt)
                  for p, g in zip(network.populations, groups) if p.is_lif}
    b2.Network(*parts, *spikes.values(), *potentials.values()).run(ticks * dt)
    result = Result()
    for name, monitor in spikes.items():
        at = np.rint(np.asarray(monitor.t / dt)).astype(int)
        result.spikes[name] = set(zip(at.tolist(), np.asarray(monitor.i).tolist()))
        result.v[name] = np.asarray(potentials[name].v).T * (1 if kind == "exact" else 2**15)
    return result


# ---- the comparison ----

def compare(network, reference, other):
    """(spikes compared, missing, extra, first tick that differs or None, largest difference of potentials before that
    tick, potentials that differ over the whole run)"""
    total = missing = extra = differ = 0
    first, gap = None, 0.0
    for population in network.populations:
        if not population.is_lif:
            continue
        a, b = reference.spikes.get(population.name, set()), other.spikes[population.name]
        total += len(a)
        missing += len(a - b)
        extra += len(b - a)
        if a != b:
            tick = min(a ^ b)[0]
            first = tick if first is None else min(first, tick)
        differ += int((reference.v[population.name] != other.v[population.name]).sum())
    for population in network.populations:
        if population.is_lif:
            a, b = reference.v[population.name][:first], other.v[population.name][:first]
            gap = max(gap, float(np.abs(a - b).max(initial=0)))
    return total, missing, extra, first, gap, differ


def describe(name, network, reference, other, seconds):
    """Prints what compare() finds; returns whether all is equal, and the ratio of the numbers of spikes."""
    total, missing, extra, first, gap, differ = compare(network, reference, other)
    n_v = sum(v.size for v in reference.v.values())
    print(f"{name}: {total + extra - missing} spikes, {missing} missing, {extra} extra; first difference: "
          f"{'none' if first is None else f'tick {first}'}; potentials up to there within {gap / 2**15:.3g} mV; "
          f"{differ} of {n_v} potentials differ; {seconds:.1f} s")
    return missing + extra + differ == 0, (total + extra - missing) / total


def busiest_synapse(network, reference):
    """A synapse between neurons that spike often, in the first projection."""
    (a, b, _), synapses = min(network.synapses.items())
    counts = []
    for end, neurons in ((a, synapses["source"]), (b, synapses["target"])):
        population = network.populations[end]
        spiking = [i for _, i in reference.spikes.get(population.name, ())]
        counts.append(np.bincount(spiking, minlength=population.size)[neurons])
    return synapses, int(np.argmax(counts[0] * counts[1]))


def plant(network, reference, fault):
    """Changes the network by the smallest step of one kind; returns what undoes it."""
    synapses, at = busiest_synapse(network, reference)
    lif = next(p for p in network.populations if p.is_lif)
    place, key, step = {"weight": (synapses["weight"], at, 1), "delay": (synapses["delay"], at, 1),
                        "threshold": (lif.p, "v_thresh", 1), "decay": (lif.p, "decay_m", 1)}[fault]
    place[key] += step

    def undo():
        place[key] -= step
    return undo


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("placode")
    parser.add_argument("source_root")
    parser.add_argument("--network", help="default: examples/cortex.yaml of the source tree")
    parser.add_argument("--ticks", type=int, default=1000)
    parser.add_argument("--fault", action="append", choices=FAULTS, help="plant this one only; may be repeated")
    options = parser.parse_args()
    path = options.network or os.path.join(options.source_root, "examples", "cortex.yaml")
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.suppress_hierarchy("brian2")

    with tempfile.TemporaryDirectory() as folder:
        layout, reference, stats = run_placode(options.placode, path, options.ticks, folder)
        network = Network(path, layout)
    n = sum(p.size for p in network.populations if p.is_lif)
    n_synapses = sum(len(s["source"]) for s in network.synapses.values())
    spikes = sum(len(reference.spikes.get(p.name, ())) for p in network.populations if p.is_lif)
    if not spikes:
        sys.exit("the network is silent: nothing to compare")
    rate = spikes / n / (options.ticks * network.tick / 1000)
    print(f"placode: {n} lif_curr_exp neurons, {n_synapses} synapses, {options.ticks} ticks, {rate:.1f} Hz, "
          f"{stats['spikes']} spikes with sources, digest {stats['digest']}")

    ok = True
    for kind in ("float", "exact"):
        begin = time.monotonic()
        other = run_brian(network, reference, options.ticks, kind)
        equal, ratio = describe(kind, network, reference, other, time.monotonic() - begin)
        ok = ok and (equal or kind == "float") and 0.95 < ratio < 1.05
    for fault in options.fault or FAULTS:
        begin = time.monotonic()
        undo = plant(network, reference, fault)
        other = run_brian(network, reference, options.ticks, "exact")
        equal, _ = describe(f"exact with a fault ({fault})", network, reference, other, time.monotonic() - begin)
        seen = not equal
        undo()
        if not seen:
            print(f"the planted fault ({fault}) was not seen")
        ok = ok and seen
    print("ok" if ok else "NOT EQUAL")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
