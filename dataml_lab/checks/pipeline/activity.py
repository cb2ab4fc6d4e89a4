"""The activity of exercises 4 and 6: users whose stories are made up first, so that their rows of the table are known.

A story is written as sessions, and says what the summary of a day has to hold for its user; events are made from
it. So the truth here is what was planned, not what somebody counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

Event = dict[str, Any]
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Row(NamedTuple):
    """What the summary of a day holds for a user; None is a missing value."""

    total_purchases_30d: int
    avg_session_duration_7d: float | None  # seconds
    last_login_days_ago: int | None


COLUMNS = Row._fields


class Session(NamedTuple):
    """What a user did at a time: kinds of events, and when each was, in seconds from the session's start."""

    start: datetime
    kinds: tuple[str, ...]
    seconds: tuple[float, ...]


class Story(NamedTuple):
    """A user's sessions, some of them perhaps after the day; the row that the day's summary has of them (None if
    they all are); and what is special about it, a clause for each column."""

    sessions: list[Session]
    row: Row | None
    why: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Activity:
    """A shop's activity in the order of its times: `events` up to the end of `day`, `future` from then on. Of each
    user in the day's summary `rows` has the row, and `whys` what is special about it."""

    day: date
    events: list[Event]
    future: list[Event]
    rows: dict[int, Row]
    whys: dict[int, Mapping[str, str]]
    seed: int

    @property
    def end(self) -> datetime:
        """The midnight (UTC) with which the day ends."""
        return end_of(self.day)

    @property
    def log(self) -> list[Event]:
        """All events: those up to the end of the day, and those after it."""
        return self.events + self.future

    @property
    def mixed(self) -> list[Event]:
        """All events, in an order that has nothing to do with their times."""
        order = np.random.default_rng(self.seed).permutation(len(self.log))
        return [self.log[int(place)] for place in order]

    @property
    def again(self) -> list[Event]:
        """A third of the events as they come a second time, a day later."""
        random, number = np.random.default_rng(self.seed), len(self.events)
        repeated = (self.events[int(place)] for place in random.choice(number, number // 3, replace=False))
        return [{**event, "received_at": event["received_at"] + DAY} for event in repeated]

    @property
    def last_purchase(self) -> Event:
        """The last purchase of the day and the days before it."""
        return next(event for event in reversed(self.events) if event["kind"] == "purchase")

    @property
    def twin(self) -> Event:
        """Another purchase of the same user in the same second, an event with an id of its own."""
        return {**self.last_purchase, "event_id": max(event["event_id"] for event in self.log) + 1}

    @property
    def delayed(self) -> list[Event]:
        """The events in the order of arrival when a third of them comes up to four days late, and the last purchase
        an hour after the day."""
        random = np.random.default_rng(self.seed)
        late = [{**event, "received_at": event["received_at"]
                 + DAY * float(random.uniform(1, 4) * (random.random() < 0.3))} for event in self.events]
        late[self.events.index(self.last_purchase)]["received_at"] = self.end + HOUR
        return sorted(late, key=lambda event: event["received_at"])

    def beside(self, summary: pd.DataFrame, planned: pd.DataFrame | None = None) -> pd.DataFrame:
        """Where a summary differs from a planned one, by default that of the day: both values, by user and column.
        A user's rows where there are several."""
        planned = pd.DataFrame.from_dict(self.rows, "index", columns=COLUMNS) if planned is None else planned
        found = by_user(summary)
        if found.index.has_duplicates:
            return found[found.index.duplicated(keep=False)]
        cells = [table[[*COLUMNS]].astype(float).round(6).stack(future_stack=True)
                 for table in (by_user(planned), found)]
        both = pd.concat(cells, axis=1, keys=["planned", "yours"])
        return both[both["planned"].ne(both["yours"]) & both.notna().any(axis=1)]


def by_user(summary: pd.DataFrame) -> pd.DataFrame:
    """A summary with its users as the index."""
    return summary.set_index("user_id") if "user_id" in summary else summary


def end_of(day: date) -> datetime:
    """The midnight (UTC) with which a day ends."""
    return datetime.combine(day + DAY, time(), UTC)


def activity(seed: int) -> Activity:
    """About 20 users in the 45 days up to the end of a day of 2025, one of them long before, and the two days after."""
    random = np.random.default_rng(seed)
    day = date(2025, 3, 1) + DAY * int(random.integers(0, 250))
    users = [int(user) for user in random.choice(np.arange(100, 1_000), 40, replace=False)]
    stories = dict(zip(users, [*planted(end_of(day), random), *(usual(day, random) for _ in range(9))], strict=False))
    numbers, first = count(int(random.integers(7_000, 8_000))), int(random.integers(50_000, 60_000))
    told = (event for user, story in stories.items() for event in happened(user, story.sessions, numbers, random))
    ordered = sorted(told, key=lambda event: event["occurred_at"])
    events = [{"event_id": event_id, **event} for event_id, event in enumerate(ordered, first)]
    known = {user: story for user, story in stories.items() if story.row}
    return Activity(day, [event for event in events if event["occurred_at"] < end_of(day)],
                    [event for event in events if event["occurred_at"] >= end_of(day)],
                    {user: story.row for user, story in known.items()},
                    {user: story.why for user, story in known.items()}, seed)


def happened(user: int, sessions: list[Session], numbers: Iterator[int],
             random: np.random.Generator) -> Iterator[Event]:
    """The events of a user's sessions, still without an id, each received within a second."""
    for session in sessions:
        session_id, delay = next(numbers), timedelta(milliseconds=int(random.integers(1, 900)))
        for kind, second in zip(session.kinds, session.seconds, strict=True):
            occurred_at = session.start + SECOND * second
            yield {"session_id": session_id, "user_id": user, "kind": kind,
                   "occurred_at": occurred_at, "received_at": occurred_at + delay}


def usual(day: date, random: np.random.Generator) -> Story:
    """A user with up to eleven sessions before the end of the day, none of them at a window's edge, and one after."""
    end, logs_in = end_of(day), random.random() < 0.8

    def visits(first: int, last: int, most: int) -> list[Session]:
        hours = random.choice(np.arange(first, last), random.integers(0, most), replace=False).tolist()
        return [visit(end - HOUR * back, logs_in and back < 30 * 24, random) for back in hours]

    week, month, before = visits(1, 7 * 24 - 1, 5), visits(7 * 24 + 1, 30 * 24 - 1, 5), visits(30 * 24 + 1, 44 * 24, 3)
    past = [*week, *month, *before] or [visit(end - 9 * DAY, logs_in, random)]
    logins = [(day - session.start.date()).days for session in past if "login" in session.kinds]
    row = Row(sum(session.kinds.count("purchase") for session in past if session.start > end - 30 * DAY),
              sum(session.seconds[-1] for session in week) / len(week) if week else None, min(logins, default=None))
    return Story([*past, visit(end + MINUTE * int(random.integers(5, 2_000)), logs_in, random)], row)


def visit(start: datetime, logs_in: bool, random: np.random.Generator) -> Session:
    """A session of two to five events in up to 15 minutes; a user who logs in may begin with that."""
    kinds = random.choice(["page_view", "click", "purchase"], random.integers(2, 6), p=[0.5, 0.2, 0.3]).tolist()
    if logs_in and random.random() < 0.4:
        kinds[0] = "login"
    seconds = sorted(int(second) for second in random.choice(np.arange(1, 900), len(kinds) - 1, replace=False))
    return Session(start + timedelta(milliseconds=int(random.integers(60_000))), tuple(kinds), (0, *seconds))


def planted(end: datetime, random: np.random.Generator) -> list[Story]:
    """Users at the edges of windows and days, and users about whom nothing is known in some column."""
    long, short = (int(seconds) for seconds in (random.integers(200, 800), random.integers(20, 150)))
    over_a_day = 26 * 3_600 + short + 0.25
    purchases, duration, login = COLUMNS
    return [
        Story([Session(end - 10 * DAY, ("page_view", "click"), (0, short))], Row(0, None, None), {
            purchases: "never bought anything: that is 0, and no missing value",
            duration: "had no session in the 7 days: that is a missing value, not 0 seconds",
            login: "never logged in: that is a missing value"}),
        Story([Session(end - 30 * DAY - SECOND, ("purchase", "purchase"), (0, 1))], Row(1, None, None), {
            purchases: "bought something exactly 30 days before the end of the day, which counts, and something "
                       "one second earlier, which doesn't"}),
        Story([Session(end - 7 * DAY, ("page_view", "click"), (0, long))], Row(0, float(long), None), {
            duration: "has a session that began exactly 7 days before the end of the day: it counts"}),
        Story([Session(end - 3 * DAY, ("page_view",), (0,))], Row(0, 0.0, None), {
            duration: "has a session of a single event: it lasted 0 seconds, and counts"}),
        Story([Session(end - 2 * DAY, ("page_view", "click"), (0, long)),
               Session(end - 2 * DAY + 5 * SECOND, ("page_view", "purchase"), (0, short))],
              Row(1, (long + short) / 2, None), {
            duration: "was in the shop with two devices at once: `session_id` tells the sessions apart"}),
        Story([Session(end - 7 * DAY - MINUTE, ("page_view", "click", "click"), (0, 90, 90 + short))],
              Row(0, None, None), {
            duration: "has a session that began before the 7 days and went on in them: it is not one of the 7 days"}),
        Story([Session(end - 5 * DAY + 7 * HOUR + SECOND / 2, ("page_view", "click", "click"), (0, long, over_a_day))],
              Row(0, over_a_day, None), {
            duration: "has a session of more than a day: it lasted that long, with whole days and parts of a second"}),
        Story([Session(end - 10 * SECOND, ("login",), (0,))], Row(0, 0.0, 0), {
            login: "logged in within the last seconds of the day, which is 0 days ago"}),
        Story([Session(end - 2 * DAY - 10 * MINUTE, ("login", "click"), (0, short)),
               Session(end - 5 * HOUR, ("page_view",), (0,))], Row(0, short / 2, 2), {
            login: "logged in shortly before midnight, two days before the day, and came back since without "
                   "logging in: count from date to date, and logins only"}),
        Story([Session(end - 400 * DAY, ("login", "purchase"), (0, long))], Row(0, None, 399), {
            login: "logged in 399 days before the day, and never came back"}),
        *beyond(end, long, short),
    ]


def beyond(end: datetime, long: int, short: int) -> list[Story]:
    """Users who do something at the very end of the day and after it."""
    purchases, duration, login = COLUMNS
    return [
        Story([Session(end - MINUTE * 20, ("page_view", "click", "click"), (0, long, 20 * 60 + short))],
              Row(0, float(long), None), {
            duration: "was in the shop at midnight: what comes after it is not yet known in the table of this day"}),
        Story([Session(end - 5 * DAY - HOUR, ("login", "page_view"), (0, short)),
               Session(end + SECOND, ("login",), (0,))], Row(0, float(short), 5), {
            login: "logged in a second after the midnight that ends the day: that is in the next day"}),
        Story([Session(end - 20 * DAY, ("page_view", "purchase"), (0, 9)), Session(end, ("purchase",), (0,))],
              Row(1, None, None), {
            purchases: "bought something exactly at the midnight that ends the day: that is in the next day",
            duration: "was in the shop exactly at the midnight that ends the day: that is in the next day"}),
        Story([Session(end + HOUR, ("login", "purchase"), (0, long))], None),
    ]
