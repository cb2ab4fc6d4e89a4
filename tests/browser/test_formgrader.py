"""An essay from both sides, in a real browser: an instructor grades it in formgrader, beside the measured behaviour of
the code that it is about; and a student writes it in JupyterLab, where it is in nobody's way."""

import csv
import re
import shutil

import pytest
from nbgrader.api import Gradebook

from dataml_lab.grading.build import release_path
from dataml_lab.grading.engine.template import hindrance
from dataml_lab.term import roster
from tests.browser.tiny import LESSON, grade, hand_in, released_course, run

expect = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]").expect
TOTAL = "def total(values):\n    return sum(values)"
RIGHT = "def mean(values):\n    return sum(values) / len(values)"
WRONG = "def mean(values):\n    return 12.5"
STUB = "YOUR ANSWER HERE"
pytestmark = pytest.mark.xdist_group("formgrader")


# ------------------------------------------------------------------------------------------------ the course

@pytest.fixture(scope="module")
def course(tmp_path_factory, newcomer, window):
    """The course of the tiny lesson, in a folder of its own, after the submissions of three students were graded."""
    made = released_course(tmp_path_factory.mktemp("course") / "tiny", newcomer)
    hand_in(made, "ann", mean_answer=RIGHT, mean_essay=STUB)
    hand_in(made, "bob", mean_answer=WRONG, mean_essay="Where few values are **large**.")
    hand_in(made, "dee", mean_essay="In wages.")
    grade(made)
    return made


def gradebook_of(course, student):
    """What the gradebook has of a student: points in all, and whether a person has still to look at something."""
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        found = book.find_submission(LESSON, student)
        return found.score, found.needs_manual_grade


# ------------------------------------------------------------------------------------------------ an instructor

@pytest.fixture(scope="module")
def address(course, opened):
    """The address of JupyterLab on the course, to which the window is logged in."""
    return opened(course.folder, **course.variables)


def test_parts_are_released_students_have_names_and_nothing_is_asked_of_other_hosts(address, window, shots):
    window.hosts.clear()
    window.goto(f"{address}/formgrader/manage_assignments")
    expect(window.locator("tr", has_text=LESSON).locator(".status")).to_have_text("released")
    window.screenshot(path=shots / "6_parts.png", full_page=True)
    window.goto(f"{address}/formgrader/manage_submissions/{LESSON}")
    expect(window.locator("tr", has_text="bob").locator(".student-name")).to_have_text("bob, ")
    window.screenshot(path=shots / "6_submissions.png", full_page=True)
    assert window.hosts == {"127.0.0.1"}


@pytest.fixture(scope="module")
def submission(course, address, window):
    """Bob's submission in formgrader, on the way that an instructor takes: the list, and there the one that waits."""
    assert gradebook_of(course, "ann") == (2, False)
    assert gradebook_of(course, "bob") == (0, True)
    window.hosts.clear()
    window.goto(f"{address}/formgrader/gradebook/{LESSON}/{LESSON}")
    waiting = window.locator("tr", has=window.locator(".needs-manual-grade .glyphicon-ok"), has_text="bob")
    waiting.get_by_role("link", name="Submission #").click()
    window.locator("body[data-loaded]").wait_for()
    return window


def test_words_what_earns_points_and_measured_behaviour_come_first(submission, shots):
    essay, rest = submission.locator(".essay"), submission.locator(".rest")
    expect(essay.locator(".words")).to_contain_text("Where few values are large.")
    expect(essay).to_contain_text("names a distribution that a mean misleads about")
    expect(essay).to_contain_text("0 of 1 properties hold")
    expect(essay.get_by_label("Measured of mean")).to_have_text(re.compile("^the mean of .* came out as 12.5$"))
    expect(essay.locator("#mean-essay")).to_be_focused()
    assert not rest.locator("pre").first.is_visible() and "def mean" in rest.text_content()
    assert "bob" not in submission.locator("body").inner_text() and submission.hosts == {"127.0.0.1"}
    submission.screenshot(path=shots / "7_formgrader.png", full_page=True)


def test_essays_are_marked_by_keyboard_and_comments_are_offered_again(course, submission, shots):
    keys, said = submission.keyboard, submission.get_by_role("status")
    keys.type("4.5")
    keys.press("Enter")
    expect(said).to_have_text("Not saved: points are a number from 0 to 4.")
    assert gradebook_of(course, "bob") == (0, True) and submission.get_by_label("Points for the words").is_visible()
    keys.press("Control+a")
    keys.type("3")
    keys.press("Tab")
    keys.type("Whose incomes, for example?")
    submission.screenshot(path=shots / "8_graded.png", full_page=True)
    keys.press("Control+Enter")
    expect(submission.locator(".words")).to_contain_text("In wages.")
    assert gradebook_of(course, "bob") == (3, False)
    submission.get_by_role("button", name="Whose incomes, for example?").press("Enter")
    expect(submission.get_by_label("Comment on the words")).to_have_value("Whose incomes, for example?")
    submission.get_by_label("Points for the words").fill("2")
    keys.press("Enter")
    submission.wait_for_url(f"**/gradebook/{LESSON}/{LESSON}")  # nothing waits any more
    assert gradebook_of(course, "dee") == (2, False)


def test_marks_reach_feedback_and_export(course):
    roster.keep(course.folder, tuple(map(roster.Student, ("ann", "bob", "dee"))))
    for command in (["feedback", LESSON], ["export", "--by", "exercise", "--out", "grades.csv"]):
        run(course, "-m", "dataml_lab.cli", *command, "--course", str(course.folder))
    ann, bob = ((course.folder / "feedback" / student / LESSON / f"{LESSON}.html").read_text("utf-8")
                for student in ("ann", "bob"))
    assert "Whose incomes, for example?" in bob and "came out as 12.5" in bob and "3 of 4 points" in bob
    assert "Whose incomes" not in ann
    with (course.folder / "grades.csv").open(encoding="utf-8") as file:
        points = {row["id"]: row[f"{LESSON} mean"] for row in csv.DictReader(file)}
    assert points == {"": "6", "ann": "2", "bob": "3", "dee": "2"}


@pytest.mark.parametrize("points", ["4.5", "-1", "NaN", "true", '"3"'])
def test_points_that_no_cell_is_worth_are_refused_by_the_server(course, address, submission, points):
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        grade = book.find_grade("mean-essay", LESSON, LESSON, "bob")
        number, before = grade.id, grade.manual_score
    token = next(one["value"] for one in submission.context.cookies() if one["name"] == "_xsrf")
    headers, body = {"X-CSRFToken": token, "Content-Type": "application/json"}, f'{{"manual_score": {points}}}'.encode()
    answer = submission.request.put(f"{address}/formgrader/api/grade/{number}", data=body, headers=headers)
    assert answer.status == 400
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        assert book.find_grade_by_id(number).manual_score == before


@pytest.mark.skipif(bool(hindrance()), reason="submissions can't be isolated here")
def test_the_button_autograde_grades_in_a_sandbox(course, address, window):
    ran = course.folder / "ran"
    hand_in(course, "cyd", total_answer=TOTAL,
            mean_answer=f"{RIGHT}\n\n\ntry:\n    open({str(ran)!r}, 'w').close()\nexcept OSError:\n    pass")
    window.goto(f"{address}/formgrader/manage_submissions/{LESSON}")
    window.locator("tr", has_text="cyd").locator(".autograde a").click()
    told = window.locator(".modal-body")
    expect(told).to_contain_text(f"{LESSON}: 1 graded")
    assert not ran.exists()
    assert gradebook_of(course, "cyd") == (4, False)


# ------------------------------------------------------------------------------------------------ a student

@pytest.fixture(scope="module")
def desk(course, address, window):
    """The lesson as students get it, opened and run to its end with Run All Cells."""
    shutil.copytree(release_path(course.folder, LESSON).parent, course.folder / "desk")
    window.goto(f"{address}/lab/tree/desk/{LESSON}.ipynb")
    window.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    run_all(window)
    return window


def run_all(page):
    """Runs all cells of the notebook, and waits until the last one has run."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(cell(page, "grade(").locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))


def cell(page, text):
    """The last cell of the notebook that has this text."""
    return page.locator(".jp-Notebook .jp-Cell", has_text=text).last


def write(page, part, text):
    """Puts a text into a cell with the keyboard, and runs it."""
    part.dblclick()
    part.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")


def validated(page):
    """What the dialogue says that the button Validate opens."""
    page.get_by_role("button", name="Validate").click()
    dialogue = page.locator(".jp-Dialog")
    dialogue.wait_for()
    told = dialogue.inner_text()
    dialogue.get_by_role("button").last.click()
    return told


def test_an_essay_stops_nothing_and_is_missed_until_there_are_words(desk, shots):
    expect(cell(desk, "grade(")).to_contain_text("nothing: there is no answer yet")
    for answer in (RIGHT, TOTAL):  # from below
        write(desk, cell(desk, "# YOUR CODE HERE"), answer)
    told = validated(desk)
    assert "mean: the question has no answer yet" in told and "properties hold" not in told
    write(desk, cell(desk, STUB), "Where *few* values are large.")
    expect(cell(desk, "Where few values are large.").locator("em")).to_have_text("few")
    desk.screenshot(path=shots / "9_written.png")
    assert "Success" in validated(desk)
