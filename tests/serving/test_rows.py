"""A batch of rows gets the scores and the sentences that its rows get one by one."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import BaseEstimator

from dataml_lab.serving import Column, Model, Schema, SchemaError
from dataml_lab.serving.rows import FAILING, FOUND, ModelFailsError, scored, with_scores
from tests.serving.worlds import boosted, schema

MISSING_TOO = Schema(tuple(column._replace(missing=True) for column in schema().columns))
AMOUNTS = [0.0, 3.5, 100_000.0, -1.0, 1e9, math.nan, math.inf, -math.inf, None]


def model(schema, estimator):
    return Model("fraud", 3, schema, {}, "", estimator)


def one_by_one(model, rows):
    """What a request with each row is answered with: a score or None, a sentence or None."""
    for row in rows:
        try:
            yield float(model.score([row])[0]), None
        except SchemaError as error:
            yield None, str(error)


def strange_rows(rows):
    """Rows of which many have a value that no model takes, of types that Parquet can hold."""
    draw = np.random.default_rng(rows)
    return pa.RecordBatch.from_pydict({
        "id": pa.array(range(rows)), "new": pa.array(draw.choice([True, False, None], rows).tolist(), pa.bool_()),
        "zone": pa.array(draw.choice(["centre", "north", "moon", "", None], rows).tolist()),
        "amount": pa.array([AMOUNTS[place] for place in draw.integers(0, len(AMOUNTS), rows)], pa.float64()),
        "items": pa.array(draw.choice([1, 2, 8, 0, 5_000, 2**60, None], rows).tolist(), pa.int64())})


@pytest.mark.parametrize("of", [schema(), MISSING_TOO], ids=["needed", "may be missing"])
@pytest.mark.parametrize("rows", [0, 1, 300])
def test_a_batch_is_its_rows_one_by_one(of, rows):
    batch, scorer = strange_rows(rows), model(of, boosted("lightgbm"))
    found = with_scores(scorer, batch, ["id"])
    asked = batch.select(of.names).to_pylist()
    assert list(zip(found["score"].to_pylist(), found["problem"].to_pylist(), strict=True)) == list(
        one_by_one(scorer, asked))
    assert found["id"].to_pylist() == list(range(rows))
    assert found.schema.names == ["id", *(field.name for field in FOUND)]
    assert set(found["version"].to_pylist()) <= {3} and set(found["model"].to_pylist()) <= {"fraud"}


OTHER = [pa.array(["1", "2"]), pa.array([True, False]), pa.array([[1], [2]]), pa.array(["a", "b"]).dictionary_encode(),
         pa.nulls(2)]  # fmt: skip


@pytest.mark.parametrize("values", OTHER, ids=lambda values: str(values.type))
def test_a_column_of_another_type_is_told_for_each_row(values):
    scorer = model(Schema((Column("amount", "number"),)), boosted("lightgbm"))
    batch = pa.RecordBatch.from_pydict({"amount": values})
    found = with_scores(scorer, batch, [])
    assert found["problem"].to_pylist() == [problem for _, problem in one_by_one(scorer, batch.to_pylist())]
    assert found["score"].null_count == 2


def test_categories_that_are_whole_numbers_stay_so_beside_missing_ones():
    scorer = model(Schema((Column("size", "category", categories=(1, 2), missing=True),)), Length())
    found = with_scores(scorer, pa.RecordBatch.from_pydict({"size": pa.array([1, None, 3])}), [])
    assert found["problem"].to_pylist() == [None, None, "size is 3, which is none of 1, 2"]


class Length(BaseEstimator):
    """A model that says 1.0 of each row."""

    def predict(self, table):
        return np.ones(len(table))


@pytest.mark.parametrize("bad", [set(), {0}, {41}, {3, 4, 99}, set(range(0, 100, 2))])
def test_a_row_that_the_model_fails_on_harms_no_other(bad):
    def score(table):
        if bad & set(table["x"]):
            raise ZeroDivisionError("no")
        return table["x"].to_numpy(float)

    scores, problems = scored(score, pd.DataFrame({"x": range(100)}))
    assert scores.tolist() == pytest.approx([math.nan if x in bad else x for x in range(100)], nan_ok=True)
    assert problems.tolist() == ["ZeroDivisionError: no" if x in bad else None for x in range(100)]


def test_a_model_that_always_fails_is_given_up():
    calls = []

    def score(table):
        calls.append(len(table))
        raise ConnectionError("nobody is there")

    with pytest.raises(ModelFailsError, match="the model fails on many rows: ConnectionError: nobody is there"):
        scored(score, pd.DataFrame({"x": range(100_000)}))
    assert len(calls) < 3 * FAILING + 40


def test_a_score_that_is_no_number_is_a_problem():
    scores, problems = scored(lambda table: np.array([1.0, math.nan, math.inf]), pd.DataFrame({"x": range(3)}))
    assert problems.tolist() == [None, "the score is nan", "the score is inf"]
    assert np.isnan(scores).tolist() == [False, True, True]


def test_too_few_scores_are_a_failure():
    _, problems = scored(lambda table: np.zeros(len(table) + 1), pd.DataFrame({"x": range(3)}))
    assert all("ValueError" in problem for problem in problems)
