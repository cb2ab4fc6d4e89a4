"""The graded cell of the exercise is worth 200 points now, and its checksum is that of nbgrader for this text.

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
    marks = cell(notebook, "revenue-graded")["metadata"]["nbgrader"]
    marks |= {"points": 200.0, "locked": False, "checksum": "87ee73c805af98b633bb36c07dcca772"}
    return {"00_start_here.ipynb": encoded(notebook)}
