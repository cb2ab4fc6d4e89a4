"""Daily summaries: read as a table of numbers whatever their types, and compared with what was planned."""

import math
import numbers
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from dataml_lab.checks.pipeline.activity import COLUMNS, Activity
from dataml_lab.runtime.answers import Failed, Made
from dataml_lab.runtime.shown import shown as told

LARGEST = 1e15  # beyond the number of any user


def table(made: Made, day: date) -> pd.DataFrame:
    """The summary of a day by user, in the order of users, as numbers; `Failed` where it is no such table."""
    result = made("summary", day)
    if not isinstance(result, pd.DataFrame):
        raise Failed(f"Pipeline.summary returned {_kind(result)}, where a DataFrame was expected.")
    unnamed = result.index.name is None and (result.empty or not result.index.equals(pd.RangeIndex(len(result))))
    by_user = "user_id" not in result and (unnamed or result.index.name == "user_id")
    read = result.set_axis(pd.RangeIndex(len(result))).assign(user_id=result.index) if by_user else result
    if not all(isinstance(read.get(column), pd.Series) for column in ("user_id", *COLUMNS)):
        names = [told(name, 40).strip("'") for name in result.columns[:20]]
        raise Failed(f"The summary has the columns {', '.join(names) or '(none)'}: each of "
                     f"{', '.join(('user_id', *COLUMNS))} is needed once.")
    return _numbers(read)


def _kind(result: object) -> str:
    return "None" if result is None else f"a {type(result).__name__}"


def _numbers(result: pd.DataFrame) -> pd.DataFrame:
    """The summary with users as its index, whole numbers, and floats; `attrs` has the types of columns of others."""
    floats = pd.DataFrame({column: _as_floats(result[column]) for column in ("user_id", *COLUMNS)})
    if not (floats["user_id"].abs() < LARGEST).all():
        raise Failed("The summary has a row whose user_id is missing, or no number that a user has.")
    floats = floats.astype({"user_id": "int64"}).set_index("user_id").sort_index(kind="stable")
    floats.attrs = {column: str(result[column].dtype) for column in COLUMNS if not _holds_numbers(result[column])}
    return floats


def _as_floats(column: pd.Series) -> np.ndarray:
    """The values of a column, NaN where they are missing or no numbers."""
    if not _holds_numbers(column):
        return np.full(len(column), np.nan)
    return np.array([np.nan if gone else _float(value) for value, gone in zip(column, column.isna(), strict=True)],
                    dtype=float)


def _float(value: float | Decimal) -> float:
    """A number as a float, infinite where it is beyond all floats; NaN for one that only signals."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _holds_numbers(column: pd.Series) -> bool:
    """Whether a column holds nothing but numbers, and none of them as text."""
    values = column.dropna()
    return column.dtype.kind in "biuf" or all(isinstance(value, numbers.Real | Decimal) for value in values)


def blank(found: pd.DataFrame) -> str | None:
    """That a summary says the same of every user, in words: nothing can go wrong with that. None where it doesn't."""
    if len(found) > 1 and all(found[column].nunique(dropna=False) == 1 for column in COLUMNS):
        said = ", ".join(f"{column} {shown(found[column].iloc[0])}" for column in COLUMNS)
        return f"It says the same of all {len(found)} users: {said}."
    return None


def fault_of_users(found: pd.DataFrame, expected: Iterable[int], day: date) -> str | None:
    """Which users the summary of a day has twice, lacks, or has for no reason; None where all is right."""
    twice = found.index[found.index.duplicated()]
    if len(twice):
        return f"The summary of {day} has {(found.index == twice[0]).sum()} rows for user {twice[0]}: one is right."
    users = set(expected)
    lacking, surplus = sorted(users - set(found.index)), sorted(set(found.index) - users)
    if lacking:
        return (f"The summary of {day} lacks {len(lacking)} of {len(users)} users, such as {lacking[0]}: each user who "
                "did anything at all before the end of the day has a row.")
    return (f"The summary of {day} has user {surplus[0]}, of whom nothing is known at the end of that day."
            if surplus else None)


def fault_of_column(found: pd.DataFrame, world: Activity, column: str) -> str | None:
    """The first user whose value in a column is not as planned, users with something special first."""
    if column in found.attrs:
        return f"{column} holds values of type {found.attrs[column]}: numbers are needed."
    values = dict(zip(found.index, found[column], strict=True))
    there = [user for user in world.rows if user in values]
    for user in sorted(there, key=lambda user: column not in world.whys[user]):
        planned, why = getattr(world.rows[user], column), world.whys[user].get(column)
        if not same(values[user], planned):
            return (f"In the summary of {world.day}, {column} of user {user} is {shown(values[user])} where "
                    f"{shown(planned)} is right{f'. That user {why}' if why else ''}.")
    return None if there else "The summary has no row of any user."


def same(value: float, other: float | None) -> bool:
    """Whether two values of a summary are the same number, or both missing."""
    if other is None or math.isnan(other):
        return math.isnan(value)
    return math.isclose(value, other, rel_tol=1e-6, abs_tol=1e-6)


def shown(value: float | None) -> str:
    """A value of a summary as a sentence says it."""
    return "missing" if value is None or math.isnan(value) else f"{value:.9g}"


def first_difference(found: pd.DataFrame, other: pd.DataFrame, one: str = "the one",
                     two: str = "the other") -> str | None:
    """The first difference between two summaries, in words: `user 7 has total_purchases_30d 2 in the one and 3
    in the other`, where they may have better names; None where there is none."""
    if list(found.index) != list(other.index):
        users = sorted(set(found.index) ^ set(other.index))
        return f"user {users[0]} is in only one of them" if users else "a user is in one of them more than once"
    for column in COLUMNS:
        for user, value, right in zip(found.index, found[column], other[column], strict=True):
            if not same(value, right):
                return f"user {user} has {column} {shown(value)} in {one} and {shown(right)} in {two}"
    return None
