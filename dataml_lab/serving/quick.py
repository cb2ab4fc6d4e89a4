"""Scores of a few rows without a frame, which costs more than most models do.

Only estimators are asked so of which it is known that they make the same of an array of numbers as of a frame.
"""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dataml_lab.serving.schema import Column, Schema, is_missing

Quick = Callable[[Sequence[Mapping[str, Any]]], np.ndarray]
Numbers = Callable[[np.ndarray], np.ndarray]  # scores of rows of numbers
# Of scikit-learn: what looks at the numbers of a frame alone, and not at the names or the types of its columns.
NUMERIC = frozenset({
    "HistGradientBoostingClassifier", "HistGradientBoostingRegressor", "LinearRegression", "LogisticRegression",
    "MinMaxScaler", "Ridge", "StandardScaler",
})  # fmt: skip
LIGHTGBM = frozenset({"LGBMClassifier", "LGBMRegressor"})
HARMLESS = frozenset({"deterministic", "seed", "verbose"})  # further parameters of LightGBM that predict nothing else


def quick(estimator: Any, schema: Schema) -> Quick | None:
    """The scores of rows that have no problem, to the byte as those of a frame of these rows; None for an estimator of
    which it isn't known."""
    scores, codes = numbers_of(estimator), codes_of(estimator, schema)
    others = list(getattr(estimator, "feature_names_in_", schema.names)) != schema.names  # then a frame is refused
    if scores is None or codes is None or others:
        return None

    def score(rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
        columns = [[code(row.get(name)) for row in rows] for name, code in codes.items()]
        return scores(np.array(columns, float).T)  # in memory column by column, as the array of a frame is

    return score


def numbers_of(estimator: Any) -> Numbers | None:
    """How the estimator scores rows of numbers; None for one of which it isn't known."""
    if is_lightgbm(estimator):
        known = type(estimator)().get_params().keys() | HARMLESS
        asks_more = not isinstance(estimator.objective_, str) or estimator.get_params().keys() - known
        binary = getattr(estimator, "n_classes_", 2) == 2
        return (lambda rows: estimator.booster_.predict(rows, num_threads=1)) if binary and not asks_more else None
    twin = without_names(estimator)
    if twin is None:
        return None
    return (lambda rows: twin.predict_proba(rows)[:, 1]) if hasattr(twin, "predict_proba") else twin.predict


def without_names(estimator: Any) -> Any:
    """A shallow copy of a fitted estimator that doesn't know the names of its columns, and so takes an array without a
    warning; None for one of another type than `NUMERIC`, or a pipeline that has one."""
    name, twin = type(estimator).__name__, copy.copy(estimator)
    if not type(estimator).__module__.startswith("sklearn."):
        return None
    if name == "Pipeline":
        steps = [(step, without_names(part)) for step, part in estimator.steps]
        twin.steps = steps
        return None if any(part is None for _, part in steps) else twin
    vars(twin).pop("feature_names_in_", None)
    return twin if name in NUMERIC else None


def is_lightgbm(estimator: Any) -> bool:
    """Whether it is LightGBM's, and no subclass."""
    return type(estimator).__module__ == "lightgbm.sklearn" and type(estimator).__name__ in LIGHTGBM


def codes_of(estimator: Any, schema: Schema) -> dict[str, Callable[[Any], float]] | None:
    """How a value of each column becomes a number; None if the estimator isn't known to take such columns."""
    categories = [column.name for column in schema.columns if column.kind == "category"]
    fitted = (estimator.booster_.pandas_categorical or []) if is_lightgbm(estimator) else []
    if len(fitted) != len(categories):
        return None
    known = dict(zip(categories, fitted, strict=True))
    return {column.name: code_of(column, known.get(column.name)) for column in schema.columns}


def code_of(column: Column, fitted: list | None) -> Callable[[Any], float]:
    """How a value becomes a number: NaN if it is missing; of a category its place among those of the fit, NaN without
    one, as LightGBM has it."""
    if column.kind != "category":
        return lambda value: math.nan if is_missing(value) else float(value)
    places = {category: float(place) for place, category in enumerate(fitted)}
    return lambda value: places.get(value, math.nan)
