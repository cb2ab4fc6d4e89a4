"""Flink SQL: it gives what our processor gives, and the late events that are in time for their windows."""

import random

import pandas as pd
import pytest

from dataml_lab.pipeline import Batch, clean_orders
from dataml_lab.pipeline.ingest import Record, parse_line
from dataml_lab.store import Store
from dataml_lab.streaming import Arrived, Processor, Question, Sessions, Tumbling, flink
from dataml_lab.streaming.flink import FlinkError, on_flink
from tests.conftest import needs
from tests.streaming.conftest import Toy, question, records

needs_flink = needs("flink")
DAY = 86_400


def by_processor(asked, lateness, values, path=":memory:"):
    """What our processor holds in the end, and what it took as late."""
    with Processor(path, asked, lateness) as processor:
        processor.take(values)
        return processor.results(preliminary=True), processor.late()


def arrived(toys):
    """The toys as a table, in their order."""
    rows = [question(Tumbling(10)).parse(toy._asdict()) for toy in toys]
    return pd.DataFrame(rows).astype({"at": "datetime64[us, UTC]"})


@pytest.fixture(scope="module")
def toys():
    """Events of 100 seconds in whole seconds, up to 25 seconds late, many at the edges of windows; one in five comes
    again."""
    luck = random.Random(7)
    toys = [Toy(number, luck.choice("abc"), max(0, number // 3 - luck.choice([0, 0, 0, 1, 4, 5, 15, 25])),
                luck.randrange(1, 9_999), luck.choice(["completed", "completed", "refunded"])) for number in range(300)]
    for _ in range(60):
        place = luck.randrange(300)
        toys.insert(place + luck.randrange(1, 40), toys[place])
    return toys


# With Flink


@needs_flink
def test_flink_gives_the_answer_of_our_processor():
    lines = Store(users=120, days=60, seed=4).raw("orders").lines
    asked = Question(Tumbling(DAY))
    ours, late = by_processor(asked, 30 * DAY, [Arrived(0, place, line.encode()) for place, line in enumerate(lines)])
    read = [Record("orders", place, line, parse_line(line)) for place, line in enumerate(lines) if line.endswith("}")]
    orders = clean_orders(Batch(read, [])).kept
    orders = pd.concat([orders, orders[20:50]], ignore_index=True)
    assert not len(late)
    pd.testing.assert_frame_equal(on_flink(asked, orders, 30 * DAY), ours)


@needs_flink
def test_late_for_flink_is_what_is_late_for_its_window(toys):
    asked, lateness = question(Tumbling(10)), 4
    ours, late = by_processor(asked, lateness, records([toys]))
    watermark = late["at"] + late["behind"]
    in_time = late[watermark < late["at"].dt.floor("10s") + pd.Timedelta(seconds=10)]
    assert 0 < len(in_time) < len(late)
    found = on_flink(asked, arrived(toys), lateness)
    dropped = set(late["offset"]) - set(in_time["offset"])
    left = [toy for place, toy in enumerate(toys) if place not in dropped]
    pd.testing.assert_frame_equal(found, by_processor(asked, 1_000, records([left]))[0])
    cells = found.merge(ours, on=["key", "start", "end"], how="outer", suffixes=("", "_ours")).fillna(0)
    more = cells[cells["events"] > cells["events_ours"]]
    late_there = {(toys[row.offset].key, row.at.floor("10s")) for row in in_time.itertuples()}
    assert more[["key", "start"]].apply(tuple, axis=1).isin(late_there).all()
    assert 0 < len(more) < len(cells) and (cells["events"] >= cells["events_ours"]).all()


@needs_flink
def test_events_can_be_counted_all_together(toys):
    asked = question(Tumbling(10), key=None, value=None, where=None)
    ours, _ = by_processor(asked, 1_000, records([toys]))
    pd.testing.assert_frame_equal(on_flink(asked, arrived(toys), 1_000), ours)


@needs_flink
def test_what_flink_refuses_is_told_in_its_words(toys, monkeypatch):
    monkeypatch.setattr(flink, "answer_sql", lambda asked: "INSERT INTO windows SELECT nothing FROM events")
    with pytest.raises(FlinkError, match=r"(?s)Flink ended without an answer.*nothing"):
        on_flink(question(Tumbling(10)), arrived(toys), 4)


# Without it


def test_what_it_cannot_do_is_said_at_once(toys, monkeypatch, tmp_path):
    with pytest.raises(ValueError, match=r"on_flink\(Sessions\(gap=5\)\): tumbling windows are needed"):
        on_flink(question(Sessions(5)), arrived(toys), 4)
    with pytest.raises(ValueError, match="Flink takes spans of up to 999 days"):
        flink.span(1_000 * DAY)
    monkeypatch.setenv("DATAML_LAB_FLINK", str(tmp_path / "python"))
    with pytest.raises(FlinkError, match=r"python has no Flink: `make flink` installs it"):
        on_flink(question(Tumbling(10)), arrived(toys), 4)


def test_the_sql_names_what_the_question_asks_for(toys, tmp_path):
    asked = question(Tumbling(10))
    create, _, answer = flink.statements(asked, flink.types(arrived(toys)), 4, tmp_path)
    assert "`id` BIGINT, `at` TIMESTAMP_LTZ(3), `key` STRING, `total` DOUBLE, `status` STRING" in create
    assert "`at` - INTERVAL '0 00:00:04.000' DAY(3) TO SECOND(3) - INTERVAL '0.001' SECOND" in create
    assert "number = 1 AND `status` = 'completed'" in answer
