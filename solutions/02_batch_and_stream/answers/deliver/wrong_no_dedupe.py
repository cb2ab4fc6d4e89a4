"""An offset in the table is thought to be enough, and orders sent again are counted again.

fails: counts an order that is sent again once; knows a repeat after a restart, too
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
            rows[user] += record["cents"]
        offset = batch[-1]["offset"] + 1
        rows["offset"] = offset
        rows["recent"] = list(recent)
        table.write(rows)
