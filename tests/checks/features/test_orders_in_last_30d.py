"""Exercise 1: that its tables are as told, which property catches which mistake, and what the sentences say."""

import math
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.orders_in_last_30d import orders_in_last_30d
from dataml_lab.checks.features.reading import numbers
from dataml_lab.checks.features.transactions import BACK, DAY, table, transactions

NUMBERS, EACH, ZERO, EDGE, ITSELF, REFUNDS, INDEX, LEAVES, ORDER = [prop.name for prop in orders_in_last_30d.properties]
EXERCISE = replace(orders_in_last_30d, world=cache(transactions))
MONTH = timedelta(days=30)


def right(tx):
    """For each row, the orders of all pairs of rows that count, as a list."""
    rows = list(zip(tx["user_id"], tx["kind"], tx["occurred_at"].dt.to_pydatetime(), strict=True))
    return [sum(user == mine and kind == "order" and at - MONTH <= then < at for user, kind, then in rows)
            for mine, _, at in rows]


def answering(change=lambda counts, tx: pd.Series(counts, tx.index), inside=lambda then, at: at - MONTH <= then < at,
              kinds=("order",), apart=True):
    """An answer that is right but for what is given here."""
    def answer(tx):
        rows = list(zip(tx["user_id"], tx["kind"], tx["occurred_at"].dt.to_pydatetime(), strict=True))
        of = {}
        for user, kind, then in rows:
            if kind in kinds:
                of.setdefault(apart and user, []).append(then)
        counts = [sum(inside(then, at) for then in of.get(apart and user, [])) for user, _, at in rows]
        return change(counts, tx)
    return answer


def failing(answer, seeds=(1,), oracle=None):
    verdict = EXERCISE.judge({"orders_in_last_30d": answer}, seeds, oracle)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


# the tables


@pytest.mark.parametrize("seed", range(8))
def test_what_is_planned_is_what_is_counted(seed):
    world = transactions(seed)
    for rows in (world.plain, world.burst, world.together, world.refunds, *world.edges.values()):
        assert right(table(rows)) == [row.right for row in rows]
        assert rows == sorted(rows, key=lambda row: row.occurred_at)
    assert 500 < len(world.plain) < 620


@pytest.mark.parametrize("seed", range(8))
def test_nothing_in_the_plain_table_is_odd(seed):
    rows = transactions(seed).plain
    assert {row.kind for row in rows} == {"order"} and max(row.right for row in rows) > 30
    moments = {}
    for row in rows:
        moments.setdefault(row.user_id, []).append(row.occurred_at)
    apart = [(two - one) / DAY for own in moments.values() for one in own for two in own if two > one]
    assert len({row.occurred_at for row in rows}) == len(rows)
    assert not [days for days in apart if 29 < days < 31]


@pytest.mark.parametrize("seed", range(8))
def test_the_mixed_table_has_everything(seed):
    mixed = transactions(seed).mixed
    assert mixed.index.has_duplicates and not mixed["occurred_at"].is_monotonic_increasing
    assert set(mixed["kind"]) == {"order", "refund"} and mixed.duplicated(["user_id", "occurred_at"]).any()
    assert answering(inside=lambda then, at: at - MONTH < then < at)(mixed).tolist() != right(mixed)


def test_a_seed_gives_the_same_world():
    one, again, other = transactions(5), transactions(5), transactions(6)
    assert one.plain == again.plain != other.plain
    pd.testing.assert_frame_equal(one.mixed, again.mixed)


def test_eight_points():
    assert orders_in_last_30d.points == 8
    assert [prop.points for prop in orders_in_last_30d.properties if prop.gate] == [0]


# the properties


@pytest.mark.parametrize("seed", range(4))
def test_a_right_answer_has_every_property(seed):
    assert failing(answering(), [seed], right) == {}


def series(make):
    return lambda counts, tx: make(pd.Series(counts, tx.index), tx)


def by_label(result, tx):
    return pd.Series([dict(zip(tx.index, result, strict=True))[label] for label in tx.index], tx.index)


def unsorted_wrong(counts, tx):
    return pd.Series(np.where(tx["occurred_at"].is_monotonic_increasing, counts, 0), tx.index)


def sorting(tx):
    tx.sort_values("occurred_at", inplace=True)
    return answering()(tx)


MISTAKES = {
    "across users": (answering(apart=False), {EACH}),
    "ever": (answering(inside=lambda then, at: then < at), {EACH, EDGE}),
    "a week": (answering(inside=lambda then, at: at - 7 * DAY <= then < at), {EACH, EDGE, REFUNDS, INDEX, ORDER}),
    "missing": (answering(series(lambda found, tx: found.astype(float).replace(0, np.nan))), {ZERO}),
    "31 days": (answering(inside=lambda then, at: at - 31 * DAY <= then < at), {EDGE}),
    "exclusive": (answering(inside=lambda then, at: at - MONTH < then < at), {EDGE}),
    "calendar": (answering(inside=lambda then, at: datetime.combine(at, time(), UTC) - MONTH <= then < at), {EDGE}),
    "itself": (answering(inside=lambda then, at: at - MONTH <= then <= at), {ITSELF}),
    "ties": (answering(series(lambda found, tx: found + tx.groupby(["user_id", "occurred_at"]).cumcount())),
             {ITSELF}),
    "refunds": (answering(kinds=("order", "refund")), {REFUNDS}),
    "refunds dropped": (answering(series(lambda found, tx: found[tx["kind"] == "order"])), {REFUNDS}),
    "numbered": (answering(lambda counts, tx: pd.Series(counts)), {INDEX}),
    "sorted": (answering(series(lambda found, tx: found.sort_index())), {INDEX}),
    "by label": (answering(series(by_label)), {INDEX}),
    "needs sorted": (answering(unsorted_wrong), {ORDER}),
    "adds a column": (lambda tx: answering()(tx.assign(n=tx.insert(0, "n", 0))), {LEAVES}),
    "changes a column": (lambda tx: answering()(tx) + 0 * tx.pop("amount").round().astype(int), {LEAVES}),
    "sorts in place": (sorting, {INDEX, LEAVES}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_property_that_names_it(mistake):
    answer, lost = MISTAKES[mistake]
    assert failing(answer).keys() == lost


def test_only_the_oracle_knows_what_no_property_names():
    def few_rows_right(tx):
        found = answering()(tx)
        return found if tx.index.is_unique or len(tx) < 100 else found * 0

    assert failing(few_rows_right) == {}
    assert "slow and obvious" in failing(few_rows_right, [1], right)[ORDER]


@pytest.mark.parametrize(("mistake", "name", "part"), [
    ("across users", EACH, "all users together"), ("31 days", EDGE, "again 31 days later"),
    ("exclusive", EDGE, "again exactly 30 days later"), ("calendar", EDGE, "30 days and 12 hours later"),
    ("itself", ITSELF, "A user ordered three times"), ("missing", ZERO, "returned nothing, where 0 is right"),
    ("refunds", REFUNDS, "where 1 is right"), ("refunds dropped", REFUNDS, "4 numbers for 8 rows"),
    ("numbered", INDEX, "the index of what it returned is [0, 1,"),
    ("adds a column", LEAVES, "the columns were ['n'"), ("needs sorted", ORDER, "from the newest to the oldest"),
])
def test_sentences_tell_what_was_given_and_returned(mistake, name, part):
    assert part in failing(MISTAKES[mistake][0])[name]


def test_the_edges_are_told_from_the_plain_to_the_microsecond():
    assert list(BACK.values()) == [0, 0, 1, 0, 1]


# what is returned


class Oddity:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        return "odd"


ODD = [None, 3, "3", [], {}, np.zeros(600), pd.DataFrame({"a": [1]}), pd.Series(dtype=float), pd.Series([1]), Oddity(),
       object(), iter([1]), print]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_what_is_no_series_is_told(value):
    told = failing(lambda tx: value)
    assert told.keys() == {NUMBERS} and told[NUMBERS].endswith(".") and "dataml_lab" not in told[NUMBERS]


@pytest.mark.parametrize("item", ["3", Oddity(), 1j, math.inf, math.nan, None, pd.NaT, 10**400, pd.Timedelta(3), [1]],
                         ids=lambda item: type(item).__name__)
def test_whatever_a_series_holds_is_told(item):
    told = failing(lambda tx: pd.Series([item] * len(tx), tx.index))
    assert told.keys() == {NUMBERS} and told[NUMBERS].endswith(".")


@pytest.mark.parametrize("kind", ["int8", "float32", "Int64", "Float64", "object", "category", "uint16"])
def test_any_type_of_numbers_will_do(kind):
    assert failing(answering(series(lambda found, tx: found.astype(kind)))) == {}


def test_what_counts_as_a_number():
    assert numbers(pd.Series([True, np.int8(2), 0.5], dtype=object)).tolist() == [1, 2, 0.5]
    assert numbers(pd.Series([10**400], dtype=object)).tolist() == [math.inf]
    for other in ("1", 1j, Fraction(1, 2), [1], pd.Timestamp(0)):
        assert numbers(pd.Series([other], dtype=object)) is None


def test_a_stub_and_a_missing_answer_are_not_attempted():
    for namespace in ({}, {"orders_in_last_30d": 3}, {"orders_in_last_30d": lambda tx: NotImplemented}):
        assert EXERCISE.judge(namespace, [1]).not_attempted


def test_raising_is_told_once_and_closes_the_rest():
    def answer(tx):
        raise KeyError("user")

    assert "raised KeyError: 'user'" in failing(answer)[NUMBERS]
