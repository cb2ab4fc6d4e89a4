"""Exercise size: that the users planned in a world have the power asked for, and that the usual formulas agree."""

import numpy as np
import pytest
from scipy.stats import norm

from dataml_lab.checks.experiments.size import NEAR, size
from dataml_lab.experiments.design import FORMULAS, size_of_proportions

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]


@pytest.mark.parametrize("seed", SEEDS)
def test_so_many_simulated_experiments_find_the_effect(seed):
    random = np.random.default_rng(seed)
    for brief in size.fair_world(seed).all:
        control, treatment = (round(users) for users in brief.arms)
        seen = random.binomial(treatment, brief.reach, 10_000)  # who doesn't see the change buys at the rate of control
        bought = (random.binomial(seen, brief.rate * (1 + brief.lift)) + random.binomial(treatment - seen, brief.rate))
        one, two = random.binomial(control, brief.rate, 10_000) / control, bought / treatment
        error = np.sqrt(one * (1 - one) / control + two * (1 - two) / treatment)
        found = np.abs(two - one) / error > norm.isf(brief.alpha / 2)
        assert found.mean() == pytest.approx(brief.power, abs=0.025)
        assert brief.found(*brief.arms) == pytest.approx(brief.power, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_usual_formulas_are_within_the_limit(seed):
    for brief in size.fair_world(seed).all:
        for formula in set(FORMULAS) - {"t"}:
            found = size_of_proportions(brief.rate, brief.effect, alpha=brief.alpha, power=brief.power,
                                        ratio=brief.share / (1 - brief.share), formula=formula)
            assert found.control == pytest.approx(brief.arms[0], rel=0.8 * NEAR)
            assert found.treatment == pytest.approx(brief.arms[1], rel=0.8 * NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_clause_has_a_brief(seed):
    world = size.fair_world(seed)
    assert world.rise.lift > 0 > world.fall.lift and {world.rise.share, world.rise.reach} == {0.5, 1.0}
    assert world.few.share < 0.5 < world.most.share and max(world.late.reach, world.rare.reach) <= 0.5
    assert world.strict.alpha < 0.05 < world.loose.alpha and world.strict.power > 0.8 > world.loose.power
    ends = [[brief.weeks(brief.units * factor) for factor in (1 - NEAR, 1, 1 + NEAR)] for brief in world.all]
    assert all(end is None for end in ends[-1]) and not any(end[1] is None for end in ends[:-1])
    assert world.fading.weeks(world.fading.units) > np.ceil(world.fading.units / world.fading.arrivals[0]) + 1
    assert all(0.1 <= brief.rate <= 0.4 and 0.2 <= brief.share <= 0.8 for brief in world.all)
