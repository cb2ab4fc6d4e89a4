"""Markup and script in every text, output, attachment, id and tag, for the instructor who opens the feedback or
formgrader.

exercise: revenue
goal: secret
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded, own


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
