"""How values and numbers look in sentences."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.runtime.shown import digits, shown


@pytest.mark.parametrize("value", ["x" * 79, list(range(100)), pd.DataFrame({"a": range(30)}), np.zeros((9, 9)), None])
def test_a_value_is_one_line_of_the_length_asked_for_and_says_where_it_is_cut(value):
    for most in (20, 80, 120):
        line, whole = shown(value, most), " ".join(repr(value).split())
        assert len(line) <= most and "\n" not in line
        assert line == whole if len(whole) <= most else line.endswith("…") and whole.startswith(line[:-1])


@settings(deadline=None, derandomize=True, database=None)
@given(st.floats(1e-8, 1e14))
def test_digits_are_those_of_the_rounded_number_without_powers_of_ten(value):
    written = digits(value)
    assert "e" not in written and float(written.replace(",", "")) == float(f"{value:.3g}")


@pytest.mark.parametrize("value", [1e-300, 1e299, -1e299])
def test_no_number_fills_a_page(value):
    assert len(digits(value)) < 12
