"""What lesson 03 takes for numbers in a column that an answer returned, and how it says what came of a frame."""

import contextlib
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd

from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Failed
from dataml_lab.runtime.plain import plain


def numbers(column: pd.Series) -> np.ndarray | None:
    """The values of a column as floats, NaN where they are missing; None where one is no number, such as text.

    >>> numbers(pd.Series([True, 2, None], dtype=object)), numbers(pd.Series(["2"]))
    (array([ 1.,  2., nan]), None)
    """
    if column.dtype.kind in "mMc":
        return None
    with contextlib.suppress(TypeError):  # of an object that is no plain data
        values = [None if gone else plain(value) for value, gone in zip(column, column.isna(), strict=True)]
        if all(value is None or isinstance(value, bool | int | float | Decimal) for value in values):
            return np.array([np.nan if value is None else _float(value) for value in values], float)
    return None


def _float(value: float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return np.inf


def change(before: pd.DataFrame, left: pd.DataFrame) -> str | None:
    """In what a frame that an answer was given differs first from what it was, in words; None where in nothing."""
    if list(left.columns) != list(before.columns):
        return f"the columns were {shown(list(left.columns))}"
    if not left.index.equals(before.index):
        return f"the index was {shown(list(left.index))}"
    column = next((name for name in before if not left[name].equals(before[name])), None)
    return column and f"the column {column} held {shown(left[column].tolist())}"


@contextlib.contextmanager
def about(what: str) -> Iterator[None]:
    """In the block, a failure says what the answer was given."""
    try:
        yield
    except Failed as failure:
        raise type(failure)(f"Given {what}: {failure}") from None
