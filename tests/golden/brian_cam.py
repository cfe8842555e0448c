# The CA3 memory in Placode and in Brian 2, compared spike for spike.
# SPDX-License-Identifier: Apache-2.0
"""
usage: brian_cam.py PLACODE SOURCE_ROOT

The network of Casanueva-Morato et al. (2024) is built here a second time, in float64 and with Brian's own integration,
refractoriness and event-driven traces; of Placode come the spikes alone. As on the chip, synapses act at the start of
a step with delay n - 1, a current is constant over a step, a spike of a target acts on its plastic synapses n ticks
later, before sources of that tick, and weights are clipped after each event. Nothing truncates; all spikes of E1, E2
and E3 have to be equal, so fixed point does not change what this memory does. Each of a few faults, planted in Brian's
network, has to be seen.

exit status: 0 equal and faults seen, 1 not, 77 no Brian 2 or PyYAML here
"""
import csv
import math
import os
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
try:
    import brian2 as b2
    import numpy as np
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

DT = 1 * b2.ms
SLOW, QUICK, OUT = (0.27, 3.0, -57.0), (0.14, 0.5, -57.0), (0.27, 3.0, -57.5)  # nF, ms, mV
POPULATIONS = {"inCue": ("C", None), "inCont": ("K", None), "cueCue": ("C", SLOW), "contCue": ("K", SLOW),
               "contCond": ("K", QUICK), "contCondInt": ("1", QUICK), "contCont": ("K", SLOW), "cueCont": ("C", QUICK),
               "mergeCue": ("C", SLOW), "mergeCont": ("K", SLOW), "outCue": ("C", OUT), "outCont": ("K", OUT)}
# from, to, pattern, weight [nA] (0: plastic), delay [ticks]; "6K" counts once for each bit
PROJECTIONS = [
    ("inCue", "cueCue", "same", 6, 1), ("inCont", "contCue", "same", 6, 1), ("cueCue", "contCue", "all", 0, 1),
    ("cueCue", "cueCont", "same", 6, 2), ("cueCue", "cueCont", "others", "-6K", 3), ("cueCue", "contCond", "all", -6, 2),
    ("contCue", "contCond", "same", 9, 1), ("contCue", "contCondInt", "all", 6, 1),
    ("contCondInt", "contCond", "all", 2, 1), ("contCond", "contCont", "same", 6, 1), ("contCont", "cueCont", "all", 0, 1),
    ("cueCont", "cueCont", "others", "-6K", 2), ("cueCue", "mergeCue", "same", 6, 3), ("contCue", "mergeCont", "same", 6, 3),
    ("cueCont", "mergeCue", "same", 6, 1), ("contCont", "mergeCont", "same", 6, 1), ("mergeCue", "outCue", "same", 6, 1),
    ("mergeCont", "outCont", "same", 6, 1)]
STEP, TAU, W_MAX, TAU_SYN = 6.0, 3.0, 6.0, 0.3  # nA, ms

MODEL = """
dv/dt = (-60 + resistance * (g_e - g_i) - v) / tau : 1 (unless refractory)
g_e : 1
g_i : 1
"""
PLASTIC = """
w : 1
dpre/dt = -pre / tau_stdp : 1 (event-driven)
dpost/dt = -post / tau_stdp : 1 (event-driven)
"""


def inputs_of(script):
    """(tick, neuron) of both sources: a memory is held for three ticks, a query for one."""
    cues, bits = [], []
    for operation in script["operations"]:
        kind = next(k for k in operation if k != "at")
        what, at = operation[kind], operation["at"]
        for t in range(at, at + (3 if kind == "learn" else 1)):
            if kind != "recall_content":
                cues.append((t, what["cue"]))
            if kind != "recall_cue":
                bits += [(t, bit) for bit in what["content"]]
    return {"inCue": sorted(cues), "inCont": sorted(bits)}


def run_brian(script, ticks, fault=None):
    size = {"C": script["cues"], "K": script["bits"], "1": 1}
    gain = TAU_SYN * (1 - math.exp(-1 / TAU_SYN))
    groups, parts = {}, []
    for name, (side, neuron) in POPULATIONS.items():
        if not neuron:
            spikes = inputs_of(script)[name]
            groups[name] = b2.SpikeGeneratorGroup(size[side], np.array([i for _, i in spikes], int),
                                                  np.array([t for t, _ in spikes], float) * DT, dt=DT)
            continue
        cm, tau_m, threshold = neuron
        names = {"resistance": tau_m / cm, "tau": tau_m * b2.ms, "d": math.exp(-1 / TAU_SYN)}
        group = b2.NeuronGroup(size[side], MODEL, threshold=f"v >= {threshold}", reset="v = -60", refractory=2 * DT,
                               namespace=names, method="exact", dt=DT)
        group.run_regularly("g_e = g_e * d\ng_i = g_i * d", when="end", dt=DT)
        group.v = -60
        groups[name] = group
    for source, target, pattern, weight, delay in PROJECTIONS:
        if fault == "delay" and (source, target) == ("cueCue", "mergeCue"):
            delay -= 1
        step = 3 if fault == "step" else STEP
        if weight == 0:
            order = (1, 0) if fault == "order" else (0, 1)
            s = b2.Synapses(groups[source], groups[target], PLASTIC, dt=DT,
                            on_pre=f"w = clip(w - {step} * post, 0, {W_MAX})\ng_e_post += w * {gain}\npre += 1",
                            on_post=f"w = clip(w + {step} * pre, 0, {W_MAX})\npost += 1",
                            namespace={"tau_stdp": TAU * b2.ms})
            s.connect()
            s.pre.when = s.post.when = "start"
            s.post.order, s.pre.order = order
            s.pre.delay, s.post.delay = (delay - 1) * DT, delay * DT
        else:
            value = 6.0 * script["bits"] if weight == "-6K" else abs(float(weight))
            receptor = "g_i" if weight == "-6K" or weight < 0 else "g_e"
            s = b2.Synapses(groups[source], groups[target], on_pre={"arrive": f"{receptor}_post += {value * gain}"},
                            dt=DT)
            s.connect(**{"same": {"condition": "i == j"}, "all": {}, "others": {"condition": "i != j"}}[pattern])
            s.arrive.delay = (delay - 1) * DT
            s.arrive.when = "start"
        parts.append(s)
    monitors = {name: b2.SpikeMonitor(group) for name, group in groups.items()}
    b2.Network(*groups.values(), *parts, *monitors.values()).run(ticks * DT)
    return {(int(round(float(t / DT))), name, int(i)) for name, m in monitors.items() for t, i in zip(m.t, m.i)}


def run_placode(placode, path):
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "out.csv")
        subprocess.run([placode, "cam", path, "--spikes", table], check=True, stdout=subprocess.DEVNULL)
        with open(table, encoding="utf-8") as file:
            return {(int(r["tick"]), r["population"], int(r["neuron"])) for r in csv.DictReader(file)}


def main():
    b2.prefs.codegen.target = "numpy"
    placode, root = sys.argv[1:3]
    failed = False
    for name in ("e1", "e2", "e3"):
        path = os.path.join(root, "tests", "golden", "cam", name + ".yaml")
        with open(path, encoding="utf-8") as file:
            script = yaml.safe_load(file)
        ticks = script["operations"][-1]["at"] + 10
        expected, found = run_placode(placode, path), run_brian(script, ticks)
        print(f"{name}: {len(expected)} spikes, {len(expected - found)} missing, {len(found - expected)} extra")
        failed = failed or expected != found
        for fault in ("delay", "step", "order") if name == "e1" else ():
            found = run_brian(script, ticks, fault)
            print(f"{name}, fault {fault}: {len(expected ^ found)} spikes differ")
            failed = failed or expected == found
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
