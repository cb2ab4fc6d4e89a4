"""The lesson's snippet, which counts the order itself, refunds, and not what is exactly 30 days back.

fails: knows the window's edge to the microsecond; counts neither the row itself nor its moment; answers refunds and doesn't count them; keeps the index of tx; takes rows in any order
says: exactly 30 days
"""


def orders_in_last_30d(tx):
    dated = tx.set_index("occurred_at")
    rolled = dated.groupby("user_id")["amount"].transform(lambda own: own.rolling("30D").count())
    return rolled.reset_index(drop=True)
