"""The transactions of exercise 1: tables of which one knows by how they are made what has to be counted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

RHYTHMS = {4: 7, 7: 4, 16: 1}  # an order every so many days: so many are less than 29 days back, the next more than 31
BACK = {31 * DAY: 0, 30.5 * DAY: 0, 30 * DAY: 1, 30 * DAY + TICK: 0, 30 * DAY - TICK: 1}  # what counts of an order


class Transaction(NamedTuple):
    """A row of a table, and the number of orders that has to be counted for it."""

    user_id: int
    occurred_at: datetime
    right: int
    kind: str = "order"


@dataclass
class Transactions:
    """Tables, each with one matter in it, as rows in the order of time: `plain` has many users, who order at moments of
    their own and never 29 to 31 days apart; all others have one. `burst` is 24 orders within 30 days; an edge is two
    orders, so far apart; of the orders `together` some occur at one moment. `mixed` has everything at once."""

    plain: list[Transaction]
    burst: list[Transaction]
    edges: dict[timedelta, list[Transaction]]
    together: list[Transaction]
    refunds: list[Transaction]
    shuffle: list[int]  # the rows of `burst`, mixed up
    mixed: pd.DataFrame
    oracle: Callable | None = None


def transactions(seed: int) -> Transactions:
    """The transactions of a shop with twelve users from March 2024 to April 2025."""
    random = np.random.default_rng(seed)
    users = [int(number) for number in random.choice(np.arange(100, 1_000), 12, replace=False)]
    burst = list(bursts(random, users[0], 1, 24))
    april = datetime(2025, 4, 2, 22, tzinfo=UTC) + int(random.integers(0, 27)) * DAY + within(random, 1 / 24)
    shuffle = [int(number) for number in random.permutation(len(burst))]
    return Transactions(plain(random, users), burst, edges(users[1], april), together(random, users[2]),
                        refunds(random, users[3]), shuffle, mixed(random, users[:3]))


def plain(random: np.random.Generator, users: list[int]) -> list[Transaction]:
    """Some 550 orders in the order of time: some users order regularly, some in bursts, some once."""
    found = [order for user, days in zip(users, [*RHYTHMS] * 2, strict=False)
             for order in regular_orders(random, user, days, 320 // days)]
    found += [order for user in users[6:8] for order in bursts(random, user, 3, 45)]
    found += [Transaction(user, day_of_2024(random), 0) for user in users[8:]]
    return sorted(found, key=lambda order: order.occurred_at)


def regular_orders(random: np.random.Generator, user: int, days: int, count: int) -> Iterator[Transaction]:
    """So many orders of a user, one every so many days or up to five hours earlier or later."""
    first = day_of_2024(random)
    for number in range(count):
        yield Transaction(user, first + number * days * DAY + within(random, 0.4), min(number, RHYTHMS[days]))


def bursts(random: np.random.Generator, user: int, times: int, count: int) -> Iterator[Transaction]:
    """So many times so many orders of a user in 25 days, with more than 31 days in between."""
    first = day_of_2024(random)
    for burst in range(times):
        seconds = np.sort(random.choice(25 * 86_400, count, replace=False))
        for number, second in enumerate(seconds):
            yield Transaction(user, first + 60 * burst * DAY + int(second) * timedelta(seconds=1), number)


def day_of_2024(random: np.random.Generator) -> datetime:
    """A moment in March 2024: eleven months follow in which a month has 30 or 31 days."""
    return datetime(2024, 3, 2, tzinfo=UTC) + within(random, 27)


def within(random: np.random.Generator, days: float) -> timedelta:
    """A time of at most so many days, to the microsecond."""
    return int(random.integers(0, int(days * 86_400_000_000))) * TICK


def edges(user: int, now: datetime) -> dict[timedelta, list[Transaction]]:
    """Two orders for each time between them. `now` is late in the evening, so that 30.5 days back is the thirtieth day
    of the calendar, and in an April whose last 30 days saw clocks go forward."""
    return {back: [Transaction(user, now - back, 0), Transaction(user, now, right)] for back, right in BACK.items()}


def together(random: np.random.Generator, user: int) -> list[Transaction]:
    """An order, three at one moment later, one a microsecond after these, and a last one."""
    first = day_of_2024(random)
    moment = first + DAY + within(random, 2)
    moments = [first, moment, moment, moment, moment + TICK, moment + DAY]
    return [Transaction(user, at, right) for at, right in zip(moments, [0, 1, 1, 1, 4, 5], strict=True)]


def refunds(random: np.random.Generator, user: int) -> list[Transaction]:
    """Orders with refunds between them, a day or two apart."""
    at, found, orders = day_of_2024(random), [], 0
    for kind in ["order", "refund", "order", "order", "refund", "refund", "order", "refund"]:
        found.append(Transaction(user, at, orders, kind))
        at, orders = at + DAY + within(random, 1), orders + (kind == "order")
    return found


def table(rows: Iterable[Transaction], labels: list[str] | None = None) -> pd.DataFrame:
    """The rows as an answer gets them, with these labels or numbered from 0, and with amounts."""
    rows = list(rows)
    return pd.DataFrame({
        "user_id": [row.user_id for row in rows], "kind": [row.kind for row in rows],
        "amount": [round(12.5 + 7.35 * (number % 13), 2) for number in range(len(rows))],
        "occurred_at": pd.to_datetime([row.occurred_at for row in rows], utc=True).as_unit("us"),
    }, index=labels)


def mixed(random: np.random.Generator, users: list[int]) -> pd.DataFrame:
    """Orders and refunds in any order, many at one moment or 30 days apart to the microsecond, under a few labels."""
    noon = datetime(2025, 3, 1, 12, tzinfo=UTC)
    drawn = zip(random.integers(0, 3, 150), random.integers(0, 18, 150), random.integers(-1, 2, 150),
                random.choice(["order", "refund"], 150, p=[0.7, 0.3]), strict=True)
    rows = [Transaction(users[who], noon + int(fives) * 5 * DAY + int(ticks) * TICK, 0, str(kind))
            for who, fives, ticks, kind in drawn]
    return table(rows, [f"row {number}" for number in random.integers(0, 60, 150)])
