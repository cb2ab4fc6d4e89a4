"""Pictures were pasted into text cells, one of them with a name that is a path.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    notebook["cells"].append(
        {
            **own("![a](attachment:a.png)", "markdown"),
            "attachments": {
                "a.png": {"image/png": "iVBORw0KGgo="},
                "../../../tmp/dataml-lab-was-here": {"image/png": "AAAA"},
                "/etc/passwd": {"text/html": "<script>document.title='was here'</script>"},
            },
        }
    )
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
