"""All cells have the same id.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for each in notebook["cells"]:
        each["id"] = "same"
    return {"00_start_here.ipynb": encoded(notebook)}
