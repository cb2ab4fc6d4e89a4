"""A coroutine holds all state in local variables, and is sent the orders."""

from datetime import datetime, timedelta, UTC
from math import fsum


def _machine():
    late, amounts, newest, out = [], {}, None, []
    while True:
        order = yield out, late
        if order is None:
            done = list(amounts)
        else:
            t = order["occurred_at"]
            newest = max(t, newest or t)
            if newest - t > timedelta(seconds=120):
                late.append(order["order_id"])
            elif order["status"] == "completed":
                number = (t - datetime.min.replace(tzinfo=UTC)) // timedelta(seconds=300)
                amounts.setdefault((number, order["user_id"]), []).append(order["total"])
            border = newest - timedelta(seconds=120) - datetime.min.replace(tzinfo=UTC)
            done = [k for k in amounts if (k[0] + 1) * timedelta(seconds=300) <= border]
        out = [(u, datetime.min.replace(tzinfo=UTC) + n * timedelta(seconds=300), fsum(amounts.pop((n, u))))
               for n, u in done]


class Spending:
    def __init__(self):
        self._m = _machine()
        next(self._m)
        self._late = []

    def take(self, order):
        out, self._late = self._m.send(order)
        return out

    def finish(self):
        out, self._late = self._m.send(None)
        return out

    def late(self):
        return self._late.copy()
