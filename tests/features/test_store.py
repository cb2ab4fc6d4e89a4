"""Our feature store: as every store, and what is ours alone: random worlds, wrong arguments, crashes."""

import os
import signal
import sys
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.store import FeatureStoreError, LocalStore
from tests.features.behaviour import BEHAVIOUR, writing
from tests.features.oracle import rows_frame
from tests.features.worlds import BEGIN, DAY, TICK, VIEW, events, fill, joined, moments, rows

HALF_DAYS = st.builds(lambda half, tick: BEGIN + half * DAY / 2 + tick * TICK, st.integers(0, 8), st.integers(-1, 1))
SNAPSHOTS = st.dictionaries(HALF_DAYS, st.lists(st.integers(1, 3), unique=True), max_size=5)
ASKED = st.lists(st.fixed_dictionaries({"user_id": st.integers(1, 4), "as_of": HALF_DAYS}), max_size=8)
FRAMES = st.builds(rows_frame, ASKED, st.sampled_from(["us", "ns"]), st.sampled_from(["UTC", "America/New_York"]))


@pytest.mark.parametrize("behaviour", BEHAVIOUR, ids=lambda function: function.__name__)
def test_it_is_a_feature_store(behaviour, tmp_path):
    behaviour(LocalStore, tmp_path)


def test_any_join_is_that_of_the_slow_way(tmp_path_factory, examples):
    @settings(max_examples=2 * examples)
    @given(SNAPSHOTS, FRAMES, st.sampled_from([None, 1, 3]))
    def holds(snapshots, asked, days):
        snapshots = list(snapshots.items())
        with LocalStore(tmp_path_factory.mktemp("store")) as store:
            fill(store, events(), snapshots)
            found = store.historical("orders", asked, days)
        pd.testing.assert_frame_equal(found, joined(events(), snapshots, asked, days))

    holds()


@pytest.fixture
def store(tmp_path):
    with LocalStore(tmp_path / "store") as store:
        fill(store, events(), moments())
        yield store


def frame(**changes):
    return rows().assign(**changes)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (rows().drop(columns="user_id"), "no column 'user_id'"),
        (rows().drop(columns="as_of"), "no column 'as_of'"),
        (frame(as_of=pd.Timestamp("2025-03-01")), "moments with a time zone"),
        (frame(as_of=rows()["as_of"].where(rows()["label"] != "row 3")), "none missing"),
        (frame(user_id="7"), "users are whole numbers"),
        (frame(user_id=pd.array([None] * len(rows()), "Int64")), "users are whole numbers, and none is missing"),
        (frame(spend=1.0), "a column 'spend' already: leave it out"),
    ],
)
def test_rows_that_cannot_be_joined_are_told(store, asked, words):
    with pytest.raises(ValueError, match=words):
        store.historical("orders", asked)


def test_what_cannot_be_done_is_told_with_what_to_do(store):
    with pytest.raises(FeatureStoreError, match="no view 'visits' is registered there: `register` it first"):
        store.online("visits", [1])
    for at in ("2025-03-01", None, "2025-03-01T00:00:00"):
        with pytest.raises(ValueError, match="no moment with a time zone"):
            store.materialise("orders", at)
    with pytest.raises(ValueError, match=r"'\.\./orders' is no name of letters"):
        store.register(VIEW._replace(name="../orders"))
    with pytest.raises(ValueError, match="a column 'as_of' of its own"):
        store.register(View("other", (Feature("as_of", "count"),)))
    with pytest.raises(ValueError, match="needs a column to aggregate"):
        store.register(View("other", (Feature("spend", "sum"),)))


def test_a_store_without_a_folder_to_write_to_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FeatureStoreError, match="file"):
        LocalStore(tmp_path / "file" / "store")


def test_a_snapshot_that_fails_leaves_the_old_one(store, monkeypatch):
    before = store.historical("orders", rows())
    at, users = moments()[2]

    def full(self, path, **_):
        path.write_bytes(b"PAR1 half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(FeatureStoreError, match="the disk is full: free some space, then run again"):
        store.snapshot("orders", events(seed=9), users, at)
    pd.testing.assert_frame_equal(store.historical("orders", rows()), before)


KILLED = """
import threading, time
from datetime import datetime
from dataml_lab.features import store as module
made = module.LocalStore({folder!r})

def slowly(values):
    time.sleep(0.02)
    return json_of(values)

json_of, module.json.dumps = module.json.dumps, slowly
until = datetime.fromisoformat({until!r})
threading.Thread(target=made.materialise, args=("orders", until), daemon=True).start()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_half_way_the_old_rows_are_online(store, processes):
    users = list(range(1, 500))
    for day in (1, 2):
        store.snapshot("orders", events(users=500), users, BEGIN + day * DAY)
    store.materialise("orders", BEGIN + DAY)
    before = store.online("orders", users)
    with processes.parent(KILLED.format(folder=str(store.folder), until=str(BEGIN + 2 * DAY))) as parent:
        processes.until(lambda: writing(store.folder / "online.db"))
        time.sleep(0.2)
        assert writing(store.folder / "online.db")
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(30)
    pd.testing.assert_frame_equal(store.online("orders", users), before)
    store.materialise("orders", BEGIN + 2 * DAY)
    assert set(store.online("orders", users)["snapshot_at"]) == {BEGIN + 2 * DAY}
