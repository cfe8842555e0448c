# "Connectors" of docs/semantics.md: each gives its pairs (source, target) in the order in which synapses are
# numbered; see semantics.py.
# SPDX-License-Identifier: Apache-2.0
import csv
from fractions import Fraction

from semantics_numbers import MASK32, below, log2_q48, number


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
