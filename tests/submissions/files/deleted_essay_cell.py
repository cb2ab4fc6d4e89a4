"""Every cell for written answers is gone, where the lesson has some, and all texts.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"] = [each for each in notebook["cells"] if each["cell_type"] == "code"]
    return {"00_start_here.ipynb": encoded(notebook)}
