"""Keeps all ids for ever.

fails: keeps no more than it needs
says: values beside the 12 totals
"""

from collections import deque


def deliver(log, table):
    offset = table.get("offset") or 0
    recent = deque(table.get("recent") or [])
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
        rows["offset"] = offset
        rows["recent"] = list(recent)
        table.write(rows)
