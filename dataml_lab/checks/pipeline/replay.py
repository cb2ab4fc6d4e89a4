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
    """What the table has become when a plan has kept it through these days.

    A row is as the last run made it that made its day, from the messages that had arrived by then. (Only that run
    is worked out, not each of them.)
    """
    hours = np.array(list(runs(plan.schedule_h, outages)))
    days, today = np.arange(DAYS)[:, None], (hours - 1) // 24
    makes = (days <= today) & (today <= days + plan.lookback_days)  # which run makes which day
    if plan.store == "replace_table":
        makes[:, hours < hours[-1]] = False
    last_made_h, writes = np.where(makes, hours, -np.inf).max(axis=1), makes.sum(axis=1)
    kept = table(counted_once(messages, plan.key), last_made_h)
    wrong = (kept != table(messages.rows(first_of_each(messages.purchase)), np.full(DAYS, np.inf))) | (writes == 0)
    twice = (writes > 1) & (plan.store == "append")
    made = (np.minimum(today, plan.lookback_days) + 1)[hours <= DAYS * 24]
    return Record(int(USERS * made.sum()), int(wrong.sum()), int(USERS * twice.sum()), int((writes == 0).sum()))


def table(messages: Messages, before_h: np.ndarray) -> np.ndarray:
    """For each user and day the purchases of the `WINDOW` days that end with it, of which messages had arrived before
    the day's hour in `before_h`."""
    days, day = np.arange(DAYS), messages.occurred_h[:, None] // 24
    counted = (day <= days) & (days < day + WINDOW) & (messages.arrived_h[:, None] < before_h)
    which, when = np.nonzero(counted)
    return np.bincount(messages.user[which] * DAYS + when, minlength=USERS * DAYS).reshape(USERS, DAYS)


def counted_once(messages: Messages, key: str) -> Messages:
    """The messages that a plan counts: of those with the same key the first."""
    if key == "none":
        return messages
    of_user = messages.user * 10**9
    return messages.rows(first_of_each(messages.event_id if key == "event_id" else of_user + messages.clock))


def first_of_each(keys: np.ndarray) -> np.ndarray:
    """The positions at which a key comes for the first time, in order."""
    return np.sort(np.unique(keys, return_index=True)[1])


def runs(schedule_h: int, outages: list[Outage]) -> Iterator[int]:
    """The hours at which a run takes place; somebody starts the one at hour 960 a second time."""
    planned = {*range(schedule_h, (DAYS + AFTER) * 24 + 1, schedule_h), *(outage.end_h for outage in outages)}
    for hour in sorted(planned):
        if not any(outage.begin_h < hour < outage.end_h for outage in outages):
            yield from [hour] * (2 if hour == 960 else 1)


def purchases(random: np.random.Generator, number: int, clock_s: int) -> Messages:
    """A message about each of some purchases, a minute after it; some users buy twice in two seconds, none in one."""
    occurred = np.sort(random.choice(np.arange(0, DAYS * 86_400 - 3_600, 4), number, replace=False)) / 3_600
    user = random.integers(0, USERS, number)
    twins = random.choice(number - 1, number // 25, replace=False)
    occurred[twins + 1], user[twins + 1] = occurred[twins] + 2 / 3_600, user[twins]
    order = np.argsort(occurred, kind="stable")
    occurred, user = occurred[order], user[order]
    clock = np.rint(occurred * 3_600).astype(int) // clock_s
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
