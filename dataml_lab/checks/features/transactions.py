"""The transactions of `orders_in_last_30d`: tables made so that the right count for each row is known beforehand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

RHYTHMS = {4: 7, 7: 4, 16: 1}  # an order every so many days: so many are less than 29 days back, the next more than 31
BETWEEN = {  # two orders: how many of the earlier count for the later, and the time between them in words
    31 * DAY: (0, "31 days"), 30.5 * DAY: (0, "30 days and 12 hours"),
    30 * DAY - TICK: (1, "a microsecond less than 30 days"), 30 * DAY: (1, "exactly 30 days"),
    30 * DAY + TICK: (0, "30 days and a microsecond"),
}


class Transaction(NamedTuple):
    """A row of a table, and the number of orders that has to be counted for it."""

    user_id: int
    occurred_at: datetime
    right: int
    kind: str = "order"


class Table(NamedTuple):
    """What is in a table, in words; its rows; and the table as an answer gets it."""

    what: str
    rows: list[Transaction]
    tx: pd.DataFrame

    def wrong(self, counted: Iterable[float]) -> pd.DataFrame:
        """The rows for which something else was counted than is right, with both numbers, by place."""
        rows = self.tx.reset_index(names="label")[["label", "user_id", "kind", "occurred_at"]]
        both = rows.assign(counted=pd.Series(list(counted)), right=[row.right for row in self.rows])
        return both[both["counted"] != both["right"]]


@dataclass(frozen=True)
class Transactions:
    """Tables, each with one matter in it. `plain` has many users, who order at moments of their own and never 29 to 31
    days apart; all others have one user. Rows are in the order of time but in `unsorted` and in the last of `labelled`.
    `mixed` has everything at once, and what is right for it isn't known."""

    plain: Table
    single: Table
    edges: list[Table]  # two orders each
    thrice: Table
    together: Table  # orders of which some occur at one moment
    refunds: Table
    labelled: list[Table]
    unsorted: list[Table]
    mixed: pd.DataFrame
    seed: int

    @property
    def tables(self) -> list[Table]:
        """All tables of which the right counts are known."""
        return [self.plain, self.single, *self.edges, self.thrice, self.together, self.refunds, *self.labelled,
                *self.unsorted]


def transactions(seed: int) -> Transactions:
    """The transactions of a shop with twelve users from March 2024 to April 2025."""
    random = np.random.default_rng(seed)
    users = [int(number) for number in random.choice(np.arange(100, 1_000), 12, replace=False)]
    burst = list(bursts(random, users[0], 1, 24))
    april = datetime(2025, 4, 2, 22, tzinfo=UTC) + int(random.integers(0, 27)) * DAY + within(random, 1 / 24)
    shuffle = [int(number) for number in random.permutation(len(burst))]
    return Transactions(
        plain=table("orders of several users, in the order of time", regular(random, users)),
        single=table("a single order", burst[:1]),
        edges=list(edges(users[1], april)),
        thrice=table("three orders of a user", burst[:3]),
        together=together(random, users[2]),
        refunds=refunds(random, users[3]),
        labelled=[labelled(burst[:12], "lkjihgfedcba", "the order of time"),
                  labelled(burst[:12], "aabbacbabcca", "the order of time"),
                  labelled([burst[number] for number in shuffle if number < 12], "abcdefghijkl", "no order of time")],
        unsorted=[table("24 orders of a user, from the newest to the oldest", burst[::-1]),
                  table("24 orders of a user, in no order", [burst[number] for number in shuffle])],
        mixed=mixed(random, users[:3]), seed=seed)


def table(what: str, rows: list[Transaction], labels: list[str] | None = None) -> Table:
    """A table of these rows, with these labels or numbered from 0, and with amounts."""
    return Table(what, rows, pd.DataFrame({
        "user_id": [row.user_id for row in rows], "kind": [row.kind for row in rows],
        "amount": [round(12.5 + 7.35 * (number % 13), 2) for number in range(len(rows))],
        "occurred_at": pd.to_datetime([row.occurred_at for row in rows], utc=True).as_unit("us"),
    }, index=labels))


def labelled(rows: list[Transaction], labels: str, order: str) -> Table:
    """A table with a letter for each row."""
    return table(f"{len(rows)} orders in {order}, with the labels {', '.join(labels)}", rows, list(labels))


def regular(random: np.random.Generator, users: list[int]) -> list[Transaction]:
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


def edges(user: int, now: datetime) -> Iterator[Table]:
    """Two orders for each time between them. `now` is late in the evening, so that 30.5 days back is the thirtieth day
    of the calendar, and in an April whose last 30 days saw clocks go forward."""
    for back, (right, words) in BETWEEN.items():
        rows = [Transaction(user, now - back, 0), Transaction(user, now, right)]
        yield table(f"orders of a user at {clock(now - back)} and again {words} later", rows)


def together(random: np.random.Generator, user: int) -> Table:
    """An order, three at one moment later, one a microsecond after these, and a last one."""
    first = day_of_2024(random)
    moment = first + DAY + within(random, 2)
    moments = [first, moment, moment, moment, moment + TICK, moment + DAY]
    rows = [Transaction(user, at, right) for at, right in zip(moments, [0, 1, 1, 1, 4, 5], strict=True)]
    return table(f"orders of a user, once at {clock(first)}, three times at {clock(moment)}, again a microsecond later "
                 "and a day later", rows)


def refunds(random: np.random.Generator, user: int) -> Table:
    """Orders with refunds between them, a day or two apart."""
    at, rows = day_of_2024(random), []
    for kind in ["order", "refund", "order", "order", "refund", "refund", "order", "refund"]:
        rows.append(Transaction(user, at, sum(row.kind == "order" for row in rows), kind))
        at += DAY + within(random, 1)
    return table(f"rows of a user, each a day or two after the other, of these kinds: "
                 f"{', '.join(row.kind for row in rows)}", rows, list("hgfedcba"))


def mixed(random: np.random.Generator, users: list[int]) -> pd.DataFrame:
    """Orders and refunds in any order, many at one moment or 30 days apart to the microsecond, under a few labels."""
    noon = datetime(2025, 3, 1, 12, tzinfo=UTC)
    drawn = zip(random.integers(0, 3, 150), random.integers(0, 18, 150), random.integers(-1, 2, 150),
                random.choice(["order", "refund"], 150, p=[0.7, 0.3]), strict=True)
    rows = [Transaction(users[who], noon + int(fives) * 5 * DAY + int(ticks) * TICK, 0, str(kind))
            for who, fives, ticks, kind in drawn]
    return table("", rows, [f"row {number}" for number in random.integers(0, 60, 150)]).tx


def clock(moment: datetime) -> str:
    """A moment in words."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}".removesuffix(".000000")
