"""Commits after the write, and keeps a hundred ids and those of two batches, which may be read again."""


def deliver(log, table):
    offset = log.committed()
    recent = table.get("recent") or []
    while batch := log.read(offset):
        rows = {}
        for record in batch:
            user = record["user_id"]
            rows.setdefault(user, table.get(user) or 0)
            if record["order_id"] not in recent:
                rows[user] += record["cents"]
            recent = [*recent, record["order_id"]][-140:]
        offset = batch[-1]["offset"] + 1
        table.write({**rows, "recent": recent})
        log.commit(offset)
