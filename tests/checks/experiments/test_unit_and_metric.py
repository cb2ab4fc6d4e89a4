"""Exercise unit_and_metric: that right limits are those of another way to compute them, and mistakes lie apart."""

import numpy as np
import pytest

from dataml_lab.checks.experiments.logs import AS_WIDE, NEAR, TEN, Reading, agree, asking, drawn, limits, off
from dataml_lab.checks.experiments.unit_and_metric import METRIC, unit_and_metric
from dataml_lab.experiments.effects import Term, difference_of_means, sample
from tests.catalogued import catalogued

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]
APART = {"users": (Reading("row"), Reading("zone"), Reading(form="fixed")),
         "zones": (Reading("row"), Reading("user"), Reading(form="fixed")),
         "novelty": (Reading(weeks="all"), Reading(weeks="first"), Reading(weeks="later"), Reading(weeks="calendar"),
                     Reading(weeks="old")),
         "ten": (Reading("row"), Reading(corrected=False))}


def worlds(seed):
    """The fair world of a seed."""
    return unit_and_metric.fair_world(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_right_limits_are_those_of_the_package_for_sums_of_units(seed):
    for asked in worlds(seed).users + worlds(seed).zones:
        (top, bottom), = asked.experiment["metrics"]
        sums = asked.log.groupby(["arm", asked.experiment["assigned"]])[[top, bottom]].sum()
        effect = difference_of_means(*(sample(sums.loc[arm]) for arm in ("control", "treatment")), Term(0, 1))
        assert agree(effect.interval(1.96), asked.limits[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_each_mistake_shows_where_it_is_looked_for(seed):
    world = worlds(seed)
    for name, readings in APART.items():
        for asked in getattr(world, name):
            for reading in readings:
                others = zip(asked.read(reading), asked.limits, strict=True)
                assert max(max(middle / NEAR, width / AS_WIDE) for middle, width in
                           (off(other, right) for other, right in others)) > 1.3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_has_every_case_of_the_prompt(seed):
    world = worlds(seed)
    cases = {(asked.experiment["assigned"], asked.experiment["shared"]): asked.limits for asked in world.all}
    assert set(cases) == {("user", None), ("user", "zone"), ("zone", None), ("zone", "zone")}
    assert [case for case, right in cases.items() if right is None] == [("user", "zone")]
    assert {len(asked.experiment["metrics"]) for asked in world.all} == {1, len(TEN)} == {1, 10}
    for asked in world.all:
        log = asked.log
        assert (log["week"] >= log["joined"]).all() and (log["orders"] == 0).any()
        assert (log["joined"] > 0).any() == (asked in world.novelty)
        assert not log["week"].is_monotonic_increasing and not log.duplicated(["user", "week"]).any()
        assert (log.groupby(asked.experiment["assigned"])["arm"].nunique() == 1).all()


@pytest.mark.full
def test_ten_right_intervals_hold_the_truth_together_about_as_often_as_promised():
    """Without an effect, the truth is 0 for each metric."""
    experiment = {"assigned": "user", "shared": None, "settled": 0, "metrics": TEN}
    found = [limits(drawn(np.random.default_rng(seed), "user", 0.0), experiment) for seed in range(200)]
    assert np.mean([all(low < 0 < high for low, high in one) for one in found]) >= 0.9


@pytest.mark.parametrize("name", ["right_by_hand", "right_jackknife", "right_regression"])
def test_right_answers_give_right_limits(name):
    answer = catalogued("unit_and_metric", name)["unit_and_metric"]
    for asked in worlds(1).all:
        found = answer(asked.log, asked.experiment)
        assert (found is None) == (asked.limits is None)
        assert all(agree(one, right) for one, right in zip(found or (), asked.limits or (), strict=True))


@pytest.mark.parametrize(("returned", "words"), [
    (None, "None for each of 6"), ([], "a list of"), ([(1, 0)], "the lower one first"), ([("a", "b")], "two numbers"),
    ([(float("nan"), 1.0)], "two numbers"), ([1.0], "two numbers")])
def test_what_are_no_limits_is_told_in_words(returned, words):
    def answer(log, experiment):
        return returned and returned * len(experiment["metrics"])

    verdict = unit_and_metric.judge({"unit_and_metric": answer}, [1])
    assert words in verdict.findings[0].sentence and verdict.earned == 0


def test_a_world_that_hides_a_mistake_is_not_fair():
    assert not all(asking(seed).is_fair for seed in range(20))


def lost(**changes):
    """The properties that an answer loses which reads everything rightly but for these changes."""
    def answer(log, experiment):
        disturbed = (experiment["assigned"], experiment["shared"]) == ("user", "zone")
        return None if disturbed else list(limits(log, experiment, Reading(**changes)))

    return [finding.property for finding in unit_and_metric.judge({"unit_and_metric": answer}, [1]).findings
            if finding.outcome != "holds"]


def test_a_metric_of_its_own_costs_the_metric_and_not_what_is_right_beside_it():
    assert lost() == [] and lost(form="means") == lost(sign=-1) == [METRIC]
    assert lost(form="means", weeks="old") == [METRIC, "counts the steady weeks of each user, and all of them"]
    assert lost(sign=-1, corrected=False) == [METRIC, "gives ten intervals that hold together"]
    assert len(lost(form="means", unit="row")) == 5
