"""The worlds of `spending`: streams in the order of arrival, and what is expected of them by slow recomputation."""

import runpy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from dataml_lab.checks.streaming.orders import WINDOW, Line, batch, orders, too_late, window_of
from dataml_lab.checks.streaming.spending import spending

SEEDS = range(10)
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "02a_windows" / "oracle.py"))["ORACLES"]
SECOND = timedelta(seconds=1)
world = cache(orders)


def lag(stream, number):
    """How long before the newest order among the first ones an order occurred."""
    return max(order["occurred_at"] for order in stream[:number + 1]) - stream[number]["occurred_at"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stream_comes_in_the_order_of_arrival_late_too_late_and_cancelled(seed):
    stream, start = world(seed).stream, world(seed).start
    arrivals = [order["received_at"] for order in stream]
    lags = [lag(stream, number) for number in range(len(stream))]
    assert arrivals == sorted(arrivals) and len({order["order_id"] for order in stream}) == len(stream) == 300
    assert sum(timedelta(0) < behind <= 120 * SECOND for behind in lags) > 20
    assert sum(behind > 120 * SECOND for behind in lags) > 5
    assert max(behind for behind in lags if behind <= 120 * SECOND) > 60 * SECOND
    assert {order["status"] for order in stream} == {"completed", "cancelled"}
    assert {order["user_id"] for order in stream} == set(world(seed).customers)
    assert start == window_of(start) and start.date() == stream[-1]["received_at"].date()
    assert any(order["total"] % 1 for order in stream) and not any(total % 1 for total in world(seed).totals)
    assert too_late(stream) == [order for order, behind in zip(stream, lags, strict=True) if behind > 120 * SECOND]


def slowly(stream):
    """By customer and start of a window the completed orders, looked for window by window."""
    starts = {datetime(2025, 3, order["occurred_at"].day, hour, minute, tzinfo=UTC)
              for order in stream for hour in range(24) for minute in range(0, 60, 5)}
    first, last = (pick(order["occurred_at"] for order in stream) for pick in (min, max))
    found = {(user, start): [order["total"] for order in stream if order["user_id"] == user
                             and order["status"] == "completed" and start <= order["occurred_at"] < start + WINDOW]
             for start in starts if first - WINDOW < start <= last for user in {order["user_id"] for order in stream}}
    return {window: sum(totals) for window, totals in found.items() if totals}


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_batch_job_finds_what_a_search_of_each_window_does_and_the_oracle_in_the_orders_in_time(seed):
    stream = world(seed).stream[:120]
    assert batch(stream) == slowly(stream)
    late = {order["order_id"] for order in too_late(stream)}
    found = {(user, start): total for after in ORACLE["spending"](stream) for user, start, total in after}
    assert found == pytest.approx(batch(order for order in stream if order["order_id"] not in late), abs=0.005)


def test_two_minutes_are_in_time_and_a_microsecond_more_is_too_late():
    shop = world(1)
    stream = shop.story(Line(420), Line(300, delay=120), Line(299.999999, delay=121), Line(421), Line(300.5, delay=130))
    assert too_late(stream) == [stream[2], stream[4]]
    assert too_late([]) == [] == too_late(stream[:2]) and batch([]) == {}


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_every_stream_of_a_property_comes_in_the_order_of_arrival(seed):
    """An answer may rely on the order of arrival: the prompt says so."""
    streams = []

    class Spy:
        def __init__(self):
            self.stream = []
            streams.append(self.stream)

        def take(self, order):
            self.stream.append(order)
            return []

        def finish(self):
            return []

        def late(self):
            return []

    spending.judge({"Spending": Spy}, [seed])
    assert len(streams) >= 9
    assert sum(len(stream) == 300 for stream in streams) == 1  # it is played once
    for stream in streams:
        arrivals = [order["received_at"] for order in stream]
        assert arrivals == sorted(arrivals) and all(order["occurred_at"] <= order["received_at"] for order in stream)


def test_a_seed_gives_the_same_world():
    assert orders(5) == orders(5) != orders(6)
