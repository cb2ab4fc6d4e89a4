"""Exercise 6: 90 days of purchases that are told late, twice or in an outage, and the replay of a plan on them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

USERS, DAYS, AFTER, WINDOW = 30, 90, 14, 30  # days simulated; days more until the last is told; days of a table
SCHEDULES = (1, 2, 3, 4, 6, 8, 12, 24)  # hours between two runs
KEYS = ("event_id", "content", "none")
STORES = ("append", "replace_days", "replace_table")


class Plan(NamedTuple):
    """How a table of 30-day sums with a row for each user and day is kept.

    A run every `schedule_h` hours makes the current day and `lookback_days` days before it, from messages that are
    counted once by `key`, and writes them as `store` says.
    """

    schedule_h: int
    lookback_days: int
    key: str
    store: str


class Messages(NamedTuple):
    """Messages about purchases in the order of their arrival: a column each, times in hours from the first midnight."""

    user: np.ndarray
    occurred_h: np.ndarray
    arrived_h: np.ndarray
    event_id: np.ndarray
    clock: np.ndarray  # the time of the purchase as the source's clock wrote it
    purchase: np.ndarray  # which purchase it is about: no plan can see that

    def rows(self, which: np.ndarray) -> "Messages":
        """Some of the messages, by position."""
        return Messages(*(column[which] for column in self))


class Outage(NamedTuple):
    """The hours of the last run before an outage, and of the run that makes up for what was missed, at its end."""

    begin_h: int
    end_h: int


class Record(NamedTuple):
    """What a replay measured."""

    rows_made: int  # in the 90 days
    wrong: int  # rows of the 90 days that in the end are not as they should be, or not there
    twice: int  # rows that are there more than once
    lost: int  # days that are not there


def replay(messages: Messages, outages: list[Outage], plan: Plan) -> Record:
    """What the table has become when a plan has kept it through these days; one run in the middle is done twice."""
    seen, known, new = counted_once(messages, plan.key), np.zeros((USERS, DAYS + AFTER), int), 0
    table, copies, rows_made = np.full(known.shape, -1), np.zeros(DAYS + AFTER, int), 0
    for hour in runs(plan.schedule_h, outages):
        old, new = new, int(np.searchsorted(seen.arrived_h, hour))
        np.add.at(known, (seen.user[old:new], day_of(seen.occurred_h[old:new])), 1)
        days = slice(max(0, (hour - 1) // 24 - plan.lookback_days), (hour - 1) // 24 + 1)
        if plan.store == "replace_table":
            table[:], copies[:] = -1, 0
        table[:, days] = sums(known)[:, days]
        copies[days] = copies[days] + 1 if plan.store == "append" else 1
        rows_made += USERS * (days.stop - days.start) * (hour <= DAYS * 24)
    truth = np.zeros_like(known)
    _, first = np.unique(messages.purchase, return_index=True)
    np.add.at(truth, (messages.user[first], day_of(messages.occurred_h[first])), 1)
    wrong = (table != sums(truth))[:, :DAYS]
    return Record(rows_made, int(wrong.sum()), int(USERS * (copies[:DAYS] > 1).sum()), int((copies[:DAYS] == 0).sum()))


def counted_once(messages: Messages, key: str) -> Messages:
    """The messages that a plan counts: of those with the same key the first."""
    if key == "none":
        return messages
    of_user = messages.user * 10**9
    keys = messages.event_id if key == "event_id" else of_user + messages.clock
    return messages.rows(np.sort(np.unique(keys, return_index=True)[1]))


def runs(schedule_h: int, outages: list[Outage]) -> Iterator[int]:
    """The hours at which a run takes place; somebody starts the one at hour 960 a second time."""
    planned = {*range(schedule_h, (DAYS + AFTER) * 24 + 1, schedule_h), *(outage.end_h for outage in outages)}
    for hour in sorted(planned):
        if not any(outage.begin_h < hour < outage.end_h for outage in outages):
            yield from [hour] * (2 if hour == 960 else 1)


def day_of(hours: np.ndarray) -> np.ndarray:
    """The number of the day in which an hour lies."""
    return (hours // 24).astype(int)


def sums(known: np.ndarray) -> np.ndarray:
    """Per user and day the purchases of the `WINDOW` days that end with it."""
    total = np.cumsum(known, axis=1)
    total[:, WINDOW:] -= total[:, :-WINDOW].copy()
    return total


def purchases(random: np.random.Generator, number: int, clock_s: int) -> Messages:
    """A message about each of some purchases, a minute after it; some users buy twice within a minute."""
    occurred = np.sort(random.uniform(0, DAYS * 24 - 1, number))
    user = random.integers(0, USERS, number)
    twins = random.choice(number - 1, number // 25, replace=False)
    occurred[twins + 1], user[twins + 1] = occurred[twins] + 2 / 3600, user[twins]
    order = np.argsort(occurred, kind="stable")
    occurred, user = occurred[order], user[order]
    clock = (occurred * 3600 // clock_s).astype(int)
    return Messages(user, occurred, occurred + 1 / 60, np.arange(number), clock, np.arange(number))


def with_repeats(messages: Messages, random: np.random.Generator, same_id: bool) -> Messages:
    """A tenth of the messages comes again half an hour later, under the same id or under a new one."""
    number = len(messages.user)
    again = messages.rows(random.choice(number, number // 10, replace=False))
    again = again._replace(arrived_h=again.arrived_h + 0.5)
    if not same_id:
        again = again._replace(event_id=again.event_id + number)
    return in_order(Messages(*(np.concatenate(pair) for pair in zip(messages, again, strict=True))))


def with_delays(messages: Messages, random: np.random.Generator, delays_h: list[float], outage: Outage) -> Messages:
    """Some messages come as late as the delays say, and one that is as late as any of them just misses the last run
    before an outage."""
    arrived = messages.arrived_h.copy()
    late = random.choice(len(arrived), len(delays_h), replace=False)
    arrived[late] = messages.occurred_h[late] + delays_h
    unlucky = int(np.searchsorted(messages.occurred_h, outage.begin_h + 0.5 - max(delays_h)))
    arrived[unlucky] = messages.occurred_h[unlucky] + max(delays_h)
    return in_order(messages._replace(arrived_h=arrived))


def in_order(messages: Messages) -> Messages:
    """Messages in the order in which they arrive."""
    return messages.rows(np.argsort(messages.arrived_h, kind="stable"))
