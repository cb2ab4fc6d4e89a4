"""The answer cell prints a million lines after the right function.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        RIGHT + "\nfor number in range(1_000_000):\n    print('line', number)\n"
    )
    return {"00_start_here.ipynb": encoded(notebook)}
