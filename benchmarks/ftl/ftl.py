#!/usr/bin/env python3
"""Cells of placode ftl on benchmark netlists, each proved, beside what others are known to reach.

usage: ftl.py PLACODE_BINARY FOLDER [--csv OUT.csv] [--svg OUT.svg] [circuit...] [-- options of placode ftl]

FOLDER has netlists in folders of any depth (.bench, .blif, .aig). Figures of others are those of
peers.csv: ABC's threshold mapping (Neutzling et al., ICCAD 2015) at a fan-in of 8, and the mapped and
collapsed networks published by Lee and Jiang (TCAD 2020; fan-in not limited).
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import json
import math
import os
import subprocess
import sys

KEYS = ("cells", "edges", "depth", "fanin_max", "weight_max", "equivalent", "seconds", "prove_seconds")


def find(folder):
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            base, ext = os.path.splitext(name)
            if ext in (".bench", ".blif", ".aig"):
                yield base, os.path.join(path, name)


def measure(placode, path, fanin, options):
    args = [placode, "ftl", path, "--check", "--json", "--max-fanin", str(fanin)] + options
    done = subprocess.run(args, capture_output=True, text=True)
    if done.returncode not in (0, 4):
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def row_of(name, value, peer):
    row = {"circuit": name, "fanin": peer.get("fanin", "6")}
    row.update((key, value[key]) for key in KEYS)
    row.update((key, peer.get(key, "")) for key in ("abc8", "published_map", "published_collapsed"))
    return row


def show(row):
    fields = []
    for key, value in row.items():
        text = "%.2f" % value if isinstance(value, float) else str(value)
        fields.append(text.rjust(max(len(key), 6)))
    print("  ".join(fields), flush=True)


def bar(x, y, width, height, colour):
    return '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, width, height, colour)


def label(x, y, text, anchor="middle", more=""):
    return '<text x="%.1f" y="%.1f" text-anchor="%s"%s>%s</text>' % (x, y, anchor, more, text)


def draw(rows, path):
    """A bar a circuit: cells for each 100 of ABC's, from an axis with a line every 20 up to what is the most."""
    rows = [row for row in rows if row["abc8"]]
    step, left, top, below, height = 36, 64, 64, 84, 320
    shares = [100 * row["cells"] / int(row["abc8"]) for row in rows]
    others = [100 * int(row["published_collapsed"] or 0) / int(row["abc8"]) for row in rows]
    most = 20 * math.ceil(max(shares + others + [100]) / 20)
    width, scale, base = left + step * len(rows) + 20, height / most, top + height
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">'
           % (width, base + below), '<rect width="100%" height="100%" fill="#fff"/>',
           label(left, 20, "Threshold cells of each circuit, as a share of ABC's (fan-in of 8)", "start", ' font-size="14"'),
           bar(left, 32, 10, 10, "#3a6ea5"), label(left + 15, 41, "placode ftl", "start"),
           bar(left + 90, 36, 14, 3, "#c03020"), label(left + 110, 41, "published, collapsed (Lee and Jiang 2020)", "start")]
    for share in range(0, most + 1, 20):
        y = base - scale * share
        style = 'stroke="#444"' if share in (0, 100) else 'stroke="#ddd"'
        out.append('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" %s/>' % (left, width - 10, y, y, style))
        out.append(label(left - 6, y + 4, "%d %%" % share, "end"))
    out.append(label(14, top + height / 2, "cells / cells of ABC", more=' transform="rotate(-90 14 %.1f)"' % (top + height / 2)))
    for i, row in enumerate(rows):
        x = left + i * step + step * 0.2
        out.append(bar(x, base - scale * shares[i], step * 0.6, scale * shares[i], "#3a6ea5"))
        out.append(label(x + step * 0.3, base - scale * shares[i] - 4, "%.0f" % shares[i], more=' font-size="10"'))
        if others[i]:
            out.append(bar(x - 3, base - scale * others[i] - 1.5, step * 0.6 + 6, 3, "#c03020"))
        out.append('<text transform="translate(%.1f,%.1f) rotate(55)">%s</text>' % (x + 4, base + 12, row["circuit"]))
    with open(path, "w") as file:
        file.write("\n".join(out + ["</svg>"]) + "\n")


def main(args):
    options = args[args.index("--") + 1:] if "--" in args else []
    args = args[:args.index("--")] if "--" in args else args
    outputs = {}
    for name in ("--csv", "--svg"):
        if name in args:
            at = args.index(name)
            outputs[name] = args[at + 1]
            del args[at:at + 2]
    if len(args) < 2:
        sys.exit(__doc__)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.csv")) as file:
        peers = {row["circuit"]: row for row in csv.DictReader(file)}
    rows = []
    for name, path in find(args[1]):
        if args[2:] and name not in args[2:]:
            continue
        peer = peers.get(name, {})
        rows.append(row_of(name, measure(args[0], path, peer.get("fanin", 6), options), peer))
        if len(rows) == 1:
            print("  ".join(key.rjust(6) for key in rows[0]))
        show(rows[-1])
    if "--csv" in outputs:
        with open(outputs["--csv"], "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    if "--svg" in outputs:
        draw(rows, outputs["--svg"])
    return 0 if all(row["equivalent"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
