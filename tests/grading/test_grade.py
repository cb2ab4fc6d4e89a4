"""`dataml-lab grade` on the tiny course: honest, damaged and broken submissions, again and again, killed on the way."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import cache, partial
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from dataml_lab import checks, cli
from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.grading import assess, gradebook
from dataml_lab.grading import grade as grading
from dataml_lab.grading.assess import checks_version
from dataml_lab.grading.attempts import BusyError, alone
from dataml_lab.grading.build import release
from dataml_lab.grading.engine import judge
from dataml_lab.grading.engine import template as engine
from dataml_lab.grading.engine.template import hindrance
from tests.grading.conftest import TOGETHER

pytestmark = [TOGETHER, pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")]
LESSON = "90_tiny"
TOTAL, MEAN = "def total(values):\n    return sum(values)", "def mean(values):\n    return sum(values) / len(values)"
sandbox = cache(lambda: ["--no-sandbox"] if hindrance() else [])  # the option, where the host can't isolate


@pytest.fixture(scope="module")
def template():
    """A running template."""
    with grading.worker_template(isolated=not sandbox()) as template:
        yield template


@pytest.fixture
def course(tiny_course, template, monkeypatch):
    """A course of the tiny lesson, and one template for all of its batches."""
    monkeypatch.setattr(grading, "worker_template", lambda *_: nullcontext(template))
    return tiny_course


def hand_in(course, student, name=f"{LESSON}.ipynb", **sources):
    """A submission with these sources in its answer cells, and others that are named (`mean_essay`)."""
    book = nbformat.read(course / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in book.cells:
        cell.source = sources.get(cell.id.removesuffix("-answer").replace("-", "_"), cell.source)
    folder = course / "submitted" / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, folder / name)
    return folder


def grade(course, *options):
    """Grades in this process, in a sandbox where the host can."""
    return cli.main(["grade", "--course", str(course), "--workers", "2", *sandbox(), *options])


def graded(course, capsys, *options):
    """What `--json` reports, by student."""
    capsys.readouterr()
    grade(course, "--json", *options)
    return {found["student"]: found for found in json.loads(capsys.readouterr().out)}


def scores(course):
    """By student and cell, what the gradebook has: score, mark of a person, whether it waits for one, comment."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        notebooks = [submission.notebooks[0] for submission in book.assignment_submissions(LESSON)]
        said = {(notebook.student.id, comment.name): comment.auto_comment for notebook in notebooks
                for comment in notebook.comments}
        return {(notebook.student.id, grade.name): (grade.auto_score, grade.manual_score, grade.needs_manual_grade,
                                                    said.get((notebook.student.id, grade.name)))
                for notebook in notebooks for grade in notebook.grades}


# ------------------------------------------------------------------------------------------------ what is graded

def test_a_class_is_graded_and_each_problem_is_a_line(course, capsys):
    hand_in(course, "ada", total=TOTAL, mean=MEAN, mean_essay="When few are rich.")
    hand_in(course, "bob")
    hand_in(course, "cyd", total="def total(values):\n    return abs(sum(values))")  # differs from the oracle
    (hand_in(course, "dan") / f"{LESSON}.ipynb").write_text('{"cells": [')
    hand_in(course, "eve", total="import os\nos._exit(3)", mean=MEAN)
    (course / "submitted" / "fay" / LESSON).mkdir(parents=True)
    assert grade(course) == 1
    out, err = capsys.readouterr()
    assert f"dan/{LESSON}: 0 points: the file ends" in err and f"fay/{LESSON}: 0 points: it holds no notebook" in err
    assert f"eve/{LESSON}: total was stopped, and again by itself: The process that your code ran in was ended" in err
    assert out == f"{LESSON}: 6 graded, 0 unchanged, 0 not graded; on average 1.2 of 4 points.\n"
    found = scores(course)
    assert [found[who, "total"][0] for who in ("ada", "bob", "cyd", "dan", "eve", "fay")] == [2, 0, 1, 0, 0, 0]
    assert [found[who, "mean"][0] for who in ("ada", "bob", "dan", "eve", "fay")] == [2, 0, 0, 2, 0]
    assert rows(course, "select id, last_name, first_name from student")[:2] == [("ada", "ada", ""), ("bob", "bob", "")]
    assert found["ada", "mean-essay"] == (None, None, True, None)  # a person is to read it
    assert found["bob", "mean-essay"] == (0, None, False, "No response.")
    book = nbformat.read(course / "autograded" / "eve" / LESSON / f"{LESSON}.ipynb", as_version=4)
    (said, score), = (cell.outputs for cell in book.cells if cell.id == "total-graded")
    assert "its process ended with code 3" in said.text and score.data["text/plain"] == "0.0"


def test_tampering_that_was_repaired_is_one_line(course, capsys):
    path = hand_in(course, "ada", total=TOTAL) / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in book.cells if cell.id == "total-graded")
    cell.source = "2.0"
    nbformat.write(book, path)
    assert grade(course) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "graded cell" in line]
    assert len(lines) == 1 and lines[0].startswith(f"ada/{LESSON}: look at it: ")


def test_repairs_of_a_kind_are_one_line(course, capsys):
    path = hand_in(course, "ada", total=TOTAL) / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells = [cell for cell in book.cells if not cell.id.endswith("-graded")]
    nbformat.write(book, path)
    assert grade(course) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "repaired" in line]
    assert lines == [f"ada/{LESSON}: repaired: the graded cell of total was missing and is back; the same of 1 more"]


def test_a_notebook_of_something_else_is_one_line(course, capsys):
    cells = [nbformat.v4.new_code_cell(source) for source in ("import numpy", TOTAL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), hand_in(course, "ada") / f"{LESSON}.ipynb")
    assert grade(course) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("ada")]
    assert lines == [f"ada/{LESSON}: 0 points: it is not this lesson's notebook: no cell of it is one of the lesson's "
                     "exercises"]
    assert scores(course)["ada", "mean-essay"][0] == 0


def test_names_can_neither_forge_a_line_nor_move_the_cursor(course, capsys):
    folder = hand_in(course, "bob", total=TOTAL)
    (folder / "\x1b[1A\nada: copied\u202e.txt").symlink_to(folder)
    hand_in(course, "ada\x1b[2K\nbob", total=TOTAL)
    (course / "submitted" / "eve\x1b[2K\nbob.ipynb").write_text("{}")
    grade(course)
    err = capsys.readouterr().err
    assert "\x1b" not in err and "\u202e" not in err and "ada?[2K bob" in err and "eve?[2K?bob" in err
    assert not [line for line in err.splitlines() if line.startswith(("ada:", "bob:"))]


@pytest.mark.parametrize("name", ["ada\nbob", "*", "=1+1", "eve,,,,10.0", "-rf", "a\udcff"])
def test_a_student_whose_name_nbgrader_cannot_keep_is_not_graded_and_the_others_are(course, capsys, name):
    for student in ("bob", name):
        hand_in(course, student, total=TOTAL)
    found = graded(course, capsys)
    assert "rename it" in found[name]["trouble"] and found["bob"]["scores"]["total"] == 2
    assert not [who for who, _ in scores(course) if who != "bob"]


def test_what_is_graded_is_not_graded_again_until_it_changes(course, capsys):
    hand_in(course, "ada", total=TOTAL)
    hand_in(course, "bob", total=TOTAL)
    assert {who: found["state"] for who, found in graded(course, capsys).items()} == {"ada": "new", "bob": "new"}
    hand_in(course, "bob", mean=MEAN)
    again = graded(course, capsys)
    assert {who: found["state"] for who, found in again.items()} == {"ada": "unchanged", "bob": "new"}
    assert again["bob"]["scores"] == {"total": 0.0, "mean": 2.0, "mean-essay": 0.0}
    assert len(list((course / "attempts" / LESSON / "bob").iterdir())) == 2
    assert graded(course, capsys, "--again", "--student", "ada")["ada"]["state"] == "new"
    assert scores(course)["bob", "total"][0] == 0.0


def test_marks_of_a_person_stay_and_are_asked_to_be_confirmed(course):
    hand_in(course, "ada", total=TOTAL)
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("mean", LESSON, LESSON, "ada").manual_score = 1.5
        book.db.commit()
    hand_in(course, "ada", mean=MEAN)
    grade(course)
    found = scores(course)
    assert found["ada", "mean"] == (2.0, 1.5, True, None) and found["ada", "total"] == (0.0, None, False, None)


def test_a_person_is_asked_again_only_about_words_that_changed(course):
    def waits():
        return scores(course)["ada", "mean-essay"][1:3]

    hand_in(course, "ada", total=TOTAL, mean_essay="When few are rich.")
    grade(course)
    assert waits() == (None, True)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        marked = book.find_grade("mean-essay", LESSON, LESSON, "ada")
        marked.manual_score, marked.needs_manual_grade = 3, False
        book.db.commit()
    hand_in(course, "ada", total=TOTAL, mean=MEAN, mean_essay="When few are rich.")
    grade(course)
    assert waits() == (3, False)
    hand_in(course, "ada", total=TOTAL, mean=MEAN, mean_essay="When many are poor.")
    grade(course)
    assert waits() == (3, True)
    grade(course, "--again")
    assert waits() == (3, True)


def test_that_checks_have_changed_is_a_line_and_says_what_to_type(course, capsys, monkeypatch):
    for student in ("ada", "bob"):
        hand_in(course, student, total=TOTAL)
    grade(course)
    monkeypatch.setattr(grading, "checks_version", lambda course, lesson: "0.2-0123456789ab")
    found = graded(course, capsys)
    assert found["ada"]["state"] == "unchanged" and found["ada"]["outdated"].startswith("0.1.0-")
    grade(course)
    assert (f"Of the unchanged, 2 were judged by other checks than there are now: `dataml-lab regrade {LESSON}` "
            "judges them by these, and says who moves." in capsys.readouterr().out)


def test_the_version_of_checks_is_that_of_their_code_and_of_the_oracle(course):
    before = checks_version(course, LESSON)
    oracle = course / "solutions" / LESSON / "oracle.py"
    oracle.write_text(oracle.read_text("utf-8") + "# another\n", "utf-8")
    checks_version.cache_clear()
    assert checks_version(course, LESSON) != before == before.strip()


def test_a_lost_gradebook_entry_comes_back_without_grading(course, capsys):
    hand_in(course, "ada", total=TOTAL)
    grade(course)
    before = scores(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.remove_submission(LESSON, "ada")
    (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").unlink()
    assert graded(course, capsys)["ada"]["state"] == "unchanged"
    assert scores(course) == before and (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").exists()


def test_lesson_cells_run_where_an_answer_needs_them(course, capsys):
    needy = "def total(values):\n    return sum(values, {})".format
    hand_in(course, "ada", total=needy("NOTHING"))  # read in the source
    hand_in(course, "bob", total=needy("eval('NOTHING')"))  # missed when run
    hand_in(course, "cleo", total=needy("globals()['NOTHING']"))
    found = graded(course, capsys)
    assert [found[who]["scores"]["total"] for who in ("ada", "bob", "cleo")] == [2, 2, 0]


def test_other_files_lie_beside_the_notebook_and_links_lead_nowhere(course, capsys, monkeypatch):
    monkeypatch.setattr(assess, "MOST_BESIDE", 1_000_000)
    (course / "secret.txt").write_text("hunter2")
    look = "from pathlib import Path\nfrom helper import RATE\nassert not Path('link').exists()\n"
    folder = hand_in(course, "ada", total=f"{look}assert not Path('data.csv').exists()\n{TOTAL}")
    (folder / "helper.py").write_text("RATE = 1")
    (folder / "link").symlink_to(course / "secret.txt")
    (folder / "data.csv").write_bytes(b"1\n" * 600_000)
    assert grade(course) == 0
    assert f"ada/{LESSON}: data.csv was left out" in capsys.readouterr().err
    assert scores(course)["ada", "total"][0] == 2


def test_renamed_notebooks_are_found_and_ambiguous_ones_named(course, capsys):
    hand_in(course, "ada", f"{LESSON} (1).ipynb", total=TOTAL)
    hand_in(course, "bob", "mine.ipynb", total=TOTAL)
    hand_in(course, "cleo", "mine.ipynb", total=TOTAL)
    hand_in(course, "cleo", "other.ipynb")
    found = graded(course, capsys)
    assert [found[who]["scores"]["total"] for who in ("ada", "bob", "cleo")] == [2.0, 2.0, 0.0]
    assert found["cleo"]["problem"] == f"it holds several notebooks, and none that is called {LESSON}.ipynb"


def test_what_is_handed_in_while_it_is_judged_is_graded_the_next_time(course, capsys, monkeypatch):
    hand_in(course, "ada")
    judged = assess.judged

    def slowly(*details):
        hand_in(course, "ada", total=TOTAL)
        return judged(*details)

    monkeypatch.setattr(assess, "judged", slowly)
    assert graded(course, capsys)["ada"]["scores"]["total"] == 0
    monkeypatch.setattr(assess, "judged", judged)
    again = graded(course, capsys)["ada"]
    assert again["state"] == "new" and again["scores"]["total"] == 2


# ------------------------------------------------------------------------------------------------ what goes wrong

def test_what_a_check_could_not_judge_is_a_line(course, capsys, monkeypatch):
    exercise = exercises(LESSON)["total"]
    monkeypatch.setattr(exercise, "properties", [exercise.properties[0]._replace(broken=lambda: 1 / 0)])
    hand_in(course, "ada", total=TOTAL)
    assert grade(course) == 0
    assert f"ada/{LESSON}: total: {UNJUDGED}" in capsys.readouterr().err


def test_a_judge_that_is_lost_is_tried_again_alone(course, capsys, monkeypatch, tmp_path):
    for student in ("ada", "bob"):
        hand_in(course, student, total=TOTAL)
    judged = assess.judged

    def dying(task, process):
        first = tmp_path / task.student
        if task.student == "bob" or not first.exists():
            first.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return judged(task, process)

    monkeypatch.setattr(assess, "judged", dying)
    found = graded(course, capsys)
    assert found["ada"]["scores"]["total"] == 2 and not found["ada"]["problem"]
    assert found["bob"]["scores"]["total"] == 0 and "ended without a result" in found["bob"]["problem"]


def test_what_ran_out_of_time_is_tried_again_alone(course, capsys, monkeypatch, tmp_path):
    for student in ("ada", "bob"):
        hand_in(course, student, total=TOTAL)
    judged = assess.judged

    def hurried(task, process):
        first = tmp_path / task.student
        if task.student == "bob" or not first.exists():
            first.touch()
            judge.EXERCISE_SECONDS = 0  # in this process, which is a fork
        return judged(task, process)

    monkeypatch.setattr(assess, "judged", hurried)
    grade(course)
    err = capsys.readouterr().err
    assert f"ada/{LESSON}: total was stopped beside others, and judged again by itself, in time. At first: All" in err
    assert f"bob/{LESSON}: total was stopped, and again by itself: All calls of your answer together took" in err
    found = graded(course, capsys)
    assert [found[who]["scores"]["total"] for who in ("ada", "bob")] == [2, 0]
    assert found["ada"]["stopped_at_first"].keys() == {"total", "mean"} and not found["ada"]["stopped"]


@pytest.mark.full
def test_a_busy_machine_changes_no_points(course, capsys):
    """An answer that works for three of its five seconds, beside three busy loops on each of two cores."""
    slow = """
import time
worked = []

def total(values):
    until = time.process_time() + 3 * (not worked)
    while time.process_time() < until:
        pass
    worked.append(values)
    return sum(values)"""
    hand_in(course, "ada", total=slow, mean=MEAN)
    quiet = graded(course, capsys)["ada"]
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3 * os.cpu_count())]
    try:
        busy = graded(course, capsys, "--again")["ada"]
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    assert quiet["scores"] == busy["scores"] and quiet["scores"]["total"] == 2
    assert not busy["stopped"] and not busy["stopped_at_first"]


def test_what_cannot_be_read_or_kept_costs_nobody_else(course, capsys, monkeypatch):
    for student in ("ada", "bob", "cleo"):
        hand_in(course, student, total=TOTAL)
    assert grade(course) == 0
    (course / "attempts" / LESSON / "ada" / "0001.json").write_text("{")
    handed_in, keep = grading.handed_in, grading.keep

    def unreadable(submission):
        if submission.student == "bob":
            raise PermissionError(13, "Permission denied", "his.ipynb")
        return handed_in(submission)

    monkeypatch.setattr(grading, "handed_in", unreadable)
    found = graded(course, capsys)
    assert {who: one["state"] for who, one in found.items()} == {"ada": "new", "bob": "failed", "cleo": "unchanged"}
    assert "Permission denied" in found["bob"]["trouble"]

    def full(submission, attempt):
        if submission.student == "cleo":
            raise OSError(28, "No space left on device")
        keep(submission, attempt)

    monkeypatch.setattr(grading, "handed_in", handed_in)
    monkeypatch.setattr(grading, "keep", full)
    found = graded(course, capsys, "--again")
    assert {who: one["state"] for who, one in found.items()} == {"ada": "new", "bob": "new", "cleo": "failed"}
    assert "could not be kept: [Errno 28] No space left on device" in found["cleo"]["trouble"]


def test_a_gradebook_in_use_is_named(course, capsys, monkeypatch):
    monkeypatch.setattr(gradebook, "PATIENCE", 0.2)
    hand_in(course, "ada")
    other = sqlite3.connect(course / "gradebook.db")
    other.execute("begin exclusive")
    assert grade(course) == 1 and "database is locked" in capsys.readouterr().err
    other.close()
    assert grade(course) == 0


def test_what_could_not_be_read_is_reported_each_time_and_nothing_twice(course, capsys):
    (hand_in(course, "ada") / f"{LESSON}.ipynb").write_text("{")
    hand_in(course, "bob", total="import os; os._exit(3)", mean="import os; os._exit(3)")
    for _ in range(2):
        assert grade(course) == 1
        lines = capsys.readouterr().err.splitlines()
        assert sum("ada" in line and "0 points: " in line for line in lines) == 1
        assert len(set(lines)) == len(lines)


def test_what_lies_elsewhere_is_a_line_and_something_is_wrong(course, capsys):
    hand_in(course, "ada", total=TOTAL).rename(course / "submitted" / "ada" / "90_Tiny")
    assert grade(course) == 1
    out, err = capsys.readouterr()
    line = f"ada: submitted/ada/90_Tiny is not graded there: move what it holds into submitted/ada/{LESSON}/"
    assert err == f"{line}\n" and out == "Not graded for the place in which it lies: 1, named above.\n"
    hand_in(course, "bob", total=TOTAL)
    assert grade(course) == 1 and f"{LESSON}: 1 graded" in capsys.readouterr().out
    states = {who: one["state"] for who, one in graded(course, capsys).items()}
    assert states == {"ada": "misplaced", "bob": "unchanged"}
    assert grade(course, "--student", "bob") == 0 and grade(course, "00") == 0


@pytest.mark.parametrize("name", [LESSON, f"{LESSON}/{LESSON}.ipynb", ""])
def test_a_link_to_the_work_of_another_earns_nothing_and_is_a_line(course, capsys, name):
    hand_in(course, "ada", total=TOTAL, mean=MEAN)
    path = course / "submitted" / "eve" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(course / "submitted" / "ada" / name)
    assert grade(course) == 1
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "0 points" in line)
    assert line.startswith(f"eve/{LESSON}: 0 points: ") and "is a link, and none is followed" in line
    assert [scores(course)[who, "total"][0] for who in ("ada", "eve")] == [2, 0]
    assert "sum(values)" not in (course / "autograded" / "eve" / LESSON / f"{LESSON}.ipynb").read_text("utf-8")


def test_names_that_are_not_there_are_reported(course, capsys, tmp_path):
    assert grade(course) == 0 and "Nothing is handed in" in capsys.readouterr().out
    hand_in(course, "ada")
    assert grade(course, "--student", "adda") == 1 and "no submission of adda" in capsys.readouterr().err
    assert grade(tmp_path / "absent") == 1 and "There is no folder" in capsys.readouterr().err
    (tmp_path / "other" / "submitted" / "ada" / LESSON).mkdir(parents=True)
    assert grade(tmp_path / "other") == 1 and "has no gradebook.db" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["submitted"]
    (course / "submitted" / "ada" / "00_start_here").mkdir()
    assert grade(course) == 1
    assert "knows no lesson 00_start_here: run `dataml-lab release" in capsys.readouterr().err


def test_what_was_handed_in_before_a_lesson_had_parts_is_graded_against_its_release(course, capsys, monkeypatch):
    before = "89_whole"
    monkeypatch.setitem(checks.PARTS, before, checks.PARTS[LESSON])
    shutil.copytree(course / "solutions" / LESSON, course / "solutions" / before)
    (course / "solutions" / before / f"{LESSON}.py").rename(course / "solutions" / before / f"{before}.py")
    release(course, before, course / "gradebook.db")
    hand_in(course, "ada", total=TOTAL, mean="def mean(values):\n    return 1")
    (course / "submitted" / "ada" / LESSON).rename(course / "submitted" / "ada" / before)
    shutil.rmtree(course / "solutions" / before)
    shutil.rmtree(course / "notebooks" / before)
    monkeypatch.delitem(checks.PARTS, before)
    monkeypatch.setitem(checks.RETIRED, before, ("total", "mean"))
    found = graded(course, capsys)["ada"]
    assert found["lesson"] == before and found["scores"] == {"total": 2.0, "mean": 0.0, "mean-essay": 0.0}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_submission(before, "ada").score == 2


def test_two_graders_of_a_course_do_not_meet(course, capsys):
    hand_in(course, "ada")
    with alone(course):
        assert grade(course) == 1
    assert "is being graded already" in capsys.readouterr().err
    assert grade(course) == 0


def test_a_host_that_cannot_isolate_is_refused_in_words(tiny_course, capsys, monkeypatch):
    monkeypatch.setattr(engine, "Order", lambda *order: (*order, "one too many"))
    monkeypatch.setattr(engine, "_tried", engine._tried.__wrapped__)  # what was found before isn't remembered
    hand_in(tiny_course, "ada")
    assert cli.main(["grade", "--course", str(tiny_course)]) == 2
    err = capsys.readouterr().err
    assert "Submissions can't be isolated on this machine: " in err and "--no-sandbox" in err
    assert not list((tiny_course / "attempts").rglob("*.json"))


def test_other_systems_than_linux_are_sent_to_the_container(tiny_course, capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cli.main(["grade", "--course", str(tiny_course)]) == 2 and "container" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ killed on the way

def forked(function):
    """Runs a function in a fork, and returns how that ended: its exit code, or minus the signal that killed it."""
    pid = os.fork()
    if not pid:
        try:
            os._exit(function())
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def is_free(course):
    """Whether nobody grades a course."""
    try:
        with alone(course):
            return True
    except BusyError:
        return False


def graded_until(course, steps):
    """Grades, and kills this process at so many steps, each of which something durable depends on; 0 for no kill."""
    grader, left = os.getpid(), steps

    def dying(owner, name):
        function = getattr(owner, name)

        def step(*arguments, **named):
            nonlocal left
            if os.getpid() == grader:
                left -= 1
                if left == 0:
                    os.kill(grader, signal.SIGKILL)
            return function(*arguments, **named)
        setattr(owner, name, step)

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "chmod"), (gradebook.ScoreBook, "_enter"),
                        (gradebook.ScoreBook, "enter")):
        dying(owner, name)
    opened = gradebook.ScoreBook.__init__

    def opening(self, course):
        opened(self, course)
        dying(self, "_commit")

    gradebook.ScoreBook.__init__ = opening
    return grade(course)


def rows(course, query):
    """What a query finds in the gradebook."""
    with sqlite3.connect(course / "gradebook.db") as db:
        return db.execute(f"{query} order by 1, 2").fetchall()


def content(course):
    """All that is in the gradebook, and the files beside it, without numbers of rows that chance decides."""
    source = ("join base_cell c on c.id = x.cell_id join submitted_notebook n on n.id = x.notebook_id "
              "join submitted_assignment s on s.id = n.assignment_id")
    notebooks = {path.relative_to(course): path.read_bytes() for path in (course / "autograded").rglob("*.ipynb")}
    attempts = {path.relative_to(course): json.loads(path.read_text("utf-8")) | {"seconds": 0}
                for path in (course / "attempts").rglob("*.json")}
    return (rows(course, "select s.student_id, c.name, x.auto_score, x.manual_score, x.needs_manual_grade "
                         f"from grade x {source}"),
            rows(course, f"select s.student_id, c.name, x.auto_comment from comment x {source}"), notebooks, attempts)


def test_killed_at_any_step_and_started_again_it_ends_in_the_same_gradebook(course, tmp_path, processes):
    for number in range(3):
        hand_in(course, f"student{number}", total=TOTAL, mean=MEAN if number % 2 else "")
    undisturbed = Path(shutil.copytree(course, tmp_path / "undisturbed"))
    ends = []
    for steps in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0):
        ends.append(forked(partial(graded_until, course, steps)))
        processes.until(lambda: is_free(course))  # a judge ends a moment after its killed grader
    assert ends == [-signal.SIGKILL] * 10 + [0]
    assert forked(partial(graded_until, undisturbed, 0)) == 0
    assert content(course) == content(undisturbed)


def test_ctrl_c_stops_it_and_the_next_run_goes_on(course, capfd):
    hand_in(course, "ada", total=TOTAL)
    hand_in(course, "bob", total="import time\ntime.sleep(20)")
    if not (pid := os.fork()):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os._exit(grade(course, "--workers", "1"))
    until = time.monotonic() + 60
    while not (course / "autograded" / "ada").exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(pid, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    err = capfd.readouterr().err
    assert "Stopped." in err and "Traceback" not in err
    hand_in(course, "bob", total=TOTAL)
    assert grade(course) == 0 and "1 graded, 1 unchanged" in capfd.readouterr().out


@pytest.mark.full
def test_ctrl_c_ends_all_processes_of_the_command(tiny_course):
    for student in ("ada", "bob"):
        hand_in(tiny_course, student, total=TOTAL if student == "ada" else "import time\ntime.sleep(20)")
    # A job in the background ignores interrupts, and hands that down; a terminal doesn't.
    heeding = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heeding}; import tiny_lesson; from dataml_lab.cli import main; main()",
               "grade", "--course", str(tiny_course), "--workers", "1", *sandbox()]
    grader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not (tiny_course / "autograded" / "ada").exists() and time.monotonic() < until:
        time.sleep(0.05)
    family = psutil.Process(grader.pid).children(recursive=True)
    grader.send_signal(signal.SIGINT)
    _, err = grader.communicate(timeout=30)
    assert "Stopped." in err and "Traceback" not in err, err
    _, alive = psutil.wait_procs(family, timeout=5)
    assert family and not alive
