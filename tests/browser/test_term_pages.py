"""A student's feedback and the report on a class in a real browser: on wide and narrow screens, light and dark."""

import pytest

from dataml_lab.checks import exercises
from dataml_lab.grading import COURSE
from dataml_lab.term.class_page import class_page
from dataml_lab.term.marks import Mark, Marks
from dataml_lab.term.misconceptions import catalogued, misconceptions
from dataml_lab.term.report import Look, PartReport, Share
from dataml_lab.term.student_page import student_page
from tests.browser.test_dashboard import CONTRAST, HOSTILE
from tests.term.classroom import attempt, verdict

pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]")
pytestmark = pytest.mark.xdist_group("dashboard")
PART = "01f_plan"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses of the two pages, each a file."""
    folder = tmp_path_factory.mktemp("pages")
    plan = exercises(PART)["plan"]
    lost = attempt("ada", PART, {"plan": verdict(plan, {plan.properties[0].name: HOSTILE}, measured=HOSTILE)},
                   endings=[HOSTILE])
    cells = {"plan": Mark(4, 5, False, False), "plan-essay": Mark(2, 4, True, False)}
    marks = Marks(HOSTILE, cells, {"plan-essay": HOSTILE}, 1)
    one = PartReport(PART, {"ada": 5.0, "bob": 9.0}, 9, 1, [Share("plan", HOSTILE, 1, 2)],
                     misconceptions([lost], catalogued(COURSE, PART)), [], [Look("ada", PART, "integrity", HOSTILE)])
    for name, page in (("feedback", student_page(lost, marks)), ("class", class_page([one], has_roster=True))):
        (folder / name).with_suffix(".html").write_text(page, "utf-8")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["feedback", "class"])
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark"), (400, "light")])
def test_pages_fit_are_readable_and_load_nothing(window, pages, shots, name, width, scheme):
    window.set_viewport_size({"width": width, "height": 900})
    window.emulate_media(color_scheme=scheme)
    window.goto(pages[name])
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    assert not window.evaluate(CONTRAST)
    assert window.evaluate("Math.min(...[...document.querySelectorAll('main *')].filter(e => e.textContent)"
                           ".map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 13
    assert window.locator("main img, main script").count() == 0 and window.title() != "mark"
    assert not {host for host in window.hosts if host}
    window.screenshot(path=shots / f"{name}_{width}_{scheme}.png", full_page=True)


def test_a_screen_reader_finds_headings_figures_and_tables(window, pages):
    window.goto(pages["class"])
    assert window.get_by_role("heading", level=2).all_text_contents() == ["Who needs a look", PART]
    assert window.get_by_role("img", name="Students by points in 01f_plan. 4.5 to under 5.4 points: 1").count() == 1
    assert window.get_by_role("table", name="Hardest properties in 01f_plan").get_by_role("columnheader").count() == 4
    window.goto(pages["feedback"])
    assert window.get_by_role("heading", level=2).first.text_content() == "plan: 6 of 9 points"
    window.locator("summary").click()
    assert window.get_by_role("region", name="Measured of plan").is_visible()
