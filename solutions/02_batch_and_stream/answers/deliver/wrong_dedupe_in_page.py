"""Knows a repeat only among the records of the same read.

fails: counts an order that is sent again once; knows a repeat after a restart, too
"""

def deliver(log, table):
    offset = table.get("offset") or 0
    while records := log.read(offset):
        totals = {}
        for record in {record["order_id"]: record for record in records}.values():
            user = record["user_id"]
            totals[user] = totals.get(user, table.get(user) or 0) + record["cents"]
        offset = records[-1]["offset"] + 1
        table.write({**totals, "offset": offset})
