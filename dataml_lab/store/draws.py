"""Random numbers in fixed places: a stream per stage, a row of uniforms per row of a table, in time order.

So a row's luck depends only on its place in time, and a shift leaves what came before it as it was.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

STAGES = ("products", "couriers", "weather", "users", "sessions", "visits", "events", "orders", "tickets",
          "questions", "cancels", "raw", "webhooks")  # fmt: skip
DAY = 86_400


def stream(seed: int, stage: str, *place: int) -> np.random.Generator:
    """The generator of one stage at one place: a block's number, or nothing for the world."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*place, STAGES.index(stage))))


def uniforms(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """(columns, rows) uniforms on [0, 1), row by row: a longer table begins with a shorter one's.

    Some stages draw a few columns more than they use, so that a quantity added later changes no other.
    """
    return rng.random((rows, columns)).T


def exponential(u: np.ndarray, mean: float | np.ndarray) -> np.ndarray:
    """Exponential with this mean, from uniforms by the inverse of its distribution function."""
    return -np.log1p(-u) * mean


def normal(u: np.ndarray) -> np.ndarray:
    """Standard normal from uniforms, by the inverse of its distribution function."""
    from scipy.special import ndtri  # half a second, which processes that only connect to something don't need

    return ndtri(np.clip(u, 1e-12, 1 - 1e-12))


def pick(u: np.ndarray, shares: Iterable[float]) -> np.ndarray:
    """Codes 0, 1, … with these shares, from uniforms.

    >>> pick(np.array([0.1, 0.5, 0.99]), [0.25, 0.75])
    array([0, 1, 1])
    """
    edges = np.cumsum(np.fromiter(shares, float))
    return np.minimum(np.searchsorted(edges / edges[-1], u, side="right"), len(edges) - 1)


def labels(codes: np.ndarray, names: Iterable[str]) -> pd.Categorical:
    """Codes as a categorical column over these names; -1 is missing."""
    return pd.Categorical.from_codes(np.asarray(codes), categories=pd.Index(list(names), dtype="str"))


def times(seconds: np.ndarray, known: np.ndarray | None = None) -> pd.DatetimeIndex:
    """Unix seconds as UTC times in microseconds; NaT where not `known`."""
    stamps = np.asarray(seconds, np.int64).astype("datetime64[s]").astype("datetime64[us]")
    if known is not None:
        stamps[~known] = np.datetime64("NaT")
    return pd.DatetimeIndex(stamps).tz_localize("UTC")


def ids(block: int, rows: int) -> np.ndarray:
    """Ids of a block's rows in time order: block × 10⁸ + 1, + 2, …"""
    return block * 10**8 + 1 + np.arange(rows, dtype=np.int64)


def whole(values: np.ndarray, known: np.ndarray) -> pd.arrays.IntegerArray:
    """Whole numbers with holes: missing where not `known`."""
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype(np.int64), ~known)
