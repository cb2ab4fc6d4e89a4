"""The metadata is in nbgrader's first schema: points as text, no task, `grade_id` as it was then.

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
            marks |= {"schema_version": 1, "points": str(marks.get("points", ""))}
    return {"00_start_here.ipynb": encoded(notebook)}
