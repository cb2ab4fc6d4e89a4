"""Escape sequences for the instructor's terminal, and formulas for their spreadsheet, in sources, names and ids.

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
    cell(notebook, "revenue-answer")["source"] = WRONG + "# \x1b]0;was here\x07\x1b]52;c;d2FzIGhlcmU=\x07\x1b[2J\x1b[8m"
    cell(notebook, "revenue-answer")["id"] = "\x1b[2J=HYPERLINK(\"http://127.0.0.1\")"
    notebook["cells"].append(own("raise ValueError('=cmd|\\'/c calc\\'!A1 \\x1b[2J\\x9b31m \\u202e')"))
    return {"00_start_here.ipynb": encoded(notebook), "=1+1\x1b[2J.txt": b"@SUM(1)"}
