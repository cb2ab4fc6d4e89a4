"""The answer is right where it stands, and a cell at the end of the notebook defines the name as something else.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"].append(own("revenue = revenue([{'order_id': 1, 'status': 'completed', 'total': 3.0}])"))
    return {"00_start_here.ipynb": encoded(notebook)}
