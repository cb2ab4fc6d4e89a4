"""The open windows are rows of an sqlite3 database in memory."""

import sqlite3
from datetime import datetime, timedelta, UTC

ZERO = datetime(2000, 1, 1, tzinfo=UTC)


class Spending:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create table win (u, s integer, total real, primary key (u, s))")
        self.db.execute("create table late (n integer primary key, id)")
        self.newest = None

    def take(self, order):
        us = (order["occurred_at"] - ZERO) // timedelta(microseconds=1)
        self.newest = us if self.newest is None else max(self.newest, us)
        if us < self.newest - 120_000_000:
            self.db.execute("insert into late (id) values (?)", (order["order_id"],))
        elif order["status"] == "completed":
            self.db.execute(
                "insert into win values (?, ?, ?) on conflict do update set total = total + excluded.total",
                (order["user_id"], us // 300_000_000 * 300, float(order["total"])))
        return self._pop(self.newest // 1_000_000 - 420)

    def _pop(self, upto):
        rows = self.db.execute("select u, s, total from win where s <= ? order by s, u", (upto,)).fetchall()
        if rows:
            self.db.execute("delete from win where s <= ?", (upto,))
        return [(u, ZERO + timedelta(seconds=s), total) for u, s, total in rows]

    def finish(self):
        return self._pop(1 << 60)

    def late(self):
        return [i for i, in self.db.execute("select id from late order by n")]
