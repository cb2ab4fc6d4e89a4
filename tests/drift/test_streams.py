"""Detectors of streams: as river's on its own scale, in any unit, with missing values, and stopped and gone on."""

import pickle

import numpy as np
import pandas as pd
import pytest
from river import drift

from dataml_lab.drift.streams import METHODS, Watch, changes

RANDOM = np.random.default_rng(4)
ERRORS = pd.Series((RANDOM.random(6_000) < np.repeat([0.1, 0.25], 3_000)).astype(float))


def of_river(values, detector):
    """The places at which river's own detector notices a change."""
    found = []
    for place, value in enumerate(values):
        detector.update(value)
        found += [place] if detector.drift_detected else []
    return found


@pytest.mark.parametrize("method", METHODS)
def test_errors_are_watched_as_river_does(method):
    found = changes(ERRORS, method)
    assert found.tolist() == of_river(ERRORS, getattr(drift, METHODS[method])())
    assert len(found) == 1 and 3_000 < found[0] < 3_600


@pytest.mark.parametrize("method", METHODS)
def test_missing_values_are_counted_and_silence_nothing(method):
    holes = ERRORS.copy()
    holes[::40], holes[7] = np.nan, np.inf
    watch = Watch(method)
    noticed = [watch.update(value) for value in holes]
    assert (watch.seen, watch.missing) == (6_000, 151)
    left = holes[np.isfinite(holes)]
    assert holes.index[noticed].tolist() == changes(left, method).tolist() != []
    assert of_river(holes, getattr(drift, METHODS[method])()) == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unit", [0.001, 1, 100])
def test_the_unit_does_not_matter(method, unit):
    prices = pd.Series(RANDOM.normal(np.repeat([50.0, 60.0], 2_000), 10.0))
    found = changes(prices * unit, method, low=20 * unit, high=80 * unit)
    assert len(found) == 1 and 2_000 < found[0] < 2_700


def test_a_value_beyond_the_scale_counts_as_its_end():
    wild = ERRORS.where(ERRORS.index % 500 != 1, 1e9)
    assert changes(wild).tolist() == changes(wild.clip(0, 1)).tolist()


@pytest.mark.parametrize("method", METHODS)
def test_a_stable_stream_has_hardly_an_alarm(method):
    stable = [pd.Series((np.random.default_rng(seed).random(10_000) < 0.1).astype(float)) for seed in range(5)]
    assert sum(len(changes(errors, method)) for errors in stable) <= 1


@pytest.mark.parametrize("method", METHODS)
def test_a_watch_that_was_kept_goes_on_where_it_was(method):
    watch = Watch(method)
    noticed = [watch.update(value) for value in ERRORS[:3_100]]
    again = pickle.loads(pickle.dumps(watch))
    noticed += [again.update(value) for value in ERRORS[3_100:]]
    assert ERRORS.index[noticed].tolist() == changes(ERRORS, method).tolist()


def test_settings_are_those_of_river():
    quick, slow = (changes(ERRORS, "Page-Hinkley", threshold=threshold)[0] for threshold in (20, 100))
    assert quick < slow
    assert not len(changes(ERRORS, "Page-Hinkley", mode="down"))


def test_labels_are_those_of_the_values():
    days = pd.Series(ERRORS.to_numpy(), index=pd.date_range("2025-01-06", periods=6_000, freq="min"))
    assert changes(days).tolist() == days.index[changes(ERRORS)].tolist()
    whole = ERRORS.astype("Int64").where(ERRORS.index != 5)
    assert changes(whole).tolist() == changes(ERRORS.drop(5)).tolist()


@pytest.mark.parametrize(("make", "words"), [
    (lambda: Watch("DDM"), "no method 'DDM'; there are: ADWIN, Page-Hinkley"),
    (lambda: Watch(low=1, high=1), "low is 1 and high 1"),
    (lambda: Watch(low=0, high=float("inf")), "two finite numbers")])
def test_what_cannot_be_watched_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()
