"""Assignment of units to the arms of an experiment, by a hash of a salt and the unit's id.

The salt is the experiment's name. A unit gets the same arm whenever and wherever it is asked for, with nothing stored,
and its arms in two experiments have nothing to do with each other.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

DIGITS = 13  # hexadecimal digits of the hash that are used: 52 bits, which a float holds exactly
HALVES = {"control": 0.5, "treatment": 0.5}


def fractions(ids: Iterable[object], salt: str) -> np.ndarray:
    """A number from 0 up to 1 for each id: the first 52 bits of SHA-256 of "salt/id", over 2^52. Ids are taken as text,
    so that 7 and "7" are one.

    >>> fractions([7, "7", 8], "new_ranking").round(3).tolist()
    [0.806, 0.806, 0.775]
    """
    start, digest = f"{salt}/".encode(), hashlib.sha256
    numbers = [int(digest(start + str(one).encode()).hexdigest()[:DIGITS], 16) for one in ids]
    return np.array(numbers, float) / 16.0**DIGITS


def assign(ids: Iterable[object], salt: str, shares: Mapping[str, float] = HALVES) -> pd.Series:
    """The arm of each id, under the index of `ids` where they are a Series. The first arm has the fractions from 0 up
    to its share, the next one those that follow: raising the share of the last arm of two moves no unit out of it.

    ValueError where shares are negative or don't add up to 1, the salt is empty, or an id is missing.

    >>> assign(["ana", "ben", "eva"], "new_ranking").tolist()
    ['control', 'control', 'treatment']
    """
    _refuse_shares(shares)
    if not salt:
        raise ValueError("The salt is empty: name the experiment in it, or all experiments have the same arms.")
    units = pd.Series(ids)
    if units.isna().any():
        raise ValueError(f"The id is missing in {units.isna().sum():,} of {len(units):,} rows, "
                         f"first in row {int(units.isna().to_numpy().argmax())}: leave out who has none.")
    edges = np.cumsum(list(shares.values()))[:-1]
    arms = np.array(list(shares), object)[np.searchsorted(edges, fractions(units, salt), side="right")]
    return pd.Series(arms, units.index, name="arm")


def fraction_sql(column: str, salt: str) -> str:
    """The same fraction as an expression of DuckDB, for a column that is cast to text.

    >>> fraction_sql("user_id", "new_ranking")
    "('0x' || substr(sha256('new_ranking/' || CAST(user_id AS VARCHAR)), 1, 13))::BIGINT / 4503599627370496.0"
    """
    quoted = f"{salt}/".replace("'", "''")
    return (f"('0x' || substr(sha256('{quoted}' || CAST({column} AS VARCHAR)), 1, {DIGITS}))::BIGINT "
            f"/ {16**DIGITS}.0")


def _refuse_shares(shares: Mapping[str, float]) -> None:
    if any(share < 0 for share in shares.values()) or not math.isclose(sum(shares.values()), 1):
        raise ValueError(f"The shares are {dict(shares)}: none may be negative, and they must add up to 1.")
