"""Markup and script in every text, output, attachment, id and tag, for the instructor who opens the feedback or
formgrader.

lesson: 00_start_here
exercise: revenue
goal: secret
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


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"own-{len(source)}", "metadata": {}, "source": source, **more}


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    SCRIPT = ("<script>document.title='was here'</script><img src=x onerror=\"document.title='was here'\"><svg onload=alert(1)>"
              "</textarea></pre></body>[x](javascript:alert(1)) $\\href{javascript:alert(1)}{x}$ {{ 7*7 }} {% include '/etc/passwd' %}")
    page = own("1")
    page["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": SCRIPT, "application/javascript": "alert(1)",
         "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>", "text/latex": SCRIPT, "text/markdown": SCRIPT}},
        {"output_type": "error", "ename": SCRIPT, "evalue": SCRIPT, "traceback": [SCRIPT, "\x1b[31m" + SCRIPT]},
        {"output_type": "stream", "name": SCRIPT, "text": SCRIPT}]
    notebook["cells"] += [page, own(SCRIPT, "markdown"), {**own(SCRIPT), "cell_type": "raw", "metadata": {"format": "text/html"}}]
    cell(notebook, "revenue-graded")["metadata"]["tags"] = [SCRIPT]
    notebook["metadata"] |= {"title": SCRIPT, "authors": [{"name": SCRIPT}], "kernelspec": {"name": SCRIPT, "display_name": SCRIPT}}
    return {"00_start_here.ipynb": encoded(notebook), "00_start_here.html": SCRIPT.encode()}
