"""The note has the version of the run, the stamp of each partition that it has done, and whether it has ended."""


def score_all(store, model, state):
    note = state.load() or {"version": None, "done": {}, "ended": True}
    if note["ended"]:
        version = model.champion()
        done = note["done"] if version == note["version"] else {}
        note = {"version": version, "done": done, "ended": False}
        state.save(note)
    version = note["version"]
    known = model.trained_on(version)
    for partition, stamp in store.partitions().items():
        if note["done"].get(partition) == stamp:
            continue
        rows = store.read(partition)
        inputs = [filled(row, known) for row in rows if row["amount"] is not None]
        scores = []
        for start in range(0, len(inputs), 10):
            scores += model.score(inputs[start:start + 10], version)
        scores = iter(scores)
        found = []
        for row in rows:
            score = None if row["amount"] is None else next(scores)
            found.append({"payment_id": row["payment_id"], "score": score, "version": version})
        store.write(partition, found)
        note["done"][partition] = stamp
        state.save(note)
    state.save({**note, "ended": True})


def filled(row, known):
    days = row["account_days"]
    method = row["method"]
    return {
        "amount": row["amount"],
        "account_days": known["median_days"] if days is None else days,
        "method": method if method in known["methods"] else "other",
    }
