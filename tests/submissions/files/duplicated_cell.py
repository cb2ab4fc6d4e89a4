"""The answer cell was copied and pasted: twice the same id, and the same nbgrader id, the second with a right answer.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, place


def files(notebook):
    copy = {**cell(notebook, "revenue-answer"), "source": RIGHT}
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, copy)
    return {"00_start_here.ipynb": encoded(notebook)}
