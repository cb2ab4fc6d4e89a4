"""The function reads a file by an absolute name that only the student's machine has.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    source = "import pandas as pd\n\nprices = pd.read_csv(r'C:\\Users\\me\\Desktop\\orders.csv')\n\n\n" + RIGHT
    cell(notebook, "revenue-answer")["source"] = source
    return {"00_start_here.ipynb": encoded(notebook)}
