"""Starts at the committed offset, one batch behind at worst, and remembers 160 offsets, enough for the batch read again."""

def deliver(log, table):
    offset = log.committed()
    seen = dict(table.get("seen") or ())
    while True:
        batch = log.read(offset)
        if not batch:
            return
        rows = {}
        for record in batch:
            rows.setdefault(record["user_id"], table.get(record["user_id"]) or 0)
            if record["order_id"] not in seen:
                rows[record["user_id"]] += record["cents"]
                seen[record["order_id"]] = record["offset"]
        offset = batch[-1]["offset"] + 1
        seen = {i: at for i, at in seen.items() if at >= offset - 160}
        rows["seen"] = list(seen.items())
        table.write(rows)
        log.commit(offset)
