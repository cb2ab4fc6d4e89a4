"""Deliveries by couriers for exercise `best_depth`: tables of which the depth that serves new couriers best is planned.

Each courier makes one delivery for each combination of four conditions, and a condition adds the same minutes always: a
tree needs a level for each condition that counts. Which levels pay, and how exactly that can be known, follows from the
minutes that conditions, couriers and chance add.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

CONDITIONS = ("far", "rain", "rush_hour", "heavy")
FEATURES = (*CONDITIONS, "courier_age")
COURIERS, NEW = 20, 20  # of training, and of the test
SPEEDS = np.array([1, 1, -1, 1, 1, -1, 1, 1, -1, 1, -1, -1, 1, -1, -1, 1, -1, -1, 1, -1])  # a neighbour says little
CELLS = np.array(list(product([0, 1], repeat=len(CONDITIONS))))


@dataclass(frozen=True, eq=False)
class Table:
    """Deliveries, the depths to choose from, and the right one."""

    what: str
    deliveries: pd.DataFrame
    depths: list[int]
    right: int


@dataclass(frozen=True)
class Tables:
    """Tables that differ in what misleads."""

    four: Table
    offsets: Table
    near_tie: Table
    uneven: Table
    copies: Table
    seed: int

    @property
    def all(self) -> list[Table]:
        """Every table."""
        return [self.four, self.offsets, self.near_tie, self.uneven, self.copies]


def tables(seed: int) -> Tables:
    """The tables of a seed."""
    random = np.random.default_rng(seed)
    size = float(random.uniform(0.9, 1.2))

    def made(effects: tuple, noise: float, offsets: np.ndarray | None = None,
             uneven: np.ndarray | None = None) -> pd.DataFrame:
        late, more = (size * (np.zeros(COURIERS) if each is None else each) for each in (offsets, uneven))
        return deliveries(random, size * np.array(effects), size * noise, late, more)

    # One odd courier makes folds differ much, and the standard error is a 20th of that courier's error, for 4 folds and
    # for 5. Depth 2 of `near_tie` is worse than depth 4 by 0.91 of it: not by more, and by more than the 0.87 or 0.89
    # that come out if one divides by the number of folds. Depth 1 of `uneven` is worse than depth 2 by 1.15 of the
    # standard error of depth 2, and by 0.9 of its own; depth 3 is worse by little. So each rule but the right one
    # chooses another pair of depths. No table has more depths than it takes to mislead: each is fitted in each fold.
    odd = np.eye(COURIERS)[int(random.integers(8, 12))]
    return Tables(
        four=Table("couriers who are alike, and four conditions that count", made((10, 8, 7, 6), 3), [12, 2, 4], 4),
        offsets=Table("couriers of whom each is as much faster or slower in all deliveries",
                      made((12, 10), 1, 4.0 * SPEEDS), [8, 3, 2], 2),
        near_tie=Table("a depth that is hardly worse than the best",
                       by_courier(made((16, 8, 6, 6), 0.1, 20.0 * random.choice([-1, 1]) * odd)), [3, 4, 1, 2], 2),
        uneven=Table("a courier whom rain, or another condition, keeps much longer than others",
                     by_courier(made((16, 6), 0.3, uneven=20.1 * odd)), [3, 2, 1], 2),
        copies=Table("test rows that repeat training rows", copied(made((10, 8), 4)), [30, 2], 2), seed=seed)


def deliveries(random: np.random.Generator, effects: np.ndarray, noise: float, offsets: np.ndarray,
               uneven: np.ndarray) -> pd.DataFrame:
    """Deliveries of training and of a test by other couriers. `offsets` are the minutes that the couriers of training
    take longer, in the order of their age, and `uneven` those that the last effect takes longer with them; couriers of
    the test lie between them, and take no longer than usual. Where each has a speed, the slower have higher numbers:
    who takes these for a feature learns much about couriers of whom none is new. An odd one's is in the middle."""
    places = np.concatenate([np.arange(COURIERS), np.append(0.25, np.arange(COURIERS - 1) + 0.5)])
    known = np.sort(random.choice(np.arange(18, 66), COURIERS, replace=False))
    ages = np.interp(places, np.arange(COURIERS), known).round(1)
    late, more = (np.repeat(np.concatenate([each, np.zeros(NEW)]), len(CELLS)) for each in (offsets, uneven))
    parts = np.repeat(["train", "test"], [COURIERS, NEW])
    names = random.permutation(np.arange(100, 1_000))[:len(places)]
    key = offsets if offsets.all() else np.where(offsets + uneven, 0.5, random.random(COURIERS))
    names[np.argsort(key)] = np.sort(names[:COURIERS])
    rows = pd.DataFrame(np.tile(CELLS, (len(places), 1)), columns=list(CONDITIONS))
    counted = random.permutation(len(CONDITIONS))[:len(effects)]
    added = rows.to_numpy()[:, counted] @ effects + late + more * rows.to_numpy()[:, counted[-1]]
    added += random.normal(0, noise, len(rows))
    for name, values in {"courier_age": ages, "courier": names, "part": parts}.items():
        rows[name] = np.repeat(values, len(CELLS))
    rows["minutes"] = (20 + added).round(2)
    return rows.sample(frac=1, random_state=int(random.integers(2**31))).reset_index(drop=True)


def by_courier(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order of their couriers, so that folds of rows in their order are folds of couriers."""
    return rows.sort_values("courier", kind="stable", ignore_index=True)


def copied(known: pd.DataFrame) -> pd.DataFrame:
    """The same training rows, which come once more as the test, under the names of other couriers, such that a row and
    its copy are in different folds where couriers are dealt in the order of their names."""
    train = known[known["part"] == "train"]
    names = np.sort(train["courier"].unique())
    others = dict(zip(names, 1_000 + np.roll(names, 1), strict=True))
    test = train.assign(part="test", courier=train["courier"].map(others))
    return pd.concat([train, test]).sample(frac=1, random_state=0).reset_index(drop=True)
