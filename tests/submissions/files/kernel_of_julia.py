"""Says that its kernel is Julia, and the answer is written in it.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        'revenue(orders) = sum([o["total"] for o in orders if o["status"] == "completed"], init=0)')
    notebook["metadata"]["kernelspec"] = {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"}
    return {"00_start_here.ipynb": encoded(notebook)}
