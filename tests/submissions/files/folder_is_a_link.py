"""The folder of the lesson is a link to that of another student, whose answer is right.

exercise: revenue
goal: marks
deserves: 0
"""


def files(notebook):
    return {".": "../honest-revenue-right/00_start_here"}
