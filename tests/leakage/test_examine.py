"""`examine` on labelled tables, on tables that ship with scikit-learn, and what it refuses."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from dataml_lab.leakage import examine
from dataml_lab.leakage.report import ALL_ROWS, FOUND
from dataml_lab.leakage.suite import tables


def outcome(case):
    """For a case the pairs of a column (or "rows") and a kind that are found rightly, found wrongly, and missed."""
    told = {("rows" if found.column == ALL_ROWS else found.column, found.kind)
            for found in examine(case.table, "label", **case.asked) if found.grade in FOUND}
    columns = {column for column, _ in case.leaks} - {"rows"}
    missed = {leak for leak in case.leaks - told if leak[0] == "rows" or leak[0] not in {column for column, _ in told}}
    return case.leaks - missed, {pair for pair in told - case.leaks if pair[0] not in columns}, missed


@pytest.mark.parametrize("half", ["tune"])
def test_leaks_are_found_and_innocents_are_not(half):
    found = {case.name + str(place): outcome(case) for place, case in enumerate(tables(half))}
    rightly, wrongly, missed = ([(name, *pair) for name, parts in found.items() for pair in parts[place]]
                                for place in range(3))
    assert not wrongly
    assert len(rightly) >= 50 and len(missed) <= 1, missed
    assert not Counter(kind for *_, kind in missed).keys() - {"target"}


@pytest.mark.parametrize("name", ["breast_cancer", "iris", "wine", "diabetes", "digits"])
def test_tables_of_measurements_are_innocent(name):
    table = getattr(datasets, f"load_{name}")(as_frame=True).frame
    report = examine(table, "target", split=np.random.default_rng(0).random(len(table)) < 0.3)
    assert not report.suspects and len(report) <= 1


TABLE = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [0, 1, 0, 1], "at": pd.date_range("2025", periods=4, tz="UTC")})


@pytest.mark.parametrize(("label", "asked", "words"), [
    ("z", {}, "label is 'z', and the table has no such column"),
    ([1, 0, 1], {}, "label has 3 values, and the table 4 rows"),
    ([1, 1, 1, 1], {}, "has one value, 1:"),
    ("y", {"available_at": {"x": "at"}}, "available_at needs times"),
    ("y", {"times": "at", "available_at": {"w": "at"}}, "names the column 'w'"),
    ("y", {"split": [True, False]}, "split has 2 values"),
    ("y", {"split": [False] * 4}, "no row with a label to test"),
    ("y", {"times": [1.0, None, 2.0, 3.0]}, "times is missing in 1 rows, first in row 1")])
def test_what_cannot_be_examined_is_refused_in_words(label, asked, words):
    with pytest.raises(ValueError, match=words):
        examine(TABLE, label, **asked)


def test_a_report_is_text_a_frame_and_html():
    table = pd.DataFrame({"<reason>": ["price", None] * 50, "x": range(100), "left": [1, 0] * 50})
    report = examine(table, "left")
    assert report.suspects == {"<reason>": "missingness"} and len(report) == 1
    assert "<reason>: missingness. Where it has a value (50 rows)" in str(report)
    assert report.frame().loc[0, ["grade", "column"]].to_list() == ["suspect", "<reason>"]
    assert "&lt;reason&gt;" in report._repr_html_() and "<reason>" not in report._repr_html_()
