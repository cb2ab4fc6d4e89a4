"""Pending orders in a list, summed with a pandas groupby only when a window closes."""

from datetime import timedelta

import pandas as pd


class Spending:
    def __init__(self):
        self.newest = None
        self.rows = []
        self.aside = []

    def take(self, order):
        t = order["occurred_at"]
        if self.newest is None or t > self.newest:
            self.newest = t
        if self.newest - t > timedelta(minutes=2):
            self.aside.append(order["order_id"])
            return []
        if order["status"] == "completed":
            self.rows.append((order["user_id"], pd.Timestamp(t).tz_convert("UTC").floor("5min").to_pydatetime(), order["total"]))
        border = self.newest - timedelta(minutes=7)
        closed = [r for r in self.rows if r[1] <= border]
        if not closed:
            return []
        self.rows = [r for r in self.rows if r[1] > border]
        return self.told(closed)

    @staticmethod
    def told(rows):
        if not rows:
            return []
        df = pd.DataFrame(rows, columns=["user", "start", "total"])
        sums = df.groupby(["user", "start"])["total"].sum()
        return [(user, start.to_pydatetime(), float(total)) for (user, start), total in sums.items()]

    def finish(self):
        rows, self.rows = self.rows, []
        return self.told(rows)

    def late(self):
        return list(self.aside)
