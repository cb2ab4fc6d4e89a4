"""The answer cell is gone, and with it the answer.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import encoded, place


def files(notebook):
    del notebook["cells"][place(notebook, "revenue-answer")]
    return {"00_start_here.ipynb": encoded(notebook)}
