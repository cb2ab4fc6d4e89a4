"""Exercise of 03a: for each transaction, how often its user had ordered in the 30 days before."""

from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import change, numbers
from dataml_lab.checks.features.transactions import DAY, Table, Transaction, Transactions, clock, transactions
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, OutOfTime, function
from dataml_lab.runtime.shown import shown

NUMBERS = "returns a Series of numbers"
# Code that shows, for each of some tables, the rows for which something else was counted than is right.
SEE = """\
for table in {tables}:
    print(table.what, table.wrong(orders_in_last_30d(table.tx)), sep="\\n")"""
orders_in_last_30d = Exercise("orders_in_last_30d", transactions, function("orders_in_last_30d"))


@orders_in_last_30d.scene
def calls(orders_in_last_30d: Answer, world: Transactions) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, orders_in_last_30d), world.tables, world.seed)


def called(answer: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return answer.call(table.tx)


def returned(result: object, tx: pd.DataFrame) -> pd.Series:
    """What was returned for a table, as floats; Failed where it is no Series of numbers, or of another length."""
    if not isinstance(result, pd.Series):
        raise Failed(f"orders_in_last_30d returned {shown(result)}, where a Series was expected.")
    if len(result) != len(tx):
        raise Failed(f"orders_in_last_30d returned {len(result)} numbers for {len(tx)} rows.")
    values = numbers(result)
    if values is None:
        raise Failed(f"orders_in_last_30d returned a Series of {shown(list(result)[:3])} and so on (dtype "
                     f"{result.dtype}), where numbers were expected.")
    return pd.Series(values, result.index)


def series(calls: Replies, table: Table) -> pd.Series:
    """What was returned for a table, as it came."""
    result = calls[table].result
    with about(table.what):
        return returned(result, table.tx)


def counts(calls: Replies, table: Table) -> np.ndarray:
    """What was counted for each row of a table. Numbers that come with the labels of a table numbered from 0 are read
    by them: whether index and order are kept is asked elsewhere."""
    found, labels = series(calls, table), table.tx.index
    if isinstance(labels, pd.RangeIndex):
        own = found.index.get_level_values(-1)
        if own.is_unique and own.isin(labels).all():
            return found.set_axis(own).reindex(labels).to_numpy()
    return found.to_numpy()


def first_difference(found: np.ndarray, rows: list[Transaction], itself_too: bool = False) -> str | None:
    """The first row for which something else was counted than is right, in words. What is missing is read as 0; and
    unless `itself_too`, an answer that counts each order at its own moment is let through: that is asked elsewhere."""
    right = np.array([row.right for row in rows])
    itself = right + [row.kind == "order" for row in rows]
    wrong = np.flatnonzero(np.nan_to_num(found) != right)
    if not len(wrong) or (not itself_too and (np.nan_to_num(found) == itself).all()):
        return None
    return told(found[wrong[0]], rows[wrong[0]])


def told(value: float, row: Transaction) -> str:
    """What was counted for a row, and what is right."""
    return (f"for the {row.kind} of user {row.user_id} at {clock(row.occurred_at)} it returned "
            f"{'NaN' if np.isnan(value) else f'{value:g}'}, where {row.right} is right")


@orders_in_last_30d.demands(NUMBERS, points=0, call="orders_in_last_30d(world.plain.tx)")
def _(calls: Replies, world: Transactions) -> str | None:
    found = counts(calls, world.plain)
    if len(set(np.nan_to_num(found))) == 1:
        return f"For each of {len(found)} orders of several users it returned the same, {found[0]:g}."
    return None


@orders_in_last_30d.demands("counts each user's orders of 30 days", points=1, after=NUMBERS,
                            call=SEE.format(tables="[world.plain]"))
def _(calls: Replies, world: Transactions) -> str | None:
    found, rows = counts(calls, world.plain), world.plain.rows
    wrong = first_difference(found, rows)
    return wrong and f"Of {len(found)} {world.plain.what}, {wrong}.{hint(found, rows)}"


def hint(found: np.ndarray, rows: list[Transaction]) -> str:
    """What the first wrong number may be instead, in words; empty where nothing points to it."""
    number = int(np.flatnonzero(np.nan_to_num(found) != [row.right for row in rows])[0])
    value, row, before = found[number], rows[number], rows[:number]
    ever = sum(other.user_id == row.user_id for other in before)
    late = sum(row.occurred_at - other.occurred_at < 30 * DAY for other in before)
    if row.right < value == late:
        return f" In the 30 days before, all users together had {late} orders."
    return f" {ever} is what this user had ordered ever." if row.right < value == ever else ""


@orders_in_last_30d.demands("says 0 where there is none", points=1, after=NUMBERS,
                            call=SEE.format(tables="(world.single, world.plain)"))
def _(calls: Replies, world: Transactions) -> str | None:
    for table in (world.single, world.plain):
        for value, row in zip(counts(calls, table), table.rows, strict=True):
            if row.right == 0 and np.isnan(value):
                return f"Given {table.what}, {told(value, row)}: none is a number, too."
    return None


@orders_in_last_30d.demands("knows the window's edge to the microsecond", points=1, after=NUMBERS,
                            call=SEE.format(tables="world.edges"))
def _(calls: Replies, world: Transactions) -> str | None:
    return first_unlike(calls, world.edges)


@orders_in_last_30d.demands("counts neither the row itself nor its moment", points=1, after=NUMBERS,
                            call=SEE.format(tables="(world.thrice, world.together)"))
def _(calls: Replies, world: Transactions) -> str | None:
    return first_unlike(calls, [world.thrice, world.together], itself_too=True)


@orders_in_last_30d.demands("answers refunds and doesn't count them", points=1, after=NUMBERS,
                            call=SEE.format(tables="[world.refunds]"))
def _(calls: Replies, world: Transactions) -> str | None:
    wrong = first_unlike(calls, [world.refunds])
    return wrong and f"{wrong} A refund is asked about like an order, and is none."


def first_unlike(calls: Replies, tables: list[Table], itself_too: bool = False) -> str | None:
    """The first row of tables for which something else was counted than is right, in a sentence."""
    for table in tables:
        wrong = first_difference(counts(calls, table), table.rows, itself_too)
        if wrong:
            return f"Given {table.what}, {wrong}."
    return None


@orders_in_last_30d.demands("keeps the index of tx", points=1, after=NUMBERS,
                            call="""\
for table in world.labelled:
    counted = orders_in_last_30d(table.tx)
    print(list(counted.index), table.wrong(counted), sep="\\n")""")
def _(calls: Replies, world: Transactions) -> str | None:
    for table in orderly(calls, world, world.labelled, world.labelled[:2]):
        found = series(calls, table)
        if not found.index.equals(table.tx.index):
            return f"Given {table.what}, the index of what it returned is {shown(list(found.index))}."
        wrong = first_difference(found.to_numpy(), table.rows)
        if wrong:
            return f"Given {table.what}, {wrong}."
    return None


def orderly(calls: Replies, world: Transactions, all_: list[Table], sorted_: list[Table]) -> list[Table]:
    """All these tables, or those in the order of time where an answer doesn't take any other: that is told once."""
    try:
        return sorted_ if first_unlike(calls, world.unsorted) else all_
    except OutOfTime:
        raise
    except Failed:
        return sorted_


@orders_in_last_30d.demands("leaves tx as it was", points=1, after=NUMBERS,
                            call="""\
for table in (world.refunds, *world.unsorted):
    before = table.tx.copy()
    orders_in_last_30d(table.tx)
    print(before, table.tx, sep="\\n")""")
def _(calls: Replies, world: Transactions) -> str | None:
    for table in orderly(calls, world, [world.refunds, *world.unsorted], [world.refunds]):
        wrong = change(table.tx, *calls[table].left)
        if wrong:
            return f"Given {table.what}, it changed tx, which belongs to the caller: afterwards {wrong}."
    return None


@orders_in_last_30d.demands("takes rows in any order", points=1, after=NUMBERS,
                            call=SEE.format(tables="world.unsorted"))
def _(calls: Replies, world: Transactions) -> str | None:
    return first_unlike(calls, world.unsorted)


@orders_in_last_30d.compares
def _(orders_in_last_30d: Answer, world: Transactions, oracle: object) -> str | None:
    found = np.nan_to_num(returned(orders_in_last_30d(world.mixed), world.mixed).to_numpy())
    for value, right, row in zip(found, oracle(world.mixed), world.mixed.itertuples(), strict=True):
        if value != right:
            return (f"A table with orders and refunds of three users, in no order, was compared with slow and obvious "
                    f"counts: for the {row.kind} of user {row.user_id} at {clock(row.occurred_at)} it returned "
                    f"{value:g}, where {right} is right.")
    return None
