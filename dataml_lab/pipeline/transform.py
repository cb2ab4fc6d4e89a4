"""Transform: from clean orders to the tables that consumers ask for."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from dataml_lab.pipeline.clean import identifier


class Joined(NamedTuple):
    """Orders with their user and product, and the orphans: orders without one of them, with the reason."""

    rows: pd.DataFrame
    orphans: pd.DataFrame


def utc_days(moments: Any) -> pd.Series | pd.DatetimeIndex:
    """The UTC day of each moment, as its midnight without a zone; dates and naive moments count as UTC.

    >>> utc_days(["2025-03-01T00:30:00+02:00", "2025-03-01"]).strftime("%d %B").tolist()
    ['28 February', '01 March']
    """
    moments = pd.to_datetime(moments, utc=True, format="ISO8601")
    if isinstance(moments, pd.Series):
        return moments.dt.tz_localize(None).dt.normalize().dt.as_unit("us")
    return moments.tz_localize(None).normalize().as_unit("us")


def daily_revenue(orders: pd.DataFrame, days: Iterable) -> pd.DataFrame:
    """One row per day asked for: day, orders, revenue (to the cent), average_order (NaN without orders).

    Completed orders count, on the UTC day they occurred. The days are asked for, never "today", so that
    any past day can be made again.
    """
    completed = orders[orders["status"] == "completed"]
    by_day = completed.groupby(utc_days(completed["occurred_at"]))["total"]
    asked = utc_days(list(days)).unique().sort_values().rename("day")
    table = by_day.agg(orders="count", revenue="sum").reindex(asked, fill_value=0)
    table["revenue"] = table["revenue"].round(2)  # else the order of rows would show in the last digit
    return table.assign(average_order=table["revenue"] / table["orders"]).reset_index()


def enrich(orders: pd.DataFrame, users: pd.DataFrame, products: pd.DataFrame) -> Joined:
    """Each order with its user's and its product's columns; rows + orphans = orders.

    Raises pandas.errors.MergeError when a user or a product is listed twice: the join would multiply orders.
    """
    users, products = named(users, "user_id"), named(products, "product_id")
    lacks_user = ~orders["user_id"].isin(users["user_id"])
    lacks_product = ~orders["product_id"].isin(products["product_id"])
    rows = orders[~(lacks_user | lacks_product)]
    rows = rows.merge(users, on="user_id", how="left", validate="m:1", suffixes=("", "_of_user"))
    rows = rows.merge(products, on="product_id", how="left", validate="m:1", suffixes=("", "_of_product"))
    reason = lacks_user.map({True: "user unknown", False: "product unknown"}).astype("str")
    return Joined(rows, orders.assign(reason=reason)[lacks_user | lacks_product])


def named(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The table with its ids as text, so that they meet the ids of clean orders."""
    return table.assign(**{key: table[key].map(identifier).astype("str")})


def order_history(orders: pd.DataFrame) -> pd.DataFrame:
    """Per order, in the given rows' order: order_id, days_since_previous, mean_of_previous_three.

    Both look only at the same user's earlier orders (at the same moment: the smaller order_id), never at
    the order itself. Both are NaN for a first order; the mean takes what there is of one to three totals.
    """
    ordered = orders.sort_values(["user_id", "occurred_at", "order_id"])
    by_user = ordered.groupby("user_id")
    since = by_user["occurred_at"].diff() / pd.Timedelta(days=1)
    previous = pd.concat([by_user["total"].shift(n) for n in (1, 2, 3)], axis=1)
    mean = previous.mean(axis=1)
    return orders[["order_id"]].assign(days_since_previous=since, mean_of_previous_three=mean)


def denormalise(rows: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The wide table for analysts: enriched orders with their history and calendar, no join left to make."""
    occurred = rows["occurred_at"].dt
    calendar = rows.assign(day=utc_days(rows["occurred_at"]), weekday=occurred.day_name(), hour=occurred.hour)
    return calendar.merge(history, on="order_id", how="left", validate="1:1")
