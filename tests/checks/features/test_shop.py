"""The shop: that its transactions are as told, and that what it says of a moment is what a loop over them says."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.shop import (
    CATEGORIES,
    DAY,
    HORIZON,
    before,
    buys,
    days_since_last,
    orders_30d,
    shop,
    spend_90d,
)

MICROSECOND = pd.Timedelta(microseconds=1)


def made(seed, users=300):
    return shop(np.random.default_rng(seed), users)


@pytest.mark.parametrize("seed", range(5))
def test_the_transactions_are_as_told(seed):
    found = made(seed)
    tx = found.tx
    assert {name: str(kind) for name, kind in tx.dtypes.items() if name != "category"} == {
        "user_id": "int64", "product_id": "int64", "amount": "float64", "occurred_at": "datetime64[us, UTC]"}
    assert tx.index.equals(pd.RangeIndex(len(tx))) and not tx.isna().any().any() and 1_700 < len(tx) < 3_000
    assert tx["user_id"].between(1, 300).all() and tx["user_id"].nunique() > 250
    assert tx["occurred_at"].between(found.begin, found.day(found.days)).all() and (tx["amount"] > 0).all()
    assert set(tx["category"]) == set(CATEGORIES) and not tx["occurred_at"].is_monotonic_increasing


def test_customers_have_a_favourite_and_stop():
    found = made(1, 2_000)
    counts = pd.crosstab(found.tx["user_id"], found.tx["category"])
    often = counts[counts.sum(axis=1) >= 10]
    assert 0.74 < (often.max(axis=1) / often.sum(axis=1)).mean() < 0.84
    last = found.tx.groupby("user_id")["occurred_at"].max()
    assert 0.1 < (last < found.day(100)).mean() < 0.5


def test_a_seed_gives_the_same_shop():
    assert made(5).tx.equals(made(5).tx) and not made(5).tx.equals(made(6).tx)


@pytest.mark.parametrize("seed", range(2))
def test_the_label_and_the_past_are_those_of_a_loop(seed):
    found = made(seed, 60)
    for as_of in (found.day(90), found.tx["occurred_at"].iloc[0], found.begin, found.day(200)):
        rows = list(found.tx.itertuples())
        coming = {row.user_id for row in rows if 0 <= (row.occurred_at - as_of) / DAY < HORIZON}
        assert buys(found.tx, [7, 3, 999, *range(10, 61)], as_of).tolist() == [
            user in coming for user in [7, 3, 999, *range(10, 61)]]
        assert before(found.tx, as_of)["occurred_at"].tolist() == [
            row.occurred_at for row in rows if row.occurred_at < as_of]


def test_the_edges_of_the_week():
    as_of = pd.Timestamp("2024-05-01", tz="UTC")
    moments = [as_of - MICROSECOND, as_of, as_of + 7 * DAY - MICROSECOND, as_of + 7 * DAY]
    tx = pd.DataFrame({"user_id": [1, 2, 3, 4], "occurred_at": moments})
    assert buys(tx, [1, 2, 3, 4], as_of).tolist() == [False, True, True, False]
    assert before(tx, as_of)["user_id"].tolist() == [1]


def test_the_honest_features_are_those_of_a_loop():
    found, users = made(3), [*range(1, 40), 5_000]
    as_of = found.day(120)
    features = [feature(found.tx, users, as_of) for feature in (orders_30d, days_since_last, spend_90d)]
    for user in users:
        mine = found.tx[(found.tx["user_id"] == user) & (found.tx["occurred_at"] < as_of)]
        orders = [((as_of - row.occurred_at) / DAY, row.amount) for row in mine.itertuples()]
        assert [column[user] for column in features] == pytest.approx([
            sum(ago <= 30 for ago, _ in orders), min((ago for ago, _ in orders), default=999),
            sum(amount for ago, amount in orders if ago <= 90)])


def test_the_edges_of_the_windows():
    as_of = pd.Timestamp("2024-05-31", tz="UTC")
    month, quarter = as_of - 30 * DAY, as_of - 90 * DAY
    moments = [month - MICROSECOND, month, as_of - MICROSECOND, as_of, quarter, quarter - MICROSECOND]
    tx = pd.DataFrame({"user_id": range(6), "occurred_at": moments, "amount": 1.0})
    found = [feature(tx, list(range(6)), as_of).tolist() for feature in (orders_30d, days_since_last, spend_90d)]
    assert found[0] == [0, 1, 1, 0, 0, 0] and found[2] == [1, 1, 1, 0, 1, 0]
    assert found[1] == pytest.approx([30, 30, 0, 999, 90, 90], abs=1e-9)
