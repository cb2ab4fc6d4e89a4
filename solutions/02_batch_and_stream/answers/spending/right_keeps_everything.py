"""Keeps all orders for ever and computes everything anew in each call, minus what was told."""

from datetime import timedelta


class Spending:
    def __init__(self):
        self.orders, self.told = [], set()

    def _replay(self):
        newest, late, good = None, [], {}
        for o in self.orders:
            t = o["occurred_at"]
            newest = t if newest is None else max(newest, t)
            if newest - t > timedelta(minutes=2):
                late.append(o["order_id"])
            elif o["status"] == "completed":
                start = t.replace(minute=t.minute - t.minute % 5, second=0, microsecond=0)
                good[o["user_id"], start] = good.get((o["user_id"], start), 0) + o["total"]
        return newest, late, good

    def _tell(self, ready):
        out = [(u, s, x) for (u, s), x in self._replay()[2].items() if (u, s) not in self.told and ready(s)]
        self.told |= {(u, s) for u, s, _ in out}
        return out

    def take(self, order):
        self.orders.append(dict(order))
        newest = self._replay()[0]
        return self._tell(lambda s: s + timedelta(minutes=7) <= newest)

    def finish(self):
        return self._tell(lambda s: True)

    def late(self):
        return self._replay()[1]
