"""The schema: a value is refused in words or taken; rows and tables are judged alike."""

import json
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab.serving.schema import Column, Schema, SchemaError
from tests.serving.worlds import payments, schema

COLUMNS = [Column("a", kind, *limits, categories=("x", "y", 3) * (kind == "category"), missing=missing)
           for kind in ("number", "whole", "flag", "category")
           for limits in ((-math.inf, math.inf), (-1.5, 4))[:1 + (kind in ("number", "whole"))]
           for missing in (False, True)]  # fmt: skip
NUMBERS = st.floats() | st.sampled_from([-2.0, -1.5, 0.0, 3.0, 4.0, 4.5, 2.0**53, 2.0**54])
VALUES = st.none() | st.booleans() | st.integers() | NUMBERS | st.sampled_from(["x", "y", "z", "3", pd.NaT, pd.NA])


def correct(column, value):
    """The definition, slowly."""
    if pd.isna(value):
        return column.missing
    kind = type(value)
    if column.kind == "flag":
        return kind is bool
    if column.kind == "category":
        return kind in (str, int) and value in ("x", "y", 3)
    if kind not in (int, float) or value in (math.inf, -math.inf):
        return False
    if column.kind == "whole" and (Fraction(value).denominator > 1 or abs(value) > 2**53):
        return False
    return column.low <= value <= column.high


@given(st.sampled_from(COLUMNS), VALUES)
def test_a_value_is_refused_exactly_when_it_is_wrong(column, value):
    assert (column.problem(value) == "") == correct(column, value)


SERIES = st.one_of(
    st.lists(VALUES, max_size=6).map(lambda values: pd.Series(values, dtype=object)),
    st.lists(NUMBERS, max_size=6).map(lambda values: pd.Series(values, dtype=float)),
    st.lists(st.integers(-5, 5), max_size=6).map(lambda values: pd.Series(values, dtype="int64")),
    st.lists(st.booleans(), max_size=6).map(lambda values: pd.Series(values, dtype=bool)),
    st.lists(st.none() | st.integers(-5, 5), max_size=6).map(lambda values: pd.Series(values, dtype="Int64")),
    st.lists(st.none() | st.booleans(), max_size=6).map(lambda values: pd.Series(values, dtype="boolean")),
    st.lists(st.none() | st.sampled_from("xyz"), max_size=6).map(lambda values: pd.Series(values, dtype="str")),
    st.lists(st.none() | st.sampled_from("xyz"), max_size=6).map(lambda values: pd.Series(values, dtype="category")),
)


@given(st.sampled_from(COLUMNS), SERIES)
def test_a_column_is_judged_as_its_values_are(column, values):
    wrong = [bool(column.problem(value)) for value in values.tolist()]
    assert column.wrong(values).tolist() == wrong
    taken = values[~np.array(wrong, bool)]
    ours, theirs = column.array(taken), column.array(taken.tolist())
    assert ours.dtype == theirs.dtype
    pd.testing.assert_series_equal(pd.Series(ours), pd.Series(theirs))


def test_a_schema_takes_the_table_that_it_is_of_and_its_rows():
    pd.testing.assert_frame_equal(schema().table(payments()), payments())
    rows = payments().astype(object).where(payments().notna(), None).to_dict("records")
    pd.testing.assert_frame_equal(schema().table(rows), payments())
    assert [schema().problems(row) for row in rows] == [{}] * len(rows)
    odd = payments()[::-1].set_axis(range(5, 205)).assign(further=1)[["zone", "further", "new", "items", "amount"]]
    pd.testing.assert_frame_equal(schema().table(odd), odd[schema().names])


def test_it_goes_through_json():
    assert Schema.from_data(json.loads(json.dumps(schema().as_data(), allow_nan=False))) == schema()


def test_each_field_that_is_wrong_is_named():
    assert schema().problems({"amount": float("inf"), "items": 2.5, "new": 1, "zone": 3, "amuont": 5}) == {
        "amount": "is inf, where a number is expected", "items": "is 2.5, where a whole number is expected",
        "new": "is 1, where true or false is expected", "zone": "is 3, which is none of 'centre', 'north', 'south'",
        "amuont": "is no field of this model, which has 'amount', 'items', 'new', 'zone'"}  # fmt: skip
    assert schema().problems({}) == {"amount": "is missing, where a number is needed",
                                     "items": "is missing, where a whole number is needed",
                                     "new": "is missing, where true or false is needed"}


@pytest.mark.parametrize(("rows", "message"), [
    ([{"amount": 1, "items": 1, "new": True}, {"amount": -1, "items": 0, "new": True}],
     "^row 2: amount is -1, where 0 is the least; items is 0, where 1 is the least$"),
    (pd.DataFrame({"amount": [1, -1, -2], "items": 1, "new": True, "zone": "north"}),
     r"^amount is -1, where 0 is the least \(row 2; 2 such rows\)$"),
    (pd.DataFrame({"amount": [1], "items": 1}), "^new is no column of the table; zone is no column of the table$"),
])  # fmt: skip
def test_rows_are_refused_by_number_and_field(rows, message):
    with pytest.raises(SchemaError, match=message):
        schema().table(rows)


def test_what_is_no_column_of_a_model_is_refused():
    with pytest.raises(ValueError, match=r"at: datetime64\[us\] is none of number, whole, flag, category"):
        Schema.of(pd.DataFrame({"at": pd.to_datetime(["2026-01-01"])}))
    with pytest.raises(ValueError, match="zone: all values are missing"):
        Schema.of(pd.DataFrame({"zone": pd.Series([None, None], dtype=object)}))
    with pytest.raises(ValueError, match="a range is given for 'x', which is no column of the table"):
        Schema.of(payments(), {"x": (0, 1)})


def test_of_many_fields_that_a_model_has_not_ten_are_named():
    row = {"amount": 1, "items": 1, "new": True, **dict.fromkeys(map(str, range(1_000)), 1)}
    assert list(schema().problems(row)) == [*map(str, range(10))]


def test_a_long_value_is_cut():
    assert len(schema().problems({"amount": "9" * 1_000_000, "items": 1, "new": True})["amount"]) < 150
