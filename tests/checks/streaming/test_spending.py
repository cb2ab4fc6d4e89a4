"""Exercise 1: which property catches which mistake, and what the sentences say."""

import runpy
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.streaming.spending import heard, spending
from dataml_lab.runtime.answers import Failed, Made

ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "02_batch_and_stream" / "oracle.py"))["ORACLES"]
PATIENCE, WINDOW = timedelta(minutes=2), timedelta(minutes=5)


class Right:
    """A right answer in small steps, each of which a mistake can replace."""

    def __init__(self):
        self.totals, self.aside, self.newest = {}, [], datetime(2000, 1, 1, tzinfo=UTC)

    def take(self, order):
        self.newest = self.time_after(order)
        if self.is_late(order):
            self.aside.append(order["order_id"])
        elif self.counts(order):
            window = self.key(order)
            self.totals[window] = self.totals.get(window, 0) + order["total"]
        return self.told([window for window in self.totals if self.complete(window[1])])

    def time_after(self, order):
        return max(self.newest, order["occurred_at"])

    def is_late(self, order):
        return order["occurred_at"] < self.newest - PATIENCE

    def counts(self, order):
        return order["status"] == "completed"

    def key(self, order):
        return order["user_id"], self.window(order["occurred_at"])

    def window(self, moment):
        return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)

    def complete(self, start):
        return start + WINDOW + PATIENCE <= self.newest

    def told(self, windows):
        return [(*window, self.totals.pop(window)) for window in windows]

    def finish(self):
        return self.told(list(self.totals))

    def late(self):
        return self.aside


KEEPS, COMPLETED, OCCURRED, BEGINS, WAITS, SOON, ONCE, ASIDE, BATCH = [prop.name for prop in spending.properties]


class OneCustomer(Right):
    def key(self, order):
        self.first = getattr(self, "first", order["user_id"])
        return self.first, self.window(order["occurred_at"])


class Cancelled(Right):
    def counts(self, order):
        return True


class ByReceived(Right):
    def key(self, order):
        return order["user_id"], self.window(order["received_at"])


class Minutes(Right):
    """Windows that begin with the customer's first order, to the minute."""

    def window(self, moment):
        self.begins = getattr(self, "begins", moment.replace(second=0, microsecond=0))
        return self.begins + (moment - self.begins) // WINDOW * WINDOW


class EndInside(Right):
    def window(self, moment):
        return super().window(moment - timedelta(microseconds=1))


class NoPatience(Right):
    def complete(self, start):
        return start + WINDOW <= self.newest


class Hasty(Right):
    """Tells a second too early, at which nothing was left to come in most streams."""

    def complete(self, start):
        return start + WINDOW + PATIENCE - timedelta(seconds=1) <= self.newest


class Strict(Right):
    def complete(self, start):
        return start + WINDOW + PATIENCE < self.newest


class OnlyAtTheEnd(Right):
    def complete(self, start):
        return False


class CompletedMoveTime(Right):
    def take(self, order):
        return super().take(order) if self.counts(order) or order["occurred_at"] < self.newest - PATIENCE else []


class OneWindowATime(Right):
    """Tells the window just passed when an order moves time by a window, and forgets what lies before."""

    def complete(self, start):
        return start + WINDOW + PATIENCE <= self.newest < start + 3 * WINDOW


class Running(Right):
    """Tells a complete window, and the same again whenever something is told."""

    def told(self, windows):
        return [(*window, self.totals[window]) for window in windows]


class LateTold(Right):
    """Tells a window once more for what comes too late."""

    def take(self, order):
        late = order["occurred_at"] < self.newest - PATIENCE
        return super().take(order) + ([(*self.key(order), order["total"])] if late and self.counts(order) else [])


class ToldAgainAtTheEnd(Right):
    def __init__(self):
        super().__init__()
        self.all = []

    def take(self, order):
        self.all += (told := super().take(order))
        return told

    def finish(self):
        return self.all + super().finish()


class TwoMinutesAreLate(Right):
    def is_late(self, order):
        return order["occurred_at"] <= self.newest - PATIENCE


class LateByReceived(Right):
    def is_late(self, order):
        return order["received_at"] - order["occurred_at"] > PATIENCE


class TimeByReceived(Right):
    def time_after(self, order):
        return order["received_at"]


class LastIsNewest(Right):
    def time_after(self, order):
        return order["occurred_at"]


class NothingAside(Right):
    def late(self):
        return []


class OnlyCompletedAside(Right):
    def take(self, order):
        told = super().take(order)
        if order["status"] != "completed" and order["order_id"] in self.aside:
            self.aside.remove(order["order_id"])
        return told


class AsideTwice(Right):
    def late(self):
        return self.aside * 2


class AsideIfClosed(Right):
    """Puts aside only what belongs to a window that was told."""

    def is_late(self, order):
        return self.complete(self.window(order["occurred_at"]))


class LateCounts(Right):
    def take(self, order):
        told = super().take(order)
        if order["order_id"] in self.aside and self.counts(order):
            key = self.key(order)
            self.totals[key] = self.totals.get(key, 0) + order["total"]
        return told


class Rounded(Right):
    def told(self, windows):
        return [(user, start, round(total)) for user, start, total in super().told(windows)]


KEPT = {}


class ByModule(Right):
    """Keeps its totals in a global, so that they outlive the object."""

    def __init__(self):
        super().__init__()
        self.totals = KEPT


class Forgetful(Right):
    """Counts no more than a hundred orders."""

    seen = 0

    def counts(self, order):
        self.seen += 1
        return self.seen <= 100 and super().counts(order)


class NoEndWithoutOrders(Right):
    def finish(self):
        return super().finish() if self.newest.year > 2000 else self.nothing


class Cumulated(Right):
    """Tells, whenever an order of a window has come, what the window comes to by now."""

    def take(self, order):
        super().take(order)
        late = order["occurred_at"] < self.newest - PATIENCE
        return [] if late or not self.counts(order) else self.told([self.key(order)])

    def told(self, windows):
        return [(*window, self.totals[window]) for window in windows]


class Clocks(Right):
    """Has a clock for each customer."""

    def __init__(self):
        super().__init__()
        self.clocks, self.who = {}, None

    def take(self, order):
        self.who = order["user_id"]
        self.newest = self.clocks.get(order["user_id"], datetime(2000, 1, 1, tzinfo=UTC))
        told = super().take(order)
        self.clocks[self.who], self.who = self.newest, None
        return told

    def told(self, windows):
        return super().told([window for window in windows if self.who in (window[0], None)])


class KeepsMicroseconds(Right):
    def window(self, moment):
        return moment.replace(minute=moment.minute // 5 * 5, second=0)


class Sleepy(Right):
    """Comes to the right sums, but tells nothing between the fiftieth order and the end."""

    taken = 0

    def complete(self, start):
        return super().complete(start) and self.taken < 50

    def take(self, order):
        self.taken += 1
        return super().take(order)


def failing(answer, seeds=(1,), oracle=None):
    verdict = spending.judge({"Spending": answer}, seeds, oracle)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


@pytest.mark.parametrize("seed", range(12))
def test_a_right_answer_has_every_property(seed):
    assert failing(Right, [seed]) == {}


MISTAKES = {
    OneCustomer: {KEEPS, OCCURRED, WAITS, SOON}, Cancelled: {COMPLETED}, ByReceived: {OCCURRED, BEGINS, WAITS},
    Minutes: {OCCURRED, BEGINS, WAITS}, EndInside: {BEGINS, WAITS}, NoPatience: {OCCURRED, WAITS, ONCE},
    Hasty: {WAITS}, Strict: {SOON}, OnlyAtTheEnd: {SOON}, CompletedMoveTime: {SOON}, OneWindowATime: {SOON},
    Running: {ONCE}, LateTold: {ONCE}, ToldAgainAtTheEnd: {ONCE}, LateCounts: {ONCE}, TwoMinutesAreLate: {WAITS, ASIDE},
    LateByReceived: {WAITS, ASIDE}, TimeByReceived: {WAITS, ASIDE}, LastIsNewest: {ONCE, ASIDE}, NothingAside: {ASIDE},
    OnlyCompletedAside: {ASIDE}, AsideTwice: {ASIDE}, AsideIfClosed: {ASIDE}, ByModule: {SOON}, Forgetful: {BATCH},
    NoEndWithoutOrders: {BATCH}, Rounded: {KEEPS, COMPLETED, OCCURRED, BEGINS, WAITS, SOON},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_property_that_names_it(mistake):
    """What a mistake does to a stream as a whole depends on the stream; the other properties are told stories."""
    assert failing(mistake).keys() | {BATCH} == MISTAKES[mistake] | {BATCH}
    if MISTAKES[mistake] == {BATCH}:
        assert failing(mistake).keys() == {BATCH}


def test_who_tells_nothing_tells_nothing_once():
    class Silent(Right):
        def told(self, windows):
            return []

    assert failing(Silent).keys() == {KEEPS, COMPLETED, OCCURRED, BEGINS, WAITS, SOON, ONCE, BATCH}


def test_only_the_oracle_knows_when_each_window_of_a_long_stream_is_to_be_told():
    oracle = ORACLE["spending"]
    assert failing(Right, [1, 2, 3], oracle) == {} == failing(Sleepy)
    assert "After order" in failing(Sleepy, [1], oracle)[BATCH]


@pytest.mark.parametrize(("mistake", "name", "part"), [
    (Hasty, WAITS, "occurred 119.999999 s after its end"),
    (TwoMinutesAreLate, ASIDE, "Order 5003 occurred 120 s before the newest order"),
    (LateByReceived, ASIDE, "Order 5006 occurred 0 s before the newest order"),
    (NothingAside, ASIDE, "Order 5004 occurred 120.001 s before"),
    (CompletedMoveTime, SOON, "A cancelled order (of another customer) occurred at "),
    (OneWindowATime, SOON, "A day later, the next order"),
    (AsideTwice, ASIDE, "put aside twice"), (ToldAgainAtTheEnd, ONCE, "the second time at the end"),
    (NoEndWithoutOrders, BATCH, "Spending.finish raised AttributeError"),
])
def test_sentences_tell_the_moment(mistake, name, part):
    assert part in failing(mistake)[name]


@pytest.mark.parametrize(("mistake", "name", "part"), [
    (Clocks, SOON, " (of another customer) occurred at "),
    (Clocks, ASIDE, "Order 5005 occurred 221 s before the newest order that had been taken, one of another customer"),
    (KeepsMicroseconds, BEGINS, ".999999 was told of customer"),
    (KeepsMicroseconds, BEGINS, "which is no full five minutes"),
    (NoPatience, ONCE, ", once with "),
    (NoPatience, ONCE, " EUR: a window is told once"), (Cumulated, BATCH, " EUR, and again with "),
    (Running, ONCE, "whoever adds up what you tell counts it twice"),
])
def test_sentences_tell_whose_clock_which_start_and_what_was_told_twice(mistake, name, part):
    assert part in failing(mistake)[name]


def test_where_the_newest_order_is_of_the_same_customer_no_other_is_spoken_of():
    assert "another customer" not in failing(NothingAside)[ASIDE]


def test_an_order_that_was_cancelled_is_said_to_be():
    assert all(", which was cancelled, occurred " in failing(OnlyCompletedAside, [seed])[ASIDE] for seed in (1, 2, 3))


def test_what_is_cut_ends_with_an_ellipsis():
    with pytest.raises(Failed, match=r"1, 1, 1…, where a window is"):
        told([[1] * 1_000])


def test_a_verdict_is_the_same_twice():
    assert failing(LastIsNewest) == failing(LastIsNewest) and failing(ByModule).keys() == failing(ByModule).keys()


# what passes for windows and ids


class Tells:
    def __init__(self, result):
        self.result = result

    def finish(self):
        return self.result


def told(result):
    return heard(Made("Spending", Tells(result)), None, "finish")


NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("result", [
    [(7, NOON, 2.5)], ((7, NOON, 2.5),), {(7, NOON, 2.5)}, [[np.int64(7), pd.Timestamp(NOON), np.float64(2.5)]],
    [(7, NOON.astimezone(timezone(timedelta(hours=5))), 2.5)],
], ids=["list", "tuple", "set", "numpy", "zone"])
def test_windows_may_be_written_in_many_ways(result):
    assert told(result) == [(7, NOON, 2.5, None)] and told(result)[0].start.tzinfo is UTC


@pytest.mark.parametrize("window", [
    (7, NOON.replace(tzinfo=None), 2.5), (7, np.datetime64("2025-03-01"), 2.5), (7, "12:00", 2.5), (7, NOON, "2.50"),
    (7, NOON, float("nan")), (7, NOON, float("inf")), (7, NOON, None), (7, NOON, True),
    ("7", NOON, 2.5), (None, NOON, 2.5), (7, NOON), 7,
    (7, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), 2.5),
])
def test_what_is_no_window_is_told(window):
    with pytest.raises(Failed, match=r"told of .*, where a window is \(user_id, start, total\)"):
        told([window])


@pytest.mark.parametrize("result", [None, 3, "none", {7: 2.5}, np.array([1])])
def test_what_is_no_list_is_told(result):
    with pytest.raises(Failed, match=r"returned .*, where a list of windows was expected"):
        told(result)
