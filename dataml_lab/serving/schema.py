"""The rows that a model takes: what each column holds, and in words what is wrong with a value.

A value that is None, NaN or NaT is missing. A request's row is checked value by value, in microseconds; a table is
checked by columns. Both find the same.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

KINDS = {"number": "a number", "whole": "a whole number", "flag": "true or false", "category": "a category"}
DTYPES = {"number": np.float64, "whole": np.int64, "flag": np.bool_}
EXACT = 2.0**53  # a whole number up to this is exact as a float, which it becomes where values may be missing
FURTHER = 10  # fields which the model hasn't that are named, of any number
SHOWN = 80  # letters of a value, or of categories, in a sentence
Rows = pd.DataFrame | Sequence[Mapping[str, Any]]


class SchemaError(ValueError):
    """Rows that the model doesn't take. `problems` has for each field that is wrong the end of a sentence about it."""

    def __init__(self, problems: Mapping[str, str], where: str = "") -> None:
        self.problems = dict(problems)
        super().__init__(where + "; ".join(f"{name} {problem}" for name, problem in self.problems.items()))


class Column(NamedTuple):
    """What a column holds.

    Parameters
    ----------
    name : as the model knows it.
    kind : "number" (finite), "whole" (a whole number, at most 2 to the 53rd), "flag" (true or false) or "category".
    low, high : the least and the greatest number.
    categories : all that there are: texts, or whole numbers.
    missing : whether a value may be missing.
    """

    name: str
    kind: str
    low: float = -math.inf
    high: float = math.inf
    categories: tuple[str | int, ...] = ()
    missing: bool = False

    @classmethod
    def of(cls, values: pd.Series) -> Self:
        """The column that these values are of, by their type; ValueError for a type that is none of the kinds, such as
        times. A number has no limits, whatever is seen; categories are those seen, or those of the type."""
        name, missing = str(values.name), bool(values.isna().any())
        if pd.api.types.is_bool_dtype(values.dtype):
            return cls(name, "flag", missing=missing)
        if pd.api.types.is_integer_dtype(values.dtype):
            return cls(name, "whole", missing=missing)
        if pd.api.types.is_float_dtype(values.dtype):
            return cls(name, "number", missing=missing)
        known = categories_of(values)
        if not known:
            raise ValueError(f"{name}: all values are missing, so that nothing tells what it holds: leave it out")
        if not all(isinstance(value, str | Integral) and not isinstance(value, bool) for value in known):
            raise ValueError(f"{name}: {values.dtype} is none of {', '.join(KINDS)}: make such a column of it")
        return cls(name, "category", categories=tuple(known), missing=missing)

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that are taken."""
        return (max(self.low, -EXACT), min(self.high, EXACT)) if self.kind == "whole" else (self.low, self.high)

    def problem(self, value: Any) -> str:
        """What is wrong with a value, as the end of a sentence that begins with the column's name; "" for nothing.

        >>> amount = Column("amount", "number", low=0)
        >>> amount.problem(12.5), amount.problem(-1), amount.problem("12")
        ('', 'is -1, where 0 is the least', "is '12', where a number is expected")
        """
        if is_missing(value):
            return "" if self.missing else f"is missing, where {KINDS[self.kind]} is needed"
        if not IS_OF_KIND[self.kind](value):
            return f"is {shown(value)}, where {KINDS[self.kind]} is expected"
        if self.kind == "category":
            return "" if value in self.categories else f"is {shown(value)}, which is none of {listed(self.categories)}"
        low, high = self.limits
        if not low <= value <= high:
            side, limit = ("least", low) if value < low else ("greatest", high)
            return f"is {shown(value)}, where {shown(limit)} is the {side}"
        return ""

    def wrong(self, values: pd.Series) -> np.ndarray:
        """Of each value whether `problem` finds something (bool), by column, which is fast."""
        if values.dtype == object:  # whose values may be of several types
            return np.array([bool(self.problem(value)) for value in values], bool)
        if self.kind in ("number", "whole") and is_numeric(values):
            return self._wrong_numbers(values.to_numpy(float, na_value=math.nan))
        codes, distinct = pd.factorize(values)
        return np.array([*(bool(self.problem(value)) for value in distinct), not self.missing], bool)[codes]

    def _wrong_numbers(self, numbers: np.ndarray) -> np.ndarray:
        low, high = self.limits
        inside = (numbers >= low) & (numbers <= high) & np.isfinite(numbers)
        fine = inside & (np.floor(numbers) == numbers) if self.kind == "whole" else inside
        return ~np.where(np.isnan(numbers), self.missing, fine)

    def array(self, values: pd.Series | Sequence[Any]) -> np.ndarray | pd.Categorical:
        """Values without a problem as the model takes them: float64, int64 or bool, float64 where some may be missing,
        or a categorical of all categories."""
        if self.kind == "category":
            known = list(self.categories)
            categorical = isinstance(getattr(values, "dtype", None), pd.CategoricalDtype)
            return values.cat.set_categories(known).array if categorical else pd.Categorical(values, known)
        dtype = np.float64 if self.missing else DTYPES[self.kind]
        if isinstance(values, pd.Series) and values.dtype != object:
            return values.to_numpy(float, na_value=math.nan).astype(dtype) if self.missing else values.to_numpy(dtype)
        return np.array([math.nan if is_missing(value) else value for value in values], dtype)


class Schema(NamedTuple):
    """The columns that a model takes, in its order.

    >>> schema = Schema.of(pd.DataFrame({"amount": [9.5, 80.0], "zone": ["north", "south"]}), {"amount": (0, 1000)})
    >>> schema.problems({"amount": 2000, "zone": "east"})
    {'amount': 'is 2000, where 1000 is the greatest', 'zone': "is 'east', which is none of 'north', 'south'"}
    >>> schema.table([{"zone": "south", "amount": 3}])
       amount   zone
    0     3.0  south
    """

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, table: pd.DataFrame, ranges: Mapping[str, tuple[float, float]] | None = None) -> Self:
        """The schema of a table that a model was trained on: kinds by type, `missing` where a value is. `ranges` are
        the least and the greatest number of columns; of others no number is refused."""
        limits = dict(ranges or {})
        if unknown := [name for name in limits if name not in table.columns]:
            raise ValueError(f"a range is given for {unknown[0]!r}, which is no column of the table")
        found = [Column.of(table[name]) for name in table.columns]
        return cls(tuple(column._replace(low=limits[column.name][0], high=limits[column.name][1])
                         if column.name in limits else column for column in found))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def problems(self, row: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with a row, by field: values, and fields that the model hasn't. A field that isn't there is
        missing."""
        found = {column.name: column.problem(row.get(column.name)) for column in self.columns}
        extra = {str(name): f"is no field of this model, which has {listed(self.names)}"
                 for name in islice((name for name in row if name not in found), FURTHER)}
        return {name: problem for name, problem in (found | extra).items() if problem}

    def table(self, rows: Rows) -> pd.DataFrame:
        """Rows as the model takes them, with the index of a frame; SchemaError where they have a problem. Further
        columns of a frame are left out."""
        frame = isinstance(rows, pd.DataFrame)
        if frame:
            self._check_frame(rows)
        else:
            self.check(rows)
        arrays = {column.name: column.array(rows[column.name] if frame else [row.get(column.name) for row in rows])
                  for column in self.columns}
        return pd.DataFrame(arrays, index=rows.index if frame else None, copy=False)

    def check(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """SchemaError for the first row that has a problem."""
        for number, row in enumerate(rows, 1):
            if problems := self.problems(row):
                raise SchemaError(problems, f"row {number}: " * (number > 1))

    def _check_frame(self, frame: pd.DataFrame) -> None:
        if absent := [name for name in self.names if name not in frame.columns]:
            raise SchemaError(dict.fromkeys(absent, "is no column of the table"))
        wrong = {column: places for column in self.columns if (places := np.flatnonzero(column.wrong(frame[column.name])
                                                                                         )).size}
        if wrong:
            raise SchemaError({column.name: f"{column.problem(frame[column.name].iloc[places[0]])} (row "
                                            f"{places[0] + 1}; {places.size} such rows)"
                               for column, places in wrong.items()})

    def as_data(self) -> list[dict[str, Any]]:
        """The columns as what JSON can hold: no limit is None."""
        return [column._asdict() | {"low": None if column.low == -math.inf else column.low,
                                    "high": None if column.high == math.inf else column.high}
                for column in self.columns]

    @classmethod
    def from_data(cls, columns: Iterable[Mapping[str, Any]]) -> Self:
        """The schema that `as_data` wrote."""
        return cls(tuple(Column(**{**told, "low": -math.inf if told["low"] is None else told["low"],
                                   "high": math.inf if told["high"] is None else told["high"],
                                   "categories": tuple(told["categories"])}) for told in columns))


# Values


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or pandas's NA."""
    return value is None or value is pd.NA or (isinstance(value, Real) and value != value) or value is pd.NaT


def is_number(value: Any) -> bool:
    """A finite number, and neither true nor false."""
    return isinstance(value, Real) and not isinstance(value, bool) and abs(value) != math.inf


def is_whole(value: Any) -> bool:
    """A finite number without a fraction, be it written 3.0."""
    return is_number(value) and value == math.floor(value)


def is_flag(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool | np.bool_)


def is_category(value: Any) -> bool:
    """A text or a whole number."""
    return isinstance(value, str | Integral) and not isinstance(value, bool)


IS_OF_KIND = {"number": is_number, "whole": is_whole, "flag": is_flag, "category": is_category}


def is_numeric(values: pd.Series) -> bool:
    """Whether a series is of numbers, by its type."""
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def categories_of(values: pd.Series) -> list:
    """The categories of a categorical, in its order; of other values those that there are, sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.categories.tolist()
    known = values.dropna().unique().tolist()
    return sorted(known) if len({type(value) for value in known}) == 1 else known


def shown(value: Any) -> str:
    """A value as Python writes it, a whole float as a whole number, cut if long."""
    if isinstance(value, np.generic):
        value = value.item()
    text = json.dumps(value) if isinstance(value, bool) else repr(value)
    text = text.removesuffix(".0") if isinstance(value, float) else text
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def listed(names: Iterable[str | int]) -> str:
    """Names, as many as there is room for."""
    text = ", ".join(map(repr, names))
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rpartition(',')[0]}, ..."
