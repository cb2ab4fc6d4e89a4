"""The file that says when it was handed in says a moment that is no date, is long ago, and goes on for pages.

exercise: revenue
goal: marks
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook), "timestamp.txt": b"9999-99-99\n=1+1\n\x1b[2J" + b"x" * 1_000_000}
