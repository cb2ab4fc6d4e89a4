"""The right answer was pasted into the answer cell of the next exercise.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "worth_it-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
