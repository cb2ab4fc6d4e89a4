"""Tables of features that answers return: whether they are tables of numbers, and where two of them differ."""

import numpy as np
import pandas as pd

from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Failed

TOLERANCE = 1e-11  # relative: sums in another order pass, a clock that went on between two calls doesn't


def table(value: object, name: str, users: list[int]) -> pd.DataFrame:
    """A returned value as a table of numbers (float64) with a row for each user, in their order; Failed where a row is
    missing or something else than a number is there."""
    if not isinstance(value, pd.DataFrame):
        raise Failed(f"{name} returned {shown(value)}, where a DataFrame is needed.")
    if found := left_out(value.index.tolist(), users):
        raise Failed(f"{name} was asked about {len(users)} users, and the index of what it returned {found}.")
    if not value.columns.is_unique:
        raise Failed(f"{name} returned two columns of the name {shown(value.columns[value.columns.duplicated()][0])}.")
    found = {column: as_numbers(value[column], name) for column in value.columns}
    return pd.DataFrame(found, index=value.index).loc[users]


def left_out(index: list, users: list[int]) -> str | None:
    """How an index is not made of the users that were asked about, in words; None where it is, in whatever order."""
    if len(index) == len(users) and set(index) == set(users):
        return None
    missing = [user for user in users if user not in index]
    if missing and index and all(label in users for label in index):
        return f"leaves out {len(missing)} of them, such as user {missing[0]}"
    return f"is {shown(index)} instead of the users {shown(users)}"


def as_numbers(column: pd.Series, name: str) -> np.ndarray:
    """A column as float64, missing values as NaN; Failed where it holds something else than numbers."""
    if not (pd.api.types.is_numeric_dtype(column.dtype) or column.dtype == object) or column.dtype.kind == "c":
        raise Failed(f"{name} returned the column {shown(column.name)} of type {column.dtype}, where numbers are "
                     "needed.")
    try:
        return column.astype("float64").to_numpy(float, na_value=np.nan)
    except Exception:  # an object of the answer's own may raise anything
        value = next((item for item in column if not is_number(item)), None)
        raise Failed(f"{name} returned {shown(value)} in the column {shown(column.name)}, where numbers are "
                     "needed.") from None


def is_number(item: object) -> bool:
    """Whether a value can be a float64."""
    try:
        return isinstance(float(item), float)
    except Exception:
        return False


def difference(one: pd.DataFrame, other: pd.DataFrame) -> str | None:
    """Where two tables of the same users differ first, in words: "user 7's column 'orders' is 3 and then 4"."""
    if list(one.columns) != list(other.columns):
        return columns_apart(list(one.columns), list(other.columns))
    for name in one.columns:
        apart = ~np.isclose(one[name], other[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        if apart.any():
            place = int(np.argmax(apart))
            before, after = one[name].iloc[place], other[name].iloc[place]
            digits = 10 if f"{before:.10g}" != f"{after:.10g}" else 16
            return f"of user {one.index[place]}, {shown(name)} is {before:.{digits}g} and then {after:.{digits}g}"
    return None


def columns_apart(one: list, other: list) -> str:
    """How two lists of columns differ, in words."""
    gone, new = ([name for name in names if name not in rest] for names, rest in ((one, other), (other, one)))
    if not gone and not new:
        return f"the columns are {shown(one)} and then in another order"
    told = [f"{what} {shown(names)}" for what, names in (("without", gone), ("with", new)) if names]
    return f"the columns are {len(one)} and then {len(other)}, {' and '.join(told)}"
