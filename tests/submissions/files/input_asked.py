"""A cell asks for input(), the answer for a password when it is defined.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT + "\nname = input('Your name? ')\n"
    notebook["cells"][2:2] = [own("age = int(input())"), own("import getpass; getpass.getpass()"), own("breakpoint()")]
    return {"00_start_here.ipynb": encoded(notebook)}
