"""Commits after the write, and keeps a hundred ids and those of one batch, though a batch may be read again twice.

fails: knows a repeat after a restart, too
says: read again after a crash, and forgotten by then
"""


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
            recent = [*recent, record["order_id"]][-120:]
        offset = batch[-1]["offset"] + 1
        table.write({**rows, "recent": recent})
        log.commit(offset)
