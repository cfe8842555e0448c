"""A picture of quality against time on the G-set, a panel for each family, as SVG.

Upwards is better: the distance from the best known cut, in percent, on a logarithmic axis that
ends at FLOOR; what is nearer, or beyond, is drawn there. The line is the mean over the runs, the
band is all of them. Dark on white, and on paper; light on dark where the reader prefers that.
"""
# SPDX-License-Identifier: Apache-2.0
import math
from xml.sax.saxutils import escape

FLOOR, CEILING = 0.01, 20.0  # [%] below the best known cut
WIDTH, HEIGHT = 300, 200     # [px] of a plot
LEFT, TOP, GAP, ROW = 56, 64, 36, 62
FIRST = 0.01                 # [s] where time begins
MARGIN = 1.25                # of the axis of time, beyond the last moment
ENTRY = 220                  # [px] of an entry of the legend
SHAPES = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", "M-3.5 -3.5h7v7h-7z", "M0 -4.5L4.5 3.5H-4.5z",
          "M0 -5L5 0L0 5L-5 0z", "M-4.5 -3.5H4.5L0 4.5z")
STYLE = """
svg { --page: #fff; --ink: #24292f; --dim: #57606a; --grid: #d8dce1; --own: #0b5cad;
      --p0: #b3450b; --p1: #80651a; --p2: #6b3fa0; --p3: #2c7a3f; --p4: #a02c5a; }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --dim: #9aa4af;
      --grid: #30363d; --own: #58a6ff; --p0: #f0883e; --p1: #d2a94a; --p2: #bc8cff; --p3: #56d364;
      --p4: #ff7bac; } }
@media print { svg { --page: #fff; --ink: #000; --dim: #444; --grid: #ccc; --own: #0b5cad;
      --p0: #b3450b; --p1: #80651a; --p2: #6b3fa0; --p3: #2c7a3f; --p4: #a02c5a; } }
.page { fill: var(--page); } text { fill: var(--ink); } .dim { fill: var(--dim); }
.grid { stroke: var(--grid); fill: none; } .own { stroke: var(--own); stroke-width: 2; fill: none; }
.band { fill: var(--own); }
""" + " ".join(".p%d { fill: var(--p%d); }" % (i, i) for i in range(len(SHAPES)))
# What readers of SVG without variables take.
PLAIN = {"page": "#fff", "grid": "#d8dce1", "own": "#0b5cad", "p0": "#b3450b", "p1": "#80651a",
         "p2": "#6b3fa0", "p3": "#2c7a3f", "p4": "#a02c5a", "ink": "#24292f", "dim": "#57606a"}


def x_of(seconds, last):
    return WIDTH * math.log(max(seconds, FIRST) / FIRST) / math.log(last / FIRST)


def y_of(percent):
    """Down from the top of a plot, which is FLOOR."""
    at = min(max(percent, FLOOR), CEILING)
    return HEIGHT * math.log(at / FLOOR) / math.log(CEILING / FLOOR)


def distance(cut, best):
    return 100 * (1 - cut / best)


def steps_of(results):
    """Mean, least and largest distance of the runs whenever one of them improves, from when all
    have begun: [(seconds, mean, least, largest)]."""
    events = sorted((seconds, r, distance(cut, row["best_known"]))
                    for r, (row, points) in enumerate(results) for seconds, cut in points)
    now, steps = {}, []
    for seconds, r, value in events:
        now[r] = min(value, now.get(r, value))
        if len(now) == len(results):
            values = now.values()
            steps.append((seconds, sum(values) / len(now), min(values), max(values)))
    return steps


def stairs(points):
    """A path of steps through [(x, y)]: each height lasts until the next."""
    path, last = [], None
    for x, y in points:
        if last is None:
            path.append("M%.1f %.1f" % (x, y))
        elif round(y, 1) != round(last, 1):
            path.append("H%.1fV%.1f" % (x, y))
        else:
            continue
        last = y
    return "".join(path + (["H%.1f" % points[-1][0]] if points else []))


def mirrored(points):
    """The same steps backwards, to close a band."""
    path = []
    for (x, y), (_, before) in zip(reversed(points), list(reversed(points))[1:] + [points[0]]):
        path.append("V%.1fH%.1fV%.1f" % (y, x, before))
    return "".join(path) + "z"


def number(value):
    return "%g" % value


def axes(last):
    out = []
    for tick in (FLOOR, 0.1, 1, 10):
        y = y_of(tick)
        out.append('<path class="grid" fill="none" stroke="%s" d="M0 %.1fh%d"/>'
                   '<text class="dim" fill="%s" x="-8" y="%.1f" text-anchor="end">%s</text>'
                   % (PLAIN["grid"], y, WIDTH, PLAIN["dim"], y + 4,
                      ("&#8804; " if tick == FLOOR else "") + number(tick)))
    ticks = [t for t in (0.01, 0.1, 1, 10, 100, 1000, 10000) if t < last / 2]
    ticks.append(float("%.2g" % (last / MARGIN)))
    for tick in ticks:
        x = x_of(tick, last)
        out.append('<path class="grid" fill="none" stroke="%s" d="M%.1f 0v%d"/>'
                   % (PLAIN["grid"], x, HEIGHT))
        out.append('<text class="dim" fill="%s" x="%.1f" y="%d" text-anchor="middle">%s</text>'
                   % (PLAIN["dim"], x, HEIGHT + 16, number(tick)))
    out.append('<text class="dim" fill="%s" x="%d" y="%d" text-anchor="middle">seconds</text>'
               % (PLAIN["dim"], WIDTH / 2, HEIGHT + 32))
    return "".join(out)


def curve(results, last):
    steps = steps_of(results)
    if not steps:
        return ""
    line = [(x_of(s, last), y_of(mean)) for s, mean, _, _ in steps]
    least = [(x_of(s, last), y_of(low)) for s, _, low, _ in steps]
    most = [(x_of(s, last), y_of(high)) for s, _, _, high in steps]
    band = ""
    if len(results) > 1:
        band = ('<path class="band" fill="%s" fill-opacity="0.18" d="%s%s"/>'
                % (PLAIN["own"], stairs(least), mirrored(most)))
    return band + ('<path class="own" fill="none" stroke="%s" stroke-width="2" d="%s"/>'
                   % (PLAIN["own"], stairs(line)))


def mark(x, y, i):
    return '<path class="p%d" fill="%s" transform="translate(%.1f %.1f)" d="%s"/>' % (
        i, PLAIN["p%d" % i], x, y, SHAPES[i])


def others(results, peers, solvers, last):
    """Marks of the other solvers, and on how many of the graphs they are means."""
    best = {row["graph"]: row["best_known"] for row, _ in results}
    graphs = {p["graph"] for p in peers} & set(best)
    out = []
    for i, solver in enumerate(solvers):
        for seconds in sorted({p["seconds"] for p in peers if p["solver"] == solver}):
            cuts = {p["graph"]: p["cut"] for p in peers
                    if (p["solver"], p["seconds"]) == (solver, seconds)}
            if graphs and graphs <= set(cuts):
                mean = sum(distance(cuts[g], best[g]) for g in graphs) / len(graphs)
                shift = 5 * (i - (len(solvers) - 1) / 2)
                out.append(mark(min(x_of(seconds, last) + shift, WIDTH), y_of(mean), i))
    return "".join(out), len(graphs), len(best)


def panel(family, results, peers, solvers, last):
    marks, n_shared, n = others(results, peers, solvers, last)
    names = sorted({row["graph"] for row, _ in results}, key=lambda g: int(g[1:]))
    what = ", ".join(names) if n <= 6 else "%d graphs, %s to %s" % (n, names[0], names[-1])
    if marks and n_shared < n:
        what += "; others: %d of them" % n_shared
    return ('<text class="ink" fill="%s" y="-24" font-weight="600" font-size="13">%s</text>'
            '<text class="dim" fill="%s" y="-9">%s</text>%s%s%s'
            % (PLAIN["ink"], escape(family), PLAIN["dim"], escape(what), axes(last),
               curve(results, last), marks))


def legend(solvers, y):
    out = ['<g transform="translate(%d %d)"><path class="own" fill="none" stroke="%s" '
           'stroke-width="2" d="M0 -4h16"/><text fill="%s" x="22">placode, one thread</text>'
           % (LEFT, y, PLAIN["own"], PLAIN["ink"])]
    for i, solver in enumerate(solvers):
        x, down = ENTRY * ((i + 1) % 4), 20 * ((i + 1) // 4)
        out.append(mark(x + 8, down - 4, i) + '<text fill="%s" x="%d" y="%d">%s</text>'
                   % (PLAIN["ink"], x + 18, down, escape(solver)))
    return "".join(out) + "</g>"


def draw(results, peers, seconds):
    """The SVG of [(row, [(seconds, cut)])], with rows as in gset.py, and of what others reach."""
    families = sorted({row["family"] for row, _ in results})
    shown = {row["graph"] for row, _ in results}
    peers = [p for p in peers if p["graph"] in shown]
    solvers = list(dict.fromkeys(p["solver"] for p in peers))[:len(SHAPES)]
    last = MARGIN * max([seconds, 2 * FIRST] + [p["seconds"] for p in peers])
    columns = min(3, len(families))
    rows = (len(families) + columns - 1) // columns
    width = max(columns * (WIDTH + LEFT) + 24, 4 * ENTRY + LEFT if solvers else 0)
    bottom = TOP + rows * (HEIGHT + ROW + GAP)
    height = bottom + 20 * (1 + len(solvers) // 4) + 8
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
           'font-family="system-ui, sans-serif" font-size="11" role="img"><title>MAX-CUT on the '
           'G-set: distance from the best known cut against time</title><style>%s</style>'
           '<rect class="page" fill="#fff" width="100%%" height="100%%"/>'
           '<text class="ink" fill="%s" x="%d" y="24" font-size="13">Percent below the best known '
           'cut (higher is better) &#8211; line: mean of the runs, band: all of them</text>'
           % (width, height, width, height, STYLE, PLAIN["ink"], LEFT)]
    for i, family in enumerate(families):
        x = LEFT + i % columns * (WIDTH + LEFT)
        y = TOP + 20 + i // columns * (HEIGHT + ROW + GAP)
        out.append('<g transform="translate(%d %d)">%s</g>' % (
            x, y, panel(family, [r for r in results if r[0]["family"] == family], peers, solvers,
                        last)))
    return "".join(out) + legend(solvers, bottom) + "</svg>\n"
