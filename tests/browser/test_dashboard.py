"""The dashboard of monitors in a real browser: on wide and narrow screens, light and dark, with the keyboard alone."""

from datetime import date, timedelta

import numpy as np
import pytest

from dataml_lab.drift import Dashboard, Monitor, Monitors

expect = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]").expect
pytestmark = pytest.mark.xdist_group("dashboard")

HOSTILE = "<img src=http://127.0.0.1:9/mark onerror=document.title='mark'>" + "a_long_name_" * 9
PLAN = [Monitor("mean", "ms", "reference", "×2", 1, "rollback"),
        Monitor("median", HOSTILE, "week before", "±1", 1, "look")]


@pytest.fixture(scope="module")
def dashboard(window, tmp_path_factory):
    """The page, opened from a file."""
    days = [(date(2026, 1, 5) + timedelta(place), {"ms": np.full(9, 300.0 if place == 40 else 100 + place % 3),
                                                   HOSTILE: np.arange(9.0)}) for place in range(60)]
    monitors = Monitors(PLAN, days[:28])
    monitors.run(days)
    path = tmp_path_factory.mktemp("dashboard") / "page.html"
    path.write_text(Dashboard(monitors, "Deliveries").page(), "utf-8")
    window.goto(path.as_uri())
    return window


@pytest.mark.parametrize("width", [1400, 760, 400])
def test_nothing_is_beside_the_screen(dashboard, shots, width):
    dashboard.set_viewport_size({"width": width, "height": 900})
    assert dashboard.evaluate("document.documentElement.scrollWidth") <= width
    for figure in dashboard.get_by_role("img").all():
        assert figure.bounding_box()["width"] > 0.6 * min(width, 1024)
    sizes = dashboard.evaluate("[...document.querySelectorAll('main *')].filter(e => e.textContent)"
                               ".map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 13
    dashboard.screenshot(path=shots / f"dashboard_{width}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(dashboard, shots, scheme):
    dashboard.emulate_media(color_scheme=scheme)
    low = dashboard.evaluate(CONTRAST)
    assert not low, f"less than 4.5 to 1: {low}"
    dashboard.screenshot(path=shots / f"dashboard_{scheme}.png", full_page=True)


CONTRAST = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => { const [r, g, b] = numbers(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.querySelector('main')).backgroundColor);
  const ratio = ink => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  return [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n => n.nodeType == 3))
    .filter(e => ratio(light(getComputedStyle(e).color)) < 4.5).map(e => e.outerHTML.slice(0, 80)); }"""


def test_the_keyboard_reaches_everything(dashboard):
    dashboard.set_viewport_size({"width": 400, "height": 900})
    dashboard.reload()
    reached = []
    for _ in range(20):
        dashboard.keyboard.press("Tab")
        reached.append(dashboard.evaluate("document.activeElement.getAttribute('aria-label')"
                                          " || document.activeElement.textContent"))
        if reached[-1].startswith("Numbers of mean of ms"):
            break
    assert reached[:2] == ["To the figures", "mean of ms"]
    assert "Alarms" in reached
    assert dashboard.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    dashboard.keyboard.press("Enter")
    numbers = dashboard.get_by_role("region", name="Numbers of mean of ms")
    expect(numbers.get_by_role("row").nth(1)).to_contain_text("2026-03-05")
    dashboard.keyboard.press("Tab")
    expect(numbers).to_be_focused()
    assert dashboard.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_screen_reader_finds_headings_figures_and_tables(dashboard):
    expect(dashboard.get_by_role("heading", level=1)).to_have_text("Deliveries")
    expect(dashboard.get_by_role("heading", name="mean of ms: 1 alarm in 32 days")).to_be_visible()
    expect(dashboard.get_by_role("img", name="1 alarm in 32 days. Last day: 102 (at most 201.9)")).to_be_visible()
    expect(dashboard.get_by_role("region", name="Alarms").get_by_role("row")).to_have_count(2)


def test_no_name_acts_and_nothing_is_loaded(dashboard):
    assert dashboard.title() == "Deliveries"
    assert not {host for host in dashboard.hosts if host}
    assert dashboard.locator("main img, main script").count() == 0
