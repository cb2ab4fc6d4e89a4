"""In-time orders wait in a list kept sorted with bisect; the front is cut off when windows close."""

import bisect
import itertools
from datetime import datetime, timedelta, UTC


def start_of(t):
    seconds = int((t - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 300) * 300
    return datetime.fromtimestamp(seconds, UTC)


class Spending:
    def __init__(self):
        self.waiting = []
        self.count = itertools.count()
        self.newest = datetime.min.replace(tzinfo=UTC)
        self.too_late = []

    def take(self, order):
        t = order["occurred_at"]
        self.newest = max(self.newest, t)
        if t + timedelta(minutes=2) < self.newest:
            self.too_late.append(order["order_id"])
            return []
        if order["status"] == "completed":
            bisect.insort(self.waiting, (t, next(self.count), order["user_id"], order["total"]))
        # everything before the start of the window of the watermark is closed
        border = start_of(self.newest - timedelta(minutes=2)) if self.newest.year > 1 else self.newest
        i = bisect.bisect_left(self.waiting, (border,))
        ready, self.waiting = self.waiting[:i], self.waiting[i:]
        return self.sums(ready)

    @staticmethod
    def sums(ready):
        out = []
        by = lambda r: (start_of(r[0]), r[2])
        for (start, user), rows in itertools.groupby(sorted(ready, key=by), by):
            out.append((user, start, sum(r[3] for r in rows)))
        return out

    def finish(self):
        ready, self.waiting = self.waiting, []
        return self.sums(ready)

    def late(self):
        return list(self.too_late)
