"""Profiles: how exact what is kept is, merged as well, and written and read again."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.drift import Profile, compare
from dataml_lab.drift.numbers import Numbers, merged
from dataml_lab.drift.words import Words, merged_words

RANDOM = np.random.default_rng(1)
FORMS = {"normal": RANDOM.normal(size=20_000), "heavy": RANDOM.standard_cauchy(20_000),
         "with ties": RANDOM.lognormal(size=20_000).round(1),
         "half are 0": np.where(RANDOM.random(20_000) < 0.5, 0, RANDOM.normal(size=20_000))}
PARTS = st.lists(st.lists(st.integers(0, 30).map(float), min_size=1, max_size=40), min_size=1, max_size=6)


def furthest(kept, exact):
    """The largest error of a share, just below each number and at it."""
    return max(abs(kept.shares_upto(exact.values) - exact.shares_upto(exact.values)).max(),
               abs(kept.shares_below(exact.values) - exact.shares_below(exact.values)).max())


@pytest.mark.parametrize("name", FORMS)
def test_what_is_kept_is_as_exact_as_it_says(name):
    exact = Numbers.of(FORMS[name])
    kept = exact.kept(200)
    assert len(kept.values) <= 201 and kept.values[[0, -1]].tolist() == exact.values[[0, -1]].tolist()
    assert furthest(kept, exact) <= kept.error <= 1 / 200


@pytest.mark.parametrize("name", FORMS)
def test_merged_parts_are_as_exact_as_they_say(name):
    exact, parts = Numbers.of(FORMS[name]), np.array_split(np.sort(FORMS[name])[::-1], 3)
    dealt = [Numbers.of(part).kept(200) for part in (*parts[:2], *np.array_split(RANDOM.permutation(parts[2]), 4))]
    found = merged(dealt, 200)
    assert found.rows == exact.rows and furthest(found, exact) <= found.error <= 0.011


@pytest.mark.parametrize("name", [*FORMS, "one value", "a crowd", "tiny"])
def test_counts_at_values_are_exact_without_sorting_all(name):
    numbers = {**FORMS, "one value": np.full(900, 4.5), "a crowd": np.append(np.zeros(900), 1e300),
               "tiny": RANDOM.integers(0, 9, 900) * 5e-310}[name]
    points = Numbers.of(RANDOM.normal(size=5_000)).kept(100).values
    found, exact = Numbers.at(points, np.append(numbers, [np.nan, np.inf])), Numbers.of(numbers)
    assert found.below.tolist() == np.searchsorted(np.sort(numbers), found.values).tolist()
    assert found.upto.tolist() == np.searchsorted(np.sort(numbers), found.values, side="right").tolist()
    inside = points[(points > numbers.min()) & (points < numbers.max())]
    assert found.missing == 2 and set(inside) <= set(found.values)
    assert found.rows_outside(*points[[0, -1]]) == exact.rows_outside(*points[[0, -1]])
    assert furthest(found, exact) <= found.error < 0.003


def test_a_large_table_is_compared_with_a_profile_without_sorting_it():
    then, now = (pd.DataFrame({"x": RANDOM.lognormal(shift, 1, 60_000)}) for shift in (0, 0.05))
    profile = Profile.of(then)
    for table in (now, now * 100, now.assign(x=np.nan)):
        exact = compare(then, table)
        report = compare(profile, table)
        assert report.drifted == exact.drifted
        assert "moved" not in exact.measures or abs(report.measures - exact.measures).loc["x", "moved"] < 1e-3


@settings(max_examples=50, deadline=None)
@given(PARTS)
def test_a_merge_of_all_values_is_the_whole(parts):
    found, exact = merged([Numbers.of(np.array(part)) for part in parts]), Numbers.of(np.concatenate(parts))
    assert found.values.tolist() == exact.values.tolist() and found.error == 0
    assert found.upto.tolist() == exact.upto.tolist() and found.below.tolist() == exact.below.tolist()


def test_merged_words_are_the_words_of_the_whole():
    column = pd.Series(RANDOM.choice(["a", "bb", "ccc", None], 300))
    found = merged_words([Words.of(part) for part in (column[:100], column[100:])])
    whole = Words.of(column)
    assert found.counts == whole.counts and found.missing == whole.missing and found.rows == 300
    assert found.lengths.upto.tolist() == whole.lengths.upto.tolist()


def test_the_most_frequent_words_are_kept_and_the_others_counted():
    found = Words.of(pd.Series(["a"] * 5 + ["b"] * 3 + ["d", "c"]), kept=3)
    assert found.counts == {"a": 5, "b": 3, "c": 1} and (found.others, found.levels, found.known) == (1, 4, 10)


TABLE = pd.DataFrame({
    "price": RANDOM.normal(size=3_000), "items": pd.array(RANDOM.integers(0, 5, 3_000), "Int64"),
    "paid": pd.Categorical(RANDOM.choice(["card", "cash"], 3_000), ["card", "cash", "coin"]),
    "rush": RANDOM.random(3_000) < 0.2, "took": pd.to_timedelta(RANDOM.integers(1, 99, 3_000), "s"),
    "at": pd.date_range("2025", periods=3_000, freq="h"),
    "note": [f"{row} " + "x" * (row % 50) for row in range(3_000)],
    "odd": pd.Series([1, "two", None] * 1_000, dtype=object), "whole": pd.Series([1, 2, None] * 1_000, dtype=object),
    "none": pd.Series([None] * 3_000, dtype=object)})


def test_columns_are_numbers_words_or_times():
    kinds = {name: type(column).__name__ for name, column in Profile.of(TABLE).columns.items()}
    assert kinds == {"price": "Numbers", "items": "Numbers", "paid": "Words", "rush": "Words", "took": "Numbers",
                     "at": "Moments", "note": "Words", "odd": "Words", "whole": "Numbers", "none": "Words"}
    assert set(Profile.of(TABLE).columns["paid"].counts) == {"card", "cash"}
    assert Profile.of(TABLE).columns["note"].is_text and not Profile.of(TABLE).columns["paid"].is_text


def test_a_profile_is_small_and_written_and_read_it_compares_the_same():
    profile = Profile.of(TABLE)
    text = profile.to_json()
    assert len(text) < 60_000 * len(TABLE.columns) and Profile.from_json(text).to_json() == text
    other = TABLE.assign(price=TABLE["price"] + 1, paid="cash")
    assert str(compare(Profile.from_json(text), other)) == str(compare(profile, other))


def test_merged_profiles_are_the_profile_of_the_whole():
    found = Profile.merged([Profile.of(TABLE[:1_000]), Profile.of(TABLE[1_000:])])
    assert found.rows == 3_000
    report = compare(found, Profile.of(TABLE))
    assert not len(report) and report.measures["moved"].max() < 0.003


@pytest.mark.parametrize(("make", "words"), [
    (lambda: Profile.of(TABLE[:0]), "no rows"),
    (lambda: Profile.of(pd.DataFrame([[1, 2]], columns=["a", "a"])), "have the name 'a'"),
    (lambda: Profile.merged([]), "no profiles"),
    (lambda: Profile.merged([Profile.of(TABLE), Profile.of(TABLE[["price"]])]), "different columns"),
    (lambda: Profile.merged([Profile.of(TABLE[["price"]]), Profile.of(TABLE[["price"]].astype(str))]),
     "price is of numbers and words"),
    (lambda: Profile.from_json("[]"), "no profile"),
    (lambda: Profile.from_json('{"profile": 9}'), "its version is 9")])
def test_what_makes_no_profile_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_part_without_values_takes_the_type_of_the_others():
    parts = [Profile.of(pd.DataFrame({"x": column})) for column in ([1.0, 2.0], pd.Series([None, None], dtype=object))]
    column = Profile.merged(parts).columns["x"]
    assert (column.known, column.missing) == (2, 2)
