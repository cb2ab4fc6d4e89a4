from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import clean_orders, daily_revenue, denormalise, enrich, order_history

START = datetime(2025, 3, 1, tzinfo=UTC)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "user_id": st.integers(1, 3),
            "product_id": st.integers(1, 3),
            "total": st.integers(0, 50_000).map(lambda cents: cents / 100),
            "status": st.sampled_from(["completed", "cancelled"]),
            "occurred_at": st.integers(0, 24).map(lambda n: START + timedelta(hours=7 * n)),
        }
    ),
    max_size=15,
)


@pytest.fixture(scope="session")
def orders_of(raw, batch):
    """Clean orders with the changes of each dict, numbered from 1."""

    def make(rows):
        raws = [
            raw(order_id=n, **{**row, "occurred_at": row.get("occurred_at", START).isoformat()})
            for n, row in enumerate(rows, start=1)
        ]
        return clean_orders(batch(raws)).kept

    return make


# revenue


def test_revenue_counts_completed_orders_on_their_utc_day(orders_of):
    late_evening = datetime.fromisoformat("2025-03-02T00:30:00+02:00")
    orders = orders_of([{"total": 10}, {"total": 5.5, "occurred_at": late_evening}, {"status": "cancelled"}])
    table = daily_revenue(orders, ["2025-03-02", "2025-03-01", "2025-03-01"])
    assert table.columns.tolist() == ["day", "orders", "revenue", "average_order"]
    assert table["day"].dt.strftime("%d").tolist() == ["01", "02"]
    assert table["orders"].tolist() == [2, 0]
    assert table["revenue"].tolist() == [15.5, 0.0]
    assert table["average_order"].fillna(-1).tolist() == [7.75, -1]


@pytest.mark.parametrize(
    "days",
    [
        ["2025-03-01"],
        [date(2025, 3, 1)],
        [datetime(2025, 3, 1, 23, tzinfo=UTC)],
        pd.date_range("2025-03-01", periods=1),
        np.array(["2025-03-01"], dtype="datetime64[D]"),
        pd.Series(pd.to_datetime(["2025-03-01"])),
    ],
)
def test_days_may_be_asked_for_in_any_form(orders_of, days):
    assert daily_revenue(orders_of([{}]), days)["orders"].tolist() == [1]


def test_no_days_and_no_orders(orders_of):
    assert daily_revenue(orders_of([{}]), []).empty
    table = daily_revenue(orders_of([]), ["2025-03-01"])
    assert table.dtypes.astype(str).to_dict() == {
        "day": "datetime64[us]",
        "orders": "int64",
        "revenue": "float64",
        "average_order": "float64",
    }


def test_revenue_is_what_a_double_loop_finds(orders_of, examples):
    @settings(deadline=None, max_examples=examples)
    @given(ROWS, st.randoms())
    def holds(rows, random):
        orders = orders_of(rows)
        days = [date(2025, 2, 27) + timedelta(days=n) for n in range(12)]
        expected = []
        for day in days:
            totals = [r["total"] for r in rows if r["status"] == "completed" and r["occurred_at"].date() == day]
            revenue = round(sum(totals), 2)
            expected.append([len(totals), revenue, revenue / len(totals) if totals else np.nan])
        table = daily_revenue(orders, days)
        np.testing.assert_allclose(table[["orders", "revenue", "average_order"]], expected)
        shuffled = orders.sample(frac=1, random_state=random.randrange(99))
        pd.testing.assert_frame_equal(daily_revenue(shuffled, days), table, check_exact=True)

    holds()


# joins


def test_enriched_orders_know_their_user_and_product(orders_of, users, products):
    joined = enrich(orders_of([{}, {"user_id": 4, "product_id": 6}]), users, products)
    assert joined.rows["country"].tolist() == ["DE", "FR"]
    assert joined.rows["category"].tolist() == ["toys", "books"]
    assert joined.orphans.empty


def test_orphans_say_what_they_lack(orders_of, users, products):
    joined = enrich(orders_of([{"user_id": 9}, {"product_id": 9}, {}]), users, products)
    assert joined.orphans[["order_id", "reason"]].values.tolist() == [
        ["1", "user unknown"],
        ["2", "product unknown"],
    ]
    assert joined.rows["order_id"].tolist() == ["3"]


def test_a_user_listed_twice_is_an_error(orders_of, users, products):
    with pytest.raises(pd.errors.MergeError, match="not a many-to-one merge"):
        enrich(orders_of([{}]), pd.concat([users, users]), products)


def test_columns_of_the_same_name_stay_apart(orders_of, users, products):
    joined = enrich(orders_of([{}]), users.assign(channel="mail"), products.assign(total=9.99))
    assert joined.rows.loc[0, ["channel", "channel_of_user", "total", "total_of_product"]].tolist() == [
        "web",
        "mail",
        42.5,
        9.99,
    ]


def test_enrich_loses_and_adds_nothing(orders_of, examples):
    @settings(deadline=None, max_examples=examples)
    @given(ROWS, st.sets(st.integers(1, 3)), st.sets(st.integers(1, 3)))
    def holds(rows, user_ids, product_ids):
        orders = orders_of(rows)
        users = pd.DataFrame({"user_id": sorted(user_ids)}, dtype="int64")
        products = pd.DataFrame({"product_id": sorted(product_ids)}, dtype="int64")
        joined = enrich(orders, users, products)
        assert sorted([*joined.rows["order_id"], *joined.orphans["order_id"]]) == sorted(orders["order_id"])
        known = [row["user_id"] in user_ids and row["product_id"] in product_ids for row in rows]
        assert len(joined.rows) == sum(known)

    holds()


# history


def history_by_loop(orders):
    """For each order, all others of its user that come before it, one by one."""
    rows = []
    for this in orders.itertuples():
        before = [
            (other.occurred_at, other.order_id, other.total)
            for other in orders.itertuples()
            if other.user_id == this.user_id
            and (other.occurred_at, other.order_id) < (this.occurred_at, this.order_id)
        ]
        last = sorted(before)[-3:]
        days = (this.occurred_at - last[-1][0]) / timedelta(days=1) if last else np.nan
        rows.append([days, sum(total for *_, total in last) / len(last) if last else np.nan])
    return np.array(rows).reshape(-1, 2)


def test_history_is_what_a_double_loop_finds(orders_of, examples):
    @settings(deadline=None, max_examples=examples)
    @given(ROWS, st.randoms())
    def holds(rows, random):
        orders = orders_of(rows).sample(frac=1, random_state=random.randrange(99))
        history = order_history(orders)
        assert history.columns.tolist() == ["order_id", "days_since_previous", "mean_of_previous_three"]
        assert history["order_id"].tolist() == orders["order_id"].tolist()
        np.testing.assert_allclose(history.iloc[:, 1:].to_numpy(float), history_by_loop(orders), atol=1e-9)

    holds()


def test_history_cannot_see_the_order_itself_nor_the_future(orders_of, examples):
    @settings(deadline=None, max_examples=examples)
    @given(ROWS.filter(len))
    def holds(rows):
        orders = orders_of(rows).sort_values(["occurred_at", "order_id"], ignore_index=True)
        true = order_history(orders)["mean_of_previous_three"]
        for n in range(len(orders)):
            poisoned = orders.assign(total=orders["total"].where(orders.index < n, 1e9))
            mean = order_history(poisoned)["mean_of_previous_three"]
            assert mean[n] == true[n] or np.isnan(mean[n])

    holds()


# the wide table


def test_the_wide_table_has_a_row_per_order_and_no_join_left(orders_of, users, products):
    orders = orders_of([{"occurred_at": START + timedelta(hours=30 * n)} for n in range(3)])
    wide = denormalise(enrich(orders, users, products).rows, order_history(orders))
    assert wide["order_id"].tolist() == ["1", "2", "3"]
    assert wide["weekday"].tolist() == ["Saturday", "Sunday", "Monday"]
    assert wide["hour"].tolist() == [0, 6, 12]
    assert wide["days_since_previous"].tolist()[1:] == [1.25, 1.25]
    assert {"country", "category", "day"} <= set(wide.columns)
