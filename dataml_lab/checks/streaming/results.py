"""What an answer to `spending` reports, and how that differs from what a batch job finds."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from dataml_lab.checks.streaming.orders import Order, Sums, window_of
from dataml_lab.runtime.answers import Failed, Made, Maker
from dataml_lab.runtime.shown import shown

CENT = 0.006  # sums of floats, in any order
ENDLESS = 1e12  # EUR that nobody spends


class Result(NamedTuple):
    """A window as it was reported: whose, which, how much, and after how many orders of the stream (None: at its
    end)."""

    user_id: int
    start: datetime
    total: float
    after: int | None


class Report(NamedTuple):
    """What an answer reports of a stream, in its order, and the object that did."""

    made: Made
    results: list[Result]


def reported(spending: Maker, stream: list[Order], end: bool = True) -> Report:
    """What an answer reports of a stream, and at its end."""
    made = spending()
    found = [result for number, order in enumerate(stream, 1) for result in called(made, number, "take", order)]
    return Report(made, found + (called(made, None, "finish") if end else []))


def called(made: Made, after: int | None, method: str, *order: Order) -> list[Result]:
    """What one call reports; `Failed` where that is no list of windows."""
    result = made(method, *order)
    if not isinstance(result, list | tuple | set):
        raise Failed(f"Spending.{method} returned {shown(result)}, where a list of windows was expected; where none is "
                     "complete, an empty list.")
    return [read(method, window, after) for window in result]


def read(method: str, window: object, after: int | None) -> Result:
    """A window as it was reported; `Failed` where it is no (user_id, start, total)."""
    if isinstance(window, list | tuple) and len(window) == 3:
        user, start, total = window
        moment = in_utc(start)
        amount = isinstance(total, int | float) and not isinstance(total, bool) and abs(total) < ENDLESS
        if moment and amount and isinstance(user, int):
            return Result(user, moment, float(total), after)
    raise Failed(f"Spending.{method} returned {shown(window, 120)}, where a window is (user_id, start, total): a whole "
                 "number, a datetime in UTC and EUR.")


def in_utc(start: object) -> datetime | None:
    """A moment in UTC; None where it is no moment, or doesn't say in which time zone."""
    try:
        aware = isinstance(start, datetime) and start.utcoffset() is not None
        return start.astimezone(UTC) if aware else None
    except OverflowError:  # a moment at the very end of the calendar
        return None


def sums(found: list[Result]) -> Sums:
    """By customer and window the total that was reported last."""
    return {(result.user_id, result.start): result.total for result in found}


def same(total: float, other: float) -> bool:
    """Whether two sums of EUR are the same but for the order in which they were added up."""
    return math.isclose(total, other, abs_tol=CENT)


def first_difference(found: Sums, expected: Sums) -> str | None:
    """A window for which something else was reported than expected, in words."""
    return next((words for _, words in differences(found, expected)), None)


def differences(found: Sums, expected: Sums) -> Iterator[tuple[int, str]]:
    """Each customer and window for which something else was reported than expected, as the customer's number and in
    words; first those that are no windows at all."""
    keys = expected.keys() | found.keys()
    for user, start in sorted(keys, key=lambda key: (window_of(key[1]) == key[1], key)):
        total, right = found.get((user, start)), expected.get((user, start))
        if total is None:
            yield user, f"nothing was reported {place(user, start)}, where {right:.2f} EUR were spent"
        elif window_of(start) != start:
            yield user, f"a window from {clock(start)} was reported for customer {user}, which is no full five minutes"
        elif right is None:
            yield user, f"{total:.2f} EUR were reported {place(user, start)}, where nothing counts"
        elif not same(total, right):
            yield user, f"{total:.2f} EUR were reported {place(user, start)}, where {right:.2f} were spent"


def twice(found: list[Result]) -> Iterator[tuple[Result, Result]]:
    """For each window that was reported again, its first result and the other."""
    first: dict[tuple, Result] = {}
    for result in found:
        if result[:2] in first:
            yield first[result[:2]], result
        first.setdefault(result[:2], result)


def place(user: int, start: datetime) -> str:
    """A customer and a window in words."""
    return f"for customer {user} in the window from {clock(start)}"


def clock(moment: datetime) -> str:
    """A time of day, to the microsecond where it is no full second."""
    return f"{moment:%H:%M:%S.%f}".removesuffix(".000000")
