"""A pure step function over an immutable state; the class only holds the state."""

from datetime import timedelta, UTC
from typing import NamedTuple


class State(NamedTuple):
    newest: object = None
    pending: tuple = ()
    late: tuple = ()


def floor5(t):
    t = t.astimezone(UTC)
    return t - timedelta(minutes=t.minute % 5, seconds=t.second, microseconds=t.microsecond)


def totals(pending):
    keys = dict.fromkeys((u, s) for u, s, _ in pending)
    return [(u, s, sum(x for a, b, x in pending if (a, b) == (u, s))) for u, s in keys]


def step(state, order):
    t = order["occurred_at"]
    newest = t if state.newest is None else max(t, state.newest)
    if newest - t > timedelta(minutes=2):
        return State(newest, state.pending, state.late + (order["order_id"],)), []
    pending = state.pending
    if order["status"] == "completed":
        pending += ((order["user_id"], floor5(t), order["total"]),)
    closed = lambda p: newest - p[1] >= timedelta(minutes=7)
    out = totals([p for p in pending if closed(p)])
    return State(newest, tuple(p for p in pending if not closed(p)), state.late), out


class Spending:
    def __init__(self):
        self.state = State()

    def take(self, order):
        self.state, out = step(self.state, order)
        return out

    def finish(self):
        out = totals(self.state.pending)
        self.state = self.state._replace(pending=())
        return out

    def late(self):
        return list(self.state.late)
