"""`compare`: known cases, draws without drift, each kind of finding, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.drift import Limits, Profile, Windows, compare
from dataml_lab.drift.suite import START, cases, unchanged

RANDOM = np.random.default_rng(2)
CASES = list(cases(seed=1))
BY = {"independent": lambda table: table, "users": lambda table: Windows.by_group(table, "user"),
      "season": lambda table: Windows.by_day(table, "at")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_drifts_is_found_and_what_does_not_is_not_of_a_profile_as_well(case):
    exact, kept = compare(case.reference, case.current), compare(Profile.of(case.reference), case.current)
    assert set(exact.drifted) == case.drifting and kept.drifted == exact.drifted
    if "moved" in exact.measures:
        assert abs(kept.measures["moved"] - exact.measures["moved"]).max() < 2e-3


def alarms(kind, rows, draws, limits, calibrated=True):
    """How many of so many comparisons without drift find some."""
    found = 0
    for seed in range(draws):
        reference, current = unchanged(kind, rows, seed)
        if calibrated:
            reference = BY[kind](reference)
        else:
            reference, current = (table.drop(columns=["user", "at"], errors="ignore") for table in (reference, current))
        found += bool(compare(reference, current, limits=limits).drifted)
    return found


SIGNIFICANCE_ALONE = Limits(*[1e-9] * len(Limits._fields))


@pytest.mark.parametrize("kind", BY)
def test_false_alarms_are_few_even_where_any_change_matters(kind):
    assert alarms(kind, 1_000, 2, SIGNIFICANCE_ALONE) <= 1  # of 2, at 5 % at most


@pytest.mark.parametrize("kind", ["users", "season"])
def test_rows_taken_for_independent_give_false_alarms(kind):
    assert alarms(kind, 1_500, 3, SIGNIFICANCE_ALONE, calibrated=False) >= 2


@pytest.mark.full
@pytest.mark.parametrize("kind", BY)
def test_the_rate_of_false_alarms_is_kept(kind):
    assert alarms(kind, 2_000, 60, SIGNIFICANCE_ALONE) <= 8  # of 60 draws at 5 %, more in 0.5 % of all runs


def test_a_shift_is_found_beside_a_season_that_is_none():
    reference, current = unchanged("season", 5_600, seed=3)
    windows = Windows.by_day(reference, "at")
    assert not compare(windows, current).drifted
    report = compare(windows, current.assign(x0=current["x0"] + 1))
    assert report.drifted == {"x0": ["distribution"]}
    by_profile = compare(windows, Profile.of(current.assign(x0=current["x0"] + 1)), at=current["at"][0])
    assert by_profile.drifted == report.drifted


def test_groups_that_drift_are_found():
    reference, current = unchanged("users", 4_000, seed=4)
    report = compare(Windows.by_group(reference, "user"), current.assign(x0=current["x0"] + 2))
    assert report.drifted == {"x0": ["distribution", "range"]}


def test_weeks_are_counted_back_and_whole():
    reference, _ = unchanged("season", 2_800, seed=5)
    windows = Windows.by_week(reference[50:], "at")
    assert [window.profile.rows for window in windows.windows] == [650, 700, 700, 700]
    with pytest.raises(ValueError, match="week: 3 whole ones, where a calibration needs 4"):
        Windows.by_week(reference[100:], "at")


THEN = pd.DataFrame({"price": RANDOM.normal(50, 10, 3_000), "paid": RANDOM.choice(["card", "cash"], 3_000),
                     "note": [f"{row} {'x' * (row % 60)}" for row in range(3_000)], "at": START})
NOW = THEN[:800].reset_index(drop=True)


def only(**columns):
    """The gravest finding in a table with a column changed; the others are of this column too."""
    found = list(compare(THEN, NOW.assign(**columns)))
    assert {one.column for one in found} == columns.keys()
    return found[0]


def test_a_table_that_is_the_same_has_no_finding():
    report = compare(THEN, NOW)
    assert not len(report) and not report.drifted
    assert report.not_looked == ["Nothing in 3 of 4 columns: price, paid, note.",
                                 "Times move on and are not compared: at."]


def test_each_kind_of_change_is_said():
    assert only(price=NOW["price"] + 10).evidence.startswith("The median is ")
    assert only(price=50.0).evidence.startswith("All values are 50 (KS distance 0.5")
    assert only(price=NOW["price"].where(NOW.index % 2 == 0)).evidence == (
        "50.0% of the rows have no value; in the reference 0.0%.")
    assert only(price=None).kind == "missing values"
    assert only(at=None).kind == "missing values"
    assert only(note=NOW["note"].str[:12]).kind == "text length"
    coin = only(paid=NOW["paid"].where(NOW.index >= 9, "coin"))
    assert (coin.kind, coin.evidence) == ("new categories", "'coin': 1.12% of the rows.")
    assert only(price=NOW["price"].where(NOW.index >= 16, 500.0)).evidence.startswith("16 of 800 values lie outside")


def test_a_new_category_in_a_few_rows_is_to_check():
    found = only(paid=NOW["paid"].where(NOW.index >= 3, "coin"))
    assert (found.grade, found.kind) == ("check", "new categories")


def test_columns_and_types_that_differ_are_findings():
    report = compare(THEN, NOW.drop(columns="note").assign(more=1, price=NOW["price"].round(2).astype(str)))
    assert report.drifted == {"note": ["column lost"], "price": ["type"]}
    assert [found.kind for found in report if found.grade == "check"] == ["column new"]
    odd = NOW["price"].round(2).astype(str).where(NOW.index > 4, "n/a")
    assert "rows that hold no number: 5, such as 'n/a'" in only(price=odd).evidence
    assert "can be read as numbers" in only(price=NOW["price"].astype(str)).evidence


def test_few_rows_are_warned_of():
    report = compare(THEN, NOW[:40])
    assert report.not_looked[-1] == (
        "Few rows in price, paid, note: price has 3,000 values in the reference and 40 now, and a change passes for "
        "chance unless 22% of the rows move, where 10% matter.")


def test_no_alarm_rests_on_a_probability_alone():
    large = pd.DataFrame({"x": RANDOM.normal(size=100_000)})
    report = compare(large, large + 0.03)
    assert not report.drifted and report.measures.loc["x", "rate"] < 0.001
    assert compare(large, large + 0.03, limits=Limits(distance=0.01)).drifted


def test_infinite_numbers_count_as_missing():
    assert only(price=NOW["price"].where(NOW.index % 2 == 0, np.inf)).kind == "missing values"


def test_a_report_is_text_frames_and_html():
    report = compare(THEN.rename(columns={"price": "<price>"}),
                     NOW.assign(price=NOW["price"] + 10).rename(columns={"price": "<price>"}))
    assert str(report).startswith("drift   <price>: distribution. The median is")
    assert report.frame().loc[0, ["grade", "column", "kind"]].tolist() == ["drift", "<price>", "distribution"]
    assert {"moved", "PSI", "Jensen-Shannon", "Wasserstein", "chi-squared", "rate"} <= set(report.measures)
    page = report.page("Drift of <today>")
    assert "&lt;price&gt;" in page and "<price>" not in page and "<h1>Drift of &lt;today&gt;</h1>" in page


@pytest.mark.parametrize(("make", "words"), [
    (lambda: compare(THEN[:0], NOW), "reference: the table has no rows"),
    (lambda: compare(THEN, NOW[:0]), "current: the table has no rows"),
    (lambda: compare(THEN[["price"]], NOW[["paid"]]), "no column in common: the reference has price"),
    (lambda: Windows.by_day(THEN, "when"), "no column 'when'; there are: price, paid, note, at"),
    (lambda: Windows.by_day(THEN, "note"), "note has values that are no times"),
    (lambda: Windows.by_day(THEN.assign(at=THEN["at"].where(THEN.index != 7)), "at"), "first in row 7"),
    (lambda: Windows.by_day(THEN, "at"), "too few windows of a day: 1 whole"),
    (lambda: Windows.by_group(THEN, "paid"), "paid has 2 groups, where 40 or more are needed")])
def test_what_cannot_be_compared_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_current_sample_is_as_long_as_a_window_and_of_a_known_weekday():
    days = THEN.assign(at=START + pd.to_timedelta(THEN.index // 300, "D"))
    windows = Windows.by_day(days, "at")
    with pytest.raises(ValueError, match="current goes from 2025-01-06 to 2025-01-08, which is longer"):
        compare(windows, days[:800])
    with pytest.raises(ValueError, match="1 days that are a Sunday, where 2 are needed"):
        compare(windows, NOW.assign(at=START + pd.Timedelta(days=13)))
