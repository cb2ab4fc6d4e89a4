"""Every cell for written answers is gone, where the lesson has some, and all texts.

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
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"] = [each for each in notebook["cells"] if each["cell_type"] == "code"]
    return {"00_start_here.ipynb": encoded(notebook)}
