"""Exercise of 05a: which rows to train on and which to test on, where a label is settled long after its question."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.evaluation.subscriptions import (
    BOTH,
    FORWARD,
    LEFT_OUT,
    SETTLED,
    SHARE,
    WINDOW,
    WRITTEN,
    Subscriptions,
    Table,
    subscriptions,
)
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import change
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

FIRST = "returns labels of rows for training and for the test"
SEE = """\
for table in world.all:
    train, test = split(table.rows, table.horizon, table.exported_at)
    for label, why in table.misplaced(train, test)[{demand!r}].items():
        print(table.what, table.told(label), why, sep="; ")"""
split = Exercise("split", subscriptions, function("split"))


class Parts(NamedTuple):
    """The labels of the rows to train on, and of those to test on."""

    train: list
    test: list


@split.scene
def calls(split: Answer, world: Subscriptions) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, split), world.all, world.seed)


def called(split: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return split.call(table.rows, table.horizon, table.exported_at)


@split.scene
def parts(calls: Replies, world: Subscriptions) -> Replies:
    """The two parts of each table."""
    return Replies(partial(taken, calls), world.all, world.seed)


def taken(calls: Replies, table: Table) -> Parts:
    """The two parts that were made of a table; Failed where they are none."""
    found = calls[table].result
    with about(table.what):
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Failed(f"split returned {shown(found)}, where (train, test) is needed.")
        return Parts(*(labels(part, name, table) for part, name in zip(found, Parts._fields, strict=True)))


def labels(part: object, name: str, table: Table) -> list:
    """The labels in one of the parts; Failed where it has others, has one twice or has none."""
    if not isinstance(part, list | tuple | set | np.ndarray | pd.Index | pd.Series):
        hint = " Return the index of these rows." if isinstance(part, pd.DataFrame) else ""
        raise Failed(f"{name} is {shown(part)}, where a list of labels of rows is needed.{hint}")
    found = part.tolist() if isinstance(part, np.ndarray | pd.Index | pd.Series) else list(part)
    known = set(table.rows.index)
    for label in found:
        if type(label) not in (int, str) or label not in known:
            raise Failed(f"{name} has {shown(label)}, which is no label of a row: the index of rows is "
                         f"{shown(table.rows.index[:3].tolist())} and so on. Places from 0, and masks, are no labels.")
    if len(set(found)) < len(found) or not found:
        raise Failed(f"{name} has a row more than once." if found else f"{name} is empty.")
    return found


@split.scene
def misplaced(parts: Replies, world: Subscriptions) -> Replies:
    """The rows of each table that break a demand."""
    return Replies(lambda table: table.misplaced(*parts[table]), world.all, world.seed)


@split.demands(FIRST, points=0, call="""\
for table in world.all:
    print(table.what, split(table.rows, table.horizon, table.exported_at))""")
def _(parts: Replies, world: Subscriptions) -> str | None:
    for table in world.all:
        parts[table]
    return None


def demand(text: str, points: int, reason: str, after: str = FIRST) -> None:
    """Makes it a property that no row of any table breaks this demand. `reason` is why a row must not."""
    @split.demands(text, points=points, after=after, call=SEE.format(demand=text))
    def _(misplaced: Replies, world: Subscriptions) -> str | None:
        for table in world.all:
            found = misplaced[table][text]
            if found:
                label, why = next(iter(found.items()))
                rows = "1 row is" if len(found) == 1 else f"{len(found)} rows are"
                return f"Given {table.what}, {rows} in the wrong part: {table.told(label)}; {why}. {reason}"
        return None


demand(BOTH, 1, "A row that was learned from says nothing about new ones.")
demand(FORWARD, 1, "A model is asked about what comes after its training.")
demand(WINDOW, 2, "On the day of the training its horizon was open, and nobody knew whether it would stay: of such "
                  "rows only the cancelled ones are written.")
demand(WRITTEN, 1, "On the day of the training this label was not in the table.")
demand(SETTLED, 1, "On the day of the export nobody knew it for sure: of such rows only the "
       "cancelled ones are written.")
demand(LEFT_OUT, 1, "Fewer rows make a worse model, or a test that moves more by chance.", after=WINDOW)


@split.demands("tests on 20 to 30% of the rows that are settled at the export", points=1, after=FIRST, call="""\
for table in world.all:
    train, test = split(table.rows, table.horizon, table.exported_at)
    print(table.what, len(train), "for training,", len(test), "for the test:", f"{table.share(test):.0%}")""")
def _(parts: Replies, world: Subscriptions) -> str | None:
    least, most = SHARE
    for table in world.all:
        share = table.share(parts[table].test)
        if not least <= share <= most:
            settled = int(table.settled(table.exported_at).sum())
            return (f"Given {table.what}: {settled} rows are settled at the export, and the test has "
                    f"{len(parts[table].test)} rows, {share:.0%} of that number. {least:.0%} to {most:.0%} are needed.")
    return None


@split.demands("leaves rows as they were", points=1, after=FIRST, call="""\
for table in world.all:
    before = table.rows.copy()
    split(table.rows, table.horizon, table.exported_at)
    print(table.what, table.rows.equals(before))""")
def _(calls: Replies, world: Subscriptions) -> str | None:
    for table in world.all:
        left, *_ = calls[table].left
        wrong = change(table.rows, left)
        if wrong:
            return f"Given {table.what}, it changed rows, which belongs to the caller: afterwards {wrong}."
    return None
