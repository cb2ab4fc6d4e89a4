"""The file has no byte in it.

exercise: revenue
goal: accident
deserves: 0
"""


def files(notebook):
    return {"00_start_here.ipynb": b""}
