"""A cell asks for input(), the answer for a password when it is defined.

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
    cell(notebook, "revenue-answer")["source"] = RIGHT + "\nname = input('Your name? ')\n"
    notebook["cells"][2:2] = [own("age = int(input())"), own("import getpass; getpass.getpass()"), own("breakpoint()")]
    return {"00_start_here.ipynb": encoded(notebook)}
