"""The graded cell says 2.0 without asking, and the check is gone from it.

lesson: 00_start_here
exercise: revenue
goal: marks
deserves: 0
"""

import json

WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    cell(notebook, "revenue-graded")["source"] = "2.0"
    return {"00_start_here.ipynb": encoded(notebook)}
