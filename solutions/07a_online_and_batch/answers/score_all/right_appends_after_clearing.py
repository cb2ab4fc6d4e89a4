"""Empties the scores of a partition, and then appends to them in pieces of ten rows; the note has pairs of version and stamp."""


def score_all(store, model, state):
    note = state.load()
    if note is None:
        note = {"running": None, "done": {}}
    if note["running"] is None:
        note["running"] = model.champion()
        state.save(note)
    version = note["running"]
    stamps = store.partitions()
    todo = sorted(name for name in stamps if note["done"].get(name) != (version, stamps[name]))
    for name in todo:
        rows = store.read(name)
        store.write(name, [])
        while rows:
            piece, rows = rows[:10], rows[10:]
            store.append(name, scored(piece, model, version))
        note["done"][name] = (version, stamps[name])
        state.save(note)
    note["running"] = None
    state.save(note)


def scored(piece, model, version):
    fill = model.trained_on(version)
    scores = {}
    fine = []
    for payment in piece:
        scores[payment["payment_id"]] = None
        if payment["amount"] is None:
            continue
        payment = dict(payment)
        if payment["account_days"] is None:
            payment["account_days"] = fill["median_days"]
        if payment["method"] not in fill["methods"]:
            payment["method"] = "other"
        fine.append(payment)
    if fine:
        for payment, score in zip(fine, model.score(fine, version)):
            scores[payment["payment_id"]] = score
    return [{"payment_id": key, "score": score, "version": version} for key, score in scores.items()]
