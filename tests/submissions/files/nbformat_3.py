"""Saved in the third format of notebooks: worksheets, `input` for source, headings of their own.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    old = {
        "metadata": {"name": "00_start_here"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"metadata": {}, "cells": [as_in_3(each) for each in notebook["cells"]]}],
    }
    return {"00_start_here.ipynb": encoded(old)}


def as_in_3(each):
    """A cell as it was written then."""
    source = "".join(each["source"])
    if each["cell_type"] == "markdown":
        return {"cell_type": "markdown", "metadata": each["metadata"], "source": source}
    return {
        "cell_type": "code",
        "collapsed": False,
        "input": source,
        "language": "python",
        "metadata": each["metadata"],
        "outputs": [],
        "prompt_number": 1,
    }
