"""The right answer was pasted into the answer cell of the next exercise.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
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
    cell(notebook, "worth_it-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
