"""`dataml-lab regrade` on the tiny course: a check changes, some move, marks of a person stay, and a kill loses
nothing."""

import json
import sys

import pytest
from nbgrader.api import Gradebook

from dataml_lab import cli
from dataml_lab.checks import exercises
from dataml_lab.grading import assess
from dataml_lab.grading.gradebook import ScoreBook
from tests.grading import test_grade
from tests.grading.conftest import TOGETHER
from tests.grading.test_grade import LESSON, MEAN, TOTAL, grade, hand_in, sandbox, scores

pytestmark = [TOGETHER, pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")]
template, course = test_grade.template, test_grade.course
EMPTY = "finds 0 in an empty list"


@pytest.fixture
def graded(course):
    """Ada has all points and a mark for her essay, bob those of `total`, cyd none."""
    hand_in(course, "ada", total=TOTAL, mean=MEAN, mean_essay="When few are rich.")
    hand_in(course, "bob", total=TOTAL)
    hand_in(course, "cyd")
    assert grade(course) == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        mark = book.find_grade("mean-essay", LESSON, LESSON, "ada")
        mark.manual_score, mark.needs_manual_grade = 3, False
        book.db.commit()
    return course


@pytest.fixture
def changed(graded, monkeypatch):
    """The same, and then the check of `total` expects an error of an empty list."""
    exercise = exercises(LESSON)["total"]
    properties = [one._replace(broken=lambda total: "An empty list has no total.") if one.name == EMPTY else one
                  for one in exercise.properties]
    monkeypatch.setattr(exercise, "properties", properties)
    monkeypatch.setattr(assess, "checks_version", lambda course, lesson: "0.2-new")
    return graded


def regrade(course, *options):
    return cli.main(["regrade", "--course", str(course), "--workers", "2", *sandbox(), *options])


def told(course, capsys, *options):
    """What `--json` says, by student."""
    capsys.readouterr()
    regrade(course, "--json", *options)
    return {one["student"]: one for one in json.loads(capsys.readouterr().out)}


def files(course):
    """All files of a course, and their bytes."""
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def test_what_was_judged_by_the_checks_that_there_are_is_left_alone(graded, capsys):
    before = files(graded)
    assert regrade(graded) == 0
    assert capsys.readouterr().out == f"{LESSON}: 0 graded again, 3 judged by these checks before, 0 not graded.\n"
    assert files(graded) == before


def test_it_says_who_moved_by_which_property_and_why(changed, capsys):
    assert regrade(changed, LESSON) == 0
    out, err = capsys.readouterr()
    for student, first, second in (("ada", 4, 3), ("bob", 2, 1)):
        assert f"{student}/{LESSON}: {first} → {second} points\n  total, “{EMPTY}”: holds → fails, -1: An empty " in err
    assert "cyd" not in err
    assert f"{LESSON}: 3 graded again, 0 judged by these checks before, 0 not graded." in out
    assert "0 won points, 2 lost some, 1 have the same; on average 2.0 → 1.3 points." in out
    assert f"→ 0.2-new\n  total, “{EMPTY}”: 2 holds → fails\n" in out
    assert [scores(changed)[who, "total"][0] for who in ("ada", "bob", "cyd")] == [1, 1, 0]


def test_a_dry_run_says_the_same_and_writes_nothing(changed, capsys):
    before = files(changed)
    dry = told(changed, capsys, "--dry-run")
    assert files(changed) == before and dry["ada"]["moved"] == dry["bob"]["moved"] == -1
    assert told(changed, capsys) == dry
    regrade(changed, "--dry-run")
    assert "Nothing was written" in capsys.readouterr().out


def test_it_again_changes_nothing_and_says_the_same(changed, capsys):
    first = told(changed, capsys)
    before = files(changed)
    again = told(changed, capsys)
    assert files(changed) == before
    assert {who: one | {"again": True} for who, one in again.items()} == first
    assert not any(one["again"] for one in again.values())


def test_a_kill_in_the_middle_loses_no_grade(changed, capsys, monkeypatch):
    entering = ScoreBook.enter

    def killed(book, submission, *attempts):
        raise KeyboardInterrupt

    monkeypatch.setattr(ScoreBook, "enter", killed)
    assert regrade(changed) == 130
    monkeypatch.setattr(ScoreBook, "enter", entering)
    found = told(changed, capsys)
    assert [found[who]["moved"] for who in ("ada", "bob", "cyd")] == [-1, -1, 0]
    assert sum(one["again"] for one in found.values()) == 2
    assert [scores(changed)[who, "total"][0] for who in ("ada", "bob", "cyd")] == [1, 1, 0]
    assert scores(changed)["ada", "mean-essay"][1:3] == (3, False)


def test_marks_of_a_person_stay_and_stale_ones_are_named(changed, capsys, monkeypatch):
    with Gradebook(f"sqlite:///{changed / 'gradebook.db'}") as book:
        book.find_grade("total", LESSON, LESSON, "bob").manual_score = 2
        book.db.commit()
    monkeypatch.setattr(exercises(LESSON)["mean"], "measured", lambda mean: "something else")
    dry = told(changed, capsys, "--dry-run")
    found = told(changed, capsys)
    assert dry == found
    assert found["ada"]["stale"] == [
        "mean-essay has a mark of a person, and what was measured beside it has changed: look at it again"]
    assert found["bob"]["stale"] == [
        "total has a mark of a person, and its score or its words are others now: confirm it in formgrader"]
    assert scores(changed)["ada", "mean-essay"][1:3] == (3, False)
    assert scores(changed)["bob", "total"][1:3] == (2, True)


def test_what_is_not_graded_yet_is_named_and_left_to_grade(changed, capsys):
    hand_in(changed, "bob", mean=MEAN)
    hand_in(changed, "dan")
    assert regrade(changed) == 1
    err = capsys.readouterr().err
    assert [f"{who}/{LESSON}: what is handed in is not graded yet" in err for who in ("ada", "bob", "dan")] == [
        False, True, True]
    assert scores(changed)["bob", "total"][0] == 2


def test_another_release_is_a_reason_too(graded, capsys, monkeypatch):
    released_for = assess.released_for
    monkeypatch.setattr(assess, "released_for", lambda *which: released_for(*which)._replace(version="another"))
    found = told(graded, capsys, "--student", "ada")
    assert found["ada"]["again"] and found["ada"]["moved"] == 0 and found["ada"]["after"]["release"] == "another"


def test_a_property_that_is_gone_and_one_that_is_new_are_named(graded, capsys, monkeypatch):
    exercise = exercises(LESSON)["total"]
    monkeypatch.setattr(exercise, "properties", [one._replace(name="is 0 for nothing") if one.name == EMPTY else one
                                                 for one in exercise.properties])
    monkeypatch.setattr(assess, "checks_version", lambda course, lesson: "0.2-new")
    regrade(graded, "--student", "ada")
    err = capsys.readouterr().err
    assert "“is 0 for nothing”: not there → holds, +1" in err and f"“{EMPTY}”: holds → not there, -1" in err
