"""A heap of the window starts that are open, and a dict of customers for each."""

import heapq
from collections import defaultdict
from datetime import datetime, UTC


class Spending:
    def __init__(self):
        self._newest = float("-inf")
        self._heap = []
        self._open = {}
        self._late = []

    def take(self, order):
        us = _micros(order["occurred_at"])
        self._newest = max(self._newest, us)
        if self._newest - us > 120_000_000:
            self._late.append(order["order_id"])
            return []
        if order["status"] == "completed":
            start = us - us % 300_000_000
            if start not in self._open:
                self._open[start] = defaultdict(float)
                heapq.heappush(self._heap, start)
            self._open[start][order["user_id"]] += order["total"]
        return self._drain(self._newest - 420_000_000)

    def _drain(self, upto):
        out = []
        while self._heap and self._heap[0] <= upto:
            start = heapq.heappop(self._heap)
            at = datetime.fromtimestamp(start // 1_000_000, tz=UTC)
            for user, total in self._open.pop(start).items():
                out.append((user, at, total))
        return out

    def finish(self):
        return self._drain(float("inf"))

    def late(self):
        return self._late[:]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _micros(t):
    d = t - _EPOCH
    return (d.days * 86400 + d.seconds) * 1_000_000 + d.microseconds
