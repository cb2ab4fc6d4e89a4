"""Each customer has a clock of its own, and so windows of idle customers stay open.

fails: tells a window as soon as no more may come; puts aside what comes too late; comes to what a batch job finds
says: (of another customer)
"""

from datetime import datetime, timedelta, UTC

FIVE = timedelta(minutes=5)
GRACE = timedelta(minutes=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Spending:
    def __init__(self):
        self.newest = {}
        self.windows = {}
        self.put_aside = []

    def take(self, order):
        t = order["occurred_at"]
        user = order["user_id"]
        newest = self.newest[user] = max(t, self.newest.get(user, t))
        if t < newest - GRACE:
            self.put_aside.append(order["order_id"])
            return []
        if order["status"] == "completed":
            start = EPOCH + (t - EPOCH) // FIVE * FIVE
            key = (start, order["user_id"])
            self.windows[key] = self.windows.get(key, 0.0) + order["total"]
        return self.tell(user, newest - GRACE)

    def tell(self, who, until):
        done = sorted(k for k in self.windows if k[1] == who and k[0] + FIVE <= until)
        return [(user, start, self.windows.pop((start, user))) for start, user in done]

    def finish(self):
        done = sorted(self.windows)
        return [(user, start, self.windows.pop((start, user))) for start, user in done]

    def late(self):
        return list(self.put_aside)
