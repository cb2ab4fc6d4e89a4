"""A newcomer's two days: the first page, a first point, the end of the day, and where the next one begins."""

import shutil

import nbformat
import pytest

from dataml_lab.checks.overview import PROGRESS
from dataml_lab.checks.reached import reached
from dataml_lab.grading import COURSE
from dataml_lab.lab import environment
from dataml_lab.work import prepare

playwright = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]")
expect = playwright.expect

PARTS = ("00_start_here", "01b_push")
RIGHT = 'def revenue(orders):\n    return sum(o["total"] for o in orders if o["status"] == "completed")'
pytestmark = pytest.mark.xdist_group("workbook-work")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    for part in PARTS:
        shutil.copytree(COURSE / "notebooks" / part, folder / "notebooks" / part)
    return folder


def notebook(page):
    """The notebook that is in front, once its kernel waits."""
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def cell(page, course, cell_id):
    """A cell of the first part, which is in front."""
    ids = [cell.id for cell in nbformat.read(course / "work" / PARTS[0] / f"{PARTS[0]}.ipynb", as_version=4).cells]
    return notebook(page).locator(".jp-Cell").nth(ids.index(cell_id))


def first_point(page, course):
    """From the start page to the first part, an answer to its first exercise, and what the check says."""
    link = notebook(page).get_by_role("link", name="00 Start here").first
    # Before its kernel is there, JupyterLab forgets what it is told to run.
    with page.expect_websocket(lambda socket: "/channels" in socket.url):
        link.click()
    expect(page.get_by_role("tab", name="00_start_here.ipynb", selected=True)).to_be_visible()
    cell(page, course, "revenue-answer").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(cell(page, course, "revenue-check")).to_contain_text("2 of 2 points")


def test_a_part_is_done_over_two_days(course, opened, window, shots):
    page = window
    day(course, opened)
    start = notebook(page)
    expect(start.locator("h1")).to_contain_text("The workbook")
    expect(start.locator("table").last).to_contain_text("0 of 10")
    assert "Nbgrader" not in page.locator(".lm-MenuBar").inner_text()
    page.screenshot(path=shots / "start.png")

    first_point(page, course)
    with page.expect_response(lambda response: response.request.method == "PUT" and "/api/contents/" in response.url):
        page.keyboard.press("Control+s")
    page.screenshot(path=shots / "first_point.png")
    assert reached(course / PROGRESS)["revenue"] == (2, 2)

    assert day(course, opened) == "work/00_start_here/00_start_here.ipynb"
    expect(cell(page, course, "revenue-answer")).to_contain_text('o["status"] == "completed"')
    page.locator(".jp-BreadCrumbs-item", has_text="work").click()  # the folder above, in the file browser's path
    page.locator(".jp-DirListing-item", has_text="start.ipynb").dblclick()
    expect(page.get_by_role("tab", name="start.ipynb", selected=True)).to_be_visible()
    start = notebook(page)
    expect(start.locator("table").last).to_contain_text("2 of 10")
    page.screenshot(path=shots / "second_day.png")


def day(course, opened):
    """Opens the workbook as `make lab` does, and returns the page that it opens."""
    page = prepare(course).page
    opened(course, page, **environment(course / PROGRESS))
    return page
