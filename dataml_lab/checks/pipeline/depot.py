"""The depot of exercise 1: its deliveries, and its API as a process meets it that may crash."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np

from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.process import Process

Row = dict[str, Any]
PAGE = 20  # rows a page


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
