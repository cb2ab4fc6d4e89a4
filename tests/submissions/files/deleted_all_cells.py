"""Not a single cell is left.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import encoded


def files(notebook):
    notebook["cells"] = []
    return {"00_start_here.ipynb": encoded(notebook)}
