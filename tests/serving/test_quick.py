"""Rows have the scores that a frame of them has, to the byte, or the same error."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from dataml_lab.evaluation.payments import payments as payments_of_the_lesson
from dataml_lab.serving import Column, Model, Schema, load, save
from dataml_lab.serving.fraud import SCHEMA, trained
from dataml_lab.serving.quick import NUMERIC, quick
from tests.serving.worlds import boosted, payments, pipeline, schema, target

NUMBERS = Schema(tuple(column._replace(missing=missing) for column, missing in zip(
    schema().columns[:3], (True, False, False), strict=True)))
FILLED = Schema(schema().columns[:3])
ODD = Schema((*schema().columns[:3], Column("zone", "category", categories=("south", "moon", "north"), missing=True)))
FEW = {"max_iter": 3}
MAKERS = {  # fitted on numbers, a count and a flag; LightGBM on zones too
    "logistic": lambda: (make_pipeline(StandardScaler(), LogisticRegression()), FILLED),
    "alone": lambda: (LogisticRegression(max_iter=1_000), FILLED),
    "linear": lambda: (make_pipeline(MinMaxScaler(), LinearRegression()), FILLED),
    "ridge": lambda: (Ridge(), FILLED),
    "histogram classifier": lambda: (HistGradientBoostingClassifier(**FEW), NUMBERS),
    "histogram regressor": lambda: (HistGradientBoostingRegressor(**FEW), NUMBERS),
}  # fmt: skip


@cache
def made(name):
    """A model of a kind."""
    if name in MAKERS:
        estimator, of = MAKERS[name]()
        return Model("fraud", 1, of, {}, "", estimator.fit(payments()[of.names], target()))
    return Model("fraud", 1, ODD if "odd" in name else schema(), {}, "", boosted("lightgbm", name.split()[0]))


FINE = [{"amount": 1.5, "items": 1, "new": True, "zone": "south"}]
LIGHT = ["Classifier", "Regressor", "Classifier of odd zones"]
AMOUNT = st.floats(0, 100_000) | st.integers(0, 100_000) | st.sampled_from([0.0, -0.0, 1e-300, np.float64(7.5)])
ROW = st.fixed_dictionaries({
    "amount": AMOUNT, "items": st.integers(1, 1_000) | st.sampled_from([3.0, np.int64(7)]), "new": st.booleans(),
    "zone": st.sampled_from(["south", "north", "centre", "moon", None, math.nan])})


def by_frame(model, rows):
    """The scores of a frame of these rows."""
    table = model.schema.table(rows)
    found = model.estimator.predict_proba(table)[:, 1] if model.classifies else model.estimator.predict(table)
    return np.asarray(found, float)


@pytest.mark.parametrize("name", [*MAKERS, *LIGHT])
@settings(max_examples=15)
@given(given=st.lists(ROW, min_size=1, max_size=40))
def test_rows_have_the_scores_of_a_frame_of_them_to_the_byte(name, given):
    model = made(name)
    rows = [{name: row[name] for name in model.schema.names} for row in given]
    if model.schema.columns[0].missing:
        rows[0]["amount"] = None
    rows = [row for row in rows if not model.schema.problems(row)] or FINE
    assert model._quick
    for some in (rows, rows[:1]):
        assert model.score(some).tobytes() == by_frame(model, some).tobytes()


def test_the_lesson_s_model_is_asked_so_and_after_it_was_saved(tmp_path):
    made = save(tmp_path / "fraud", trained(2_000), SCHEMA, "fraud")
    found = load(tmp_path / "fraud")
    assert made._quick and found._quick
    rows = payments_of_the_lesson(300, seed=2)[SCHEMA.names].to_dict("records")
    for some in (rows, rows[:1], rows[:7]):
        assert found.score(some).tobytes() == by_frame(made, some).tobytes()
    assert found.score([]).shape == (0,)


def test_a_missing_value_is_the_same_error():
    model = Model("fraud", 1, NUMBERS, {}, "", made("logistic").estimator)
    row = {"amount": None, "items": 1, "new": True}
    with pytest.raises(ValueError, match="contains NaN") as quick:
        model.score([row])
    with pytest.raises(ValueError, match="contains NaN") as slow:
        by_frame(model, [row])
    assert str(quick.value) == str(slow.value)


class Own(LogisticRegression):
    """A subclass, which may do anything with a frame."""


OTHERS = {
    "of columns by name": lambda: pipeline(),
    "of a function": lambda: make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()),
    "a forest": lambda: RandomForestClassifier(2), "xgboost": lambda: boosted("xgboost"), "own": Own,
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_others_get_a_frame(name):
    assert quick(OTHERS[name](), FILLED) is None


def test_columns_that_a_frame_would_not_be_taken_with_are_left_to_the_frame():
    logistic, light = made("logistic").estimator, boosted("lightgbm")
    assert quick(logistic, Schema(FILLED.columns[::-1])) is None
    assert quick(logistic, schema()) is None
    assert quick(light, FILLED) is None


@pytest.mark.parametrize("more", [{"pred_early_stop": True}, {"raw_score": True}, {"objective": lambda y, p: (p, p)}])
def test_lightgbm_that_is_to_predict_otherwise_gets_a_frame(more):
    from lightgbm import LGBMClassifier

    light = LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1, **more).fit(payments()[FILLED.names], target())
    assert quick(light, FILLED) is None


def test_each_type_that_is_asked_so_is_tried_here():
    tried = {type(part).__name__ for name in MAKERS for part in getattr(made(name).estimator, "named_steps", {
        "": made(name).estimator}).values()}
    assert tried == NUMERIC
