"""Begins again when it has come to the end.

fails: adds up each customer's orders; loses nothing in a crash; counts nothing twice after a crash; counts an order that is sent again once; knows a repeat after a restart, too; goes on where it stopped; keeps no more than it needs
says: when does its loop end?
"""

from collections import deque


def deliver(log, table):
    offset = table.get("offset") or 0
    recent = deque(table.get("recent") or [], maxlen=100)
    while True:
        batch = log.read(offset)
        if not batch:
            offset = 0
            continue
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
