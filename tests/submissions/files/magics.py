"""The answer cell begins with %%time, and others hold !ls, %matplotlib, %pip, ?help and %%bash.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "%%time\n" + RIGHT
    notebook["cells"][2:2] = [
        own(source)
        for source in (
            "%matplotlib inline",
            "!ls -la",
            "files = !ls",
            "%pip list",
            "sum?",
            "%%bash\necho hello",
            "%load_ext autoreload",
            "%%capture out\nprint(1)",
            "%debug",
            "%cd ..",
            "%%writefile notes.txt\nhello",
        )
    ]
    return {"00_start_here.ipynb": encoded(notebook)}
