"""Values through the wire, either way: types survive; whatever comes to the judge, nothing but a CodecError does."""

import contextlib
import copy
import datetime as dt
import json
import math
import socket
import struct
import threading
import time
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from dataml_lab.runtime import forms, safe_codec
from dataml_lab.runtime import pandas_types as types
from dataml_lab.runtime.safe_codec import DEPTH, HEAD, SIZE, Channel, CodecError, decode, encode
from dataml_lab.runtime.trusted_pickle import dumps, loads

ZONES = st.sampled_from([
    None, dt.UTC, dt.timezone(dt.timedelta(hours=2)), dt.timezone(dt.timedelta(0), "Z"), ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York")])  # fmt: skip
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=ZONES, allow_imaginary=False)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(), st.characters(), st.binary(),
    st.complex_numbers(), st.decimals(), st.dates(), st.times(), st.timedeltas(), MOMENTS, MOMENTS.map(pd.Timestamp),
    of_numpy.arrays(of_numpy.scalar_dtypes(), ()).map(lambda array: array[()]),
    st.sampled_from([pd.NaT, pd.NA, pd.Timestamp(1, unit="s"), pd.Timedelta(3, unit="us"), dt.UTC]),
)  # fmt: skip
KEYS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.dates(), st.tuples(st.integers(), st.text()))
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(
    st.lists(inner, max_size=5), st.tuples(inner, inner), st.dictionaries(KEYS, inner, max_size=5), st.sets(KEYS),
    st.frozensets(KEYS), st.dictionaries(st.text(), inner, max_size=5)), max_leaves=12)  # fmt: skip


def alike(one, other):
    """Whether two values are of the same types and say the same, through all levels."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(map(repr, one)) == list(map(repr, other)) and all(map(alike, one.values(), other.values()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, set | frozenset):
        return one == other and {(type(x), x) for x in one} == {(type(x), x) for x in other}
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and alike(one.ravel().tolist(), other.ravel().tolist())
        )
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, dt.datetime | dt.time):
        return (one.replace(tzinfo=None), one.fold, repr(one.tzinfo)) == (
            other.replace(tzinfo=None),
            other.fold,
            repr(other.tzinfo),
        )
    return repr(one) == repr(other)


def to_judge(value):
    return decode(encode(value))


def to_student(value):
    return loads(dumps(value, lambda _: None), lambda _: None)


def copied(value, through):
    """What comes through: to a judge the value itself; to a student, as in a notebook, a copy, which has no fold in its
    timestamps."""
    return copy.deepcopy(value) if through is to_student else value


both_ways = pytest.mark.parametrize("through", [to_judge, to_student])


@both_ways
@settings(max_examples=300, deadline=None)
@given(value=VALUES)
def test_values_come_through_with_their_types(through, value):
    assert alike(through(value), copied(value, through))


@both_ways
@settings(max_examples=100, deadline=None)
@given(
    array=of_numpy.arrays(
        st.one_of(of_numpy.scalar_dtypes(), of_numpy.unicode_string_dtypes(), of_numpy.byte_string_dtypes()),
        of_numpy.array_shapes(min_dims=0, min_side=0),
    )
)
def test_arrays_come_through(through, array):
    if through is to_student and array.dtype.kind in "mM":
        array = array.astype(array.dtype.newbyteorder("="))  # numpy's own pickle has no other
    found = through(array)
    assert found.dtype == array.dtype and found.shape == array.shape and found.tobytes() == array.tobytes()
    assert found.flags.writeable


def columns(rows):
    """A column of each kind that pandas has, of so many rows, with holes where there may be some."""
    holes = [None if row % 3 == 2 else row for row in range(rows)]
    moments = pd.date_range("2025-03-30", periods=rows, freq="37min")
    return {
        "whole": np.arange(rows),
        "small": np.arange(rows, dtype="int8"),
        "float": np.linspace(0, 1, rows),
        "single": np.linspace(0, 1, rows, dtype="float32"),
        "truth": np.arange(rows) % 2 == 0,
        "text": ["ä", None] * rows,
        "object": pd.Series([1, "x", None, dt.date(2025, 1, 1), Decimal("1.50"), pd.NaT, (1, 2)] * rows, dtype=object),
        "objects that are texts": pd.Series(["a"] * rows, dtype=object),
        "naive": moments,
        "seconds": moments.as_unit("s"),
        "aware": moments.tz_localize("UTC").tz_convert("Europe/Berlin"),
        "time": moments - moments[:1].repeat(rows),
        "Int64": pd.array(holes, dtype="Int64"),
        "UInt8": pd.array(holes, dtype="UInt8"),
        "Float32": pd.array(holes, dtype="Float32"),
        "boolean": pd.array([None if hole is None else hole > 2 for hole in holes], dtype="boolean"),
        "string": pd.array(["x"] * rows, dtype="string"),
        "python": pd.array(["x"] * rows, dtype="string[python]"),
        "category": pd.Categorical(["u", "v", None] * rows, categories=["v", "u"], ordered=True),
        "whole categories": pd.Categorical([3, 4] * rows),
        "period": pd.period_range("2025-01", periods=rows, freq="M"),
        "interval": pd.interval_range(0, rows, closed="left"),
    }


@both_ways
@pytest.mark.parametrize("rows", [0, 1, 7])
@pytest.mark.parametrize("name", columns(1))
def test_columns_come_through(through, name, rows):
    values = columns(max(rows, 1))[name][:rows]
    series = pd.Series(values, name=name)
    series.attrs = {"unit": "EUR"}
    found = through(series)
    pd.testing.assert_series_equal(found, series)
    assert found.attrs == series.attrs and type(found.array) is type(series.array)
    assert alike(list(map(type, found)), list(map(type, series)))


INDEXES = [
    pd.RangeIndex(2, 8, 3, name="n"), pd.Index([3, 1], name=("a", 1)), pd.Index(["x", None]),
    pd.Index([], dtype=object), pd.date_range("2025-01-01", periods=3, freq="D"),
    pd.date_range("2025-01-01", periods=3, freq="h", tz="Asia/Tokyo"), pd.to_datetime(["2025-01-01", "2025-01-05"]),
    pd.timedelta_range("1h", periods=2, freq="h"), pd.CategoricalIndex(["b", "a"]),
    pd.period_range("2025", periods=2, freq="Y"), pd.interval_range(0, 2), pd.Index([1.5, np.nan]),
    pd.Index([True, False]), pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["p", None]),
    pd.Index([1, "x", None], dtype=object), pd.array([1, None], dtype="Int64")[:2],
    pd.MultiIndex.from_tuples([], names=["a", "b"]),
]  # fmt: skip


@both_ways
@pytest.mark.parametrize("index", [pd.Index(index) for index in INDEXES], ids=repr)
def test_indexes_come_through_as_rows_and_as_columns(through, index):
    frame = pd.DataFrame(np.arange(2.0 * len(index)).reshape(len(index), 2), index=index)
    for one in (index, frame, frame.T):
        other = through(one)
        if isinstance(one, pd.Index):
            pd.testing.assert_index_equal(one, other, exact=True, check_freq=True)
        else:
            pd.testing.assert_frame_equal(one, other, check_freq=True, check_column_type=True, check_index_type=True)


@both_ways
def test_a_frame_of_all_kinds_comes_through_with_duplicate_names(through):
    frame = pd.DataFrame(
        {name: list(values)[:6] if isinstance(values, list) else values[:6] for name, values in columns(6).items()}
    )
    frame = pd.concat([frame, frame[["whole", "aware"]]], axis=1)
    frame.attrs = {"made": dt.date(2025, 1, 1)}
    found = through(frame)
    pd.testing.assert_frame_equal(found, frame)
    assert found.attrs == frame.attrs and list(found.columns) == list(frame.columns)


class Own:
    pass


class Row(NamedTuple):
    a: int


class Lying(dict):
    pass


@pytest.mark.parametrize("value", [
    Own(), [Own()], {"a": {1: Own()}}, Row(1), ValueError("a", 1), Lying(), lambda: 1, print, json, Own, iter([]),
    pd.Series([Own()]), np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    pd.DataFrame({"a": [1]}, index=pd.Index([Own()])), ZoneInfo.from_file,
])  # fmt: skip
def test_what_is_no_data_is_named_and_not_written(value):
    with pytest.raises(CodecError, match="where plain data was expected"):
        encode(value)


def test_nesting_ends_in_an_error_on_both_sides():
    deep = []
    for _ in range(DEPTH + 5):
        deep = [deep]
    endless = []
    endless.append(endless)
    for value in (deep, endless):
        with pytest.raises(CodecError, match="nested too deeply"):
            encode(value)
    with pytest.raises(CodecError):
        decode(message(b"[" * 100_000 + b"]" * 100_000))


def message(tree, *arrays):
    return HEAD.pack(len(tree), len(arrays)) + b"".join(SIZE.pack(len(a)) for a in arrays) + tree + b"".join(arrays)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_codec_error(data):
    for found in (data, message(data)):
        with contextlib.suppress(CodecError):
            decode(found)


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(),
                   st.sampled_from(["O", "<i8", "<M8[s]", "nan"]))  # fmt: skip
TREES = st.recursive(LEAVES, lambda inner: st.one_of(
    st.lists(inner, max_size=4),
    st.dictionaries(st.sampled_from([*sorted(forms.TAGS), "", "d"]), inner, min_size=1, max_size=1)), max_leaves=25)


@settings(max_examples=1_000, deadline=None)
@given(TREES, st.lists(st.binary(max_size=24), max_size=3))
def test_any_tree_is_a_value_or_a_codec_error(tree, arrays):
    with contextlib.suppress(CodecError):
        decode(message(json.dumps(tree).encode(), *arrays))


@pytest.mark.parametrize("tree", [
    {"array": ["<f8", [10**9, 10**9], {"": 0}]}, {"array": ["O", [2**62, 0], []]}, {"range": [0, 10**18, 1, None]},
    {"range": [0, 10**7, 1, None]},
    {"intervals": [{"range": [0, 10**6, 1, None]}, {"range": [1, 10**6 + 1, 1, None]}, "left"]},
    {"index": [{"range": [0, 10**6, 1, None]}, None, None]},
    {"series": [{"range": [0, 10**6, 1, None]}, {"range": [0, 10**6, 1, None]}, None, {"d": {}}]},
    {"array": ["<f8", [-1], {"": 0}]}, {"array": ["|V8", [1], {"": 0}]}, {"array": ["<U100000000", [1], {"": 0}]},
    {"zone": "../../etc/passwd"}, {"zone": "/etc/passwd"}, {"object": ["os", "system", ["true"], {}]},
    {"frame": [[{"array": ["<i8", [1], {"": 0}]}], {"range": [0, 10**9, 1, None]}, {"range": [0, 1, 1, None]},
               {"d": {}}]},
    {"d": {"a": 1}, "e": 2}, {"": 7}, {"unknown": 1}, {"timestamp": [1, "generic", None, 0]},
])  # fmt: skip
def test_lies_are_codec_errors_and_take_no_room(tree):
    with pytest.raises(CodecError):
        decode(message(json.dumps(tree).encode(), b"\0" * 8))


def test_a_message_of_another_length_than_it_says_is_refused():
    data = encode([1, 2, np.arange(3)])
    for wrong in (data[:-1], data + b"x", data[:3], b"", struct.pack("<II", 2**32 - 1, 2**32 - 1)):
        with pytest.raises(CodecError):
            decode(wrong)


@pytest.fixture
def line():
    one, other = socket.socketpair()
    with one, other:
        yield Channel(one), Channel(other), other


def test_messages_stay_whole_on_a_line_however_they_are_cut(line):
    one, other, _ = line
    sent = [b"", b"a", b"b" * 300_000, b"c" * 65_536]
    sender = threading.Thread(target=lambda: [one.send(data) for data in sent])
    sender.start()
    assert [other.receive() for _ in sent] == sent
    sender.join()


def test_a_line_that_trickles_is_out_of_time_and_one_that_ends_is_at_its_end(line):
    one, other, _ = line
    one.connection.sendall(SIZE.pack(10) + b"abc")
    with pytest.raises(TimeoutError):
        other.receive(until=time.monotonic() + 0.05)
    one.connection.close()
    with pytest.raises(EOFError):
        other.receive()


def test_a_message_that_says_it_is_enormous_is_refused_before_it_comes(line):
    one, other, _ = line
    one.connection.sendall(SIZE.pack(2**62))
    with pytest.raises(CodecError, match="where 1 are the most"):
        other.receive(most=1 << 20)


def test_a_message_of_so_many_values_that_they_take_gigabytes_is_refused_before_it_is_read(monkeypatch):
    values = encode([[]] * 60)
    assert decode(values) == [[]] * 60
    monkeypatch.setattr(safe_codec, "MOST_VALUES", 100)
    with pytest.raises(CodecError, match="more than 100 values"):
        decode(values)
    with pytest.raises(CodecError, match="more than 100 values"):
        encode([[]] * 60)
    assert decode(encode("x" * 1_000)) == "x" * 1_000


def test_every_type_that_plain_lets_through_has_a_form():
    single = (types.RANGE, types.LEVELS, types.MOMENTS, types.PERIODS, types.INTERVALS, types.CATEGORIES)
    assert forms.FORMS.keys() >= {*types.INDEXES, *types.MASKED, *types.TEXTS, *single}
