"""A text key for each order of the last 100 records, deleted with None when it gets old; one write per record."""

def deliver(log, table):
    position = table.get("position")
    offset, n = position if position else (0, 0)
    while True:
        batch = log.read(offset)
        if len(batch) == 0:
            break
        for record in batch:
            rows = {}
            key = "order {}".format(record["order_id"])
            old = table.get(f"at {n % 100}")
            known = table.get(key)
            user = record["user_id"]
            if known is None:
                rows[user] = (table.get(user) or 0) + record["cents"]
                if old is not None:
                    rows[old] = None
                rows[f"at {n % 100}"] = key
                rows[key] = n
                n += 1
            # a duplicate costs no place in the ring, so that ids stay even longer
            offset = record["offset"] + 1
            rows["position"] = (offset, n)
            table.write(rows)
