"""What tests of RTL share: the sources, the tools, planted faults."""
# SPDX-License-Identifier: Apache-2.0
import os
import re
import shutil
import subprocess

import harness
from harness import Skip, expect, read, write

# One cell, its kernel's name, and what the cell is made of.
CELLS = {"plc_lif_cell": "lif", "plc_onoff_cell": "onoff", "plc_threshold_cell": "threshold",
         "plc_threefry": "random", "plc_annealer": "annealer", "plc_stdp": "stdp"}
BRIEF = bool(os.environ.get("PLACODE_BRIEF"))  # under sanitizers


def models(*names):
    return os.path.join(harness.SOURCE, "rtl-models", *names)


def need(tool):
    if not shutil.which(tool):
        raise Skip(tool + " is not installed")


def cosim(top, source, cycles):
    """Arguments of placode cosim for a cell."""
    cache = os.environ.get("PLACODE_RTL_CACHE", ".")
    return ("cosim", "--user-rtl", source, "--top", top, "--model", CELLS.get(top, "lif"),
            "--cycles", cycles, "--cache", cache)


def tool(*args, cwd=None):
    """Exit status and output of a program."""
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd,
                          timeout=120, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def sources():
    """The files that rtl-models/cells.f lists, in order."""
    lines = read(models("cells.f")).decode().splitlines()
    return [line for line in lines if line and not line.startswith("//")]


def copy_sources():
    """All cells, here."""
    for name in sources() + ["cells.f"]:
        write(name, read(models(name)))


def plant(name, old, new):
    """Changes one place of a copied file; returns what undoes it."""
    text = read(name).decode()
    expect(text.count(old) == 1, "%s: expected once: %s" % (name, old))
    write(name, text.replace(old, new))
    return lambda: write(name, text)


def top_names():
    return [re.sub(r"\.sv$", "", name) for name in sources() if name != "plc_neuron_pkg.sv"]
