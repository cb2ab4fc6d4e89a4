import shutil
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count, product

import httpx
import pandas as pd
import pytest
from fastapi import HTTPException
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import ServeError, Synced, Warehouse, segments, sync
from dataml_lab.store import Store

SMALL = Store(users=60, days=30, seed=4)
NAMES = ("regular", "occasional", "lapsed", "no purchase")


def table(by_user):
    frame = pd.DataFrame(list(by_user.items()), columns=["user_id", "segment"])
    return frame.astype({"user_id": "int64", "segment": "str"})


def calm():
    return SMALL.crm(busy_every=None, fail_every=None)


@pytest.fixture
def warehouse():
    with Warehouse(":memory:") as warehouse:
        yield warehouse


def remembered(warehouse):
    return dict(warehouse.query("SELECT user_id, segment FROM crm_sent").itertuples(index=False, name=None))


# segments


def test_segments_by_completed_orders_of_the_last_day():
    rows = [(9, 3.0), (2, 0.0), (1, 29.0), (0, 30.0), (0, None)]
    summary = pd.DataFrame(rows, columns=["orders_30d", "days_since_order"])
    summary = summary.assign(day=date(2025, 3, 1), user_id=["11", "12", "13", "14", "15"])
    old = summary.assign(day=date(2025, 2, 28), orders_30d=5)
    expected = {11: "regular", 12: "regular", 13: "occasional", 14: "lapsed", 15: "no purchase"}
    pd.testing.assert_frame_equal(segments(pd.concat([old, summary])).reset_index(drop=True), table(expected))
    with pytest.raises(ServeError, match="the summary has no rows"):
        segments(summary.head(0))


# syncing


def test_only_what_differs_is_sent(warehouse):
    with calm() as crm:
        wanted = dict.fromkeys(range(1, 26), "regular")
        assert sync(warehouse, table(wanted), crm.url, batch=10) == Synced(25, 0, 3, 0)
        assert sync(warehouse, table(wanted), crm.url) == Synced(0, 25, 0, 0)
        wanted |= {7: "lapsed", 30: "occasional"}
        assert sync(warehouse, table(wanted), crm.url) == Synced(2, 24, 1, 0)
        assert crm.segments == remembered(warehouse) == wanted and (crm.puts, crm.requests) == (27, 4)


def test_users_that_have_left_keep_their_segment(warehouse):
    with calm() as crm:
        sync(warehouse, table({1: "regular", 2: "lapsed"}), crm.url)
        assert sync(warehouse, table({1: "regular"}), crm.url) == Synced(0, 1, 0, 0)
        assert sync(warehouse, table({}), crm.url) == Synced()
        assert crm.segments == remembered(warehouse) == {1: "regular", 2: "lapsed"}
        assert sync(warehouse, table({2: "lapsed"}), crm.url).unchanged == 1


def test_it_holds_out_through_a_busy_and_failing_crm(warehouse, no_waiting):
    with SMALL.crm(busy_every=3, fail_every=4) as crm:
        wanted = dict.fromkeys(range(1, 61), "lapsed")
        synced = sync(warehouse, table(wanted), crm.url, batch=5)
        assert crm.segments == remembered(warehouse) == wanted
    assert synced.sent == 60 and synced.requests == crm.requests == 12 + synced.retries and synced.retries > 5
    assert crm.puts > 60  # some batches were carried out though the answer was 500


class Down:
    """The weather of a CRM that fails from the second request on."""

    def strike(self, number):
        if number > 1:
            raise HTTPException(500, "out of order")


def test_a_crm_that_stays_down_is_named_and_a_rerun_sends_the_rest(warehouse, no_waiting):
    wanted = dict.fromkeys(range(1, 31), "lapsed")
    with calm() as crm:
        weather, crm._weather = crm._weather, Down()
        with pytest.raises(ServeError) as caught:
            sync(warehouse, table(wanted), crm.url, batch=10)
        for words in (crm.url, "tries made: 6", "500", "out of order", "10 of 30 customers are confirmed: run again"):
            assert words in str(caught.value)
        crm._weather = weather
        assert sync(warehouse, table(wanted), crm.url, batch=10) == Synced(20, 10, 2, 0)
        assert crm.segments == wanted


@pytest.mark.parametrize(
    ("url", "words"), [("http://127.0.0.1:1", "tries made: 6, .*ConnectError"), ("localhost:1", "tries made: 1")]
)
def test_nobody_there_is_named(warehouse, no_waiting, url, words):
    with pytest.raises(ServeError, match=f"{words}.*0 of 1 customers are confirmed"):
        sync(warehouse, table({1: "regular"}), url)


def test_a_refusal_is_not_tried_again_and_says_why(warehouse):
    with calm() as crm:
        wanted = dict.fromkeys(range(55, 65), "regular")
        with pytest.raises(ServeError, match=r"tries made: 1, .*422: .*Customer 2 of the list: there is no user 61"):
            sync(warehouse, table(wanted), crm.url, batch=5)
        assert crm.requests == 2 and remembered(warehouse) == dict.fromkeys(range(55, 60), "regular")


def test_a_user_listed_twice_is_refused(warehouse):
    with calm() as crm, pytest.raises(pd.errors.MergeError):
        sync(warehouse, pd.concat([table({1: "regular"}), table({1: "lapsed"})]), crm.url)
    assert crm.requests == 0


# crashes


STEPS = 8  # three requests, and a commit after each; before them one makes the table, one forgets


def test_after_a_crash_at_any_step_a_rerun_brings_the_crm_up_to_date(tmp_path, fused, steps):
    first, wanted = ({n: NAMES[(n + k) % 4] for n in range(1, 13)} for k in (0, 1))
    with calm() as crm:
        with Warehouse(tmp_path / "first.duckdb") as warehouse:
            sync(warehouse, table(first), crm.url, batch=5)
        for back, n in product((False, True), [n for n in steps if n <= STEPS + 1]):
            path = shutil.copy(tmp_path / "first.duckdb", tmp_path / f"{back}-{n}.duckdb")
            crm.segments.update(first)
            with fused(n) as fuse, Warehouse(path) as warehouse:
                sync(warehouse, table(wanted), crm.url, batch=5)
            assert fuse.blew == (n <= STEPS)
            then = first if back else wanted  # the rerun may want what was there before the crash
            with Warehouse(path) as warehouse:
                sync(warehouse, table(then), crm.url, batch=5)
                assert crm.segments == remembered(warehouse) == then, f"after a crash at step {n}"


class Lost(BaseException):
    """The process is gone after its request was carried out, before it knew."""


@contextmanager
def losing(number):
    """No waits; the answer to the request of this number (from 1) never comes, and the process ends."""
    send, numbers = httpx.Client.send, count(1)

    def send_and_lose(*args, **kwargs):
        response = send(*args, **kwargs)
        if next(numbers) == number:
            raise Lost
        return response

    with pytest.MonkeyPatch.context() as patch, suppress(Lost):
        patch.setattr(httpx.Client, "send", send_and_lose)
        patch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
        yield


worlds = st.dictionaries(st.integers(1, 6), st.sampled_from(NAMES[:2]), max_size=6)


@pytest.fixture(scope="module")
def stormy():
    with SMALL.crm(busy_every=4, fail_every=3) as crm:
        yield crm


def test_after_any_history_of_lost_answers_a_rerun_brings_the_crm_up_to_date(stormy, examples):
    @settings(max_examples=examples // 2)
    @given(st.lists(st.tuples(worlds, st.integers(1, 8)), max_size=4), worlds)
    def holds(history, wanted):
        stormy.segments.clear()
        stormy.requests = stormy._failures = 0
        with Warehouse(":memory:") as warehouse:
            for earlier, number in [*history, (wanted, None)]:
                with losing(number):
                    sync(warehouse, table(earlier), stormy.url, batch=2)
            assert {user: stormy.segments[user] for user in wanted} == wanted
            assert remembered(warehouse).items() <= stormy.segments.items()

    holds()


def test_another_crm_is_sent_everything(warehouse):
    wanted = {1: "regular", 2: "lapsed"}
    for _ in range(2):
        with calm() as crm:
            assert sync(warehouse, table(wanted), crm.url) == Synced(2, 0, 1, 0)
            assert sync(warehouse, table(wanted), crm.url) == Synced(0, 2, 0, 0)
            assert crm.segments == remembered(warehouse) == wanted


def test_what_another_run_would_not_mend_is_to_be_corrected(warehouse, no_waiting):
    with calm() as crm, pytest.raises(ServeError, match=r"there is no user 99.*: correct that, and run again"):
        sync(warehouse, table({99: "regular"}), crm.url)
    with pytest.raises(ServeError, match="confirmed: run again"):
        sync(warehouse, table({1: "regular"}), crm.url)
