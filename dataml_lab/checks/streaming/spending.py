"""Exercise 1: spending per customer in windows of five minutes, told as soon as it may be and never twice."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.shown import shown
from dataml_lab.checks.streaming.orders import (
    PATIENCE,
    SECOND,
    WINDOW,
    Line,
    Order,
    Orders,
    Told,
    batch,
    orders,
    too_late,
    window_of,
)
from dataml_lab.runtime.answers import Failed, Made, Maker, class_

CENT = 0.006  # sums of floats, in any order
ENDLESS = 1e12  # EUR that nobody spends

spending = Exercise("spending", orders, class_("Spending"))


class Telling(NamedTuple):
    """A window that was told: whose, which, how much, and after how many orders of the stream (None: at its end)."""

    user_id: int
    start: datetime
    total: float
    after: int | None


def tellings(made: Made, stream: list[Order], end: bool = True) -> list[Telling]:
    """What an answer tells of a stream, in its order, and at its end."""
    found = [telling for number, order in enumerate(stream, 1) for telling in heard(made, number, "take", order)]
    return found + (heard(made, None, "finish") if end else [])


def heard(made: Made, after: int | None, method: str, *order: Order) -> list[Telling]:
    """What one call tells; `Failed` where that is no list of windows."""
    result = made(method, *order)
    if not isinstance(result, list | tuple | set):
        raise Failed(f"Spending.{method} returned {shown(result)}, where a list of windows was expected; where none is "
                     "complete, an empty list.")
    return [telling(method, window, after) for window in result]


def telling(method: str, window: object, after: int | None) -> Telling:
    """A window as it was told; `Failed` where it is no (user_id, start, total)."""
    if isinstance(window, list | tuple) and len(window) == 3:
        user, start, total = window
        moment = in_utc(start)
        amount = isinstance(total, int | float) and not isinstance(total, bool) and abs(total) < ENDLESS
        if moment and amount and isinstance(user, int):
            return Telling(user, moment, float(total), after)
    raise Failed(f"Spending.{method} told of {shown(window, 120)}, where a window is (user_id, start, total): a whole "
                 "number, a datetime in UTC and EUR.")


def in_utc(start: object) -> datetime | None:
    """A moment in UTC; None where it is no moment, or doesn't say in which time zone."""
    try:
        aware = isinstance(start, datetime) and start.utcoffset() is not None
        return start.astimezone(UTC) if aware else None
    except OverflowError:  # a moment at the very end of the calendar
        return None


def sums(found: list[Telling]) -> Told:
    """By customer and window what was told of it last."""
    return {(telling.user_id, telling.start): telling.total for telling in found}


def same(total: float, other: float) -> bool:
    """Whether two sums of EUR are the same but for the order in which they were added up."""
    return math.isclose(total, other, abs_tol=CENT)


def unlike(found: Told, expected: Told) -> str | None:
    """A window of which something else was told than expected, in words."""
    return next((words for _, words in differences(found, expected)), None)


def differences(found: Told, expected: Told) -> Iterator[tuple[int, str]]:
    """Each customer and window of which something else was told than expected, as the customer's number and in words;
    first those that are no windows at all."""
    keys = expected.keys() | found.keys()
    for user, start in sorted(keys, key=lambda key: (window_of(key[1]) == key[1], key)):
        told, right = found.get((user, start)), expected.get((user, start))
        if told is None:
            yield user, f"nothing was told of {window(start)} of customer {user}, which comes to {right:.2f} EUR"
        elif window_of(start) != start:
            yield user, f"a window from {clock(start)} was told of customer {user}, which is no full five minutes"
        elif right is None:
            yield user, f"{told:.2f} EUR were told of {window(start)} of customer {user}, in which nothing counts"
        elif not same(told, right):
            yield user, f"{told:.2f} EUR were told of {window(start)} of customer {user}, which comes to {right:.2f}"


def twice(found: list[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """For each window that was told again, what was told of it first and then."""
    first: dict[tuple, Telling] = {}
    for telling in found:
        if telling[:2] in first:
            yield first[telling[:2]], telling
        first.setdefault(telling[:2], telling)


def window(start: datetime) -> str:
    """A window in words."""
    return f"the window from {clock(start)}"


def clock(moment: datetime) -> str:
    """A time of day, to the microsecond where it is no full second."""
    return f"{moment:%H:%M:%S.%f}".removesuffix(".000000")


@spending.demands("keeps customers apart", points=1)
def _keeps_customers_apart(spending: Maker, world: Orders) -> str | None:
    stream = world.story(Line(20), Line(40, who=1), Line(60), Line(80, who=2), Line(100, who=1))
    wrong = unlike(sums(tellings(spending(), stream)), batch(stream))
    return wrong and f"Three customers ordered within one window, and {wrong}."


@spending.demands("counts only what was completed", points=1)
def _counts_only_completed(spending: Maker, world: Orders) -> str | None:
    stream = world.story(Line(20), Line(40, status="cancelled"), Line(60), Line(80, who=1, status="cancelled"))
    wrong = unlike(sums(tellings(spending(), stream)), batch(stream))
    return wrong and f"Some orders of a window were cancelled, and {wrong}."


@spending.demands("goes by when an order occurred", points=1)
def _goes_by_when_it_occurred(spending: Maker, world: Orders) -> str | None:
    stream = world.story(Line(250), Line(330, who=1), Line(270, delay=90))
    wrong = unlike(sums(tellings(spending(), stream)), batch(stream))
    return wrong and f"An order of the last minute of a window was received a minute after its end, and {wrong}."


@spending.demands("begins a window at each full five minutes", points=1)
def _begins_windows_at_full_minutes(spending: Maker, world: Orders) -> str | None:
    stream = world.story(Line(130), Line(299.999999), Line(300), Line(599.999999), Line(600), Line(640))
    wrong = unlike(sums(tellings(spending(), stream)), batch(stream))
    return wrong and (f"Orders occurred a microsecond before the end of a window and exactly at it, and {wrong}. The "
                      "moment at which a window ends is in the next one.")


@spending.demands("waits two minutes for what comes late", points=1)
def _waits_for_late_orders(spending: Maker, world: Orders) -> str | None:
    stream = world.story(Line(200), Line(310), Line(299, delay=60), Line(405), Line(290, delay=118),
                         Line(419.999999, delay=0, who=1), Line(300, delay=120), Line(299.999999, delay=121))
    found = tellings(spending(), stream)
    early = next((told for told in found if told.start == world.start and told.after), None)
    if early:
        behind = (stream[early.after - 1]["occurred_at"] - world.start - WINDOW) / SECOND
        return (f"{window(early.start).capitalize()} was told with an order that occurred {behind:.9g} s after its "
                "end: until one has occurred 120 s after it, orders of this window may still come.")
    wrong = unlike(sums(found), batch(stream))
    return wrong and f"Orders of a window came up to two minutes behind the newest one, and {wrong}."


@spending.demands("tells a window as soon as no more may come", points=1)
def _tells_as_soon_as_it_may(spending: Maker, world: Orders) -> str | None:
    stories = {"The next order": [Line(20), Line(200, who=1), Line(500, who=2)],
               "An order": [Line(20), Line(200, who=1), Line(420, who=2)],
               "A cancelled order": [Line(20), Line(200, who=1), Line(420, who=2, status="cancelled")],
               "A day later, the next order": [Line(20), Line(200, who=1), Line(86_430)]}
    for what, lines in stories.items():
        stream = world.story(*lines)
        in_time = sums(tellings(spending(), stream, end=False))
        complete = {key: total for key, total in batch(stream).items() if key[1] == world.start}
        user, wrong = next(differences(in_time, complete), (None, None))
        if wrong:
            occurred = stream[-1]["occurred_at"]
            whose = "" if user == stream[-1]["user_id"] else " (of another customer)"
            return (f"{what}{whose} occurred at {occurred:%H:%M:%S}, two minutes or more after the end of the window "
                    f"from {world.start:%H:%M:%S}: no order that comes now can count in it. When that order had been "
                    f"taken, {wrong}.")
    return None


@spending.demands("tells each window once", points=1)
def _tells_each_window_once(spending: Maker, world: Orders) -> str | None:
    late = world.story(Line(20), Line(430), Line(40, delay=400), Line(1_000, who=1), Line(1_010), Line(1_500))
    for stream in (late, world.stream):
        found = tellings(spending(), stream)
        for first, again in twice(found):
            when = f"after order {again.after} of the stream" if again.after else "at the end"
            return (f"{window(again.start).capitalize()} of customer {again.user_id} was told twice, the second time "
                    f"{when}{_amounts(first, again)}.")
        if not found:
            return f"Of a stream of {len(stream)} orders no window was told."
    return None


def _amounts(first: Telling, again: Telling) -> str:
    """What is amiss with the amounts of a window that was told twice."""
    if same(first.total, again.total):
        return ": whoever adds up what you tell counts it twice"
    return (f", once with {first.total:.2f} and once with {again.total:.2f} EUR: a window is told once, when it is "
            "complete")


@spending.demands("puts aside what comes too late", points=1)
def _puts_aside_what_is_too_late(spending: Maker, world: Orders) -> str | None:
    barely = world.story(Line(20), Line(100, who=1), Line(421, delay=0), Line(301, delay=120), Line(300.999, delay=121),
                         Line(200, who=1, delay=300), Line(600, who=2, delay=200))
    for stream in (barely, world.stream):
        made = spending()
        tellings(made, stream)
        wrong = amiss(made("late"), stream)
        if wrong:
            return wrong
    return None


def amiss(late: object, stream: list[Order]) -> str | None:
    """How the ids of orders put aside differ from those of the orders that came too late."""
    if not isinstance(late, list | tuple | set) or not all(isinstance(number, int) for number in late):
        raise Failed(f"Spending.late returned {shown(late)}, where a list of order ids was expected.")
    expected = {order["order_id"] for order in too_late(stream)}
    lost, wrong = expected - set(late), set(late) - expected
    if lost or wrong:
        number = min(lost or wrong)
        told = "is not among those put aside" if lost else "is among those put aside"
        behind = next((lag(*pair) for pair in with_newest(stream) if pair[0]["order_id"] == number), None)
        if behind is None:
            return f"{shown(number)} {told}, and no order has that id."
        return f"{behind}, and {told}: too late is what occurred more than {PATIENCE / SECOND:g} s before it."
    return "An order is put aside twice." if len(late) > len(expected) else None


def with_newest(stream: list[Order]) -> Iterator[tuple[Order, Order]]:
    """Each order, and the newest one taken by then."""
    newest = stream[0]
    for order in stream:
        newest = max(newest, order, key=lambda order: order["occurred_at"])
        yield order, newest


def lag(order: Order, newest: Order) -> str:
    """How long before the newest one an order occurred, in words."""
    behind = (newest["occurred_at"] - order["occurred_at"]) / SECOND
    cancelled = ", which was cancelled," if order["status"] == "cancelled" else ""
    whose = "" if order["user_id"] == newest["user_id"] else ", one of another customer"
    return (f"Order {order['order_id']}{cancelled} occurred {behind:.9g} s before the newest order that had been taken"
            f"{whose}")


@spending.demands("comes to what a batch job finds", points=1)
def _comes_to_what_a_batch_job_finds(spending: Maker, world: Orders) -> str | None:
    if tellings(spending(), []):
        return "Of a stream without any order, something was told."
    late = {order["order_id"] for order in too_late(world.stream)}
    in_time = [order for order in world.stream if order["order_id"] not in late]
    found = tellings(spending(), world.stream)
    wrong = unlike(sums(found), batch(in_time)) or _told_unequal(found)
    if wrong:
        return (f"A stream of {len(world.stream)} orders in two hours, {len(late)} of them too late, was compared with "
                f"a batch job over the others: {wrong}.")
    return _unlike_the_oracle(spending, world)


def _told_unequal(found: list[Telling]) -> str | None:
    """A window that was told again with another sum, in words."""
    return next((f"{window(again.start)} of customer {again.user_id} was told with {first.total:.2f} EUR, and again "
                 f"with {again.total:.2f}"
                 for first, again in twice(found) if not same(first.total, again.total)), None)


def _unlike_the_oracle(spending: Maker, world: Orders) -> str | None:
    """The first order after which answer and oracle tell different windows. It is looked for where no property names a
    mistake."""
    if world.oracle is None or any(named(spending, world) for named in NAMED):
        return None
    made, stream = spending(), world.stream[:120]
    for number, expected in enumerate(world.oracle(stream), 1):
        method, order = ("take", stream[number - 1:number]) if number <= len(stream) else ("finish", [])
        found = sums(heard(made, number, method, *order))
        wrong = unlike(found, {(user, start): total for user, start, total in expected})
        if wrong:
            return f"A stream was compared with a slow and obvious processor. After order {number}, {wrong}."
    return None


NAMED = [prop.broken for prop in spending.properties[:-1]]
