# The neuron models of docs/semantics.md; see semantics.py.
# SPDX-License-Identifier: Apache-2.0
import math
from fractions import Fraction

from semantics_numbers import MASK32, NOISE, POISSON, POWERS, log2_q48, number, wrap

# docs/formats.md, "Network files"
DEFAULTS = {
    "lif_curr_exp": {"tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 0.1,
                     "tau_syn_E": 5, "tau_syn_I": 5, "i_offset": 0, "v_init": None},
    "onoff": {"a": 2.5e4, "c": 8e4, "delta": 2e-3, "eta": 2.5, "bias": 0, "spin_init": 1},
    "threshold": {"threshold": 1},
    "spike_source_poisson": {"rate": 1, "start": 0, "duration": math.inf},
    "spike_source_array": {},
}


# ---- "The annealer" ----

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
