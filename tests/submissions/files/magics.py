"""The answer cell begins with %%time, and others hold !ls, %matplotlib, %pip, ?help and %%bash.

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
