#!/usr/bin/env python3
"""Checks that rooms include only rooms below them, as tests/floors.txt says; with --self-test, that it would notice."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def read_floors():
    floors = {}
    for line in (ROOT / "tests/floors.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            room, _, below = line.partition(":")
            floors[room.strip()] = below.split()
    return floors


def room_of(path, floors):
    """The room of a path relative to the root: the longest that it begins with."""
    return max((room for room in floors if path.startswith(room + "/")), key=len, default=None)


def check(path, text, floors):
    """The includes of a file that its room may not have."""
    room = room_of(path, floors)
    if room is None:
        return [f"{path}: is in no room of tests/floors.txt"]
    faults = []
    for included in INCLUDE.findall(text):
        target = room_of(included, floors)
        if target != room and target not in floors[room]:
            faults.append(f'{path}: {room} may not include "{included}"')
    return faults


def main():
    floors = read_floors()
    order = list(floors)
    faults = [f"tests/floors.txt: {room}: {below} is not below it"
              for room in order for below in floors[room] if order.index(below) >= order.index(room)]
    for path in sorted(ROOT.rglob("*.[ch]")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("build", "include/", ".")):
            faults += check(name, path.read_text(), floors)
    if not check("mapper/x.c", '#include "hw/engine/fast.h"\n', floors) or \
            not check("base/x.c", '#include "net/network.h"\n', floors):
        faults.append("the check does not see a planted fault")
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
