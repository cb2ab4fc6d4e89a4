"""Git's marks of a conflict are in the answer, which the notebook holds as it should.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = f"<<<<<<< HEAD\n{WRONG}=======\n{RIGHT}>>>>>>> colleague\n"
    return {"00_start_here.ipynb": encoded(notebook)}
