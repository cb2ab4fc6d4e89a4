"""The solution itself, which has other marks than what was released: cells of another version, as the course has them.

exercise: revenue
goal: accident
deserves: 2
"""

from dataml_lab.grading import COURSE


def files(notebook):
    name = "00_start_here.ipynb"
    return {name: (COURSE / "solutions" / "00_start_here" / name).read_bytes()}
