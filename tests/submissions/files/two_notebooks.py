"""The released notebook lies beside the answered one, under the better name.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    empty = encoded(notebook)
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": empty, "00_start_here-solved.ipynb": encoded(notebook)}
