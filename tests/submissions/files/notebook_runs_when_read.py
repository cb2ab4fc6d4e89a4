"""Asks to be trusted, to be converted by a template and an exporter of its own, and to run hooks: signatures, jupytext,
papermill, nbconvert.

exercise: revenue
goal: trace
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    notebook["metadata"] |= {
        "trusted": True,
        "signature": "sha256:" + "0" * 64,
        "jupytext": {"formats": "ipynb,/tmp/dataml-lab-was-here//py:percent"},
        "papermill": {"output_path": "/tmp/dataml-lab-was-here"},
        "nbconvert": {"template_file": "/tmp/dataml-lab-was-here"},
        "nbconvert_exporter": "os.system",
        "language_info": {
            "name": "python",
            "nbconvert_exporter": "os.system",
            "version": "2.7",
            "pygments_lexer": "../../tmp/x",
            "codemirror_mode": {"name": "x"},
        },
        "celltoolbar": "Create Assignment",
        "hide_input": True,
    }
    for each in notebook["cells"]:
        each["metadata"]["trusted"] = True
    return {"00_start_here.ipynb": encoded(notebook)}
