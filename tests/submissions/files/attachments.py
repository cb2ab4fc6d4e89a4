"""Pictures were pasted into text cells, one of them with a name that is a path.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json
import zlib

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


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
    notebook["cells"].append({**own("![a](attachment:a.png)", "markdown"), "attachments": {
        "a.png": {"image/png": "iVBORw0KGgo="}, "../../../tmp/dataml-lab-was-here": {"image/png": "AAAA"},
        "/etc/passwd": {"text/html": "<script>document.title='was here'</script>"}}})
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
