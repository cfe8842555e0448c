#!/usr/bin/env python3
"""Checks the house style of every source file: format, first lines, length, line ends."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
LENGTH_MAX = 600


def check(path, text):
    name = path.relative_to(ROOT)
    lines = text.splitlines()
    if not lines[0].startswith("/* "):
        yield f"{name}:1: expected a comment that says what the file is"
    if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines[:16]):
        yield f"{name}: no SPDX line"
    if len(lines) > LENGTH_MAX:
        yield f"{name}: {len(lines)} lines, more than {LENGTH_MAX}: look for the second noun"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield f"{name}: expected one newline at the end"
    for number, line in enumerate(lines, 1):
        if "\t" in line or line != line.rstrip():
            yield f"{name}:{number}: tab or trailing blank"


def main():
    paths = [path for path in sorted(ROOT.rglob("*.[ch]"))
             if not path.relative_to(ROOT).as_posix().startswith(("build", "."))]
    faults = [fault for path in paths for fault in check(path, path.read_text())]
    if shutil.which("clang-format"):
        done = subprocess.run(["clang-format", "--dry-run", "--Werror", *map(str, paths)], capture_output=True, text=True)
        faults += [line for line in done.stderr.splitlines() if "error:" in line]
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
