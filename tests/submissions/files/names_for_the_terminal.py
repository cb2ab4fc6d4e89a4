"""Files beside the notebook have names that move the cursor, forge a line about a neighbour and turn the direction of
writing; one is too large to lie beside it, so that its name is told.

exercise: revenue
goal: batch
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    forged = "\x1b[1A\x1b[2K\nada/00_start_here: 0 points: copied\u202e.txt"
    return {"00_start_here.ipynb": encoded(notebook), forged: b"0" * (51 << 20), "\x1b]0;was here\x07.txt": b"1"}
