"""Every part of the notebook is of another type than it should be: cells a dict, sources numbers, metadata lists, ids
null.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import encoded


def files(notebook):
    cells = notebook["cells"]
    for number, each in enumerate(cells):
        key = ("source", "metadata", "id", "cell_type", "outputs")[number % 5]
        each[key] = (None, 7, [], {"a": [None]}, True, [["x"]], [1, 2])[number % 7]
    notebook["cells"] = [*cells, None, 7, "cell", [], {}]
    return {"00_start_here.ipynb": encoded(notebook)}
