"""Modules with the names of the library's lie beside the notebook: whoever starts Python there imports them.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    module = b"import pathlib\npathlib.Path('/tmp/dataml-lab-was-here').touch()\n"
    names = (
        "json.py",
        "random.py",
        "numpy.py",
        "nbformat.py",
        "sitecustomize.py",
        "conftest.py",
        "dataml_lab.py",
        "nbgrader_config.py",
        "dataml_lab/__init__.py",
        "dataml_lab/checks/__init__.py",
        ".ipython/profile_default/startup/00.py",
        "jupyter_config.py",
        "ipython_config.py",
        ".env",
        "pyproject.toml",
        "setup.py",
        "oracle.py",
        "00_start_here/oracle.py",
    )
    return {"00_start_here.ipynb": encoded(notebook), **dict.fromkeys(names, module)}
