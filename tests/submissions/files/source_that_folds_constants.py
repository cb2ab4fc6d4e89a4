"""Constants that the compiler works out before anything runs, and coding lines, form feeds and NULs that readers see
differently.

exercise: revenue
goal: limits
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "# -*- coding: utf-7 -*-\n\f# +AAo-def revenue(orders): return 59.98\nx = "
        + " + ".join(["'a' * 4096"] * 5_000)
        + "\n"
        "y = lambda: 2 ** 127 ** 2 ** 3 if False else (1 << 10_000_000)\n" + WRONG
    )
    return {"00_start_here.ipynb": encoded(notebook)}
