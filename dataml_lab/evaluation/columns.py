"""What metrics take: columns of equal length, in which nothing is missing."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def known(name: str, values: ArrayLike) -> np.ndarray:
    """The values as an array; ValueError that names the first row in which one is missing (None, NaN, NaT).

    >>> known("score", [0.5, None])
    Traceback (most recent call last):
    ValueError: score is missing in 1 of 2 rows, first in row 1.
    """
    missing = np.atleast_1d(pd.isna(list(values) if isinstance(values, tuple) else values))
    if missing.any():
        rows = missing.reshape(len(missing), -1).any(axis=1)
        raise ValueError(f"{name} is missing in {rows.sum():,} of {len(rows):,} rows, first in row {rows.argmax()}.")
    return np.asarray(values)


def columns(**values: ArrayLike) -> list[np.ndarray]:
    """The columns as arrays; ValueError where one has other than one dimension, has a value missing, or has another
    number of rows than the first, or where there are no rows.

    >>> columns(truth=[1, 0], score=[0.5])
    Traceback (most recent call last):
    ValueError: truth has 2 rows and score has 1.
    """
    found = {name: known(name, column) for name, column in values.items()}
    first, rows = next((name, column.shape) for name, column in found.items())
    for name, column in found.items():
        if column.ndim != 1:
            raise ValueError(f"{name} has {column.ndim} dimensions, where a column has one.")
        if column.shape != rows:
            raise ValueError(f"{first} has {rows[0]} rows and {name} has {len(column)}.")
    if rows == (0,):
        raise ValueError(f"{' and '.join(found)} have no rows.")
    return list(found.values())


def finite(name: str, values: np.ndarray) -> np.ndarray:
    """The values as floats; ValueError that names the first row in which one is infinite."""
    found = values.astype(float, copy=False)
    if not np.isfinite(found).all():
        raise ValueError(f"{name} is infinite in row {np.isinf(found).argmax()}.")
    return found


def yes(name: str, values: np.ndarray) -> np.ndarray:
    """The labels 0 and 1, or False and True, as booleans; ValueError that names the first row with another value.

    >>> yes("truth", np.array([0, 1, 2]))
    Traceback (most recent call last):
    ValueError: truth is 2 in row 2, where 0 or 1 is expected.
    """
    if values.dtype == bool:
        return values
    odd = (values != 0) & (values != 1)
    if np.any(odd):
        raise ValueError(f"{name} is {values[odd.argmax()]} in row {odd.argmax()}, where 0 or 1 is expected.")
    return values == 1


def share(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """part / whole, element by element, and 0 where the whole is 0."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole != 0)[()]
