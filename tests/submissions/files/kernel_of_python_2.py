"""Says that its kernel is Python 2, and the answer prints without brackets.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "def revenue(orders):\n    print 'hello'\n    return 0L\n"
    notebook["metadata"]["kernelspec"] = {"display_name": "Python 2", "language": "python", "name": "python2"}
    return {"00_start_here.ipynb": encoded(notebook)}
