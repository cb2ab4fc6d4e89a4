"""Everything is written in one go when the log has been read, so a crash costs the work of this run."""

from collections import deque


def deliver(log, table):
    offset = table.get("offset") or 0
    recent = deque(table.get("recent") or [], maxlen=100)
    rows = {}
    while batch := log.read(offset):
        for r in batch:
            u = r["user_id"]
            rows.setdefault(u, table.get(u) or 0)
            rows[u] += 0 if r["order_id"] in recent else r["cents"]
            recent.append(r["order_id"])
        offset = batch[-1]["offset"] + 1
    if rows:
        table.write({**rows, "offset": offset, "recent": tuple(recent)})
