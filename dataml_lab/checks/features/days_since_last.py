"""The core of exercise `features`: one number about each user, made of what occurred before a moment."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import numbers, of_users
from dataml_lab.checks.features.questions import Question
from dataml_lab.checks.features.shop import CATEGORIES, before, moments
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

MOMENT = "%d %B %Y, %H:%M:%S"
NEVER = 999.0  # days, where nothing is known
KNOWN, NEW, SILENT = 8, 2, 2  # users: with orders before the moment, with later ones only, with none
FIRST = "returns a number for each of users, in their order"


@dataclass(frozen=True)
class Customers:
    """The same question three times: with orders that end before the moment, that go on after it, and of which some
    occur exactly at it; and the days that are right for each user."""

    past: Question
    history: Question
    edge: Question
    right: pd.Series
    seed: int


def customers(seed: int) -> Customers:
    """Twelve users. Each known one has three orders before the moment, the newest as long ago as planned. The moment is
    by day, and the first of the later orders comes before that day ends."""
    random = np.random.default_rng(seed)
    day = pd.Timestamp("2025-03-03", tz="UTC").as_unit("us") + pd.Timedelta(days=int(random.integers(90)))
    as_of = day + pd.Timedelta(int(random.integers(6 * 3600, 18 * 3600)), "s")
    users = [int(user) for user in random.choice(np.arange(100, 1_000), KNOWN + NEW + SILENT, replace=False)]
    ago = np.concatenate([[0.01, 0.4], random.uniform(1, 150, KNOWN - 2)])
    ago = np.round(ago * 86_400) / 86_400  # whole seconds
    past = np.repeat(users[:KNOWN], 3), -np.concatenate([[days, days + 5, days + 40] for days in ago])
    later = [*users[:3], *users[KNOWN:KNOWN + NEW]]
    rows = [past, (later, np.zeros(len(later))), (later, np.append(0.1, random.uniform(0.1, 20, len(later) - 1)))]
    tx = pd.concat([orders(random, user, as_of, days) for user, days in rows]).sample(frac=1, random_state=random)
    tx = tx.reset_index(drop=True)
    right = pd.Series([*ago, *[NEVER] * (NEW + SILENT)], users)
    asked = [int(user) for user in random.permutation(users)]
    edge = tx[tx["occurred_at"] <= as_of].reset_index(drop=True)
    return Customers(*(Question(them, asked, as_of) for them in (before(tx, as_of), tx, edge)), right[asked], seed)


def orders(random: np.random.Generator, users: np.ndarray, as_of: pd.Timestamp, days: np.ndarray) -> pd.DataFrame:
    """An order of each of these users, so many days after the moment."""
    return pd.DataFrame({
        "user_id": users, "product_id": random.integers(1, 200, len(users)),
        "amount": random.lognormal(3, 0.6, len(users)).round(2), "occurred_at": moments(as_of, days.round(9)),
        "category": random.choice(CATEGORIES, len(users))})


days_since_last = Exercise("days_since_last", customers, function("days_since_last"))


@days_since_last.scene
def found(days_since_last: Answer, world: Customers) -> Replies:
    """What the answer returns for each question."""
    return Replies(partial(series, days_since_last), [world.past, world.history, world.edge], world.seed)


def series(answer: Answer, question: Question) -> pd.Series:
    """What was returned for a question, as floats; Failed where it is no Series with a number for each of its users."""
    value = answer(*question)
    if not isinstance(value, pd.Series):
        raise Failed(f"days_since_last returned {shown(value)}, where a Series is needed.")
    of_users(value, "days_since_last", question.users)
    values = numbers(value)
    if values is None:
        raise Failed(f"days_since_last returned a Series of type {value.dtype}, where numbers are needed: divide by "
                     "pd.Timedelta(days=1).")
    return pd.Series(values, value.index)


@days_since_last.demands(FIRST, points=0, call="days_since_last(*world.past)")
def _(found: Replies, world: Customers) -> str | None:
    returned, users = found[world.past], world.past.users
    if returned.index.tolist() != users:
        return f"The users are {shown(users)}, and the rows come in the order {shown(returned.index.tolist())}."
    same = returned.nunique(dropna=False) == 1
    return f"For each of {len(users)} users it returned the same, {returned.iloc[0]:g}." if same else None


@days_since_last.demands("counts the days with their fraction, 999 where nothing is known", points=1, after=FIRST,
                         call="""\
import pandas as pd
pd.DataFrame({"yours": days_since_last(*world.past), "right": world.right})""")
def _(found: Replies, world: Customers) -> str | None:
    return first_difference(found[world.past], world.right, world, "is right")


@days_since_last.demands("uses nothing that occurs at as_of or later", points=1, after=FIRST,
                         call="""\
import pandas as pd
pd.DataFrame({"before as_of": days_since_last(*world.past), "and at as_of": days_since_last(*world.edge),
              "and later": days_since_last(*world.history)})""")
def _(found: Replies, world: Customers) -> str | None:
    wrong = first_difference(found[world.history], found[world.edge], world, "was returned without them")
    if wrong:
        return f"Orders were added that occur after as_of. {wrong}"
    wrong = first_difference(found[world.edge], found[world.past], world, "was returned without them")
    return wrong and f"Orders were added that occur exactly at as_of. {wrong}"


def first_difference(one: pd.Series, other: pd.Series, world: Customers, which: str) -> str | None:
    """The first user for whom two numbers of days differ, in words; None where none do."""
    for user in world.past.users:
        if not np.isclose(one[user], other[user], rtol=0, atol=1e-6, equal_nan=True):
            mine = world.past.tx.loc[world.past.tx["user_id"] == user, "occurred_at"]
            newest = f"newest order before it: {mine.max():{MOMENT}}" if len(mine) else "no order before it"
            return (f"For user {user} and as_of {world.past.as_of:{MOMENT}} ({newest}) it returned {one[user]:.4f}, "
                    f"where {other[user]:.4f} {which}.")
    return None
