"""The answer's source nests brackets, minus signs and conditions by the ten thousands, so that parsing it overflows a
stack or takes minutes.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "x = " + "(" * 199 + ")" * 199 + "\ny = " + "-" * 100_000 + "1\nz = " + "[" * 90 + "f'{" + "]" * 90 + "\n"
        "def revenue(orders):\n    return " + " + ".join(["0"] * 200_000) + "\n"
    )
    return {"00_start_here.ipynb": encoded(notebook)}
