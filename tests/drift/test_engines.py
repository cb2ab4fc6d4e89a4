"""Profiles by DuckDB and Spark are those of the frames in memory, to the last row."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.drift import Profile
from dataml_lab.drift.engines import profile_by_duckdb, profiles_on_spark
from tests.conftest import needs

RANDOM = np.random.default_rng(5)
ROWS = 6_000
needs_spark = needs("spark")


def some(values, share=0.1):
    """The values, of which a share is missing."""
    return pd.Series(values).mask(RANDOM.random(ROWS) < share)


TABLE = pd.DataFrame({
    "price": RANDOM.normal(size=ROWS), "tied": some(RANDOM.lognormal(size=ROWS).round(2)),
    "odd": RANDOM.choice([0.0, np.nan, np.inf, -np.inf, 7.5], ROWS), "one": 5.0, "items": RANDOM.integers(0, 9, ROWS),
    "many": some(RANDOM.integers(-5_000, 5_000, ROWS)).astype("Int64"), "small": RANDOM.random(ROWS).astype("float32"),
    "rush": RANDOM.random(ROWS) < 0.2, "late": some(RANDOM.random(ROWS) < 0.2).astype("boolean"),
    "paid": pd.Categorical(RANDOM.choice(["card", "cash"], ROWS), ["card", "cash", "coin"]),
    "code": some([f"c{number}" for number in RANDOM.integers(0, 2_500, ROWS)]),
    "note": [f"{row} {'ü' * (row % 50)}" for row in range(ROWS)],
    "day": [datetime.date(2025, 1, 6) + datetime.timedelta(days=row % 9) for row in range(ROWS)],
    "took": some(pd.to_timedelta(RANDOM.integers(1, 9_000, ROWS), "ms")),
    "none": pd.Series([None] * ROWS, dtype=object),
    "total": [Decimal(int(cents)) / 100 for cents in RANDOM.integers(0, 10_000, ROWS)],
    "at": some(pd.date_range("2025", periods=ROWS, freq="h", tz="UTC")),
    'of "quotes" `and` more': [row % 80 for row in range(ROWS)]})
PARTS = TABLE[:2_500], TABLE[2_500:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two Parquet files of the table, one day each, one table without rows, and one of lists."""
    folder = tmp_path_factory.mktemp("profiles")
    for number, part in enumerate(PARTS):
        part.to_parquet(folder / f"day {number}.parquet", index=False)
    TABLE[:0].to_parquet(folder / "empty.parquet", index=False)
    pd.DataFrame({"basket": [["tea"], ["rice"]]}).to_parquet(folder / "lists.parquet")
    return folder


@pytest.fixture(scope="module")
def by_frames():
    """The profiles of the two days, made in memory."""
    return [Profile.of(part) for part in PARTS]


def same(found, expected):
    """Asserts that two profiles are equal, column by column, so that a difference names its column."""
    for name in expected.columns:
        assert str(found.columns[name]) == str(expected.columns[name]), name
    assert found.to_json() == expected.to_json()


def test_duckdb_makes_the_profile_of_the_frame_which_merges_as_it_does(folder, by_frames):
    same(profile_by_duckdb(folder / "day *.parquet"), Profile.of(TABLE))
    first = profile_by_duckdb([folder / "day 0.parquet"])
    same(first, by_frames[0])
    same(Profile.merged([first, by_frames[1]]), Profile.merged(by_frames))


@pytest.mark.parametrize("kept", [1, 3, 7])
def test_duckdb_keeps_the_same_values_of_any_numbers(tmp_path, kept):
    columns = {f"x{rows}": RANDOM.integers(-6, 7, 60) % rows / 2 for rows in (2, 5, 8)}
    table = pd.DataFrame({**columns, "word": [f"w{number}" for number in RANDOM.integers(0, 9, 60)]})
    table.to_parquet(tmp_path / "any.parquet")
    same(profile_by_duckdb(tmp_path / "any.parquet", kept=kept), Profile.of(table, kept))


@pytest.mark.full
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-6, 6).map(float) | st.just(np.nan), min_size=1, max_size=40), st.integers(1, 8))
def test_duckdb_keeps_the_same_values_whatever_they_are(tmp_path_factory, numbers, kept):
    path, table = tmp_path_factory.getbasetemp() / "any.parquet", pd.DataFrame({"x": numbers})
    table.to_parquet(path)
    same(profile_by_duckdb(path, kept=kept), Profile.of(table, kept))


def test_zero_has_one_sign(tmp_path):
    pd.DataFrame({"x": [0.0, -0.0, 1.0]}).to_parquet(tmp_path / "zeros.parquet")
    assert profile_by_duckdb(tmp_path / "zeros.parquet").columns["x"].upto.tolist() == [2, 3]


@pytest.mark.full
def test_what_does_not_fit_into_memory_is_kept_on_disk(tmp_path):
    rows, path = 4_000_000, tmp_path / "large.parquet"
    table = pd.DataFrame({"x": RANDOM.normal(size=rows), "y": RANDOM.integers(0, rows, rows)})
    table.to_parquet(path)
    same(profile_by_duckdb(path, memory="150MB"), Profile.of(table))


def test_what_has_no_profile_is_refused_in_words(folder):
    with pytest.raises(ValueError, match="the table has no rows"):
        profile_by_duckdb(folder / "empty.parquet")
    with pytest.raises(ValueError, match=r"basket holds VARCHAR\[\], of which no profile is made"):
        profile_by_duckdb(folder / "lists.parquet")


@needs_spark
def test_spark_makes_the_profiles_of_the_frames(folder):
    names = ["price", "odd", "late", "code", "took", "total", "at", 'of "quotes" `and` more']
    for number, part in enumerate(PARTS):
        part[names].to_parquet(folder / f"for Spark {number}.parquet", index=False)
    found = profiles_on_spark([folder / f"for Spark {number}.parquet" for number in (0, 1)])
    expected = [Profile.of(part[names]) for part in PARTS]
    for one, other in zip(found, expected, strict=True):
        same(one, other)
    same(Profile.merged(found), Profile.merged(expected))


@needs_spark
def test_what_spark_can_not_profile_is_told(folder):
    with pytest.raises(ValueError, match=r"lists.parquet: basket holds array<string>, of which no profile is made"):
        profiles_on_spark([folder / "lists.parquet"])
