"""What counts as a number in what answers return, and where two frames are said to differ."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.frames import difference, floats, numbers, of_users
from dataml_lab.runtime.answers import Failed


@pytest.mark.parametrize("kind", ["int8", "float32", "Int64", "Float64", "object", "category", "uint16", "boolean",
                                  pd.SparseDtype("float64")], ids=str)
def test_any_type_of_numbers_will_do(kind):
    assert numbers(pd.Series([1, 0, 1]).astype(kind)).tolist() == [1, 0, 1]


def test_what_counts_as_a_number():
    values = [True, np.int8(2), 0.5, Decimal("1.5"), 10**400, None]
    np.testing.assert_equal(numbers(pd.Series(values, dtype=object)), [1, 2, 0.5, 1.5, math.inf, math.nan])
    np.testing.assert_equal(numbers(pd.Series([1, None], dtype="Int64")), [1, math.nan])
    for other in ("1", 1j, Fraction(1, 2), [1], pd.Timestamp(0)):
        assert numbers(pd.Series([other], dtype=object)) is None


def test_what_is_no_frame_of_numbers_is_named():
    for value, part in [(3, "returned 3, where"), (pd.DataFrame([[1, 2]], columns=["a", "a"]), "the name 'a'"),
                        (pd.DataFrame({"a": ["x"]}), "the column 'a' of type str, such as 'x'")]:
        with pytest.raises(Failed, match=part):
            floats(value, "answer")


@pytest.mark.parametrize(("index", "told"), [
    ([1, 3], "leaves out 1 of them, such as user 2"), ([0, 1, 2], "is [0, 1, 2] instead of"),
    ([], "is [] instead of"), ([1, 2, 3, 3], "is [1, 2, 3, 3] instead of"),
])
def test_an_index_that_is_not_the_users_is_told(index, told):
    """Rows numbered from 0 were once told that they leave out most of the users."""
    with pytest.raises(Failed) as failed:
        of_users(pd.Series(0, index), "answer", [1, 2, 3])
    assert told in str(failed.value)
    assert of_users(pd.Series([7, 8, 9], [3, 1, 2]), "answer", [1, 2, 3]).tolist() == [8, 9, 7]


def test_a_difference_is_the_first_and_can_be_seen():
    one = pd.DataFrame({"a": [1.0, np.nan], "b": [2.0, 754.2854192]}, index=[7, 8])
    assert difference(one, one * (1 + 1e-13)) is None
    assert difference(one, one.assign(b=[3.0, 4.0])) == "of user 7, 'b' is 2 and then 3"
    assert difference(one, one.assign(a=[1.0, 0.0])) == "of user 8, 'a' is nan and then 0"
    told = difference(one, one.assign(b=[2.0, 754.28541922])).split(" is ")[1].split(" and then ")
    assert len(set(told)) == 2
    assert difference(one, one[["b", "a"]]) == "the columns are ['a', 'b'] and then in another order"
    renamed = one.rename(columns={"a": "c"})
    assert difference(one, renamed) == "the columns are 2 and then 2, without ['a'] and with ['c']"
