"""Answer, check and graded cell were merged into one (Shift+M).

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, place


def files(notebook):
    texts = [RIGHT] + ["".join(cell(notebook, f"revenue-{part}")["source"]) for part in ("check", "graded")]
    cell(notebook, "revenue-answer")["source"] = "\n\n".join(texts)
    for part in ("check", "graded"):
        del notebook["cells"][place(notebook, f"revenue-{part}")]
    return {"00_start_here.ipynb": encoded(notebook)}
