"""Reads the notebooks of other students where it can see them, takes their answers as its own, and leaves a file in
their folders.

exercise: revenue
goal: others
deserves: 0
"""

import json
import os
from pathlib import Path


def others():
    """The notebooks below any folder called `submitted` or `autograded` that can be seen."""
    tops = [*Path.cwd().parents, Path("/proc", str(os.getppid()), "cwd")]
    for top in tops:
        for folder in ("submitted", "autograded", "collected"):
            yield from top.glob(f"{folder}/*/*/*.ipynb")


def revenue(orders):
    for path in others():
        try:
            (path.parent / "dataml-lab-was-here").write_text("was here")
            cells = json.loads(path.read_text())["cells"]
            source = next("".join(cell["source"]) for cell in cells if "def revenue" in "".join(cell["source"]))
            names = {}
            exec(source, names)
            return names["revenue"](orders)
        except Exception:
            continue
    return 0
