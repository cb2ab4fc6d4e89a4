"""Saved by an editor that begins with a byte order mark and ends lines as Windows does.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    text = json.dumps(notebook, indent=1).replace("\n", "\r\n")
    return {"00_start_here.ipynb": b"\xef\xbb\xbf" + text.encode()}
