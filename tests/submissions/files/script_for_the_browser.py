"""Markup and script in every text, output, attachment, id and tag, for the instructor who opens the feedback or
formgrader.

lesson: 00_start_here
exercise: revenue
goal: secret
deserves: 0
"""

import json
import zlib

WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    name = f"own-{zlib.crc32(str(source).encode()):08x}"
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    script = (
        "<script>document.title='was here'</script><img src=x onerror=\"document.title='was here'\">"
        "<svg onload=alert(1)>"
        "</textarea></pre></body>[x](javascript:alert(1)) $\\href{javascript:alert(1)}{x}$ "
        "{{ 7*7 }} {% include '/etc/passwd' %}"
    )
    page = own("1")
    page["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {
                "text/html": script,
                "application/javascript": "alert(1)",
                "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>",
                "text/latex": script,
                "text/markdown": script,
            },
        },
        {"output_type": "error", "ename": script, "evalue": script, "traceback": [script, "\x1b[31m" + script]},
        {"output_type": "stream", "name": script, "text": script},
    ]
    notebook["cells"] += [
        page,
        own(script, "markdown"),
        {**own(script), "cell_type": "raw", "metadata": {"format": "text/html"}},
    ]
    cell(notebook, "revenue-graded")["metadata"]["tags"] = [script]
    notebook["metadata"] |= {
        "title": script,
        "authors": [{"name": script}],
        "kernelspec": {"name": script, "display_name": script},
    }
    return {"00_start_here.ipynb": encoded(notebook), "00_start_here.html": script.encode()}
