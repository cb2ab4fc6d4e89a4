"""Stock nbgrader on the tiny course: exchange, autograde, feedback and export, for honest students, for accidents, and
for notebooks that were bent to steal marks."""

import copy
import csv
import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook

from dataml_lab.grading.build import release, release_path
from dataml_lab.grading.stock import UNPROTECTED
from tests.grading.conftest import TINY, TOGETHER, make_tiny_known

pytestmark = TOGETHER
LESSON = "90_tiny"
SALT = "the-secret-of-this-test"
FULL, NOTHING = {"total": 2.0, "mean": 2.0}, {"total": 0.0, "mean": 0.0}
ESSAY = 4
STUB, WORDS = "YOUR ANSWER HERE", "A mean follows one large value; see **incomes**."
TOTAL, MEAN = "def total(values):\n    return sum(values)", "def mean(values):\n    return sum(values) / len(values)"
UNSIGNED = "def total(values):\n    return abs(sum(values))"  # differs from the oracle, for a point
NOISY = '''
import os
import sys
import warnings

print(dict(os.environ))
warnings.warn("an answer may warn")


def total(values):
    warnings.warn("in a call as well")
    print("adding", file=sys.stderr)
    return sum(values)
'''
ENDLESS = "def total(values):\n    while True:\n        pass"


# ------------------------------------------------------------------------------------------------ notebooks

def marked(book, cell_id):
    """The cell of a notebook that has this id."""
    return next(cell for cell in book.cells if cell.id == cell_id)


def answered(book, total=TOTAL, mean=MEAN, **essay):
    """A copy of the notebook with these answers, and these changes to its essay."""
    book = copy.deepcopy(book)
    marked(book, "total-answer").source, marked(book, "mean-answer").source = total, mean
    marked(book, "mean-essay").update(essay or {"source": WORDS})
    return book


def vandalised(book):
    """A copy in which nbgrader's marks are bent in every way, and each graded cell is made to say 7.0."""
    book = copy.deepcopy(book)
    for exercise in FULL:
        graded = marked(book, f"{exercise}-graded")
        graded.update(source="7.0")
        graded.metadata.update(tags=["skip-execution"])
        graded.metadata.nbgrader.update(points=70)
    marked(book, "mean-graded").metadata.nbgrader.update(grade=False, solution=True, locked=False, schema_version=1)
    marked(book, "mean-answer").metadata.nbgrader.update(grade=True, solution=False, points=6)
    marked(book, "mean-graded").update(cell_type="markdown")
    marked(book, "mean-essay").update(metadata={"nbgrader": {"grade_id": "mean-essay", "points": 400}})
    return book


def with_cells(book, behind, *more):
    """A copy with these cells as well, behind the one with an id."""
    book = copy.deepcopy(book)
    place = 1 + book.cells.index(marked(book, behind))
    book.cells[place:place] = more
    return book


def as_code(cell, **changes):
    """A copy of a cell, as a code cell with these changes."""
    parts = {"source": cell.source, "metadata": cell.metadata, "id": f"{cell.id}-2"}
    return nbformat.v4.new_code_cell(**parts | changes)


def with_copies(book):
    """A copy in which a draft stands behind the lesson's first cell, each graded cell once more at the end, and copies
    of the essay, as code, behind it."""
    draft = as_code(marked(book, "total-answer"), source="'a draft'")
    essay = marked(book, "mean-essay")
    copies = [as_code(essay, source="More words."), as_code(essay, source=STUB, id="mean-essay-3")]
    book = with_cells(with_cells(book, "cell-001", draft), "mean-essay", *copies)
    book.cells += [copy.deepcopy(marked(book, f"{exercise}-graded")) for exercise in FULL]
    return book


def without_marks(book):
    """A copy without any metadata, as some editors leave it."""
    book = copy.deepcopy(book)
    for part in [book, *book.cells]:
        part.metadata.clear()
    return book


def without_cells(book, *ids):
    """A copy that lacks the cells with these ids."""
    book = copy.deepcopy(book)
    book.cells = [cell for cell in book.cells if cell.id not in ids]
    return book


def in_old_format(book):
    """A copy in the format of before there were cell ids, with its essay turned into code."""
    book = copy.deepcopy(book)
    place = book.cells.index(marked(book, "mean-essay"))
    book.cells[place] = as_code(book.cells[place])
    for cell in book.cells:
        del cell["id"]
    book.nbformat_minor = 4
    return book


# ------------------------------------------------------------------------------------------------ the class

def the_class(released):
    """Each student's notebook, what its exercises earn (None where there is nothing to grade), and the words that a
    person is to read."""
    right, text = answered(released), nbformat.v4.new_markdown_cell
    retyped = with_cells(right, "mean-essay", text("My words.", id="new"), nbformat.v4.new_code_cell("1 / 0"),
                         text("And more."))
    deleted = ("total-check", "total-answer", "total-graded", "mean-graded", "mean-question", "mean-essay")
    pictured = {"source": WORDS, "attachments": {"curve.png": {"image/png": "iVBORw0KGgo="}}}
    return {
        "ada_right": (right, FULL, WORDS),
        "bob_untouched": (released, NOTHING, STUB),
        "cyd_noisy": (answered(released, NOISY), FULL, WORDS),
        "dan_retyped": (without_cells(retyped, "mean-essay"), FULL, "My words.\n\nAnd more."),
        "eve_vandalised": (vandalised(right), FULL, WORDS),
        "fay_thief": (vandalised(answered(released, UNSIGNED, "", source=STUB)), NOTHING | {"total": 1.0}, STUB),
        "gus_copies": (with_copies(answered(released, **pictured)), FULL, f"{WORDS}\n\nMore words."),
        "hal_unmarked": (without_marks(right), FULL, WORDS),
        "ida_deleted": (without_cells(right, *deleted), FULL | {"total": 0.0}, STUB),
        "jim_renamed": (right, None, ""),
        "kim_truncated": (right, None, ""),
        "lea_endless": (answered(released, ENDLESS), FULL | {"total": 0.0}, WORDS),
        "max_old": (in_old_format(right), FULL, WORDS),
    }


def hand_in(course, student, book):
    """Lays a student's notebook among the submissions, as an instructor does who got it by mail."""
    name = f"{LESSON} (1).ipynb" if student == "jim_renamed" else f"{LESSON}.ipynb"
    text = nbformat.v4.writes(book)
    path = course / "submitted" / student / LESSON / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text[:len(text) // 2] if student == "kim_truncated" else text, "utf-8")


def hand_in_through_the_exchange(course, student, book):
    """The student fetches the released notebook, answers, and submits; the instructor collects it."""
    home = course.parent / student
    home.mkdir()
    exchange = [f"--Exchange.root={course / 'exchange'}", "--course=dataml-lab"]
    nbgrader(course, "release_assignment", LESSON)
    nbgrader(home, "fetch_assignment", LESSON, *exchange)
    fetched = home / LESSON / f"{LESSON}.ipynb"
    assert [path.name for path in fetched.parent.iterdir()] == [fetched.name]
    assert fetched.read_bytes() == release_path(course, LESSON).read_bytes()
    fetched.write_text(nbformat.v4.writes(book), "utf-8")
    nbgrader(home, "submit", LESSON, *exchange, f"--CourseDirectory.student_id={student}")
    nbgrader(course, "collect", LESSON)


def nbgrader(folder, *arguments, may_fail=False, **variables):
    """Runs nbgrader in a folder and returns what it reported; it must succeed unless it may fail."""
    run = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True,
                         env={**os.environ, **variables})
    assert may_fail or run.returncode == 0, run.stderr
    return run.stderr


def autograde(course, students, *more, may_fail=False):
    """Grades the students whose names match a pattern, in one batch; returns what nbgrader reported."""
    allowed = {UNPROTECTED: "1"}
    return nbgrader(course, "autograde", LESSON, f"--student={students}", *more, may_fail=may_fail, **allowed)


def scores(course, student):
    """What each exercise of a student earned, as the gradebook has it; None for no grade."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(LESSON, LESSON, student)
        return {grade.name: grade.auto_score for grade in notebook.grades if grade.name in FULL}


def essay_grade(course, student):
    """A student's essay in the gradebook: its automatic score, its score, and whether it waits for a person."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade("mean-essay", LESSON, LESSON, student)
        return grade.auto_score, grade.score, grade.needs_manual_grade


def grade_by_hand(course, student, points, comment):
    """What formgrader does when a person gives points and a comment."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade("mean-essay", LESSON, LESSON, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment("mean-essay", LESSON, LESSON, student).manual_comment = comment
        book.db.commit()


def autograded(course, student):
    """The executed notebook of a student."""
    return nbformat.read(course / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_version=4)


def graded_cells(book):
    """The cells of an executed notebook that earned points without a person, by exercise."""
    marks = ((cell, cell.metadata.get("nbgrader", {})) for cell in book.cells)
    return {mark.grade_id: cell for cell, mark in marks if mark.get("grade") and not mark.solution}


def essay_cells(book):
    """The cells of an executed notebook that are marked as the essay."""
    return [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "mean-essay"]


def printed(cell):
    """What a cell wrote to stdout, or displayed, as text."""
    return "".join(o.data["text/plain"] if o.output_type == "display_data" else o.text for o in cell.outputs
                   if o.output_type == "display_data" or o.get("name") == "stdout")


def readable(path):
    """The text of a page or a notebook, as a reader sees it."""
    text = path.read_text("utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", text)) if path.suffix == ".html" else text.replace('\\"', '"')


# ------------------------------------------------------------------------------------------------ one submission

def test_one_bent_submission_earns_what_its_answers_deserve(tiny_course):
    released = nbformat.read(release_path(tiny_course, LESSON), as_version=4)
    hand_in(tiny_course, "eve", vandalised(answered(released, UNSIGNED)))
    said = autograde(tiny_course, "eve")
    assert scores(tiny_course, "eve") == FULL | {"total": 1.0} and essay_grade(tiny_course, "eve") == (None, 0, True)
    assert "mean: the graded cell of mean was edited" in said
    book = autograded(tiny_course, "eve")
    assert [cell.source for cell in essay_cells(book)] == [WORDS]
    assert all("tags" not in cell.metadata for cell in graded_cells(book).values())


def test_autograde_is_refused_and_touches_nothing_unless_it_is_allowed(tiny_course):
    released = nbformat.read(release_path(tiny_course, LESSON), as_version=4)
    hand_in(tiny_course, "ada", answered(released))
    kept = tiny_course / "autograded" / "ada" / LESSON / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    said = nbgrader(tiny_course, "autograde", LESSON, "--force", may_fail=True)
    assert f"`dataml-lab grade {LESSON}`" in said and f"{UNPROTECTED}=1" in said and "Traceback" not in said
    assert list(kept.parent.iterdir()) == [kept]


# ------------------------------------------------------------------------------------------------ a class

@pytest.fixture(scope="module")
def graded(tiny, tmp_path_factory):
    """The course after a batch of everybody, and what nbgrader said, on a machine on which the environment is not
    activated and nobody has settings."""
    course = Path(shutil.copytree(tiny, tmp_path_factory.mktemp("class") / "course"))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("JUPYTER", "IPYTHON", "DATAML_LAB"))]:
            patch.delenv(name)
        make_tiny_known(patch)
        patch.setenv("PATH", os.defpath)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("DATAML_LAB_SALT", SALT)
        students = the_class(nbformat.read(release_path(course, LESSON), as_version=4))
        for student, (book, *_) in list(students.items())[1:]:
            hand_in(course, student, book)
        hand_in_through_the_exchange(course, "ada_right", students["ada_right"][0])
        said = autograde(course, "*", may_fail=True)
        nbgrader(course, "generate_feedback", LESSON)
        nbgrader(course, "export")
        yield SimpleNamespace(course=course, said=said,
                              expected={who: points for who, (_, points, _) in students.items()},
                              words={who: words for who, (_, points, words) in students.items() if points})


def handed_back(course, student="*"):
    """Every file that a student may be shown after grading."""
    found = [path for folder in ("autograded", "feedback") for path in (course / folder).glob(f"{student}/**/*")]
    return [path for path in found if path.is_file()]


@pytest.mark.full
def test_each_exercise_earns_what_its_answer_deserves(graded):
    assert {student: scores(graded.course, student) for student in graded.words} == {
        student: graded.expected[student] for student in graded.words}


@pytest.mark.full
def test_a_graded_cell_is_as_released_ends_in_a_float_and_says_nothing_on_stderr(graded):
    released = graded_cells(nbformat.read(release_path(graded.course, LESSON), as_version=4))
    for student in graded.words:
        for exercise, cell in graded_cells(autograded(graded.course, student)).items():
            *lines, result = cell.outputs
            assert cell.source.endswith(released[exercise].source) and "tags" not in cell.metadata
            assert cell.metadata.nbgrader.points == FULL[exercise]
            assert result.output_type == "execute_result"
            assert result.data["text/plain"] == repr(graded.expected[student][exercise])
            assert not [output for output in lines if output.get("name") == "stderr"]


@pytest.mark.full
def test_what_cannot_be_read_is_named_and_earns_nothing(graded):
    unread = ["jim_renamed", "kim_truncated"]
    assert f"Skipping unknown notebook: {graded.course / 'submitted' / 'jim_renamed' / LESSON}" in graded.said
    assert re.findall(rf"error processing assignment '{LESSON}' for student '(\w+)'", graded.said) == unread
    for student in unread:
        assert not any(scores(graded.course, student).values()) and not handed_back(graded.course, student)


@pytest.mark.full
def test_verdicts_say_why(graded):
    def verdict(student):
        return " ".join(printed(graded_cells(autograded(graded.course, student))["total"]).split())

    assert verdict("bob_untouched").startswith("total: not attempted, 0 of 2 points")
    assert "total was still running" in verdict("lea_endless")
    assert "1 of 2 points" in verdict("fay_thief") and "where -" in verdict("fay_thief")


@pytest.mark.full
def test_the_export_and_feedback_have_everybody(graded):
    with Path(graded.course, "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == graded.expected.keys()
    for student, points in graded.expected.items():
        assert float(rows[student]["score"]) == sum((points or NOTHING).values())
        assert float(rows[student]["max_score"]) == sum(FULL.values()) + ESSAY
        assert int(rows[student]["not_marked_yet"]) == (student in graded.words and graded.words[student] != STUB)
    pages = {path.relative_to(graded.course).as_posix() for path in graded.course.glob("feedback/**/*.html")}
    assert pages == {f"feedback/{student}/{LESSON}/{LESSON}.html" for student in graded.words}


@pytest.mark.full
def test_nobody_is_given_a_source_or_shown_the_oracle_a_model_answer_or_the_salt(graded):
    assert {path.suffix for path in handed_back(graded.course)} <= {".ipynb", ".html", ".txt"}
    exchanged = {path.name for path in (graded.course / "exchange").rglob("*") if path.is_file()}
    assert exchanged == {f"{LESSON}.ipynb", "timestamp.txt", "submission_secret.txt"}
    source = (TINY / "solutions" / LESSON / f"{LESSON}.py").read_text("utf-8")
    model = source.split('role="essay"')[1].splitlines()[1].lstrip("# ")
    secrets = [SALT, model, "found += value"]
    assert not [path for path in handed_back(graded.course) if any(secret in readable(path) for secret in secrets)]


@pytest.mark.full
def test_the_words_of_an_essay_reach_a_person_once_whatever_became_of_its_cell(graded):
    for student, words in graded.words.items():
        cells = essay_cells(autograded(graded.course, student))
        assert [(cell.cell_type, cell.source, cell.metadata.nbgrader.points) for cell in cells] == [
            ("markdown", words, ESSAY)], student
        found = essay_grade(graded.course, student)
        assert (found[0], found[2]) == ((0, False) if words == STUB else (None, True)), student
    assert "curve.png" in essay_cells(autograded(graded.course, "gus_copies"))[0].attachments


# ------------------------------------------------------------------------------------------------ graded again

@pytest.fixture(scope="module")
def again(graded):
    """The course after marks by hand, a submission with other words and one with none any more, a release with other
    text, and another grading of some; and what was there before."""
    course, before = graded.course, graded_cells(autograded(graded.course, "gus_copies"))
    for student in ("ada_right", "eve_vandalised", "hal_unmarked"):
        grade_by_hand(course, student, 3, "Whose incomes?")
    released = nbformat.read(release_path(course, LESSON), as_version=4)
    hand_in(course, "eve_vandalised", vandalised(answered(released, source="Many values.")))
    hand_in(course, "hal_unmarked", released)
    source = course / "solutions" / LESSON / f"{LESSON}.py"
    source.write_text(source.read_text("utf-8").replace("# %%\n", "# %%\nraise SystemExit('newer')\n", 1), "utf-8")
    version = release(course, LESSON, gradebook=course / "gradebook.db")
    said = autograde(course, "[aeghi]*", "--force")
    nbgrader(course, "generate_feedback", LESSON, "--student=ada_right", "--force")
    old = released.metadata.dataml_lab.version
    return SimpleNamespace(course=course, before=before, said=said, old=old, new=version)


@pytest.mark.full
def test_a_second_grading_with_the_same_salt_gives_the_same(again):
    after = graded_cells(autograded(again.course, "gus_copies"))
    assert [printed(cell) for cell in after.values()] == [printed(cell) for cell in again.before.values()]


@pytest.mark.full
def test_a_submission_of_an_older_release_is_graded_against_that(again, graded):
    assert again.old != again.new
    assert {path.stem for path in (again.course / "releases" / LESSON).iterdir()} == {again.old, again.new}
    assert scores(again.course, "ida_deleted") == graded.expected["ida_deleted"]
    book = autograded(again.course, "ida_deleted")
    assert book.metadata.dataml_lab.version == again.old and not any("newer" in cell.source for cell in book.cells)


@pytest.mark.full
def test_damage_is_logged_in_words(again):
    assert "mean: the graded cell of mean was missing and is back\n" in again.said
    assert "total-answer: the answer cell of total was missing and is back, empty" in again.said


@pytest.mark.full
@pytest.mark.parametrize(("student", "words", "auto"), [
    ("ada_right", WORDS, None), ("eve_vandalised", "Many values.", None), ("hal_unmarked", STUB, 0)])
def test_a_mark_by_hand_outlives_a_second_grading_and_is_to_be_confirmed(again, student, words, auto):
    """nbgrader keeps the mark, changed words or not, and asks a person to look at it again."""
    assert [cell.source for cell in essay_cells(autograded(again.course, student))] == [words]
    assert essay_grade(again.course, student) == (auto, 3, True)


@pytest.mark.full
def test_feedback_has_words_and_comment(again):
    page = readable(again.course / "feedback" / "ada_right" / LESSON / f"{LESSON}.html")
    assert "A mean follows one large value" in page and "Whose incomes?" in page
