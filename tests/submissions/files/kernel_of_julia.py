"""Says that its kernel is Julia, and the answer is written in it.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        'revenue(orders) = sum([o["total"] for o in orders if o["status"] == "completed"], init=0)'
    )
    notebook["metadata"]["kernelspec"] = {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"}
    return {"00_start_here.ipynb": encoded(notebook)}
