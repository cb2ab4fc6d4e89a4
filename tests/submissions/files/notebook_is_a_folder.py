"""A folder has the notebook's name, and the notebook lies in it.

exercise: revenue
goal: accident
deserves: ?
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb/00_start_here.ipynb": encoded(notebook)}
