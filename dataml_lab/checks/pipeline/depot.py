"""The depot that a pull reads: its deliveries, and its API as a process meets it that may crash."""

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.process import Crash, Process

Row = dict[str, Any]
PAGE = 20  # rows a page
IN_A_ROW = 8  # refusals, at most: the prompt says so
LONG = {10 + place: {"status": 429, "retry_after": 20} if place % 3 else {"status": 500} for place in range(IN_A_ROW)}
TROUBLES = {1: {"status": 500}, 3: {"status": 429, "retry_after": 7}, 5: {"status": 500}, 6: {"status": 500},
            8: {"status": 429, "retry_after": 30}, **LONG}


@dataclass(frozen=True)
class Depot:
    """The deliveries that an API serves at first, and those that are new or changed later.

    Rows are in order of (updated_at, delivery_id); a tie of updated_at crosses each border of a page, and one
    of the later rows has the very updated_at of the last row before it. `tied` holds the rows and, all with the
    updated_at of one in the middle, more than two pages of others. `moving` holds what is new or changed at some of
    the requests of a run: new ones, and two changed ones of its first page, one before and one after many of the new.
    """

    rows: list[Row]
    later: list[Row]
    tied: list[Row]
    moving: dict[int, list[Row]]

    @property
    def all_rows(self) -> list[Row]:
        """The newest version of each delivery, once all that is new or changed later has arrived."""
        return newest_versions(self.rows + self.later)

    @property
    def moved(self) -> list[Row]:
        """The newest version of each delivery, once all that moves during a run has moved."""
        return newest_versions([*self.rows, *chain(*self.moving.values())])

    @property
    def troubles(self) -> dict[int, Row]:
        """The refusals of an API that is busy or fails, by the number of the request."""
        return TROUBLES

    def run(self, fetch_all: Callable, rows: list[Row] | None = None, after: "Run | None" = None,
            crash_at: int | None = None, **events: Mapping[int, Any]) -> "Run":
        """A run of `fetch_all`, on an empty disk or on that of an earlier run, against an API with `rows`, this
        depot's unless others are given; it ends at step `crash_at`, if it has so many."""
        disk = after.disk if after else Disk()
        return run_once(fetch_all, disk, self.rows if rows is None else rows, crash_at, **events)


def depot(seed: int) -> Depot:
    """A depot of 85 to 115 deliveries, with about 30 new and 25 changed later."""
    random = np.random.default_rng(seed)
    count = int(random.integers(85, 116))
    count += count % PAGE == 0  # the last page is never full, so that it can be told from an empty one
    seconds = np.cumsum(random.integers(1, 90, count))
    for border in range(PAGE, count, PAGE):
        seconds[border] = seconds[border - 1]
    last = int(seconds[-1])
    ids = [int(i) for i in random.permutation(np.arange(1_000, 1_000 + 2 * count))]
    rows = in_order(_delivery(random, ids.pop(), second) for second in seconds)
    tie = _delivery(random, ids.pop(), last)
    after = [_delivery(random, ids.pop(), last + k) for k in range(1, int(random.integers(21, 30)))]
    changed = [_changed(rows[int(i)], last + 40 + int(i)) for i in random.choice(count // 2, 25, replace=False)]
    same_time = [_delivery(random, ids.pop(), int(seconds[count // 2])) for _ in range(2 * PAGE + 5)]
    moving = {2: [_changed(rows[2], last + 10), *after], 4: [_changed(rows[4], last + 40)]}
    return Depot(rows, in_order([tie, *after, *changed]), in_order([*rows, *same_time]), moving)


def _changed(row: Row, second: int) -> Row:
    return {**row, "status": "returned", "updated_at": _moment(second)}


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


@dataclass
class Disk:
    """What outlives a process: the stored rows by their keys, and the checkpoint."""

    rows: dict[Any, Any] = field(default_factory=dict)
    checkpoint: Any = None

    def twin(self) -> "Disk":
        """Another disk with the same on it: nobody changes a row or checkpoint, only which of them there are."""
        return Disk(dict(self.rows), self.checkpoint)


class State(Handle):
    """What `fetch_all` is given as `state`: the way of one process to the disk."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk, self._process = disk, process

    def load(self) -> Any:
        """The checkpoint that was saved last; None at first."""
        return plain(self._disk.checkpoint)

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

    A trouble is the status to answer with: 500, or 429 with the seconds to wait as `retry_after`. Changes are rows that
    are served from that request on, each in place of an older version.
    """

    def __init__(self, rows: list[Row], process: Process, troubles: Mapping[int, Row] | None = None,
                 changes: Mapping[int, list[Row]] | None = None) -> None:
        self._rows, self._process = rows, process
        self._troubles, self._changes = troubles or {}, changes or {}
        self._limit = 20 + 6 * len(rows) // PAGE + 3 * len(self._troubles)
        self.asked, self.hurried = [], []
        self.brought: set[tuple[int, str]] = set()  # the id and time of each version that a page has brought
        self._clock, self._not_before, self._last = 0.0, 0.0, {}

    @property
    def requests(self) -> int:
        """How many there were."""
        return len(self.asked)

    @property
    def rows(self) -> list[Row]:
        """The deliveries that it serves now."""
        return self._rows

    def get(self, since: str | None = None, page: int = 1) -> Row:
        """A page of the deliveries with updated_at of `since` or later."""
        if not (since is None or isinstance(since, str)) or not isinstance(page, int) or page < 1:
            raise TypeError("api.get takes since: an updated_at as text or None, and page: a number from 1")
        self._process.step("before api.get")
        self.asked.append(since)
        if self.requests > self._limit:
            raise Stopped(self._never_done())
        if self.requests in self._changes:
            self._rows = newest_versions([*self._rows, *self._changes[self.requests]])
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
        found = [dict(row) for row in rows[(page - 1) * PAGE:page * PAGE]]
        self.brought.update((row["delivery_id"], row["updated_at"]) for row in found)
        return {"status": 200, "rows": found}

    def wait(self, seconds: float) -> None:
        """Lets the API's clock run on; nobody really waits."""
        seconds = float(seconds)
        if not 0 <= seconds < math.inf:
            raise ValueError("api.wait takes seconds: a finite number from 0 on")
        self._clock += seconds


class Run(NamedTuple):
    """What a run of an answer left on the disk, its steps, and the API that it asked."""

    disk: Disk
    steps: list[str]
    api: Api

    @property
    def wrong(self) -> str | None:
        """How the stored rows differ from those that the API serves at the end; None where each is stored once."""
        return difference(self.disk, self.api.rows)

    def again(self, before: "Run") -> int:
        """How many rows of an earlier run it fetched again, unchanged; those with the time it began at don't count."""
        return sum(updated_at not in self.api.asked[:1] for _, updated_at in self.api.brought & before.api.brought)


def run_once(fetch_all: Callable, disk: Disk, rows: list[Row], crash_at: int | None = None,
             **events: Mapping[int, Any]) -> Run:
    """A run of an answer on a copy of this disk, against an API with these rows and events, to its end or its crash."""
    process, disk = Process(crash_at), disk.twin()
    api = Api(rows, process, **events)
    with contextlib.suppress(Crash):
        fetch_all(api, State(disk, process))
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
