"""Exercise monitoring_plan: that incidents are as planned, and that its reader says what the package's monitors say."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.drift.incidents import COLUMNS, DAYS, FEATURES, FIRST, KINDS, LATE, REFERENCE, ROWS, incidents
from dataml_lab.checks.drift.judged import Judged
from dataml_lab.checks.drift.monitoring_plan import monitoring_plan
from dataml_lab.drift import Monitor, Monitors, by_day
from tests.catalogued import catalogued

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 10))]
SHOWS = {"miles": ("distance_km", "mean"), "release": ("predicted_min", "mean"), "slow": ("latency_ms", "mean"),
         "new city": ("error_min", "mean"), "roads": ("error_min", "mean"), "no truth": ("error_min", "missing"),
         "nulls": ("", "missing"), "stuck": ("", "spread")}  # by which column and metric an incident is found
MEASURES = {"mean": "mean", "spread": lambda values: values.std(ddof=0), "missing": lambda values: values.isna().mean()}


def daily(table, column, metric):
    """A metric of a column for each day, by pandas."""
    return table.groupby("day")[column].agg(MEASURES[metric])


@pytest.mark.parametrize("seed", SEEDS)
def test_an_incident_moves_its_number_by_about_ten_deviations_in_time_and_no_day_before_it_is_far_out(seed):
    world = incidents(seed)
    for run in world.runs[:-3]:
        column, metric = SHOWS[run.kind]
        column = column or run.feature
        usual = daily(world.reference, column, metric)
        apart = (abs(daily(world.table(run), column, metric) - usual.mean()) / usual.std()).to_numpy()
        assert apart[run.start:run.latest + 1].max() > 8.5 and apart[:run.start].max() < 6, (run, apart.round(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_drifts_slowly_shows_in_errors_alone(seed):
    world = incidents(seed)
    for kind in ("new city", "roads"):
        for column in [*FEATURES, "predicted_min", "latency_ms"]:
            usual = daily(world.reference, column, "mean")
            apart = abs(daily(world.table(world.of(kind)[0]), column, "mean") - usual.mean()) / usual.std()
            assert apart.max() < 8, (kind, column)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_has_every_case_of_the_prompt(seed):
    world = incidents(seed)
    assert [run.kind for run in world.runs].count("") == 3 and {run.kind for run in world.runs} == {"", *KINDS}
    for kind in ("nulls", "stuck"):
        assert [run.feature for run in world.of(kind)] == FEATURES
    reference = world.reference
    assert list(reference) == ["day", *COLUMNS] and reference["day"].nunique() == REFERENCE
    assert reference["day"].max() == FIRST - pd.Timedelta(days=1) and (reference.groupby("day").size() == ROWS).all()
    for run in world.runs[:-3]:
        assert run.start >= 8 and run.latest < DAYS
        table = world.table(run)
        assert list(table) == ["day", *COLUMNS] and table["day"].min() == FIRST and table["day"].nunique() == DAYS
    city = daily(world.table(world.of("new city")[0]), "error_min", "mean")
    start = world.of("new city")[0].start
    assert city.iloc[start:start + LATE].max() < 1.3 * city.iloc[:start].mean(), "errors are three days late"


ROWS_TO_COMPARE = [Monitor(metric, column, baseline, threshold, window, "retrain") for metric, column in (
    ("mean", "error_min"), ("missing", "items"), ("p95", "distance_km"), ("moved", "courier_load"))
    for baseline, threshold, window in (("reference", "±4 sd", 1), ("weekday", "-2 sd", 9), ("week before", "±0.1", 3),
                                        (1.5, "×2", 7), ("week before", "+3 sd", 1))]
ROWS_TO_COMPARE += [Monitor(metric, "items", "weekday", "±1 sd", 1, "retrain")
                    for metric in ("rows", "median", "spread", "distinct", "p5")]


@pytest.mark.parametrize("kind", ["no truth", "stuck"])
def test_all_runs_at_once_are_judged_as_the_package_judges_day_by_day(kind):
    world = incidents(5)
    run = world.of(kind)[0]
    place = world.runs.index(run)
    monitors = Monitors(ROWS_TO_COMPARE, by_day(world.reference, "day"))
    monitors.run(by_day(world.table(run), "day"))
    record = monitors.record()
    for number, row in enumerate(ROWS_TO_COMPARE):
        mine = Judged.by(row, world.daily(row.metric, row.column))
        theirs = record[record["monitor"] == number]
        known = theirs["status"] != "no value"
        for name in ("value", "expected", "low", "high"):
            found = getattr(mine, name)[place]
            within = 2e-3 if row.metric == "moved" else 1e-9  # the package compares with a thousand quantiles
            np.testing.assert_allclose(found[known], theirs.loc[known, name], rtol=1e-9, atol=within, err_msg=str(row))
        assert (mine.alarms[place] == (theirs["status"] == "alarm")).all(), row


@pytest.mark.parametrize(("returned", "words"), [
    ({}, "where a list of monitors is needed"), ([], "returned 0 rows, where 1 to 40"), ([1], "Row 1 is 1"),
    ([("mean", "items", "reference", "±4 sd", 1)], "where a Monitor is needed: metric, column"),
    ([("mean", "price", "reference", "±4 sd", 1, "retrain")], "has the column 'price'"),
    ([("mean", "items", "reference", "±4 sd", 1, "look")], "has the action 'look'"),
    ([("mean", "items", "reference", "±4 sd", 0, "retrain")], "has the window 0"),
    ([("most", "items", "reference", "±4 sd", 1, "retrain")], "there is no metric 'most'"),
    ([("mean", "items", "yesterday", "±4 sd", 1, "retrain")], "baseline 'yesterday'"),
    ([("mean", "items", "reference", 4, 1, "retrain")], "threshold"),
    ([("mean", "items", "reference", "wide", 1, "retrain")], "threshold 'wide'"),
    ([("new", "items", "reference", "±4 sd", 1, "retrain")], "no row alarms on any day")])
def test_what_is_no_plan_is_told_in_words(returned, words):
    verdict = monitoring_plan.judge({"monitoring_plan": lambda reference: returned}, [1])
    assert words in verdict.findings[0].sentence and verdict.earned == 0, verdict


@pytest.mark.parametrize(("window", "held"), [(2, True), (3, False)])  # on whose last day the mean is below 0.72
def test_one_day_with_another_action_is_forgiven_and_two_are_not(window, held):
    rows = [Monitor("mean", "distance_km", "reference", "×0.72", window, "fix_data"),
            Monitor("mean", "predicted_min", "reference", "×0.9", 1, "rollback")]
    findings = monitoring_plan.judge({"monitoring_plan": lambda reference: rows}, [1]).findings
    miles = next(finding for finding in findings if finding.property.startswith("miles"))
    assert (miles.outcome == "holds") == held, miles
    assert held or "another action was asked for on more than one day" in miles.sentence


def test_the_record_beside_the_essay_has_each_incident():
    right = catalogued("monitoring_plan", "right_factors")["monitoring_plan"]
    measured = monitoring_plan.judge({"monitoring_plan": right}, [1]).measured
    assert "11 rows, 0.000 false alarms per quiet day" in measured and len(measured.splitlines()) == 14
    assert "rollback" in measured and "stuck in courier_load" in measured
