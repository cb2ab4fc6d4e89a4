"""Exercise 1: a pull that stores each delivery once, whatever crashes, and what shows that it does."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from dataml_lab.checks.answers import Answer, Failed, Handle, OutOfTime, Stopped, answer, plain
from dataml_lab.checks.exercise import Exercise

Row = dict[str, Any]
PAGE = 20  # rows a page


@dataclass
class Depot:
    """The deliveries that an API serves at first, and those that are new or changed later.

    Rows are in order of (updated_at, delivery_id); a tie of updated_at crosses each border of a page, and one
    of the later rows has the very updated_at of the last row before it. `tied` holds the rows and, all with the
    updated_at of one in the middle, more than two pages of others.
    """

    rows: list[Row]
    later: list[Row]
    tied: list[Row]
    oracle: Callable | None = None

    @property
    def all_rows(self) -> list[Row]:
        """The newest version of each delivery, once all that is new or changed has arrived."""
        return newest_versions(self.rows + self.later)


def depot(seed: int) -> Depot:
    """A depot of 85 to 115 deliveries, with about 30 new and 25 changed later."""
    random = np.random.default_rng(seed)
    count = int(random.integers(85, 116))
    count += count % PAGE == 0  # the last page is never full, so that it can be told from an empty one
    seconds = np.cumsum(random.integers(1, 90, count))
    for border in range(PAGE, count, PAGE):
        seconds[border] = seconds[border - 1]
    ids = [int(i) for i in random.permutation(np.arange(1_000, 1_000 + 2 * count))]
    rows = in_order(_delivery(random, ids.pop(), second) for second in seconds)
    tie = _delivery(random, ids.pop(), int(seconds[-1]))
    after = [_delivery(random, ids.pop(), int(seconds[-1]) + k) for k in range(1, int(random.integers(21, 30)))]
    changed = [{**rows[int(i)], "status": "returned", "updated_at": _moment(int(seconds[-1]) + 40 + int(i))}
               for i in random.choice(count // 2, 25, replace=False)]
    same_time = [_delivery(random, ids.pop(), int(seconds[count // 2])) for _ in range(2 * PAGE + 5)]
    return Depot(rows, in_order([tie, *after, *changed]), in_order([*rows, *same_time]))


def _delivery(random: np.random.Generator, delivery_id: int, second: int) -> Row:
    return {"delivery_id": delivery_id, "courier_id": int(random.integers(1, 30)),
            "distance_km": round(float(random.uniform(0.4, 12)), 1),
            "status": str(random.choice(["under way", "delivered"])), "updated_at": _moment(int(second))}


def _moment(second: int) -> str:
    return (datetime(2025, 3, 1, 8) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Deliveries as the API lists them."""
    return sorted(rows, key=lambda row: (row["updated_at"], row["delivery_id"]))


def newest_versions(rows: Iterable[Row]) -> list[Row]:
    """Of each delivery the row that comes last, as the API lists them."""
    return in_order({row["delivery_id"]: row for row in rows}.values())


class Crash(Stopped):
    """The process that ran the answer is gone."""


class Process:
    """One run of an answer: counts its steps, and crashes at one of them; nothing goes on after a crash."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.crash_at, self.steps = crash_at, []

    @property
    def crashed(self) -> bool:
        """Whether the crash has come."""
        return self.crash_at is not None and len(self.steps) >= self.crash_at

    def step(self, name: str) -> None:
        """Something that a crash can come just before."""
        if not self.crashed:
            self.steps.append(name)
        if self.crashed:
            raise Crash


class Disk:
    """What outlives a process: the stored rows by their keys, and the checkpoint."""

    def __init__(self) -> None:
        self.rows, self.checkpoint = {}, None


class State(Handle):
    """What `fetch_all` is given as `state`: the way of one process to the disk."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk, self._process = disk, process

    def load(self) -> Any:
        """The checkpoint that was saved last; None at first."""
        return self._disk.checkpoint

    def save(self, checkpoint: Any) -> None:
        """Keeps a checkpoint in place of the last one."""
        self._process.step("before state.save")
        self._disk.checkpoint = plain(checkpoint)
        self._process.step("after state.save")

    def write(self, rows: dict) -> None:
        """Stores rows under their keys, one after the other; under a key that exists, in place of that row."""
        if not isinstance(rows, dict):
            raise TypeError(f"state.write takes a dict of key and row, not a {type(rows).__name__}")
        self._process.step("before state.write")
        for number, (key, row) in enumerate(rows.items()):
            if number == len(rows) // 2:
                self._process.step("in the middle of state.write")
            self._disk.rows[plain(key)] = plain(row)
        self._process.step("after state.write")


class Api(Handle):
    """What `fetch_all` is given as `api`: deliveries in pages, with troubles and changes at some of its requests.

    A trouble is the status to answer with: 500, or 429 with the seconds to wait as `retry_after`. A change is a row
    that from that request on is served in place of the older version.
    """

    def __init__(self, rows: list[Row], process: Process, troubles: Mapping[int, Row] | None = None,
                 changes: Mapping[int, Row] | None = None) -> None:
        self._rows, self._process = rows, process
        self._troubles, self._changes = troubles or {}, changes or {}
        self._limit = 20 + 6 * len(rows) // PAGE + 3 * len(self._troubles)
        self.asked, self.hurried = [], []
        self._clock, self._not_before, self._last = 0.0, 0.0, {}

    @property
    def requests(self) -> int:
        """How many there were."""
        return len(self.asked)

    def get(self, since: str | None = None, page: int = 1) -> Row:
        """A page of the deliveries with updated_at of `since` or later."""
        if not (since is None or isinstance(since, str)) or not isinstance(page, int) or page < 1:
            raise TypeError("api.get takes since: an updated_at as text or None, and page: a number from 1")
        self._process.step("before api.get")
        self.asked.append(since)
        if self.requests > self._limit:
            raise Stopped(self._never_done())
        if self.requests in self._changes:
            self._rows = newest_versions([*self._rows, self._changes[self.requests]])
        return self._trouble() or self._page(since, page)

    def _trouble(self) -> Row | None:
        if self._clock < self._not_before:
            self.hurried.append(self._last["status"])
            return dict(self._last)
        trouble = self._troubles.get(self.requests)
        if trouble:
            self._not_before = self._clock + trouble.get("retry_after", 1)
            self._last = {**trouble, "rows": []}
            return dict(self._last)
        return None

    def _never_done(self) -> str:
        if len(self.hurried) > self._limit / 3:
            return "fetch_all asked again and again at once after a refusal: let `api.wait` pass some time first."
        return (f"fetch_all asked the API {self._limit} times and was not done, for {len(self._rows)} deliveries in "
                f"pages of {PAGE}: when does its loop end?")

    def _page(self, since: str | None, page: int) -> Row:
        rows = [row for row in self._rows if since is None or row["updated_at"] >= since]
        return {"status": 200, "rows": [dict(row) for row in rows[(page - 1) * PAGE:page * PAGE]]}

    def wait(self, seconds: float) -> None:
        """Lets the API's clock run on; nobody really waits."""
        if seconds < 0:
            raise ValueError("api.wait takes seconds from 0 on")
        self._clock += seconds


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
    stored = [row for row in disk.rows.values() if isinstance(row, dict)]
    times = Counter(row.get("delivery_id") for row in stored)
    by_id = {row.get("delivery_id"): row for row in stored}
    twice = [i for i, count in times.items() if count > 1]
    if twice:
        return (f"delivery {twice[0]} is stored {times[twice[0]]} times: write a row under a key that is the same "
                "whenever that delivery comes, and different for every other")
    lost = [row for row in rows if row["delivery_id"] not in by_id]
    if lost:
        verb = "is" if len(lost) == 1 else "are"
        return f"{len(lost)} of the {len(rows)} deliveries served {verb} not stored{_tie(lost, stored)}"
    wrong = [row for row in rows if by_id[row["delivery_id"]] != row]
    if wrong:
        return f"delivery {wrong[0]['delivery_id']} is not stored as it was served last"
    if len(disk.rows) != len(rows):
        return f"{len(disk.rows)} rows are stored where {len(rows)} deliveries were served"
    return None


def _tie(lost: list[Row], stored: list[Row]) -> str:
    times = {row.get("updated_at") for row in stored}
    if all(row["updated_at"] in times for row in lost):
        return "; each of those shares its updated_at with another that is, and they are two deliveries"
    return ""


fetch_all = Exercise("fetch_all", depot, lambda names: answer(names, "fetch_all"))


@fetch_all.demands("stores every row", points=1)
def _stores_every_row(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    _, api = run(fetch, disk, world.rows)
    if api.asked and api.asked[0] is not None:
        return (f"In a new world, where no checkpoint was saved, its first request was since={api.asked[0]!r}: does it "
                "remember something outside of `state`?")
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
    newest = {row["delivery_id"] for row in world.all_rows[-len(world.later) + 1:]}
    if newest - {row.get("delivery_id") for row in disk.rows.values()}:
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
