"""Not a single cell is left.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    notebook["cells"] = []
    return {"00_start_here.ipynb": encoded(notebook)}
