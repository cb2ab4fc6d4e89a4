"""The graded cell says 2.0 without asking, and the check is gone from it.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    cell(notebook, "revenue-graded")["source"] = "2.0"
    return {"00_start_here.ipynb": encoded(notebook)}
