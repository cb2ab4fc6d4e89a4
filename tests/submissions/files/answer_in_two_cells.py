"""The answer cell still holds the stub; the right function is in a cell of the student's own, above the check.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, encoded, own, place


def files(notebook):
    notebook["cells"].insert(place(notebook, "revenue-check"), own(RIGHT))
    return {"00_start_here.ipynb": encoded(notebook)}
