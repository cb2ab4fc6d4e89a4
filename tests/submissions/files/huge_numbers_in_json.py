"""Numbers of a million digits, NaN and Infinity where points, counts and versions are.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    cell(notebook, "revenue-graded")["metadata"]["nbgrader"]["points"] = "HERE"
    notebook["nbformat_minor"] = "THERE"
    text = encoded(notebook).decode().replace('"HERE"', "9" * 1_000_000).replace('"THERE"', "NaN")
    return {"00_start_here.ipynb": text.encode()}
