"""Names a kernel that is a path, a command, an environment, so that whoever starts what it names starts that.

exercise: revenue
goal: limits
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


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
