"""The cells are in another order: graded, check, prompt and answer last, as after moving them up and down.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"].reverse()
    return {"00_start_here.ipynb": encoded(notebook)}
