"""That the counts planned in its worlds are what a slow count finds, and what is said of a wrong one."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

from dataml_lab.checks.pipeline.activity import activity
from dataml_lab.checks.pipeline.bought_30d import bought_30d

SEEDS = range(10)
WHO = "has each user who did anything before the end of the day"
COUNT = "counts the purchases of the 30 days"


def slowly(events, day):
    """The purchases of each user, by the UTC days on which they were made."""
    days = {day - timedelta(days=back) for back in range(30)}
    bought = Counter(event["user_id"] for event in events
                     if event["kind"] == "purchase" and event["occurred_at"].date() in days)
    return {event["user_id"]: bought[event["user_id"]] for event in events if event["occurred_at"].date() <= day}


def failing(answer):
    """What is said of each property that an answer loses."""
    return {finding.property: finding.sentence for finding in bought_30d.judge({"bought_30d": answer}, [1]).findings
            if finding.outcome == "fails"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planned_counts_are_what_a_slow_count_finds(seed):
    world = activity(seed)
    assert slowly(world.log, world.day) == {user: row.total_purchases_30d for user, row in world.rows.items()}
    assert bought_30d.judge({"bought_30d": slowly}, [seed]).earned == bought_30d.points


@pytest.mark.parametrize("seed", SEEDS)
def test_each_world_has_users_without_purchases_purchases_at_both_edges_and_users_of_later(seed):
    world = activity(seed)
    end = datetime.combine(world.day + timedelta(days=1), time(), UTC)
    bought = {event["occurred_at"] for event in world.log if event["kind"] == "purchase"}
    first = end - timedelta(days=30)
    assert {first - timedelta(seconds=1), first, end} <= bought
    assert 0 in slowly(world.log, world.day).values()
    assert {event["user_id"] for event in world.log} > world.rows.keys()


def test_a_user_too_few_and_a_user_too_many_are_named():
    def without(events, day):
        return dict(sorted(slowly(events, day).items())[1:])

    first = min(activity(1).rows)
    assert f"lacks 1 of {len(activity(1).rows)} users, such as {first}" in failing(without)[WHO]
    assert "has user -1, who did nothing" in failing(lambda events, day: {**slowly(events, day), -1: 0})[WHO]


@pytest.mark.parametrize("odd", [None, "2", True, 1.5])
def test_what_is_no_number_of_purchases_costs_the_count_alone(odd):
    def answer(events, day):
        return dict.fromkeys(slowly(events, day), odd)

    assert failing(answer).keys() == {COUNT}


@pytest.mark.parametrize("odd", [None, [], "a text", 3])
def test_what_is_no_dict_is_told(odd):
    assert "where a dict of user_id → purchases was expected" in "".join(failing(lambda events, day: odd).values())
