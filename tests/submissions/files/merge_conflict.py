"""Git's marks of a conflict are in the file, around the source of the answer cell.

exercise: revenue
goal: accident
deserves: ?
"""

import json

from tests.submissions.making import RIGHT, WRONG, cell


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = [WRONG]
    ours = json.dumps(notebook, indent=1)
    line = f"    {json.dumps(WRONG)}"
    both = f"<<<<<<< HEAD\n{line}\n=======\n    {json.dumps(RIGHT)}\n>>>>>>> colleague"
    return {"00_start_here.ipynb": ours.replace(f"    {json.dumps(WRONG)}", both, 1).encode()}
