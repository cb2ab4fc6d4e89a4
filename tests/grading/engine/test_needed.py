"""Which cells of a lesson run: those that a student's cells depend on, and no others."""

import pytest

from dataml_lab.grading.engine.needed import names, needed

LESSON = {
    "imports": "import numpy as np\nfrom pandas import DataFrame as Frame",
    "data": "orders = np.arange(3)\nfor number in orders:\n    last = number",
    "changes": "orders[0] = 7",
    "grows": "rows.append(1)",
    "rows": "rows = []",
    "shows": "print(orders, rows)",
    "shadow": "def plot(rows):\n    return rows",
    "magic": "%matplotlib inline\nfigure = plot(orders)",
    "broken": "def :",
}


@pytest.mark.parametrize(("own", "expected"), [
    ("def f(x):\n    return x", set()),
    ("import numpy as np\ndef f(x):\n    return np.abs(x)", set()),
    ("def f(x):\n    return np.abs(x)", {"imports"}),
    ("def f(x):\n    return Frame(x)", {"imports"}),
    ("def f(x):\n    return orders + x", {"imports", "data", "changes"}),
    ("def f(orders):\n    return orders", set()),
    ("def f(x):\n    orders = x\n    return orders", set()),
    ("def f(x):\n    def g():\n        return rows\n    return g()", {"rows", "grows"}),
    ("class A:\n    kept = rows", {"rows", "grows"}),
    ("%timeit len(rows)", {"rows", "grows"}),
    ("figure", {"imports", "data", "changes", "shadow", "magic"}),
    ("x = last", {"imports", "data", "changes"}),
    ("def f(:\n    orders", set()),
    ("[row for row in rows]", {"rows", "grows"}),
    ("lambda: [orders for orders in (1, 2)]", set()),
])  # fmt: skip
def test_what_a_cell_needs(own, expected):
    assert needed(LESSON, [own]) == expected


def test_a_cell_that_imports_everything_is_always_needed():
    assert needed(LESSON | {"star": "from math import *"}, ["floor(1)"]) == {"star"}


@pytest.mark.parametrize("source", ["-" * 100_000 + "1", "(" * 5_000, "x = \0", "[" * 90 + "f'{" + "]" * 90])
def test_sources_that_no_parser_bears_have_no_names(source):
    assert names(source).takes == frozenset()


@pytest.mark.parametrize("source", ["%time x=1\n" * 600, "%timeit " * 300, "?" * 3000],
                         ids=["many magics", "nested magics", "marks"])
def test_a_cell_of_nothing_but_magics_needs_nothing(source, monkeypatch):
    monkeypatch.setattr("dataml_lab.grading.engine.needed.SECONDS", 0.5)
    assert needed(LESSON, [source]) == set()


def test_reading_a_cell_has_a_limit(monkeypatch):
    monkeypatch.setattr("dataml_lab.grading.engine.needed.SECONDS", 0.05)
    assert needed(LESSON, ["%time rows\n" * 450]) == set()
