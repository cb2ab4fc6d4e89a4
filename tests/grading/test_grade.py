"""`dataml-lab grade` on a course folder: honest, damaged and broken submissions, again and again, killed on the way."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from dataml_lab import cli
from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.grading import COURSE, gradebook
from dataml_lab.grading import grade as grading
from dataml_lab.grading.attempts import alone, write_whole
from dataml_lab.grading.engine.template import hindrance

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")
LESSON = "00_start_here"


def solution(exercise):
    book = nbformat.read(COURSE / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    return next(cell.source for cell in book.cells if cell.id == f"{exercise}-answer")


def hand_in(course, student, name=f"{LESSON}.ipynb", **answers):
    """A submission with these sources in its answer cells."""
    book = nbformat.read(course / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in book.cells:
        exercise = cell.id.removesuffix("-answer")
        cell.source = answers.get(exercise, cell.source) if cell.id != exercise else cell.source
    folder = course / "submitted" / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, folder / name)
    return folder


def grade(course, *options):
    """Grades in this process, in a sandbox where the host can."""
    sandbox = [] if not hindrance() else ["--no-sandbox"]
    return cli.main(["grade", "--course", str(course), "--workers", "2", *sandbox, *options])


def graded(course, capsys, *options):
    """What `--json` tells, by student."""
    capsys.readouterr()
    grade(course, "--json", *options)
    return {found["student"]: found for found in json.loads(capsys.readouterr().out)}


def scores(course):
    """All scores of the gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            (grade.notebook.student.id, grade.name): (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for submission in book.assignment_submissions(LESSON)
            for grade in submission.notebooks[0].grades
        }


def test_a_class_is_graded_and_each_problem_is_a_line(course, capsys):
    hand_in(course, "ada", revenue=solution("revenue"), worth_it=solution("worth_it"))
    hand_in(course, "bob")
    hand_in(course, "cleo", revenue=solution("revenue"), worth_it="def worth_it(brief):\n    return 'model'")
    (hand_in(course, "dan") / f"{LESSON}.ipynb").write_text('{"cells": [')
    hand_in(course, "eve", revenue="import os\nos._exit(3)", worth_it=solution("worth_it"))
    (course / "submitted" / "fay" / LESSON).mkdir(parents=True)
    assert grade(course) == 1
    told = capsys.readouterr()
    assert f"dan/{LESSON}: 0 points: " in told.err and f"fay/{LESSON}: 0 points: it holds no notebook" in told.err
    assert "eve/00_start_here: The process that your code ran in was ended: its process ended with code 3." in told.err
    assert told.out == f"{LESSON}: 6 graded, 0 unchanged, 0 not graded; on average 3.3 of 10 points.\n"
    found = {key: value[0] for key, value in scores(course).items()}
    assert [found[who, "revenue"] for who in ("ada", "bob", "cleo", "dan", "eve", "fay")] == [2, 0, 2, 0, 0, 0]
    assert [found[who, "worth_it"] for who in ("ada", "bob", "dan", "eve", "fay")] == [8, 0, 0, 8, 0]
    verdict = nbformat.read(course / "autograded" / "eve" / LESSON / f"{LESSON}.ipynb", as_version=4)
    (told,) = (cell.outputs for cell in verdict.cells if cell.id == "revenue-graded")
    assert "its process ended with code 3" in told[0].text and told[1].data["text/plain"] == "0.0"


def test_tampering_that_was_repaired_is_one_line(course, capsys):
    path = hand_in(course, "ada", revenue=solution("revenue")) / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in book.cells if cell.id == "revenue-graded")
    cell.source = "2.0"
    nbformat.write(book, path)
    assert grade(course) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "graded cell" in line]
    assert len(told) == 1 and told[0].startswith(f"ada/{LESSON}: look at it: ")


def test_what_is_graded_is_not_graded_again_until_it_changes(course, capsys):
    hand_in(course, "ada", revenue=solution("revenue"))
    hand_in(course, "bob", revenue=solution("revenue"))
    assert {who: found["state"] for who, found in graded(course, capsys).items()} == {"ada": "new", "bob": "new"}
    hand_in(course, "bob", worth_it=solution("worth_it"))
    again = graded(course, capsys)
    assert {who: found["state"] for who, found in again.items()} == {"ada": "unchanged", "bob": "new"}
    assert again["bob"]["scores"] == {"revenue": 0.0, "worth_it": 8.0}
    assert len(list((course / "attempts" / LESSON / "bob").iterdir())) == 2
    assert graded(course, capsys, "--again", "--student", "ada")["ada"]["state"] == "new"
    assert scores(course)["bob", "revenue"][0] == 0.0


def test_marks_of_a_person_stay_and_are_asked_to_be_confirmed(course, capsys):
    hand_in(course, "ada", revenue=solution("revenue"))
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("worth_it", LESSON, LESSON, "ada").manual_score = 3.5
        book.db.commit()
    hand_in(course, "ada", worth_it=solution("worth_it"))
    grade(course)
    assert scores(course)["ada", "worth_it"] == (8.0, 3.5, True) and scores(course)["ada", "revenue"] == (
        0.0,
        None,
        False,
    )


def test_a_lost_gradebook_entry_comes_back_without_grading(course, capsys):
    hand_in(course, "ada", revenue=solution("revenue"))
    grade(course)
    before = scores(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.remove_submission(LESSON, "ada")
    (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").unlink()
    assert graded(course, capsys)["ada"]["state"] == "unchanged"
    assert scores(course) == before and (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").exists()


def test_lesson_cells_run_where_an_answer_needs_them(course, capsys):
    book = nbformat.read(course / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)
    assert any(cell.source.startswith("orders = [") for cell in book.cells)
    needy = (
        "def revenue(rows):\n    {needs}\n"
        + textwrap.indent(solution("revenue"), "    ")
        + "\n    return revenue(rows)"
    )
    hand_in(course, "ada", revenue=needy.format(needs="orders[0]['order_id']"))
    hand_in(course, "bob", revenue=needy.format(needs="eval('orders')[0]"))
    hand_in(course, "cleo", revenue=needy.format(needs="globals()['orders'][0]"))
    found = graded(course, capsys)
    assert [found[who]["scores"]["revenue"] for who in ("ada", "bob")] == [
        2.0,
        2.0,
    ]  # read in the source; missed when run
    assert found["cleo"]["scores"]["revenue"] == 0.0


def test_other_files_lie_beside_the_notebook_and_links_lead_nowhere(course, capsys):
    secret = course / "secret.txt"
    secret.write_text("hunter2")
    source = "from pathlib import Path\nfrom helper import RATE\nassert not Path('link').exists()\n" + solution(
        "revenue"
    )
    folder = hand_in(course, "ada", revenue=source)
    (folder / "helper.py").write_text("RATE = 1")
    (folder / "link").symlink_to(secret)
    assert graded(course, capsys)["ada"]["scores"]["revenue"] == 2.0


def test_renamed_notebooks_are_found_and_ambiguous_ones_named(course, capsys):
    hand_in(course, "ada", f"{LESSON} (1).ipynb", revenue=solution("revenue"))
    hand_in(course, "bob", "mine.ipynb", revenue=solution("revenue"))
    hand_in(course, "cleo", "mine.ipynb", revenue=solution("revenue"))
    hand_in(course, "cleo", "other.ipynb")
    found = graded(course, capsys)
    assert [found[who]["scores"]["revenue"] for who in ("ada", "bob", "cleo")] == [2.0, 2.0, 0.0]
    assert found["cleo"]["problem"] == "it holds several notebooks, and none that is called 00_start_here.ipynb"


def test_essays_that_are_untouched_get_nothing_and_others_wait_for_a_person(course):
    lesson, cell = "01_pipeline", "plan-essay"
    book = nbformat.read(course / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    for student, words in (("bob", None), ("ada", "Because it is late.")):
        essay = next(found for found in book.cells if found.id == cell)
        essay.source = words or essay.source
        (course / "submitted" / student / lesson).mkdir(parents=True)
        nbformat.write(book, course / "submitted" / student / lesson / f"{lesson}.ipynb")
    grade(course, lesson)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as known:
        ada, bob = (known.find_grade(cell, lesson, lesson, who) for who in ("ada", "bob"))
        assert (ada.auto_score, ada.needs_manual_grade) == (None, True)
        assert (bob.auto_score, bob.needs_manual_grade) == (0.0, False)
        assert known.find_comment(cell, lesson, lesson, "bob").comment == "No response."
        assert known.find_comment(cell, lesson, lesson, "ada").comment is None


def test_a_lesson_that_was_not_released_and_an_empty_course_are_named(course, capsys):
    assert grade(course) == 0 and "Nothing is handed in" in capsys.readouterr().out
    (course / "submitted" / "ada" / "03_features").mkdir(parents=True)
    assert (
        grade(course) == 1 and "knows no lesson 03_features: run `dataml-lab release" in capsys.readouterr().err
    )


def test_a_host_that_cannot_isolate_is_refused_in_words(course, capsys, monkeypatch):
    monkeypatch.setattr("dataml_lab.grading.engine.template.Order", lambda *order: (*order, "one too many"))
    hand_in(course, "ada")
    assert cli.main(["grade", "--course", str(course)]) == 2
    told = capsys.readouterr().err
    assert "Submissions can't be isolated on this machine: " in told and "--no-sandbox" in told
    assert not list((course / "attempts").rglob("*.json"))


def test_other_systems_than_linux_are_sent_to_the_container(course, capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cli.main(["grade", "--course", str(course)]) == 2 and "container" in capsys.readouterr().err


def test_what_a_check_could_not_judge_is_a_line(course, capsys, monkeypatch):
    exercise = exercises(LESSON)["revenue"]
    monkeypatch.setattr(exercise, "properties", [exercise.properties[0]._replace(broken=lambda *_: 1 / 0)])
    hand_in(course, "ada", revenue=solution("revenue"))
    assert grade(course) == 0
    assert f"ada/{LESSON}: revenue: {UNJUDGED}" in capsys.readouterr().err


def test_what_is_handed_in_while_it_is_judged_is_graded_the_next_time(course, capsys, monkeypatch):
    hand_in(course, "ada")
    judged = grading.judged

    def slowly(*details):
        hand_in(course, "ada", revenue=solution("revenue"))
        return judged(*details)

    monkeypatch.setattr(grading, "judged", slowly)
    assert graded(course, capsys)["ada"]["scores"]["revenue"] == 0
    monkeypatch.setattr(grading, "judged", judged)
    again = graded(course, capsys)["ada"]
    assert again["state"] == "new" and again["scores"]["revenue"] == 2


def test_a_judge_that_is_lost_is_tried_again_alone(course, capsys, monkeypatch, tmp_path):
    for student in ("ada", "bob"):
        hand_in(course, student, revenue=solution("revenue"))
    judged = grading.judged

    def dying(task, process):
        first = tmp_path / task.student
        if task.student == "bob" or not first.exists():
            first.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return judged(task, process)

    monkeypatch.setattr(grading, "judged", dying)
    found = graded(course, capsys)
    assert found["ada"]["scores"]["revenue"] == 2 and not found["ada"]["problem"]
    assert found["bob"]["scores"]["revenue"] == 0 and "ended without a result" in found["bob"]["problem"]


def test_what_cannot_be_read_or_kept_costs_nobody_else(course, capsys, monkeypatch):
    for student in ("ada", "bob", "cleo"):
        hand_in(course, student, revenue=solution("revenue"))
    assert grade(course) == 0
    (course / "attempts" / LESSON / "ada" / "0001.json").write_text("{")
    files, keep = grading.files, grading.keep

    def unreadable(submission):
        if submission.student == "bob":
            raise PermissionError(13, "Permission denied", "his.ipynb")
        return files(submission)

    monkeypatch.setattr(grading, "files", unreadable)
    found = graded(course, capsys)
    assert {who: one["state"] for who, one in found.items()} == {"ada": "new", "bob": "failed", "cleo": "unchanged"}
    assert "Permission denied" in found["bob"]["trouble"]

    def full(submission, attempt):
        if submission.student == "cleo":
            raise OSError(28, "No space left on device")
        keep(submission, attempt)

    monkeypatch.setattr(grading, "files", files)
    monkeypatch.setattr(grading, "keep", full)
    found = graded(course, capsys, "--again")
    assert {who: one["state"] for who, one in found.items()} == {"ada": "new", "bob": "new", "cleo": "failed"}
    assert "could not be kept: [Errno 28] No space left on device" in found["cleo"]["trouble"]


def test_a_draft_that_cannot_be_finished_is_taken_away(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a.json", "{}")
    assert not list(tmp_path.iterdir())


def test_a_gradebook_in_use_is_told(course, capsys, monkeypatch):
    monkeypatch.setattr(gradebook, "PATIENCE", 0.2)
    hand_in(course, "ada")
    other = sqlite3.connect(course / "gradebook.db")
    other.execute("begin exclusive")
    assert grade(course) == 1 and "database is locked" in capsys.readouterr().err
    other.close()
    assert grade(course) == 0


def test_a_large_file_beside_the_notebook_is_left_out_and_named(course, capsys, monkeypatch):
    monkeypatch.setattr(grading, "MOST_BESIDE", 1_000_000)
    look = "import pathlib\nassert not pathlib.Path('data.csv').exists()\n"
    (hand_in(course, "ada", revenue=look + solution("revenue")) / "data.csv").write_bytes(b"1\n" * 600_000)
    assert grade(course) == 0
    assert f"ada/{LESSON}: data.csv was left out" in capsys.readouterr().err
    assert scores(course)["ada", "revenue"][0] == 2


def test_what_could_not_be_read_is_told_each_time_and_nothing_is_told_twice(course, capsys):
    (hand_in(course, "ada") / f"{LESSON}.ipynb").write_text("{")
    hand_in(course, "bob", revenue="import os; os._exit(3)", worth_it="import os; os._exit(3)")
    for _ in range(2):
        assert grade(course) == 1
        told = capsys.readouterr().err.splitlines()
        assert sum("ada" in line and "0 points: " in line for line in told) == 1
        assert len(set(told)) == len(told)


def test_names_that_are_not_there_are_told(course, capsys, tmp_path):
    hand_in(course, "ada")
    assert grade(course, "--student", "adda") == 1 and "no submission of adda" in capsys.readouterr().err
    assert grade(tmp_path / "absent") == 1 and "There is no folder" in capsys.readouterr().err
    (tmp_path / "other" / "submitted" / "ada" / LESSON).mkdir(parents=True)
    assert grade(tmp_path / "other") == 1 and "has no gradebook.db" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["submitted"]


def test_two_graders_of_a_course_do_not_meet(course, capsys):
    hand_in(course, "ada")
    with alone(course):
        assert grade(course) == 1
    assert "is being graded already" in capsys.readouterr().err
    assert grade(course) == 0


KILLED = """
import os, pathlib, sys
from dataml_lab import cli
from dataml_lab.grading import gradebook

grader, left = os.getpid(), int(sys.argv[1])


def dying(function):
    def step(*arguments, **named):
        global left
        if os.getpid() == grader:
            left -= 1
            if left == 0:
                os.kill(grader, 9)
        return function(*arguments, **named)

    return step


os.fsync = dying(os.fsync)
pathlib.Path.replace = dying(pathlib.Path.replace)
pathlib.Path.chmod = dying(pathlib.Path.chmod)
gradebook.ScoreBook._enter = dying(gradebook.ScoreBook._enter)
before = gradebook.ScoreBook.__init__


def opened(self, course):
    before(self, course)
    self._commit = dying(self._commit)


gradebook.ScoreBook.__init__ = opened
sys.exit(cli.main(["grade", "--course", sys.argv[2], "--workers", "2", "--no-sandbox"]))
"""


def content(course):
    """All that is in the gradebook, and the notebooks beside it, without numbers of rows that chance decides."""
    with sqlite3.connect(course / "gradebook.db") as db:
        found = db.execute(
            "select s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade, g.extra_credit "
            "from grade g join base_cell c on c.id = g.cell_id join submitted_notebook n on n.id = "
            "g.notebook_id join submitted_assignment s on s.id = n.assignment_id order by 1, 2"
        ).fetchall()
        comments = db.execute(
            "select s.student_id, c.name, m.auto_comment from comment m join base_cell c on c.id = m.cell_id "
            "join submitted_notebook n on n.id = m.notebook_id join submitted_assignment s on s.id = "
            "n.assignment_id order by 1, 2"
        ).fetchall()
    notebooks = {
        str(path.relative_to(course)): path.read_text("utf-8") for path in (course / "autograded").rglob("*.ipynb")
    }
    attempts = {
        str(path.relative_to(course)): [json.loads(path.read_text("utf-8"))[key] for key in ("scores", "verdicts")]
        for path in (course / "attempts").rglob("*.json")
    }
    return found, comments, notebooks, attempts


def test_killed_at_many_points_and_started_again_it_ends_in_the_same_gradebook(course, tmp_path):
    for number in range(4):
        hand_in(
            course, f"student{number}", revenue=solution("revenue"), worth_it="" if number % 2 else solution("worth_it")
        )
    undisturbed = Path(shutil.copytree(course, tmp_path / "undisturbed"))
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    codes = []
    for left in (1, 2, 3, 4, 5, 6, 8, 9, 11, 7, 0):
        run = subprocess.run([sys.executable, script, str(left), course], capture_output=True, text=True, timeout=120)
        codes.append(run.returncode)
    assert codes[0] == -signal.SIGKILL and codes.count(-signal.SIGKILL) >= 5 and codes[-1] == 0, run.stderr
    assert subprocess.run([sys.executable, script, "0", undisturbed], capture_output=True, timeout=120).returncode == 0
    assert content(course) == content(undisturbed)


def test_ctrl_c_ends_all_of_it_and_the_next_run_goes_on(course):
    for number in range(3):
        hand_in(
            course, f"student{number}", revenue="import time\ntime.sleep(20)" if number == 2 else solution("revenue")
        )
    # A job in the background ignores interrupts, and hands that down; a terminal doesn't.
    heeding = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [
        sys.executable,
        "-c",
        f"{heeding}; from dataml_lab.cli import main; sys.exit(main(sys.argv[1:]))",
        "grade",
        "--course",
        str(course),
        "--workers",
        "1",
        *(["--no-sandbox"] if hindrance() else []),
    ]
    grader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not (course / "autograded" / "student1").exists() and time.monotonic() < until:
        time.sleep(0.05)
    family = psutil.Process(grader.pid).children(recursive=True)
    grader.send_signal(signal.SIGINT)
    _, err = grader.communicate(timeout=30)
    assert grader.returncode == 130 and "Stopped." in err and "Traceback" not in err, err
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    hand_in(course, "student2", revenue=solution("revenue"))
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0 and "1 graded, 2 unchanged" in run.stdout, run.stderr
