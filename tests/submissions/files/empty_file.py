"""The file has no byte in it.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""


def files(notebook):
    return {"00_start_here.ipynb": b""}
