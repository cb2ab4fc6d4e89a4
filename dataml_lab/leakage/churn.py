"""Who leaves next quarter: the subscriptions of the Store as a table, exported in time or late, and who really leaves.

A table has a row for each subscription that is active at `as_of`. The label `leaves` is 1 if it is closed within the
92 days from then on. Some columns are computed as of `as_of`; the others stand for columns of a warehouse that are
overwritten in place, and hold what was known at `exported_at`.
"""

import numpy as np
import pandas as pd

from dataml_lab.store import Store

DAY = pd.Timedelta(days=1)
QUARTER = 92 * DAY
HONEST = ["price", "days_subscribed", "days_since_visit", "visits_30d", "visits_90d"]
LATE = ["days_open", "cancellation_reason", "last_visit_days_ago", "visits_so_far", "cancel_tickets"]


def churn_table(store: Store, as_of: pd.Timestamp, exported_at: pd.Timestamp) -> pd.DataFrame:
    """The subscriptions that are active at `as_of`, as they stand in an export. Columns, besides `user_id`:

    `HONEST`, of what was known at `as_of`: price (EUR a month), days since the start, days since the newest visit
    (missing if there is none) and visits in 30 and 90 days.

    `LATE`, of what was known at `exported_at`: days from start to closing and the reason (both missing where it isn't
    closed), days since the newest visit, visits so far, tickets to cancel so far.

    `leaves`, 0 or 1."""
    rows = store.subscriptions
    active = rows[(rows["started_at"] < as_of) & ~(rows["closed_at"] < as_of)].reset_index(drop=True)
    closed_at = active["closed_at"].where(active["closed_at"] < exported_at)
    tickets = store.tickets[store.tickets["topic"] == "cancel"]
    then, late = (visits(store, active["user_id"], moment) for moment in (as_of, exported_at))
    return pd.DataFrame({
        "user_id": active["user_id"], "price": active["price"],
        "days_subscribed": days(as_of - active["started_at"]), "days_since_visit": then["quiet"],
        "visits_30d": then["30"], "visits_90d": then["90"],
        "days_open": days(closed_at - active["started_at"]),
        "cancellation_reason": active["cancellation_reason"].astype("str").where(closed_at.notna()),
        "last_visit_days_ago": late["quiet"], "visits_so_far": late["all"],
        "cancel_tickets": counted(tickets[tickets["occurred_at"] < exported_at], active["user_id"]),
        "leaves": (active["closed_at"] < as_of + QUARTER) * 1})


def visits(store: Store, users: pd.Series, moment: pd.Timestamp) -> pd.DataFrame:
    """For each user, of the visits before a moment: how many in all, in 30 and 90 days, and days since the newest."""
    past = store.sessions[store.sessions["started_at"] < moment]
    newest = past.groupby("user_id")["started_at"].max()
    recent = {days: past[past["started_at"] >= moment - days * DAY] for days in (30, 90)}
    return pd.DataFrame({"all": counted(past, users), "quiet": days(moment - users.map(newest)),
                         **{str(length): counted(rows, users) for length, rows in recent.items()}})


def counted(events: pd.DataFrame, users: pd.Series) -> pd.Series:
    """How many of the events each user has."""
    return users.map(events["user_id"].value_counts()).fillna(0).astype(int)


def days(spans: pd.Series) -> pd.Series:
    """Spans of time in days, to a tenth."""
    return (spans / DAY).round(1)


def true_probability(store: Store, users: pd.Series, as_of: pd.Timestamp) -> np.ndarray:
    """The probability that each user, subscribed at `as_of`, leaves within the quarter, for somebody who knows what the
    shop never sees: when they lost interest, if they have, and else how likely they are to lose it on a day.

    Who lost it before `as_of` leaves in time if the lag isn't longer, given how long it has lasted so far. Who hasn't
    must lose it within the quarter and then leave: of a hazard h, the sum over the days t of the quarter of
    h · exp(−h t) · `left_within`(what remains of it)."""
    truth = store.truth.users.set_index("user_id").loc[users]
    lost = ((as_of - truth["disengaged_at"]) / DAY).to_numpy()  # days ago; negative where it is still to come
    so_far, quarter = np.maximum(lost, 0), QUARTER / DAY
    stayed = 1 - left_within(so_far)
    hazard, moments = truth["disengagement_hazard"].to_numpy()[:, None], np.arange(quarter) + 0.5
    to_come = (hazard * np.exp(-hazard * moments) * left_within(quarter - moments)).sum(axis=1)
    return np.where(lost < 0, to_come, (left_within(so_far + quarter) - left_within(so_far)) / stayed)


def left_within(days: np.ndarray) -> np.ndarray:
    """The probability that somebody leaves within so many days after the interest was lost: 7 days, and a sum of two
    exponentials of mean 10 days each (`store.people.leave`). With x = max(days − 7, 0) / 10 it is 1 − (1 + x) exp(−x).

    >>> left_within(np.array([7.0, 27.0, 99.0])).round(3)
    array([0.   , 0.594, 0.999])
    """
    x = np.maximum(days - 7, 0) / 10
    return 1 - (1 + x) * np.exp(-x)
