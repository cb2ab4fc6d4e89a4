import json
import random
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from operator import attrgetter

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import IngestError, RawZone, clean_orders, consume, push, read
from dataml_lab.store import Store
from dataml_lab.streaming import Arrived, Counts, Processor, Question, Sessions, Sliding, Tumbling, follow, processor
from dataml_lab.streaming.batch import answer

WINDOWS = [Tumbling(10), Sliding(12, slide=4), Sessions(5)]
REFUSED = [b"", b"{", b"[1]", None, b'{"id": 1}', b"\xff", b'{"at": "\xff"}']
TICK = timedelta(microseconds=1)
NUMBERS = st.integers(0, 2**32)


class Stopped(BaseException):
    """What happens to a processor on the way."""


def topic(toys, rng, size, partitions=3, span=60):
    """Random partitions of events that are roughly in the order of time, with repeats and what is no event."""
    pool = [
        toys.Toy(n, rng.choice("ab"), rng.randrange(span * 2) / 2, rng.randrange(10_000),
                 rng.choices(["completed", "cancelled"], [4, 1])[0]) for n in range(size)
    ]  # fmt: skip
    made = [[] for _ in range(partitions)]
    for toy in sorted(pool, key=lambda toy: toy.at + rng.choice([0, 0, 3, 12])):
        made[rng.randrange(partitions)] += rng.choices([[toy], [toy, toy], [toy, rng.choice(REFUSED)]], [6, 1, 1])[0]
        if rng.random() < 0.2:
            made[rng.randrange(partitions)].append(rng.choice(pool))
    return made


def mixed(rng, arrived):
    """The records in another order that keeps each partition's."""
    queues = {number: [a for a in arrived if a.partition == number] for number in {a.partition for a in arrived}}
    found = []
    while queues := {number: queue for number, queue in queues.items() if queue}:
        found.append(queues[rng.choice(sorted(queues))].pop(0))
    return found


def batches(rng, arrived):
    while arrived:
        size = rng.randint(1, 20)
        yield arrived[:size]
        arrived = arrived[size:]


def agrees(toys, processor, partitions):
    """Asserts that a processor tells of a topic what the oracle does."""
    lateness, windows = processor.lateness, processor.question.windows
    every, final = toys.answer(windows, partitions, lateness)
    assert toys.shown(processor.results(preliminary=True)) == every
    assert toys.shown(processor.results()) == final
    sifts = {number: toys.sifted(part, lateness) for number, part in enumerate(partitions) if part}
    lengths = [sum(len(found[name]) for found, _ in sifts.values()) for name in Counts._fields]
    assert processor.counts == Counts(*lengths)
    assert processor.positions == {number: len(partitions[number]) for number in sifts}
    assert list(processor.late()["id"]) == [toy.id for found, _ in sifts.values() for toy in found["late"]]
    assert len(processor.quarantined()) == processor.counts.quarantined
    lowest = min((watermark for _, watermark in sifts.values()), default=float("-inf"))
    expected = None if lowest == float("-inf") else toys.BEGIN + timedelta(seconds=lowest)
    assert processor.watermark == expected


@pytest.fixture
def made(tmp_path, toys):
    """Makes processors on the file p.sqlite, or another; they are closed in the end."""
    opened = []

    def make(windows=WINDOWS[0], lateness=5, path=tmp_path / "p.sqlite", **changes):
        opened.append(Processor(path, toys.question(windows, **changes), lateness))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def test_any_mixture_and_any_batches_give_the_batch_answer(toys, examples):
    @settings(max_examples=2 * examples)
    @given(st.sampled_from(WINDOWS), st.sampled_from([0, 0.5, 5, 30]), st.integers(0, 60), NUMBERS)
    def holds(windows, lateness, size, seed):
        rng = random.Random(seed)
        partitions = topic(toys, rng, size)
        with Processor(":memory:", toys.question(windows), lateness) as processor:
            for batch in batches(rng, mixed(rng, toys.records(partitions))):
                processor.take(batch)
            agrees(toys, processor, partitions)

    holds()


EXACT = [Tumbling(0.1), Tumbling(0.7), Sliding(0.3, slide=0.1), Sessions(0.1), Sessions(0.000003)]


@pytest.mark.parametrize("windows", EXACT, ids=str)
@pytest.mark.parametrize("year", [1960, 1970, 2025, 9000])
def test_edges_are_exact_to_the_microsecond_as_those_of_the_batch_job(toys, windows, year):
    rng, step, begin = random.Random(year), round(windows[-1] * 1_000_000), datetime(year, 1, 1, tzinfo=UTC)
    times = [begin + (number * step + rng.choice([-1, 0, 0, 1])) * TICK for number in range(40)]
    events = pd.DataFrame({"id": range(40), "key": "a", "at": times, "received_at": times})
    question = toys.question(windows, value=None, where=None, parse=lambda raw: {**raw, "at": times[raw["id"]]})
    with duckdb.connect() as connection, Processor(":memory:", question, lateness=0.1) as processor:
        expected = answer(connection.register("events", events), question, "events")
        processor.take(Arrived(0, number, b'{"id": %d, "key": "a"}' % number) for number in range(40))
        pd.testing.assert_frame_equal(processor.results(preliminary=True), expected)
        closed = expected[expected["end"] <= processor.watermark]
        assert processor.results().to_numpy().tolist() == closed.to_numpy().tolist()


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_an_id_that_is_used_again_is_told_alike_in_batches_of_any_size(toys, made, size):
    records = toys.records([[toys.Toy(1, "a", 0), toys.Toy(1, "a", 3), toys.Toy(2, "a", 50), toys.Toy(1, "a", 51)]])
    tried = made(lateness=5)
    for start in range(0, 4, size):
        tried.take(records[start : start + size])
    assert tried.counts == Counts(counted=3, repeated=1)


def test_what_is_held_of_a_session_does_not_grow_with_its_events(toys, made):
    tried = made(Sessions(1_000), lateness=0, path=":memory:")
    tried.take(toys.records([[toys.Toy(n, "a", n) for n in range(500)]]))
    assert tried.state_size == 2 and len(tried._memory[0].closable) == 1
    tried.take([Arrived(0, 500, toys.value(toys.Toy(500, "b", 1_498)))])
    assert tried.results().empty and tried.state_size == 3
    tried.take([Arrived(0, 501, toys.value(toys.Toy(501, "b", 1_499)))])
    assert toys.shown(tried.results()) == [("a", 0, 1_499, 500, 50_000)] and tried.state_size == 2


def stop_at(monkeypatch, processor, step):
    """Has the processor's connection raise Stopped at its n-th statement, before it's executed; a commit is one."""

    class Failing:
        left = step

        def __getattr__(self, name):
            return getattr(connection, name)

        def __enter__(self):
            return connection.__enter__()

        def __exit__(self, kind, *error):
            if kind is None:
                try:
                    self.burn()
                except Stopped:
                    connection.__exit__(Stopped, None, None)
                    raise
            return connection.__exit__(kind, *error)

        def burn(self):
            self.left -= 1
            if self.left == 0:
                raise Stopped

        def execute(self, *args):
            self.burn()
            return connection.execute(*args)

        def executemany(self, *args):
            self.burn()
            return connection.executemany(*args)

    connection = processor._connection
    monkeypatch.setattr(processor, "_connection", Failing())


def test_crashes_and_redelivery_change_nothing(tmp_path_factory, toys, examples):
    @settings(max_examples=examples)
    @given(st.sampled_from(WINDOWS), st.sampled_from([0, 5, 30]), NUMBERS)
    def holds(windows, lateness, seed):
        rng, path = random.Random(seed), tmp_path_factory.mktemp("crash") / "p.sqlite"
        partitions = topic(toys, rng, 50)
        arrived = mixed(rng, toys.records(partitions))
        processor, at, taken = Processor(path, toys.question(windows), lateness), 0, False
        while at < len(arrived) or not taken:
            batch, taken = arrived[at : at + rng.randint(1, 20)], True
            with pytest.MonkeyPatch.context() as patch:
                if rng.random() < 0.5:
                    stop_at(patch, processor, rng.randint(1, 20))
                try:
                    processor.take(batch)
                    at += len(batch)
                except Stopped:
                    taken = False
            if rng.random() < 0.3:
                processor.close()
                processor = Processor(path, toys.question(windows), lateness)
            if rng.random() < 0.3:
                at = rng.randint(0, at)
        agrees(toys, processor, partitions)
        processor.close()

    holds()


@pytest.mark.parametrize("windows", WINDOWS, ids=lambda windows: type(windows).__name__)
def test_an_error_at_any_step_leaves_memory_as_the_file(tmp_path, toys, made, monkeypatch, windows, steps):
    rng = random.Random(7)
    partitions = topic(toys, rng, 40)
    first, second = (lambda a: (a[: len(a) // 2], a[len(a) // 2 :]))(mixed(rng, toys.records(partitions)))
    for step in steps:
        tried = made(windows, path=tmp_path / f"{step}.sqlite")
        tried.take(first)
        before = toys.everything(tried)
        with monkeypatch.context() as patch:
            stop_at(patch, tried, step)
            try:
                tried.take(second)
                break
            except Stopped:
                pass
        assert toys.everything(tried) == before == toys.everything(made(windows, path=tried.path)), f"step {step}"
        tried.take(second)
        agrees(toys, tried, partitions)
    assert step > 20


def test_a_parser_that_fails_leaves_memory_as_the_file(toys, made):
    def parse(raw):
        if raw["id"] == 3:
            raise KeyError("a bug of the parser")
        return toys.parse(raw)

    partitions = [[toys.Toy(n, "a", n) for n in range(5)]]
    tried = made(parse=parse)
    tried.take(toys.records(partitions)[:2])
    before = toys.everything(tried)
    with pytest.raises(KeyError, match="a bug"):
        tried.take(toys.records(partitions)[2:])
    assert toys.everything(tried) == before
    mended = made(parse=toys.parse)
    mended.take(toys.records(partitions))
    agrees(toys, mended, partitions)


@pytest.mark.parametrize("ask", [attrgetter("state_size"), attrgetter("counts")], ids=["state", "counts"])
def test_threads_may_ask_meanwhile_and_see_whole_batches(toys, made, ask):
    told, threads = [], []

    def parse(raw):
        if raw["id"] == 7:
            threads.append(threading.Thread(target=lambda: told.append(ask(tried))))
            threads[0].start()
            threads[0].join(0.2)
        return toys.parse(raw)

    partitions = [[toys.Toy(number, "a", number) for number in range(20)]]
    tried = made(lateness=30, parse=parse)
    tried.take(toys.records(partitions))
    threads[0].join()
    agrees(toys, tried, partitions)
    assert told == [ask(tried)]


def test_two_that_share_a_file_count_nothing_twice(toys, made):
    rng = random.Random(3)
    partitions = topic(toys, rng, 60)
    both = made(), made()
    for batch in batches(rng, mixed(rng, toys.records(partitions))):
        rng.choice(both).take(batch)
        both[0].take(batch), both[1].take(batch)
    agrees(toys, both[0], partitions)
    assert toys.everything(both[0]) == toys.everything(both[1])


@pytest.mark.parametrize("windows", WINDOWS, ids=lambda windows: type(windows).__name__)
def test_the_state_does_not_grow_with_the_number_of_events(toys, made, windows):
    def peak(number):
        tried = made(windows, path=":memory:")
        sizes = []
        for start in range(0, number, 50):
            batch = [Arrived(0, n, toys.value(toys.Toy(n, "abcdefgh"[n % 7], n / 2))) for n in range(start, start + 50)]
            tried.take(batch)
            sizes.append(tried.state_size)
            kept = [len(heap) for heap in (tried._memory[0].closable, tried._memory[0].forgettable)]
            assert sum(kept) <= 3 * sizes[-1] + 60
        ((ids,),) = tried._ask("SELECT count(*) FROM ids")
        assert ids <= sizes[-1] and tried.counts.counted == number
        return max(sizes)

    assert 10 <= peak(500) == peak(5_000)


def test_what_is_left_out_moves_the_watermark_and_is_never_late(toys, made):
    tried = made(lateness=0)
    cancelled = toys.Toy(1, "a", 50, status="cancelled")
    tried.take(toys.records([[cancelled, toys.Toy(2, "a", 49), cancelled._replace(at=3)]]))
    assert tried.counts == Counts(left_out=2, late=1)
    late = tried.late()
    assert late.to_numpy().tolist() == [
        [0, 1, 2, toys.BEGIN + timedelta(seconds=49), timedelta(seconds=1)]
    ]  # fmt: skip


def test_an_event_at_the_watermark_is_in_time_and_a_window_that_ends_there_is_closed(toys, made):
    tried = made(Tumbling(10), lateness=10)
    tried.take(toys.records([[toys.Toy(1, "a", 9), toys.Toy(2, "a", 20), toys.Toy(3, "a", 10), toys.Toy(4, "a", 9.5)]]))
    assert tried.counts == Counts(counted=3, late=1)
    assert toys.shown(tried.results()) == [("a", 0, 10, 1, 100)]
    assert tried.state_size == made(Tumbling(10), lateness=10).state_size == 4


def test_nothing_is_final_before_all_partitions_that_are_expected_have_closed_it(toys, made):
    tried = made(lateness=0)
    tried.expect({0: 0, 1: 0})
    tried.take(toys.records([[toys.Toy(1, "a", 5), toys.Toy(2, "a", 50)]]))
    assert tried.watermark is None and tried.results().empty and tried.positions == {0: 2, 1: 0}
    tried.expect({0: 0, 1: 0})
    tried.take([Arrived(1, 0, toys.value(toys.Toy(3, "a", 12)))])
    assert toys.shown(tried.results()) == [("a", 0, 10, 1, 100)] and tried.positions == {0: 2, 1: 1}


@pytest.mark.parametrize("key", ["a", "7", 7, "é", '"', None])
def test_keys_come_back_as_they_were(toys, made, key):
    tried = made(path=":memory:")
    tried.take(toys.records([[toys.Toy(1, key, 5)]]))
    assert [type(found) for found in tried.results(True)["key"]] in ([type(key)], [float] * (key is None))
    assert list(tried.results(True)["key"].dropna()) == [key] * (key is not None)


def test_the_tables_have_types_also_without_rows(toys, made):
    tried = made(path=":memory:")
    empty = [tried.results().dtypes, tried.late().dtypes, tried.quarantined().dtypes]
    tried.take(toys.records([[toys.Toy(1, "a", 50), toys.Toy(2, "a", 5), b"{"]]))
    full = [tried.results(True).dtypes, tried.late().dtypes, tried.quarantined().dtypes]
    assert full[0].astype("str").to_dict() == {
        "key": "str", "start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]", "events": "int64",
        "total": "float64",
    }  # fmt: skip
    assert full[1].astype("str").to_dict() == {
        "partition": "int64", "offset": "int64", "id": "int64", "at": "datetime64[us, UTC]", "behind": "timedelta64[us]"
    }  # fmt: skip
    for some, none in zip(full, empty, strict=True):
        assert some.drop(["key", "id"], errors="ignore").equals(none.drop(["key", "id"], errors="ignore"))


def test_columns_that_are_not_asked_for_are_absent(toys, made):
    tried = made(path=":memory:", key=None, value=None, where=None)
    tried.take(toys.records([[toys.Toy(1, "a", 5), toys.Toy(2, "b", 6, status="cancelled")]]))
    assert list(tried.results(True).columns) == ["start", "end", "events"]
    assert tried.results(True)["events"].tolist() == [2]


def test_quarantine_says_why_and_shows_what(toys, made):
    tried = made(path=":memory:")
    tried.take(toys.records([REFUSED]))
    assert tried.quarantined().to_numpy().tolist() == [
        [0, 0, "line: not JSON", ""],
        [0, 1, "line: not JSON", "{"],
        [0, 2, "line: not an object", "[1]"],
        [0, 3, "line: not an object", "null"],
        [0, 4, "at: missing", '{"id": 1}'],
        [0, 5, "line: not UTF-8", "\\udcff"],
        [0, 6, "line: not UTF-8", '{"at": "\\udcff"}'],
    ]


def test_a_reason_that_no_file_can_hold_stops_nothing(toys, made):
    def parse(raw):
        raise ValueError(f"unknown: {raw['word']}")

    tried = made(path=":memory:", parse=parse)
    tried.take([Arrived(0, 0, b'{"word": "\\ud800"}')])
    assert tried.quarantined()["reason"].tolist() == ["unknown: \\ud800"]


@pytest.mark.parametrize("cents", [float("inf"), float("nan")])
def test_an_event_whose_worth_is_no_number_is_none(toys, made, cents):
    tried = made(path=":memory:")
    tried.take(toys.records([[toys.Toy(1, "a", 5, cents), toys.Toy(2, "a", 5)]]))
    assert tried.counts == Counts(counted=1, quarantined=1)
    assert tried.quarantined()["reason"].str.startswith("cannot convert float").all()


def test_characters_that_no_table_can_hold_are_spelt_out(toys, made):
    tried = made(path=":memory:", lateness=0)
    tried.take(toys.records([[toys.Toy("\ud800", "\udfff", 5), toys.Toy("\ud801", "\udfff", 4)]]))
    assert tried.results(True)["key"].tolist() == ["\\udfff"] and tried.late()["id"].tolist() == ["\\ud801"]


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
def test_events_may_be_of_any_year(toys, made, moment):
    tried = made(path=":memory:", lateness=86_400, parse=lambda raw: {**raw, "at": moment.replace(tzinfo=UTC)})
    tried.take([Arrived(0, 0, b'{"id": 1, "key": "a", "cents": 0, "total": 1, "status": "completed"}')])
    first = moment == datetime.min
    assert tried.watermark == (None if first else moment.replace(tzinfo=UTC) - timedelta(days=1))
    assert tried.results(preliminary=True)["events"].tolist() == [1] and tried.results().empty


def test_an_event_without_a_zone_is_a_fault_of_the_question(toys, made):
    tried = made(parse=lambda raw: {**toys.parse(raw), "at": toys.BEGIN.replace(tzinfo=None)})
    with pytest.raises(TypeError, match="offset-naive"):
        tried.take(toys.records([[toys.Toy(1, "a", 5)]]))
    assert tried.positions == {}


def test_a_file_answers_one_question(tmp_path, toys, made):
    made(Tumbling(10), lateness=5)
    made(Tumbling(10.0), lateness=5.0)
    for other in ({"windows": Tumbling(11)}, {"windows": Sessions(10)}, {"lateness": 6}, {"key": None}, {"parse": len}):
        with pytest.raises(ValueError, match=r"p\.sqlite answers Question\(.*, not Question\(.*a file of its own"):
            made(**other)


@pytest.mark.parametrize("lateness", [1_000_000, 86_400.25])
def test_a_file_knows_its_lateness_to_the_last_digit(made, lateness):
    made(lateness=lateness)
    with pytest.raises(ValueError, match="give this question a file of its own"):
        made(lateness=lateness * (1 + 1e-8))


@pytest.mark.parametrize("lateness", [-1, float("inf"), float("nan")])
def test_a_lateness_is_some_seconds(made, lateness):
    with pytest.raises(ValueError, match=r"Processor\(lateness=.*seconds from 0 on"):
        made(lateness=lateness)


def test_a_file_that_fails_is_named(tmp_path, toys, made, monkeypatch):
    (tmp_path / "orders.jsonl").write_text('{"order_id": 1}\n' * 100)
    with pytest.raises(IngestError, match=r"orders\.jsonl: file is not a database: give the processor a file of its"):
        made(path=tmp_path / "orders.jsonl")
    monkeypatch.setattr(push, "LOCKED_S", 0.1)
    tried = made()
    other = sqlite3.connect(tmp_path / "p.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IngestError, match=r"p\.sqlite: database is locked: another process"):
        tried.take(toys.records([[toys.Toy(1, "a", 5)]]))
    other.execute("ROLLBACK")
    tried.take(toys.records([[toys.Toy(1, "a", 5)]]))
    tried.close()
    tried.close()
    with pytest.raises(IngestError, match=r"p\.sqlite: .*closed"):
        tried.results()


def test_a_database_of_something_else_is_left_alone(tmp_path, made):
    with push.Inbox(tmp_path / "p.sqlite") as inbox:
        with pytest.raises(ValueError, match=r"p\.sqlite is a database of something else: give the processor a file"):
            made()
        assert inbox._ask("SELECT count(*) FROM sqlite_master WHERE type = 'table'") == [(2,)]


def test_a_damaged_file_and_one_without_space_say_what_to_do(tmp_path, toys, made):
    tried = made()
    tried._ask("PRAGMA max_page_count = 20")
    many = toys.records([[toys.Toy(number, str(number), 5) for number in range(5_000)]])
    with pytest.raises(IngestError, match=r"p\.sqlite: .*full: free some space, then run again"):
        tried.take(many)
    assert tried.positions == {} and tried.counts == Counts()
    tried._ask("PRAGMA max_page_count = 10000")
    tried.take(many)
    assert tried.counts.counted == 5_000
    tried.close()
    with (tmp_path / "p.sqlite").open("rb+") as file:
        file.truncate(5_000)
    with pytest.raises(IngestError, match=r"p\.sqlite: .*malformed: the file is damaged: .* give the processor a new"):
        made()


def test_what_is_taken_is_on_the_disk(made):
    assert made()._ask("PRAGMA synchronous") == [(2,)] and made()._ask("PRAGMA journal_mode") == [("wal",)]


# the Store, whose truth is known


def test_revenue_per_day_is_that_of_the_clean_orders(tmp_path):
    zone = RawZone(tmp_path / "zone")
    asked = Question(Tumbling(86_400), key=None)
    with Store(users=300, days=60, seed=4).topic("orders") as orders, Processor(
        tmp_path / "p.sqlite", asked, lateness=5 * 86_400
    ) as processor:
        consume(orders, zone)
        follow(orders, processor, batch=100)
        found, counts = processor.results(preliminary=True), processor.counts
    cleaned = clean_orders(read(zone))
    kept = cleaned.kept[cleaned.kept["status"] == "completed"]
    true = kept.groupby(kept["occurred_at"].dt.floor("D"))["total"].agg(["count", "sum"]).round(2)
    assert found["start"].tolist() == true.index.tolist()
    assert (found["end"] - found["start"]).eq(pd.Timedelta("1D")).all()
    assert found["events"].tolist() == true["count"].tolist() and found["total"].tolist() == true["sum"].tolist()
    assert counts.late == 0 and counts.counted == len(kept) > 300
    repeats = cleaned.quarantined["reason"].str.startswith("order: ").sum()
    assert counts.quarantined == len(cleaned.quarantined) - repeats > 5 and counts.repeated > 3


def test_each_moment_of_the_way_agrees_with_the_batch_answer(toys, made):
    """What a live board shows, after every record."""
    partitions = topic(toys, random.Random(11), 30, partitions=2)
    for windows in WINDOWS:
        tried, seen = made(windows, path=":memory:"), [[], []]
        for arrived in mixed(random.Random(5), toys.records(partitions)):
            tried.take([arrived])
            seen[arrived.partition].append(partitions[arrived.partition][arrived.offset])
            agrees(toys, tried, seen)


def test_ids_are_told_apart_by_type():
    assert processor.as_text(7) != processor.as_text("7") and json.loads(processor.as_text("é\ud800")) == "é\ud800"
