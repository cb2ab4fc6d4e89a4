"""The answer's source nests brackets, minus signs and conditions by the ten thousands, so that parsing it overflows a
stack or takes minutes.

lesson: 00_start_here
exercise: revenue
goal: batch
deserves: 0
"""

import json


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "x = " + "(" * 199 + ")" * 199 + "\ny = " + "-" * 100_000 + "1\nz = " + "[" * 90 + "f'{" + "]" * 90 + "\n"
        "def revenue(orders):\n    return " + " + ".join(["0"] * 200_000) + "\n")
    return {"00_start_here.ipynb": encoded(notebook)}
