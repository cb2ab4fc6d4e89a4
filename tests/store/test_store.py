import copy
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from dataml_lab.store import Faults, Store
from dataml_lab.store.schema import SCHEMAS, TABLES

SMALL = Store(users=150, days=60, seed=5)
TIME = {
    "users": "signed_up_at",
    "sessions": "started_at",
    "subscriptions": "started_at",
    "deliveries": "dispatched_at",
} | dict.fromkeys(("activity", "orders", "returns", "payments", "tickets"), "occurred_at")


@pytest.mark.parametrize("table", TABLES)
def test_equal_arguments_give_equal_values(table):
    assert_frame_equal(getattr(Store(users=150, days=60, seed=5), table), getattr(SMALL, table))


def test_another_seed_gives_other_values():
    other = Store(users=150, days=60, seed=6)
    assert not other.users["signed_up_at"].equals(SMALL.users["signed_up_at"])
    assert not other.products["price"].equals(SMALL.products["price"])


def test_a_store_is_the_same_on_every_platform():
    orders, users = Store().orders, Store().users
    facts = [len(orders), round(orders["total"].sum(), 2), int(users["age"].sum()), len(Store().activity)]
    assert facts == [8698, 411829.64, 72060, 222359]


@pytest.mark.full
def test_the_first_block_of_a_larger_store_is_the_smaller_store(store):
    larger = Store(users=2_700)
    for table in TABLES:
        ours, theirs = getattr(store, table), getattr(larger, table)
        assert_frame_equal(theirs.iloc[: len(ours)], ours)
    assert_frame_equal(larger.truth.sessions.iloc[: len(store.sessions)], store.truth.sessions)
    assert larger.users["user_id"].tolist() == list(range(1, 2_701))
    assert (larger.orders["order_id"].iloc[len(store.orders) :] > 10**8).all()


def test_every_table_has_the_columns_of_its_schema(store):
    for table, schema in SCHEMAS.items():
        columns = [*getattr(store, table).columns]
        extra = {"payments": ["is_fraud"]}.get(table, [])
        assert columns == [name for name in schema.names() if name in columns] + extra
        assert set(schema.names()) - set(columns) <= {"received_at"}


def test_values_keep_to_the_schema(store):
    for table, schema in SCHEMAS.items():
        frame = getattr(store, table)
        for field in schema.fields:
            if field.name not in frame:
                continue
            column = frame[field.name]
            assert column.notna().all() or not field.required, (table, field.name)
            if field.low is not None:
                assert column.dropna().ge(field.low).all(), (table, field.name)
            if field.high is not None:
                assert column.dropna().le(field.high).all(), (table, field.name)
            if field.kind == "category":
                assert set(column.dropna()) <= set(field.known), (table, field.name)


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique_and_in_the_order_of_time(large, table):
    frame = getattr(large, table)
    key = frame[SCHEMAS[table].key]
    assert key.is_monotonic_increasing and key.is_unique
    if table in TIME:
        block = key // 10**8 if table != "users" else (key - 1) // 2_000
        assert frame.groupby(block)[TIME[table]].apply(lambda times: times.is_monotonic_increasing).all()


def test_moments_are_whole_seconds_utc_and_money_is_whole_cents(store):
    for table in TABLES:
        frame = getattr(store, table)
        for name in SCHEMAS[table].names("time"):
            if name in frame:
                assert str(frame[name].dtype) == "datetime64[us, UTC]", (table, name)
                assert (frame[name].dropna().dt.microsecond == 0).all()
        for name in SCHEMAS[table].names("money"):
            assert np.allclose(frame[name] * 100, (frame[name] * 100).round(), atol=1e-9)


def test_references_point_at_rows(large):
    users, orders = large.users.set_index("user_id"), large.orders.set_index("order_id")
    for table in ("sessions", "activity", "orders", "returns", "payments", "tickets", "subscriptions"):
        assert getattr(large, table)["user_id"].isin(users.index).all(), table
    for table in ("returns", "payments", "deliveries", "tickets", "activity"):
        frame = getattr(large, table).dropna(subset="order_id")
        assert frame["order_id"].isin(orders.index).all(), table
        if "user_id" in frame:
            assert (orders.loc[frame["order_id"], "user_id"].to_numpy() == frame["user_id"]).all(), table
    assert orders["product_id"].isin(large.products["product_id"]).all()
    assert large.activity["session_id"].isin(large.sessions["session_id"]).all()
    assert set(large.activity["session_id"]) == set(large.sessions["session_id"])


def test_a_purchase_is_its_order(store):
    bought = store.activity[store.activity["kind"] == "purchase"].merge(store.orders, on="order_id")
    assert len(bought) == (store.orders["channel"] != "phone").sum() == (store.activity["kind"] == "purchase").sum()
    for name in ("user_id", "product_id", "occurred_at"):
        assert (bought[f"{name}_x"] == bought[f"{name}_y"]).all()


def test_one_payment_an_order_and_one_delivery_a_completed_order(store):
    assert sorted(store.payments["order_id"]) == store.orders["order_id"].tolist()
    completed = store.orders.loc[store.orders["status"] == "completed", "order_id"]
    assert store.deliveries["order_id"].is_unique
    assert set(store.deliveries["order_id"]) <= set(completed)
    assert len(store.deliveries) >= len(completed) - 20  # the last are not yet dispatched


def test_only_delivered_orders_come_back_and_later(store):
    back = store.returns.merge(store.deliveries, on="order_id").merge(store.orders, on="order_id")
    assert len(back) == len(store.returns)
    assert (back["occurred_at_x"] > back["delivered_at"]).all()
    assert (back["refund"] <= back["total"]).all()


def test_everything_happens_in_the_simulated_time(store):
    start, end = pd.Timestamp("2025-01-01", tz="UTC"), pd.Timestamp("2025-06-30", tz="UTC")
    for table, name in TIME.items():
        times = getattr(store, table)[name]
        assert times.max() < end
        assert times.min() >= start or table in ("users", "subscriptions")
    for table, name in {
        "deliveries": "delivered_at",
        "subscriptions": "closed_at",
        "tickets": "resolved_at",
    }.items():
        assert getattr(store, table)[name].dropna().max() < end
    joined = store.sessions.merge(store.users, on="user_id")
    assert (joined["started_at"] >= joined["signed_up_at"]).all()
    assert (store.sessions["ended_at"] >= store.sessions["started_at"]).all()
    assert (store.activity["received_at"] > store.activity["occurred_at"]).all()
    assert (store.orders["received_at"] > store.orders["occurred_at"]).all()


def test_a_closed_subscription_has_a_reason_and_an_active_one_has_none(store):
    table = store.subscriptions
    assert (table["closed_at"].isna() == table["cancellation_reason"].isna()).all()
    assert (table["closed_at"].dropna() > table["started_at"][table["closed_at"].notna()]).all()


def test_there_are_users_who_never_buy_and_users_who_never_log_in(store):
    visitors = set(store.sessions["user_id"])
    logins = store.activity.loc[store.activity["kind"] == "login", "user_id"]
    assert len(visitors - set(store.orders["user_id"])) > 100
    assert len(visitors - set(logins)) > 100


def test_two_real_events_of_one_user_share_a_second(store):
    assert store.activity.duplicated(["user_id", "occurred_at"]).sum() > 20


def test_the_size_of_a_lesson(store):
    assert 180_000 < len(store.activity) < 260_000
    assert 8_000 <= len(store.orders) <= 9_500
    assert (store.orders["status"] == "completed").mean() == pytest.approx(0.94, abs=0.01)


def test_changing_a_frame_changes_nothing_in_the_store():
    orders, truth = SMALL.orders, SMALL.truth.orders
    orders.loc[0, "total"] = -1.0
    truth["return_probability"] = 0.0
    assert SMALL.orders.loc[0, "total"] > 0
    assert SMALL.truth.orders["return_probability"].min() > 0


def test_blocks_are_the_frames(store):
    (block,) = store.blocks()
    assert_frame_equal(block["orders"], store.orders)


def test_stores_compare_and_hash_by_their_arguments():
    assert Store(users=5) == Store(users=5) != Store(users=6)
    assert len({Store(users=5), Store(users=5)}) == 1
    assert copy.deepcopy(SMALL) == SMALL
    assert eval(repr(SMALL)) == SMALL


def test_truth_shows_its_columns_not_its_rows():
    assert "truth.payments: payment_id, fraud_probability" in repr(SMALL.truth)


@pytest.mark.parametrize(
    "arguments", [{"users": 1, "days": 1}, {"users": 3, "days": 2, "seed": 9}, {"users": 2_001, "days": 20}]
)
def test_the_smallest_stores_work(arguments):
    store = Store(**arguments)
    assert len(store.users) == arguments["users"]
    for table in TABLES:
        raw = store.raw(table)
        assert len(raw.lines) >= len(getattr(store, table))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"users": 0}, r"Store\(users=0\): a whole number from 1 on"),
        ({"users": 2.5}, "a whole number from 1 on"),
        ({"users": True}, "a whole number from 1 on"),
        ({"days": 0}, r"Store\(days=0\)"),
        ({"seed": -1}, r"Store\(seed=-1\): a whole number from 0 on"),
        ({"start": "yesterday"}, "a day such as '2025-01-01'"),
        ({"start": "2025-01-01T12:00"}, "without a time"),
        ({"covariate_shift": "2024-12-31"}, "not one of the 180 days from 2025-01-01"),
        ({"concept_shift": "2025-06-30"}, r"Store\(concept_shift='2025-06-30'\): not one of the 180 days"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Store(**arguments)


def test_dates_may_be_dates_or_timestamps():
    day = pd.Timestamp("2025-02-01")
    assert Store(users=20, days=60, concept_shift=day).orders.equals(
        Store(users=20, days=60, concept_shift=day.date()).orders
    )


def test_an_unknown_table_is_named():
    with pytest.raises(AttributeError, match="no 'order': its tables are users, products"):
        SMALL.order  # noqa: B018
    with pytest.raises(ValueError, match="no table 'order'"):
        SMALL.raw("order", Faults.none())


def test_the_package_is_light_and_the_store_needs_no_server():
    code = (
        "import sys, dataml_lab; light = set(sys.modules);"
        "import dataml_lab.store; heavy = {'fastapi', 'uvicorn', 'sklearn', 'matplotlib'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy or 'pandas' in light else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
