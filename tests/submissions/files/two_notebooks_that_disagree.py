"""Two answered notebooks, the older one right, in names of equal rank; a checkpoint folder holds a third.

exercise: revenue
goal: accident
deserves: ?
"""

from tests.submissions.making import RIGHT, WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    right = encoded(notebook)
    cell(notebook, "revenue-answer")["source"] = WRONG
    wrong = encoded(notebook)
    return {
        "00_start_here (1).ipynb": right,
        "00_start_here (2).ipynb": wrong,
        ".ipynb_checkpoints/00_start_here-checkpoint.ipynb": right,
    }
