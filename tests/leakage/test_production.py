"""Claim beside production: the numbers of a claim, the money of a campaign, and the figure."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score

from dataml_lab.evaluation.classification import auc
from dataml_lab.leakage.production import Campaign, Claim, claims_table, deployed, draw_claims

KEPT, BROKEN = Claim("honest", 0.75, 0.74), Claim("with the reason", 1.0, 0.5, expected=2_500, brought=-250)


def test_a_campaign_brings_what_a_count_by_hand_does():
    random = np.random.default_rng(0)
    leaves, score = random.integers(0, 2, 500), random.random(500)
    got_one = np.argsort(-score)[:100]
    by_hand = (30 * leaves[got_one].sum() - 5 * 100) / 500 * 1_000
    assert Campaign(share=0.2).profit(leaves, score) == pytest.approx(by_hand)


def test_an_offer_to_somebody_at_random_brings_what_it_does_on_average():
    leaves = np.r_[np.ones(100), np.zeros(900)]
    assert Campaign().profit(leaves, np.zeros(1_000)) == pytest.approx(100 * (0.1 * 30 - 5))


@pytest.mark.parametrize("campaign", [None, Campaign()])
def test_a_model_with_a_leak_claims_more_than_it_delivers(campaign):
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 2_000)
    leaky = pd.DataFrame({"leak": truth + random.normal(0, 0.3, 2_000)})
    later = pd.DataFrame({"leak": random.normal(0.5, 0.3, 2_000)})
    claim = deployed("leak", LogisticRegression(), (leaky, truth), (later, truth), campaign=campaign)
    assert claim.claimed > 0.95 and abs(claim.production - 0.5) < 0.05 and claim.gap == claim.claimed - claim.production
    assert math.isnan(claim.missed) if campaign is None else claim.missed > 500


def test_a_table_has_euros_only_where_they_are_known():
    assert claims_table([KEPT]).columns.tolist() == ["claimed", "production", "gap"]
    both = claims_table([KEPT, BROKEN])
    assert both.loc["with the reason", "EUR missed"] == 2_750 and math.isnan(both.loc["honest", "EUR missed"])


def test_the_figure_has_a_row_for_each_claim_and_every_number():
    axes = draw_claims([BROKEN, KEPT], "A leak promises what nobody can keep", best=0.8)
    told = [text.get_text() for text in axes.texts]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["with the reason", "honest"]
    assert {"1.00", "0.50", "0.75", "0.74", "claimed", "in production", "guessing", "best possible"} <= set(told)
    plt.close("all")


def test_equal_numbers_are_written_once():
    axes = draw_claims([BROKEN, Claim("scaler", 0.6664, 0.6665)], "A scaler does no harm")
    told = [text.get_text() for text in axes.texts]
    assert "0.67 both" in told and "0.67" not in told
    plt.close("all")


def test_a_claim_is_the_mean_of_the_folds_and_production_is_of_the_model_of_all_rows():
    random = np.random.default_rng(2)
    x, truth = random.normal(size=(400, 1)), random.integers(0, 2, 400)
    later, model, groups, folds = (x[::-1], truth[::-1]), LogisticRegression(), np.arange(400) // 2, GroupKFold(3)
    claim = deployed("x", model, (x, truth), later, cv=folds, groups=groups, campaign=Campaign())
    found = cross_val_score(model, x, truth, groups=groups, cv=folds, scoring="roc_auc")
    whole = LogisticRegression().fit(x, truth).predict_proba(later[0])[:, 1]
    assert claim.claimed == pytest.approx(found.mean()) and not hasattr(model, "coef_")
    assert claim.production == auc(later[1], whole) and claim.brought == Campaign().profit(later[1], whole)
    assert math.isnan(deployed("x", model, (x, truth), later).missed)
