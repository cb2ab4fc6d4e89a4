"""Shadow traffic: another model scores the rows of requests too, and its scores are compared, not given.

It can't hurt an answer: rows are handed over to a thread, without waiting. What fails, hangs or is too slow there is
counted, and nothing more.
"""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.serving.refusals import ScoreError
from dataml_lab.serving.scorer import Row, Score, scored

LETTERS, REASONS = 200, 100  # of a reason, and reasons, that are kept


class Compared(NamedTuple):
    """A row, its answer, the shadow's score, and the milliseconds a row that the model and its shadow took."""

    row: Row
    answer: float
    shadow: float
    answer_ms: float
    shadow_ms: float


class Comparison(NamedTuple):
    """How a shadow's scores differ from the answers.

    Of the rows that were answered: those that the shadow scored, failed on, didn't get because too many waited, and has
    to score still. Of the rows scored last: the mean and the greatest difference of the two scores, without its sign;
    the shares of the answers and of the shadow's scores that are at least the threshold, and the share of rows in which
    only one of them is; the 99th percentiles of the milliseconds for a row. NaN where no row was scored.
    """

    answered: int
    scored: int
    failed: int
    dropped: int
    waiting: int
    mean: float
    most: float
    above: float
    shadow_above: float
    differ: float
    answer_ms: float
    shadow_ms: float

    def __str__(self) -> str:
        return (f"{self.answered:,} rows were answered; the shadow scored {self.scored:,} of them, failed on "
                f"{self.failed:,}, was too slow for {self.dropped:,}, and has {self.waiting:,} to score. "
                f"The scores differ by {self.mean:.3g} in the mean and {self.most:.3g} at most; {self.differ:.2%} of "
                f"the decisions differ ({self.above:.2%} and {self.shadow_above:.2%} are at least the threshold).")


class Shadow:
    """Answers by one scoring function, and lets another one score the same rows in a thread.

    It is itself such a function: a number for each row of a list. It returns what `answer` does, and raises what that
    raises; then there is nothing to compare.

    In a thread the shadow shares the processor with the answers. Where its work is too much, `share` lessens it, or
    `shadow` asks a process of its own.

    Parameters
    ----------
    answer, shadow : a number for each row of a list, such as `Model.score`
    threshold : from which on a score leads to another decision
    share : of the calls whose rows the shadow gets, spread evenly
    most : rows that may wait
    kept : comparisons that are kept, of the last rows

    >>> shadow = Shadow(lambda rows: [row["x"] for row in rows], lambda rows: [2 * row["x"] for row in rows])
    >>> shadow([{"x": 0.1}]), shadow([{"x": 0.3}])
    ([0.1], [0.3])
    >>> shadow.settle(60), shadow.comparison.scored, shadow.comparison.differ
    (True, 2, 0.5)
    """

    def __init__(self, answer: Score, shadow: Score, threshold: float = 0.5, share: float = 1.0, most: int = 1_000,
                 kept: int = 10_000) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"share={share!r}, where a number from 0 to 1 is needed")
        self._answer, self._shadow, self.threshold, self.share, self.most = answer, shadow, threshold, share, most
        self._calls, self._counts, self.reasons = 0, Counter(), Counter()
        self._queue: deque[Handed] = deque()
        self._last: deque[Compared] = deque(maxlen=kept)
        self._closed, self._changed = False, threading.Condition()
        threading.Thread(target=self._work, name="shadow", daemon=True).start()

    def __call__(self, rows: list[Row]) -> Sequence[float]:
        """What `answer` returns or raises."""
        copies = self._copied(rows)
        begun = time.perf_counter()
        found = self._answer(rows)
        if copies:
            self._hand_over(copies, found, time.perf_counter() - begun)
        return found

    @property
    def comparison(self) -> Comparison:
        """What was counted so far, and how the scores that are kept differ."""
        with self._changed:
            counts, last = self._counts.copy(), list(self._last)
        told = [counts[name] for name in ("answered", "scored", "failed", "dropped", "waiting")]
        return Comparison(*told, *differences(last, self.threshold))

    def frame(self) -> pd.DataFrame:
        """The rows that are kept, those with the greatest difference first: their fields, `answer` and `shadow`."""
        with self._changed:
            last = list(self._last)
        rows = [{**one.row, "answer": one.answer, "shadow": one.shadow} for one in last]
        table = pd.DataFrame(rows, columns=None if rows else ["answer", "shadow"])
        far = (table["answer"] - table["shadow"]).abs()
        return table.loc[far.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)

    def settle(self, seconds: float) -> bool:
        """Waits until no row waits, for so many seconds at most; whether none does."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._counts["waiting"], seconds)

    def close(self) -> None:
        """The shadow gets no more rows, and those that wait are dropped; answers go on. It waits for nothing."""
        with self._changed:
            self._closed, waiting = True, sum(len(handed.rows) for handed in self._queue)
            self._queue.clear()
            self._counts.update(dropped=waiting, waiting=-waiting)
            self._changed.notify_all()

    def _copied(self, rows: list[Row]) -> list[Row]:
        """Copies of the rows, as others may change them; none for a call that isn't of the share."""
        with self._changed:
            self._calls += 1
            taken = math.floor(self._calls * self.share) > math.floor((self._calls - 1) * self.share)
        try:
            return [dict(row) for row in rows] if taken and not self._closed else []
        except Exception:  # these are no rows, which is for `answer` to say
            return []

    def _hand_over(self, rows: list[Row], answers: Sequence[float], seconds: float) -> None:
        """Lets the rows wait for the shadow, or drops them where too many do. Answers that are no numbers, one for each
        row, have nothing to be compared with."""
        try:
            numbers = [float(answer) for _, answer in zip(rows, answers, strict=True)]
        except Exception:
            return
        with self._changed:
            room = not self._closed and self._counts["waiting"] + len(rows) <= self.most
            self._counts.update({"answered": len(rows), "waiting" if room else "dropped": len(rows)})
            if room:
                self._queue.append(Handed(rows, numbers, seconds))
                self._changed.notify_all()

    def _work(self) -> None:
        while handed := self._taken():
            begun = time.perf_counter()
            found = scored(lambda rows: self._shadow([dict(row) for row in rows]), handed.rows)
            self._compare(handed, found, time.perf_counter() - begun)

    def _taken(self) -> "Handed | None":
        """The rows that wait longest, once there are some; None if the shadow is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return self._queue.popleft() if self._queue else None

    def _compare(self, handed: "Handed", found: list[float | ScoreError], seconds: float) -> None:
        """Counts the rows, and keeps those that have two scores."""
        each = 1_000 / len(found)
        with self._changed:
            for row, answer, one in zip(handed.rows, handed.answers, found, strict=True):
                if isinstance(one, ScoreError):
                    self._counts["failed"] += 1
                    count(self.reasons, str(one)[:LETTERS])
                else:
                    self._counts["scored"] += 1
                    self._last.append(Compared(row, answer, one, handed.seconds * each, seconds * each))
            self._counts["waiting"] -= len(handed.rows)
            self._changed.notify_all()


class Handed(NamedTuple):
    """Rows with their answers, and the seconds that these took."""

    rows: list[Row]
    answers: list[float]
    seconds: float


def count(reasons: Counter, reason: str) -> None:
    """Counts a reason, or an "other" one where there are many."""
    reasons[reason if reason in reasons or len(reasons) < REASONS else "other"] += 1


def differences(last: list[Compared], threshold: float) -> list[float]:
    """The fields of a `Comparison` from `mean` on."""
    if not last:
        return [math.nan] * len(Comparison._fields[5:])
    answer, shadow, answer_ms, shadow_ms = np.array([one[1:] for one in last], float).T
    far, above, shadow_above = np.abs(answer - shadow), answer >= threshold, shadow >= threshold
    found = [far.mean(), far.max(), above.mean(), shadow_above.mean(), (above != shadow_above).mean(),
             np.percentile(answer_ms, 99), np.percentile(shadow_ms, 99)]
    return [float(one) for one in found]
