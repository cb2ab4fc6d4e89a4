"""Samples of which it is known whether they drift: cases, and draws without drift whose rows depend on each other."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

Rows = Literal["independent", "users", "season"]
DAYS, PER_USER, START = 28, 20, pd.Timestamp("2025-01-06")  # a Monday


class Case(NamedTuple):
    """Two samples, and the columns that drift; none where nothing does."""

    name: str
    drifting: set[str]
    reference: pd.DataFrame
    current: pd.DataFrame


def numbers(random: np.random.Generator, rows: int, shift: float = 0.0, spread: float = 1.0) -> np.ndarray:
    """Normal numbers around 50 with a standard deviation of 10; shift and spread are in standard deviations."""
    return random.normal(50 + 10 * shift, 10 * spread, rows)


def holes(random: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    """The values, of which a share is missing."""
    return np.where(random.random(len(values)) < share, np.nan, values)


def words(random: np.random.Generator, rows: int, new: float = 0.0) -> np.ndarray:
    """Ways to pay, of which a share is a new one."""
    found = random.choice(["card", "invoice", "wallet", "voucher"], rows, p=[0.6, 0.25, 0.14, 0.01])
    return np.where(random.random(rows) < new, "crypto", found)


def cases(seed: int) -> Iterator[Case]:
    """Eleven cases of one column of numbers, then missing values, new and lost categories, and lengths of texts."""
    random = np.random.default_rng(seed)

    def normal(rows: int, shift: float = 0.0, spread: float = 1.0) -> np.ndarray:
        return numbers(random, rows, shift, spread)

    def few(rows: int) -> np.ndarray:
        return random.integers(0, 3, rows).astype(float)

    humps = np.append(normal(500, -1.2, 0.5), normal(500, 1.2, 0.5))
    quiet = {"300 rows": (normal(3_000), normal(300)), "200,000 rows": (normal(200_000), normal(200_000)),
             "0.03 deviations": (normal(200_000), normal(200_000, 0.03)),
             "10 % missing in both": (holes(random, normal(5_000), 0.1), holes(random, normal(5_000), 0.1)),
             "three values": (few(4_000), few(2_000)),
             "same ways to pay": (words(random, 20_000), words(random, 2_000))}
    drifting = {"half a deviation": (normal(3_000), normal(500, 0.5)),
                "spread × 1.8": (normal(3_000), normal(1_000, 0, 1.8)),
                "two humps": (normal(3_000), humps),
                "missing 1 % to 30 %": (holes(random, normal(3_000), 0.01), holes(random, normal(1_000), 0.3)),
                "stuck at the mean": (normal(3_000), np.full(1_000, 50.0)),
                "cents": (normal(3_000) / 100, normal(1_000)),
                "half missing": (normal(3_000), holes(random, normal(1_000), 0.5)),
                "1 % far out": (normal(3_000), np.append(normal(1_980), normal(20, 12))),
                "1 % of a new category": (words(random, 20_000), words(random, 2_000, 0.01)),
                "a category lost": (words(random, 20_000), np.array(["card", "invoice"])[few(2_000).astype(int) % 2]),
                "texts cut off": (texts(random, 2_000, 200), texts(random, 500, 100))}
    for name, (reference, current) in {**quiet, **drifting}.items():
        yield Case(name, {"x"} if name in drifting else set(), pd.DataFrame({"x": reference}),
                   pd.DataFrame({"x": current}))


def texts(random: np.random.Generator, rows: int, longest: int) -> list[str]:
    """Different texts of 20 to 199 characters, cut off at the longest."""
    return [f"{row} {'x' * length}"[:longest] for row, length in enumerate(random.integers(20, 200, rows))]


def unchanged(kind: Rows, rows: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A reference and a current table of one mechanism: five columns of numbers and one of categories.

    Rows are independent; or of users with 20 rows each, who differ among each other more than the rows of one do
    ("user" names them); or the reference has 28 days of equally many rows and the current table is the day after ("at"
    names the moment), where the mean goes with the weekday, and moves from day to day.
    """
    return {"independent": independent, "users": of_users, "season": of_days}[kind](rows, np.random.default_rng(seed))


def independent(rows: int, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables of so many independent rows."""
    return tuple(table(random, np.zeros((rows, 6))) for _ in range(2))


def of_users(rows: int, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables of so many rows by 20 of a user; no user is in both."""
    def one(first: int) -> pd.DataFrame:
        users = np.arange(rows) // PER_USER
        own = random.normal(0, 1.5, (users[-1] + 1, 6))
        return table(random, own[users]).assign(user=users + first)

    return one(0), one(rows)


def of_days(rows: int, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """28 days with so many rows together, and the day after."""
    season, moved = random.normal(0, 0.3, (7, 6)), random.normal(0, 0.1, (DAYS + 1, 6))
    days = np.arange(rows // DAYS * (DAYS + 1)) // (rows // DAYS)
    whole = table(random, season[days % 7] + moved[days]).assign(at=START + pd.to_timedelta(days, "D"))
    return whole[days < DAYS], whole[days == DAYS].reset_index(drop=True)


def table(random: np.random.Generator, means: np.ndarray) -> pd.DataFrame:
    """Numbers around these means, of several forms, and a category that the last of them decides."""
    x = means + random.normal(size=means.shape)
    forms: list[Callable[[np.ndarray], np.ndarray]] = [np.asarray, np.exp, np.round, np.tanh, np.asarray]
    columns = {f"x{place}": form(x[:, place]) for place, form in enumerate(forms)}
    return pd.DataFrame({**columns, "kind": np.array(["a", "b", "c", "d"])[np.digitize(x[:, 5], [-1, 0, 1])]})
