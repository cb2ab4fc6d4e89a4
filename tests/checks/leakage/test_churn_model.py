"""Exercise churn_model: that each column of the late table leaks, and that a claim is told apart from luck."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.leakage.churn_model import NEAR, NEEDED, alone, churn_model
from dataml_lab.checks.leakage.quarters import CUSTOMERS, DAY, WRITTEN, quarters
from dataml_lab.evaluation.classification import auc
from tests.catalogued import catalogued

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 10))]
LEAKS = {"account_age": 0.2, "last_login_days_ago": 0.2, "support_tickets_count": 0.15, "cancellation_reason": 0.45}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_column_knows_more_in_the_late_table_than_in_the_next_quarter(seed):
    world = quarters(seed)
    for name in WRITTEN:
        assert alone(world.late, name) > alone(world.next, name) + LEAKS[name], name
    assert world.next.table["cancellation_reason"].isna().all()
    assert (world.late.table["cancellation_reason"].notna() == world.late.leaves).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_both_quarters_have_every_case_of_the_prompt(seed):
    world = quarters(seed)
    for quarter, late in ((world.late, 60), (world.next, 0)):
        events, table = quarter.events, quarter.table
        assert quarter.exported_at == quarter.as_of + late * DAY and 0.085 < quarter.leaves.mean() < 0.115
        assert events["occurred_at"].between(quarter.as_of - 60 * DAY, quarter.exported_at).all()
        assert table["user_id"].is_unique and len(table) == CUSTOMERS
        assert set(events["user_id"]) <= set(table["user_id"])
        past = events[events["occurred_at"] < quarter.as_of]
        assert (~table["user_id"].isin(past["user_id"])).sum() > 5, "customers without an event"
        logins = past[past["kind"] == "login"].groupby("user_id")["occurred_at"].max()
        if not late:
            counted = (quarter.as_of - table["user_id"].map(logins)) / DAY
            assert (counted - table["last_login_days_ago"]).abs().max() < 0.06
    assert world.next.as_of == world.late.as_of + 91 * DAY


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_beats_what_knows_the_rates(seed):
    world = quarters(seed)
    for quarter in (world.late, world.next):
        past = quarter.events[quarter.events["occurred_at"] < quarter.as_of]
        counts = pd.crosstab(past["user_id"], past["kind"]).reindex(quarter.table["user_id"], fill_value=0)
        by_hand = counts["ticket"] * 0.7 - np.sqrt(counts["login"])
        chance = 0.005  # by which a sample of customers may prefer other scores than the rates
        assert NEEDED + 0.1 < quarter.auc(by_hand.to_numpy()) < quarter.best + chance < 0.84


def test_a_constant_and_a_coin_claim_nothing_that_is_judged():
    class Coin:
        def train(self, table, events, as_of):
            return 0.5

        def score(self, table, events, as_of):
            return table["user_id"] * 7_919 % 1_000

    verdict = churn_model.judge({"ChurnModel": Coin}, [3])
    outcomes = [finding.outcome for finding in verdict.findings]
    assert outcomes == ["holds", "holds", "not judged", "fails", "holds"] and "guessing" in str(verdict)


@pytest.mark.parametrize("returned", ["much", None, 1.2, float("nan"), True])
def test_what_is_no_claim_is_told_in_words(returned):
    right = catalogued("churn_model", "right_by_hand")["ChurnModel"]
    wrong = type("ChurnModel", (right,), {"train": lambda self, *given: returned})
    assert "from 0 to 1 is needed" in churn_model.judge({"ChurnModel": wrong}, [1]).findings[0].sentence


@pytest.mark.parametrize(("change", "words"), [
    (lambda scores: scores[:-1], "7,499 scores for 7,500 customers"),
    (lambda scores: [float("nan"), *scores[1:]], "no finite number for 1 customers"),
    (lambda scores: [[score] for score in scores], "a list, an array or a Series of numbers"),
    (lambda scores: np.array(scores).reshape(-1, 1), "a list, an array or a Series of numbers")])
def test_what_are_no_scores_is_told_in_words(change, words):
    right = catalogued("churn_model", "right_by_hand")["ChurnModel"]
    wrong = type("ChurnModel", (right,), {"score": lambda self, *given: change(right.score(self, *given))})
    wrong.train = lambda self, *given: 0.8
    assert words in churn_model.judge({"ChurnModel": wrong}, [1]).findings[0].sentence


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_labels_are_the_same_number_and_nothing_knows_them(seed):
    world = quarters(seed)
    given, shuffled = world.late.training, world.shuffled
    assert given.table.drop(columns="churned").equals(shuffled.table.drop(columns="churned"))
    assert given.table["churned"].sum() == shuffled.table["churned"].sum()
    for name in WRITTEN[:3]:
        values = given.table[name].fillna(120.0)
        assert abs(auc(shuffled.table["churned"], values) - 0.5) < 0.05, name


def test_a_claim_that_is_written_down_is_told_so():
    right = catalogued("churn_model", "right_by_hand")["ChurnModel"]
    written = type("ChurnModel", (right,), {"train": lambda self, *given: 0.78})
    verdict = churn_model.judge({"ChurnModel": written}, [1])
    assert [finding.outcome for finding in verdict.findings] == ["holds", "holds", "fails", "holds", "holds"]
    assert "0.780 after a training in which churned was shuffled" in str(verdict).replace("\n" + " " * 14, " ")


def test_a_claim_is_judged_on_both_sides():
    right = catalogued("churn_model", "right_by_hand")["ChurnModel"]
    for shift, held in ((NEAR / 2, True), (-NEAR / 2, True), (-2 * NEAR, False), (2 * NEAR, False)):
        moved = type("ChurnModel", (right,), {
            "train": lambda self, *given, shift=shift: right.train(self, *given) + shift})
        claim = churn_model.judge({"ChurnModel": moved}, [1]).findings[2]
        assert (claim.outcome == "holds") == held, claim
