"""Commits the offset before the totals are written, so a crash between them loses a batch.

fails: loses nothing in a crash
says: A process crashed after log.commit
"""

from collections import deque


def deliver(log, table):
    offset = log.committed()
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
        rows["recent"] = list(recent)
        log.commit(offset)
        table.write(rows)
