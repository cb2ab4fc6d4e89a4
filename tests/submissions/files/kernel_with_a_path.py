"""Names a kernel that is a path, a command, an environment, so that whoever starts what it names starts that.

lesson: 00_start_here
exercise: revenue
goal: limits
deserves: 0
"""

import json

WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    notebook["metadata"]["kernelspec"] = {
        "name": "../../../../tmp/dataml-lab-was-here",
        "display_name": "$(touch /tmp/dataml-lab-was-here)",
        "language": "bash",
        "argv": ["touch", "/tmp/dataml-lab-was-here"],
        "env": {"PYTHONSTARTUP": "/tmp/dataml-lab-was-here"},
    }
    return {"00_start_here.ipynb": encoded(notebook)}
