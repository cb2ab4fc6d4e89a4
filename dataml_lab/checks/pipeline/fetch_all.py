"""Exercise 1: a pull that stores each delivery once, whatever crashes, and what shows that it does."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.depot import (
    PAGE,
    Api,
    Depot,
    Disk,
    Row,
    State,
    depot,
    newest_versions,
)
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, OutOfTime, function
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.process import Crash, Process


def run(fetch_all: Answer, disk: Disk, rows: list[Row], crash_at: int | None = None,
        **events: Mapping[int, Row]) -> tuple[Process, Api]:
    """One run of the answer on this disk, against an API with these rows and events, to its end or its crash."""
    process = Process(crash_at)
    api = Api(rows, process, **events)
    try:
        fetch_all(api, State(disk, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    except OutOfTime as stopped:
        raise OutOfTime(f"{stopped} The API's clock moves only in `api.wait`.") from None
    return process, api


def amiss(disk: Disk, rows: list[Row]) -> str | None:
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


@fetch_all.demands("stores every row", points=1)
def _stores_every_row(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    _, api = run(fetch, disk, world.rows)
    if api.asked and api.asked[0] is not None:
        since = shown(api.asked[0])
        return (f"In a new world, where no checkpoint was saved, its first request was since={since}: does it remember "
                "something outside of `state`?")
    wrong = amiss(disk, world.rows)
    return wrong and f"After one undisturbed run, {wrong}."


@fetch_all.demands("accepts an empty page", points=1)
def _accepts_an_empty_page(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    try:
        run(fetch, disk, [])
    except Failed as failure:
        return f"With no deliveries at all, the first page is empty, and {failure}"
    if disk.rows:
        return "With no deliveries at all, something was stored."
    run(fetch, disk, world.rows)
    wrong = amiss(disk, world.rows)
    return wrong and f"A run that found nothing, then deliveries, then a second run: {wrong}."


TROUBLES = {1: {"status": 500}, 3: {"status": 429, "retry_after": 7}, 5: {"status": 500}, 6: {"status": 500},
            8: {"status": 429, "retry_after": 30}}


@fetch_all.demands("waits and tries again", points=1)
def _waits_and_tries_again(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    try:
        _, api = run(fetch, disk, world.rows, troubles=TROUBLES)
    except Failed as failure:
        return f"With a 500 or a 429 now and then, {failure}"
    wrong = amiss(disk, world.rows)
    if wrong:
        return f"With a 500 or a 429 now and then, {wrong}. A page that failed must be asked for again."
    if api.hurried:
        wait = "the seconds that `retry_after` names" if api.hurried[0] == 429 else "a second"
        return f"After a {api.hurried[0]} it asked again too soon: first let `api.wait` pass {wait}."
    return None


@fetch_all.demands("continues where it stopped", points=1)
def _continues_where_it_stopped(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    run(fetch, disk, world.rows)
    _, api = run(fetch, disk, world.all_rows)
    newest = world.all_rows[-len(world.later) + 1:]
    stored = [row.get("delivery_id") for row in disk.rows.values() if isinstance(row, dict)]
    if {row["delivery_id"] for row in newest} - set(filter(is_single, stored)):
        return "New deliveries came after the first run, and the second run did not store them."
    pages = math.ceil((len(world.later) + 2) / PAGE) + 2
    if api.requests > pages:
        return (f"The second run asked {api.requests} times where {pages} would do: it fetched again what an earlier "
                "run had stored. Begin at the checkpoint.")
    return _continues_after_a_crash(fetch, world)


def _continues_after_a_crash(fetch: Answer, world: Depot) -> str | None:
    """A crash on the last page costs that page, not all."""
    whole, _ = run(fetch, Disk(), world.rows)
    disk = Disk()
    run(fetch, disk, world.rows, crash_at=len(whole.steps) - 1)
    _, api = run(fetch, disk, world.rows)
    if api.requests > 4:
        return (f"After a crash on the last page the next run asked {api.requests} times, as if nothing had been "
                "stored. Save a checkpoint after each page.")
    return _continues_from_the_disk_alone(fetch, world, len(whole.steps) // 2)


def _continues_from_the_disk_alone(fetch: Answer, world: Depot, crash_at: int) -> str | None:
    """Two runs that begin with the same disk, that of a process that crashed half way, end with the same rows: a real
    crash leaves nothing but the disk, and these two must not know more."""
    disk = Disk()
    run(fetch, disk, world.rows, crash_at)
    twin = disk.twin()
    for one in (disk, twin):
        run(fetch, one, world.rows)
    wrong = amiss(twin, world.rows)
    if wrong and not amiss(disk, world.rows):
        return ("A process crashed, and its disk was copied. A run on the disk ended well, but then one on the copy "
                f"did not: {wrong}. What does it remember that is neither in its rows nor in its checkpoint?")
    return None


@fetch_all.demands("loses no tie", points=1)
def _loses_no_tie(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    run(fetch, disk, world.rows)
    run(fetch, disk, world.all_rows)
    wrong = amiss(disk, world.all_rows)
    if wrong:
        return (f"New and changed deliveries came, one with the very updated_at of the last row before. After a "
                f"second run, {wrong}.")
    disk = Disk()
    run(fetch, disk, world.tied)
    wrong = amiss(disk, world.tied)
    return wrong and f"With {2 * PAGE + 5} deliveries of one updated_at, more than two pages of them, {wrong}."


@fetch_all.demands("misses nothing that moves", points=1)
def _misses_nothing_that_moves(fetch: Answer, world: Depot) -> str | None:
    disk, latest = Disk(), world.later[-1]["updated_at"]
    changes = {number: {**world.rows[number], "status": "returned", "updated_at": latest} for number in (2, 4)}
    run(fetch, disk, world.rows, changes=changes)
    served = newest_versions([*world.rows, *changes.values()])
    run(fetch, disk, served)
    wrong = amiss(disk, served)
    return wrong and (f"While it was fetching, two deliveries of the first page changed and moved to the end, so that "
                      f"all others moved up. After a second run, {wrong}. A page number counts from where rows were; "
                      "the newest updated_at stays where it is.")


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
def _survives_a_crash(fetch: Answer, world: Depot) -> str | None:
    whole, _ = run(fetch, Disk(), world.rows)
    if len(whole.steps) < 2 * len(world.rows) // PAGE:
        return "It did not use api and state enough to store the deliveries."
    for crash_at in crash_points(whole.steps):
        disk = Disk()
        crashed, _ = run(fetch, disk, world.rows, crash_at)
        run(fetch, disk, world.rows, crash_at=crash_at // 2 + 1)
        run(fetch, disk, world.rows)
        wrong = amiss(disk, world.rows)
        if wrong:
            return f"The process crashed {crashed.steps[-1]}; after reruns, {wrong}.{_why(crashed.steps)}"
    return None


def _why(steps: list[str]) -> str:
    """What a crash at the last of these steps shows about the order of writing and saving."""
    done = [step for step in steps if step in ("after state.write", "after state.save")]
    if steps[-1] == "after state.write":
        return ""
    if done.count("after state.save") > done.count("after state.write"):
        return " The checkpoint was saved before the rows that it stands for were written."
    return ""
