"""The function needs `orders`, and `np`, from cells of the lesson: one above it, and one further down.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    source = (
        "def revenue(some):\n    done = orders[0]['status']\n    try:\n        add = np.sum\n"
        "    except NameError:\n"
        "        add = sum\n    return float(add([o['total'] for o in some if o['status'] == done]))\n"
    )
    cell(notebook, "revenue-answer")["source"] = source
    return {"00_start_here.ipynb": encoded(notebook)}
