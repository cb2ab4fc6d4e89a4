"""A model in a thread of its own, which scores together the rows that came while it was busy."""

import asyncio
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from dataml_lab.serving.refusals import Busy, ScoreError

Row = Mapping[str, Any]
Score = Callable[[list[Row]], Sequence[float]]  # a number for each row, such as `Model.score`


class Closed(Exception):
    """The scorer takes no more rows."""


class Waiting(NamedTuple):
    """A row, and where its score is awaited."""

    row: Row
    future: asyncio.Future


class Scorer:
    """Scores rows by a function of a list of rows, in a thread.

    Rows that come while the function works wait, and are scored together by its next call: many models take for twenty
    rows little more time than for one. Where a call fails, its rows are scored one by one, so that one that can't be
    scored harms no other.

    Parameters
    ----------
    score : a number for each row of a list
    most : rows that may wait
    """

    def __init__(self, score: Score, most: int = 1_000) -> None:
        self._score, self._most = score, most
        self._rows: list[Waiting] = []
        self._closed, self._changed = False, threading.Condition()
        threading.Thread(target=self._work, name="scorer", daemon=True).start()

    def submit(self, row: Row) -> asyncio.Future:
        """Where the row's score will be; to be called in an event loop. Raises Busy or Closed; the future raises
        ScoreError."""
        waiting = Waiting(row, asyncio.get_running_loop().create_future())
        with self._changed:
            if self._closed:
                raise Closed
            if len(self._rows) >= self._most:
                raise Busy(f"the queue is full, of {self._most:,}: come again")
            self._rows.append(waiting)
            self._changed.notify()
        return waiting.future

    def close(self) -> None:
        """Takes no more rows, and ends once those that wait are scored; it doesn't wait for that."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _work(self) -> None:
        while batch := self._taken():
            rows = [waiting for waiting in batch if not waiting.future.cancelled()]
            found = scored(self._score, [waiting.row for waiting in rows])
            if rows:
                with suppress(RuntimeError):  # the event loop has ended, and nobody waits
                    rows[0].future.get_loop().call_soon_threadsafe(settle, rows, found)

    def _taken(self) -> list[Waiting]:
        """All that wait, once there are some; none if it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._rows or self._closed)
            taken, self._rows = self._rows, []
        return taken


def scored(score: Score, rows: list[Row]) -> list[float | ScoreError]:
    """A number or an error for each row.

    >>> scored(lambda rows: [1 / row["x"] for row in rows], [{"x": 2}, {"x": 0}])
    [0.5, ScoreError('ZeroDivisionError: division by zero')]
    """
    try:
        found = [float(one) for one in score(rows)] if rows else []
        if len(found) != len(rows):
            raise ValueError(f"{len(found)} scores came for {len(rows)} rows")
        return [one if math.isfinite(one) else ScoreError(f"the score is {one}") for one in found]
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # such as SystemExit too, which would end the thread
        if len(rows) == 1:
            return [ScoreError(f"{type(error).__name__}: {error}")]
        return [one for row in rows for one in scored(score, [row])]


def settle(rows: list[Waiting], found: list[float | ScoreError]) -> None:
    """Hands each awaited score over, but for those that nobody awaits any longer."""
    for (_, future), one in zip(rows, found, strict=True):
        if future.done():
            continue
        if isinstance(one, ScoreError):
            future.set_exception(one)
        else:
            future.set_result(one)
