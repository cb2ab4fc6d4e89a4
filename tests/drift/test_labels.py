"""Late labels: only what was known at a moment counts, cohorts are compared at equal age, and delays are censored."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dataml_lab.drift.labels import age_with, by_age, cohorts, delays


def slow(days=20, rows=200, seed=0, zone=None):
    """Predictions of each day from 2026-03-02, a Monday; an error of e comes after e / 2 days."""
    random = np.random.default_rng(seed)
    made = pd.Timestamp("2026-03-02", tz=zone) + pd.to_timedelta(random.random(days * rows) * days, "D")
    error = random.exponential(4, len(made))
    return pd.DataFrame({"made_at": made, "known_at": made + pd.to_timedelta(error / 2, "D"), "error": error})


def error(rows):
    return rows["error"].mean()


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_young_cohorts_look_better_than_they_are(zone):
    found = cohorts(slow(zone=zone), error, "2026-03-20", "8D")
    assert len(found) == 18
    assert found["mature"].tolist() == [True] * 10 + [False] * 8
    assert found["value"][found["mature"]].between(3.2, 4.8).all()
    assert found["value"].iloc[-1] < 1
    assert found["labelled"].is_monotonic_decreasing or found["labelled"].iloc[0] > 0.95 > found["labelled"].iloc[-1]


def test_what_comes_later_changes_nothing_that_was_known():
    table = slow()
    now = pd.Timestamp("2026-03-12")
    past = table[table["made_at"] <= now]
    past = past.assign(known_at=past["known_at"].where(past["known_at"] <= now), error=past["error"].where(
        past["known_at"] <= now))
    pd.testing.assert_frame_equal(cohorts(table, error, now, "3D"), cohorts(past, error, now, "3D"))
    pd.testing.assert_frame_equal(by_age(table, error, now, ["1D", "3D"]), by_age(past, error, now, ["1D", "3D"]))
    pd.testing.assert_series_equal(delays(table, now), delays(past, now))


def test_at_equal_age_cohorts_are_alike_and_the_youngest_are_left_out():
    found = by_age(slow(), error, "2026-03-20", ["1D", "4D"])
    assert found.notna().sum().tolist() == [17, 14]
    assert (found[pd.Timedelta("1D")].dropna() < 1.2).all()
    by_hand = slow()[lambda table: (table["made_at"] < "2026-03-03") & (table["error"] / 2 <= 4)]
    assert found.iloc[0, 1] == pytest.approx(by_hand["error"].mean())


def test_weeks_begin_on_mondays():
    found = cohorts(slow(), error, "2026-03-20", "4D", every="week")
    assert found.index.tolist() == list(pd.to_datetime(["2026-03-02", "2026-03-09", "2026-03-16"]))
    assert found["mature"].tolist() == [True, True, False]


def test_delays_are_those_of_kaplan_and_meier():
    table, now = slow(rows=30), pd.Timestamp("2026-03-15")
    seen = table[table["made_at"] <= now]
    came = seen["known_at"] <= now
    ages = (seen["known_at"].where(came, now) - seen["made_at"]) / pd.Timedelta("1D")
    expected = stats.ecdf(stats.CensoredData(uncensored=ages[came], right=ages[~came])).cdf
    found = delays(table, now)
    known = np.isin(expected.quantiles, ages[came])
    assert (found.index / pd.Timedelta("1D")).to_numpy() == pytest.approx(expected.quantiles[known])
    assert found.to_numpy() == pytest.approx(expected.probabilities[known])


def test_the_age_at_which_most_labels_have_come():
    table = slow()
    assert age_with(0.9, table, "2026-03-20") / pd.Timedelta("1D") == pytest.approx(2 * np.log(10), rel=0.1)
    with pytest.raises(ValueError, match=r"at no age that was seen 90\.0% of the labels have come: .* after 0 days"):
        age_with(0.9, table, "2026-03-02T12:00")
    with pytest.raises(ValueError, match="none have"):
        age_with(0.9, table.assign(known_at=pd.NaT), "2026-03-20")


def test_a_cohort_without_labels_has_no_value():
    table = slow(days=2).assign(known_at=pd.NaT)
    found = cohorts(table, error, "2026-03-20", "1D")
    assert found["value"].isna().all()
    assert found["labelled"].eq(0).all()


def test_what_is_refused():
    table = slow(days=2)
    with pytest.raises(ValueError, match="known_at is before made_at in row 3"):
        cohorts(table.assign(known_at=table["known_at"].where(table.index != 3, pd.Timestamp("2026-01-01"))), error,
                "2026-03-20", "1D")
    with pytest.raises(ValueError, match="there is no column 'known_at'"):
        cohorts(table.drop(columns="known_at"), error, "2026-03-20", "1D")
    with pytest.raises(ValueError, match="made_at is missing in 1 rows"):
        cohorts(table.assign(made_at=table["made_at"].where(table.index != 3)), error, "2026-03-20", "1D")
