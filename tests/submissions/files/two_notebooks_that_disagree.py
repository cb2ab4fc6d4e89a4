"""Two answered notebooks, the older one right, in names of equal rank; a checkpoint folder holds a third.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: ?
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""
WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    right = encoded(notebook)
    cell(notebook, "revenue-answer")["source"] = WRONG
    wrong = encoded(notebook)
    return {"00_start_here (1).ipynb": right, "00_start_here (2).ipynb": wrong,
            ".ipynb_checkpoints/00_start_here-checkpoint.ipynb": right}
