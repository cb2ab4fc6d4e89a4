"""The file that says when it was handed in says a moment that is no date, is long ago, and goes on for pages.

lesson: 00_start_here
exercise: revenue
goal: marks
deserves: 2
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook), "timestamp.txt": b"9999-99-99\n=1+1\n\x1b[2J" + b"x" * 1_000_000}
