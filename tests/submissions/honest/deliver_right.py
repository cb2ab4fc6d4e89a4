"""The right answer: offset, recent ids and totals in one write.

exercise: deliver
deserves: 8
"""

def deliver(log, table):
    """Brings the customers' totals up to date with the log, each order counted once."""
    offset, recent = table.get("offset") or 0, table.get("recent") or []
    while records := log.read(offset):
        totals = {}
        for record in records:
            if record["order_id"] not in recent:
                user = record["user_id"]
                totals[user] = totals.get(user, table.get(user) or 0) + record["cents"]
            recent = [*recent, record["order_id"]][-100:]
        offset += len(records)
        table.write({**totals, "offset": offset, "recent": recent})
