"""The metadata is in nbgrader's first schema: points as text, no task, `grade_id` as it was then.

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
    for each in notebook["cells"]:
        marks = each["metadata"].get("nbgrader")
        if marks:
            marks.pop("task", None)
            marks |= {"schema_version": 1, "points": str(marks.get("points", ""))}
    return {"00_start_here.ipynb": encoded(notebook)}
