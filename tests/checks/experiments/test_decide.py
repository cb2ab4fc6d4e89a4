"""Exercise decide: that logs show what is planned, that each mistake has an experiment, and what is told in words."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_ind

from dataml_lab.checks.experiments.decide import decide
from dataml_lab.checks.experiments.zones import EFFECT, NULL, PEAKED, VERDICTS, strata, trials
from tests.catalogued import catalogued

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]


def compared(log, name, end):
    """Welch's test of what changed in zones up to a day, by sums."""
    day, treated = log["day"], log["treated"][:, 0]
    parts = [(log[name] * days).sum(axis=1) / (log["deliveries"] * days).sum(axis=1)
             for days in (day < 0, (day >= 0) & (day < end))]
    change = parts[1] - parts[0]
    return ttest_ind(change[treated], change[~treated], equal_var=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_shows_the_planned_gain_at_the_end_after_two_days_and_at_most(seed):
    for trial in trials(seed).all:
        ends = range(1, min(trial.plan["days"], trial.log["day"].max() + 1) + 1)
        if (trial.log["treated"] == trial.log["treated"][:, :1]).all():
            found = [-compared(trial.log, "minutes", end).statistic for end in ends]
            assert found[-1] == pytest.approx(trial.t, abs=0.05) and found[1] == pytest.approx(trial.early, abs=0.05)
            assert max(found) == pytest.approx(trial.most, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_effects_and_none_are_spread_as_chance_spreads_them(seed):
    world = trials(seed)
    assert sorted(trial.t for trial in world.null) == pytest.approx(strata(NULL).tolist())
    assert sorted(trial.t for trial in world.effect) == pytest.approx(strata(EFFECT, 3.2).tolist())
    assert sum(trial.most > 2.5 and abs(trial.t) < 1 for trial in world.null) == PEAKED
    assert np.var(strata(1000)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_line_of_the_prompt_decides_an_experiment(seed):
    world = trials(seed)
    for trial in world.all:
        log, plan = trial.log, trial.plan
        treated = log["treated"][:, 0]
        moved = (log["treated"] != log["treated"][:, :1]).any()
        odd = binomtest(int(treated.sum()), len(treated), plan["share"]).pvalue
        lacking = log["day"].max() < plan["days"] - 1
        assert (trial in world.moved) == moved and (trial in world.broken) == (odd < 0.001)
        errors, late = (compared(log, name, plan["days"]) for name in ("minutes", "late"))
        better = errors.pvalue < 0.05 and errors.statistic < 0
        safe = late.confidence_interval().high < plan["margin"]
        right = "invalid" if moved or odd < 0.001 else "ship" if better and safe and not lacking else "keep"
        assert right == trial.verdict or trial in world.null + world.effect
    assert any(compared(trial.log, "late", 10).pvalue < 0.05 for trial in world.harmless)
    assert any(compared(trial.log, "late", 10).pvalue > 0.05 for trial in world.harmful)
    assert {len(trial.log["day"]) - 7 - trial.plan["days"] for trial in world.all} >= {-4, -1, 0, 1, 4}


@pytest.mark.parametrize("name", ["right_welch", "right_least_squares", "right_frames"])
def test_right_answers_keep_to_the_rates(name):
    answer, world = catalogued("decide", name)["decide"], trials(3)
    shipped = [sum(answer(trial.log, trial.plan) == "ship" for trial in some) for some in (world.null, world.effect)]
    assert 1 <= shipped[0] <= 2 and shipped[1] >= 17


@pytest.mark.parametrize(("returned", "words"), [
    (None, "where 'ship', 'keep' or 'invalid' is needed"), ("SHIP", "returned 'SHIP'"), (True, "returned True"),
    *((verdict, f"It returned '{verdict}' for each of 8") for verdict in VERDICTS)])
def test_what_is_no_verdict_or_always_the_same_is_told_in_words(returned, words):
    verdict = decide.judge({"decide": lambda log, plan: returned}, [1])
    assert words in verdict.findings[0].sentence and verdict.earned == 0
