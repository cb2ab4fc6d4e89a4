"""The answer is wrong where it stands, and a cell at the end of the notebook defines it again, right.

exercise: revenue
goal: marks
deserves: ?
"""

from tests.submissions.making import RIGHT, WRONG, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    notebook["cells"].append(own(RIGHT))
    return {"00_start_here.ipynb": encoded(notebook)}
