"""Commits only at the very end, so after a crash it reads far more than it can recognize.

fails: counts nothing twice after a crash; knows a repeat after a restart, too
"""

from collections import deque


def deliver(log, table):
    offset = log.committed()
    recent = deque(table.get("recent") or [], maxlen=100)
    while True:
        batch = log.read(offset)
        if not batch:
            log.commit(offset)
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
        rows["recent"] = list(recent)
        table.write(rows)
