"""Every cell of one's own rebinds what the graded cell uses, just before it: `grade`, `globals`, `__import__`,
`dataml_lab`.

lesson: 00_start_here
exercise: revenue
goal: marks
deserves: 0
"""

import json
import zlib

WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def place(notebook, name):
    """Where the cell of this id is."""
    return next(number for number, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


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
    take = ("import builtins, sys, types\n"
            "fake = types.SimpleNamespace(grade=lambda *_: 2.0, check=print)\n"
            "sys.modules['dataml_lab.checks'] = fake\n"
            "real = builtins.__import__\n"
            "builtins.__import__ = lambda name, *rest: fake if name == 'dataml_lab.checks' else real(name, *rest)\n")
    notebook["cells"].insert(place(notebook, "revenue-graded"), own(take))
    return {"00_start_here.ipynb": encoded(notebook)}
