"""The function reads a file by an absolute name that only the student's machine has.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    source = "import pandas as pd\n\nprices = pd.read_csv(r'C:\\Users\\me\\Desktop\\orders.csv')\n\n\n" + RIGHT
    cell(notebook, "revenue-answer")["source"] = source
    return {"00_start_here.ipynb": encoded(notebook)}
