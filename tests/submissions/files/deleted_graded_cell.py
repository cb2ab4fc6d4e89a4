"""The graded cell is gone.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, place


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    del notebook["cells"][place(notebook, "revenue-graded")]
    return {"00_start_here.ipynb": encoded(notebook)}
