"""Exercise `spending`: per customer in windows of five minutes, reported as soon as possible and never twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.streaming.orders import PATIENCE, SECOND, STORIES, WINDOW, Order, Orders, batch, orders, too_late
from dataml_lab.checks.streaming.results import (
    Report,
    Result,
    clock,
    differences,
    first_difference,
    place,
    reported,
    same,
    sums,
    twice,
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


def of_story(spending: Maker, world: Orders, name: str) -> tuple[list[Result], str | None]:
    """What an answer reports of a story that an order ends an hour later; and in words the first window, but for that
    order's own, for which a batch job finds something else."""
    stream, end = world.told(name), world.start + HOUR
    found = [result for result in reported(spending, stream).results if result.start < end]
    return found, first_difference(sums(found), batch(stream[:-1]))


def shows(*stories: str) -> str:
    """Code that shows what is reported after each order of these stories."""
    return f"""\
for name in {stories!r}:
    made = Spending()
    print(name)
    for order in world.told(name):
        print(order["occurred_at"].time(), order["user_id"], order["status"], order["total"], made.take(order))
    print("at the end:", made.finish(), "too late:", made.late())"""


@spending.demands("keeps customers apart", points=1, call=shows("customers"))
def _(spending: Maker, world: Orders) -> str | None:
    _, wrong = of_story(spending, world, "customers")
    return wrong and f"Three customers ordered within one window, and {wrong}."


@spending.demands("counts only what was completed", points=1, call=shows("cancelled"))
def _(spending: Maker, world: Orders) -> str | None:
    _, wrong = of_story(spending, world, "cancelled")
    return wrong and f"Some orders of a window were cancelled, and {wrong}."


@spending.demands("goes by when an order occurred", points=1, call=shows("minute late"))
def _(spending: Maker, world: Orders) -> str | None:
    _, wrong = of_story(spending, world, "minute late")
    return wrong and f"An order of the last minute of a window was received a minute after its end, and {wrong}."


@spending.demands("begins a window at each full five minutes", points=1, call=shows("edges"))
def _(spending: Maker, world: Orders) -> str | None:
    _, wrong = of_story(spending, world, "edges")
    return wrong and (f"Orders occurred a microsecond before the end of a window and exactly at it, and {wrong}. The "
                      "moment at which a window ends is in the next one.")


@spending.demands("waits two minutes for what comes late", points=1, call=shows("two minutes"))
def _(spending: Maker, world: Orders) -> str | None:
    found, wrong = of_story(spending, world, "two minutes")
    *lines, _ = STORIES["two minutes"]
    for early in found:
        if early.start == world.start and early.after and early.after <= len(lines):
            behind = lines[early.after - 1].at - WINDOW / SECOND
            return (f"The window from {clock(early.start)} was reported with an order that occurred {behind:.9g} s "
                    "after its end: until one has occurred 120 s after it, orders of this window may still come.")
    return wrong and f"Orders of a window came up to two minutes behind the newest one, and {wrong}."


SOON = {"next order": "The next order", "exactly two minutes": "An order", "cancelled order": "A cancelled order",
        "next day": "A day later, the next order"}


@spending.demands("reports a window as soon as it is complete", points=1, call=shows(*SOON))
def _(spending: Maker, world: Orders) -> str | None:
    for name, what in SOON.items():
        stream = world.told(name)
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


TWICE = """\
for orders in (world.told("late again"), world.stream):
    made = Spending()
    found = [window for order in orders for window in made.take(order)] + list(made.finish())
    print("reported twice:", [w for w in found if sum(w[:2] == other[:2] for other in found) > 1], "of", len(found))"""


@spending.demands("reports each window once", points=1, call=TWICE)
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    for found in (reported(spending, world.told("late again")).results, of_stream.results):
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


ASIDE = """\
for orders in (world.told("barely late"), world.stream):
    made = Spending()
    for order in orders:
        made.take(order)
    print("put aside:", sorted(made.late()), "too late:", sorted(world.late(orders)))"""


@spending.demands("puts aside what comes too late", points=1, call=ASIDE)
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    barely = world.told("barely late")
    return fault(reported(spending, barely).made("late"), barely) or fault(of_stream.made("late"), world.stream)


def fault(late: object, stream: list[Order]) -> str | None:
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


BATCH = """\
print("of no orders:", Spending().finish())
made = Spending()
found = [window for order in world.stream for window in made.take(order)] + list(made.finish())
sums = {(user, start): total for user, start, total in found}
for window, total in world.expected.items():
    if abs(sums.get(window, 0) - total) > 0.006:
        print(*window, "reported:", sums.get(window), "a batch job:", total)
print("that a batch job doesn't find:", sums.keys() - world.expected.keys())"""


@spending.demands("reports the sums that a batch job finds", points=1, call=BATCH)
def _(spending: Maker, of_stream: Report, world: Orders) -> str | None:
    if reported(spending, []).results:
        return "Of a stream without any order, a window was reported."
    wrong = first_difference(sums(of_stream.results), world.expected) or unequal(of_stream.results)
    late = len(too_late(world.stream))
    return wrong and (f"A stream of {len(world.stream)} orders in two hours, {late} of them too late, was "
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
        wrong = first_difference(found, {(user, start): total for user, start, total in expected})
        if wrong:
            return f"A stream was compared with a slow and obvious processor. After order {number}, {wrong}."
    return None
