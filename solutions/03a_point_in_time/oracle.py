"""A slow and obvious reference for 03a: what an answer is compared with when it is graded."""

from datetime import timedelta


def orders_in_last_30d(tx):
    """For each row, by position, how many orders of its user occurred in the 30 days before it."""
    rows = list(zip(tx["user_id"], tx["kind"], tx["occurred_at"], strict=True))
    return [sum(other == user and kind == "order" and moment - timedelta(days=30) <= at < moment
                for other, kind, at in rows) for user, _, moment in rows]


ORACLES = {"orders_in_last_30d": orders_in_last_30d}
