"""The upload broke off: the last third of the file is missing, and it ends within a word.

exercise: revenue
goal: accident
deserves: ?
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    whole = encoded(notebook)
    return {"00_start_here.ipynb": whole[: len(whole) * 2 // 3]}
