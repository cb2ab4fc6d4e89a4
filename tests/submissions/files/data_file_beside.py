"""The function reads a file of the student's own, which lies beside the notebook, by a relative name.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    source = (
        "import json\nfrom pathlib import Path\n\nDONE = json.loads(Path('my data/größen.json').read_text())\n\n\n"
        "def revenue(orders):\n    return sum(order['total'] for order in orders if order['status'] in DONE)\n"
    )
    cell(notebook, "revenue-answer")["source"] = source
    return {"00_start_here.ipynb": encoded(notebook), "my data/größen.json": b'["completed"]'}
