"""Trusts that ids ascend, and takes all that is not above the highest for a repetition.

fails: adds up each customer's orders; loses nothing in a crash; counts nothing twice after a crash; counts an order that is sent again once; knows a repeat after a restart, too; goes on where it stopped
"""

def deliver(log, table):
    offset = table.get("offset") or 0
    recent = table.get("recent") or -1
    while True:
        batch = log.read(offset)
        if not batch:
            return
        rows = {}
        for record in batch:
            user = record["user_id"]
            if user not in rows:
                rows[user] = table.get(user) or 0
            if record["order_id"] > recent:
                rows[user] += record["cents"]
            recent = max(recent, record["order_id"])
        offset = batch[-1]["offset"] + 1
        rows["offset"] = offset
        rows["recent"] = recent
        table.write(rows)
