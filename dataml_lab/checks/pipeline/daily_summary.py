"""Exercise 4: a pipeline from batches of activity to a table for each day, whatever comes twice, late or mixed up."""

import math
import numbers
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.activity import COLUMNS, DAY, HOUR, Activity, Event, Row, activity, end_of
from dataml_lab.checks.shown import shown as told
from dataml_lab.runtime.answers import Failed, Made, Maker, class_

PURCHASES, DURATION, LOGIN = COLUMNS
BATCH = 40  # events
LARGEST = 1e15  # beyond the number of any user
OTHERS = 10_000  # by which the numbers of users are higher when they are others

FIRST = "makes a table from its own events"
daily_summary = Exercise("daily_summary", activity, class_("Pipeline"))


def fed(pipeline: Maker, events: Iterable[Event]) -> Made:
    """A new pipeline that has taken in these events, batch by batch."""
    made, events = pipeline(), list(events)
    take_in(made, events)
    return made


def take_in(made: Made, events: list[Event]) -> None:
    """Gives events to a pipeline, batch by batch."""
    for first in range(0, len(events), BATCH):
        made("ingest", events[first:first + BATCH])


def table(made: Made, day: date) -> pd.DataFrame:
    """The summary of a day by user, in the order of users, as numbers; `Failed` where it is no such table."""
    result = made("summary", day)
    if not isinstance(result, pd.DataFrame):
        raise Failed(f"Pipeline.summary returned {_kind(result)}, where a DataFrame was expected.")
    unnamed = result.index.name is None and not result.index.equals(pd.RangeIndex(len(result)))
    if "user_id" not in result and (unnamed or result.index.name == "user_id"):
        result = result.set_axis(pd.RangeIndex(len(result))).assign(user_id=result.index)
    if not all(isinstance(result.get(column), pd.Series) for column in ("user_id", *COLUMNS)):
        names = [told(name, 40).strip("'") for name in result.columns[:20]]
        raise Failed(f"The summary has the columns {', '.join(names) or 'none'}: each of "
                     f"{', '.join(('user_id', *COLUMNS))} is needed once.")
    return _numbers(result)


def _kind(result: object) -> str:
    return "None" if result is None else f"a {type(result).__name__}"


def _numbers(result: pd.DataFrame) -> pd.DataFrame:
    """The summary with users as its index, whole numbers, and floats; `attrs` has the types of columns of others."""
    floats = pd.DataFrame({column: _as_floats(result[column]) for column in ("user_id", *COLUMNS)})
    if not (floats["user_id"].abs() < LARGEST).all():
        raise Failed("The summary has a row whose user_id is missing, or no number that a user has.")
    floats = floats.astype({"user_id": "int64"}).set_index("user_id").sort_index(kind="stable")
    floats.attrs = {column: str(result[column].dtype) for column in COLUMNS if not _holds_numbers(result[column])}
    return floats


def _as_floats(column: pd.Series) -> np.ndarray:
    """The values of a column, NaN where they are missing or no numbers."""
    if not _holds_numbers(column):
        return np.full(len(column), np.nan)
    return np.array([np.nan if gone else _float(value) for value, gone in zip(column, column.isna(), strict=True)],
                    dtype=float)


def _float(value: float | Decimal) -> float:
    """A number as a float, infinite where it is beyond all floats; NaN for one that only signals."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _holds_numbers(column: pd.Series) -> bool:
    """Whether a column holds nothing but numbers, and none of them as text."""
    values = column.dropna()
    return column.dtype.kind in "biuf" or all(isinstance(value, numbers.Real | Decimal) for value in values)


def usual(pipeline: Maker, world: Activity) -> pd.DataFrame:
    """The summary of the world's day when all events came in time. (A world is made for one answer.)"""
    if world.usual is None:
        world.usual = table(fed(pipeline, world.events), world.day)
    return world.usual


def shifted(events: Iterable[Event]) -> list[Event]:
    """The same events of users with other numbers: what an earlier pipeline was told of the old ones doesn't help."""
    return [{**event, "user_id": event["user_id"] + OTHERS} for event in events]


def of_shifted(pipeline: Maker, events: Iterable[Event], day: date) -> pd.DataFrame:
    """The summary that a new pipeline makes of these events of other users, under the old numbers."""
    return under_old_numbers(table(fed(pipeline, shifted(events)), day))


def under_old_numbers(found: pd.DataFrame) -> pd.DataFrame:
    """The summary of other users under the old numbers."""
    return found.set_axis(found.index - OTHERS)


def blank(found: pd.DataFrame) -> str | None:
    """That a summary says the same of every user, in words: nothing can go wrong with that. None where it doesn't."""
    if len(found) > 1 and all(found[column].nunique(dropna=False) == 1 for column in COLUMNS):
        said = ", ".join(f"{column} {shown(found[column].iloc[0])}" for column in COLUMNS)
        return f"It says the same of all {len(found)} users: {said}."
    return None


def users_amiss(found: pd.DataFrame, expected: Iterable[int], day: date) -> str | None:
    """Which users the summary of a day has twice, lacks, or has for no reason; None where all is right."""
    twice = found.index[found.index.duplicated()]
    if len(twice):
        return f"The summary of {day} has {(found.index == twice[0]).sum()} rows for user {twice[0]}: one is right."
    users = set(expected)
    lacking, surplus = sorted(users - set(found.index)), sorted(set(found.index) - users)
    if lacking:
        return (f"The summary of {day} lacks {len(lacking)} of {len(users)} users, such as {lacking[0]}: whoever did "
                "anything at all before the end of the day has a row.")
    return (f"The summary of {day} has user {surplus[0]}, of whom nothing is known at the end of that day."
            if surplus else None)


def column_amiss(found: pd.DataFrame, world: Activity, column: str) -> str | None:
    """The first user whose value in a column is not as planned, users with something special first."""
    if column in found.attrs:
        return f"{column} holds values of type {found.attrs[column]}: numbers are needed."
    values = dict(zip(found.index, found[column], strict=True))
    there = [user for user in world.rows if user in values]
    for user in sorted(there, key=lambda user: column not in world.whys[user]):
        planned, why = getattr(world.rows[user], column), world.whys[user].get(column)
        if not same(values[user], planned):
            return (f"In the summary of {world.day}, {column} of user {user} is {shown(values[user])} where "
                    f"{shown(planned)} is right{f'. That user {why}' if why else ''}.")
    return None if there else "The summary has no row of any user."


def same(value: float, other: float | None) -> bool:
    """Whether two values of a summary are the same number, or both missing."""
    if other is None or math.isnan(other):
        return math.isnan(value)
    return math.isclose(value, other, rel_tol=1e-6, abs_tol=1e-6)


def shown(value: float | None) -> str:
    """A value of a summary as a sentence says it."""
    return "missing" if value is None or math.isnan(value) else f"{value:g}"


def unlike(found: pd.DataFrame, other: pd.DataFrame) -> str | None:
    """The first difference between two summaries, in words: `user 7 has total_purchases_30d 2 in the one and 3
    in the other`; None where there is none."""
    if list(found.index) != list(other.index):
        users = sorted(set(found.index) ^ set(other.index))
        return f"user {users[0]} is in only one of them" if users else "a user is in one of them more than once"
    for column in COLUMNS:
        for user, one, two in zip(found.index, found[column], other[column], strict=True):
            if not same(one, two):
                return f"user {user} has {column} {shown(one)} in the one and {shown(two)} in the other"
    return None


@daily_summary.demands(FIRST, points=0)
def _makes_a_table(pipeline: Maker, world: Activity) -> str | None:
    usual(pipeline, world)
    others = set(table(fed(pipeline, world.events[-1:]), world.day).index) - {world.events[-1]["user_id"]}
    if others:
        return (f"A new pipeline took in an event of user {world.events[-1]['user_id']}, and its summary has user "
                f"{others.pop()}, whose events another one took in: what it keeps must be in `self`, not in the class.")
    return None


@daily_summary.demands("has one row for each user", points=1, after=FIRST)
def _one_row_for_each_user(pipeline: Maker, world: Activity) -> str | None:
    wrong = users_amiss(usual(pipeline, world), world.rows, world.day)
    if wrong:
        return wrong
    try:
        return users_amiss(table(fed(pipeline, []), world.day), [], world.day)
    except Failed as failure:
        raise type(failure)(f"That was before anything was taken in: {failure}") from None


def _column_demand(name: str, column: str) -> None:
    @daily_summary.demands(name, points=1, after=FIRST)
    def broken(pipeline: Maker, world: Activity) -> str | None:
        return column_amiss(usual(pipeline, world), world, column)


_column_demand("counts the purchases of 30 days", PURCHASES)
_column_demand("averages the sessions of 7 days", DURATION)
_column_demand("counts the days since the last login", LOGIN)


@daily_summary.demands("counts each event once", points=1, after=FIRST)
def _counts_each_event_once(pipeline: Maker, world: Activity) -> str | None:
    random = np.random.default_rng(world.seed)
    repeated = [world.events[int(i)] for i in random.choice(len(world.events), len(world.events) // 3, replace=False)]
    again = [{**event, "received_at": event["received_at"] + DAY} for event in repeated]
    wrong = unlike(of_shifted(pipeline, world.events + again, world.day), usual(pipeline, world))
    if wrong:
        return f"A third of the events came a second time, later, and {wrong}: an event is known by its event_id."
    return _two_at_the_same_second(pipeline, world)


def _two_at_the_same_second(pipeline: Maker, world: Activity) -> str | None:
    """A purchase and a twin of it, with another event_id, are two purchases."""
    bought = _last_purchase(world)
    twin = {**bought, "event_id": max(event["event_id"] for event in world.events + world.future) + 1}
    user, place = bought["user_id"], world.events.index(bought) + 1
    made = fed(pipeline, world.events[:place])
    take_in(made, [twin, *world.events[place:]])
    found, alone = table(made, world.day), usual(pipeline, world)
    if user in found.index and user in alone.index:
        before, after = alone.loc[[user], PURCHASES].iloc[0], found.loc[[user], PURCHASES].iloc[0]
        if after != before + 1:
            return (f"User {user} bought two things in the same second, two events with ids of their own, and the "
                    f"second one changed {PURCHASES} from {shown(before)} to {shown(after)}.")
    return None


@daily_summary.demands("takes events in any order", points=1, after=FIRST)
def _takes_any_order(pipeline: Maker, world: Activity) -> str | None:
    events = world.events + world.future
    mixed = np.random.default_rng(world.seed).permutation(len(events))
    in_time = table(fed(pipeline, events), world.day)
    for name, order in (("backwards", range(len(events))[::-1]), ("mixed up", mixed)):
        wrong = unlike(of_shifted(pipeline, [events[int(i)] for i in order], world.day), in_time)
        if wrong:
            return f"The same events were taken in twice, once in the order of their times and once {name}: {wrong}."
    return blank(in_time)


@daily_summary.demands("corrects the table when events come late", points=1, after=FIRST)
def _corrects_the_table(pipeline: Maker, world: Activity) -> str | None:
    events, end = shifted(delayed(world)), end_of(world.day)
    never_asked = under_old_numbers(table(fed(pipeline, events), world.day))
    wrong = unlike(never_asked, usual(pipeline, world))
    if wrong:
        return (f"Events came up to four days late. The summary of {world.day}, made when all were there, was "
                f"compared with that of a pipeline to which all came in time: {wrong}. An event belongs to the moment "
                "at which it occurred.")
    made = fed(pipeline, (event for event in events if event["received_at"] < end))
    table(made, world.day)
    take_in(made, [event for event in events if event["received_at"] >= end])
    wrong = unlike(under_old_numbers(table(made, world.day)), never_asked)
    return blank(never_asked) if not wrong else (
        f"The summary of {world.day} was made once at the end of that day, and again when late events had come. It was "
        f"compared with one that was made only then: {wrong}.")


def delayed(world: Activity) -> list[Event]:
    """The events in the order of arrival when a third of them comes up to four days late, and the last purchase an
    hour after the day."""
    random, bought = np.random.default_rng(world.seed), _last_purchase(world)
    late = [{**event, "received_at": event["received_at"] + DAY * float(random.uniform(1, 4) * (random.random() < 0.3))}
            for event in world.events]
    late[world.events.index(bought)]["received_at"] = end_of(world.day) + HOUR
    return sorted(late, key=lambda event: event["received_at"])


def _last_purchase(world: Activity) -> Event:
    return next(event for event in reversed(world.events) if event["kind"] == "purchase")


@daily_summary.demands("makes the same table again", points=1, after=FIRST)
def _makes_the_same_table_again(pipeline: Maker, world: Activity) -> str | None:
    made, first = fed(pipeline, world.events), usual(pipeline, world)
    table(made, world.day)
    table(made, world.day - 3 * DAY)
    wrong = unlike(table(made, world.day), first)
    if wrong:
        return f"The summary of {world.day} was made twice, with nothing new in between, and {wrong}."
    made = pipeline()
    for event in world.events[:30]:
        made("ingest", [event])
    for batch in ([], world.events[30:], []):
        made("ingest", batch)
    wrong = unlike(table(made, world.day), first)
    if wrong:
        return f"The same events were taken in in batches of other sizes, one of them empty, and {wrong}."
    return blank(first)


@daily_summary.demands("makes any past day", points=1, after=FIRST)
def _makes_any_past_day(pipeline: Maker, world: Activity) -> str | None:
    made = fed(pipeline, world.events + world.future)
    found = table(made, world.day)
    wrong = next(filter(None, _still_amiss(pipeline, found, world)), None)
    if wrong:
        return f"Two more days have passed, and their events were taken in. {wrong}"
    return _any_earlier_day(pipeline, made, world) or blank(found) or _unlike_the_oracle(pipeline, made, world)


def _still_amiss(pipeline: Maker, found: pd.DataFrame, world: Activity) -> Iterator[str | None]:
    """What is wrong with a summary of the world's day in matters that were right when nothing had happened since."""
    every_user, *of_column = NAMED
    for column, named in reversed([*zip(COLUMNS, of_column, strict=True)]):
        if named(pipeline, world) is None:
            yield column_amiss(found, world, column)
    if every_user(pipeline, world) is None:
        yield users_amiss(found, world.rows, world.day)


def _any_earlier_day(pipeline: Maker, made: Made, world: Activity) -> str | None:
    """A past day has the summary that it would have if nothing had happened since."""
    for back in (1, 33):
        day = world.day - back * DAY
        until_then = fed(pipeline, (event for event in world.events if event["occurred_at"] < end_of(day)))
        wrong = unlike(table(made, day), table(until_then, day))
        if wrong:
            return (f"The summary of {day} was made by a pipeline that knows the days after it as well, and by one "
                    f"that doesn't: {wrong}.")
    return None


def _unlike_the_oracle(pipeline: Maker, made: Made, world: Activity) -> str | None:
    """A day on which answer and oracle differ. It is looked for where no property names a mistake."""
    if world.oracle is None or any(named(pipeline, world) for named in NAMED):
        return None
    for back in (-1, 4, 20):
        day = world.day - back * DAY
        expected = pd.DataFrame.from_dict(world.oracle(world.events + world.future, day), "index", float, Row._fields)
        wrong = unlike(table(made, day), expected.sort_index())
        if wrong:
            return f"The summary of {day} was compared with a slow and obvious one: {wrong}."
    return None


NAMED: list[Callable] = [prop.broken for prop in daily_summary.properties[1:5]]
