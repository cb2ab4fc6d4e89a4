"""Tells everything when the stream has ended, which a stream never does.

fails: tells a window as soon as no more may come
"""

from collections import defaultdict
from datetime import timedelta


class Spending:
    def __init__(self):
        self.orders, self.aside, self.newest = [], [], None

    def take(self, order):
        self.newest = max(order["occurred_at"], self.newest or order["occurred_at"])
        late = order["occurred_at"] < self.newest - timedelta(minutes=2)
        (self.aside if late else self.orders).append(order)
        return []

    def finish(self):
        totals = defaultdict(float)
        for order in self.orders:
            if order["status"] == "completed":
                moment = order["occurred_at"]
                start = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
                totals[order["user_id"], start] += order["total"]
        return [(*window, total) for window, total in totals.items()]

    def late(self):
        return [order["order_id"] for order in self.aside]
