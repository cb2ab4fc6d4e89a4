"""Exercise drifted: what is planned of its columns is so, found in another way; nothing is near a limit."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from dataml_lab.checks.drift.days import Draws, days, few_rows
from dataml_lab.checks.drift.drifted import drifted

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 30))]
NEAR = 0.1, 0.2  # no distance is between these, where the limit is 0.15
RATIO = 1.4, 3  # nor is its ratio to the furthest of the days before, where the limit is 2


def known(values):
    """The values that aren't missing by the prompt."""
    return values[values.notna() & (values != -1) & (values != "")]


def apart(one, other):
    """The KS distance by scipy, or the total variation by a table of counts."""
    if not pd.api.types.is_string_dtype(one):
        return ks_2samp(one, other, method="asymp").statistic
    shares = pd.crosstab(np.append(one, other), np.repeat([0, 1], [len(one), len(other)]), normalize="columns")
    return (shares[0] - shares[1]).abs().sum() / 2


def facts(case):
    """By how much the missing share moved, the rows with new texts, the distance, and that of the furthest day."""
    then, now = case.reference, case.current
    then = then[then["day"].dt.day_name() == now["day"].dt.day_name().iloc[0]]
    parts = {day: known(rows) for day, rows in then.groupby("day")["value"]}
    gone = abs(len(known(now["value"])) / len(now) - len(known(then["value"])) / len(then))
    new = (~known(now["value"]).isin(case.reference["value"].unique())).sum()
    usual = [apart(pd.concat([parts[day] for day in parts if day != one]), parts[one]) for one in parts]
    far = apart(known(then["value"]), known(now["value"])) if len(known(now["value"])) else 0.0
    return gone, new, far, max(usual)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_drifts_does_so_by_the_prompt_and_nothing_is_near_a_limit(seed):
    for name, case in days(seed).cases.items():
        gone, new, far, usual = facts(case)
        text = pd.api.types.is_string_dtype(case.current["value"])
        assert gone < 0.05 or gone >= 0.25, name
        assert not text or new <= 1 or new < 0.01 * len(case.current) or new >= max(4, 0.03 * len(case.current)), name
        small, alike = far < NEAR[0], far < RATIO[0] * usual
        assert (small or far > NEAR[1]) and (small or alike or far > RATIO[1] * usual), (name, far, usual)
        many = text and new > max(1, 0.02 * len(case.current))
        assert case.drifts == (gone > 0.15 or many or not (small or alike)), (name, far, usual)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_has_every_case_of_the_prompt(seed):
    cases = days(seed).cases
    found = {name: facts(case) for name, case in cases.items()}
    assert sum(case.drifts for case in cases.values()) == 11 and len(cases) == 24
    assert found["slight"][2] > 3 * found["slight"][3] and found["restless"][2] > NEAR[1] < found["furthest"][3]
    assert found["furthest"][2] > found["furthest"][3] and found["restless"][2] < found["restless"][3]
    assert cases["minus_one"].reference["value"].isna().mean() == 0.2
    assert (cases["minus_one"].current["value"] == -1).mean() == 0.2
    assert (cases["blank"].reference["value"] == "").any() and cases["blank"].current["value"].isna().any()
    assert cases["far_out"].current["value"].max() > 1_000 * cases["far_out"].reference["value"].max()
    assert found["misspelt"][1] == 1 == len(cases["misspelt"].current) * 0.025
    assert found["rare"][1] == 2 < 0.01 * len(cases["rare"].current)
    assert cases["all_missing"].current["value"].isna().all()
    for case in cases.values():
        days_of, then = case.current["day"].unique(), case.reference["day"]
        assert len(days_of) == 1 and days_of[0] > then.max() and then.nunique() == 56
        assert days_of[0] - then.max() < pd.Timedelta(days=7) and not then.is_monotonic_increasing
        assert 40 <= len(case.current) <= 500 and len(case.reference) == 56 * len(case.current)
        if not pd.api.types.is_string_dtype(case.current["value"]):
            assert known(pd.concat([case.reference, case.current])["value"]).min() >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_forms_have_the_same_mean_and_weekdays_differ(seed):
    cases = days(seed).cases
    for name in ("spread", "humps", "stuck"):
        then, now = cases[name].reference["value"], cases[name].current["value"]
        assert abs(now.mean() - then.mean()) < 0.15 * then.std(), name
    weekly = cases["weekly"]
    assert apart(weekly.reference["value"], weekly.current["value"]) > 0.4
    other = cases["other_weekday"]
    assert apart(other.reference["value"], other.current["value"]) < NEAR[0]


def psi(known, values):
    """The population stability index of values in the tenths of known ones; an empty tenth counts half a row."""
    tenths = pd.cut(values, [-np.inf, *known.quantile(np.arange(1, 10) / 10), np.inf])
    share = tenths.value_counts().clip(lower=0.5) / len(values)
    return ((share - 0.1) * np.log(share / 0.1)).sum()


def test_few_rows_are_uneven_and_near_under_every_seed():
    for seed in range(100):
        case = few_rows(Draws(np.random.default_rng(seed)))
        then, now = case.reference, case.current["value"]
        alike = then["day"].dt.day_of_week == case.current["day"].dt.day_of_week[0]
        for before in (then["value"], then.loc[alike, "value"]):
            assert psi(before, now) > 0.15 and apart(before, now) < 0.09, seed
        assert apart(then.loc[then["day"] == then["day"].max(), "value"], now) > 0.2, seed


def test_what_is_no_truth_value_is_told_in_words():
    verdict = drifted.judge({"drifted": lambda reference, current: 0.03}, [1])
    assert "returned 0.03, where True or False is needed" in verdict.findings[0].sentence and verdict.earned == 0


def test_the_same_verdict_for_all_earns_nothing():
    verdict = drifted.judge({"drifted": lambda reference, current: True}, [1])
    assert "It returned True for each of 24 columns." in verdict.findings[0].sentence and verdict.earned == 0
