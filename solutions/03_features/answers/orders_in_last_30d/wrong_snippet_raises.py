"""A window of 30 days is asked for where the index is no time, which raises.

fails: returns a number for each row; counts each user's orders of 30 days; says 0 where there is none; knows the window's edge to the microsecond; counts neither the row itself nor its moment; answers refunds and doesn't count them; keeps the index of tx; leaves tx as it was; takes rows in any order
says: raised ValueError
"""


def orders_in_last_30d(tx):
    return tx.groupby("user_id")["amount"].transform(lambda own: own.rolling("30D").count())
