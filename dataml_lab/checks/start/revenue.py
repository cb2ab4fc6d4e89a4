"""The first exercise: the revenue of a list of orders."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.replies import Replies, by_id, replies
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, function

HALF_A_CENT = 0.005


class Mixed(NamedTuple):
    """A list with cancelled orders in between; its completed orders alone; and these after another completed one, that
    is worth more than all of them."""

    orders: list[dict]
    completed: list[dict]
    more: list[dict]


@dataclass
class Orders:
    """Lists of completed orders, an empty one among them; lists with cancelled ones; and the seed of the order in which
    all of them are asked."""

    completed: list[list[dict]]
    mixed: list[Mixed]
    order: int = 0
    oracle: Callable | None = None
    replies: Replies | None = None


def orders(seed: int) -> Orders:
    """Lists of one order, of several, of equal totals, of none; and three that begin and end with a cancelled order."""
    random = np.random.default_rng(seed)

    def placed(statuses: list[str]) -> list[dict]:
        first, totals = int(random.integers(1, 9_000)), random.integers(1, 300, len(statuses))
        return [{"order_id": first + number, "status": status, "total": float(total) - 0.01}
                for number, (status, total) in enumerate(zip(statuses, totals, strict=True))]

    several = placed(["completed"] * int(random.integers(4, 9)))
    equal = [{**order, "total": several[0]["total"]} for order in placed(["completed"] * 3)]
    between = (random.permutation(["completed"] * 4 + ["cancelled"] * 2).tolist() for _ in range(3))
    mixed = [with_more(placed(["cancelled", *statuses, "cancelled"])) for statuses in between]
    return Orders([placed(["completed"]), several, equal, []], mixed, seed)


def with_more(orders: list[dict]) -> Mixed:
    """A list of orders with the lists that are made of it."""
    completed = list(filter(is_completed, orders))
    more = {"order_id": orders[-1]["order_id"] + 1, "status": "completed", "total": round(total(completed) + 1, 2)}
    return Mixed(orders, completed, [more, *completed])


def is_completed(order: dict) -> bool:
    """Whether an order counts as revenue."""
    return order["status"] == "completed"


def total(orders: Iterable[dict]) -> float:
    """The sum of the totals of these orders (EUR), whatever their status."""
    return math.fsum(order["total"] for order in orders)


revenue = Exercise("revenue", orders, function("revenue"))


def amount(revenue: Answer, orders: list[dict]) -> float:
    """The amount that the answer finds; Failed, with a sentence, where it finds no number."""
    found = revenue(orders)
    number = _number(found)
    if not math.isfinite(number):
        what = f"{shown(found, 42)}, a text" if isinstance(found, str) else f"a value of type {type(found).__name__}"
        hint = " Does it end in `return`?" if found is None else ""
        raise Failed(f"revenue returned {what}, where a finite number of euros was expected.{hint}")
    return number


def _number(found: object) -> float:
    """The number that an answer found as a float; not a number for anything else."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return math.nan
    try:
        return float(found)
    except (OverflowError, ValueError):  # an int of a thousand digits, a signalling NaN
        return math.nan


def replied(revenue: Answer, world: Orders) -> Replies:
    """The amounts that the answer finds in all lists of the world."""
    return replies(world, revenue, partial(amount, revenue),
                   lambda: by_id(*world.completed, *(orders for mixed in world.mixed for orders in mixed)), world.order)


def close(one: float, other: float) -> bool:
    """Whether two amounts (EUR) differ by less than half a cent."""
    return abs(one - other) < HALF_A_CENT


@revenue.demands("adds up what was completed", points=1)
def _adds_up(revenue: Answer, world: Orders) -> str | None:
    amounts = replied(revenue, world)
    for orders in [*world.completed, *(mixed.completed for mixed in world.mixed)]:
        found = amounts[id(orders)]
        if not close(found, total(orders)):
            totals = " + ".join(f"{order['total']:.2f}" for order in orders) or "no orders at all"
            return f"Completed orders of {totals} EUR came to {found:.2f}, where {total(orders):.2f} was expected."
    return None


@revenue.demands("leaves out what was cancelled", points=1)
def _leaves_out(revenue: Answer, world: Orders) -> str | None:
    amounts = replied(revenue, world)
    for orders, completed, more in world.mixed:
        found, without = amounts[id(orders)], amounts[id(completed)]
        if not close(found, without):
            cancelled = [order for order in orders if not is_completed(order)]
            return (f"{len(orders)} orders, {len(cancelled)} of them cancelled (worth {total(cancelled):.2f} EUR), "
                    f"came to {found:.2f}; without the cancelled ones the same orders came to {without:.2f}.")
        if close(without, amounts[id(more)]):
            return (f"It finds {without:.2f} EUR in {len(completed)} completed orders, and no more with another one of "
                    f"{more[0]['total']:.2f} EUR before them.")
    return None
