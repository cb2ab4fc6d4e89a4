"""A plain dict keyed by (start, user) and timedeltas."""

from datetime import datetime, timedelta, UTC

FIVE = timedelta(minutes=5)
GRACE = timedelta(minutes=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Spending:
    def __init__(self):
        self.newest = None
        self.windows = {}
        self.put_aside = []

    def take(self, order):
        t = order["occurred_at"]
        if self.newest is None or t > self.newest:
            self.newest = t
        if t < self.newest - GRACE:
            self.put_aside.append(order["order_id"])
            return []
        if order["status"] == "completed":
            start = EPOCH + (t - EPOCH) // FIVE * FIVE
            key = (start, order["user_id"])
            self.windows[key] = self.windows.get(key, 0.0) + order["total"]
        return self.tell(self.newest - GRACE)

    def tell(self, until):
        done = sorted(k for k in self.windows if k[0] + FIVE <= until)
        return [(user, start, self.windows.pop((start, user))) for start, user in done]

    def finish(self):
        done = sorted(self.windows)
        return [(user, start, self.windows.pop((start, user))) for start, user in done]

    def late(self):
        return list(self.put_aside)
