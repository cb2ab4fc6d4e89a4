from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import RawZone, Warehouse, clean_orders, load_file, read
from dataml_lab.store import Store
from dataml_lab.streaming import batch
from dataml_lab.streaming.batch import answer, rebuild, window_sql
from dataml_lab.streaming.windows import Question, Sessions, Sliding, Tumbling

DATABASE = duckdb.connect()  # one for all worlds: to open another takes longer than to ask it
TICK = timedelta(microseconds=1)
MIDNIGHT = datetime(2025, 3, 2, tzinfo=UTC)
DAYS = [date(2025, 3, 1) + timedelta(number) for number in range(3)]
KINDS = [Tumbling(300), Sliding(600, slide=300), Sessions(300)]
kinds = pytest.mark.parametrize("windows", KINDS, ids=repr)


class Event(NamedTuple):
    order_id: str
    user_id: str
    cents: int
    status: str
    occurred_at: datetime
    received_at: datetime


def at(seconds, user="a", cents=100, status="completed", late=timedelta(), identity=None):
    """An event so many seconds after midnight; identities are its values, unless given."""
    occurred = MIDNIGHT + timedelta(seconds=seconds)
    return Event(identity or f"{user}{seconds}{cents}{status}", user, cents, status, occurred, occurred + late)


def counted(events, question, known_at):
    """The events that count, each once."""
    once = {}
    for event in sorted(events, key=lambda event: event.received_at, reverse=True):
        if known_at is None or event.received_at < known_at:
            once[event.order_id] = event
    return [event for event in once.values() if question.where is None or event.status == question.where[1]]


def spans(moments, windows):
    """The (start, end) of all windows with any of the moments, from the definition, slow and obvious."""
    if isinstance(windows, Sessions):
        gap = timedelta(seconds=windows.gap)
        starts = [m for m in moments if not any(m - gap < other < m for other in moments)]
        ends = [m + gap for m in moments if not any(m < other < m + gap for other in moments)]
        return set(zip(sorted(set(starts)), sorted(set(ends)), strict=True))
    size, slide = timedelta(seconds=windows.size), timedelta(seconds=getattr(windows, "slide", windows.size))
    found, epoch = set(), datetime(1970, 1, 1, tzinfo=UTC)
    for moment in moments:
        start = epoch + (moment - epoch) // slide * slide
        while start + size > moment:
            found.add((start, start + size))
            start -= slide
    return found


def oracle(events, question, known_at=None):
    """The answer's rows: by window and key, from the definition."""
    rows = []
    events = counted(events, question, known_at)
    keys = {event.user_id for event in events} if question.key else {None}
    for key in keys:
        own = [event for event in events if key in (None, event.user_id)]
        for start, end in spans([event.occurred_at for event in own], question.windows):
            inside = [event.cents for event in own if start <= event.occurred_at < end]
            total = (sum(inside) / 100,) if question.value else ()
            rows.append((*([key] if key else []), start, end, len(inside), *total))
    return sorted(rows, key=lambda row: (row[bool(question.key)], row[0]))


def table_of(events):
    """A connection to a table of events as a warehouse holds them, in a zone that isn't UTC."""
    connection = DATABASE.cursor()
    connection.execute("SET TimeZone = 'America/St_Johns'")
    connection.execute(
        "CREATE OR REPLACE TABLE events (order_id TEXT, user_id TEXT, total DOUBLE, status TEXT, "
        "occurred_at TIMESTAMPTZ, received_at TIMESTAMPTZ)"
    )
    if events:
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(events))
        values = [value for event in events for value in event._replace(cents=event.cents / 100)]
        connection.execute(f"INSERT INTO events VALUES {places}", values)
    return connection


def rows(frame):
    return list(frame.itertuples(index=False, name=None))


@st.composite
def events(draw):
    """An event, often at the edge of a window, sometimes before 1970, sometimes late or repeated."""
    midnight = draw(st.sampled_from([MIDNIGHT, MIDNIGHT, MIDNIGHT, datetime(1969, 12, 31, tzinfo=UTC)]))
    steps = draw(st.sampled_from([-300, -290, 0, 1, 290, 300, 590, 600, 86_100, 86_399, 86_700]))
    occurred = midnight + timedelta(seconds=steps) + draw(st.sampled_from([-1, 0, 0, 1])) * TICK
    late = draw(st.sampled_from([timedelta(), TICK, timedelta(days=1)]))
    return Event(
        str(draw(st.integers(0, 9_999))), draw(st.sampled_from("ab")), draw(st.integers(0, 9_999_999)),
        draw(st.sampled_from(["completed", "completed", "cancelled"])), occurred, occurred + late,
    )  # fmt: skip


@st.composite
def worlds(draw):
    """Events with identities of their own, some of which come a second time, later, saying the same."""
    world = draw(st.lists(events(), max_size=12, unique_by=lambda event: event.order_id))
    again = draw(st.lists(st.sampled_from(world), max_size=3)) if world else []
    return world + [event._replace(received_at=event.received_at + timedelta(hours=1)) for event in again]


questions = st.builds(
    lambda **asked: Question(**asked),
    windows=st.sampled_from([*KINDS, Tumbling(0.5), Sliding(0.75, slide=0.25), Sessions(0.000002), Sessions(86_400)]),
    key=st.sampled_from(["user_id", None]),
    value=st.sampled_from(["total", None]),
    where=st.sampled_from([("status", "completed"), None]),
)


@settings(deadline=None, max_examples=150)
@given(world=worlds(), question=questions, known_at=st.sampled_from([None, MIDNIGHT, MIDNIGHT + timedelta(days=1)]))
def test_the_answer_is_as_defined(world, question, known_at):
    with table_of(world) as connection:
        assert rows(answer(connection, question, "events", known_at=known_at)) == oracle(world, question, known_at)


@settings(deadline=None, max_examples=40)
@given(world=worlds(), question=questions, data=st.data())
def test_parts_of_time_make_the_whole(world, question, data):
    cuts = sorted(data.draw(st.lists(st.sampled_from([event.occurred_at for event in world] + [MIDNIGHT]), max_size=3)))
    with table_of(world) as connection:
        found = [
            row
            for first, last in zip([None, *cuts], [*cuts, None], strict=True)
            for row in rows(answer(connection, question, "events", first, last))
        ]
    assert found == oracle(world, question)


@kinds
def test_an_event_at_the_start_of_a_window_is_in_it_and_one_at_its_end_is_not(windows):
    world = [at(0), at(300), at(599.999999, "b"), at(600, "b")]
    found = {
        Tumbling: [("a", 0, 300, 1), ("a", 300, 600, 1), ("b", 300, 600, 1), ("b", 600, 900, 1)],
        Sliding: [("a", -300, 300, 1), ("a", 0, 600, 2), ("b", 0, 600, 1), ("a", 300, 900, 1), ("b", 300, 900, 2),
                  ("b", 600, 1200, 1)],
        Sessions: [("a", 0, 300, 1), ("a", 300, 600, 1), ("b", 599.999999, 900, 2)],
    }[type(windows)]  # fmt: skip
    expected = [
        (key, MIDNIGHT + timedelta(seconds=start), MIDNIGHT + timedelta(seconds=end), count, float(count))
        for key, start, end, count in found
    ]
    question = Question(windows)
    with table_of(world) as connection:
        assert rows(answer(connection, question, "events")) == oracle(world, question) == expected


def test_events_of_the_same_moment_are_of_the_same_session():
    world = [at(0)] + [at(second, cents=cents) for second in range(400, 4000, 400) for cents in range(20)]
    question = Question(Sessions(400))
    with table_of(world) as connection:
        assert [count for *_, count, _ in rows(answer(connection, question, "events"))] == [1] + 9 * [20]


def test_of_repeats_the_first_counts_and_money_is_exact():
    world = [at(second, cents=10) for second in range(1000)]
    repeat = at(0, cents=77, identity=world[0].order_id, late=timedelta(days=1))
    with table_of([repeat, *world]) as connection:
        (row,) = rows(answer(connection, Question(Tumbling(1200), key=None), "events"))
    assert row[2:] == (1000, 100.0)


@pytest.mark.parametrize(("key", "value"), [("user_id", "total"), (None, "total"), ("user_id", None), (None, None)])
def test_columns_and_their_types(key, value):
    types = {"user_id": "str", "start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]", "events": "int64",
             "total": "float64"}  # fmt: skip
    expected = {name: kind for name, kind in types.items() if name not in ("user_id", "total") or name in (key, value)}
    for world in ([], [at(0)]):
        with table_of(world) as connection:
            frame = answer(connection, Question(Tumbling(300), key, value), "events")
        assert frame.dtypes.astype(str).to_dict() == expected and len(frame) == len(world)


def test_bounds_are_moments_or_days_and_names_and_texts_are_any():
    question = Question(Tumbling(60), key='the "key"', where=("status", "it's"))
    assert window_sql(question, "t", DAYS[0]) == window_sql(question, "t", datetime(2025, 3, 1, tzinfo=UTC))
    with duckdb.connect() as connection:
        connection.execute("""CREATE TABLE "a table" AS SELECT 1 AS order_id, 'k' AS "the ""key\""", 2.5 AS total,
            'it''s' AS status, now() AS occurred_at, now() AS received_at""")
        frame = answer(connection, question, "a table")
    assert frame.columns[0] == question.key and frame["total"].tolist() == [2.5]


# rebuilding


SMALL = Store(users=120, days=60, seed=4)
MONTH = [date(2025, 1, 25) + timedelta(number) for number in range(20)]
LONG = [Tumbling(5_400), Sliding(7 * 86_400, slide=86_400), Sessions(3 * 86_400)]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The small Store's raw orders, cleaned and published."""
    folder = tmp_path_factory.mktemp("raw")
    zone = RawZone(folder / "zone")
    load_file(SMALL.raw("orders").write(folder / "orders.jsonl"), zone)
    with Warehouse(":memory:") as warehouse:
        warehouse.publish("orders", clean_orders(read(zone)).kept, key="order_id")
        yield warehouse


@pytest.fixture
def connection(warehouse):
    warehouse.connection.execute('DROP TABLE IF EXISTS "the windows"')
    return warehouse.connection


def held(connection):
    return connection.execute('FROM "the windows" ORDER BY start, user_id').fetchall()


@pytest.mark.parametrize("windows", LONG, ids=repr)
def test_rebuilding_again_changes_nothing_and_a_backfill_is_other_days(connection, windows):
    question = Question(windows)
    whole = rows(answer(connection, question, "orders", MONTH[0], MONTH[-1] + timedelta(days=1)))
    late = rows(answer(connection, question, "orders", MONTH[10], MONTH[-1] + timedelta(days=1)))
    assert len(whole) > len(late) > 20
    for _ in range(2):
        assert rebuild(connection, question, MONTH[10:], "orders", "the windows") == len(late)
        assert held(connection) == late
    rebuild(connection, question, iter(MONTH[:10]), "orders", "the windows")
    assert held(connection) == whole
    assert rebuild(connection, question, [], "orders", "the windows") == 0


def test_a_past_night_can_be_replayed_and_late_events_come_in(connection):
    question, night = Question(Tumbling(86_400)), datetime(2025, 2, 2, 1, tzinfo=UTC)
    known = rows(answer(connection, question, "orders", MONTH[0], MONTH[-1], night))
    whole = rows(answer(connection, question, "orders", MONTH[0], MONTH[-1]))
    assert known != whole
    for known_at, expected in [(night, known), (None, whole), (datetime(2020, 1, 1), [])]:
        assert rebuild(connection, question, MONTH[:-1], "orders", "the windows", known_at) == len(expected)
        assert held(connection) == expected


def test_a_failure_leaves_the_day_as_it_was(connection, monkeypatch):
    question = Question(Tumbling(86_400))
    rebuild(connection, question, MONTH, "orders", "the windows")
    before = held(connection)
    real = batch.window_sql
    monkeypatch.setattr(batch, "window_sql", lambda *args: real(*args) + " LIMIT (SELECT error('the disk is full'))")
    with pytest.raises(duckdb.Error, match="the disk is full"):
        rebuild(connection, question, MONTH, "orders", "the windows")
    assert held(connection) == before


def test_a_long_rebuild_says_how_far_it_is(connection, monkeypatch):
    told, clock = [], iter(range(0, 100, 3))
    monkeypatch.setattr(batch, "show_progress", lambda *progress: told.append(progress))
    monkeypatch.setattr(batch.time, "monotonic", lambda: next(clock))
    rebuild(connection, Question(Tumbling(86_400)), MONTH[:3], "orders", "the windows")
    assert told == [(1, 3, 3), (2, 3, 6), (3, 3, 9)]


def test_the_answer_is_that_of_pandas(connection):
    frame = answer(connection, Question(Tumbling(86_400), key=None), "orders")
    orders = connection.execute("FROM orders WHERE status = 'completed'").to_arrow_table().to_pandas()
    daily = orders.groupby(orders["occurred_at"].dt.floor("D"))["total"].agg(["count", "sum"])
    assert frame["start"].tolist() == daily.index.tolist() and frame["events"].tolist() == daily["count"].tolist()
    assert frame["total"].tolist() == daily["sum"].round(2).tolist()
    assert frame["end"].equals(frame["start"] + pd.Timedelta(days=1))
