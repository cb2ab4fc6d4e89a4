"""The dashboards, of monitors and of served tables, and the report on drift in a real browser: on wide and narrow
screens, light and dark, with the keyboard alone."""

from datetime import date, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from dataml_lab.drift import Dashboard, Monitor, Monitors, compare
from dataml_lab.pipeline.dashboard import dashboard

expect = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]").expect
pytestmark = pytest.mark.xdist_group("dashboard")

HOSTILE = "<img src=http://127.0.0.1:9/mark onerror=document.title='mark'>" + "a_long_name_" * 9
PLAN = [Monitor("mean", "ms", "reference", "×2", 1, "rollback"),
        Monitor("median", HOSTILE, "week before", "±1", 1, "look")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses of the pages, each a file."""
    folder = tmp_path_factory.mktemp("pages")
    for name, page in (("dashboard", dashboard_page()), ("report", report_page()), ("served", served_page())):
        (folder / name).with_suffix(".html").write_text(page, "utf-8")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


def dashboard_page():
    days = [(date(2026, 1, 5) + timedelta(place), {"ms": np.full(9, 300.0 if place == 40 else 100 + place % 3),
                                                   HOSTILE: np.arange(9.0)}) for place in range(60)]
    monitors = Monitors(PLAN, days[:28])
    monitors.run(days)
    return Dashboard(monitors, "Deliveries").page()


def report_page():
    then = pd.DataFrame({HOSTILE: ["a", "b"] * 500, "price": np.arange(1000.0), "note": [f"{n}" for n in range(1000)]})
    now = then.assign(**{HOSTILE: [HOSTILE, "b"] * 500, "price": then["price"].where(then.index % 3 > 0) * 100})
    return compare(then, now).page("From one to the other")


def served_page():
    figure, axes = plt.subplots(figsize=(7, 2.8))
    axes.plot([3, 1, 2])
    plt.close(figure)
    tables = {name: pd.DataFrame({HOSTILE: [HOSTILE], "orders": [1_000]}) for name in (HOSTILE, "Orders")}
    return dashboard("The shop", {"It falls, then rises": figure, **tables})


@pytest.fixture
def opened_page(window, pages):
    """Opens one of the pages at this width and in this colour scheme."""
    def opened_page(name, width=1400, scheme="light"):
        window.set_viewport_size({"width": width, "height": 900})
        window.emulate_media(color_scheme=scheme)
        window.goto(pages[name])
        return window

    return opened_page


@pytest.mark.parametrize("name", ["dashboard", "report", "served"])
@pytest.mark.parametrize("width", [1400, 760, 400])
def test_nothing_is_beside_the_screen(opened_page, shots, name, width):
    page = opened_page(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    figures = [figure.bounding_box()["width"] for figure in page.get_by_role("img").all()]
    assert figures and min(figures) > 0.6 * min(width, 1024)
    sizes = page.evaluate("[...document.querySelectorAll('main *')].filter(e => e.textContent)"
                          ".map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 13
    page.screenshot(path=shots / f"{name}_{width}.png", full_page=True)


@pytest.mark.parametrize("name", ["dashboard", "report", "served"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(opened_page, shots, name, scheme):
    page = opened_page(name, scheme=scheme)
    low = page.evaluate(CONTRAST)
    assert not low, f"less than 4.5 to 1: {low}"
    page.screenshot(path=shots / f"{name}_{scheme}.png", full_page=True)


CONTRAST = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => { const [r, g, b] = numbers(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.querySelector('main')).backgroundColor);
  const ratio = ink => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  return [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n => n.nodeType == 3))
    .filter(e => ratio(light(getComputedStyle(e).color)) < 4.5).map(e => e.outerHTML.slice(0, 80)); }"""


def test_the_keyboard_reaches_everything(opened_page):
    dashboard, reached = opened_page("dashboard", 400), []
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


def test_a_wide_table_is_scrolled_with_the_keyboard(opened_page):
    report = opened_page("report", 400)
    report.keyboard.press("Tab")
    table = report.get_by_role("region", name="All distances")
    expect(table).to_be_focused()
    report.keyboard.press("ArrowRight")
    table.evaluate("""region => new Promise(scrolled => {
        const look = () => region.scrollLeft > 0 ? scrolled() : requestAnimationFrame(look);
        look();
    })""")  # a page that runs no program has no wait_for_function, which evaluates text


def test_a_screen_reader_finds_headings_figures_and_tables(opened_page):
    dashboard = opened_page("dashboard")
    expect(dashboard.get_by_role("heading", level=1)).to_have_text("Deliveries")
    expect(dashboard.get_by_role("heading", name="mean of ms: 1 alarm in 32 days")).to_be_visible()
    expect(dashboard.get_by_role("img", name="1 alarm in 32 days. Last day: 102 (at most 201.9)")).to_be_visible()
    expect(dashboard.get_by_role("region", name="Alarms").get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize(("name", "title"), [("dashboard", "Deliveries"), ("report", "From one to the other"),
                                               ("served", "The shop")])
def test_no_name_acts_and_nothing_is_loaded(opened_page, name, title):
    page = opened_page(name)
    assert page.title() == title
    assert not {host for host in page.hosts if host}
    assert page.locator("main img, main script").count() == 0
