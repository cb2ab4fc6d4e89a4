"""The answer cell was copied and pasted: twice the same id, and the same nbgrader id, the second with a right answer.

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


def place(notebook, name):
    """Where the cell of this id is."""
    return next(number for number, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    copy = {**cell(notebook, "revenue-answer"), "source": RIGHT}
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, copy)
    return {"00_start_here.ipynb": encoded(notebook)}
