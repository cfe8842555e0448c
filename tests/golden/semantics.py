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
import math
import os
import subprocess
import sys
import tempfile
from decimal import Decimal, localcontext
from fractions import Fraction

try:
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SEEDS = (1, 2**53 - 1)  # the second has both words
MASK32, MASK64 = 2**32 - 1, 2**64 - 1

# docs/formats.md, "Network files"
DEFAULTS = {
    "lif_curr_exp": {"tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 0.1,
                     "tau_syn_E": 5, "tau_syn_I": 5, "i_offset": 0, "v_init": None},
    "onoff": {"a": 2.5e4, "c": 8e4, "delta": 2e-3, "eta": 2.5, "bias": 0, "spin_init": 1},
    "threshold": {"threshold": 1},
    "spike_source_poisson": {"rate": 1, "start": 0, "duration": math.inf},
    "spike_source_array": {},
}


def number(value):
    """A number of a YAML file. PyYAML takes 2e-3 for text: its YAML 1.1 wants a point and a sign."""
    return float(value) if isinstance(value, str) else value


def wrap(x):
    """x modulo 2^32, read as two's complement."""
    return ((x + 2**31) & MASK32) - 2**31


def below(word, n):
    """A word as a number of [0, n). "Random numbers"."""
    return word * n >> 32


# ---- "Random numbers" ----

DUE, NOISE, POISSON, CONNECTOR, DRAW = (kind << 24 for kind in range(1, 6))
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24), (13, 15, 26, 6), (17,))


def threefry(k0, k1, c0, c1):
    """T(k0, k1; c0, c1): Threefry-2x32 with 13 rounds."""
    keys = (k0, k1, 0x1BD11BDA ^ k0 ^ k1)
    a, b = (c0 + k0) & MASK32, (c1 + k1) & MASK32
    for group, rotations in enumerate(ROTATIONS):
        for r in rotations:
            a = (a + b) & MASK32
            b = ((b << r | b >> (32 - r)) & MASK32) ^ a
        if len(rotations) == 4:
            a = (a + keys[(group + 1) % 3]) & MASK32
            b = (b + keys[(group + 2) % 3] + group + 1) & MASK32
    return a, b


class Stream:
    """random(seed, stream, index, tick) of one stream; the key of the current 2^32 ticks is kept."""

    def __init__(self, seed, stream):
        self.seed, self.stream, self.epoch, self.key = seed, stream, None, None

    def draw(self, index, tick):
        if tick >> 32 != self.epoch:
            self.epoch = tick >> 32
            self.key = threefry(self.seed & MASK32, self.seed >> 32, self.stream, self.epoch)
        return threefry(*self.key, index, tick & MASK32)


# ---- "The annealer" ----

def exact_tables():
    """round(2^48 log2(1 + 2^-k)), k = 0..44, and E[i] = round(2^(32 - i / 256)), i = 0..256, from 60 digits."""
    with localcontext() as context:
        context.prec = 60
        ln2 = Decimal(2).ln()
        octaves = [int(((1 + Decimal(2)**-k).ln() / ln2 * 2**48).to_integral_value()) for k in range(45)]
        powers = [int((Decimal(2)**(32 - Decimal(i) / 256)).to_integral_value()) for i in range(257)]
    return octaves, powers


OCTAVES, POWERS = exact_tables()


def log2_q48(x):
    """LOG2(x), Q48."""
    e = x.bit_length() - 1
    m, z = x << (63 - e), 0
    for k in range(1, 45):
        n = m + (m >> k)
        if n < 2**64:
            m, z = n, z + OCTAVES[k]
    return ((e + 1) << 48) - z


def to_mantissa(value):
    """(mantissa, shift) of a double: the rows delta and scale of "Constants"."""
    shift = min(63, max(0, 32 - math.frexp(value)[1]))
    return round(Fraction(value) * 2**shift), shift


class Annealer:
    """From the tick and a gain to the number of noise words that let a flip pass."""

    def __init__(self, a, c, delta, eta):
        """ "Constants" """
        self.origin = round(Fraction(c) * 2**32) + 2**32
        self.log2_c = log2_q48(self.origin - 2**32)
        eta_octaves = log2_q48(round(Fraction(eta) * 2**32)) - (32 << 48)
        self.log2_eta = abs(eta_octaves) // 2**8 * (1 if eta_octaves >= 0 else -1)
        self.delta, self.delta_shift = to_mantissa(delta * 2.0**32)
        self.scale, self.scale_shift = to_mantissa(c / a)
        self.hold_bits = 16
        while self.hold_bits < 40 and self.relative_step(a, c, delta) > 3 / 1024:
            self.hold_bits += 1

    def relative_step(self, a, c, delta):
        """T(2^h) 2^-h in double precision. "Constants", row hold_bits."""
        return a / (c * math.log1p((1 + delta * 2.0**self.hold_bits) / c)) * 2.0**-self.hold_bits

    def hold(self, tick):
        """ "Held tick" """
        k = tick.bit_length() - self.hold_bits
        return tick if k <= 0 else (tick >> k << k) + 2**(k - 1)

    def slope(self, tick):
        """ "Slope", Q40 """
        time = min(2**63, self.origin + (self.hold(tick) * self.delta >> self.delta_shift))
        octaves = max(0, log2_q48(time) - self.log2_c)
        return min(2**62 - 1, (octaves * self.scale >> 8) >> self.scale_shift)

    def limit(self, slope, gain):
        """ "Limit" """
        r = self.log2_eta - gain * slope
        if r <= 0:
            return 2**32
        q = r >> 40
        if q > 32:
            return 0
        f = (r >> 8) & MASK32
        i, j = f >> 24, f & 0xffffff
        return (POWERS[i] - ((POWERS[i] - POWERS[i + 1]) * j >> 24)) >> q


# ---- the models: each updates neuron i in a tick and returns None or the polarity of its spike ----

class Model:
    """What the models share: inputs that wait, by receptor, and no noise stream."""

    receptors = ("input",)
    noise_kind = NOISE

    def __init__(self, size):
        self.waiting = [[0] * size for _ in self.receptors]

    def take(self, receptor, i):
        """What waits for a neuron; it is cleared. "A tick", step 2."""
        x, self.waiting[receptor][i] = self.waiting[receptor][i], 0
        return x

    def set_shifts(self, sums):
        """Sums are those of absolute weights, [receptor][neuron]; only lif_curr_exp wants them."""

    def weight(self, value, _receptor):
        """A weight as the model's whole number."""
        if value != int(value):
            raise ValueError(f"expected a whole weight, got {value}")
        return int(value)

    def begin_tick(self, _tick):
        """Called once in each tick in which anybody is due."""


class Lif(Model):
    """ "lif_curr_exp" """

    receptors = ("excitatory", "inhibitory")

    def __init__(self, size, params, tick_ms):
        super().__init__(size)
        self.constants = [self.resolve({k: v[i] for k, v in params.items()}, tick_ms) for i in range(size)]
        self.shifts = [0, 0]
        self.v = [c["v_init"] for c in self.constants]
        self.g = [[0] * size, [0] * size]
        self.wait = [0] * size

    @staticmethod
    def resolve(p, tick_ms):
        """ "lif_curr_exp: Parameters" """
        def s1615(x):
            return round(Fraction(x) * 2**15)

        decays = [math.exp(-tick_ms / p[tau]) for tau in ("tau_syn_E", "tau_syn_I")]
        gains = [p[tau] * (1 - d) / tick_ms for tau, d in zip(("tau_syn_E", "tau_syn_I"), decays)]
        c = {name: s1615(p[name]) for name in ("v_rest", "v_reset", "v_thresh", "i_offset")}
        c["R"] = s1615(p["tau_m"] / p["cm"])
        c["e"] = s1615(math.exp(-tick_ms / p["tau_m"]))
        c["T_ref"] = math.ceil(p["tau_refrac"] / tick_ms)
        c["d"] = [min(MASK32, math.floor(d * 2.0**32)) for d in decays]
        c["i"] = [min(MASK32, math.floor(g * 2.0**32)) for g in gains]
        c["v_init"] = c["v_rest"] if p["v_init"] is None else s1615(p["v_init"])
        return c

    def set_shifts(self, sums):
        """The ring shifts. "lif_curr_exp: Weights" """
        for receptor in (0, 1):
            largest = max(sums[receptor])
            self.shifts[receptor] = next(s for s in range(15) if largest < 2**s)

    def weight(self, value, receptor):
        """ "lif_curr_exp: Weights" """
        return round(Fraction(abs(value)) * Fraction(2)**(15 - self.shifts[receptor]))

    def update(self, i, _tick, _noise):
        """ "lif_curr_exp: Update" """
        c = self.constants[i]
        for r in (0, 1):
            x = min(self.take(r, i), 65535)
            self.g[r][i] = (self.g[r][i] + ((x << self.shifts[r]) * c["i"][r] >> 32)) & MASK32
        if self.wait[i] == 0:
            current = wrap(self.g[0][i] - self.g[1][i] + c["i_offset"])
            a = wrap(wrap(current * c["R"] >> 15) + c["v_rest"])
            self.v[i] = wrap(a - wrap(c["e"] * wrap(a - self.v[i]) >> 15))
        else:
            self.wait[i] -= 1
        spikes = self.v[i] >= c["v_thresh"]
        if spikes:
            self.v[i], self.wait[i] = c["v_reset"], c["T_ref"]
        for r in (0, 1):
            self.g[r][i] = self.g[r][i] * c["d"][r] >> 32
        return 0 if spikes else None


class OnOff(Model):
    """ "The ON-OFF pair" """

    def __init__(self, size, params, _tick_ms):
        super().__init__(size)
        self.annealer = Annealer(*(float(params[name][0]) for name in ("a", "c", "delta", "eta")))
        self.v = [int(x) for x in params["bias"]]
        self.spin = [int(x) for x in params["spin_init"]]
        self.slope = None

    def begin_tick(self, tick):
        self.slope = self.annealer.slope(tick)

    def update(self, i, _tick, noise):
        """ "The ON-OFF pair: Update" """
        self.v[i] = wrap(self.v[i] + 2 * self.take(0, i))
        if noise >= self.annealer.limit(self.slope, self.spin[i] * self.v[i]):
            return None
        self.spin[i] = -self.spin[i]
        return 0 if self.spin[i] > 0 else 1


class Threshold(Model):
    """ "threshold" """

    def __init__(self, size, params, _tick_ms):
        super().__init__(size)
        self.threshold = [int(x) for x in params["threshold"]]

    def update(self, i, _tick, _noise):
        return 0 if wrap(self.take(0, i)) >= self.threshold[i] else None


class PoissonSource(Model):
    """ "Spike sources" """

    receptors = ()
    noise_kind = POISSON

    def __init__(self, size, params, tick_ms):
        super().__init__(size)
        self.probability = [min(MASK32, round(Fraction(rate * tick_ms / 1000) * 2**32)) for rate in params["rate"]]
        self.begin = [min(MASK32, round(start / tick_ms)) for start in params["start"]]
        self.end = [round(min(MASK32, (start + duration) / tick_ms))
                    for start, duration in zip(params["start"], params["duration"])]

    def update(self, i, tick, noise):
        active = self.begin[i] <= tick and (tick < self.end[i] or self.end[i] == MASK32)
        return 0 if active and noise < self.probability[i] else None


class ArraySource(Model):
    """ "Spike sources" """

    receptors = ()

    def __init__(self, size, times_ms, tick_ms):
        super().__init__(size)
        self.ticks = [{round(number(ms) / tick_ms) for ms in times_ms.get(i, ())} for i in range(size)]

    def update(self, i, tick, _noise):
        return 0 if tick in self.ticks[i] else None


MODELS = {"lif_curr_exp": Lif, "onoff": OnOff, "threshold": Threshold, "spike_source_poisson": PoissonSource}


# ---- "Connectors": each gives its pairs (source, target) in the order in which synapses are numbered ----

class Connection:
    """What a connector has to know: its keys, the two sizes, whether i to i is unwanted, its stream."""

    def __init__(self, spec, sizes, skip_self, stream):
        self.spec, self.skip_self, self.stream = spec, skip_self, stream
        self.n_sources, self.n_targets = sizes

    def wanted(self, i, j):
        return not (self.skip_self and i == j)


def one_to_one(c):
    return [(i, i) for i in range(min(c.n_sources, c.n_targets)) if c.wanted(i, i)]


def all_to_all(c):
    return [(i, j) for i in range(c.n_sources) for j in range(c.n_targets) if c.wanted(i, j)]


def fixed_probability(c):
    """Gaps between the targets of a source are geometric."""
    p = number(c.spec["p"])
    octaves = (62 << 48) - log2_q48(round(Fraction(1 - p) * 2**62)) if p < 1 else None
    if p < 1 and octaves == 0:
        return []
    pairs = []
    for i in range(c.n_sources):
        j = step = 0
        while True:
            high, low = c.stream.draw(i, step)
            j += ((64 << 48) - log2_q48(high << 32 | low | 1)) // octaves if octaves else 0
            if j >= c.n_targets:
                break
            if c.wanted(i, j):
                pairs.append((i, j))
            step, j = step + 1, j + 1
    return pairs


def choose(c, row, n_columns):
    """n different columns of a row: the first steps of a shuffle."""
    m = n_columns - c.skip_self
    deck = list(range(m))
    for k in range(c.spec["n"]):
        h = k + below(c.stream.draw(row, k)[0], m - k)
        deck[h], deck[k] = deck[k], deck[h]
    return [card + (c.skip_self and card >= row) for card in deck[:c.spec["n"]]]


def fixed_number_post(c):
    return sorted((i, j) for i in range(c.n_sources) for j in choose(c, i, c.n_targets))


def fixed_number_pre(c):
    return sorted((i, j) for j in range(c.n_targets) for i in choose(c, j, c.n_sources))


def draw_pair(c, k):
    """Pair k of fixed_total_number, drawn again while it is an unwanted i to i."""
    attempt = 0
    while True:
        w0, w1 = c.stream.draw(k & MASK32, ((k >> 32) << 16) + attempt)
        i, j = below(w0, c.n_sources), below(w1, c.n_targets)
        if c.wanted(i, j):
            return i, j
        attempt += 1


def fixed_total_number(c):
    return sorted((draw_pair(c, k) for k in range(c.spec["n"])), key=lambda pair: pair[0])


RULES = {rule.__name__: rule for rule in (one_to_one, all_to_all, fixed_probability, fixed_number_post,
                                          fixed_number_pre, fixed_total_number)}


def read_list(path, tick_ms):
    """The rows of a from_list file by source: (source, target, weight or None, delay or None). docs/formats.md"""
    rows = []
    with open(path, encoding="utf-8") as file:
        for fields in csv.reader(line for line in file if not line.startswith(("#", "source"))):
            if fields:
                weight = float(fields[2]) if len(fields) > 2 else None
                delay = round(float(fields[3]) / tick_ms) if len(fields) > 3 else None
                rows.append((int(fields[0]), int(fields[1]), weight, delay))
    return sorted(rows, key=lambda row: row[0])


def pick_weight(value, word):
    """A weight as given, or drawn: the last paragraph of "Connectors"."""
    if not isinstance(value, dict):
        return number(value)
    low, high = (number(x) for x in value["uniform"])
    return low + (high - low) * (word / 2**32) if low < high else low


def pick_delay(value, word, tick_ms):
    """A delay in ticks as given, or drawn: the last paragraph of "Connectors", and "Quantities in ms"."""
    if not isinstance(value, dict):
        return round(number(value) / tick_ms)
    low, high = (round(number(x) / tick_ms) for x in value["uniform"])
    return low + below(word, high + 1 - low)


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
                yield i, self.noise.draw(i, tick)[0] if self.has_noise else None

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
