"""Exercise 1: a pull that stores each delivery once, whatever crashes, and what shows that it does."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.depot import PAGE, Api, Depot, Disk, Row, State, depot
from dataml_lab.runtime.answers import Answer, Failed, OutOfTime, function
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.process import Crash, Process
from dataml_lab.runtime.shown import shown


class Run(NamedTuple):
    """What a run of the answer left on the disk, its steps, and the API that it asked."""

    disk: Disk
    steps: list[str]
    api: Api


def run(fetch_all: Answer, disk: Disk, rows: list[Row], crash_at: int | None = None, when: str = "",
        **events: Mapping[int, Any]) -> Run:
    """A run of the answer on a copy of this disk, against an API with these rows and events, to its end or its crash.
    Where it fails otherwise, `when` begins the sentence."""
    process, disk = Process(crash_at), disk.twin()
    api = Api(rows, process, **events)
    try:
        fetch_all(api, State(disk, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(f"{when}{stopped}") from None
    except Failed as failure:
        clock = " The API's clock moves only in `api.wait`." if isinstance(failure, OutOfTime) else ""
        raise (Failed if when else type(failure))(f"{when}{failure}{clock}") from None
    return Run(disk, process.steps, api)


def difference(disk: Disk, rows: list[Row]) -> str | None:
    """How the stored rows differ from those that were served; None where each is stored once."""
    stored = [row for row in disk.rows.values() if isinstance(row, dict) and is_single(row.get("delivery_id"))]
    times = Counter(row["delivery_id"] for row in stored)
    by_id = {row["delivery_id"]: row for row in stored}
    twice = [i for i, count in times.items() if count > 1]
    if twice:
        return (f"delivery {twice[0]} is stored {times[twice[0]]} times: write a row under a key that is the same "
                "whenever that delivery comes, and different for every other")
    lost = [row for row in rows if row["delivery_id"] not in by_id]
    if lost:
        verb = "is" if len(lost) == 1 else "are"
        return f"{len(lost)} of the {len(rows)} deliveries served {verb} not stored{_tie(lost, stored)}"
    wrong = [row for row in rows if not is_row(by_id[row["delivery_id"]], row)]
    if wrong:
        return f"delivery {wrong[0]['delivery_id']} is not stored as it was served last"
    if len(disk.rows) != len(rows):
        return f"{len(disk.rows)} rows are stored where {len(rows)} deliveries were served"
    return None


def is_single(value: Any) -> bool:
    """Whether a value is a text or a number, and no collection of them."""
    return isinstance(value, str | int | float)


def is_row(stored: Row, row: Row) -> bool:
    """Whether a stored row is the one that was served."""
    return stored.keys() == row.keys() and all(
        is_single(stored[field]) and stored[field] == value for field, value in row.items())


def _tie(lost: list[Row], stored: list[Row]) -> str:
    times = {row["updated_at"] for row in stored if isinstance(row.get("updated_at"), str)}
    if all(row["updated_at"] in times for row in lost):
        return "; each of those shares its updated_at with another that is, and they are two deliveries"
    return ""


fetch_all = Exercise("fetch_all", depot, function("fetch_all"))


@fetch_all.scene
def first(fetch_all: Answer, world: Depot) -> Run:
    """A run undisturbed by anything."""
    return run(fetch_all, Disk(), world.rows)


@fetch_all.scene
def second(fetch_all: Answer, world: Depot, first: Run) -> Run:
    """The next run, after deliveries were added and changed."""
    return run(fetch_all, first.disk, world.all_rows)


@fetch_all.demands("stores every row", points=1)
def _(first: Run, world: Depot) -> str | None:
    if first.api.asked and first.api.asked[0] is not None:
        since = shown(first.api.asked[0])
        return (f"In a new world, where no checkpoint was saved, its first request was since={since}: does it remember "
                "something outside of `state`?")
    wrong = difference(first.disk, world.rows)
    return wrong and f"After one undisturbed run, {wrong}."


@fetch_all.demands("accepts an empty page", points=1)
def _(fetch_all: Answer, world: Depot) -> str | None:
    disk = run(fetch_all, Disk(), [], when="With no deliveries at all, the first page is empty, and ").disk
    if disk.rows:
        return "With no deliveries at all, something was stored."
    wrong = difference(run(fetch_all, disk, world.rows).disk, world.rows)
    return wrong and f"A run that found nothing, then deliveries, then a second run: {wrong}."


IN_A_ROW = 8  # refusals, at most: the prompt says so
LONG = {10 + place: {"status": 429, "retry_after": 20} if place % 3 else {"status": 500} for place in range(IN_A_ROW)}
TROUBLES = {1: {"status": 500}, 3: {"status": 429, "retry_after": 7}, 5: {"status": 500}, 6: {"status": 500},
            8: {"status": 429, "retry_after": 30}, **LONG}


@fetch_all.demands("waits and tries again", points=1)
def _(fetch_all: Answer, world: Depot) -> str | None:
    when = f"With a 500 or a 429 now and then, once {IN_A_ROW} of them in a row, "
    disk, _, api = run(fetch_all, Disk(), world.rows, when=when, troubles=TROUBLES)
    wrong = difference(disk, world.rows)
    if wrong:
        return f"{when}{wrong}. A page that failed must be asked for again, until it comes."
    if api.hurried:
        wait = "the seconds that `retry_after` names" if api.hurried[0] == 429 else "a second"
        return f"After a {api.hurried[0]} it asked again too soon: first let `api.wait` pass {wait}."
    return None


@fetch_all.demands("continues where it stopped", points=1)
def _(fetch_all: Answer, world: Depot, first: Run, second: Run) -> str | None:
    newest = world.all_rows[-len(world.later) + 1:]
    stored = [row.get("delivery_id") for row in second.disk.rows.values() if isinstance(row, dict)]
    if {row["delivery_id"] for row in newest} - set(filter(is_single, stored)):
        return "New deliveries came after the first run, and the second run did not store them."
    known = first.api.brought & second.api.brought
    if len(known) > PAGE:
        return (f"The second run fetched {len(known)} deliveries again that the first had stored, unchanged. Begin at "
                "the checkpoint.")
    crashed = run(fetch_all, Disk(), world.rows, len(first.steps) - 1)
    known = crashed.api.brought & run(fetch_all, crashed.disk, world.rows).api.brought
    if len(known) > 3 * PAGE:
        return (f"After a crash on the last page the next run fetched {len(known)} deliveries again, as if nothing had "
                "been stored. Save a checkpoint after each page.")
    return _from_the_disk_alone(fetch_all, world, len(first.steps) // 2)


def _from_the_disk_alone(fetch_all: Answer, world: Depot, crash_at: int) -> str | None:
    """Two runs that begin with the same disk, that of a process that crashed half way, end with the same rows: a real
    crash leaves nothing but the disk, and these two must not know more."""
    crashed = run(fetch_all, Disk(), world.rows, crash_at).disk
    one, other = (difference(run(fetch_all, crashed, world.rows).disk, world.rows) for _ in range(2))
    if other and not one:
        return ("A process crashed, and its disk was copied. A run on the disk ended well, but then one on the copy "
                f"did not: {other}. What does it remember that is neither in its rows nor in its checkpoint?")
    return None


@fetch_all.demands("loses no tie", points=1)
def _(fetch_all: Answer, world: Depot, second: Run) -> str | None:
    wrong = difference(second.disk, world.all_rows)
    if wrong:
        return (f"New and changed deliveries came, one with the very updated_at of the last row before. After a "
                f"second run, {wrong}.")
    wrong = difference(run(fetch_all, Disk(), world.tied).disk, world.tied)
    return wrong and f"With {2 * PAGE + 5} deliveries of one updated_at, more than two pages of them, {wrong}."


@fetch_all.demands("misses nothing that moves", points=1)
def _(fetch_all: Answer, world: Depot) -> str | None:
    wrong = difference(run(fetch_all, Disk(), world.rows, changes=world.moving).disk, world.moved)
    return wrong and (f"While it was fetching, two deliveries of the first page changed, so that all others moved up "
                      f"and those two came again, behind them. After that run, {wrong}. A page number counts from "
                      "where rows were, and of a delivery that comes twice the last version counts.")


def crash_points(steps: list[str]) -> list[int]:
    """At which steps (from 1) to crash: all of them, or if they are many, 40 spread over the run and the first, the
    second and the last of each name.

    >>> crash_points(["before api.get", "before state.save", "after state.save"])
    [1, 2, 3]
    """
    places = {name: [number for number, step in enumerate(steps, 1) if step == name] for name in steps}
    named = {number for numbers in places.values() for number in (*numbers[:2], numbers[-1])}
    return sorted(named | set(np.linspace(1, len(steps), 40).astype(int).tolist()))


@fetch_all.demands("survives a crash", points=2)
def _(fetch_all: Answer, world: Depot, first: Run) -> str | None:
    if len(first.steps) < 2 * len(world.rows) // PAGE:
        return "It did not use api and state enough to store the deliveries."
    for crash_at in crash_points(first.steps):
        crashed = run(fetch_all, Disk(), world.rows, crash_at)
        again = run(fetch_all, crashed.disk, world.rows, crash_at // 2 + 1)
        wrong = difference(run(fetch_all, again.disk, world.rows).disk, world.rows)
        if wrong:
            return f"The process crashed {crashed.steps[-1]}; after reruns, {wrong}.{_why(crashed.steps)}"
    return None


def _why(steps: list[str]) -> str:
    """What a crash at the last of these steps shows about the order of writing and saving."""
    saved_first = steps.count("after state.save") > steps.count("after state.write")
    return " The checkpoint was saved before the rows that it stands for were written." * saved_first
