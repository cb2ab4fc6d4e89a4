"""Totals are written first, and offset and ids in a write after it.

fails: counts nothing twice after a crash; knows a repeat after a restart, too
"""

from collections import deque


def deliver(log, table):
    offset = table.get("offset") or 0
    recent = deque(table.get("recent") or [], maxlen=100)
    while True:
        batch = log.read(offset)
        if not batch:
            return
        rows = {}
        for record in batch:
            user = record["user_id"]
            if user not in rows:
                rows[user] = table.get(user) or 0
            if record["order_id"] not in recent:
                rows[user] += record["cents"]
            recent.append(record["order_id"])
        offset = batch[-1]["offset"] + 1
        table.write(rows)
        table.write({"offset": offset, "recent": list(recent)})
