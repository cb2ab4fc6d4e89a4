"""Every graded cell has the tag that makes nbgrader skip it, and count a cell without an output as right.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    for each in notebook["cells"]:
        if each["cell_type"] == "code" and each["id"] != "revenue-answer":
            each["metadata"]["tags"] = ["skip-execution", "remove-cell"]
    return {"00_start_here.ipynb": encoded(notebook)}
