"""Figures of a column in two samples, and the page of a report that has them."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from dataml_lab.drift import compare
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import column_of
from dataml_lab.drift.shapes import cumulative, number_range, powers, shape


def column(values):
    return column_of(pd.Series(values), None)


def paths(html):
    """The points of both lines."""
    return [np.array([point.split() for point in found.split("L")], float)
            for found in re.findall(r' d="M([^"]*)"', html)]


def test_the_lines_are_cumulative_shares():
    random = np.random.default_rng(0)
    then, now = random.normal(0, 1, 500), random.normal(1, 1, 400)
    low, high, by_powers = number_range(Numbers.of(then), Numbers.of(now))
    assert not by_powers
    for line, values in zip(paths(cumulative("x", Numbers.of(then), Numbers.of(now))), (then, now), strict=True):
        at = low + line[:, 0] / 1000 * (high - low)
        expected = (values[:, None] <= at).mean(axis=0)
        assert abs(1 - line[:, 1] / 300 - expected).max() < 0.01


def test_numbers_a_hundred_times_larger_are_drawn_by_powers_of_ten():
    prices = np.random.default_rng(0).lognormal(3, 0.5, 500)
    low, high, by_powers = number_range(Numbers.of(prices), Numbers.of(100 * prices))
    assert by_powers
    assert powers(low, high) == [10, 100, 1000]
    html = cumulative("price", Numbers.of(prices), Numbers.of(100 * prices))
    assert ">100</span>" in html
    assert not number_range(Numbers.of(-prices), Numbers.of(prices))[2]


@pytest.mark.parametrize(("then", "now"), [([1.0, 2.0], [5.0, 5.0]), ([5.0], [5.0]), ([0.0, 1.0], [1e9, -1e9]),
                                           (["a"] * 3, ["b"] * 3), ([f"n{n}" for n in range(99)], ["n1"] * 9),
                                           ([1.0, 2.0], [np.nan] * 2), ([1.0], ["a"])])
def test_every_pair_of_columns_has_a_figure_or_none(then, now):
    html = shape("<x>", column(then), column(now))
    ElementTree.fromstring(f"<div>{html}</div>")
    assert "nan" not in html


def test_categories_that_changed_most_are_first_and_all_shares_are_words():
    html = shape("paid", column(["card"] * 60 + ["cash"] * 40), column(["card"] * 50 + ["cash"] * 30 + ["<b>"] * 20))
    assert re.findall(r"<li><span>(.*?)</span>.*?<span>([^<]*)</span></li>", html)[0] == (
        "&lt;b&gt;", "20.0%, in the reference 0.0%")


def test_missing_values_are_drawn_where_they_changed():
    then, now = [1.0, 2, 3, 4], [1.0, np.nan, np.nan, 4]
    assert "no value</span>" in shape("x", column(then), column(now))
    assert "50.0%, in the reference 0.0%" in shape("x", column(then), column(now))
    assert "no value" not in shape("x", column(then), column(then))


def test_the_page_of_a_report_has_a_section_for_each_column_with_a_finding():
    then = pd.DataFrame({"price": np.arange(1000.0), "paid": ["card", "cash"] * 500, "gone": 1.0, "still": 2.0})
    now = then.drop(columns="gone").assign(price=then["price"] + 500, paid=["card", "voucher"] * 500)
    page = compare(then, now).page("Drift")
    assert sorted(re.findall("<h2>(.*?)</h2>", page)) == ["All distances", "gone", "paid", "price"]
    assert page.count('role="img"') == 1
    assert "the reference has this column" in page.lower()
    assert "Nothing was found." in compare(then, then).page("No drift")
