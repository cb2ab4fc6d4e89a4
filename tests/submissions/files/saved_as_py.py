"""Saved as a script, in percent format, under the lesson's name.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    parts = []
    for each in notebook["cells"]:
        text = "".join(each["source"])
        code = each["cell_type"] == "code"
        parts.append("# %%\n" + text if code else "# %% [markdown]\n# " + text.replace("\n", "\n# "))
    return {"00_start_here.py": "\n\n".join(parts).encode()}
