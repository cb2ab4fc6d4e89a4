"""The first exercise: what its lists hold, and what it makes of amounts and of what is none."""

import runpy
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from dataml_lab.checks.start.revenue import orders, revenue

FOLDER = Path(__file__).parents[3] / "solutions" / "00_start_here"
ORACLE = runpy.run_path(str(FOLDER / "oracle.py"))["ORACLES"]["revenue"]
SEEDS = range(10)


def judged(answer, seeds=(1, 2)):
    """The outcome of each property of an answer, and its sentence."""
    findings = revenue.judge({"revenue": answer}, seeds).findings
    return [finding.outcome for finding in findings], [finding.sentence for finding in findings]


@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_hold_a_list_without_orders_and_cancelled_orders_at_both_ends(seed):
    world = orders(seed)
    assert sorted(map(len, world.completed))[:3] == [0, 1, 3]
    assert {order["status"] for listed in world.completed for order in listed} == {"completed"}
    assert world.again == world.mixed[0].completed and world.again is not world.mixed[0].completed
    for mixed in world.mixed:
        statuses = [order["status"] for order in mixed.orders]
        assert statuses[0] == statuses[-1] == "cancelled"
        assert statuses.count("cancelled") == statuses.count("completed") == 4
        assert mixed.completed == [order for order in mixed.orders if order["status"] == "completed"]
        assert mixed.more[1:] == mixed.completed and mixed.more[0]["status"] == "completed"
        assert mixed.more[0]["total"] > sum(order["total"] for order in mixed.completed)


def test_the_oracle_has_every_property():
    assert judged(ORACLE, SEEDS)[0] == ["holds", "holds"]


@pytest.mark.parametrize("kind", [float, np.float64, lambda found: Decimal(str(found)), lambda found: found + 0.004])
def test_an_amount_may_be_any_number_and_off_by_less_than_half_a_cent(kind):
    assert judged(lambda listed: kind(ORACLE(listed)))[0] == ["holds", "holds"]


def test_a_cent_too_much_is_wrong():
    assert judged(lambda listed: ORACLE(listed) + 0.01)[0] == ["fails", "holds"]


@pytest.mark.parametrize(("found", "words"), [
    (None, "Does it end in `return`?"), ("59.98", "'59.98', a text"), (True, "type bool"), (1j, "complex"),
    (float("nan"), "a finite number"), pytest.param(10**400, "a finite number", id="beyond floats"),
    (Decimal("sNaN"), "a finite number"),
])
def test_what_is_no_amount_is_named(found, words):
    assert all(words in sentence for sentence in judged(lambda listed: found)[1])


def test_all_lists_are_asked_about_once_and_in_an_order_that_says_nothing():
    places = []
    for seed in range(40):
        world, asked = orders(seed), []
        revenue.judge({"revenue": lambda listed, asked=asked: asked.append(listed) or 0.0}, [seed])
        assert len(asked) == len(world.completed) + 3 * len(world.mixed) + 1
        places.append(asked.index(world.mixed[0].orders) < asked.index(world.mixed[0].completed))
    assert 10 < sum(places) < 30


def test_who_goes_by_the_order_of_calls_leaves_nothing_out():
    """Adds up everything, and says of a list that has one of the earlier ones in it what it said of that."""
    said = []

    def recognising(listed):
        ids = {order["order_id"] for order in listed}
        known = next((found for before, found in said if before and before < ids and listed[0]["order_id"] not in before
                      and listed[-1]["order_id"] not in before), None)
        found = sum(order["total"] for order in listed) if known is None else known
        said.append((ids, found))
        return found

    assert all(judged(recognising, [seed, seed + 1, seed + 2])[0][1] == "fails" for seed in range(0, 60, 3))
