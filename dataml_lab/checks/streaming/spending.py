"""Exercise 1: spending per customer in windows of five minutes, reported as soon as possible and never twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.streaming.orders import PATIENCE, SECOND, WINDOW, Line, Order, Orders, batch, orders, too_late
from dataml_lab.checks.streaming.results import (
    Report,
    Result,
    clock,
    differences,
    place,
    reported,
    same,
    sums,
    twice,
    unlike,
)
from dataml_lab.runtime.answers import Failed, Maker, class_
from dataml_lab.runtime.shown import shown

COMPARED = 120  # orders of the stream after which oracle and answer are compared
HOUR = timedelta(hours=1)

spending = Exercise("spending", orders, class_("Spending"))


@spending.scene
def of_stream(spending: Maker, world: Orders) -> Report:
    """What the answer reports of the stream of two hours."""
    return reported(spending, world.stream)


def of_story(spending: Maker, world: Orders, *lines: Line) -> tuple[list[Result], str | None]:
    """What an answer reports of a story that an order ends an hour later; and in words the first window, but for that
    order's own, for which a batch job finds something else."""
    stream, end = world.story(*lines, Line(3_700)), world.start + HOUR
    found = [result for result in reported(spending, stream).results if result.start < end]
    return found, unlike(sums(found), batch(stream[:-1]))


@spending.demands("keeps customers apart", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    lines = Line(20), Line(40, who=1), Line(60), Line(80, who=2), Line(100, who=1)
    _, wrong = of_story(spending, world, *lines)
    return wrong and f"Three customers ordered within one window, and {wrong}."


@spending.demands("counts only what was completed", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    lines = Line(20), Line(40, status="cancelled"), Line(60), Line(80, who=1, status="cancelled")
    _, wrong = of_story(spending, world, *lines)
    return wrong and f"Some orders of a window were cancelled, and {wrong}."


@spending.demands("goes by when an order occurred", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    _, wrong = of_story(spending, world, Line(250), Line(330, who=1), Line(270, delay=90))
    return wrong and f"An order of the last minute of a window was received a minute after its end, and {wrong}."


@spending.demands("begins a window at each full five minutes", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    lines = Line(130), Line(299.999999), Line(300), Line(599.999999), Line(600), Line(640)
    _, wrong = of_story(spending, world, *lines)
    return wrong and (f"Orders occurred a microsecond before the end of a window and exactly at it, and {wrong}. The "
                      "moment at which a window ends is in the next one.")


@spending.demands("waits two minutes for what comes late", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    lines = [Line(200), Line(310), Line(299, delay=60), Line(405), Line(290, delay=118),
             Line(419.999999, delay=0, who=1), Line(300, delay=120), Line(299.999999, delay=121)]
    found, wrong = of_story(spending, world, *lines)
    for early in found:
        if early.start == world.start and early.after and early.after <= len(lines):
            behind = lines[early.after - 1].at - WINDOW / SECOND
            return (f"The window from {clock(early.start)} was reported with an order that occurred {behind:.9g} s "
                    "after its end: until one has occurred 120 s after it, orders of this window may still come.")
    return wrong and f"Orders of a window came up to two minutes behind the newest one, and {wrong}."


@spending.demands("tells a window as soon as no more may come", points=1)
def _(spending: Maker, world: Orders) -> str | None:
    stories = {"The next order": [Line(20), Line(200, who=1), Line(500, who=2)],
               "An order": [Line(20), Line(200, who=1), Line(420, who=2)],
               "A cancelled order": [Line(20), Line(200, who=1), Line(420, who=2, status="cancelled")],
               "A day later, the next order": [Line(20), Line(200, who=1), Line(86_430)]}
    for what, lines in stories.items():
        stream = world.story(*lines)
        in_time = sums(reported(spending, stream, end=False).results)
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
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    late = world.story(Line(20), Line(430), Line(40, delay=400), Line(1_000, who=1), Line(1_010), Line(1_500))
    for found in (reported(spending, late).results, of_stream.results):
        for first, again in twice(found):
            when = f"after order {again.after} of the stream" if again.after else "at the end"
            return (f"The window from {clock(again.start)} was reported twice for customer {again.user_id}, the second "
                    f"time {when}{amounts(first, again)}.")
        if not found:
            return "Of a whole stream of orders no window was reported."
    return None


def amounts(first: Result, again: Result) -> str:
    """What is wrong with the amounts of a window that was reported twice."""
    if same(first.total, again.total):
        return ": a sum of all that you report counts it twice"
    return (f", once with {first.total:.2f} and once with {again.total:.2f} EUR: a window is reported once, when it is "
            "complete")


@spending.demands("puts aside what comes too late", points=1)
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    barely = world.story(Line(20), Line(100, who=1), Line(421, delay=0), Line(301, delay=120), Line(300.999, delay=121),
                         Line(200, who=1, delay=300), Line(600, who=2, delay=200))
    return amiss(reported(spending, barely).made("late"), barely) or amiss(of_stream.made("late"), world.stream)


def amiss(late: object, stream: list[Order]) -> str | None:
    """How the ids of orders put aside differ from those of the orders that came too late."""
    if not isinstance(late, list | tuple | set) or not all(isinstance(number, int) for number in late):
        raise Failed(f"Spending.late returned {shown(late)}, where a list of order ids was expected.")
    expected = {order["order_id"] for order in too_late(stream)}
    lost, wrong = expected - set(late), set(late) - expected
    if lost or wrong:
        number = min(lost or wrong)
        words = "is not among those put aside" if lost else "is among those put aside"
        behind = next((lag(*pair) for pair in with_newest(stream) if pair[0]["order_id"] == number), None)
        if behind is None:
            return f"{shown(number)} {words}, and no order has that id."
        return f"{behind}, and {words}: too late is what occurred more than {PATIENCE / SECOND:g} s before it."
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
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    if reported(spending, []).results:
        return "Of a stream without any order, a window was reported."
    late = {order["order_id"] for order in too_late(world.stream)}
    in_time = [order for order in world.stream if order["order_id"] not in late]
    wrong = unlike(sums(of_stream.results), batch(in_time)) or unequal(of_stream.results)
    return wrong and (f"A stream of {len(world.stream)} orders in two hours, {len(late)} of them too late, was "
                      f"compared with a batch job over the others: {wrong}.")


def unequal(found: list[Result]) -> str | None:
    """A window that was reported again with another sum, in words."""
    return next((f"{first.total:.2f} EUR were reported {place(*again[:2])}, and again {again.total:.2f}"
                 for first, again in twice(found) if not same(first.total, again.total)), None)


@spending.compares
def _(of_stream: Report, world: Orders, oracle: Callable) -> str | None:
    """The first order after which answer and oracle report different windows."""
    for number, expected in enumerate(oracle(world.stream[:COMPARED])[:COMPARED], 1):
        found = sums([result for result in of_stream.results if result.after == number])
        wrong = unlike(found, {(user, start): total for user, start, total in expected})
        if wrong:
            return f"A stream was compared with a slow and obvious processor. After order {number}, {wrong}."
    return None
