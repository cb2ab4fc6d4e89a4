"""Novelty: effects by age, and whether they wear off, against simulated users whose effect is known."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.experiments.novelty import by_age, wear


def made(lifts, users=400, seed=0):
    """Rows of users and weeks. Users differ; the effect of each week is known."""
    random = np.random.default_rng(seed)
    treated, level = np.arange(users) % 2 == 1, random.normal(20, 5, users)
    values = level[:, None] + treated[:, None] * np.array(lifts) + random.normal(0, 2, (users, len(lifts)))
    user, week = np.indices(values.shape)
    return pd.DataFrame({"user_id": user.ravel(), "week": week.ravel(), "clicks": values.ravel(),
                         "arm": np.where(treated, "treatment", "control")[user.ravel()]})


def test_each_age_has_its_effect():
    found = by_age(made([4.0, 2.0, 0.0, 0.0]), "clicks", "week")
    assert found.index.tolist() == [0, 1, 2, 3] and (found["users"] == 400).all()
    assert ((found["low"] < [4, 2, 0, 0]) & (found["high"] > [4, 2, 0, 0])).all()


def test_an_effect_that_falls_wears_off_and_one_that_stays_does_not():
    falls, stays = (wear(made(lifts), "clicks", "week", 2) for lifts in ([4, 4, 0, 0], [4, 4, 4, 4]))
    assert falls.off and not stays.off and falls.less[0] == pytest.approx(4, abs=0.6)
    assert "It wears off." in str(falls) and "not shown" in str(stays)


def test_an_effect_for_the_worse_wears_off_upwards():
    found = wear(made([-4, -4, 0, 0]), "clicks", "week", 2)
    assert found.off and found.less[2] < 0


def test_within_users_less_is_surer_than_between_them():
    found = wear(made([4, 4, 0, 0]), "clicks", "week", 2)
    widths = [high - low for _, low, high in found[:3]]
    assert widths[2] < widths[0] / 2


def test_without_an_effect_it_wears_off_as_rarely_as_promised():
    less = [wear(made([0, 0, 0, 0], users=60, seed=seed), "clicks", "week", 2).less for seed in range(200)]
    assert 0.90 <= np.mean([low < 0 < high for _, low, high in less]) <= 0.99


def test_users_at_one_age_only_are_left_out_and_too_few_are_refused():
    rows = made([1, 1, 1])
    gone = rows[(rows["user_id"] >= 100) | (rows["week"] == 0)]
    assert wear(gone, "clicks", "week", 1).users == 300
    with pytest.raises(ValueError, match="Two users of each of two arms"):
        wear(rows[rows["week"] == 0], "clicks", "week", 1)
