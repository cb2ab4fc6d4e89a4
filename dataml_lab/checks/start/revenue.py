"""The first exercise: the revenue of a list of orders."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from dataml_lab.checks.answers import Answer, Failed, answer
from dataml_lab.checks.exercise import Exercise

HALF_A_CENT = 0.005


@dataclass
class Orders:
    """Lists of completed orders, an empty one among them; one list with cancelled orders in between; and one more
    completed order, worth more than the completed ones of that list."""

    completed: list[list[dict]]
    mixed: list[dict]
    more: dict
    oracle: Callable | None = None


def orders(seed: int) -> Orders:
    """Lists of one order, of several, of equal totals, of none; and one that begins and ends with a cancelled order."""
    random = np.random.default_rng(seed)

    def placed(statuses: list[str]) -> list[dict]:
        first, totals = int(random.integers(1, 9_000)), random.integers(1, 300, len(statuses))
        return [{"order_id": first + number, "status": status, "total": float(total) - 0.01}
                for number, (status, total) in enumerate(zip(statuses, totals, strict=True))]

    several = placed(["completed"] * int(random.integers(4, 9)))
    equal = [{**order, "total": several[0]["total"]} for order in placed(["completed"] * 3)]
    between = random.permutation(["completed"] * 4 + ["cancelled"] * 2).tolist()
    mixed = placed(["cancelled", *between, "cancelled"])
    more = {"order_id": mixed[-1]["order_id"] + 1, "status": "completed",
            "total": round(total(filter(is_completed, mixed)) + 1, 2)}
    return Orders([placed(["completed"]), several, equal, []], mixed, more)


def is_completed(order: dict) -> bool:
    """Whether an order counts as revenue."""
    return order["status"] == "completed"


def total(orders: Iterable[dict]) -> float:
    """The sum of the totals of these orders (EUR), whatever their status."""
    return math.fsum(order["total"] for order in orders)


revenue = Exercise("revenue", orders, lambda names: answer(names, "revenue"))


def amount(revenue: Answer, orders: list[dict]) -> float:
    """The amount that the answer finds; Failed, with a sentence, where it finds no number."""
    found = revenue(orders)
    number = _number(found)
    if not math.isfinite(number):
        shown = f"{found[:40]!r}, a text" if isinstance(found, str) else f"a value of type {type(found).__name__}"
        hint = " Does it end in `return`?" if found is None else ""
        raise Failed(f"revenue returned {shown}, where a finite number of euros was expected.{hint}")
    return number


def _number(found: object) -> float:
    """The number that an answer found as a float; not a number for anything else."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return math.nan
    try:
        return float(found)
    except (OverflowError, ValueError):  # an int of a thousand digits, a signalling NaN
        return math.nan


def close(one: float, other: float) -> bool:
    """Whether two amounts (EUR) differ by less than half a cent."""
    return abs(one - other) < HALF_A_CENT


@revenue.demands("adds up what was completed", points=1)
def _adds_up(revenue: Answer, world: Orders) -> str | None:
    for orders in world.completed:
        found = amount(revenue, orders)
        if not close(found, total(orders)):
            totals = " + ".join(f"{order['total']:.2f}" for order in orders) or "no orders at all"
            return f"Completed orders of {totals} EUR came to {found:.2f}, where {total(orders):.2f} was expected."
    return None


@revenue.demands("leaves out what was cancelled", points=1)
def _leaves_out(revenue: Answer, world: Orders) -> str | None:
    completed = list(filter(is_completed, world.mixed))
    without, found = amount(revenue, completed), amount(revenue, world.mixed)
    if not close(found, without):
        cancelled = [order for order in world.mixed if not is_completed(order)]
        return (f"{len(world.mixed)} orders, {len(cancelled)} of them cancelled (worth {total(cancelled):.2f} EUR), "
                f"came to {found:.2f}; without the cancelled ones the same orders came to {without:.2f}.")
    if close(without, amount(revenue, [world.more, *completed])):
        return (f"It finds {without:.2f} EUR in {len(completed)} completed orders, and no more with another one of "
                f"{world.more['total']:.2f} EUR before them.")
    return None
