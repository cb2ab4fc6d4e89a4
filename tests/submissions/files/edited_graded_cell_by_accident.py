"""The answer is right, and somebody has typed into the graded cell, which doesn't parse any more.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    cell(notebook, "revenue-graded")["source"] = 'grade("revenue", globals()\nasdf'
    return {"00_start_here.ipynb": encoded(notebook)}
