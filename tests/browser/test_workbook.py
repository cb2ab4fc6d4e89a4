"""A student's first half hour: the lesson opened in JupyterLab with a real browser, run, answered and validated."""

import re
import shutil
from types import SimpleNamespace

import nbformat
import pytest

from dataml_lab.checks import PARTS, exercises
from dataml_lab.checks.help import without_solution_marks
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release_path, solution_path
from dataml_lab.grading.catalogue import entries
from dataml_lab.grading.source import answer_source

playwright = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]")
expect = playwright.expect


# ------------------------------------------------------------------------------------------------ the workbook

@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What a student has: the notebooks, and nothing that was done to them before."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(COURSE / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    return folder


QUICK = "01c_clean"  # stands for all in `make test`: two exercises, figures, and cells that take seconds


def lessons():
    """Each part with exercises, in a process of its own."""
    for name in (part for part in PARTS if PARTS[part].exercises):
        group = pytest.mark.xdist_group(f"workbook-{name}")
        yield pytest.param(name, marks=[group] if name == QUICK else [group, pytest.mark.full])


@pytest.fixture(scope="module", params=lessons())
def lesson(request, course, opened, window, shots):
    """A lesson, opened by double clicks and run to its end with Run All Cells."""
    name, page = request.param, window
    opened(course)
    page.locator(".jp-DirListing-item", has_text=name).dblclick()
    page.locator(".jp-DirListing-item", has_text=f"{name}.ipynb").dblclick()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    book = nbformat.read(release_path(course, name), as_version=4)
    page.screenshot(path=shots / f"{name}_1_opened.png")
    lesson = SimpleNamespace(name=name, exercises=exercises(name), page=page, file=release_path(course, name),
                             book=book, shots=shots)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    # What is folded has no prompt to wait for.
    unfolded = [cell.id for cell in book.cells
                if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden")]
    expect(cell(lesson, unfolded[-1]).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return lesson


def cell(lesson, cell_id):
    """The part of the page that shows a cell of the lesson."""
    place = [cell.id for cell in lesson.book.cells].index(cell_id)
    return lesson.page.locator(".jp-Notebook .jp-Cell").nth(place)


def photograph(lesson, part, shot):
    """Brings a part of the page into view, waits until it keeps its place there, and takes a picture of the window."""
    before, now = None, {}
    while now != before:  # cells take their height when they come near
        before = now
        part.evaluate("part => part.scrollIntoView({block: 'center'})")
        lesson.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        now = part.bounding_box()
    expect(part).to_be_in_viewport()  # a verdict may be higher than the window
    lesson.page.screenshot(path=lesson.shots / f"{lesson.name}_{shot}")


def write_answer(lesson, exercise, source):
    """Puts a source into an answer cell with the keyboard, and runs that cell."""
    cell(lesson, f"{exercise}-answer").locator(".cm-content").click()
    lesson.page.keyboard.press("Control+a")
    lesson.page.keyboard.insert_text(source.strip())
    lesson.page.keyboard.press("Shift+Enter")


def write_essay(lesson, exercise, words):
    """Opens the cell of a question's answer as one does, with a double click, and puts words into it."""
    essay = cell(lesson, f"{exercise}-essay")
    essay.dblclick()
    essay.locator(".cm-content").click()
    lesson.page.keyboard.press("Control+a")
    lesson.page.keyboard.insert_text(words)
    lesson.page.keyboard.press("Shift+Enter")


def run_check(lesson, exercise):
    """Runs the check cell of an exercise, which is selected once its answer cell has run; returns its output."""
    check = cell(lesson, f"{exercise}-check")
    expect(check).to_have_class(re.compile("jp-mod-selected"))
    lesson.page.keyboard.press("Shift+Enter")
    return check.locator(".jp-OutputArea-output")


def saved(lesson):
    """The notebook as it is in its file, once that has been saved."""
    def is_saved(response):  # JupyterLab puts its workspace as well, at any time
        return response.request.method == "PUT" and "/api/contents/" in response.url and response.ok

    with lesson.page.expect_response(is_saved):
        lesson.page.keyboard.press("Control+s")
    return nbformat.read(lesson.file, as_version=4)


def validated(lesson, shot):
    """What the dialogue says that the button Validate opens."""
    lesson.page.get_by_role("button", name="Validate").click()
    dialogue = lesson.page.locator(".jp-Dialog")
    dialogue.wait_for()
    lesson.page.screenshot(path=lesson.shots / f"{lesson.name}_{shot}")
    told = dialogue.inner_text()
    dialogue.get_by_role("button").last.click()
    return told


def right_answer(lesson, exercise):
    """The answer of the solution notebook."""
    solution = nbformat.read(solution_path(COURSE, lesson.name), as_version=4)
    return without_solution_marks(answer_source(solution, exercise))


def first_exercise(lesson):
    """The name of the lesson's first exercise."""
    return next(iter(lesson.exercises))


def wrong_answer(lesson, exercise):
    """The source of a wrong answer of the catalogue."""
    listed = entries(COURSE / "solutions" / lesson.name / "answers", lesson.exercises)
    return next(entry.source for entry in listed
                if entry.exercise == exercise and entry.name.startswith("wrong_") and entry.points != 0)


# ------------------------------------------------------------------------------------------------ what they meet

def test_an_untouched_lesson_runs_to_its_end(lesson):
    book = saved(lesson)
    outputs = {cell.id: cell.outputs for cell in book.cells if cell.cell_type == "code"}
    assert not [name for name, found in outputs.items() for output in found
                if output.output_type == "error" or output.get("name") == "stderr"]
    for name in lesson.exercises:
        assert outputs[f"{name}-check"][0].data["text/plain"].startswith(f"{name}: not attempted")


def test_no_dialogue_or_notification_is_in_the_way(lesson):
    assert lesson.page.locator(".jp-Dialog, .Toastify__toast").count() == 0


def test_a_figure_is_shown_with_the_lesson(lesson):
    figure = lesson.page.locator(".jp-Notebook .jp-OutputArea-output img").first
    photograph(lesson, figure, "2_figure.png")
    notebook = lesson.page.locator(".jp-Notebook").bounding_box()
    assert 400 < figure.bounding_box()["width"] < notebook["width"]


def test_a_wrong_answer_is_told_what_it_loses(lesson):
    name = first_exercise(lesson)
    write_answer(lesson, name, wrong_answer(lesson, name))
    told = run_check(lesson, name)
    expect(told).to_contain_text(re.compile("properties hold.*fails", re.DOTALL))
    photograph(lesson, told, "3_wrong.png")


def test_validation_names_the_cells_that_lack_points(lesson):
    told = validated(lesson, "4_validation_fails.png")
    assert "failed" in told and "def " not in told
    first, *others = lesson.exercises
    assert f"{first}: " in told and "fails" in told
    assert all(f"{name}: not attempted" in told for name in others)


def test_a_right_answer_is_told_that_all_holds(lesson):
    name = first_exercise(lesson)
    count = len(lesson.exercises[name].properties)
    write_answer(lesson, name, right_answer(lesson, name))
    told = run_check(lesson, name)
    expect(told).to_contain_text(f"{count} of {count} properties hold")
    photograph(lesson, told, "5_right.png")


def test_validation_accepts_right_answers(lesson):
    for name, exercise in lesson.exercises.items():
        write_answer(lesson, name, right_answer(lesson, name))
        expect(run_check(lesson, name)).to_contain_text(re.compile(r"(\d+) of \1 properties hold"))
        if exercise.essay:
            write_essay(lesson, name, "I would take **cron**, files and PostgreSQL.")
    assert "Success" in validated(lesson, "6_validation_succeeds.png")


def test_nothing_but_this_machine_was_asked(lesson):
    assert lesson.page.hosts <= {"127.0.0.1", "localhost", None, ""}  # None: data held by the page itself
