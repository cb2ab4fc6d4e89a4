"""The cells have no ids, and the notebook says 4.5, which demands them.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for each in notebook["cells"]:
        each.pop("id", None)
    return {"00_start_here.ipynb": encoded(notebook)}
