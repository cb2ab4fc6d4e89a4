"""Frames and columns that answers of lesson 03 return: whether they are of numbers, and where two of them differ."""

import contextlib
from decimal import Decimal

import numpy as np
import pandas as pd

from dataml_lab.runtime.answers import Failed
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.shown import shown

TOLERANCE = 1e-11  # relative: sums in another order pass, a clock that went on between two calls doesn't


def numbers(column: pd.Series) -> np.ndarray | None:
    """The values of a column as floats, NaN where they are missing; None where one is no number, such as text.

    >>> numbers(pd.Series([True, 2, None], dtype=object)), numbers(pd.Series(["2"]))
    (array([ 1.,  2., nan]), None)
    """
    if column.dtype.kind in "biuf":
        return column.astype("float64").to_numpy(float, na_value=np.nan)
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


def floats(value: object, name: str) -> pd.DataFrame:
    """What an answer of this name returned, as a frame of floats; Failed where it is something else."""
    if not isinstance(value, pd.DataFrame):
        raise Failed(f"{name} returned {shown(value)}, where a DataFrame is needed.")
    if not value.columns.is_unique:
        twice = value.columns[value.columns.duplicated()][0]
        raise Failed(f"{name} returned more than one column of the name {shown(twice)}.")
    return pd.DataFrame({label: _as_numbers(value[label], name) for label in value}, value.index, value.columns, float)


def _as_numbers(column: pd.Series, name: str) -> np.ndarray:
    found = numbers(column)
    if found is None:
        raise Failed(f"{name} returned the column {shown(column.name)} of type {column.dtype}, such as "
                     f"{shown(column.iloc[0])}, where numbers are needed.")
    return found


def of_users(value: pd.DataFrame | pd.Series, name: str, users: list[int]) -> pd.DataFrame | pd.Series:
    """The rows of a frame or series by user, in the order of `users`; Failed where a row is missing or there is one
    more."""
    index = value.index.tolist()
    if len(index) == len(users) and set(index) == set(users):
        return value.loc[users]
    missing = [user for user in users if user not in index]
    told = f"is {shown(index)} instead of the users {shown(users)}"
    if missing and index and set(index) <= set(users):
        told = f"leaves out {len(missing)} of them, such as user {missing[0]}"
    raise Failed(f"{name} was asked about {len(users)} users, and the index of what it returned {told}.")


def difference(one: pd.DataFrame, other: pd.DataFrame,
               words: str = "of user {user}, {name} is {one} and then {other}") -> str | None:
    """Where two frames of the same users differ first, in these words; None where they don't."""
    if list(one.columns) != list(other.columns):
        return columns_apart(list(one.columns), list(other.columns))
    for name in one.columns:
        apart = ~np.isclose(one[name], other[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        if apart.any():
            place = int(np.argmax(apart))
            before, after = one[name].iloc[place], other[name].iloc[place]
            digits = 10 if f"{before:.10g}" != f"{after:.10g}" else 16
            return words.format(user=one.index[place], name=shown(name), one=f"{before:.{digits}g}",
                                other=f"{after:.{digits}g}")
    return None


def columns_apart(one: list, other: list) -> str:
    """How two lists of columns differ, in words."""
    gone, new = ([name for name in names if name not in rest] for names, rest in ((one, other), (other, one)))
    if not gone and not new:
        return f"the columns are {shown(one)} and then in another order"
    told = [f"{what} {shown(names)}" for what, names in (("without", gone), ("with", new)) if names]
    return f"the columns are {len(one)} and then {len(other)}, {' and '.join(told)}"


def change(before: pd.DataFrame, left: pd.DataFrame) -> str | None:
    """In what a frame that an answer was given differs first from what it was, in words; None where in nothing."""
    if list(left.columns) != list(before.columns):
        names = [f"{word} {shown(odd)}" for word, odd in (
            ("with", [name for name in left if name not in before]),
            ("without", [name for name in before if name not in left])) if odd]
        return f"the columns were {' and '.join(names) or 'in another order'}"
    if not left.index.equals(before.index):
        return f"the index was {shown(list(left.index))}, and before {shown(list(before.index))}"
    column = next((name for name in before if not left[name].equals(before[name])), None)
    return column and f"the column {column} held {shown(left[column].tolist())}"
