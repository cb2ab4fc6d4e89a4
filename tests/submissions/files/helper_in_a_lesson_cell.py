"""The function needs `orders`, and `np`, from cells of the lesson: one above it, and one further down.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    source = (
        "def revenue(some):\n    done = orders[0]['status']\n    try:\n        add = np.sum\n"
        "    except NameError:\n"
        "        add = sum\n    return float(add([o['total'] for o in some if o['status'] == done]))\n"
    )
    cell(notebook, "revenue-answer")["source"] = source
    return {"00_start_here.ipynb": encoded(notebook)}
