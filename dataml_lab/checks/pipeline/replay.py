"""90 days of purchases that are told late, twice or in an outage, and the replay of a plan on them."""

from typing import NamedTuple

import numpy as np

USERS, DAYS, AFTER, WINDOW = 30, 90, 14, 30  # days simulated; days more until the last is told; days of a table
FIRST_H, TWICE_H = 1, 961  # hours of the first run, and of the one that somebody starts a second time
SCHEDULES = (1, 2, 3, 4, 6, 8, 12, 24)  # hours between two runs
KEYS = ("event_id", "content", "none")
STORES = ("append", "replace_days", "replace_table")


class Plan(NamedTuple):
    """How a table of 30-day sums with a row for each user and day is kept.

    A run every `schedule_h` hours, one of them at one in the morning, makes the current day and `lookback_days` days
    before it, from messages that are counted once by `key`, and writes them as `store` says.
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

    wrong: int  # rows of the 90 days that in the end are not as they should be, or not there
    twice: int  # rows that are there more than once
    lost: int  # days that are not there


def replay(messages: Messages, outages: list[Outage], plan: Plan) -> Record:
    """What the table has become when a plan has kept it through these days.

    A row is as the last run made it that made its day, from the messages that had arrived by then. (Only that run
    is worked out, not each of them.)
    """
    hours = runs(plan.schedule_h, outages)
    days, today = np.arange(DAYS)[:, None], day_of(hours)
    makes = (days <= today) & (today <= days + plan.lookback_days)  # which run makes which day
    if plan.store == "replace_table":
        makes[:, hours < hours[-1]] = False
    last_made_h, writes = np.where(makes, hours, -np.inf).max(axis=1), makes.sum(axis=1)
    kept = table(counted_once(messages, plan.key), last_made_h)
    wrong = (kept != table(messages.rows(first_of_each(messages.purchase)), np.full(DAYS, np.inf))) | (writes == 0)
    twice = (writes > 1) & (plan.store == "append")
    return Record(int(wrong.sum()), int(USERS * twice.sum()), int((writes == 0).sum()))


def rows_made(outages: list[Outage], plan: Plan) -> int:
    """The rows that all runs of the 90 days make."""
    hours = runs(plan.schedule_h, outages)
    made = np.minimum(day_of(hours), plan.lookback_days) + 1
    return int(USERS * made[hours <= DAYS * 24].sum())


def days_back(messages: Messages, outages: list[Outage], schedule_h: int) -> int:
    """How many days before its own a run has to make, so that the first run after each message counts it."""
    hours = runs(schedule_h, outages)
    first = hours[np.searchsorted(hours, messages.arrived_h, side="right")]
    return int((day_of(first) - messages.occurred_h // 24).max())


def day_of(hours: np.ndarray) -> np.ndarray:
    """The day that is the current one for runs at these hours."""
    return (hours - 1) // 24


def runs(schedule_h: int, outages: list[Outage]) -> np.ndarray:
    """The hours at which a run takes place."""
    planned = {*range(FIRST_H, (DAYS + AFTER) * 24 + 1, schedule_h), *(outage.end_h for outage in outages)}
    held = [hour for hour in sorted(planned) if not any(outage.begin_h < hour < outage.end_h for outage in outages)]
    return np.array([hour for hour in held for _ in range(2 if hour == TWICE_H else 1)])


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


def purchases(random: np.random.Generator, number: int, clock_s: int, moments_s: list[int]) -> Messages:
    """A message about each of some purchases, a minute after it; some users buy twice in two seconds, none in one. Of
    these purchases so many are drawn, at seconds that four divides, and one is made at each of these moments."""
    drawn = np.sort(random.choice(np.arange(0, DAYS * 86_400 - 3_600, 4), number, replace=False))
    second, user = np.append(drawn, moments_s), random.integers(0, USERS, number + len(moments_s))
    twins = random.choice(number - 1, number // 25, replace=False)
    second[twins + 1], user[twins + 1] = second[twins] + 2, user[twins]
    order = np.argsort(second, kind="stable")
    second, user, names = second[order], user[order], np.arange(len(second))
    return Messages(user, second / 3_600, second / 3_600 + 1 / 60, names, second // clock_s, names)


def with_repeats(messages: Messages, random: np.random.Generator, same_id: bool) -> Messages:
    """A tenth of the messages comes again half an hour later, under the same id or under a new one."""
    number = len(messages.user)
    again = messages.rows(random.choice(number, number // 10, replace=False))
    again = again._replace(arrived_h=again.arrived_h + 0.5)
    if not same_id:
        again = again._replace(event_id=again.event_id + number)
    return in_order(Messages(*(np.concatenate(pair) for pair in zip(messages, again, strict=True))))


def with_delays(messages: Messages, random: np.random.Generator, delays_h: list[float],
                moments_s: list[int]) -> Messages:
    """Some messages come as late as the delays say, and those about purchases at these moments as late as any."""
    arrived = messages.arrived_h.copy()
    late = random.choice(len(arrived), len(delays_h), replace=False)
    arrived[late] = messages.occurred_h[late] + delays_h
    unlucky = np.isin(messages.occurred_h, np.array(moments_s) / 3_600)
    arrived[unlucky] = messages.occurred_h[unlucky] + max(delays_h)
    return in_order(messages._replace(arrived_h=arrived))


def in_order(messages: Messages) -> Messages:
    """Messages in the order in which they arrive."""
    return messages.rows(np.argsort(messages.arrived_h, kind="stable"))
