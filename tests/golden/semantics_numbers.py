# Numbers of docs/semantics.md: words, random draws, the logarithm; see semantics.py.
# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal, localcontext

MASK32, MASK64 = 2**32 - 1, 2**64 - 1


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


# ---- "The annealer": its tables ----

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
