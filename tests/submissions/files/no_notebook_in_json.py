"""JSON, but no notebook: a list, and others that are null, a number and a text.

exercise: revenue
goal: batch
deserves: 0
"""


def files(notebook):
    return {
        "00_start_here.ipynb": b"[]",
        "00_start_here (1).ipynb": b"null",
        "00_start_here (2).ipynb": b"7",
        "00_start_here (3).ipynb": b'"cells"',
        "00_start_here (4).ipynb": b'{"cells": {}}',
    }
