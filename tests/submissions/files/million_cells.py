"""Two hundred thousand cells of the student's own, one of them with a source of 30 MB and one of ten million lines.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"] += [{**own("x = 1"), "id": f"c{number}"} for number in range(200_000)]
    notebook["cells"] += [own("'" + "x" * 30_000_000 + "'"), own(["\n"] * 10_000_000)]
    return {"00_start_here.ipynb": encoded(notebook)}
