"""That the days whose tables are wrong are those that two published tables tell apart."""

from datetime import date, timedelta

import numpy as np
import pytest

from dataml_lab.checks.pipeline.affected import affected, bought, purchases

SEEDS = range(10)
DAY = timedelta(days=1)


def published(log, day, made_on):
    """How many purchases of the 30 days that end with `day` are known when its table is made, early on `made_on`."""
    return sum(day - DAY * 30 < bought.event_day <= day and bought.arrived_on < made_on for bought in log)


def days_that_differ(log):
    """The days on which the table of the night after the day and a table made when all is known differ."""
    first, last = min(bought.event_day for bought in log), max(bought.arrived_on for bought in log)
    days = [first + DAY * number for number in range(-5, (last - first).days + 40)]
    return {day for day in days if published(log, day, day + DAY) != published(log, day, last + DAY)}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_days_are_those_that_two_published_tables_tell_apart(seed):
    world, random = purchases(seed), np.random.default_rng(seed)
    for late in world.in_time + world.late + world.very_late:
        others = [late.event_day + DAY * int(shift) for shift in random.integers(-50, 50, 12)]
        assert late.wrong == days_that_differ([late, *(bought(day, 0) for day in others)])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_days_of_many_are_those_of_each(seed):
    world = purchases(seed)
    for log in (world.late, world.very_late):
        log = [bought for bought in log if bought.event_day.year == log[0].event_day.year]
        assert set().union(*(bought.wrong for bought in log)) == days_that_differ(log)


@pytest.mark.parametrize(("delay", "days"), [(0, 0), (1, 1), (29, 29), (30, 30), (31, 30), (150, 30)])
def test_as_many_days_are_wrong_as_it_is_late_and_at_most_thirty(delay, days):
    first = date(2024, 2, 20)
    assert sorted(bought(first, delay).wrong) == [first + DAY * n for n in range(days)]


@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_hold_purchases_in_time_late_and_very_late_ones(seed):
    world = purchases(seed)
    delays = [{(bought.arrived_on - bought.event_day).days for bought in bought_so}
              for bought_so in (world.in_time, world.late, world.very_late)]
    assert delays[0] == {0} and delays[1] >= {1, 2, 29} and delays[2] >= {30, 31}
    assert max(delays[1]) < 30 <= min(delays[2])
    days = [bought.event_day for bought in world.late + world.very_late]
    assert date(2024, 2, 29) in days and date(2023, 12, 31) in days


def test_a_day_more_or_less_at_either_end_costs_one_property():
    def judged(shift_first, shift_last):
        def answer(event_day, arrived_on):
            days = min((arrived_on - event_day).days, 30)
            return {event_day + DAY * n for n in range(shift_first, days + shift_last)} if days else set()

        return [finding.outcome for finding in affected.judge({"affected": answer}, [1, 2]).findings]

    assert judged(0, 0) == ["holds"] * 3
    assert judged(1, 0) == judged(0, -1) == ["fails", "holds", "holds"]
    assert judged(-1, 0) == judged(0, 1) == ["holds", "fails", "holds"]


def test_each_purchase_is_asked_about_once_so_that_no_call_tells_which_property_it_is_for():
    asked = []

    def every_day(event_day, arrived_on):
        asked.append((event_day, arrived_on))
        return {event_day + DAY * n for n in range(-40, 200)} if arrived_on > event_day else set()

    verdict = affected.judge({"affected": every_day}, [1])
    assert len(asked) == len(purchases(1).in_time + purchases(1).late + purchases(1).very_late)
    assert [finding.outcome for finding in verdict.findings] == ["holds", "fails", "holds"]
    in_order = [(bought.event_day, bought.arrived_on) for bought in purchases(1).in_time]
    assert asked[:len(in_order)] != in_order
