"""A pipeline from batches of activity to a table for each day, whatever comes twice, late or mixed up."""

from collections.abc import Callable, Iterable
from datetime import date

import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.activity import COLUMNS, DAY, Activity, Event, Row, activity, end_of
from dataml_lab.checks.pipeline.summaries import blank, fault_of_column, fault_of_users, first_difference, shown, table
from dataml_lab.runtime.answers import Failed, Made, Maker, class_

PURCHASES, DURATION, LOGIN = COLUMNS
SUMMARY = """\
made = Pipeline()
made.ingest(world.events)
print(world.beside(made.summary(world.day)))"""
BATCH = 40  # events
OTHERS = 10_000  # by which the numbers of users are higher when they are others

FIRST = "makes a table from its own events"
daily_summary = Exercise("daily_summary", activity, class_("Pipeline"))


def fed(pipeline: Maker, events: Iterable[Event]) -> Made:
    """A new pipeline that has taken in these events, batch by batch."""
    made = pipeline()
    take_in(made, list(events))
    return made


def take_in(made: Made, events: list[Event]) -> None:
    """Gives events to a pipeline, batch by batch."""
    for first in range(0, len(events), BATCH):
        made("ingest", events[first:first + BATCH])


def shifted(events: Iterable[Event]) -> list[Event]:
    """The same events of users with other numbers: what an earlier pipeline was told of the old ones doesn't help."""
    return [{**event, "user_id": event["user_id"] + OTHERS} for event in events]


def of_shifted(made: Made, day: date) -> pd.DataFrame:
    """The summary of a pipeline that was fed with events of other users, under the old numbers."""
    found = table(made, day)
    return found.set_axis(found.index - OTHERS)


@daily_summary.scene
def usual(daily_summary: Maker, world: Activity) -> pd.DataFrame:
    """The summary of the day when all its events came in time."""
    return table(fed(daily_summary, world.events), world.day)


@daily_summary.scene
def mistakes(usual: pd.DataFrame, world: Activity) -> dict[str, str | None]:
    """What is wrong with that summary, by column; None where nothing is."""
    return {"user_id": fault_of_users(usual, world.rows, world.day),
            **{column: fault_of_column(usual, world, column) for column in COLUMNS}}


@daily_summary.scene
def knowing_more(daily_summary: Maker, world: Activity) -> Made:
    """A pipeline that knows the two days after the day as well."""
    return fed(daily_summary, world.log)


@daily_summary.scene
def made_later(knowing_more: Made, world: Activity) -> pd.DataFrame:
    """The summary of the day that this pipeline makes."""
    return table(knowing_more, world.day)


@daily_summary.demands(FIRST, points=0, call="""\
Pipeline().ingest(world.events)
print(Pipeline().summary(world.day))  # of a new pipeline, which took in nothing""")
def _(usual: pd.DataFrame, daily_summary: Maker, world: Activity) -> str | None:
    user = world.events[-1]["user_id"]
    others = set(table(fed(daily_summary, world.events[-1:]), world.day).index) - {user}
    return (f"A new pipeline took in one event, of user {user}, and its summary has user {min(others)}. A table is "
            "made from the events that this object took in; keep them in `self`, not in the class.") if others else None


@daily_summary.demands("has one row for each user", points=1, after=FIRST, call="""\
print(Pipeline().summary(world.day))
made = Pipeline()
made.ingest(world.events)
print(world.beside(made.summary(world.day)))""")
def _(mistakes: dict, daily_summary: Maker, world: Activity) -> str | None:
    try:
        return mistakes["user_id"] or fault_of_users(table(daily_summary(), world.day), [], world.day)
    except Failed as failure:
        raise type(failure)(f"That was before anything was taken in: {failure}") from None


@daily_summary.demands("counts the purchases of 30 days", points=1, after=FIRST, call=SUMMARY)
def _(mistakes: dict) -> str | None:
    return mistakes[PURCHASES]


@daily_summary.demands("averages the sessions of 7 days", points=1, after=FIRST, call=SUMMARY)
def _(mistakes: dict) -> str | None:
    return mistakes[DURATION]


@daily_summary.demands("counts the days since the last login", points=1, after=FIRST, call=SUMMARY)
def _(mistakes: dict) -> str | None:
    return mistakes[LOGIN]


@daily_summary.demands("counts each event once", points=1, after=FIRST, call="""\
made = Pipeline()
made.ingest(world.events + world.again + [world.twin])
print("One purchase more than planned is right for user", world.twin["user_id"])
print(world.beside(made.summary(world.day)))""")
def _(daily_summary: Maker, usual: pd.DataFrame, world: Activity) -> str | None:
    repeated = of_shifted(fed(daily_summary, shifted(world.events + world.again)), world.day)
    wrong = first_difference(repeated, usual, "the table with these repeats", "the table without them")
    if wrong:
        return f"A third of the events came a second time, later, and {wrong}: an event is known by its event_id."
    return _two_at_the_same_second(daily_summary, usual, world)


def _two_at_the_same_second(pipeline: Maker, usual: pd.DataFrame, world: Activity) -> str | None:
    """A purchase and a twin of it, with another event_id, are two purchases."""
    user, place = world.twin["user_id"], world.events.index(world.last_purchase) + 1
    made = fed(pipeline, world.events[:place])
    take_in(made, [world.twin, *world.events[place:]])
    found = table(made, world.day)
    if user not in found.index or user not in usual.index:
        return None
    before, after = (summary.loc[[user], PURCHASES].iloc[0] for summary in (usual, found))
    if after == before + 1:
        return None
    change = "left" if shown(after) == shown(before) else "changed"
    values = f"at {shown(before)}" if change == "left" else f"from {shown(before)} to {shown(after)}"
    return (f"User {user} bought two things in the same second, two events with ids of their own, and the second one "
            f"{change} {PURCHASES} {values}.")


@daily_summary.demands("takes events in any order", points=1, after=FIRST, call="""\
for events in (world.log[::-1], world.mixed):
    made = Pipeline()
    made.ingest(events)
    print(world.beside(made.summary(world.day)))""")
def _(daily_summary: Maker, made_later: pd.DataFrame, world: Activity) -> str | None:
    for name, events in (("backwards", world.log[::-1]), ("mixed up", world.mixed)):
        made = fed(daily_summary, shifted(events))
        wrong = first_difference(of_shifted(made, world.day), made_later, f"the table of events {name}",
                                 "the table of events in the order of their times")
        if wrong:
            return f"The same events were taken in twice, once in the order of their times and once {name}: {wrong}."
    return blank(made_later)


@daily_summary.demands("corrects the table when events come late", points=1, after=FIRST, call="""\
made = Pipeline()
made.ingest([event for event in world.delayed if event["received_at"] < world.end])
made.summary(world.day)
made.ingest([event for event in world.delayed if event["received_at"] >= world.end])
print(world.beside(made.summary(world.day)))""")
def _(daily_summary: Maker, usual: pd.DataFrame, world: Activity) -> str | None:
    events, end = shifted(world.delayed), world.end
    never_asked = of_shifted(fed(daily_summary, events), world.day)
    wrong = first_difference(never_asked, usual, "the table with late events", "the table with all in time")
    if wrong:
        return (f"Events came up to four days late. The summary of {world.day}, made when all were there, was "
                f"compared with that of a pipeline to which all came in time: {wrong}. An event belongs to the moment "
                "at which it occurred.")
    made = fed(daily_summary, (event for event in events if event["received_at"] < end))
    table(made, world.day)
    take_in(made, [event for event in events if event["received_at"] >= end])
    wrong = first_difference(of_shifted(made, world.day), never_asked, "the one made again", "the other")
    return blank(never_asked) if not wrong else (
        f"The summary of {world.day} was made once at the end of that day, and again when late events had come. It was "
        f"compared with one that was made only then: {wrong}.")


@daily_summary.demands("gives the same table when asked again", points=1, after=FIRST, call="""\
made = Pipeline()
for batch in (world.events[:30], [], world.events[30:]):
    made.ingest(batch)
print(world.beside(made.summary(world.day)), world.beside(made.summary(world.day)))""")
def _(daily_summary: Maker, usual: pd.DataFrame, world: Activity) -> str | None:
    made = fed(daily_summary, world.events)
    table(made, world.day)
    table(made, world.day - 3 * DAY)
    wrong = first_difference(table(made, world.day), usual)
    if wrong:
        return f"The summary of {world.day} was made twice, with nothing new in between, and {wrong}."
    made = daily_summary()
    for event in world.events[:30]:
        made("ingest", [event])
    for batch in ([], world.events[30:], []):
        made("ingest", batch)
    wrong = first_difference(table(made, world.day), usual)
    if wrong:
        return f"The same events were taken in in batches of other sizes, one of them empty, and {wrong}."
    return blank(usual)


@daily_summary.demands("leaves later events out of a past day's table", points=1, after=FIRST, call="""\
from datetime import timedelta
made = Pipeline()
made.ingest(world.log)
print(world.beside(made.summary(world.day)))
for day in (world.day - timedelta(days=1), world.day - timedelta(days=33)):
    early = Pipeline()
    early.ingest([event for event in world.log if event["occurred_at"].date() <= day])
    print(world.beside(made.summary(day), planned=early.summary(day)))""")
def _(daily_summary: Maker, knowing_more: Made, made_later: pd.DataFrame, mistakes: dict,
      world: Activity) -> str | None:
    wrong = newly_wrong(made_later, mistakes, world)
    if wrong:
        return f"Two more days have passed, and their events were taken in. {wrong}"
    for back in (1, 33):
        day = world.day - back * DAY
        until_then = fed(daily_summary, (event for event in world.events if event["occurred_at"] < end_of(day)))
        wrong = first_difference(table(knowing_more, day), table(until_then, day), "the table of the first",
                                 "the table of the second")
        if wrong:
            return (f"The summary of {day} was made by a pipeline that knows the days after it as well, and by one "
                    f"that doesn't: {wrong}.")
    return blank(made_later)


def newly_wrong(found: pd.DataFrame, mistakes: dict[str, str | None], world: Activity) -> str | None:
    """What is wrong with a summary of the world's day that was right when nothing had happened since."""
    for column in (LOGIN, DURATION, PURCHASES):
        wrong = None if mistakes[column] else fault_of_column(found, world, column)
        if wrong:
            return wrong
    return None if mistakes["user_id"] else fault_of_users(found, world.rows, world.day)


@daily_summary.compares
def _(knowing_more: Made, world: Activity, oracle: Callable) -> str | None:
    for back in (-1, 4, 20):
        day = world.day - back * DAY
        expected = pd.DataFrame.from_dict(oracle(world.log, day), "index", float, Row._fields)
        wrong = first_difference(table(knowing_more, day), expected.sort_index(), "your table", "the other one")
        if wrong:
            return f"The summary of {day} was compared with a slow and obvious one: {wrong}."
    return None
