"""Reads the whole log from 0 each time and computes the totals anew.

fails: goes on where it stopped
says: of the old ones again
"""

from collections import deque


def deliver(log, table):
    offset = 0
    recent = deque(maxlen=100)
    totals = {}
    while True:
        batch = log.read(offset)
        if not batch:
            return
        rows = {}
        for record in batch:
            user = record["user_id"]
            if user not in rows:
                rows[user] = totals.get(user, 0)
            if record["order_id"] not in recent:
                rows[user] += record["cents"]
            recent.append(record["order_id"])
        offset = batch[-1]["offset"] + 1
        rows["offset"] = offset
        rows["recent"] = list(recent)
        totals.update(rows)
        table.write(rows)
