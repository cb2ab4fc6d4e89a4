import os
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import pandas as pd
import pytest

from dataml_lab.pipeline import RawZone, Warehouse, clean_orders, load_file, read
from dataml_lab.store import Store, program
from dataml_lab.streaming import spark
from dataml_lab.streaming.batch import answer
from dataml_lab.streaming.spark import SparkError, land, on_spark
from dataml_lab.streaming.windows import Question, Sessions, Sliding, Tumbling
from tests.conftest import needs

needs_spark = needs("spark")
DAY = 86_400
COVERS_ALL = 30 * DAY
DAILY = Question(Tumbling(DAY))


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """The small Store's clean orders as they came, repeats and all, and some at the edges of windows."""
    folder = tmp_path_factory.mktemp("raw")
    zone = RawZone(folder / "zone")
    load_file(Store(users=120, days=60, seed=4).raw("orders").write(folder / "orders.jsonl"), zone)
    orders = clean_orders(read(zone)).kept.sort_values("received_at", ignore_index=True)
    midnight, tick = datetime(2025, 2, 1, tzinfo=UTC), timedelta(microseconds=1)
    edges = [midnight - tick, midnight, midnight + timedelta(days=3) - tick, midnight + timedelta(days=3),
             midnight + timedelta(days=6), midnight + timedelta(days=9, microseconds=1)]  # fmt: skip
    edge = orders.head(1).assign(user_id="edge", total=0.1)
    made = [edge.assign(order_id=f"edge {moment}", occurred_at=moment) for moment in edges]
    return pd.concat([orders[:150], *made, orders[150:], orders[140:160]], ignore_index=True).astype(orders.dtypes)


def expected(events, question):
    """The answer of the batch job."""
    with Warehouse(":memory:") as warehouse:
        warehouse.publish("events", events, key="order_id")
        return answer(warehouse.connection, question, "events")


# On Spark


@needs_spark
@pytest.mark.parametrize(
    "question",
    [
        Question(Sliding(7 * DAY, slide=DAY)),
        Question(Sessions(3 * DAY)),
        Question(Sessions(DAY), key=None, value=None, where=None),
    ],
    ids=["sliding", "sessions", "sessions of all together"],
)
def test_spark_gives_the_answer_of_the_batch_job(events, tmp_path, question):
    land(question, events, tmp_path, rows=150)
    pd.testing.assert_frame_equal(on_spark(question, tmp_path, COVERS_ALL), expected(events, question))


@needs_spark
def test_more_can_come_and_nothing_is_counted_twice(events, tmp_path):
    land(DAILY, events[:200], tmp_path, rows=100, more=True)
    closed = on_spark(DAILY, tmp_path, lateness=5 * DAY)
    land(DAILY, events[200:], tmp_path, rows=100)
    for _ in range(2):
        found = on_spark(DAILY, tmp_path, lateness=5 * DAY)
        pd.testing.assert_frame_equal(found, expected(events, DAILY))
    assert 0 < len(closed) < len(found)
    assert closed.merge(found).shape == closed.shape  # what is closed doesn't change


@needs_spark
def test_a_late_event_counts_only_in_the_file_that_comes_next(tmp_path):
    moments = [0, 10 * DAY, 1, 10 * DAY + 1, 2]  # seconds; the third and the last are ten days late
    times = pd.to_datetime([pd.Timestamp("2025-03-01", tz="UTC") + timedelta(seconds=second) for second in moments])
    events = pd.DataFrame({"order_id": list("abcde"), "occurred_at": times.as_unit("us")})
    question = Question(Tumbling(DAY), key=None, value=None, where=None)
    land(question, events, tmp_path, rows=1)
    assert on_spark(question, tmp_path, lateness=3600)["events"].tolist() == [2, 2]


PARENT = """
from pathlib import Path
import threading
from dataml_lab.streaming.spark import on_spark
from dataml_lab.streaming.windows import Question, Tumbling
threading.Thread(target=on_spark, args=(Question(Tumbling(86_400)), {folder!r}, {lateness}), daemon=True).start()
"""


@needs_spark
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_it_ends_with_its_parent_and_goes_on_where_it_was(events, tmp_path, processes):
    land(DAILY, events, tmp_path, rows=10)  # so many files that it is far from done when it is killed
    with processes.parent(PARENT.format(folder=str(tmp_path), lateness=COVERS_ALL)) as parent:
        processes.until(lambda: list(tmp_path.glob("state-*/checkpoint/commits/1")))
        family = processes.family(parent.pid)
        assert len(family) >= 3  # the keeper, the program, Java
        processes.finish(parent, "kill")
    processes.until(lambda: all(map(processes.gone, family)))
    assert not list(tmp_path.glob("state-*/checkpoint/commits/25"))
    pd.testing.assert_frame_equal(on_spark(DAILY, tmp_path, COVERS_ALL), expected(events, DAILY))


@needs_spark
def test_what_takes_too_long_is_stopped(events, tmp_path, processes, monkeypatch):
    family = partial(processes.family, os.getpid())
    running = []
    monkeypatch.setattr(program, "LOOK", 2.1)
    # Its time begins to count once Java is there: on a busy machine that alone takes longer.
    monkeypatch.setattr(program, "show_progress", lambda name, seconds: processes.until(lambda: len(family()) >= 3))
    monkeypatch.setattr(program, "last_words", lambda log: running.extend(family()))
    land(DAILY, events, tmp_path, rows=5)  # so many files that they take many seconds on any machine
    with pytest.raises(SparkError, match="took longer than 2 s and was stopped"):
        on_spark(DAILY, tmp_path, COVERS_ALL, patience=2)
    assert len(running) >= 3 and all(map(processes.gone, running))  # the keeper, the program, Java


@needs_spark
def test_what_spark_refuses_is_told_in_its_words(events, tmp_path):
    land(DAILY, events, tmp_path)
    with pytest.raises(SparkError, match=r"(?s)ended without an answer.*`channel`.*cannot be resolved") as told:
        on_spark(DAILY._replace(key="channel"), tmp_path, COVERS_ALL)
    assert str(told.value).endswith("SQLSTATE: 42703;\n")


# Without it


def test_what_is_missing_is_said_with_what_to_do(events, tmp_path, monkeypatch):
    land(DAILY, events, tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(spark.importlib.util, "find_spec", lambda name: name)
    with pytest.raises(SparkError, match=r"Java 17 or newer, found none: .*`apt install openjdk-17-jre-headless`"):
        on_spark(DAILY, tmp_path, COVERS_ALL)
    monkeypatch.setattr(spark.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SparkError, match=r"needs the package pyspark: `make spark` installs it"):
        on_spark(DAILY, tmp_path, COVERS_ALL)


def test_a_stream_without_events_and_one_that_has_ended(events, tmp_path, monkeypatch):
    monkeypatch.setattr(spark, "missing", lambda: "")
    with pytest.raises(SparkError, match="no event has arrived there yet"):
        on_spark(DAILY, tmp_path, COVERS_ALL)
    land(DAILY, events.head(0), tmp_path)
    with pytest.raises(SparkError, match="its stream has ended: land in another folder"):
        land(DAILY, events, tmp_path)


def test_files_are_of_so_many_rows_in_the_order_of_the_frame(events, tmp_path):
    for part in (events[:130], events[130:]):
        land(DAILY, part, tmp_path, rows=100, more=len(part) == 130)
    files = sorted((tmp_path / "events").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    frames = [pd.read_parquet(path) for path in files]
    assert files[-1].name == "end.parquet" and frames[-1]["order_id"].isna().all()
    assert [len(frame) for frame in frames[:-1]] == [100, 30, 100, len(events) - 230]
    assert pd.concat(frames[:-1])["order_id"].tolist() == events["order_id"].tolist()
