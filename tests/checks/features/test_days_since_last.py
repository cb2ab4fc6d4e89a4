"""The core of exercise `features`: that what its worlds have planned is what a loop over the orders finds."""

import re

import pytest

from dataml_lab.checks.features.days_since_last import KNOWN, NEVER, NEW, customers, days_since_last
from dataml_lab.checks.features.shop import DAY, before
from tests.catalogued import catalogued


def days(tx, user, as_of):
    """The days from the user's newest order before a moment to it."""
    found = [moment for who, moment in zip(tx["user_id"], tx["occurred_at"], strict=True)
             if who == user and moment < as_of]
    return (as_of - max(found)) / DAY if found else NEVER


@pytest.mark.parametrize("seed", range(10))
def test_what_is_planned_is_what_is_found(seed):
    world = customers(seed)
    for tx, users, as_of in (world.past, world.edge, world.history):
        assert [days(tx, user, as_of) for user in users] == pytest.approx(world.right.tolist(), abs=1e-9)
    assert (world.right < NEVER).sum() == KNOWN and world.right.index.tolist() == world.past.users


@pytest.mark.parametrize("seed", range(10))
def test_the_questions_differ_in_what_they_are_named_for(seed):
    world = customers(seed)
    (past, users, as_of), edge, history = world.past, world.edge.tx, world.history.tx
    assert (past["occurred_at"] < as_of).all() and edge["occurred_at"].max() == as_of < history["occurred_at"].max()
    assert before(edge, as_of).equals(past) and before(history, as_of).equals(past)
    strangers = set(users) - set(past["user_id"])
    assert len(strangers & set(edge["user_id"])) == NEW and strangers - set(history["user_id"])
    assert users != sorted(users) and not past["occurred_at"].is_monotonic_increasing


def test_a_difference_is_told_with_the_year_in_a_sentence():
    verdict = days_since_last.judge(catalogued("days_since_last", "wrong_whole_days"), [1])
    assert re.match(r"For user \d+ and as_of \d\d \w+ 2025, [\d:]{8} \(newest order before it: \d\d \w+ 202[45], ",
                    verdict.findings[1].sentence)
