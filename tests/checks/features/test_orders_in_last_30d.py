"""Exercise `orders_in_last_30d`: that what its tables have planned is what slow and obvious code counts."""

from datetime import timedelta

import pytest

from dataml_lab.checks.features.orders_in_last_30d import orders_in_last_30d
from dataml_lab.checks.features.transactions import DAY, transactions
from tests.catalogued import catalogued

MONTH = timedelta(days=30)


def counted(tx):
    """For each row, the orders of all pairs of rows that count."""
    rows = list(zip(tx["user_id"], tx["kind"], tx["occurred_at"].dt.to_pydatetime(), strict=True))
    return [sum(user == mine and kind == "order" and at - MONTH <= then < at for user, kind, then in rows)
            for mine, _, at in rows]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_planned_is_what_is_counted(seed):
    world = transactions(seed)
    for table in world.tables:
        assert counted(table.tx) == [row.right for row in table.rows]
        assert table.tx["occurred_at"].is_monotonic_increasing == (table not in [*world.unsorted, world.labelled[-1]])
    assert 500 < len(world.plain.rows) < 600


@pytest.mark.parametrize("seed", range(4))
def test_nothing_in_the_plain_table_is_odd(seed):
    rows = transactions(seed).plain.rows
    assert {row.kind for row in rows} == {"order"} and max(row.right for row in rows) > 30
    moments = {}
    for row in rows:
        moments.setdefault(row.user_id, []).append(row.occurred_at)
    apart = [(two - one) / DAY for own in moments.values() for one in own for two in own if two > one]
    assert len({row.occurred_at for row in rows}) == len(rows)
    assert not [days for days in apart if 29 < days < 31]


def test_the_mixed_table_has_everything():
    mixed = transactions(1).mixed
    assert mixed.index.has_duplicates and not mixed["occurred_at"].is_monotonic_increasing
    assert set(mixed["kind"]) == {"order", "refund"}
    assert mixed.groupby(["user_id", "occurred_at"])["kind"].nunique().max() == 2


def test_what_is_missing_is_told_as_nan():
    """A number that is missing was once told as "returned nothing", as if the call had."""
    verdict = orders_in_last_30d.judge(catalogued("orders_in_last_30d", "wrong_missing_for_none"), [1])
    assert "it returned NaN, where 0 is right" in verdict.findings[2].sentence


def test_where_an_answer_raises_the_lines_to_paste_are_shown():
    """The verdict once showed the call `orders_in_last_30d(<564 rows>)`, which nobody can run."""
    answer = {"orders_in_last_30d": lambda tx: tx["no such column"]}
    sentence = orders_in_last_30d.judge(answer, [1], practice=True).findings[0].sentence
    assert "raised KeyError" in sentence and " rows>" not in sentence
    assert sentence.endswith('world = practice("orders_in_last_30d", 1)\norders_in_last_30d(world.plain.tx)')


def test_a_seed_gives_the_same_world():
    one, again, other = transactions(5), transactions(5), transactions(6)
    assert one.plain.rows == again.plain.rows != other.plain.rows and one.mixed.equals(again.mixed)
