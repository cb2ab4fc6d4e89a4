"""Every cell of one's own rebinds what the graded cell uses, just before it: `grade`, `globals`, `__import__`,
`dataml_lab`.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded, own, place


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    take = (
        "import builtins, sys, types\n"
        "fake = types.SimpleNamespace(grade=lambda *_: 2.0, check=print)\n"
        "sys.modules['dataml_lab.checks'] = fake\n"
        "real = builtins.__import__\n"
        "builtins.__import__ = lambda name, *rest: fake if name == 'dataml_lab.checks' else real(name, *rest)\n"
    )
    notebook["cells"].insert(place(notebook, "revenue-graded"), own(take))
    return {"00_start_here.ipynb": encoded(notebook)}
