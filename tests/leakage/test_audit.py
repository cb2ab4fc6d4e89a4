"""`audit` on labelled procedures, what it says of them, and what it refuses."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.leakage import audit, audit_features
from dataml_lab.leakage.audit import MATRIX, SCORE
from dataml_lab.leakage.report import ALL_ROWS, FOUND
from dataml_lab.leakage.suite import procedures


@pytest.mark.parametrize(("half", "every"), [
    ("tune", 5), pytest.param("tune", 1, marks=pytest.mark.full), pytest.param("held_out", 1, marks=pytest.mark.full)])
def test_leaky_procedures_are_found_and_their_mended_twins_are_not(half, every):
    told = [(case, {found.kind for found in audit(case.run, case.data, **case.asked) if found.grade in FOUND})
            for case in procedures(half)[::every]]
    assert not [case.name for case, kinds in told if bool(case.kind) != bool(kinds)]
    other = {case.name for case, kinds in told if case.kind and case.kind not in kinds}
    assert other <= {"without_the_weak before the split, held_out"}


def table(rows=120, seed=0):
    random = np.random.default_rng(seed)
    inputs = pd.DataFrame(random.normal(size=(rows, 3)), columns=list("abc"))
    return inputs, pd.Series((inputs["a"] + random.normal(size=rows) > 0).astype(int))


def procedure(prepare, stratify=False, predict=True, **kwargs):
    """A procedure that prepares all rows, and splits them then."""
    def run(inputs, label):
        parts = train_test_split(prepare(inputs), label, random_state=0, stratify=label if stratify else None)
        model = LinearRegression().fit(parts[0], parts[2])
        return (*parts, model.predict(parts[1])) if predict else parts
    return run


def standardised(inputs):
    return (inputs - inputs.mean()) / inputs.std()


def test_how_far_a_matrix_moves_and_which_columns_is_told():
    (found,) = audit(procedure(standardised), table())
    assert (found.grade, found.column, found.kind) == ("leak", MATRIX, "preprocessing") and found.score > 0.1
    assert "3 of its columns move by up to" in found.evidence and "values of tested rows: " in found.evidence
    one = audit(procedure(lambda inputs: inputs.assign(b=inputs["b"] - inputs["b"].median())), table())
    assert [found.evidence.endswith("of tested rows: b.") for found in one] == [True]


@pytest.mark.parametrize("made", [np.asarray, sparse.csr_matrix, pd.DataFrame])
def test_matrices_may_be_arrays_frames_or_sparse(made):
    assert [found.kind for found in audit(procedure(lambda inputs: made(standardised(inputs))), table())] == [
        "preprocessing"]
    assert not len(audit(procedure(lambda inputs: made(inputs * 2)), table()))


def test_a_split_by_the_label_can_only_be_tried_with_other_values():
    report = audit(procedure(standardised, stratify=True), table())
    assert [found.kind for found in report] == ["preprocessing"]
    assert report.not_looked == [
        "With other labels in the tested rows other rows are fitted: whether the matrix moves can't be said."]


def test_numbers_are_scored_by_correlation_and_classes_by_auc():
    inputs, _ = table()
    def remembers(inputs, label):
        X_train, X_test, y_train, y_test = train_test_split(inputs, label, random_state=0)  # noqa: N806
        return X_train, X_test, y_train, y_test, y_test.to_numpy()
    for label, words in ((inputs["b"], "a correlation of 1.00"), (inputs["b"] > 0, "an AUC of 1.00"),
                         (pd.cut(inputs["b"], 3, labels=["x", "y", "z"]).astype(str), "an AUC of 1.00")):
        (found,) = audit(remembers, (inputs, label))
        assert found.column == SCORE and found.grade == "suspect" and words in found.evidence


def test_rows_on_both_sides_are_counted():
    def run(inputs, label):
        return inputs[:80], inputs[60:], label[:80], label[60:]
    (found,) = audit(run, table())
    assert (found.grade, found.column, found.kind, found.score) == ("leak", ALL_ROWS, "overlap", 1 / 3)


def test_an_estimator_is_honest_after_a_split():
    inputs, label = table()
    report = audit(make_pipeline(StandardScaler(), LogisticRegression()), (inputs, label))
    assert not len(report) and not report.not_looked and "permuted target" in report.looked


def test_columns_of_every_type_are_moved_and_stay_of_their_type():
    inputs, label = table()
    at = pd.date_range("2025", periods=len(inputs), tz="UTC")
    inputs = inputs.assign(at=at, kind=pd.Categorical(["u", "v", "w"] * 40), flag=[True, False] * 60, n=range(120),
                           whole=pd.array([1, 2, None, 4] * 30, "Int64"), word=["x", None, "y"] * 40)
    types = []
    def run(inputs, label):
        types.append(tuple(inputs.dtypes))
        numbers = inputs[["a", "whole"]].astype(float).fillna(0.0)
        return train_test_split(numbers.assign(at=inputs["at"].dt.day, w=inputs["word"] == "x"), label, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = audit(run, (inputs, label))
    assert len(set(types)) == 1 and len(types) == 5 and not len(report)
    assert report.not_looked == ["Not looked for without predictions: the score on a permuted target."]


@pytest.mark.parametrize(("run", "words"), [
    (lambda inputs, label: inputs, "must return X_train, X_test, y_train, y_test"),
    (lambda inputs, label: (inputs, inputs, label.to_numpy(), label.to_numpy()), "must be Series that keep the index"),
    (lambda inputs, label: (inputs[1:], inputs, label, label), "a matrix has 119 rows, and its label 120"),
    (lambda inputs, label: (*(parts := train_test_split(inputs, label, random_state=0)), parts[1]), "have the shape"),
    (lambda inputs, label: train_test_split(inputs, label), "seed what is random")])
def test_what_cannot_be_audited_is_refused_in_words(run, words):
    with pytest.raises(ValueError, match=words):
        audit(run, table())


def test_features_that_know_later_events_are_reported():
    events = pd.DataFrame({"user_id": [1, 2, 1], "total": [10.0, 20.0, 30.0],
                           "occurred_at": pd.to_datetime(["2025-03-01", "2025-03-02", "2025-03-09"], utc=True)})
    def spending(events, users, as_of):
        past = events[events["occurred_at"] < as_of].groupby("user_id")["total"].sum()
        sums = {"past": past, "all": events.groupby("user_id")["total"].sum()}
        return pd.DataFrame(sums).reindex(users).fillna(0.0)
    report = audit_features(spending, events, [1, 2, 3], pd.Timestamp("2025-03-05", tz="UTC"))
    assert report.suspects == {"all": "time travel"} and "all of user 1: 10.0 from the past alone" in str(report)
