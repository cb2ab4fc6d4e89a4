"""Stock nbgrader on a copy of the course: release, exchange, autograde, feedback and export, for honest students,
for accidents, and for notebooks that were bent to steal marks."""

import copy
import csv
import html
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook

from dataml_lab.checks import exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release, release_path, solution_path
from dataml_lab.grading.catalogue import entries
from dataml_lab.grading.releases import ReleaseError, require_frozen

LESSON = "01_pipeline"
SALT = "the-secret-of-this-test"
FULL = {exercise.name: exercise.points for exercise in exercises(LESSON).values()}
NOTHING = dict.fromkeys(FULL, 0.0)
ESSAYS = sum(exercise.essay for exercise in exercises(LESSON).values())
TINY, TINY_COURSE = "90_tiny", Path(__file__).with_name("tiny_course")

NOISE = '''
import sys
import warnings

warnings.warn("an answer may warn")
print("and print to stderr", file=sys.stderr)
silent_fetch = fetch_all


def fetch_all(api, state):
    warnings.warn("in a call as well")
    print("fetching", file=sys.stderr)
    return silent_fetch(api, state)
'''
ENDLESS_FETCH = '''
def fetch_all(api, state):
    while True:
        pass
'''
NOSY_CLEAN = '''
import os

print(dict(os.environ))


def clean(raw):
    return os.environ
'''


# ------------------------------------------------------------------------------------------------ notebooks

def marked(book, cell_id):
    """The cell of a notebook that has this id."""
    return next(cell for cell in book.cells if cell.id == cell_id)


def answered(book, **answers):
    """A copy of the notebook with these sources in the answer cells of the named exercises."""
    book = copy.deepcopy(book)
    for exercise, source in answers.items():
        marked(book, f"{exercise}-answer").source = source
    return book


def essential(book):
    """A copy with only the imports and the exercises: all that grades depend on, and quick to run."""
    book = copy.deepcopy(book)
    book.cells = [cell for cell in book.cells if cell.id == "cell-002" or not cell.id.startswith("cell-")]
    return book


def vandalised(book):
    """A copy in which nbgrader's marks are bent in every way, and each graded cell is made to say 7.0."""
    book = copy.deepcopy(book)
    for exercise in FULL:
        graded = marked(book, f"{exercise}-graded")
        graded.update(source="7.0")
        graded.metadata.update(tags=["skip-execution"])
        graded.metadata.nbgrader.update(points=70)
    marked(book, "cleaner_tests-graded").metadata.nbgrader.update(grade=False, solution=True, locked=False)
    marked(book, "cleaner_tests-answer").metadata.nbgrader.update(grade=True, solution=False, points=6)
    marked(book, "clean_payments-graded").metadata.nbgrader.update(schema_version=1)
    marked(book, "clean_payments-graded").update(cell_type="markdown")
    return book


def with_copies(book):
    """A copy in which a draft of each answer stands above it, and each graded cell stands once more at the end."""
    book = copy.deepcopy(book)
    for exercise in FULL:
        place = book.cells.index(marked(book, f"{exercise}-answer"))
        draft = copy.deepcopy(book.cells[place])
        draft.update(id=f"draft-{place}", source="'a draft'")
        book.cells.insert(place, draft)
        book.cells.append(copy.deepcopy(marked(book, f"{exercise}-graded")))
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


def catalogued(exercise, name):
    """A catalogued wrong answer: its source, what it earns, and words that its author is told."""
    listed = entries(COURSE / "solutions" / LESSON / "answers", exercises(LESSON))
    found = next(entry for entry in listed if (entry.exercise, entry.name) == (exercise, name))
    worth = {p.name: p.points for p in exercises(LESSON)[exercise].properties}
    earned = FULL[exercise] - sum(worth[lost] for lost in found.fails) if found.points is None else found.points
    return SimpleNamespace(source=found.source, earned=earned, says=found.says)


NO_RETRY = catalogued("fetch_all", "wrong_no_retry")
USUAL_TESTS = catalogued("cleaner_tests", "wrong_usual_three")


# ------------------------------------------------------------------------------------------------ the class

def the_class(released, solution):
    """Each student's notebook, and what its exercises earn; None where there is nothing to grade."""
    right = answered(released, **{name: marked(solution, f"{name}-answer").source for name in FULL})
    short, noisy = essential(right), marked(right, "fetch_all-answer").source + NOISE
    deleted = ("fetch_all-graded", "cleaner_tests-graded", "clean_payments-check", "clean_payments-answer",
               "clean_payments-graded")
    return {
        "ada_right": (right, FULL),
        "bob_untouched": (released, NOTHING),
        "cyd_partly": (answered(short, fetch_all=noisy, cleaner_tests=USUAL_TESTS.source, clean_payments=NOSY_CLEAN),
                       FULL | {"cleaner_tests": USUAL_TESTS.earned, "clean_payments": 0.0}),
        "dan_catalogued": (answered(short, fetch_all=NO_RETRY.source), FULL | {"fetch_all": NO_RETRY.earned}),
        "eve_vandalised": (vandalised(short), FULL),
        "fay_thief": (vandalised(answered(essential(released), fetch_all=NO_RETRY.source)),
                      NOTHING | {"fetch_all": NO_RETRY.earned}),
        "gus_copies": (with_copies(short), FULL),
        "hal_unmarked": (without_marks(short), FULL),
        "ida_deleted": (without_cells(short, *deleted), FULL | {"clean_payments": 0.0}),
        "jim_renamed": (short, None),
        "kim_truncated": (short, None),
        "lea_endless": (answered(short, fetch_all=ENDLESS_FETCH), FULL | {"fetch_all": 0.0}),
        "max_last": (short, FULL),
    }


GRADED = ["ada_right", "bob_untouched", "cyd_partly", "dan_catalogued", "eve_vandalised", "fay_thief", "gus_copies",
          "hal_unmarked", "ida_deleted", "lea_endless", "max_last"]


def hand_in(course, student, book, lesson=LESSON):
    """Lays a student's notebook among the submissions, as an instructor does who got it by mail."""
    name = f"{lesson} (1).ipynb" if student == "jim_renamed" else f"{lesson}.ipynb"
    text = nbformat.v4.writes(book)
    path = course / "submitted" / student / lesson / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text[:len(text) // 2] if student == "kim_truncated" else text, "utf-8")


def hand_in_through_the_exchange(course, student, book):
    """The student fetches the released notebook, answers, and submits; the instructor collects it."""
    desk = course.parent / student
    desk.mkdir()
    exchange = [f"--Exchange.root={course / 'exchange'}", "--course=dataml-lab"]
    nbgrader(course, "release_assignment", LESSON)
    nbgrader(desk, "fetch_assignment", LESSON, *exchange)
    fetched = desk / LESSON / f"{LESSON}.ipynb"
    assert [path.name for path in fetched.parent.iterdir()] == [fetched.name]
    assert fetched.read_bytes() == release_path(course, LESSON).read_bytes()
    fetched.write_text(nbformat.v4.writes(book), "utf-8")
    nbgrader(desk, "submit", LESSON, *exchange, f"--CourseDirectory.student_id={student}")
    nbgrader(course, "collect", LESSON)


def nbgrader(folder, *arguments, may_fail=False):
    """Runs nbgrader in a folder and returns what it reported; it must succeed unless it may fail."""
    run = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True)
    assert may_fail or run.returncode == 0, run.stderr
    return run.stderr


def autograde(course, students, *more, lesson=LESSON, may_fail=False):
    """Grades the students whose names match a pattern, in one batch; returns what nbgrader reported."""
    return nbgrader(course, "autograde", lesson, f"--student={students}", *more, may_fail=may_fail)


def scores(course, student):
    """What each exercise of a student earned, as the gradebook has it; None for no grade."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(LESSON, LESSON, student)
        return {grade.name: grade.auto_score for grade in notebook.grades if grade.name in FULL}


def copied_course(folder):
    """A course in a folder of its own, released and with an empty gradebook."""
    for part in ("solutions", "notebooks"):
        shutil.copytree(COURSE / part, folder / part)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    release(folder, LESSON, gradebook=folder / "gradebook.db")
    return folder


@pytest.fixture(scope="module")
def clean_environment(tmp_path_factory):
    """A machine on which the environment is not activated and nobody has settings; the salt is this test's."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("JUPYTER", "IPYTHON", "DATAML_LAB"))]:
            patch.delenv(name)
        patch.setenv("PATH", os.defpath)
        patch.setenv("HOME", str(home))
        patch.setenv("DATAML_LAB_SALT", SALT)
        yield


@pytest.fixture(scope="module")
def graded(tmp_path_factory, clean_environment):
    """The course after a batch of everybody, with what nbgrader said. The two who come last, one of them with an
    endless loop, are a batch of their own beside it, to save time."""
    course = copied_course(tmp_path_factory.mktemp("course"))
    books = [nbformat.read(path(course, LESSON), as_version=4) for path in (release_path, solution_path)]
    students = the_class(*books)
    for student, (book, _) in list(students.items())[1:]:
        hand_in(course, student, book)
    with ThreadPoolExecutor() as pool:
        last = pool.submit(autograde, course, "[l-m]*")
        hand_in_through_the_exchange(course, "ada_right", students["ada_right"][0])
        said = autograde(course, "[a-k]*", may_fail=True)
        said += last.result()
    nbgrader(course, "generate_feedback", LESSON)
    nbgrader(course, "export")
    return SimpleNamespace(course=course, expected={name: points for name, (_, points) in students.items()}, said=said)


def autograded(graded, student):
    """The executed notebook of a student."""
    return nbformat.read(graded.course / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_version=4)


def graded_cells(book):
    """The cells of an executed notebook that earned points without a person, by exercise."""
    marks = ((cell, cell.metadata.get("nbgrader", {})) for cell in book.cells)
    return {mark.grade_id: cell for cell, mark in marks if mark.get("grade") and not mark.solution}


def printed(cell):
    """What a cell wrote to stdout."""
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


def readable(path):
    """The text of a page or a notebook, as a reader sees it."""
    text = path.read_text("utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", text)) if path.suffix == ".html" else text.replace('\\"', '"')


def handed_back(graded, student="*"):
    """Every file that a student may be shown after grading."""
    found = [path for folder in ("autograded", "feedback") for path in (graded.course / folder).glob(f"{student}/**/*")]
    return [path for path in found if path.is_file()]


# ------------------------------------------------------------------------------------------------ what must hold

@pytest.mark.parametrize("student", GRADED)
def test_each_exercise_earns_what_its_answer_deserves(graded, student):
    assert scores(graded.course, student) == graded.expected[student]


@pytest.mark.parametrize("student", GRADED)
def test_a_graded_cell_ends_in_a_float_and_says_nothing_on_stderr(graded, student):
    cells = graded_cells(autograded(graded, student))
    for exercise, points in graded.expected[student].items():
        *told, result = cells[exercise].outputs
        assert result.output_type == "execute_result" and result.data["text/plain"] == repr(float(points))
        assert all(output.name == "stdout" for output in told)


def test_everybody_else_is_graded_by_name(graded):
    assert set(graded.expected) - set(GRADED) == {"jim_renamed", "kim_truncated"}
    assert f"Skipping unknown notebook: {graded.course / 'submitted' / 'jim_renamed' / LESSON}" in graded.said
    failed = re.findall(r"error processing assignment '01_pipeline' for student '(\w+)'", graded.said)
    assert failed == ["jim_renamed", "kim_truncated"]


@pytest.mark.parametrize("student", ["jim_renamed", "kim_truncated"])
def test_an_unreadable_submission_earns_nothing(graded, student):
    assert not any(scores(graded.course, student).values())
    assert not handed_back(graded, student)


def test_an_untouched_exercise_is_called_not_attempted(graded):
    for exercise, cell in graded_cells(autograded(graded, "bob_untouched")).items():
        assert printed(cell).startswith(f"{exercise}: not attempted, 0 of {FULL[exercise]:g} points")


def test_an_endless_loop_is_told_in_words(graded):
    assert "fetch_all was still running" in printed(graded_cells(autograded(graded, "lea_endless"))["fetch_all"])


def test_a_lost_property_is_told_in_a_sentence(graded):
    told = printed(graded_cells(autograded(graded, "fay_thief"))["fetch_all"])
    assert f"{NO_RETRY.earned:g} of {FULL['fetch_all']:g} points" in told and NO_RETRY.says in " ".join(told.split())


@pytest.mark.parametrize("student", ["eve_vandalised", "fay_thief", "gus_copies", "hal_unmarked", "ida_deleted"])
def test_graded_cells_are_those_of_the_release(graded, student):
    cells = graded_cells(autograded(graded, student))
    released = graded_cells(nbformat.read(release_path(graded.course, LESSON), as_version=4))
    assert {name: cell.metadata.nbgrader.points for name, cell in cells.items()} == FULL
    for name, cell in cells.items():
        assert cell.source.endswith(released[name].source) and "tags" not in cell.metadata


def test_a_second_grading_with_the_same_salt_gives_the_same(graded):
    before = graded_cells(autograded(graded, "dan_catalogued"))
    autograde(graded.course, "dan_catalogued", "--force")
    after = graded_cells(autograded(graded, "dan_catalogued"))
    assert [printed(cell) for cell in after.values()] == [printed(cell) for cell in before.values()]
    assert scores(graded.course, "dan_catalogued") == graded.expected["dan_catalogued"]


def test_the_export_has_everybody_with_their_score(graded):
    with Path(graded.course, "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == graded.expected.keys()
    for student, points in graded.expected.items():
        assert float(rows[student]["score"]) == sum((points or NOTHING).values())
        assert float(rows[student]["max_score"]) == sum(FULL.values()) + ESSAYS


def test_everybody_graded_gets_feedback(graded):
    pages = {path.relative_to(graded.course).as_posix() for path in graded.course.glob("feedback/**/*.html")}
    assert pages == {f"feedback/{student}/{LESSON}/{LESSON}.html" for student in GRADED}


def test_no_source_travels_with_a_submission(graded):
    assert {path.suffix for path in handed_back(graded)} <= {".ipynb", ".html", ".txt"}
    exchanged = {path.name for path in (graded.course / "exchange").rglob("*") if path.is_file()}
    assert exchanged == {f"{LESSON}.ipynb", "timestamp.txt", "submission_secret.txt"}


def test_nobody_is_shown_the_oracle(graded):
    lesson = readable(solution_path(graded.course, LESSON))
    oracle = (graded.course / "solutions" / LESSON / "oracle.py").read_text("utf-8")
    secret = [line.strip() for line in oracle.splitlines() if len(line) > 30 and line.strip() not in lesson]
    assert len(secret) > 5
    for path in handed_back(graded):
        assert not [line for line in secret if line in readable(path)], path


@pytest.mark.parametrize("student", GRADED)
def test_nobody_is_shown_the_secret_salt(graded, student):
    assert not [path for path in handed_back(graded, student) if SALT in readable(path)]


# ------------------------------------------------------------------------------------------------ releases

@pytest.fixture(scope="module")
def released_again(graded):
    """The graded course after a release with other text, and a grading again of a submission that lacks a cell."""
    source = graded.course / "solutions" / LESSON / f"{LESSON}.py"
    source.write_text(source.read_text("utf-8").replace("# %%\n", "# %%\nraise SystemExit('newer')\n", 1), "utf-8")
    before = nbformat.read(release_path(graded.course, LESSON), as_version=4)
    after = release(graded.course, LESSON, gradebook=graded.course / "gradebook.db")
    said = autograde(graded.course, "ida_deleted", "--force")
    return SimpleNamespace(before=before.metadata.dataml_lab.version, after=after, said=said)


def test_a_submission_of_an_older_release_is_graded_against_that(graded, released_again):
    assert released_again.before != released_again.after
    assert {path.stem for path in (graded.course / "releases" / LESSON).iterdir()} == {
        released_again.before, released_again.after}
    assert scores(graded.course, "ida_deleted") == graded.expected["ida_deleted"]
    book = autograded(graded, "ida_deleted")
    assert book.metadata.dataml_lab.version == released_again.before
    assert not any("newer" in cell.source for cell in book.cells)


def test_the_gradebook_of_a_class_freezes_cells_and_points(graded):
    gradebook = graded.course / "gradebook.db"
    book = nbformat.read(release_path(graded.course, LESSON), as_version=4)
    require_frozen(gradebook, LESSON, book)
    marked(book, "affected-graded").metadata.nbgrader.points += 1
    with pytest.raises(ReleaseError, match="affected had 3 points and has 4"):
        require_frozen(gradebook, LESSON, without_cells(book, "plan-question"))


def test_damage_is_logged_in_words(released_again):
    assert "fetch_all: the graded cell of fetch_all was missing and is back\n" in released_again.said
    assert "clean_payments-answer: the answer cell of clean_payments was missing and is back, empty" in (
        released_again.said)


# ------------------------------------------------------------------------------------------------ essays

STUB = "YOUR ANSWER HERE"
WORDS = "A mean follows one large value; see **incomes**."


def essay(book, **changes):
    """A copy of the notebook with these changes to its essay cell."""
    book = copy.deepcopy(book)
    marked(book, "mean-essay").update(changes)
    return book


def with_essays(book, *more):
    """A copy with these cells as well, behind its essay."""
    book = copy.deepcopy(book)
    place = 1 + book.cells.index(marked(book, "mean-essay"))
    book.cells[place:place] = more
    return book


def as_code(cell, **changes):
    """A copy of a text cell, as a code cell with these changes."""
    return nbformat.v4.new_code_cell(**{"source": cell.source, "metadata": cell.metadata, "id": cell.id} | changes)


def in_old_format(book):
    """A copy in the format of before there were cell ids, with its essay turned into code."""
    book = copy.deepcopy(book)
    place = book.cells.index(marked(book, "mean-essay"))
    book.cells[place] = as_code(book.cells[place])
    for cell in book.cells:
        del cell["id"]
    book.nbformat_minor = 4
    return book


def the_writers(released):
    """Each student's notebook, and the words that a person is to grade; the stub where there are none."""
    written = essay(released, source=WORDS)
    last = marked(written, "mean-essay")
    text = nbformat.v4.new_markdown_cell
    retyped = with_essays(released, text("My words.", id="new"), nbformat.v4.new_code_cell("1 / 0"), text("And more."))
    pictured = essay(written, attachments={"curve.png": {"image/png": "iVBORw0KGgo="}})
    return {
        "ann_written": (written, WORDS),
        "ben_untouched": (released, STUB),
        "cas_retyped": (without_cells(retyped, "mean-essay"), "My words.\n\nAnd more."),
        "dot_deleted": (without_cells(written, "mean-question", "mean-essay"), STUB),
        "eli_stripped": (without_marks(written), WORDS),
        "fay_bent": (essay(written, metadata={"nbgrader": {"grade_id": "mean-essay", "points": 400}}), WORDS),
        "gus_copied": (with_essays(pictured, as_code(last, source="More words."), as_code(last, source=STUB)),
                       f"{WORDS}\n\nMore words."),
        "hal_old": (in_old_format(written), WORDS),
    }


def essay_grade(course, student):
    """What the gradebook has about a student's essay."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade("mean-essay", TINY, TINY, student)
        return SimpleNamespace(auto=grade.auto_score, score=grade.score, needs_a_person=grade.needs_manual_grade)


def grade_by_hand(course, student, points, comment):
    """What formgrader does when a person gives points and a comment."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade("mean-essay", TINY, TINY, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment("mean-essay", TINY, TINY, student).manual_comment = comment
        book.db.commit()


def essay_cells(course, student):
    """The cells of an executed notebook that are marked as the essay."""
    book = nbformat.read(course / "autograded" / student / TINY / f"{TINY}.ipynb", as_version=4)
    nbformat.validate(book)
    return [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "mean-essay"]


def essays(course, students):
    """What became of each student's essay: the cells that are marked as it, and its grade."""
    return {student: SimpleNamespace(cells=essay_cells(course, student), grade=essay_grade(course, student))
            for student in students}


def tiny_course(folder):
    """The course of the tiny lesson in a folder of its own, released and with an empty gradebook."""
    shutil.copytree(TINY_COURSE, folder)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    subprocess.run([sys.executable, "tiny_lesson.py"], cwd=folder, check=True)
    return folder


def hand_in_again(course, released):
    """One student writes something else, another one nothing any more."""
    path = course / "submitted" / "eli_stripped" / TINY / f"{TINY}.ipynb"
    path.write_text(path.read_text("utf-8").replace("one large value", "many values"), "utf-8")
    hand_in(course, "fay_bent", released, TINY)


@pytest.fixture(scope="module")
def written(tmp_path_factory, clean_environment):
    """What became of essays: graded; and then marked by hand, in part handed in again, graded again and handed back."""
    course = tmp_path_factory.mktemp("essays") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(course), prepend=os.pathsep)
        released = nbformat.read(release_path(tiny_course(course), TINY), as_version=4)
        students = the_writers(released)
        for student, (book, _) in students.items():
            hand_in(course, student, book, TINY)
        autograde(course, "*", "--no-execute", lesson=TINY)  # quicker, and no words come from running code
        once = essays(course, students)
        for student in ("ann_written", "eli_stripped", "fay_bent"):
            grade_by_hand(course, student, 3, "Whose incomes?")
        hand_in_again(course, released)
        autograde(course, "[aefg]*", "--force", lesson=TINY)
        nbgrader(course, "generate_feedback", TINY, "--student=[ab]*")
    words = {student: words for student, (_, words) in students.items()}
    return SimpleNamespace(course=course, words=words, once=once, again=essays(course, students))


def test_the_words_of_an_essay_reach_a_person_once_whatever_became_of_its_cell(written):
    for student, words in written.words.items():
        cells = written.once[student].cells
        assert [(cell.cell_type, cell.source, cell.metadata.nbgrader.points) for cell in cells] == [
            ("markdown", words, 4)], student
    assert "curve.png" in written.once["gus_copied"].cells[0].attachments
    assert written.again["gus_copied"].cells == written.once["gus_copied"].cells


def test_an_essay_waits_for_a_person_and_one_without_words_earns_nothing(written):
    for student, words in written.words.items():
        grade = written.once[student].grade
        assert (grade.auto, grade.needs_a_person) == ((0, False) if words == STUB else (None, True)), student


@pytest.mark.parametrize(("student", "words", "auto"), [
    ("ann_written", WORDS, None), ("eli_stripped", WORDS.replace("one large value", "many values"), None),
    ("fay_bent", STUB, 0)])
def test_a_mark_by_hand_outlives_a_second_grading_and_is_to_be_confirmed(written, student, words, auto):
    """nbgrader keeps the mark, changed words or not, and asks a person to look at it again."""
    (cell,), grade = written.again[student].cells, written.again[student].grade
    assert cell.source == words
    assert (grade.auto, grade.score, grade.needs_a_person) == (auto, 3, True)


def test_feedback_has_words_and_comment_and_nobody_is_shown_the_model_answer(written):
    source = (TINY_COURSE / "solutions" / TINY / f"{TINY}.py").read_text("utf-8")
    model = source.split('role="essay"')[1].splitlines()[1].lstrip("# ")
    shown = [*(written.course / "notebooks").rglob("*.ipynb"), *handed_back(written)]
    assert len(shown) == 1 + len(written.words) + 2
    assert not [path for path in shown if model in readable(path)]
    page = readable(written.course / "feedback" / "ann_written" / TINY / f"{TINY}.html")
    assert "A mean follows one large value" in page and "Whose incomes?" in page
