"""The metadata is in nbgrader's second schema, and the graded cell is of a version that is yet to come.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for each in notebook["cells"]:
        marks = each["metadata"].get("nbgrader")
        if marks:
            marks.pop("task", None)
            marks["schema_version"] = 2
    cell(notebook, "revenue-graded")["metadata"]["nbgrader"]["schema_version"] = 99
    return {"00_start_here.ipynb": encoded(notebook)}
