"""Monitors day by day: what each metric and threshold is, what alarms, and that they resume as if never stopped."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dataml_lab.drift import Monitor, Monitors, by_day
from dataml_lab.drift.metrics import METRICS, floats, measured_by

START = date(2026, 1, 5)  # a Monday


def one(metric="mean", column="x", baseline="reference", threshold="±4 sd", window=1, action="look at it"):
    return Monitor(metric, column, baseline, threshold, window, action)


def days(*values, start=START):
    """A day for each array, with it as column x."""
    return [(start + timedelta(place), {"x": value}) for place, value in enumerate(values)]


def steady(number=14, seed=0):
    random = np.random.default_rng(seed)
    return days(*(random.normal(10, 1, 100) for _ in range(number)))


def after(pairs, *values):
    return days(*values, start=pairs[-1][0] + timedelta(1))


# ------------------------------------------------------------------------------------------------ metrics

@pytest.mark.parametrize(("metric", "column", "expected"), [
    ("rows", [1, None, 3], 3), ("missing", [1.0, np.nan, np.inf, 2], 0.5), ("missing", ["a", None], 0.5),
    ("mean", [True, False, True, True], 0.75), ("mean", pd.Series([True, None, False], dtype="boolean"), 0.5),
    ("mean", pd.Series([True, None, False]), 0.5), ("mean", [1, np.nan, 3], 2), ("mean", ["a", "b"], math.nan),
    ("mean", [], math.nan), ("median", [1, 2, 9], 2), ("p90", range(11), 9), ("spread", [1, 3], 1),
    ("distinct", ["a", "b", "a", None], 2), ("missing", [], math.nan), ("rows", [], 0),
    ("mean", pd.to_timedelta([60, 120], "s"), 90)])
def test_a_metric_of_a_column(metric, column, expected):
    found = measured_by(metric, METRICS)(pd.Series(column))
    assert found == pytest.approx(expected, nan_ok=True)


def test_numbers_that_are_text_are_no_numbers():
    assert not len(floats(pd.Series(["1", "2"])))


def test_moved_is_the_ks_distance_and_a_day_of_the_reference_is_compared_with_the_others():
    reference = steady(5)
    now = np.random.default_rng(1).normal(12, 1, 80)
    monitors = Monitors([one("moved", threshold="+0.2")], reference)
    monitors.day(*after(reference, now)[0])
    values = [columns["x"] for _, columns in reference]
    measured = monitors.values["moved", "x"]
    assert measured[START + timedelta(5)] == pytest.approx(stats.ks_2samp(np.concatenate(values), now).statistic)
    assert measured[START] == pytest.approx(stats.ks_2samp(np.concatenate(values[1:]), values[0]).statistic)


def test_moved_and_new_of_categories():
    reference = days(["a"] * 8 + ["b"] * 2, ["a"] * 6 + ["c"] * 4)
    monitors = Monitors([one(metric, threshold="+0.1") for metric in ("moved", "new")], reference)
    monitors.day(*after(reference, ["a"] * 7 + ["d"] * 3)[0])
    assert list(monitors.values["moved", "x"].values()) == pytest.approx([0.4, 0.4, 0.3])
    assert list(monitors.values["new", "x"].values()) == pytest.approx([0.2, 0.4, 0.3])


def test_a_metric_of_ones_own():
    reference = steady()
    own = {"above 12": lambda column: (column > 12).mean()}
    monitors = Monitors([one("above 12", threshold="+0.1")], reference, own)
    assert monitors.day(*after(reference, np.full(10, 13.0))[0]).action == "look at it"
    again = Monitors.from_json(monitors.to_json(), own)
    assert again.record().equals(monitors.record())
    with pytest.raises(ValueError, match="there is no metric 'above 12'"):
        Monitors.from_json(monitors.to_json())


# ------------------------------------------------------------------------------------------------ baselines, thresholds

@pytest.mark.parametrize(("threshold", "low", "high"), [
    ("+0.5", math.nan, 10.5), ("-0.5", 9.5, math.nan), ("±.5", 9.5, 10.5), ("+-0.5", 9.5, 10.5), ("×2", math.nan, 20),
    ("x 0.5", 5, math.nan), ("*1.5", math.nan, 15), ("− 1", 9, math.nan)])
def test_bounds_of_a_threshold(threshold, low, high):
    reading = Monitors([one(baseline=10, threshold=threshold)], steady(2)).readings(START).readings[0]
    assert (reading.low, reading.high) == pytest.approx((low, high), nan_ok=True)


def test_standard_deviations_are_those_of_new_days():
    reference = days(*np.random.default_rng(3).normal(10, 1, (20, 1)))
    monitors = Monitors([one(threshold="±2 sd")], reference)
    reading = monitors.day(*after(reference, [10.0])[0]).readings[0]
    values = np.array([columns["x"][0] for _, columns in reference])
    assert reading.expected == pytest.approx(values.mean())
    assert reading.high - reading.expected == pytest.approx(2 * values.std(ddof=1) * math.sqrt(1 + 1 / 20))


REPEATED = [pytest.param(*case, marks=pytest.mark.full) for case in (("reference", 3), ("weekday", 1))]


@pytest.mark.parametrize(("baseline", "window"), [("reference", 1), ("weekday", 3), *REPEATED])
def test_false_alarms_are_as_rare_as_normal_days_say(baseline, window):
    random = np.random.default_rng(4)
    season = 3 * np.arange(7) if baseline == "weekday" else np.zeros(7)
    alarms = []
    for _ in range(30):
        values = random.normal(100 + np.tile(season, 6), 1)[:, None]
        monitors = Monitors([one(baseline=baseline, threshold="±2 sd", window=window)], days(*values[:28]))
        alarms += [day.action != "ok" for day in monitors.run(days(*values))]
    assert len(alarms) == 30 * 14
    assert 0.03 < np.mean(alarms) < 0.085  # 4.6 %, and a little more because the standard deviation is an estimate


def test_a_weekday_is_compared_with_its_like():
    season = np.tile([0.0, 0, 0, 0, 0, 5, 5], 5) + np.random.default_rng(5).normal(10, 0.1, 35)
    pairs = days(*season[:, None])
    found = [Monitors([one(baseline=baseline)], pairs[:28]).run(pairs) for baseline in ("weekday", "reference")]
    assert [day.action for day in found[0]] == ["ok"] * 7
    assert found[1][5].readings[0].high > 20  # the season is all that it can see


def test_the_week_before_moves_along():
    pairs = days(*np.append(np.full(10, 4.0), np.full(12, 10.0))[:, None])
    monitors = Monitors([one(baseline="week before", threshold="×1.5")], pairs[:7])
    alarms = [reading.status == "alarm" for day in monitors.run(pairs) for reading in day.readings]
    assert alarms == [False] * 3 + [True] * 4 + [False] * 8  # 10 > 1.5 × (4 + 4 + 4 + 4 + 10 + 10 + 10) / 7 no more


def test_a_window_is_a_mean_over_calendar_days():
    pairs = days(*np.array([1.0, 1, 1, 1, 4, 7, 10])[:, None])
    monitors = Monitors([one(baseline=0, threshold="+99", window=3)], pairs[:4])
    assert [day.readings[0].value for day in monitors.run([*pairs[4:6], *pairs[6:]])] == [2, 4, 7]
    late = (START + timedelta(8), {"x": [3.0]})  # the day before has no value
    assert monitors.day(*late).readings[0].value == pytest.approx((10 + 3) / 2)


def test_rounding_is_no_change():
    monitors = Monitors([one("missing", threshold="±4 sd")], days(*[[1.0] * 9 + [math.nan]] * 28))
    assert monitors.day(date(2026, 3, 2), {"x": [1.0] * 9 + [math.nan]}).action == "ok"


# ------------------------------------------------------------------------------------------------ alarms

def test_the_first_monitor_with_an_alarm_says_what_is_done():
    reference = steady()
    plan = [one("missing", threshold="+0.05", action="fix_data"), one("p95", threshold="×2", action="rollback"),
            one(threshold="±4 sd", action="retrain")]
    monitors = Monitors(plan, reference)
    broken = np.full(100, 40.0)
    holes = np.where(np.arange(100) < 10, math.nan, broken)
    found = monitors.run(after(reference, steady(1)[0][1]["x"], holes, broken))
    assert [day.action for day in found] == ["ok", "fix_data", "rollback"]
    assert [len(day.alarms) for day in found] == [0, 3, 2]
    assert "missing of x is 0.1, where 0 is expected, and 0.05 at most: fix_data." in str(found[1])
    assert list(monitors.actions()) == ["ok", "fix_data", "rollback"]


@pytest.mark.parametrize("columns", [{}, {"x": []}, {"x": [math.nan] * 5}, {"x": ["1.5", "2.5"]}, {"y": [1.0]}])
def test_a_metric_without_a_value_is_not_ok(columns):
    monitors = Monitors([one()], steady())
    found = monitors.day("2026-01-19", columns)
    assert found.action == "look"
    assert found.readings[0].status == "no value"
    assert "mean of x has no value" in str(found)


def test_numbers_that_come_as_text_have_not_moved_but_no_value():
    monitors = Monitors([one("moved", threshold="+0.1")], steady())
    assert monitors.day("2026-01-19", {"x": ["1.5", "2.5"]}).readings[0].status == "no value"


def test_a_baseline_that_isnt_there():
    monitors = Monitors([one(baseline="week before", threshold="×2")], steady())
    assert monitors.day("2026-03-02", {"x": [1.0]}).readings[0].status == "no baseline"
    weekdays = Monitors([one(baseline="weekday", threshold="+2")], steady(3))
    assert weekdays.day("2026-01-08", {"x": [1.0]}).readings[0].status == "no baseline"


def test_a_table_that_knows_of_no_store():
    table = pd.DataFrame({"at": pd.date_range("2026-01-01", periods=960, freq="h", tz="UTC"), "x": np.arange(960) % 24})
    monitors = Monitors([one(threshold="+0.5"), one("rows", threshold="×0.5")], by_day(table[:720], "at"))
    found = monitors.run(by_day(table[:940], "at"))
    assert [day.action for day in found] == ["ok"] * 9 + ["look at it"]  # of the last day there are four hours
    record = monitors.record()
    assert list(record.columns) == ["day", "monitor", "metric", "column", "value", "expected", "low", "high", "status",
                                    "action"]
    assert len(record) == 20
    assert record["day"].dt.day.tolist()[:4] == [31, 31, 1, 1]


# ------------------------------------------------------------------------------------------------ resumed

def test_monitoring_resumes_as_if_it_had_never_stopped():
    random = np.random.default_rng(6)
    pairs = [(day, {**columns, "kind": random.choice(list("abc"), 50)}) for day, columns in steady(30)]
    plan = [one(baseline=baseline, window=window) for baseline in ("reference", "weekday", "week before")
            for window in (1, 3)] + [one("moved"), one("moved", "kind"), one("new", "kind", threshold="+0")]
    whole = Monitors(plan, pairs[:14])
    whole.run(pairs)
    parts = Monitors(plan, pairs[:14])
    for day in range(14, 31, 8):
        parts = Monitors.from_json(parts.to_json())
        parts.run(pairs[:day])
    assert parts.record().equals(whole.record())
    assert parts.to_json() == whole.to_json()
    assert parts.run(pairs) == []


def test_the_last_day_can_be_measured_again_and_none_before():
    reference = steady()
    monitors = Monitors([one()], reference)
    today, tomorrow = after(reference, [99.0], [10.0])
    assert monitors.day(*today).action == "look at it"
    assert monitors.day(today[0], {"x": [10.0]}).action == "ok"
    monitors.day(*tomorrow)
    assert monitors.actions().tolist() == ["ok", "ok"]
    for day in (today[0], START):
        with pytest.raises(ValueError, match=f"{day} is over"):
            monitors.day(day, {"x": [1.0]})


def test_other_monitors_judge_the_same_days():
    reference = steady()
    monitors = Monitors([one(threshold="+9")], reference)
    monitors.run(after(reference, [15.0], [10.0]))
    assert monitors.judged_by([one(threshold="+4")]).actions().tolist() == ["look at it", "ok"]
    assert monitors.actions().tolist() == ["ok", "ok"]
    with pytest.raises(ValueError, match="not measured: p95 of x"):
        monitors.judged_by([one("p95")])


# ------------------------------------------------------------------------------------------------ refused

@pytest.mark.parametrize(("monitor", "message"), [
    (one("p100"), "there is no metric 'p100'"), (one(baseline="yesterday"), "'yesterday' is none of reference"),
    (one(threshold="4"), "threshold '4' can't be read"), (one(threshold="×2 sd"), "threshold '×2 sd' can't be read"),
    (one(threshold=2), "threshold 2 can't be read"), (one(window=0), "window is 0"), (one(window="7"), "window is '7'"),
    (one(column="y"), "mean of y has no value on any day of the reference")])
def test_a_monitor_that_cant_be(monitor, message):
    with pytest.raises(ValueError, match=message):
        Monitors([monitor], steady())


def test_a_reference_that_cant_be():
    with pytest.raises(ValueError, match="mean of x has 7 days with a value in the reference, which are too few"):
        Monitors([one(baseline="weekday")], steady(7))
    with pytest.raises(ValueError, match="the reference has no days"):
        Monitors([one()], [])
    with pytest.raises(ValueError, match="the reference has 2026-01-06 twice"):
        Monitors([one()], [*steady(), steady()[1]])
    with pytest.raises(ValueError, match=r"by_day\(table, column\) makes them of a table"):
        Monitors([one()], pd.DataFrame({"x": [1.0]}))


def test_what_isnt_a_day_or_no_monitors():
    monitors = Monitors([one()], steady())
    with pytest.raises(ValueError, match="a day is a date, such as '2026-03-02', and 25 is a number"):
        monitors.day(25, {"x": [1.0]})
    with pytest.raises(ValueError, match="is nothing that Monitors"):
        Monitors.from_json('{"monitoring": 2}')
    with pytest.raises(ValueError, match="is nothing that Monitors"):
        Monitors.from_json("[]")
