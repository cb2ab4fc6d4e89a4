"""The graded cell has its source twice, and the notebook its cells: one reader takes the first, another the last.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    cell(notebook, "revenue-graded")["source"] = "HERE"
    text = (
        encoded(notebook)
        .decode()
        .replace('"source": "HERE"', '"source": "grade(\\"revenue\\", globals())", "source": "2.0"')
    )
    return {"00_start_here.ipynb": text.replace('{"cells": ', '{"cells": [], "cells": ', 1).encode()}
