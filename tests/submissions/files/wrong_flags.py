"""Flags of nbgrader were changed with its toolbar: answer graded, graded cell a solution, prompt a task, points of
text.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for name, flags in (
        ("answer", {"grade": True, "points": "two"}),
        ("graded", {"solution": True, "grade": False}),
        ("prompt", {"task": True, "points": -1}),
        ("check", {"grade": True, "points": float("1e308")}),
    ):
        cell(notebook, f"revenue-{name}")["metadata"]["nbgrader"] |= flags
    return {"00_start_here.ipynb": encoded(notebook)}
