"""All four cells of the exercise were duplicated below, by Ctrl+C and Ctrl+V with ids of their own, and answered there
only.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import copy
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
    cells = [copy.deepcopy(cell(notebook, f"revenue-{part}")) for part in ("prompt", "answer", "check", "graded")]
    for number, each in enumerate(cells):
        each["id"] = f"copy-{number}"
    cells[1]["source"] = RIGHT
    at = place(notebook, "revenue-graded") + 1
    notebook["cells"][at:at] = cells
    return {"00_start_here.ipynb": encoded(notebook)}
