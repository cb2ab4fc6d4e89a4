"""A small world of snapshots and rows to join, and the join in the slow and obvious way: for both feature stores."""

import random
from datetime import UTC, datetime, timedelta

import pandas as pd

from dataml_lab.features.definition import Feature, View
from tests.features.oracle import slow

BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
VIEW = View("orders", (Feature("orders_2d", "count", days=2), Feature("spend", "sum", "total", empty=None)))
FEATURES = [*VIEW.names, "snapshot_at"]
ZONE = "Asia/Kolkata"


def events(seed=1, users=6):
    """Some events of each user but the last, at whole hours."""
    draw = random.Random(seed)
    made = [(user, BEGIN + timedelta(hours=draw.randrange(240)), draw.randrange(100) / 4)
            for user in range(1, users) for _ in range(5)]  # fmt: skip
    return pd.DataFrame(made, columns=["user_id", "occurred_at", "total"])


def moments(seed=1):
    """Moments of snapshots, and who is in each: never user 6, and the others now and then."""
    draw = random.Random(seed)
    return [(BEGIN + day * DAY, [user for user in range(1, 6) if draw.random() < 0.7]) for day in range(1, 9)]


def rows(seed=1, number=40):
    """Rows to join, in no order: many at a snapshot's very moment or a microsecond off, some alike, some too early."""
    draw = random.Random(seed)
    made = [(draw.randrange(1, 8), BEGIN + draw.randrange(10) * DAY + draw.choice([-TICK, 0 * TICK, TICK, DAY / 2]))
            for _ in range(number)]  # fmt: skip
    frame = pd.DataFrame([*made, made[0], made[0]], columns=["user_id", "as_of"])
    frame = frame.assign(as_of=frame["as_of"].dt.tz_convert(ZONE), label=[f"row {n}" for n in range(len(frame))])
    return frame.set_index(pd.Index([draw.randrange(5) for _ in range(len(frame))], name="place"))


def fill(store, known, snapshots):
    """Takes the snapshots."""
    store.register(VIEW)
    for as_of, users in snapshots:
        store.snapshot("orders", known, users, as_of)


def joined(known, snapshots, asked, max_age_days=None):
    """What `historical` gives, from a look at every snapshot for each row."""
    found = []
    for row in asked.itertuples():
        earlier = [at for at, users in snapshots if at <= row.as_of and row.user_id in users]
        newest = max(earlier, default=None)
        if newest is None or (max_age_days is not None and row.as_of - newest > max_age_days * DAY):
            found.append([float("nan")] * len(VIEW.features) + [pd.NaT])
            continue
        one = pd.DataFrame({"user_id": [row.user_id], "as_of": [newest]})
        found.append([*slow(VIEW, known, one).astype("float64").iloc[0], newest])
    features = pd.DataFrame(found, asked.index, FEATURES)
    at = pd.to_datetime(features["snapshot_at"], utc=True).dt.as_unit("us")
    return pd.concat([asked, features.astype(dict.fromkeys(VIEW.names, "float64")).assign(snapshot_at=at)], axis=1)
