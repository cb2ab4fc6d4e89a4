"""Saved as a script, in percent format, under the lesson's name.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    parts = []
    for each in notebook["cells"]:
        text = "".join(each["source"])
        code = each["cell_type"] == "code"
        parts.append("# %%\n" + text if code else "# %% [markdown]\n# " + text.replace("\n", "\n# "))
    return {"00_start_here.py": "\n\n".join(parts).encode()}
