"""Sums all customers together, and tells the sum as that of the last one.

fails: keeps customers apart; waits two minutes for what comes late; reports a window as soon as it is complete; reports the sums that a batch job finds
"""

from datetime import timedelta


class Spending:
    def __init__(self):
        self.totals, self.last, self.newest, self.aside = {}, {}, None, []

    def take(self, order):
        moment = order["occurred_at"]
        self.newest = max(moment, self.newest or moment)
        if moment < self.newest - timedelta(minutes=2):
            self.aside.append(order["order_id"])
        elif order["status"] == "completed":
            start = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
            self.totals[start] = self.totals.get(start, 0) + order["total"]
            self.last[start] = order["user_id"]
        done = [start for start in self.totals if start + timedelta(minutes=7) <= self.newest]
        return [(self.last[start], start, self.totals.pop(start)) for start in done]

    def finish(self):
        return [(self.last[start], start, total) for start, total in self.totals.items()]

    def late(self):
        return self.aside
