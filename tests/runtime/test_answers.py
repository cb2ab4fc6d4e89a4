"""Calling an answer: copies, silence, deadlines, and nothing but plain data back."""

import datetime as dt
import enum
import os
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab.runtime import answers
from dataml_lab.runtime.answers import (
    Answer,
    Failed,
    Maker,
    NotAttempted,
    OutOfTime,
    class_,
    function,
    printed,
)
from dataml_lab.runtime.deadline import Stopped, TimeOut
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.process import Crash, Process

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner), max_leaves=15)


class Choice(str, enum.Enum):  # noqa: UP042 - as students write it
    RULE = "rule"


class Many(enum.IntEnum):
    TWO = 2


class Liar(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class LyingDict(dict):
    def items(self):
        return {"points": 100}.items()


@given(PLAIN)
def test_plain_data_comes_through_unchanged(value):
    assert plain(value) == value
    assert type(plain(value)) is type(value)


@pytest.mark.parametrize(("value", "expected"), [
    (np.float64(1.5), 1.5), (np.int64(3), 3), (np.bool_(True), True), (np.str_("a"), "a"), (pd.NA, None),
    (pd.NaT, None), (Liar("x"), "x"), (Choice.RULE, "rule"), (Many.TWO, 2), (LyingDict(a=1), {"a": 1})])
def test_subclasses_become_their_base(value, expected):
    assert type(plain(value)) is type(expected)
    assert plain(value).__eq__(expected) is True or plain(value) is expected


class Zone(dt.tzinfo):
    """A time zone that is an answer's own code, which tells an offset or fails."""

    def __init__(self, *hours):
        self.hours = list(hours)

    def utcoffset(self, moment):
        return dt.timedelta(hours=self.hours.pop())


def test_a_time_zone_of_ones_own_becomes_the_offset_that_it_tells_once():
    moment = plain(dt.datetime(2025, 3, 1, 10, tzinfo=Zone(2)))
    assert type(moment.tzinfo) is dt.timezone and moment.isoformat() == "2025-03-01T10:00:00+02:00"
    with pytest.raises(TypeError, match="tells no offset"):
        plain([dt.datetime(2025, 3, 1, 10, tzinfo=Zone())])


def test_a_whole_number_that_nobody_could_write_is_none():
    assert plain(10**1_000) == 10**1_000
    with pytest.raises(TypeError, match="more than a thousand digits"):
        plain({"total": -(10**5_000)})


def test_a_timestamp_becomes_a_datetime():
    moment = plain(pd.Timestamp("2025-03-01T10:00Z"))
    assert type(moment) is dt.datetime and moment == dt.datetime(2025, 3, 1, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize("value", [object(), print, sys, [object()], {"a": object()}, (yield_ for yield_ in ())])
def test_other_objects_are_refused_by_type(value):
    with pytest.raises(TypeError, match="plain data was expected"):
        plain(value)


def test_data_that_nests_for_ever_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(TypeError, match="nested"):
        plain(loop)


def test_an_answer_gets_copies_and_the_caller_sees_how_it_left_them():
    def spoil(row):
        row["a"] = 2

    row = {"a": 1}
    assert Answer("spoil", spoil).call(row) == (None, ({"a": 2},))
    assert row == {"a": 1}


def test_an_answer_can_not_change_what_it_returned():
    kept = []

    def keep():
        kept.append([1])
        return kept[0]

    result = Answer("keep", keep)()
    kept[0].append(2)
    assert result == [1]


def test_output_and_warnings_of_an_answer_go_nowhere(capfd, recwarn):
    def loud():
        print("a" * 100_000)
        print("b", file=sys.stderr)
        import warnings
        warnings.warn("c", stacklevel=1)
        return 1

    assert Answer("loud", loud)() == 1
    assert capfd.readouterr() == ("", "") and not recwarn.list


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit("bye"), RecursionError(), AssertionError()])
def test_what_an_answer_raises_becomes_a_sentence(error):
    def bad():
        raise error

    with pytest.raises(Failed, match=rf"^bad raised {type(error).__name__}"):
        Answer("bad", bad)()


def test_a_long_message_is_cut_and_the_error_that_it_quotes_is_kept():
    def bad():
        raise ValueError("All the 5 fits failed.\n" + "Traceback\n" * 50 + "ValueError: X contains NaN.\nread on\n")

    def long():
        raise ValueError("no " * 200)

    with pytest.raises(Failed, match=r"All the 5 fits failed\. .*… ValueError: X contains NaN\. \(line \d") as quoted:
        Answer("bad", bad)()
    with pytest.raises(Failed, match=r"ValueError: (no )+.*… \(line \d+ of") as cut:
        Answer("long", long)()
    assert max(len(str(error.value)) for error in (quoted, cut)) < 300


def test_the_sentence_names_the_line_of_the_answer():
    namespace = {}
    exec(compile("def bad(row):\n    first = 1\n    return row['b']\n", "<cell>", "exec"), namespace)
    with pytest.raises(Failed, match=r"KeyError: 'b' \(line 3 of its cell\)"):
        Answer("bad", namespace["bad"])({})


def test_an_error_that_can_not_be_shown_is_still_reported():
    class UnspeakableError(Exception):
        def __str__(self):
            raise RuntimeError

    def bad():
        raise UnspeakableError

    with pytest.raises(Failed, match="UnspeakableError"):
        Answer("bad", bad)()


def test_keyboard_interrupt_and_simulated_crashes_are_not_caught():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Answer("interrupted", interrupted)()
    with pytest.raises(Crash):
        Answer("crashed", lambda step: step("before api.get"))(Process(crash_at=1).step)


@pytest.mark.parametrize("kind", [Failed, OutOfTime, NotAttempted, Stopped, TimeOut, Crash])
def test_an_exception_of_ours_is_like_any_other_where_an_answer_raises_it(kind):
    def forger(message=""):
        raise kind(message)

    words = rf"^forger raised {kind.__name__} \(line \d+ of its cell\)\. To see it:\nforger\(\)$"
    with pytest.raises(Failed, match=words) as found:
        Answer("forger", forger)()
    assert type(found.value) is Failed


def test_a_kept_crash_that_is_raised_once_more_is_still_a_crash():
    def late(step):
        try:
            step("before api.get")
        except Crash as crash:
            raise crash

    with pytest.raises(Crash):
        Answer("late", late)(Process(crash_at=1).step)


def test_an_answer_that_runs_for_ever_is_stopped(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    def endless():
        while True:
            pass

    with pytest.raises(Failed, match="still running"):
        Answer("endless", endless)()


def at_work():
    while True:
        pass


@pytest.mark.parametrize("function", [lambda: time.sleep(20), at_work], ids=["asleep", "at work"])
def test_an_answer_has_seconds_of_work_and_some_more_asleep(monkeypatch, function):
    monkeypatch.setattr(answers, "DEADLINE", 0.1)
    began = time.monotonic()
    with pytest.raises(OutOfTime, match="still running"):
        Answer("slow", function)()
    assert time.monotonic() - began < 10


def test_what_others_do_with_the_processor_costs_an_answer_nothing(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)
    assert Answer("waits", lambda: time.sleep(0.4))() is None


def test_outside_the_main_thread_an_answer_just_runs():
    found = []
    thread = threading.Thread(target=lambda: found.append(Answer("one", lambda: 1)()))
    thread.start()
    thread.join()
    assert found == [1]


def test_a_stub_and_a_missing_answer_are_not_attempted():
    with pytest.raises(NotAttempted, match="the `stub` that was run last still returns NotImplemented: run"):
        Answer("stub", lambda: NotImplemented)()
    for namespace in ({}, {"clean": 3}):
        with pytest.raises(NotAttempted, match="no function `clean`"):
            function("clean")(namespace)


# classes


class Till:
    """A student's class, with a method for each thing that can go wrong."""

    limit = 3

    def __init__(self):
        print("a new till")
        self.sums = []

    def add(self, sums):
        sums.append(0)
        self.sums.append(sums)

    def total(self):
        return self.sums

    def refund(self, sums):
        return sums["cash"]

    def count(self):
        while True:
            pass

    def drawer(self):
        return self

    def close(self):
        return NotImplemented

    async def report(self):
        return 1

    @property
    def owner(self):
        raise ValueError("nobody")


@pytest.fixture
def till():
    return class_("Till")({"Till": Till})()


def test_a_method_gets_copies_and_what_it_returns_is_one(till):
    sums = [1, 2]
    assert till("add", sums) is None and sums == [1, 2]
    till("total").append("mine")
    till("total")[0].append("mine")
    assert till("total") == [[1, 2, 0]]


def test_each_object_has_a_state_of_its_own_and_is_made_in_silence(capfd):
    make = class_("Till")({"Till": Till})
    first, second = make(), make()
    first("add", [])
    assert first("total") == [[0]] and second("total") == [] and capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("method", "arguments", "sentence"), [
    ("open", (), r"^Till has no method `open`\.$"),
    ("limit", (), r"^Till has no method `limit`\.$"),
    ("sums", (), r"^Till has no method `sums`\.$"),
    ("refund", ({},), r"^Till\.refund raised KeyError: 'cash' \(line \d+ of its cell\)\. It was given {}\.$"),
    ("refund", (), r"^Till\.refund raised TypeError: .*missing 1 required positional argument"),
    ("drawer", (), r"^Till\.drawer returned an object of type Till, where plain data was expected\.$"),
    ("report", (), r"^Till\.report is an `async def`"),
    ("owner", (), r"^Till\.owner raised ValueError: nobody \(line \d+ of its cell\)\.$"),
])
def test_what_goes_wrong_in_a_method_becomes_a_sentence(till, method, arguments, sentence):
    with pytest.raises(Failed, match=sentence):
        till(method, *arguments)


def test_a_method_that_runs_for_ever_is_stopped(monkeypatch, till):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)
    with pytest.raises(OutOfTime, match=r"^Till\.count was still running"):
        till("count")
    assert till("total") == []


def test_an_object_that_can_not_be_made_becomes_a_sentence(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    def endless():
        while True:
            pass

    with pytest.raises(OutOfTime, match=r"^Till was still running"):
        Maker("Till", endless)()
    with pytest.raises(Failed, match=r"^Till raised ZeroDivisionError"):
        Maker("Till", lambda: 1 / 0)()
    with pytest.raises(Failed, match=r"^Till raised TypeError: .*missing 1 required positional argument: 'limit'"):
        Maker("Till", type("Till", (), {"__init__": lambda self, limit: None}))()


def test_a_stub_of_a_method_and_a_missing_class_are_not_attempted(till):
    with pytest.raises(NotAttempted, match=r"^the `Till\.close` that was run last still returns NotImplemented"):
        till("close")
    for namespace in ({}, {"Till": 3}):
        with pytest.raises(NotAttempted, match="there is no class `Till` yet"):
            class_("Till")(namespace)


def swallowing(*_):
    """Goes on for ten seconds, whatever is raised."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            time.sleep(1)
        except BaseException:
            continue


class Stubborn(Exception):
    """Takes its time to say what it is."""

    __str__ = swallowing


class Sticky(dt.tzinfo):
    """Takes its time to tell its offset."""

    utcoffset = swallowing


def raising():
    raise Stubborn


@pytest.mark.parametrize(("function", "words"), [
    (swallowing, "still running"), (lambda: dt.datetime(2025, 3, 1, tzinfo=Sticky()), "still running"),
    (raising, "Stubborn: .its message can't be shown")])
def test_what_swallows_the_deadline_is_stopped_all_the_same(monkeypatch, function, words):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)
    began, tracing = time.monotonic(), sys.gettrace()
    with pytest.raises(Failed, match=words):
        Answer("stubborn", function)()
    assert time.monotonic() - began < 5 and sys.gettrace() is tracing
    assert Answer("fine", lambda: sum(range(10)))() == 45


def test_to_look_at_a_result_runs_nothing_that_is_believed():
    class Lazy:
        __class__ = property(lambda self: sys.exit(0))

    for result in (Lazy(), [Lazy()], {"a": Lazy()}):
        with pytest.raises(Failed, match="an object of type Lazy"):
            Answer("lazy", lambda result=result: result)()
    with pytest.raises(Failed, match="returned what can't be read: that raised SystemExit"):
        Answer("zone", lambda: dt.datetime(2025, 3, 1, tzinfo=type("Zone", (dt.tzinfo,), {
            "utcoffset": lambda *_: sys.exit(0)})()))()


def test_where_an_error_came_from_is_told_without_a_look_into_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # to open it would wait for somebody who writes

    def bad():
        exec(compile("raise ValueError('look')", str(pipe), "exec"), {})

    with pytest.raises(Failed, match=r"ValueError: look \(line \d+ of its cell\)"):
        Answer("bad", bad)()


def test_the_name_and_the_message_of_an_error_are_short_and_on_one_line():
    def bad():
        raise type("A" * 10_000, (Exception,), {})("b\nc" * 10_000)

    with pytest.raises(Failed) as found:
        Answer("bad", bad)()
    words, call = str(found.value).split("\n")
    assert len(words) < 350 and call == "bad()"


def test_what_a_lent_function_changes_of_a_named_argument_is_undone_too():
    record = {"a": 1}

    def spoil(raw):
        raw["a"] = 2

    def ask(lent):
        lent(raw=record)
        return dict(record)

    assert function("ask")({"ask": ask})(spoil) == {"a": 2} and record == {"a": 1}


def test_what_a_lent_function_is_given_is_remembered_only_where_it_was_changed():
    def many(change):
        for number in range(1_000):
            change({"number": number, "note": str(number) * 1_000})

    def spoilt(change):
        box, row = {"a": 1}, [1]
        change(box)
        change(row)
        kept.extend((box, row))

    kept, changed = [], []
    Answer("many", many)(lambda box: changed.append(len(box)))
    Answer("spoilt", spoilt)(lambda box: box.clear())
    assert len(changed) == 1_000 and kept == [{"a": 1}, [1]]


def test_a_result_is_described_in_time(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    class Slow(Exception):
        def __str__(self):
            time.sleep(60)
            return "late"

    def slow():
        raise Slow

    began = time.perf_counter()
    with pytest.raises(Exception, match=r"slow raised Slow: \(its message can't be shown\)"):
        Answer("slow", slow)()
    assert time.perf_counter() - began < 30


def test_the_last_lines_that_an_answer_printed_are_kept():
    printed.pieces.clear()
    Answer("loud", lambda: [print(f"line {number}\x1b[2J") for number in range(300)])()
    assert printed.end(2) == "line 298[2J\nline 299[2J" and len(printed.pieces) <= 200
