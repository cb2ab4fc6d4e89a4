"""The dashboard of monitors: everything a figure shows is there as text, and nothing of a name acts."""

import math
import re
from datetime import date, timedelta
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest

from dataml_lab.drift import Dashboard, Monitor, Monitors
from dataml_lab.drift.chart import Scale, joined, line, ticks, unbroken

START = date(2026, 1, 5)
HOSTILE = 'a <script>alert(1)</script> & "b"'
PLAN = [Monitor("mean", "ms", "reference", "×2", 1, "rollback"),
        Monitor("mean", "km", "weekday", "±6 sd", 3, "fix_data"),
        Monitor("rows", HOSTILE, 5, "-1.5", 1, "<i>look</i>"),
        Monitor("mean", "error", "week before", "+1", 1, "retrain")]


def columns(place):
    random = np.random.default_rng(place)
    return {"ms": [300 if 20 <= place < 23 or place == 29 else 100], "km": random.normal(4, 1, 50),
            HOSTILE: np.ones(5), "error": [] if place == 25 else random.normal(2, 0.1, 50)}


@pytest.fixture(scope="module")
def monitors():
    pairs = [(START + timedelta(place), columns(place)) for place in range(30)]
    made = Monitors(PLAN, pairs[:14])
    made.run(pairs)
    return made


@pytest.fixture(scope="module")
def page(monitors):
    return Dashboard(monitors, "Deliveries & <more>", {"Latency": ["ms"], "Features": ["km"]}).page()


def text(page):
    return unescape(" ".join(re.sub("<style>.*?</style>|<[^>]*>", " ", page, flags=re.S).split()))


def test_the_page_says_what_is_to_be_done_and_why(page):
    said = text(page)
    assert "Tuesday 2026-02-03 , the last day: rollback" in said
    assert "5 of 16 days since 2026-01-19 asked for something" in said  # four alarms, and a day without a value
    assert "mean of ms is 300, where 100 is expected, and 200 at most: rollback." in said


def test_days_in_a_row_are_one_alarm(page):
    said = text(page[page.index('id="alarms"'):page.index('id="figures"')])
    assert re.findall(r"(2026\S+(?: to \S+ , \d days)?) (\w+)", said) == [
        ("2026-02-03", "rollback"), ("2026-01-30", "look"), ("2026-01-25 to 2026-01-27 , 3 days", "rollback")]


def test_each_monitor_has_its_rule_its_figure_and_its_numbers(page):
    said = text(page)
    assert "the mean over the reference's days. An alarm is more than 2 times as much: rollback." in said
    assert "The mean of 3 days is compared with" in said
    assert "more than 6 standard deviations above or below it: fix_data" in said
    assert "compared with 5. An alarm is more than 1.5 below it" in said
    assert page.count('role="img"') == page.count("<details>") == len(PLAN)
    assert page.count('<th scope="row">') == 16 * len(PLAN)
    assert "mean of error: no alarms in 16 days, 1 not judged" in said


def test_figures_are_told_to_those_who_dont_see_them(page):
    assert re.findall(r'aria-label="(mean of ms from[^"]*)"', page) == [
        "mean of ms from 2026-01-19 to 2026-02-03: from 100 to 300, 300 at last; 4 alarms in 16 days. Last day: 300 "
        "(at most 200)."]


def test_headings_are_those_of_the_groups_in_their_order(page):
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["Overview", "Alarms", "Latency", "Features", "Others"]
    assert [re.sub(":.*", "", heading) for heading in re.findall(r"<h3[^>]*>(.*?)</h3>", page)][:2] == [
        "mean of ms", "mean of km"]


def test_names_are_text(page, monitors):
    for html in (page, Dashboard(monitors, "<script>")._repr_html_()):
        assert "<script" not in html
        assert "<i>look" not in html
    assert "Deliveries &amp; &lt;more&gt;" in page


def test_the_page_is_well_formed_and_stands_alone(page):
    body = page[page.index("<body>"):page.index("</html>")]
    ElementTree.fromstring(body)
    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import", page)
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(re.findall(r'id="([^"]*)"', page))


def test_a_notebook_shows_the_figures_without_the_tables(monitors):
    shown = Dashboard(monitors)._repr_html_()
    assert shown.count('role="img"') == len(PLAN)
    assert "<details" not in shown
    assert len(shown) < 25_000


def test_before_the_first_day_there_is_nothing_to_show():
    monitors = Monitors(PLAN[:1], [(START + timedelta(place), columns(place)) for place in range(3)])
    with pytest.raises(ValueError, match="no day has been monitored yet"):
        Dashboard(monitors)
    monitors.day("2026-03-02", {})
    assert "mean of ms has no value: look." in text(Dashboard(monitors).page())


# ------------------------------------------------------------------------------------------------ figures

def test_a_line_is_broken_where_a_value_is_missing():
    days = [START + timedelta(place) for place in range(6)]
    values = list(zip(days, [1.0, 2, math.nan, 1, 1, 1], strict=True))
    assert [len(run) for run in unbroken(values)] == [2, 3]
    assert [len(run) for run in unbroken([*values[:2], values[5]])] == [2, 1]
    assert line(values, Scale(START, 6, 0.0, 2.0)) == "M83 150L250 0M583 150L917 150"
    assert line(values[:1], Scale(START, 6, 0.0, 2.0)) == "M83 150h0"


def test_level_pieces_have_two_ends():
    assert joined([(0, 5), (1, 5), (2, 5), (3, 6), (4, 6), (5, 5)]) == "0 5L2 5L3 6L4 6L5 5"


@pytest.mark.parametrize("ends", [(0, 1), (-3, 4), (99.9, 100.1), (0, 3e-7), (1e6, 9e6), (-1, 0)])
def test_ticks_are_round_and_few(ends):
    found = ticks(*ends)
    assert 2 <= len(found) <= 7
    assert ends[0] <= found[0] < found[-1] <= ends[1]
    assert all(float(f"{tick:.6g}") == pytest.approx(tick) for tick in found)
