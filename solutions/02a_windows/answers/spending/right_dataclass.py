"""Dataclasses for the open windows, a clock of its own."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, UTC


@dataclass
class Window:
    start: datetime
    totals: dict = field(default_factory=dict)

    @property
    def end(self):
        return self.start + timedelta(minutes=5)

    def add(self, user, amount):
        self.totals[user] = self.totals.get(user, 0.0) + amount

    def rows(self):
        return [(user, self.start, total) for user, total in self.totals.items()]


@dataclass
class Clock:
    newest: datetime | None = None

    def see(self, t):
        if self.newest is None or self.newest < t:
            self.newest = t

    @property
    def watermark(self):
        return self.newest - timedelta(minutes=2)


@dataclass
class Spending:
    clock: Clock = field(default_factory=Clock)
    open: dict = field(default_factory=dict)
    aside: list = field(default_factory=list)

    def take(self, order):
        t = order["occurred_at"].astimezone(UTC)
        self.clock.see(t)
        if t < self.clock.watermark:
            self.aside.append(order["order_id"])
        elif order["status"] == "completed":
            start = t.replace(minute=t.minute // 5 * 5, second=0, microsecond=0)
            self.open.setdefault(start, Window(start)).add(order["user_id"], order["total"])
        out = []
        for w in [w for w in self.open.values() if w.end <= self.clock.watermark]:
            out += w.rows()
            del self.open[w.start]
        return out

    def finish(self):
        out = [row for w in self.open.values() for row in w.rows()]
        self.open.clear()
        return out

    def late(self):
        return list(self.aside)
