#!/usr/bin/env python3
"""How close operations of the CA3 memory may follow each other, pair by pair.

usage: cam_gaps.py PLACODE [--improved]

At 5 x 10, cues 0 and 1 learn {0, 1} and {2, 3}, 20 ticks apart. Then the first operation of a pair starts, and the second
`gap` ticks later. A gap is safe when the second is right and so is an audit of every cue and every bit, 20 ticks apart.
Printed is the smallest gap from which on all up to 24 are safe, with unbounded history, then shorter ones
that are safe by themselves.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys
import tempfile

CUES, BITS, APART, GAP_MAX = 5, 10, 20, 24


def learn(cue, *bits):
    return "learn: {cue: %d, content: %s}" % (cue, list(bits))


def cue(number):
    return "recall_cue: {cue: %d}" % number


def bits(*asked):
    return "recall_content: {content: %s}" % list(asked)


BEFORE = [learn(0, 0, 1), learn(1, 2, 3)]
# kind, name, first operation, second
PAIRS = [
    ("learn -> recall", "that cue", learn(2, 4, 5), cue(2)),
    ("learn -> recall", "another cue", learn(2, 4, 5), cue(0)),
    ("learn -> recall", "a bit of it", learn(2, 4, 5), bits(4)),
    ("learn -> recall", "a bit of another", learn(2, 4, 5), bits(0)),
    ("learn -> learn", "no bit shared", learn(2, 4, 5), learn(3, 6, 7)),
    ("learn -> learn", "a bit shared", learn(2, 4, 5), learn(3, 5, 6)),
    ("learn -> overwrite", "that cue", learn(2, 4, 5), learn(2, 6, 7)),
    ("overwrite -> recall", "that cue", learn(0, 4, 5), cue(0)),
    ("overwrite -> recall", "an old bit", learn(0, 4, 5), bits(0)),
    ("overwrite -> overwrite", "that cue", learn(0, 4, 5), learn(0, 6, 7)),
    ("recall -> learn", "cue, another cue", cue(0), learn(2, 4, 5)),
    ("recall -> learn", "cue, overwritten", cue(0), learn(0, 4, 5)),
    ("recall -> learn", "cue, its bit shared", cue(0), learn(2, 1, 4)),
    ("recall -> learn", "bit, another cue", bits(0), learn(2, 4, 5)),
    ("recall -> learn", "bit, shared", bits(0), learn(2, 0, 4)),
    ("recall -> learn", "bit, its cue overwritten", bits(0), learn(0, 4, 5)),
    ("recall -> recall", "cue, same", cue(0), cue(0)),
    ("recall -> recall", "cue, another", cue(0), cue(1)),
    ("recall -> recall", "cue, its bit", cue(0), bits(0)),
    ("recall -> recall", "cue, another bit", cue(0), bits(2)),
    ("recall -> recall", "bit, its cue", bits(0), cue(0)),
    ("recall -> recall", "bit, another cue", bits(0), cue(1)),
    ("recall -> recall", "bit, same", bits(0), bits(0)),
    ("recall -> recall", "bit, another", bits(0), bits(2)),
    ("overwrite -> two-bit query", "both old bits", learn(0, 4, 5), bits(0, 1)),
]


def is_safe(placode, options, first, second, gap, folder):
    start = APART * len(BEFORE)
    timed = [(APART * i, what) for i, what in enumerate(BEFORE)] + [(start, first), (start + gap, second)]
    audit = [cue(i) for i in range(CUES)] + [bits(i) for i in range(BITS)]
    timed += [(start + gap + APART * (i + 1), what) for i, what in enumerate(audit)]
    path = os.path.join(folder, "pair.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("placode: cam/1\ncues: %d\nbits: %d\noperations:\n" % (CUES, BITS))
        file.writelines("  - {%s, at: %d}\n" % (what, at) for at, what in timed)
    out = subprocess.run([placode, "cam", path, "--threads", "1", "--json"] + options, check=True, stdout=subprocess.PIPE)
    words = json.loads(out.stdout)["words"]
    return all(word["correct"] for word in words[len(BEFORE) + 1:])


def measure(placode, options):
    """(kind, name, smallest gap from which on all are safe or None, shorter safe gaps) of each pair."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, name, first, second in PAIRS:
            safe = [gap for gap in range(1, GAP_MAX + 1) if is_safe(placode, options, first, second, gap, folder)]
            from_on = GAP_MAX + 1
            while from_on - 1 in safe:
                from_on -= 1
            yield kind, name, from_on if from_on <= GAP_MAX else None, [gap for gap in safe if gap < from_on]


def main():
    placode = sys.argv[1]
    options = ["--improved"] if "--improved" in sys.argv[2:] else ["--history", "unbounded"]
    print("%-28s %-26s %6s  %s" % ("pair", "", "ticks", "shorter ones that are safe"))
    for kind, name, from_on, others in measure(placode, options):
        print("%-28s %-26s %6s  %s" % (kind, name, from_on or "never", " ".join(map(str, others))))


if __name__ == "__main__":
    main()
