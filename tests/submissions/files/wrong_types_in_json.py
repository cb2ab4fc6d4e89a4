"""Every part of the notebook is of another type than it should be: cells a dict, sources numbers, metadata lists, ids
null.

lesson: 00_start_here
exercise: revenue
goal: batch
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
    cells = notebook["cells"]
    for number, each in enumerate(cells):
        key = ("source", "metadata", "id", "cell_type", "outputs")[number % 5]
        each[key] = (None, 7, [], {"a": [None]}, True, [["x"]], [1, 2])[number % 7]
    notebook["cells"] = [*cells, None, 7, "cell", [], {}]
    return {"00_start_here.ipynb": encoded(notebook)}
