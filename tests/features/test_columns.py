import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from dataml_lab.features.columns import calendar, cyclic, phrases, ratio, text
from dataml_lab.store.mechanisms import COUNTRIES, PHRASES

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "America/St_Johns", "+02:00", "-05:00"]
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)) | st.none()
TEXTS = st.text("aB ß\tx.", max_size=9) | st.sampled_from(["Runs SMALL", "it runs\nsmall.", "runs smaller"]) | st.none()
NUMBERS = st.integers(-5, 5) | st.floats(-5, 5) | st.none()


def column(values, dtype):
    """A series with an index in no order, which has one label twice."""
    return pd.Series(values, [7 - n // 2 for n in range(len(values))], dtype=dtype)


def moments(values):
    return column(values, "datetime64[us, UTC]")


def clock(zone):
    """The oracle's own notion of a zone."""
    sign = re.fullmatch(r"([+-]\d\d):00", zone)
    return timezone(timedelta(hours=int(sign[1]))) if sign else ZoneInfo(zone)


@given(st.lists(st.tuples(MOMENTS, st.sampled_from(ZONES) | st.none()), max_size=6))
def test_the_calendar_is_what_the_wall_clock_says(rows):
    expected = []
    for moment, zone in rows:
        local = moment and zone and moment.astimezone(clock(zone))
        expected.append((local.hour, local.weekday(), local.weekday() in (5, 6)) if local else (np.nan,) * 3)
    given, zones = moments([moment for moment, _ in rows]), column([zone for _, zone in rows], "str")
    names = ["hour_of_day", "day_of_week", "is_weekend"]
    assert_frame_equal(calendar(given, zones), pd.DataFrame(expected, given.index, names, dtype="float64"))
    assert_frame_equal(calendar(given, zones.astype("category")), calendar(given, zones))


@given(st.lists(MOMENTS, max_size=4), st.sampled_from(ZONES))
def test_one_zone_is_that_zone_for_each_row(values, zone):
    given = moments(values)
    assert_frame_equal(calendar(given, zone), calendar(given, column([zone] * len(values), "str")))


def test_the_hours_of_the_stores_countries_are_zones():
    night = pd.Series(pd.Timestamp("2025-07-05 02:30", tz="UTC"), list(COUNTRIES))
    zones = pd.Series({country: f"{hours:+03d}:00" for country, (_, hours) in COUNTRIES.items()})
    expected = [(2 + hours) % 24 for _, hours in COUNTRIES.values()]
    assert calendar(night, zones)["hour_of_day"].tolist() == expected
    assert calendar(night, zones).loc["US"].tolist() == [21, 4, 0]  # still Friday


def test_what_is_no_moment_or_no_zone_is_refused():
    given = moments([datetime(2025, 1, 1, tzinfo=UTC)])
    with pytest.raises(ValueError, match="a zone is needed"):
        calendar(given.dt.tz_localize(None), "UTC")
    for wrong in ("Mars/Base", column(["Mars/Base"], "str")):
        with pytest.raises(ValueError, match="no time zone 'Mars/Base'"):
            calendar(given, wrong)
    with pytest.raises(ValueError, match="other rows"):
        calendar(given, pd.Series(["UTC"], [99]))


@given(st.lists(NUMBERS, max_size=6), st.sampled_from([5, 7, 24]))
def test_a_cycle_closes(values, period):
    hours = column(values, "Float64").rename("h")
    around = cyclic(hours, period)
    assert list(around) == ["h_sin", "h_cos"] and set(around.dtypes) == {np.dtype("float64")}
    np.testing.assert_allclose(cyclic(hours + period, period), around, atol=1e-12)
    np.testing.assert_allclose((around**2).sum(axis=1, skipna=False), hours.notna().map({True: 1.0, False: np.nan}))


def words(text):
    """The words of a text, found with no pattern: letters and digits in a row."""
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string"])
@given(st.lists(TEXTS, max_size=6))
def test_texts_in_numbers(dtype, values):
    given = column(values, "object" if dtype == "category" else dtype).astype(dtype)
    numbers = [(len(t or ""), len(re.findall(r"\S+", t or "")), t is None) for t in values]
    expected = pd.DataFrame(numbers, given.index, ["length", "words", "missing"])
    assert_frame_equal(text(given), expected.astype({"length": "int64", "words": "int64", "missing": bool}))
    found = phrases(given, ["runs small", "SS"])
    assert found.index.equals(given.index) and set(found.dtypes) == {np.dtype("int64")}
    held = [[has(t, ["runs", "small"]), has(t, ["ss"])] for t in values]
    assert found.to_numpy().tolist() == held


def has(text, phrase):
    """Whether the words of a phrase follow each other in a text whose words are separated by white space only."""
    every = words(text or "")
    return any(every[n : n + len(phrase)] == phrase for n in range(len(every)))


@pytest.mark.parametrize(
    ("phrase", "described", "there"),
    [
        ("bestseller", "A bestseller.", 1),
        ("bestseller", "Two bestsellers", 0),
        ("bestseller", "our best-seller", 0),
        ("fragile", "(FRAGILE)", 1),
        ("fragile", "fragile_glass", 0),
        ("c++", "for C++ only", 1),
        ("tried and tested", "tried\n and tested", 1),
        ("tried and tested", "tried, and tested", 0),
    ],
)
def test_a_phrase_is_whole_words(phrase, described, there):
    assert phrases(pd.Series([described]), [phrase]).to_numpy().tolist() == [[there]]


def test_what_is_no_text_or_no_phrase_is_refused():
    for technique in (text, lambda texts: phrases(texts, ["x"])):
        with pytest.raises(ValueError, match="3 is no text, but int"):
            technique(pd.Series(["x", None, 3]))
    with pytest.raises(ValueError, match="' ' has no words"):
        phrases(pd.Series(["x"]), ["x", " "])
    with pytest.raises(ValueError, match="twice: x y, X  y"):
        phrases(pd.Series(["x"]), ["x y", "X  y"])


@pytest.mark.parametrize("missing", [pd.Series([None]), pd.Series([np.nan]), pd.Series([pd.NA], dtype="string")])
def test_a_batch_of_one_missing_text_has_the_columns_of_any_other(missing):
    assert text(missing).to_numpy().tolist() == [[0, 0, True]]
    assert phrases(missing, list(PHRASES)).to_numpy().tolist() == [[0] * len(PHRASES)]
    assert text(missing).dtypes.tolist() == text(pd.Series(["x"])).dtypes.tolist()


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6), st.sampled_from(["float64", "Float64", "object"]))
def test_a_ratio_is_missing_where_there_is_nothing_to_divide_by(pairs, dtype):
    above, below = (column([pair[n] for pair in pairs], dtype) for n in (0, 1))
    expected = [a / b if a is not None and b else np.nan for a, b in pairs]
    assert_series_equal(ratio(above, below), pd.Series(expected, above.index, dtype="float64"))


def test_a_ratio_of_whole_numbers_and_of_other_rows():
    assert ratio(pd.Series([3, 3]), pd.Series([4, 0])).tolist()[0] == 0.75
    with pytest.raises(ValueError, match="other rows"):
        ratio(pd.Series([1], [1]), pd.Series([1], [2]))


@given(st.lists(st.tuples(MOMENTS, TEXTS, NUMBERS), min_size=1, max_size=5), st.data())
def test_a_row_alone_is_its_row_in_the_batch_and_nothing_given_changes(rows, data):
    frame = pd.DataFrame(rows, columns=["moment", "text", "number"]).astype(
        {"moment": "datetime64[us, UTC]", "text": "str", "number": "float64"}
    )
    copy, row = frame.copy(), data.draw(st.integers(0, len(rows) - 1))
    techniques = [
        lambda rows: calendar(rows["moment"], "Europe/Berlin"),
        lambda rows: cyclic(rows["number"], 24),
        lambda rows: text(rows["text"]),
        lambda rows: phrases(rows["text"], ["runs small"]),
        lambda rows: ratio(rows["number"], rows["number"]).to_frame(),
    ]
    for technique in techniques:
        assert_frame_equal(technique(frame).iloc[[row]], technique(frame.iloc[[row]]))
    assert_frame_equal(frame, copy)
