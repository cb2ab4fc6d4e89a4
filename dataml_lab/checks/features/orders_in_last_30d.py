"""Exercise 1: for each transaction, how often its user had ordered in the 30 days before."""

from datetime import datetime

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.reading import about, change, numbers
from dataml_lab.checks.features.transactions import DAY, TICK, Transaction, Transactions, table, transactions
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, OutOfTime, function

FIRST = "returns a number for each row"
orders_in_last_30d = Exercise("orders_in_last_30d", transactions, function("orders_in_last_30d"))

BETWEEN = {31 * DAY: "31 days", 30.5 * DAY: "30 days and 12 hours", 30 * DAY: "exactly 30 days",
           30 * DAY + TICK: "30 days and a microsecond", 30 * DAY - TICK: "a microsecond less than 30 days"}


def returned(count: Answer, tx: pd.DataFrame) -> pd.Series:
    """The Series that an answer returns for a table, as floats; `Failed` where it is none, or of another length."""
    result = count(tx)
    if not isinstance(result, pd.Series):
        raise Failed(f"orders_in_last_30d returned {shown(result)}, where a Series was expected.")
    if len(result) != len(tx):
        raise Failed(f"orders_in_last_30d returned {len(result)} numbers for {len(tx)} rows.")
    values = numbers(result)
    if values is None:
        raise Failed(f"orders_in_last_30d returned a Series of {shown(list(result)[:3])} and so on (dtype "
                     f"{result.dtype}), where numbers were expected.")
    return pd.Series(values, result.index)


def counted(count: Answer, rows: list[Transaction]) -> np.ndarray:
    """What an answer counts for each of these rows, which are numbered from 0. Numbers that come with these labels are
    read by them: whether index and order are kept is asked elsewhere."""
    result = returned(count, table(rows))
    labels = result.index.get_level_values(-1)
    if labels.is_unique and labels.isin(range(len(rows))).all():
        return result.set_axis(labels).reindex(range(len(rows))).to_numpy()
    return result.to_numpy()


def unlike(found: np.ndarray, rows: list[Transaction]) -> str | None:
    """The first row for which something else was counted than is right, in words. What is missing is read as 0, and an
    answer that counts each order at its own moment as well is let through: both are asked elsewhere."""
    right = np.array([row.right for row in rows])
    itself = right + [row.kind == "order" for row in rows]
    wrong = np.flatnonzero(np.nan_to_num(found) != right)
    if not len(wrong) or (np.nan_to_num(found) == itself).all():
        return None
    return told(found, rows, int(wrong[0]))


def told(found: np.ndarray, rows: list[Transaction], number: int) -> str:
    """What was counted for a row, and what is right."""
    row = rows[number]
    value = "nothing" if np.isnan(found[number]) else f"{found[number]:g}"
    return (f"for the {row.kind} of user {row.user_id} at {clock(row.occurred_at)} it returned {value}, where "
            f"{row.right} is right")


def clock(moment: datetime) -> str:
    """A moment in words."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}".removesuffix(".000000")


@orders_in_last_30d.demands(FIRST, points=0)
def _returns_a_number_for_each_row(count: Answer, world: Transactions) -> str | None:
    found = counted(count, world.plain)
    if len(set(np.nan_to_num(found))) == 1:
        return f"For each of {len(found)} orders of several users it returned the same, {found[0]:g}."
    return None


@orders_in_last_30d.demands("counts each user's orders of 30 days", points=1, after=FIRST)
def _counts_each_users_orders(count: Answer, world: Transactions) -> str | None:
    found = counted(count, world.plain)
    wrong = unlike(found, world.plain)
    if not wrong:
        return None
    number = int(np.flatnonzero(np.nan_to_num(found) != [row.right for row in world.plain])[0])
    return (f"Of {len(found)} orders of several users, in the order of time, {wrong}."
            f"{hint(found[number], world.plain, number)}")


def hint(value: float, rows: list[Transaction], number: int) -> str:
    """What a wrong number may be instead, in words; empty where nothing points to it."""
    row, before = rows[number], rows[:number]
    ever = sum(other.user_id == row.user_id for other in before)
    late = sum(row.occurred_at - other.occurred_at < 30 * DAY for other in before)
    if row.right < value == late:
        return f" In the 30 days before, all users together had {plural(late, 'order')}."
    return f" {ever} is what this user had ordered ever." if row.right < value == ever else ""


@orders_in_last_30d.demands("says 0 where there is none", points=1, after=FIRST)
def _says_zero_where_there_is_none(count: Answer, world: Transactions) -> str | None:
    for rows in (world.burst[:1], world.plain):
        found = counted(count, rows)
        gone = [number for number, row in enumerate(rows) if row.right == 0 and np.isnan(found[number])]
        if gone:
            return f"Given {plural(len(rows), 'order')}, {told(found, rows, gone[0])}: none is a number, too."
    return None


def plural(number: int, noun: str) -> str:
    """A number of things: `1 order`, `2 orders`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@orders_in_last_30d.demands("knows the window's edge to the microsecond", points=1, after=FIRST)
def _knows_the_edge(count: Answer, world: Transactions) -> str | None:
    for back, rows in world.edges.items():
        wrong = unlike(counted(count, rows), rows)
        if wrong:
            return (f"A user ordered at {clock(rows[0].occurred_at)}, and again {BETWEEN[back]} later: {wrong}.")
    return None


@orders_in_last_30d.demands("counts neither the row itself nor its moment", points=1, after=FIRST)
def _counts_what_occurred_before(count: Answer, world: Transactions) -> str | None:
    alone, together = world.burst[:3], world.together
    stories = {"A user ordered three times": alone,
               f"A user ordered once at {clock(together[0].occurred_at)}, three times at "
               f"{clock(together[1].occurred_at)}, again a microsecond later and a day later": together}
    for story, rows in stories.items():
        found = counted(count, rows)
        wrong = np.flatnonzero(np.nan_to_num(found) != [row.right for row in rows])
        if len(wrong):
            return f"{story}, and {told(found, rows, int(wrong[0]))}."
    return None


@orders_in_last_30d.demands("answers refunds and doesn't count them", points=1, after=FIRST)
def _answers_refunds(count: Answer, world: Transactions) -> str | None:
    rows = world.refunds
    kinds = ", ".join(row.kind for row in rows)
    with about(f"orders and refunds of a user ({kinds})"):
        found = counted(count, rows)
    wrong = unlike(found, rows)
    return wrong and (f"A user's rows, each a day or two after the other, were: {kinds}. Then {wrong}. A refund is "
                      "asked about like an order, and is none.")


@orders_in_last_30d.demands("keeps the index of tx", points=1, after=FIRST)
def _keeps_the_index(count: Answer, world: Transactions) -> str | None:
    rows = world.burst[:12]
    for labels in (list("lkjihgfedcba"), list("aabbacbabcca")):
        with about(f"12 orders in the order of time, with the labels {', '.join(labels)}"):
            result = returned(count, table(rows, labels))
        wrong = _another_index(result, labels) or unlike(result.to_numpy(), rows)
        if wrong:
            return f"Given 12 orders in the order of time, with the labels {', '.join(labels)}, {wrong}."
    if _takes_any_order(count, world):
        return None  # what becomes of rows that aren't sorted is told there
    mixed = [rows[number] for number in world.shuffle if number < len(rows)]
    wrong = _another_index(returned(count, table(mixed, labels := list("abcdefghijkl"))), labels)
    return wrong and f"Given 12 orders in no order of time, with the labels {', '.join(labels)}, {wrong}."


def _another_index(result: pd.Series, labels: list[str]) -> str | None:
    """How the index of a result differs from these labels, in words."""
    found = list(result.index)
    if result.index.equals(pd.Index(labels)):
        return None
    return f"the index of what it returned is {shown(found)}"


@orders_in_last_30d.demands("leaves tx as it was", points=1, after=FIRST)
def _leaves_tx_as_it_was(count: Answer, world: Transactions) -> str | None:
    given = [("orders and refunds in the order of time", table(world.refunds, list("hgfedcba")))]
    if not _takes_any_order(count, world):
        given += [("orders in no order of time", table(_shuffled(world)))]
    for what, tx in given:
        with about(what):
            _, (left,) = count.call(tx)
        wrong = change(tx, left)
        if wrong:
            return f"Given {what}, it changed tx, which belongs to whoever calls: afterwards {wrong}."
    return None


def _shuffled(world: Transactions) -> list[Transaction]:
    return [world.burst[number] for number in world.shuffle]


@orders_in_last_30d.demands("takes rows in any order", points=1, after=FIRST)
def _takes_rows_in_any_order(count: Answer, world: Transactions) -> str | None:
    return _takes_any_order(count, world) or _unlike_the_oracle(count, world)


def _takes_any_order(count: Answer, world: Transactions) -> str | None:
    """What is wrong with the counts of one user's orders in another order than that of time, in words."""
    for what, rows in (("from the newest to the oldest", world.burst[::-1]), ("in no order", _shuffled(world))):
        try:
            with about(f"{len(rows)} orders of a user, {what}"):
                wrong = unlike(counted(count, rows), rows)
        except OutOfTime:
            raise
        except Failed as failure:
            return str(failure)
        if wrong:
            return f"Given {len(rows)} orders of a user, {what}, {wrong}."
    return None


def _unlike_the_oracle(count: Answer, world: Transactions) -> str | None:
    """A row of a table with everything at once for which answer and oracle differ. It is looked for where no property
    names a mistake."""
    if world.oracle is None or any(named(count, world) for named in NAMED):
        return None
    found = np.nan_to_num(returned(count, world.mixed).to_numpy())
    for place, right in enumerate(world.oracle(world.mixed)):
        if found[place] != right:
            row = world.mixed.iloc[place]
            return (f"A table with orders and refunds of three users, in no order, was compared with slow and obvious "
                    f"counts: for the {row['kind']} of user {row['user_id']} at {clock(row['occurred_at'])} it "
                    f"returned {found[place]:g}, where {right} is right.")
    return None


NAMED = [prop.broken for prop in orders_in_last_30d.properties[:-1]]
