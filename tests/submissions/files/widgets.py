"""Holds the state of widgets, in outputs and in the notebook's metadata, some of it broken.

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
    cell(notebook, "revenue-answer")["source"] = RIGHT
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    slider = own("import ipywidgets; ipywidgets.IntSlider()")
    slider["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": view}]
    notebook["cells"].append(slider)
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"0" * 32: None, "state": []}}
    return {"00_start_here.ipynb": encoded(notebook)}
