"""`examine` on labelled tables, on tables that ship with scikit-learn, and what it refuses."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.metrics import roc_auc_score

from dataml_lab.leakage import examine
from dataml_lab.leakage.coded import Coded
from dataml_lab.leakage.power import Counts, Label, Together, auc
from dataml_lab.leakage.report import ALL_ROWS, FOUND
from dataml_lab.leakage.suite import tables


def outcome(case):
    """For a case the pairs of a column (or "rows") and a kind that are found rightly, found wrongly, and missed."""
    told = {("rows" if found.column == ALL_ROWS else found.column, found.kind)
            for found in examine(case.table, "label", **case.asked) if found.grade in FOUND}
    columns = {column for column, _ in case.leaks} - {"rows"}
    missed = {leak for leak in case.leaks - told if leak[0] == "rows" or leak[0] not in {column for column, _ in told}}
    return case.leaks - missed, {pair for pair in told - case.leaks if pair[0] not in columns}, missed


@pytest.mark.parametrize(("half", "every"), [
    ("tune", 5), pytest.param("tune", 1, marks=pytest.mark.full), pytest.param("held_out", 1, marks=pytest.mark.full)])
def test_leaks_are_found_and_innocents_are_not(half, every):
    found = {case.name + str(place): outcome(case) for place, case in enumerate(tables(half)) if place % every == 0}
    rightly, wrongly, missed = ([(name, *pair) for name, parts in found.items() for pair in parts[place]]
                                for place in range(3))
    assert not wrongly
    assert len(rightly) >= 50 / every and len(missed) <= 2, missed
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


def noisy(columns=40, rows=400, seed=0):
    """A table of noise with a label of its own."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(random.normal(size=(rows, columns))).add_prefix("x"), pd.Series(random.integers(0, 2, rows))


@pytest.mark.parametrize("seed", range(5))
def test_what_columns_know_together_is_nothing_where_there_is_noise(seed):
    inputs, label = noisy(seed=seed)
    of_label = Label(label)
    coded = [Coded(inputs[name]) for name in inputs]
    counts = [Counts(column, of_label) for column in coded]
    assert 0.43 < 1 - Together(coded, counts, of_label).error(range(len(coded))) / 2 < 0.57


def test_the_auc_is_that_of_scikit_learn_ties_and_all():
    random = np.random.default_rng(0)
    for _ in range(20):
        truth, score = random.integers(0, 2, 200), random.integers(0, 30, 200) / 10
        assert auc(truth.astype(float), score) == pytest.approx(roc_auc_score(truth, score), abs=1e-12)


def declared(seconds):
    """A report on a column that tells the label, with a moment of writing so many seconds after that of each row."""
    inputs, label = noisy(3)
    times = pd.Series(pd.date_range("2025", periods=len(label), freq="h", tz="UTC"))
    table = inputs.assign(outcome=label * 7.0, at=times, y=label)
    moments = times + pd.to_timedelta(np.where(np.arange(len(label)) == 5, seconds, -1), unit="s")
    return examine(table, "y", times="at", available_at={"outcome": moments})


def test_a_declaration_decides_whatever_the_strength():
    assert not declared(-1).suspects
    assert declared(0).suspects == declared(1).suspects == {"outcome": "availability"}


def test_strong_suspects_hide_none_of_each_other():
    inputs, label = noisy(5, 1_500)
    random = np.random.default_rng(3)
    inputs["known"] = label + random.normal(size=1_500)
    leaks = {f"leak_{number}": label * 4.5 + random.normal(size=1_500) for number in range(3)}
    leaks["reason"] = pd.Series(np.where(label == 1, "moved", None))
    report = examine(inputs.assign(**leaks, y=label), "y")
    assert set(report.suspects) == set(leaks) and report.suspects["reason"] == "missingness"


ODD = {"nothing": np.nan, "constant": 1, "infinite": np.where(np.arange(400) % 9, np.arange(400), np.inf),
       "lists": pd.Series([[1, 2]] * 400), "mixed": pd.Series([1, "a", None, 2.5] * 100),
       "nullable": pd.array([1, None] * 200, "Int64"), "category": pd.Categorical(["u", "v"] * 200),
       "span": pd.to_timedelta(np.arange(400) % 7, unit="h"), "complex": 1j,
       "period": pd.period_range("2024", periods=400)}


@pytest.mark.parametrize("name", ODD)
def test_columns_of_any_type_are_examined(name):
    inputs, label = noisy(2)
    asked = {"times": np.arange(400), "groups": np.arange(400) % 20, "split": np.arange(400) >= 300}
    assert not examine(inputs.assign(odd=ODD[name], y=label), "y", **asked).suspects


@pytest.mark.parametrize("label", [np.array(["no", "yes"]), np.array([False, True]), pd.Categorical(["no", "yes"])])
def test_labels_of_any_type_are_examined(label):
    inputs, truth = noisy(2)
    report = examine(inputs.assign(gone=pd.Series(1.0, truth.index).where(truth == 0)), label[truth])
    assert report.suspects == {"gone": "missingness"} and "the label is" in str(report)
