"""Exercise metric_for: that in each business exactly the metrics that are meant prefer the better system."""

import pytest

from dataml_lab.checks.evaluation.businesses import METRICS, businesses
from dataml_lab.checks.evaluation.metric_for import metric_for, misled
from tests.catalogued import catalogued

RIGHT = [{"accuracy"}, {"macro F1"}, {"precision at k"}, {"AUC"}, {"Brier score"}, {"MAE"}, {"RMSE", "R2"}, {"MAPE"},
         {"MRR"}, {"MAP"}, {"NDCG"}]
SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(5, 100))]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_metrics_that_fit_the_bill_choose_rightly_and_no_others(seed):
    found = [{name for name in METRICS if not misled(name, business)} for business in businesses(seed).all]
    assert found == RIGHT


def test_businesses_of_a_use_differ_in_one_fact():
    world = businesses(3)
    for use, facts in (("sort", {"cost"}), ("queue", {"looked_at"}), ("stock", {"bills"})):
        first, *others = (business.problem for business in getattr(world, use))
        assert all({name for name in first if first[name] != other[name]} == facts for other in others)
    first, second, third = (business.problem for business in world.results)
    assert first == second | {"stops": True} and second == third | {"worth": second["worth"]}


def test_a_system_that_is_chosen_by_chance_is_not_chosen():
    business = businesses(1).results[2]
    tied = business.contests[1].__class__("results", 0, None, (business.contests[1].said[0],) * 2, (1.0, 2.0))
    assert tied.chosen("NDCG") is None and tied.better == 1


def test_a_sentence_has_the_problem_both_values_and_what_was_earned():
    verdict = metric_for.judge(catalogued("metric_for", "wrong_queue_by_auc"), [1], practice=True)
    sentence = next(finding.sentence for finding in verdict.findings if finding.outcome == "fails")
    assert "'looked_at': (" in sentence and "you said 'AUC'" in sentence and "EUR" in sentence
    assert "contest.measured()" in sentence and "higher is better" in sentence
