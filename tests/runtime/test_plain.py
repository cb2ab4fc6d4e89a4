"""Plain data: nothing of an answer's own gets through, not even in a table, and no more than can be judged."""

import datetime as dt
import time
import zoneinfo
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dataml_lab.runtime import plain as module
from dataml_lab.runtime.plain import plain

NOON = dt.datetime(2025, 3, 1, 12)


class Liar(str):
    """A text that is equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Scalar:
    """Says that it is a number of numpy."""

    __class__ = np.float64

    def item(self):
        return Liar("x")


class Float(np.float64):
    """A number of numpy with a method of its own."""

    def item(self):
        return Liar("x")


def nameless():
    """Something of a class that is equal to every other, and has no name."""
    agree = dict.fromkeys(("__eq__", "__instancecheck__", "__subclasscheck__"), lambda *_: True)
    meta = type("Meta", (type,), {**agree, "__hash__": type.__hash__, "__name__": property(lambda _: 1 / 0)})
    return meta("Nameless", (), {})()


class Zone(dt.tzinfo):
    """A time zone that is an answer's own code."""

    def utcoffset(self, moment):
        return dt.timedelta(hours=2)

    def dst(self, moment):
        return dt.timedelta(0)

    def tzname(self, moment):
        return Liar("UTC")


@pytest.mark.parametrize("value", [Scalar(), object(), np.clongdouble(1), 1j, pd.Timedelta(1),
                                   np.array([(object(), 1)], dtype=[("a", "O"), ("b", "f8")]),
                                   np.array([(1, 2.5)], dtype=[("a", int), ("b", float)]),
                                   np.array([(object(), 1)], dtype=[("a", "O"), ("b", "f8")])[0]],
                         ids=lambda value: type(value).__name__)
def test_what_only_says_that_it_is_data_is_refused(value):
    for held in (value, [value], {"a": (value,)}):
        with pytest.raises(TypeError, match=r"where plain data was expected|an array of records"):
            plain(held)


def test_a_class_is_known_by_what_it_is_and_named_by_nobody_else():
    with pytest.raises(TypeError, match="an object of type Nameless, where"):
        plain([nameless()])


def test_what_numpy_gives_out_is_made_plain():
    assert type(plain(Float(2))) is float and plain(Float(2)) == 2.0
    assert type(plain(np.longdouble("1e4000"))) is float
    assert plain(np.array([(1, b"a")], dtype=[("a", "i8"), ("b", "S1")])[0]) == (1, b"a")


def test_names_of_zones_are_texts():
    zone = dt.timezone(dt.timedelta(hours=2), Liar("x"))
    assert type(plain(NOON.replace(tzinfo=zone)).tzname()) is str
    for kept in (dt.UTC, zoneinfo.ZoneInfo("Europe/Berlin"), dt.timezone(dt.timedelta(hours=2), "x"), None):
        assert plain(NOON.replace(tzinfo=kept)).tzinfo is kept


def hostile():
    """Tables with an object of an answer's own in each place that there is for one."""
    objects = pd.Series([Liar("x")], dtype=object)
    yield pd.DataFrame({"a": objects})
    yield pd.DataFrame([[1]], columns=pd.Index([Liar("x")], dtype=object))
    yield pd.DataFrame([[1]], index=pd.Index([Liar("x")], dtype=object))
    yield pd.DataFrame([[1]], index=pd.Index([1], name=Liar("x")))
    yield pd.DataFrame([[1]], index=pd.RangeIndex(1, name=Liar("x")))
    yield pd.DataFrame([[1]], columns=pd.MultiIndex.from_arrays([pd.Index([Liar("x")], dtype=object), ["y"]]))
    yield pd.DataFrame({"a": pd.Categorical.from_codes([0], pd.Index([Liar("x")], dtype=object))})
    yield pd.Series([1], name=Liar("x"))
    yield objects.rename_axis(Liar("y"))
    yield np.array([[Liar("x")]], dtype=object)
    for table in (pd.DataFrame({"a": [1]}), pd.Series([1])):
        table.attrs = {"note": Liar("x")}
        yield table


def held_by(value):
    """All single things in a table."""
    if isinstance(value, pd.DataFrame):
        yield from (thing for place in range(value.shape[1]) for thing in held_by(value.iloc[:, place]))
        yield from held_by(value.columns)
    elif isinstance(value, pd.Series):
        yield from [*held_by(value.index), *held_by(value.array), value.name, *value.attrs.values()]
    elif isinstance(value, pd.MultiIndex):
        yield from (thing for level in value.levels for thing in held_by(level))
    elif isinstance(value, pd.Index):
        yield from [*held_by(value.array), value.name]
    elif isinstance(value, pd.Categorical):
        yield from held_by(value.categories)
    else:
        yield from np.asarray(value, dtype=object).ravel().tolist()


@pytest.mark.parametrize("number", range(12))
def test_no_object_of_ones_own_hides_in_a_table(number):
    table = list(hostile())[number]
    things = [*held_by(plain([table])[0]), *getattr(plain(table), "attrs", {}).values()]
    assert Liar in map(type, [*held_by(table), *getattr(table, "attrs", {}).values()])
    assert Liar not in map(type, things) and "x" in things


@pytest.mark.parametrize("table", [
    pd.DataFrame({"a": pd.Series([object()])}), pd.Series([print]), np.array([np.float64], dtype=object),
    pd.DataFrame([[1]], columns=pd.Index([object()], dtype=object))])
def test_what_is_no_data_in_a_table_is_refused(table):
    with pytest.raises(TypeError, match="where plain data was expected"):
        plain(table)


USUAL = [
    pd.DataFrame({"user_id": [1, 2], "total": [0.5, np.nan], "name": ["a", None]}),
    pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean"),
                  "c": pd.to_datetime(["2025-03-01", None], utc=True), "d": pd.Categorical(["x", None]),
                  "e": pd.array(["x", None], dtype="string[python]"), "f": pd.period_range("2025", periods=2, freq="D"),
                  "g": pd.interval_range(0, 2), "h": pd.to_timedelta([1, None], unit="s")}),
    pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, "x")], names=["user", "day"])),
    pd.DataFrame({"a": [1, 2]}, index=pd.date_range("2025", periods=2, freq="D", name="day")),
    pd.DataFrame([[1, 2.5, None]], columns=["a", "a", 3]), pd.DataFrame(), pd.DataFrame(index=[1, 2]),
    pd.Series([None, np.nan, pd.NaT, pd.NA, 1, "x", Decimal(2), NOON], dtype=object, name="mixed"),
    pd.Series([[1], {"a": (2,)}], index=["x", "y"]),
    pd.Series([1.5], name=("a", 1)), pd.Index(["x", None]), pd.Index([1, 2], name="n"), pd.Index([1, "x"]),
]


@pytest.mark.parametrize("table", USUAL, ids=lambda table: type(table).__name__)
def test_usual_tables_come_through_unchanged(table):
    same = {pd.DataFrame: pd.testing.assert_frame_equal, pd.Series: pd.testing.assert_series_equal,
            pd.Index: pd.testing.assert_index_equal}[type(table)]
    found = plain(table)
    assert found is not table
    same(found, table)


@pytest.mark.parametrize(("values", "kind"), [
    ([1, None], "Int64"), ([1.5, None], "Float64"), (["a", None], "string"), ([True, None], "boolean"),
    ([[1, 2]], object), ([NOON], "datetime64[us]"), ([NOON.date()], object), ([Decimal("1.5")], object),
])  # fmt: skip
def test_columns_of_arrow_are_as_pandas_has_them_without(values, kind):
    column = pd.Series(pd.array(values, dtype=pd.ArrowDtype(pa.array(values).type)))
    pd.testing.assert_series_equal(plain(column), pd.Series(values, dtype=kind))


def test_missing_values_in_a_table_stay_what_they_are():
    values = plain(pd.Series([None, np.nan, pd.NaT, pd.NA], dtype=object)).tolist()
    assert values[0] is None and values[1] != values[1] and values[2] is pd.NaT and values[3] is pd.NA


def test_a_table_is_a_copy():
    frame, array = pd.DataFrame({"a": [1]}), np.array([1])
    found, kept = plain((frame, array))
    frame.loc[0, "a"] = array[0] = 7
    assert found.loc[0, "a"] == kept[0] == 1


def shared(levels):
    """Ten times the same list, so many levels deep."""
    found = [0.0]
    for _ in range(levels):
        found = [found] * 10
    return found


def trillion():
    return np.broadcast_to(np.float64(0), (10**12,))


@pytest.mark.parametrize(("value", "words"), [
    (lambda: shared(18), "more than 2,000,000 values"), (lambda: ["x" * 10**6] * 1_000, "more than 64 MB"),
    (lambda: b"x" * (65 << 20), "more than 64 MB"), (trillion, "more than 64 MB"),
    (lambda: pd.Series(trillion(), copy=False), "more than 64 MB"), (lambda: [0] * 2_000_001, "more than 2,000,000"),
    (lambda: pd.DataFrame(index=pd.RangeIndex(10**12)), "more than 64 MB"),
    (lambda: np.full(10**5, ["x" * 10**4], dtype=object), "more than 64 MB"),
    (lambda: np.void(100_000_000), "more than 64 MB"), (lambda: Decimal("9" * 10**5), "thousands of digits"),
    (lambda: Decimal("1E+999999"), "thousands of digits"), (lambda: np.array([1 << 10**6], object), "thousand digits"),
])
def test_more_than_can_be_judged_is_refused_at_once(value, words):
    value, began = value(), time.process_time()
    with pytest.raises(TypeError, match=words):
        plain(value)
    assert time.process_time() - began < 10


def test_as_much_as_can_be_judged_comes_through(monkeypatch):
    monkeypatch.setattr(module, "MOST_VALUES", 100)
    assert plain(list(range(99))) == list(range(99))
    for value in (list(range(100)), pd.DataFrame(columns=range(101))):
        with pytest.raises(TypeError, match="more than 100 values"):
            plain(value)


def test_what_could_be_hashed_by_a_method_of_its_own_is_refused():
    kind = type("Hashed", (list,), {"__hash__": lambda self: 1})
    for value in ({kind()}, {kind(): 1}):
        with pytest.raises(TypeError, match="can't be hashed"):
            plain(value)
