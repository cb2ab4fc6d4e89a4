"""Holds the state of widgets, in outputs and in the notebook's metadata, some of it broken.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    slider = own("import ipywidgets; ipywidgets.IntSlider()")
    slider["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": view}]
    notebook["cells"].append(slider)
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"0" * 32: None, "state": []}}
    return {"00_start_here.ipynb": encoded(notebook)}
