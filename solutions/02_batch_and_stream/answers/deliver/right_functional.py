"""Functools.reduce over the records of a batch, with nothing changed in place."""

from functools import reduce


def _step(state, r):
    sums, ids = state
    c = 0 if r["order_id"] in ids else r["cents"]
    return {**sums, r["user_id"]: sums.get(r["user_id"], 0) + c}, (ids + (r["order_id"],))[-100:]


def _batches(log, offset):
    batch = log.read(offset)
    while batch:
        yield batch
        batch = log.read(batch[-1]["offset"] + 1)


def deliver(log, table):
    ids = tuple(table.get("ids") or ())
    for batch in _batches(log, table.get("offset") or 0):
        sums, ids = reduce(_step, batch, ({}, ids))
        table.write({**{u: (table.get(u) or 0) + c for u, c in sums.items()},
                     "ids": ids, "offset": batch[-1]["offset"] + 1})
