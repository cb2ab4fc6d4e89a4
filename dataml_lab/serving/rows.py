"""Rows of Arrow with their scores: what batch scoring does, on whatever engine the rows come from.

A row that the model doesn't take has no score but a problem, in the words that a request with it is answered with.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataml_lab.serving.saved import Model
from dataml_lab.serving.schema import Schema, SchemaError

FAILING = 100  # rows of a batch that a model may fail on, until the batch is given up
FOUND = [pa.field("score", pa.float64()), pa.field("problem", pa.string()), pa.field("model", pa.string()),
         pa.field("version", pa.int64())]  # fmt: skip
# Whole numbers stay whole and truth values stay true or false, where some are missing.
WHOLE = {getattr(pa, kind.lower())(): getattr(pd, f"{kind}Dtype")() for kind in (
    "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")}
NULLABLE = {**WHOLE, pa.bool_(): pd.BooleanDtype()}
Score = Callable[[pd.DataFrame], np.ndarray]


class ModelFailsError(RuntimeError):
    """A model that fails on so many rows that it isn't the rows' fault."""


def with_scores(model: Model, rows: pa.RecordBatch, keep: Sequence[str]) -> pa.RecordBatch:
    """The columns `keep` of the rows, and those of `FOUND`: `score`, null without one, `problem`, null without one, and
    the model's name and version. ModelFailsError where the model fails on more than FAILING rows."""
    score, problem = judged(model, rows)
    found = [pa.array(score, pa.float64(), from_pandas=True), pa.array(problem, pa.string()),
             pa.array([model.name] * len(rows), pa.string()), pa.array([model.version] * len(rows), pa.int64())]
    return pa.RecordBatch.from_arrays([*(rows[name] for name in keep), *found], schema=schema_of(rows.schema, keep))


def schema_of(source: pa.Schema, keep: Sequence[str]) -> pa.Schema:
    """The columns of `with_scores`."""
    return pa.schema([*(source.field(name) for name in keep), *FOUND])


def judged(model: Model, rows: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """For each row its score or NaN, and its problem or None: the one or the other."""
    table = rows.select(model.schema.names).to_pandas(types_mapper=NULLABLE.get, ignore_metadata=True)
    scores, problems = np.full(len(table), math.nan), np.full(len(table), None, object)
    wrong = wrong_rows(model.schema, table)
    fine = np.flatnonzero(~wrong)
    scores[fine], problems[fine] = scored(model.score, table if not wrong.any() else table.iloc[fine])
    places = np.flatnonzero(wrong)
    problems[places] = [problem_of(model.schema, row) for row in rows.select(model.schema.names).take(
        pa.array(places)).to_pylist()]
    return scores, problems


def wrong_rows(schema: Schema, table: pd.DataFrame) -> np.ndarray:
    """Whether the schema finds a problem, for each row."""
    return np.logical_or.reduce([column.wrong(table[column.name]) for column in schema.columns])


def problem_of(schema: Schema, row: dict[str, Any]) -> str:
    """What is wrong with a row, in the words of a request's answer."""
    return str(SchemaError(schema.problems(row)))


def scored(score: Score, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A score or NaN for each row, and a problem or None: the one or the other.

    Where the model fails, the rows are halved until those are alone that it fails on.

    >>> scored(lambda table: 1 / table["x"].to_numpy(), pd.DataFrame({"x": [0.5, 4.0]}))
    (array([2.  , 0.25]), array([None, None], dtype=object))
    """
    scores, problems = np.full(len(table), math.nan), np.full(len(table), None, object)
    parts, failing = [slice(0, len(table))], 0
    while parts:
        part = parts.pop()
        try:
            scores[part] = np.reshape(score(table[part]), part.stop - part.start)
        except Exception as error:
            if part.stop - part.start > 1:
                middle = (part.start + part.stop) // 2
                parts += [slice(middle, part.stop), slice(part.start, middle)]
                continue
            problems[part], failing = f"{type(error).__name__}: {error}", failing + 1
            if failing > FAILING:
                raise ModelFailsError(f"the model fails on many rows: {problems[part][0]}") from error
    infinite = ~np.isfinite(scores) & pd.isna(problems)
    problems[infinite] = [f"the score is {value}" for value in scores[infinite]]
    scores[infinite] = math.nan
    return scores, problems
