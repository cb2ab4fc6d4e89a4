"""The notebook's JSON in a file that ends in .py.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.py": encoded(notebook)}
