"""A cell of one's own has more magics than IPython reads, another nests them, a third asks for help 3,000 times. The
answers are right.

exercise: revenue
goal: batch
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own, place


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    behind = place(notebook, "revenue-graded") + 1
    notebook["cells"][behind:behind] = [own("%time x=1\n" * 600), own("%timeit " * 300), own("?" * 3000)]
    return {"00_start_here.ipynb": encoded(notebook)}
