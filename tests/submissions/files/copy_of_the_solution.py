"""The course's own solution, whose cells lack the marks that a release adds.

exercise: revenue
goal: accident
deserves: 2
"""

from dataml_lab.grading import COURSE


def files(notebook):
    name = "00_start_here.ipynb"
    return {name: (COURSE / "solutions" / "00_start_here" / name).read_bytes()}
