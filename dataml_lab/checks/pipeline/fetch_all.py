"""A pull that stores each delivery once, whatever crashes, and what shows that it does."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.depot import (
    IN_A_ROW,
    PAGE,
    TROUBLES,
    Depot,
    Disk,
    Row,
    Run,
    depot,
    difference,
    is_single,
    run_once,
)
from dataml_lab.runtime.answers import Answer, Failed, OutOfTime, function
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.shown import shown

AGAIN = PAGE * 3 // 2  # deliveries fetched again after a crash: a page, and for a look back some before the checkpoint


def run(fetch_all: Answer, disk: Disk, rows: list[Row], crash_at: int | None = None, when: str = "",
        **events: Mapping[int, Any]) -> Run:
    """A run of the answer on a copy of this disk, against an API with these rows and events, to its end or its crash.
    Where it fails otherwise, `when` begins the sentence."""
    try:
        return run_once(fetch_all, disk, rows, crash_at, **events)
    except Stopped as stopped:
        raise Failed(f"{when}{stopped}") from None
    except Failed as failure:
        clock = " The API's clock moves only in `api.wait`." if isinstance(failure, OutOfTime) else ""
        words = str(failure).partition("\n")[0]  # without the call: `api` and `state` have no name in the notebook
        raise (Failed if when else type(failure))(f"{when}{words}{clock}") from None


fetch_all = Exercise("fetch_all", depot, function("fetch_all"))


@fetch_all.scene
def first(fetch_all: Answer, world: Depot) -> Run:
    """A run undisturbed by anything."""
    return run(fetch_all, Disk(), world.rows)


@fetch_all.scene
def second(fetch_all: Answer, world: Depot, first: Run) -> Run:
    """The next run, after deliveries were added and changed."""
    return run(fetch_all, first.disk, world.all_rows)


@fetch_all.demands("stores every row", points=1, call="""\
run = world.run(fetch_all)
print(f"{len(run.disk.rows)} rows stored, {len(world.rows)} served: {run.wrong or 'as they should be'}")""")
def _(first: Run, world: Depot) -> str | None:
    if first.api.asked and first.api.asked[0] is not None:
        since = shown(first.api.asked[0])
        return (f"In a new world, where no checkpoint was saved, its first request was since={since}: does it remember "
                "something outside of `state`?")
    wrong = difference(first.disk, world.rows)
    return wrong and f"After one undisturbed run, {wrong}."


@fetch_all.demands("accepts an empty page", points=1, call="""\
run = world.run(fetch_all, rows=[])
print("stored after an empty page:", run.disk.rows)
print("wrong after the next run:", world.run(fetch_all, after=run).wrong)""")
def _(fetch_all: Answer, world: Depot) -> str | None:
    disk = run(fetch_all, Disk(), [], when="With no deliveries at all, the first page is empty, and ").disk
    if disk.rows:
        return "With no deliveries at all, something was stored."
    wrong = difference(run(fetch_all, disk, world.rows).disk, world.rows)
    return wrong and f"A run that found nothing, then deliveries, then a second run: {wrong}."


@fetch_all.demands("waits and tries again", points=1, call="""\
run = world.run(fetch_all, troubles=world.troubles)
print("asked too soon after:", run.api.hurried)
print("wrong:", run.wrong)""")
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


@fetch_all.demands("continues where it stopped", points=1, call="""\
first = world.run(fetch_all)
second = world.run(fetch_all, rows=world.all_rows, after=first)
print("fetched again, unchanged, in the second run:", second.again(first), "asked since:", second.api.asked)
for crash_at in [number for number, step in enumerate(first.steps, 1) if step == "before state.save"]:
    crashed = world.run(fetch_all, crash_at=crash_at)
    print("after a crash before a checkpoint:", world.run(fetch_all, after=crashed).again(crashed))""")
def _(fetch_all: Answer, world: Depot, first: Run, second: Run) -> str | None:
    newest = world.all_rows[-len(world.later) + 1:]
    stored = [row.get("delivery_id") for row in second.disk.rows.values() if isinstance(row, dict)]
    if {row["delivery_id"] for row in newest} - set(filter(is_single, stored)):
        return "New deliveries came after the first run, and the second run did not store them."
    again = second.again(first)
    if again > PAGE:
        return (f"The second run fetched {again} deliveries again that the first had stored, unchanged. Begin at the "
                "checkpoint.")
    for crash_at in [*before_saves(first.steps), len(first.steps) - 1]:
        crashed = run(fetch_all, Disk(), world.rows, crash_at)
        again = run(fetch_all, crashed.disk, world.rows).again(crashed)
        if again > AGAIN:
            return (f"The process crashed {crashed.steps[-1]}, and the next run fetched {again} deliveries again, more "
                    "than a page. Save a checkpoint after each page.")
    return _from_the_disk_alone(fetch_all, world, len(first.steps) // 2)


def before_saves(steps: list[str]) -> list[int]:
    """The steps (from 1) just before a checkpoint is saved, when most is stored that no checkpoint stands for; if they
    are many, some that are spread over the run.

    >>> before_saves(["before api.get", "before state.save", "after state.save"])
    [2]
    """
    found = [number for number, step in enumerate(steps, 1) if step == "before state.save"]
    return found[::len(found) // 8 + 1]


def _from_the_disk_alone(fetch_all: Answer, world: Depot, crash_at: int) -> str | None:
    """Two runs that begin with the same disk, that of a process that crashed half way, end with the same rows: a real
    crash leaves nothing but the disk, and these two must not know more."""
    crashed = run(fetch_all, Disk(), world.rows, crash_at).disk
    one, other = (difference(run(fetch_all, crashed, world.rows).disk, world.rows) for _ in range(2))
    if other and not one:
        return ("A process crashed, and its disk was copied. A run on the disk ended well, but then one on the copy "
                f"did not: {other}. What does it remember that is neither in its rows nor in its checkpoint?")
    return None


@fetch_all.demands("loses no tie", points=1, call="""\
second = world.run(fetch_all, rows=world.all_rows, after=world.run(fetch_all))
print("wrong after the second run:", second.wrong)
print("wrong with a tie of more than two pages:", world.run(fetch_all, rows=world.tied).wrong)""")
def _(fetch_all: Answer, world: Depot, second: Run) -> str | None:
    wrong = difference(second.disk, world.all_rows)
    if wrong:
        return (f"New and changed deliveries came, one with the very updated_at of the last row before. After a "
                f"second run, {wrong}.")
    wrong = difference(run(fetch_all, Disk(), world.tied).disk, world.tied)
    return wrong and f"With {2 * PAGE + 5} deliveries of one updated_at, more than two pages of them, {wrong}."


@fetch_all.demands("misses nothing that moves", points=2, call="""\
run = world.run(fetch_all, changes=world.moving)
print("asked since:", run.api.asked)
print("wrong:", run.wrong)""")
def _(fetch_all: Answer, world: Depot) -> str | None:
    wrong = difference(run(fetch_all, Disk(), world.rows, changes=world.moving).disk, world.moved)
    why = next((why for words, why in MOVED.items() if wrong and words in wrong), "")
    return wrong and (f"While it was fetching, two deliveries of the first page changed, so that all others moved up "
                      f"and those two came again, behind them. After that run, {wrong}.{why}")


MOVED = {  # by words of what is wrong: why it is
    "as it was served last": " Of a delivery that comes twice the last version counts.",
    "not stored": f" Page 2 skips the first {PAGE} rows that match `since` now. When two rows leave page 1, two of "
                  "page 2 move up to page 1, and a page number that counts on never shows them.",
}


def crash_points(steps: list[str]) -> list[int]:
    """At which steps (from 1) to crash: all of them, or if they are many, 40 spread over the run and the first, the
    second and the last of each name.

    >>> crash_points(["before api.get", "before state.save", "after state.save"])
    [1, 2, 3]
    """
    places = {name: [number for number, step in enumerate(steps, 1) if step == name] for name in steps}
    named = {number for numbers in places.values() for number in (*numbers[:2], numbers[-1])}
    return sorted(named | set(np.linspace(1, len(steps), 40).astype(int).tolist()))


@fetch_all.demands("survives a crash", points=2, call="""\
for crash_at in range(1, len(world.run(fetch_all).steps) + 1):
    crashed = world.run(fetch_all, crash_at=crash_at)
    again = world.run(fetch_all, after=crashed, crash_at=crash_at // 2 + 1)
    if wrong := world.run(fetch_all, after=again).wrong:
        print(f"crash {crashed.steps[-1]} (step {crash_at}), then a second crash and a rerun: {wrong}")""")
def _(fetch_all: Answer, world: Depot, first: Run) -> str | None:
    if len(first.steps) < 2 * len(world.rows) // PAGE:
        return "This can't be judged yet: first, a run without a crash has to store every delivery."
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
