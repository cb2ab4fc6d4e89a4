"""What is kept of a table to compare others with it: of each column its distribution, in a few kilobytes."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from dataml_lab.drift.numbers import KEPT, MANY, Numbers, merged
from dataml_lab.drift.words import Words, merged_words

VERSION = 1
FEW = 10_000  # rows below which columns are looked at one after the other
One, Other = TypeVar("One"), TypeVar("Other")


class Moments(NamedTuple):
    """A column of times: they move on, so that only the missing ones are counted."""

    known: int
    missing: int = 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.known + self.missing


Column = Numbers | Words | Moments


class Profile:
    """The distribution of each column of a table, by name.

    Up to a thousand values of a column are kept, with counts: all, where there are no more; otherwise quantiles of
    numbers, and the most frequent of categories. Profiles of parts merge to a profile of the whole, and are kept as
    JSON.

    >>> days = [Profile.of(pd.DataFrame({"price": [1.0, 2.0]})), Profile.of(pd.DataFrame({"price": [2.0, None]}))]
    >>> both = Profile.merged(days)
    >>> both, both.columns["price"].known
    (Profile of 4 rows: price, 3)
    """

    def __init__(self, columns: dict[str, Column], rows: int) -> None:
        self.columns, self.rows = columns, rows

    @classmethod
    def of(cls, table: pd.DataFrame, kept: int | None = KEPT, like: "Profile | None" = None) -> "Profile":
        """The profile of a table, with so many values of each column at most, or all; ValueError for a table without
        rows, or with two columns of one name. To be compared with the profile that it shall be `like`, many numbers are
        counted at the values that this one has, which is faster and as exact."""
        if not len(table):
            raise ValueError("the table has no rows, and nothing can be said of its columns")
        names = pd.Series([str(name) for name in table.columns])
        if names.duplicated().any():
            raise ValueError(f"two columns of the table have the name {names[names.duplicated()].iloc[0]!r}")
        others = [like.columns.get(name) if like else None for name in names]
        found = side_by_side(lambda place: column_of(table.iloc[:, place], kept, others[place]), range(len(names)),
                             len(table))
        return cls(dict(zip(names, found, strict=True)), len(table))

    @classmethod
    def merged(cls, profiles: Iterable["Profile"]) -> "Profile":
        """The profile of all tables together; ValueError where they have other columns, or a column has other types.
        To merge many at once is more exact than one after the other."""
        parts = list(profiles)
        if not parts:
            raise ValueError("there are no profiles to merge")
        for part in parts[1:]:
            if differing := sorted(parts[0].columns.keys() ^ part.columns.keys()):
                raise ValueError(f"profiles with different columns don't merge: {', '.join(differing)}")
        return cls({name: merged_column(name, [part.columns[name] for part in parts]) for name in parts[0].columns},
                   sum(part.rows for part in parts))

    def without(self, names: Iterable[str]) -> "Profile":
        """The profile of the other columns."""
        apart = {str(name) for name in names}
        return Profile({name: column for name, column in self.columns.items() if name not in apart}, self.rows)

    def to_json(self) -> str:
        """The profile as text, for `from_json`."""
        columns = {name: {"is": type(column).__name__, **plain(column)} for name, column in self.columns.items()}
        return json.dumps({"profile": VERSION, "rows": self.rows, "columns": columns})

    @classmethod
    def from_json(cls, text: str) -> "Profile":
        """The profile that was written so; ValueError for any other text."""
        try:
            kept = json.loads(text)
            if kept["profile"] != VERSION:
                raise ValueError(f"its version is {kept['profile']!r}, where {VERSION} is read")
            return cls({name: restored(dict(column)) for name, column in kept["columns"].items()}, int(kept["rows"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"this is no profile that Profile.to_json wrote: {error}") from error

    def __repr__(self) -> str:
        return f"Profile of {self.rows:,} rows: {', '.join(self.columns)}"


def side_by_side(work: Callable[[One], Other], items: Sequence[One], rows: int) -> list[Other]:
    """The work done on each item, in a thread for each core: numpy sorts and searches outside Python's lock. Where
    there are few rows, to start threads would take longer."""
    if rows < FEW:
        return list(map(work, items))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, items))


def column_of(column: pd.Series, kept: int | None, like: Column | None = None) -> Column:
    """A column's distribution: of durations in seconds, of truth values as categories; at the values of another, if
    any, where numbers are many."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return Moments(int(column.notna().sum()), int(column.isna().sum()))
    numbers = as_numbers(column)
    if numbers is None:
        return Words.of(column, kept)
    at_values = isinstance(like, Numbers) and len(like.values) and len(numbers) >= MANY
    found = Numbers.at(like.values, numbers) if at_values else Numbers.of(numbers)
    return found if kept is None else found.kept(kept)


def as_numbers(column: pd.Series) -> np.ndarray | None:
    """The column as floats, NaN where missing; None if it isn't one of numbers or durations."""
    if pd.api.types.is_timedelta64_dtype(column):
        return column.to_numpy() / np.timedelta64(1, "s")
    if pd.api.types.is_bool_dtype(column):
        return None
    of_objects = column.dtype == object and pd.api.types.infer_dtype(column) in NUMERIC
    if pd.api.types.is_numeric_dtype(column) or of_objects:
        return (pd.to_numeric(column) if of_objects else column).to_numpy(float, na_value=np.nan)
    return None


NUMERIC = {"integer", "floating", "mixed-integer-float", "decimal", "integer-na"}  # kinds of objects


def merged_column(name: str, parts: list[Column]) -> Column:
    """The distribution of the parts together; parts without a value take the type of the others."""
    known = [part for part in parts if part.rows > part.missing] or parts[:1]
    kinds = {type(part) for part in known}
    if len(kinds) > 1:
        raise ValueError(f"{name} is of {' and '.join(sorted(kind.__name__.lower() for kind in kinds))}: "
                         "profiles of different types don't merge")
    empty = sum(part.missing for part in parts) - sum(part.missing for part in known)
    if isinstance(known[0], Numbers):
        found = merged(known)
    elif isinstance(known[0], Words):
        found = merged_words(known)
    else:
        found = Moments(sum(part.known for part in known), sum(part.missing for part in known))
    return found._replace(missing=found.missing + empty)


def plain(column: Column) -> dict[str, Any]:
    """The fields of a column as JSON has them."""
    return {name: plain(value) if isinstance(value, Numbers) else value.tolist() if isinstance(value, np.ndarray)
            else value for name, value in column._asdict().items()}


def restored(fields: dict[str, Any]) -> Column:
    """The column that has these fields."""
    kind = fields.pop("is")
    if kind == "Numbers":
        return numbers_of(fields)
    if kind == "Words":
        return Words(**{**fields, "lengths": numbers_of(fields["lengths"])})
    if kind == "Moments":
        return Moments(**fields)
    raise ValueError(f"a column can't be of {kind!r}")


def numbers_of(fields: dict[str, Any]) -> Numbers:
    """Numbers that have these fields."""
    counts = {name: np.array(fields[name]) for name in ("below", "upto")}
    return Numbers(**{**fields, "values": np.array(fields["values"], float), **counts})
