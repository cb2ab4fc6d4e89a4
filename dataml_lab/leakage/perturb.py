"""Other values and labels in the rows that a procedure tests: what a training matrix must not notice."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.features.time_travel import is_id
from dataml_lab.leakage.power import Label

INWARD, OUTWARD = (0.10, 0.45), (0.9, 3.0)  # where values are moved to, in the range of the fitted ones, from 0 to 1


class Run(NamedTuple):
    """What a procedure did: the matrices that the model was fitted to and tried on, in the order of their labels,
    whose index says which rows they are; and what it predicted for the tested rows, if it says."""

    train: Any
    test: Any
    train_label: pd.Series
    test_label: pd.Series
    predicted: ArrayLike | None = None


class Data(NamedTuple):
    """The inputs and the label of rows numbered from 0."""

    inputs: pd.DataFrame
    label: pd.Series


def touched(data: Data, first: Run) -> np.ndarray:
    """The rows that get other values: those tested, and rows equal to one of them that aren't fitted."""
    tested = data.label.index.isin(first.test_label.index)
    hashed = pd.util.hash_pandas_object(data.inputs, index=False)
    return (tested | hashed.isin(hashed[tested]).to_numpy()) & ~data.label.index.isin(first.train_label.index)


def inward(data: Data, first: Run) -> Data:
    """Other values in the tested rows, from the lower half of those that the fitted rows have."""
    return changed(data, first, INWARD)


def outward(data: Data, first: Run) -> Data:
    """Other values in the tested rows, beyond most that the fitted rows have."""
    return changed(data, first, OUTWARD)


def changed(data: Data, first: Run, to: tuple[float, float]) -> Data:
    """The inputs with other values in the tested rows; equal values stay equal, and what is missing stays so."""
    rows, fitted = touched(data, first), data.label.index.isin(first.train_label.index)
    inputs = data.inputs.copy()
    for name in inputs:
        column = inputs[name]
        if not is_id(name) and not numbers_rows(column):
            inputs[name] = column.mask(pd.Series(rows) & column.notna(), other_values(column, fitted, to))
    return Data(inputs, data.label)


def numbers_rows(column: pd.Series) -> bool:
    """Whether a column has a whole number of its own for each row."""
    return pd.api.types.is_integer_dtype(column) and column.is_unique


def other_values(column: pd.Series, fitted: np.ndarray, to: tuple[float, float]) -> pd.Series:
    """For each value another of the same type: numbers and times are moved into a part of the fitted ones' range,
    which is 0 to 1; anything else becomes the most frequent other value of the fitted rows."""
    known = column[fitted].dropna()
    if pd.api.types.is_bool_dtype(column):
        return ~column.astype(bool)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return moved_into(column, known, to)
    often = known.value_counts().index[:2]
    return column.map(lambda value: next((other for other in often if other != value), value)).astype(column.dtype)


def moved_into(column: pd.Series, known: pd.Series, to: tuple[float, float]) -> pd.Series:
    """The values squeezed between two parts of the range of those known: order stays."""
    number = column.astype("int64") if pd.api.types.is_datetime64_any_dtype(column) else column
    of_known = number[known.index]
    low, high = (float(value) for value in (of_known.min(), of_known.max()))
    spread, own = high - low or 1.0, number[column.notna()].astype(float)
    place = (own - own.min()) / (own.max() - own.min() or 1.0)
    found = low + spread * (to[0] + (to[1] - to[0]) * place)
    whole = pd.api.types.is_integer_dtype(number)
    filled = (found.round() if whole else found).reindex(column.index, fill_value=low)
    return filled.astype("int64").astype(column.dtype) if whole else filled.astype(column.dtype)


def relabelled(data: Data, first: Run) -> Data:
    """Other labels in the tested rows: of classes the next one, of numbers another part of their range."""
    label, rows = data.label.copy(), touched(data, first)
    if Label(label).is_number:
        fitted = data.label.index.isin(first.train_label.index)
        return Data(data.inputs, label.where(~rows, moved_into(label, label[fitted], INWARD)))
    classes = sorted(label.unique(), key=str)
    following = dict(zip(classes, classes[1:] + classes[:1], strict=True))
    return Data(data.inputs, label.where(~rows, label.map(following)))
