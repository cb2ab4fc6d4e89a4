"""Novelty: an effect that is large while a change is new to a user, and wears off.

A row is a user's at an age: the days or weeks since the user came in. At each age users are compared as in any
experiment. Ages have the same users, so that whether the effect wears off is asked within users: each user's mean of
the first ages, less that of the later ones.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.experiments.effects import Difference, Term, difference_of_means, sample
from dataml_lab.experiments.plan import ONCE, reach

VALUE = Term(0)


class Wear(NamedTuple):
    """The effect at the first ages and at later ones, and by how much it is less later, each with the limits of its
    interval; and the number of users who were there at both."""

    first: tuple[float, float, float]
    later: tuple[float, float, float]
    less: tuple[float, float, float]
    users: int

    @property
    def off(self) -> bool:
        """Whether the effect is nearer to 0 later, beyond chance."""
        effect, (_, low, high) = self.first[0], self.less
        return (low > 0 and effect > 0) or (high < 0 and effect < 0)

    def __str__(self) -> str:
        first, later, less = (f"{value:+.3g} ({low:+.3g} to {high:+.3g})" for value, low, high in self[:3])
        return (f"{first} at first and {later} later: {less} less, of {self.users:,} users. "
                f"{'It wears off.' if self.off else 'That it wears off is not shown.'}")


def by_age(rows: pd.DataFrame, column: str, age: str, *, arm: str = "arm", control: str = "control",
           alpha: float = 0.05) -> pd.DataFrame:
    """The effect on the mean of a column at each age: users, difference, low, high. A row is a user's at an age."""
    found = {}
    for place, some in rows.groupby(age):
        effect = _effect(some[column], some[arm], control)
        found[place] = (len(some), *_limits(effect, alpha))
    table = pd.DataFrame.from_dict(found, orient="index", columns=["users", "difference", "low", "high"])
    return table.rename_axis(age)


def wear(rows: pd.DataFrame, column: str, age: str, first: int, *, user: str = "user_id", arm: str = "arm",
         control: str = "control", alpha: float = 0.05) -> Wear:
    """Whether the effect wears off: ages below `first` against the others, of the users who have both. ValueError where
    an arm has fewer than two of them.

    >>> rows = pd.DataFrame({"user_id": [1, 1, 2, 2, 3, 3, 4, 4], "week": [0, 1] * 4,
    ...                      "arm": ["control"] * 4 + ["new"] * 4, "clicks": [2, 2, 3, 3, 9, 3, 10, 3]})
    >>> print(wear(rows, "clicks", "week", 1))
    +7 (+3.96 to +10) at first and +0.5 (-5.85 to +6.85) later: +6.5 (+0.147 to +12.9) less, of 4 users. It wears off.
    """
    part = pd.Series(np.where(rows[age] < first, "first", "later"), rows.index)
    means = rows.groupby([rows[user], rows[arm], part])[column].mean().unstack().reindex(columns=["first", "later"])
    means = means.dropna()
    arms = pd.Series(means.index.get_level_values(arm), means.index)
    if arms.nunique() != 2 or arms.value_counts().min() < 2:
        raise ValueError(f"Two users of each of two arms are needed who have rows before {age} {first} and from it on: "
                         f"there are {arms.value_counts().to_dict()}.")
    columns = means["first"], means["later"], means["first"] - means["later"]
    return Wear(*(_limits(_effect(one, arms, control), alpha) for one in columns), len(means))


def _effect(values: pd.Series, arms: pd.Series, control: str) -> Difference:
    """The difference of the means of both arms."""
    ours = arms.to_numpy() == control
    numbers = values.to_numpy(float)[:, None]
    return difference_of_means(sample(numbers[ours]), sample(numbers[~ours]), VALUE)


def _limits(effect: Difference, alpha: float) -> tuple[float, float, float]:
    """The difference, and the limits of its interval."""
    return float(effect.value), *map(float, effect.interval(reach(effect, ONCE, alpha, np.ones(1))))
