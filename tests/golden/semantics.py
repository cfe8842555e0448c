# The meaning of a network, written from docs/semantics.md alone and compared with Placode's runs, spike for spike.
# SPDX-License-Identifier: Apache-2.0
"""
usage: semantics.py PLACODE SOURCE_ROOT

A second implementation of docs/semantics.md: every model, connector, schedule and random draw, in Python's whole
numbers. Of Placode it uses the binary and YAML files, nothing else. Each network below is run for two seeds by both;
the digest and the CSV file of spikes have to be equal. Where they are not, the program or the document is wrong, and
one line tells where the first difference is. Quotations in docstrings are sections of docs/semantics.md.

exit status: 0 equal, 1 different, 77 no PyYAML here
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from semantics_connectors import Connection, RULES, pick_delay, pick_weight, read_list
from semantics_models import DEFAULTS, MODELS, ArraySource
from semantics_numbers import CONNECTOR, DRAW, DUE, MASK32, MASK64, Stream, below, number

SEEDS = (1, 2**53 - 1)  # the second has both words


# ---- a network: populations, synapses, and the run of both ----

class Population:
    def __init__(self, spec, index, tick_ms, seed):
        self.name, self.index, self.size = spec["name"], index, spec["size"]
        self.model_name = spec["model"]
        self.period, self.phase, self.blocks = (spec.get(k, d) for k, d in (("period", 1), ("phase", 0), ("random", 0)))
        if self.model_name == "spike_source_array":
            self.model = ArraySource(self.size, spec.get("spikes", {}), tick_ms)
        else:
            self.model = MODELS[self.model_name](self.size, self.read_params(spec), tick_ms)
        self.noise = Stream(seed, (DUE if self.blocks else self.model.noise_kind) + index)
        self.has_noise = self.model_name in ("onoff", "spike_source_poisson")

    def read_params(self, spec):
        """Each parameter as a list of one value a neuron. docs/formats.md, "Network files" """
        params = {**DEFAULTS[self.model_name], **spec.get("params", {})}
        return {name: [number(x) for x in value] if isinstance(value, list) else [number(value)] * self.size
                for name, value in params.items()}

    def due(self, tick):
        """(neuron, noise word) of those due. "Who is due" """
        if self.blocks:
            for b in range(self.blocks):
                first, past = self.size * b // self.blocks, self.size * (b + 1) // self.blocks
                which, noise = self.noise.draw(b, tick)
                yield first + below(which, past - first), noise
        elif tick % self.period == self.phase:
            for i in range(self.size):
                yield i, self.noise_word(i, tick)

    def noise_word(self, i, tick):
        """Noise of a neuron that is due always or by period. "The ON-OFF pair", "Spike sources" """
        if self.model_name == "spike_source_poisson":
            return self.noise.draw(i, tick)[0]
        if self.model_name == "onoff":
            low, high = self.noise.draw(i // 8, tick)
            byte = ((high << 32) + low) >> 8 * (i % 8) & 255
            return byte << 24 | self.noise.draw(2**31 + i, tick)[0] & 2**24 - 1
        return None

    def update(self, tick):
        """(population, neuron, polarity) of the spikes of a tick."""
        due = list(self.due(tick))
        if due:
            self.model.begin_tick(tick)
        for i, noise in due:
            polarity = self.model.update(i, tick, noise)
            if polarity is not None:
                yield self.index, i, polarity


class Projection:
    """Synapses as (source, target, weight as a real number, delay in ticks), in the order of their numbers."""

    def __init__(self, spec, index, network, folder):
        self.source, self.target = (network.by_name[spec[end]] for end in ("from", "to"))
        receptors = self.target.model.receptors
        self.receptor = receptors.index(spec.get("receptor", receptors[0]))
        connector = spec["connector"]
        if connector["type"] == "from_list":
            rows = read_list(os.path.join(folder, connector["file"]), network.tick_ms)
        else:
            skip_self = self.source is self.target and not connector.get("allow_self", True)
            stream = Stream(network.seed, CONNECTOR + index)
            sizes = (self.source.size, self.target.size)
            rows = [(i, j, None, None) for i, j in RULES[connector["type"]](
                Connection(connector, sizes, skip_self, stream))]
        self.synapses = list(self.complete(rows, spec, Stream(network.seed, DRAW + index), network.tick_ms))

    @staticmethod
    def complete(rows, spec, stream, tick_ms):
        """Gives every synapse the weight and delay that its list does not. "Connectors", last paragraph"""
        delay_spec = spec.get("delay", tick_ms)
        is_drawn = isinstance(spec.get("weight"), dict) or isinstance(delay_spec, dict)
        for k, (i, j, weight, delay) in enumerate(rows):
            words = stream.draw(k & MASK32, k >> 32) if is_drawn else (0, 0)
            weight = pick_weight(spec["weight"], words[0]) if weight is None else weight
            delay = pick_delay(delay_spec, words[1], tick_ms) if delay is None else delay
            yield i, j, weight, delay


class Network:
    def __init__(self, path, seed):
        with open(path, encoding="utf-8") as file:
            spec = yaml.safe_load(file)
        self.seed, self.tick_ms = seed, number(spec.get("tick", 1.0))
        self.populations = [Population(s, k, self.tick_ms, seed) for k, s in enumerate(spec["populations"])]
        self.by_name = {p.name: p for p in self.populations}
        self.projections = [Projection(s, k, self, os.path.dirname(path))
                            for k, s in enumerate(spec.get("projections", []))]
        self.recorded = {r["population"] for r in spec.get("record", []) if "spikes" in r["what"]} or set(self.by_name)
        self.set_shifts()
        self.outgoing = {}
        for projection in self.projections:
            self.connect(projection)

    def set_shifts(self):
        """Sums of absolute weights onto each neuron, over all projections. "lif_curr_exp: Weights" """
        sums = [[[0.0] * p.size for _ in p.model.receptors] for p in self.populations]
        for projection in self.projections:
            onto = sums[projection.target.index][projection.receptor]
            for _, j, weight, _ in projection.synapses:
                onto[j] += abs(weight)
        for population in self.populations:
            population.model.set_shifts(sums[population.index])

    def connect(self, projection):
        """Synapses by source neuron; and fields of ON-OFF pairs at tick 0. "The ON-OFF pair" """
        source, target = projection.source, projection.target
        is_field = source.model_name == target.model_name == "onoff"
        waiting = target.model.waiting[projection.receptor]
        for i, j, value, delay in projection.synapses:
            weight = target.model.weight(value, projection.receptor)
            self.outgoing.setdefault((source.index, i), []).append((waiting, j, weight, delay))
            if is_field:
                target.model.v[j] += weight * source.model.spin[i]

    def run(self, n_ticks):
        """Spikes (tick, population, neuron, polarity). "A tick" """
        arrivals, spikes = {}, []
        for tick in range(n_ticks):
            for waiting, j, weight in arrivals.pop(tick, ()):
                waiting[j] += weight
            sent = [spike for population in self.populations for spike in population.update(tick)]
            for population, i, polarity in sent:
                spikes.append((tick, population, i, polarity))
                for waiting, j, weight, delay in self.outgoing.get((population, i), ()):
                    arrivals.setdefault(tick + delay, []).append((waiting, j, -weight if polarity else weight))
        return spikes


# ---- "The digest" ----

def mix(x):
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & MASK64
    x = (x ^ x >> 27) * 0x94d049bb133111eb & MASK64
    return x ^ x >> 31


def digest(spikes):
    total = 0
    for tick, population, neuron, polarity in spikes:
        of_tick = mix((tick + 0x9e3779b97f4a7c15) & MASK64)
        total += mix((of_tick + population * 2**33 + neuron * 2 + polarity) & MASK64)
    return total & MASK64


# ---- Placode's run, and the comparison ----

def run_placode(placode, path, ticks, seed, folder):
    """(digest, spikes as (tick, population's name, neuron) in the order of the file)"""
    table = os.path.join(folder, "spikes.csv")
    words = ["run", path, "--ticks", str(ticks), "--seed", str(seed), "--spikes", table, "--json"]
    done = subprocess.run([placode, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        what = f"{os.path.basename(path)}, seed {seed}"
        sys.exit(f"{what}: placode run ended with {done.returncode}: {done.stderr.strip()}")
    with open(table, encoding="utf-8") as file:
        spikes = [(int(row["tick"]), row["population"], int(row["neuron"])) for row in csv.DictReader(file)]
    return int(json.loads(done.stdout)["digest"], 16), spikes


def first_difference(network, ours, theirs):
    """A sentence about the first spike that only one side has, or None."""
    order = {p.name: p.index for p in network.populations}
    only = set(ours) ^ set(theirs)
    if only:
        spike = min(only, key=lambda s: (s[0], order[s[1]], s[2]))
        side = "docs/semantics.md" if spike in set(ours) else "placode"
        return f"first difference at tick {spike[0]}, population {spike[1]}, neuron {spike[2]}: a spike in {side} only"
    return None if ours == theirs else "the same spikes, but the CSV file has them in another order or twice"


def compare(placode, path, ticks, seed, folder):
    """Runs a network on both sides, prints a line, and returns whether all is equal."""
    network = Network(path, seed)
    spikes = network.run(ticks)
    names = [p.name for p in network.populations]
    ours = sorted((t, p, i) for t, p, i, _ in spikes if names[p] in network.recorded)
    ours = [(t, names[p], i) for t, p, i in ours]
    their_digest, theirs = run_placode(placode, path, ticks, seed, folder)
    difference = first_difference(network, ours, theirs)
    if not difference and digest(spikes) != their_digest:
        difference = (f"the spikes in the CSV file are equal, the digests are not (docs/semantics.md "
                      f"{digest(spikes):#018x}, placode {their_digest:#018x}): a polarity, or what is not recorded")
    print(f"{os.path.basename(path)}, seed {seed}: " +
          (difference or f"{len(spikes)} spikes in {ticks} ticks, equal, digest {their_digest:#018x}"))
    return not difference


# ---- what is compared ----

def write_maxcut(folder):
    """MAX-CUT as `placode maxcut` states it: one population of ON-OFF pairs, edges in both directions, delay 1, one
    random pair a tick. 40 vertices, three edges each to later ones, weights of -3..3. T falls from 10^4 to below 1."""
    n = 40
    edges = [(u, (u + step) % n, (u * u + 3 * step) % 7 - 3) for u in range(n) for step in (1, 7, 13)]
    with open(os.path.join(folder, "edges.csv"), "w", encoding="utf-8") as file:
        for u, v, weight in edges:
            file.write(f"{u},{v},{-weight}\n{v},{u},{-weight}\n" if weight else "")
    spins = {"name": "spins", "size": n, "model": "onoff", "random": 1,
             "params": {"delta": 20.0, "bias": [i % 5 - 2 for i in range(n)], "spin_init": [1, -1] * (n // 2)}}
    edges = {"from": "spins", "to": "spins", "connector": {"type": "from_list", "file": "edges.csv"}}
    path = os.path.join(folder, "maxcut.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump({"placode": "network/1", "populations": [spins], "projections": [edges]}, file)
    return path


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    placode, root = sys.argv[1:]
    golden = os.path.join(root, "tests", "golden")
    with tempfile.TemporaryDirectory() as folder:
        runs = ((os.path.join(golden, "semantics.yaml"), 300), (os.path.join(golden, "semantics_tick.yaml"), 400),
                (write_maxcut(folder), 2000), (os.path.join(root, "examples", "cortex.yaml"), 60))
        results = [compare(placode, path, ticks, seed, folder) for path, ticks in runs for seed in SEEDS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
