"""The first exercise: the revenue of a list of orders."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

HALF_A_CENT = 0.005


class Mixed(NamedTuple):
    """A list with cancelled orders in between; its completed orders alone; and these after another completed one, that
    is worth more than all of them."""

    orders: list[dict]
    completed: list[dict]
    more: list[dict]


@dataclass(frozen=True)
class Orders:
    """Lists of completed orders, an empty one among them; lists with cancelled ones; and, to be asked about a second
    time, the completed ones of the first of these."""

    completed: list[list[dict]]
    mixed: list[Mixed]
    again: list[dict]
    seed: int


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
    return Orders([placed(["completed"]), several, equal, []], mixed, list(mixed[0].completed), seed)


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


@revenue.scene
def amounts(revenue: Answer, world: Orders) -> Replies:
    """The amounts that the answer finds in all lists of the world."""
    lists = [*world.completed, *(orders for mixed in world.mixed for orders in mixed), world.again]
    return Replies(partial(amount, revenue), lists, world.seed)


def close(one: float, other: float) -> bool:
    """Whether two amounts (EUR) differ by less than half a cent."""
    return abs(one - other) < HALF_A_CENT


def remembers(amounts: Replies, world: Orders) -> str | None:
    """That the same orders came to two amounts, which a function without a memory never finds; None if they didn't."""
    one, other = amounts[world.mixed[0].completed], amounts[world.again]
    return None if close(one, other) else (
        f"The same {len(world.again)} orders came to {one:.2f} EUR in one call and to {other:.2f} EUR in another: your "
        "function remembers something of the calls before. Let each call begin from 0, with a name of its own.")


@revenue.demands("adds up what was completed", points=1, call="[revenue(orders) for orders in world.completed]")
def _(amounts: Replies, world: Orders) -> str | None:
    for orders in [*world.completed, *(mixed.completed for mixed in world.mixed)]:
        found = amounts[orders]
        if not close(found, total(orders)):
            totals = " + ".join(f"{order['total']:.2f}" for order in orders) or "no orders at all"
            return remembers(amounts, world) or (
                f"Completed orders of {totals} EUR came to {found:.2f}, where {total(orders):.2f} was expected.")
    return None


@revenue.demands("leaves out what was cancelled", points=1,
                 call="[(revenue(mixed.orders), revenue(mixed.completed)) for mixed in world.mixed]")
def _(amounts: Replies, world: Orders) -> str | None:
    for orders, completed, more in world.mixed:
        found, without = amounts[orders], amounts[completed]
        if not close(found, without):
            cancelled = [order for order in orders if not is_completed(order)]
            return remembers(amounts, world) or (
                f"{len(orders)} orders, {len(cancelled)} of them cancelled (worth {total(cancelled):.2f} EUR), "
                f"came to {found:.2f}; without the cancelled ones the same orders came to {without:.2f}.")
        if close(without, amounts[more]):
            return remembers(amounts, world) or (
                f"It finds {without:.2f} EUR in {len(completed)} completed orders, and no more with another one of "
                f"{more[0]['total']:.2f} EUR before them.")
    return None
