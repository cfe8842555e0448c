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


def draw(rows, path):
    """Cells relative to ABC's: 1 is the line."""
    rows = [row for row in rows if row["abc8"]]
    step, height, left, scale = 34, 60, 40, 200
    width = left + step * len(rows) + 20
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">'
           % (width, scale * 1.3 + height + 20)]
    base = scale * 1.3
    for i, row in enumerate(rows):
        ratio = row["cells"] / int(row["abc8"])
        x = left + i * step
        out.append(bar(x, base - scale * ratio, step * 0.6, scale * ratio, "#3a6ea5"))
        if row["published_collapsed"]:
            other = int(row["published_collapsed"]) / int(row["abc8"])
            out.append(bar(x, base - scale * other - 1, step * 0.6, 2, "#c03020"))
        out.append('<text transform="translate(%.1f,%.1f) rotate(60)">%s</text>' % (x + 4, base + 10, row["circuit"]))
    out.append('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#444" stroke-dasharray="4"/>'
               % (left - 6, width - 10, base - scale, base - scale))
    out.append('<text x="4" y="%.1f">ABC</text><text x="4" y="12">cells, relative to ABC at a fan-in of 8; '
               'red: published, collapsed</text></svg>' % (base - scale + 4))
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")


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
