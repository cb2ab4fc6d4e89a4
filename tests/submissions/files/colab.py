"""Opened and saved in Colab: nbgrader's metadata and the cells' ids are gone, Colab's own are there.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for number, each in enumerate(notebook["cells"]):
        each["metadata"] = {"id": f"{number:012x}", "colab": {"base_uri": "https://localhost:8080/"}}
        each.pop("id", None)
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook["nbformat_minor"] = 0
    return {"00_start_here.ipynb": encoded(notebook)}
