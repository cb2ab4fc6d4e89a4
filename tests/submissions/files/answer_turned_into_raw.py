"""The answer cell was turned into a raw cell by pressing R, and keeps the outputs of a code cell.

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


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer").update({"cell_type": "raw", "source": RIGHT})
    return {"00_start_here.ipynb": encoded(notebook)}
