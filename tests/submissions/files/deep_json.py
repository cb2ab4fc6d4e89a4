"""The notebook's metadata is a list a hundred thousand levels deep, which overflows the reader's stack.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import encoded


def files(notebook):
    text = encoded({**notebook, "metadata": "HERE"}).decode()
    return {"00_start_here.ipynb": text.replace('"HERE"', "[" * 100_000 + "]" * 100_000).encode()}
