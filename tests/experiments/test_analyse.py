"""An experiment read by its plan: the decision and its reason, looks, the report and its figures."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from dataml_lab.experiments.analyse import analyse, analyse_table, looks
from dataml_lab.experiments.bounds import spending_bounds
from dataml_lab.experiments.correct import correct
from dataml_lab.experiments.figure import draw_effects, draw_looks
from dataml_lab.experiments.metrics import mean, proportion, ratio
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.statistics import statistics

SPENT, ERRORS = mean("spent"), mean("errors", better="lower", margin=0.1)


def counts(control, treatment, units=10_000):
    """The statistics of a proportion, with these ones in arms of this size."""
    shares = np.array([control, treatment]) / units
    return pd.DataFrame({"arm": ["control", "treatment"], "units": units, "mean bought": shares,
                         "cov bought, bought": shares * (1 - shares)})


BOUGHT = [proportion("bought")]


@pytest.mark.parametrize(("table", "plan", "verdict", "words"), [
    (counts(1_000, 1_120), Plan(20_000), "ship", "bought is 0.112 in treatment and 0.100 in control: higher by 0.012"),
    (counts(1_000, 1_050), Plan(20_000), "keep", "no effect is not ruled out"),
    (counts(1_000, 880), Plan(20_000), "keep", "lower by 0.012 (0.004 to 0.020), which is worse"),
    (counts(1_000, 1_120), Plan(30_000), "keep", "There are 20,000 of the 30,000 planned units. "),
    (counts(1_000, 1_120), Plan(20_000, share=0.48), "invalid", "The split is broken: 10,000 in control and 10,000 in "
     "treatment, 50.00% where 48.00% was planned"),
    (counts(1_000, 1_120), Plan(20_000, "always"), "keep", "no effect is not ruled out"),
    (counts(1_000, 1_150), Plan(20_000, "always"), "ship", "higher by 0.015"),
    (counts(1_000, 1_050), Plan(40_000, "always"), "keep", "It may go on to its planned units.")])
def test_the_decision_and_its_reason(table, plan, verdict, words):
    decision = analyse(table, BOUGHT, plan).decision
    assert decision.verdict == verdict and words in decision.reason


def test_lower_may_be_better():
    lower = [proportion("bought", better="lower")]
    assert analyse(counts(1_000, 880), lower).decision.verdict == "ship"
    assert "which is worse" in analyse(counts(1_000, 1_120), lower).decision.reason


def test_a_guardrail_stops_what_may_harm(users):
    assert analyse_table(users, [SPENT, ERRORS]).decision.verdict == "ship"
    strict = analyse_table(users, [SPENT, ERRORS._replace(margin=0.01)]).decision
    assert strict.verdict == "keep" and "A harm of 0.01 is not ruled out." in strict.reason
    worse = users.assign(errors=users["errors"] + (users["arm"] == "treatment"))
    decision = analyse_table(worse, [SPENT, ERRORS]).decision
    assert decision.verdict == "keep" and "But errors is" in decision.reason and "which is worse" in decision.reason
    fewer = users.assign(errors=users["errors"] + (users["arm"] == "control"))
    assert analyse_table(fewer, [SPENT, ERRORS]).decision.verdict == "ship"


def test_a_broken_split_shows_no_effect(users):
    lost = users.drop(users.index[users["arm"] == "treatment"][:300])
    report = analyse_table(lost, [SPENT])
    assert report.decision.verdict == "invalid" and "spent" not in str(report) + report._repr_html_()
    assert report.as_data()["metrics"] == []


def test_secondary_metrics_are_corrected_and_decide_nothing(users):
    metrics = [mean("errors"), proportion("bought"), SPENT, ratio("spent", "orders")]
    report = analyse_table(users, metrics)
    assert report.decision.verdict == "keep" and report["spent"].p < 0.01
    plain = [one.p for one in report.readings[1:]]
    assert [one.p_corrected for one in report.readings[1:]] == pytest.approx(correct(plain))
    alone = analyse_table(users, [SPENT])["spent"]
    assert alone.high - alone.low < report["spent"].high - report["spent"].low
    assert math.isnan(report["errors"].p_corrected)


@pytest.mark.parametrize("method", ["holm", "bonferroni", "fdr_bh"])
def test_corrections_are_those_of_statsmodels(method):
    p = np.random.default_rng(1).random(8) ** 3
    assert correct(p, method) == pytest.approx(multipletests(p, method=method)[1])
    assert correct([p, p[::-1]], method)[1] == pytest.approx(correct(p, method)[::-1])
    assert correct(p[:1], method).tolist() == p[:1].tolist() and not len(correct([], method))


def test_daily_looks_end_at_the_first_bound_that_is_crossed(users):
    plan, metrics = Plan(4_000, "daily"), [SPENT]
    table = statistics(users, metrics, day="day")
    found = looks(table, metrics, plan)
    first = int(found["effect"].to_numpy().argmax())
    assert 0 < first < 9 and not found["effect"].iloc[:first].any()
    report = analyse(table, metrics, plan)
    reading = report["spent"]
    assert (reading.low, reading.high) == pytest.approx(tuple(found[["low", "high"]].iloc[first]))
    assert report.split.control + report.split.treatment == found["units"].iloc[first]
    until = analyse_table(users[users["day"] <= found.index[first]], metrics)["spent"]
    assert reading.difference == pytest.approx(until.difference) and math.isnan(reading.p)
    assert f"day {first + 1} (2025-03-" in report.notes[0] and "later days are not read" in report.notes[0]


def test_the_interval_of_a_daily_look_reaches_to_its_bound(users):
    found = looks(statistics(users, [SPENT], day="day"), [SPENT], Plan(4_000, "daily"))
    bounds = spending_bounds(found["share"])
    once = looks(statistics(users, [SPENT], day="day"), [SPENT], Plan(4_000))
    ratios = (found["high"] - found["low"]) / (once["high"] - once["low"])
    assert ratios.iloc[3:].to_numpy() == pytest.approx(bounds[3:] / 1.96, rel=0.02)


def test_looks_stop_where_the_plan_is_complete_and_bear_days_without_users(users):
    table = statistics(users, [SPENT], day="day")
    found = looks(table, [SPENT], Plan(2_000, "daily"))
    assert found["share"].iloc[-1] == 1 and (found["share"].iloc[:-1] < 1).all() and len(found) < 10
    empty = pd.concat([table, table[:1].assign(day=table["day"].max() + pd.Timedelta(days=1), units=0)])
    more = looks(empty, [SPENT], Plan(8_000, "daily"))
    assert more["high"].iloc[-1] == more["high"].iloc[-2]


def test_a_plan_of_clusters_counts_clusters(users):
    by_user, by_zone = analyse_table(users, [SPENT]), analyse_table(users, [SPENT], Plan(80), cluster="cluster")
    assert by_zone.split.control == 40 and by_zone["spent"].treatment == pytest.approx(by_user["spent"].treatment)
    assert "Units are clusters." in str(by_zone)
    few = analyse_table(users[users["cluster"] < 20], [SPENT], cluster="cluster")
    assert "10 in an arm are few" in str(few)


def test_the_report_is_text_a_frame_html_and_data(users):
    report = analyse_table(users, [mean("spent", before="spent_before"), proportion("bought"), ERRORS])
    text, page = str(report), report._repr_html_()
    assert text.startswith("ship: spent is ") and repr(report) == text
    for words in ("difference (95% interval)", "guardrail", "Split: 2,000 in control and 2,000 in treatment",
                  "plan the units", "CUPED leaves "):
        assert words in text and words in page
    assert list(report.frame().index) == ["spent", "bought", "errors"] and report.frame().loc["spent", "p"] < 0.05
    data = json.loads(json.dumps(report.as_data(), allow_nan=False))
    assert data["verdict"] == "ship" and data["metrics"][0]["p_corrected"] is None
    odd = analyse_table(users.rename(columns={"spent": "<script>"}), [mean("<script>")])
    assert "<script>" not in odd._repr_html_()
    assert report.page("a < b").startswith("<!DOCTYPE html>") and "a &lt; b" in report.page("a < b")


def test_figures_show_each_metric_and_the_first_effect(users):
    import matplotlib.pyplot as plt

    report = analyse_table(users, [SPENT, proportion("bought"), ERRORS])
    axes = draw_effects(report, "More is spent")
    assert [label.get_text().split("\n")[0] for label in axes.get_yticklabels()] == ["spent", "bought", "errors"]
    found = looks(statistics(users, [SPENT], day="day"), [SPENT], Plan(4_000, "daily"))
    axes = draw_looks(found, "Found early", "EUR")
    assert "first effect: day" in axes.texts[0].get_text() and all(map(math.isfinite, axes.get_ylim()))
    plt.close("all")
