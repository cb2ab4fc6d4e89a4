"""The graded cell of the exercise is worth 200 points now, and its checksum is that of nbgrader for this text.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    marks = cell(notebook, "revenue-graded")["metadata"]["nbgrader"]
    marks |= {"points": 200.0, "locked": False, "checksum": "87ee73c805af98b633bb36c07dcca772"}
    return {"00_start_here.ipynb": encoded(notebook)}
