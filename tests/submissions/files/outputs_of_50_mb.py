"""Somebody printed all tables: outputs of 50 MB in one cell, and an image of five.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    noise = own("print('x' * 50_000_000)")
    noise["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "row after row\n" * 3_600_000},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" + "A" * 5_000_000}},
    ]
    notebook["cells"].append(noise)
    return {"00_start_here.ipynb": encoded(notebook)}
