"""Exercise assign: that numbers are as the prompt says, and that each world has a case for each clause."""

import hashlib

import pytest

from dataml_lab.checks.experiments.assign import APART, NEAR, assign
from dataml_lab.checks.experiments.visitors import HELD, NAMES, SHARES, number

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_and_independence_of_the_right_arms_are_far_from_the_limits(seed):
    world = assign.fair_world(seed)
    for case in world.raised:
        arms = [arm for arm in case.right if arm != "holdout"]
        assert abs(arms.count("treatment") / len(arms) - case.share) < 0.8 * NEAR
    one, two = world.first.right, world.second.right
    treated = [[there for here, there in zip(one, two, strict=True) if here == arm] for arm in ("treatment", "control")]
    shares = [arms.count("treatment") / len(arms) for arms in treated]
    assert abs(shares[0] - shares[1]) < 0.7 * APART
    assert abs(one.count("holdout") / len(one) - HELD) < 0.8 * NEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_each_clause_has_a_case(seed):
    world = assign.fair_world(seed)
    assert len(set(world.first.ids)) == 4_000 and all(one % 10 == 0 and 10**6 <= one < 10**7 for one in world.first.ids)
    assert world.turned.ids != world.first.ids and set(world.turned.ids) == set(world.first.ids)
    assert {case.right[0] for case in world.alone} == {"treatment", "control"} and len(world.alone) == 6
    assert [case.share for case in world.raised] == list(SHARES) and world.first.name != world.second.name
    assert [{type(one) for one in case.ids} for case in world.ways] == [{int}, {float}, {str}]
    gone = [one for one in world.guests.ids if one is None or one != one]
    assert len(gone) == 20 and world.guests.right.count(None) == 20
    at = [one for one in world.edge.ids if number(f"{world.edge.name}/{one}") == world.edge.share]
    assert len(at) == 1 and world.edge.right[world.edge.ids.index(at[0])] == "control"


def test_the_number_is_that_of_the_prompt():
    digest = hashlib.sha256(b"checkout/1000010").digest()
    assert number("checkout/1000010") == int.from_bytes(digest[:4], "big") / 2**32 == pytest.approx(0.5704, abs=5e-5)
    assert number("holdout/1000010") == pytest.approx(0.4704, abs=5e-5) and len(set(NAMES)) == len(NAMES)
