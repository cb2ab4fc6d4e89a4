"""Fallbacks, on a fake clock; what hangs does so until an event, so that no test depends on the machine's speed."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab.serving.fallback import BadInput, Breaker, Cache, Deadline, Fallback, Late, Refused, Reply

LONG, SHORT = 60.0, 0.01  # seconds: never reached, and always


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def released():
    """An event that is set at the end, so that no thread hangs for ever."""
    event = threading.Event()
    yield event
    event.set()


def fails(*_):
    raise ConnectionError("nobody is there")


def test_a_deadline_hands_over_what_comes_in_time():
    assert Deadline(LONG).call(divmod, 7, 2) == (3, 1)
    with pytest.raises(ConnectionError, match="nobody"):
        Deadline(LONG).call(fails)


def test_what_hangs_is_late_and_what_finds_no_room_is_late_at_once(released):
    deadline = Deadline(SHORT, most=2)
    for _ in range(2):
        with pytest.raises(Late, match="no answer within"):
            deadline.call(released.wait)
    with pytest.raises(Late, match="too many"):
        deadline.call(int)
    released.set()
    assert tried_until_room(deadline) == 0


def tried_until_room(deadline):
    """What a call returns, as soon as there is room for one."""
    for _ in range(6_000):
        try:
            return deadline.call(int)
        except Late:
            time.sleep(0.01)
    return "there was no room for a minute"


class Circuit:
    """What a breaker is to do, step by step: the slow and obvious reference."""

    def __init__(self, failures, pause):
        self.failures, self.pause, self.row, self.opened_at = failures, pause, 0, None

    def refuses(self, now):
        return self.opened_at is not None and now < self.opened_at + self.pause

    def ends(self, now, outcome):
        if outcome == "works":
            self.row, self.opened_at = 0, None
        elif outcome == "fails":
            self.row += 1
            if self.row >= self.failures:
                self.opened_at = now


def called(breaker, outcome):
    def function():
        if outcome == "works":
            return 1
        raise BadInput("no row") if outcome == "bad" else ConnectionError("down")

    try:
        return breaker.call(function) == 1 and "works"
    except (BadInput, ConnectionError, Refused) as error:
        return {BadInput: "bad", ConnectionError: "fails", Refused: "refused"}[type(error)]


STEP = st.tuples(st.sampled_from(["works", "fails", "bad"]), st.sampled_from([0, 1, 4, 9]))  # and seconds before it


@given(st.integers(1, 3), st.lists(STEP))
def test_a_breaker_does_what_the_reference_does(failures, steps):
    clock = Clock()
    breaker, circuit = Breaker(failures, pause=9, clock=clock), Circuit(failures, 9)
    for outcome, seconds in steps:
        clock.now += seconds
        refused = circuit.refuses(clock.now)
        assert (breaker.state == "open") == refused
        assert called(breaker, outcome) == ("refused" if refused else outcome)
        if not refused:
            circuit.ends(clock.now, outcome)


def test_of_many_calls_at_once_one_is_the_trial(clock):
    breaker, inside, go = Breaker(1, pause=9, clock=clock), threading.Event(), threading.Event()
    called(breaker, "fails")
    clock.now += 9
    trial = threading.Thread(target=breaker.call, args=(lambda: inside.set() or go.wait(LONG),))
    trial.start()
    assert inside.wait(LONG)
    with pytest.raises(Refused, match="a trial goes on"):
        breaker.call(int)
    go.set()
    trial.join(LONG)
    assert breaker.state == "closed" and breaker.call(int) == 0


def test_an_old_call_that_works_at_last_does_not_close_the_circuit(clock):
    breaker, inside, go = Breaker(1, pause=9, clock=clock), threading.Event(), threading.Event()
    old = threading.Thread(target=breaker.call, args=(lambda: inside.set() or go.wait(LONG),))
    old.start()
    assert inside.wait(LONG)
    called(breaker, "fails")
    go.set()
    old.join(LONG)
    assert breaker.state == "open"
    with pytest.raises(Refused, match="9 s more"):
        breaker.call(int)


def test_a_cache_gives_the_newest_reply_until_it_is_too_old(clock):
    cache = Cache(oldest=10, clock=clock)
    cache.put("a", Reply(0.1, "1"))
    clock.now += 4
    cache.put("a", Reply(0.2, "2"))
    clock.now += 10
    assert cache.get("a") == (Reply(0.2, "2"), 10)
    clock.now += 0.1
    assert cache.get("a") is None and cache.get("b") is None


def test_a_cache_drops_the_key_used_least_recently(clock):
    cache = Cache(oldest=10, most=2, clock=clock)
    for key in "ab":
        cache.put(key, Reply(0.1, "1"))
    cache.get("a")
    cache.put("c", Reply(0.1, "1"))
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


class Model:
    """Does what it is told, and counts how often it is asked."""

    def __init__(self, does):
        self.does, self.asked = does, 0

    def __call__(self, row):
        self.asked += 1
        return self.does(row)


def fallback_of(model, clock, **more):
    return Fallback(model, lambda row: 0.01, Deadline(LONG), Breaker(2, 30, clock), Cache(60, clock=clock), **more)


def test_the_model_then_the_cache_then_the_default(clock):
    model = Model(lambda row: Reply(0.7, "3"))
    fallback = fallback_of(model, clock)
    assert fallback("a", {}) == (0.7, "model", "3", 0, "")
    model.does = fails
    clock.now += 5
    assert fallback("a", {}) == (0.7, "cache", "3", 5, "ConnectionError: nobody is there")
    assert fallback("b", {}) == (0.01, "default", "", 0, "ConnectionError: nobody is there")
    assert fallback("a", {}).why.startswith("Refused: the circuit is open: 30 s more") and model.asked == 3
    clock.now += 60
    assert fallback("a", {}).source == "default" and model.asked == 4  # the trial; what is kept is too old
    model.does = lambda row: Reply(0.8, "4")
    clock.now += 30
    assert fallback("a", {}) == (0.8, "model", "4", 0, "")


def test_a_model_that_hangs_costs_the_deadline_and_then_nothing(clock, released):
    model = Model(lambda row: released.wait())
    fallback = Fallback(model, lambda row: 0.01, Deadline(SHORT), Breaker(2, 30, clock), Cache(60, clock=clock))
    assert [fallback("a", {}).source for _ in range(10)] == ["default"] * 10
    assert model.asked == 2


def test_a_bug_is_not_hidden(clock):
    with pytest.raises(TypeError, match="NoneType"):
        fallback_of(Model(lambda row: row["amount"] + 1), clock)("a", {"amount": None})


def test_a_thread_that_cannot_start_takes_no_room(monkeypatch):
    deadline = Deadline(LONG, most=1)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="can't start new thread"):
        patch.setattr(threading.Thread, "start", no_thread)
        deadline.call(int)
    assert deadline.call(int) == 0


def no_thread(_):
    raise RuntimeError("can't start new thread")


def test_a_bad_row_is_the_callers_and_opens_nothing(clock):
    def refuses(row):
        raise BadInput("amount is missing")

    fallback = fallback_of(Model(refuses), clock)
    for _ in range(5):
        with pytest.raises(BadInput, match="amount"):
            fallback("a", {})
    assert fallback.breaker.state == "closed"


def test_a_wrong_reply_is_a_failure_and_is_not_kept(clock):
    model = Model(lambda row: Reply(float("nan"), "3"))
    fallback = fallback_of(model, clock)
    assert fallback("a", {}).why == "Unsound: the value is nan"
    fallback = fallback_of(Model(lambda row: Reply(0.5, "9")), clock,
                           wrong=lambda reply: "" if reply.version == "3" else "another version")
    assert [fallback("a", {}).source for _ in range(3)] == ["default"] * 3
    assert fallback.breaker.state == "open"
