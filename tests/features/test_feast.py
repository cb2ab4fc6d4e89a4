"""Feast behind the names of our own store: it does what ours does, in a process that ends with the notebook's."""

import os
import signal
import sys
import threading
from contextlib import closing

import pandas as pd
import pytest

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.feast import FeastStore, missing
from dataml_lab.features.store import FeatureStoreError, LocalStore
from tests.conftest import needs
from tests.features.behaviour import BEHAVIOUR, USERS, writing
from tests.features.worlds import BEGIN, DAY, VIEW, events, fill, moments, rows

needs_feast = needs("feast")


# With Feast


@needs_feast
@pytest.mark.parametrize("behaviour", BEHAVIOUR, ids=lambda function: function.__name__)
def test_it_is_a_feature_store(behaviour, tmp_path):
    behaviour(FeastStore, tmp_path)


@needs_feast
def test_both_stores_give_the_same(tmp_path):
    with LocalStore(tmp_path / "ours") as ours, FeastStore(tmp_path / "theirs") as theirs:
        for store in (ours, theirs):
            fill(store, events(), moments())
            store.materialise("orders", BEGIN + 6 * DAY)
        pd.testing.assert_frame_equal(ours.historical("orders", rows()), theirs.historical("orders", rows()))
        pd.testing.assert_frame_equal(ours.online("orders", USERS), theirs.online("orders", USERS))


PARENT = """
from dataml_lab.features.feast import FeastStore
store = FeastStore({folder!r})
print(store.online("orders", [1])["snapshot_at"].notna()[0], flush=True)
"""


@needs_feast
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("end", ["exit", "kill"])
def test_its_process_ends_with_its_owner(tmp_path, processes, end):
    with closing(FeastStore(tmp_path)) as store:
        fill(store, events(), [(BEGIN + DAY, [1])])
        store.materialise("orders", BEGIN + DAY)
    with processes.parent(PARENT.format(folder=str(tmp_path))) as parent:
        assert parent.words == ["True"]
        (child,) = processes.family(parent.pid)
        processes.finish(parent, end)
    processes.until(lambda: processes.gone(child))


@needs_feast
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_half_way_all_rows_online_are_old_or_all_are_new(tmp_path, processes):
    users, failed = list(range(20_000)), []

    def materialise():
        try:
            store.materialise("orders", BEGIN + 2 * DAY)
        except FeatureStoreError as error:
            failed.append(error)

    with FeastStore(tmp_path) as store:
        fill(store, events(), [(BEGIN + DAY, users), (BEGIN + 2 * DAY, users)])
        store.materialise("orders", BEGIN + DAY)
        thread = threading.Thread(target=materialise)
        thread.start()
        processes.until(lambda: writing(tmp_path / "feast" / "online.db"))
        os.kill(store._process.pid, signal.SIGKILL)
        thread.join()
        assert failed
        assert len(set(store.online("orders", users)["snapshot_at"])) == 1  # a new process answers
        store.materialise("orders", BEGIN + 2 * DAY)
        assert set(store.online("orders", users)["snapshot_at"]) == {BEGIN + 2 * DAY}


@needs_feast
def test_it_ends_when_closed_and_what_feast_refuses_is_told(tmp_path, processes):
    with FeastStore(tmp_path) as store:
        fill(store, events(), moments())
        for file in store.snapshots("orders").iterdir():
            file.write_bytes(b"no Parquet")
        with pytest.raises(FeatureStoreError, match=r"Feast: .*(?i:parquet)"):
            store.historical("orders", rows())
        (child,) = processes.family(os.getpid())
    assert processes.gone(child)


# Without it


def test_what_is_missing_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAML_LAB_FEAST", str(tmp_path / "python"))
    store = FeastStore(tmp_path)
    store.register(VIEW)
    with pytest.raises(FeatureStoreError, match=r"python has no Feast: `make feast` installs it .* DATAML_LAB_FEAST"):
        store.online("orders", [1])
    monkeypatch.setenv("DATAML_LAB_FEAST", sys.executable)
    assert "has no Feast" in missing()


def test_a_name_that_feast_would_lose_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Feast loses features whose names end in _y: call 'orders_y' otherwise"):
        FeastStore(tmp_path).register(View("orders", (Feature("orders_y", "count"),)))
