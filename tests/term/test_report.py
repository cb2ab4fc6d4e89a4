"""The report on a class: points, hard properties, mistakes by name, answers that are alike, and what to look at."""

import csv
import itertools
import shutil

import pytest

from dataml_lab import cli
from dataml_lab.checks import exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.rebuild.damage import Damage
from dataml_lab.term import roster
from dataml_lab.term.alike import LEAST, alike, threshold, tokens
from dataml_lab.term.class_page import class_page
from dataml_lab.term.misconceptions import OTHER, catalogued, mistake
from dataml_lab.term.report import Look, as_csv, report
from tests.term.classroom import attempt, graded, mark, nothing_tried, verdict
from tests.term.test_feedback import HOSTILE, Words

PART, NAME = "01e_late_data", "affected"
LONG = "def affected(events):\n    found = []\n" + "".join(
    f"    if events.day > {number} and len(found) < {number + 7}:\n        found.append(events.at({number}))\n"
    for number in range(6)) + "    return found\n"


def renamed(source):
    return "# my own\n" + source.replace("found", "days").replace("events", "log")


def answer(entry):
    """The verdict that a catalogued answer gets."""
    return verdict(exercises(PART)[NAME], dict.fromkeys(entry.fails, entry.says))


@pytest.fixture(scope="module")
def known():
    return [entry for entry in catalogued(COURSE, PART) if entry.exercise == NAME and entry.fails]


@pytest.fixture(scope="module")
def first(tmp_path_factory, known):
    """A class of seven: two show a mistake of the catalogue, two have the same answer."""
    course = tmp_path_factory.mktemp("class")
    shutil.copytree(COURSE / "solutions" / PART / "answers", course / "solutions" / PART / "answers")
    (course / "notebooks" / PART).mkdir(parents=True)
    both = {name: nothing_tried(exercise) for name, exercise in exercises(PART).items()}
    graded(course, [
        attempt("ada", PART, {NAME: answer(known[0])}, {NAME: LONG}),
        attempt("bob", PART, {NAME: answer(known[0])}, {NAME: renamed(LONG)}),
        attempt("cat", PART, both), attempt("dan", PART),
        attempt("eve", PART, integrity=[f"=cmd {HOSTILE}"], damage=[Damage("", "the file was not in UTF-8")]),
        attempt("fay", PART, broken={NAME: "Traceback"}),
        attempt("gus", PART, {name: one.lost("it is no JSON") for name, one in exercises(PART).items()},
                problem="it is no JSON")])
    roster.keep(course, tuple(map(roster.Student, ("ada", "bob", "hal"))))
    return course


@pytest.fixture
def found(first):
    one, = report(first, [PART], roster.kept(first))
    return one


def test_points_and_shares_are_of_those_who_tried(found):
    most = sum(exercise.points for exercise in exercises(PART).values())
    assert found.most == most and found.points["dan"] == most and found.points["cat"] == 0
    assert {(share.holds, share.tried) for share in found.shares} == {(3, 5)}  # without cat and gus


def test_a_mistake_of_the_catalogue_is_named_with_who_has_it(found, known):
    one, = found.misconceptions
    assert known[0].mistake in one.mistake and one.students == ("ada", "bob")


def test_each_mistake_of_the_catalogue_is_known_by_its_verdict(known):
    assert all(entry.mistake in mistake(answer(entry), known) for entry in known)
    odd = verdict(exercises(PART)[NAME], {exercises(PART)[NAME].properties[-1].name: "something else"})
    assert mistake(odd, [entry for entry in known if entry.says or len(entry.fails) > 1]) == OTHER


def test_a_mistake_that_states_points_is_known_by_these_and_by_its_words():
    exercise, = (one for one in exercises("01c_clean").values() if one.name == "cleaner_tests")
    stated = [one for one in catalogued(COURSE, "01c_clean") if one.exercise == exercise.name and one.fails is None]
    names = [one.name for one in exercise.properties]
    for one in filter(lambda entry: entry.says, stated):
        worth, lost = exercise.points, {}
        for name in names:
            if worth > one.points:
                lost[name], worth = one.says, worth - exercise.properties[names.index(name)].points
        assert worth == one.points and one.mistake in mistake(verdict(exercise, lost), stated)
        assert mistake(verdict(exercise, dict.fromkeys(lost, "something else")), stated) == OTHER


def test_everything_to_look_at_is_listed(found):
    assert [look[::2] for look in found.looks] == [
        ("hal", "not handed in"), ("cat", "nothing tried"), ("eve", "integrity"), ("eve", "repaired"),
        ("fay", "check failed"), ("gus", "can't be read"), ("ada", "alike")]
    assert found.looks[-1].what == "affected, and that of bob: the same but for names"


def test_what_is_not_graded_is_to_be_looked_at(first, tmp_path):
    course = shutil.copytree(first, tmp_path / "course")
    (course / "submitted" / "ivy" / PART).mkdir(parents=True)
    one, = report(course, [PART], ())
    assert Look("ivy", PART, "not graded", "it is handed in, and not graded yet") in one.looks
    assert "hal" not in {look.student for look in one.looks}


def test_few_points_are_to_be_looked_at(first, tmp_path):
    course = shutil.copytree(first, tmp_path / "course")
    for name in exercises(PART):
        mark(course, PART, "dan", name, 1)
    one, = report(course, [PART], ())
    assert [look for look in one.looks if look.kind == "few points"] == [
        Look("dan", PART, "few points", f"2 of {one.most:g} points")]


def test_answers_are_alike_but_for_names_and_a_little(known):
    edited = LONG.replace("> 3", ">= 3")
    pairs = alike(NAME, {"ada": LONG, "bob": renamed(LONG), "eve": edited, "dan": "def f():\n    return 1"}, [])
    assert [(pair.students, pair.share == 1) for pair in pairs] == [
        (("ada", "bob"), True), (("ada", "eve"), False), (("bob", "eve"), False)]


def test_answers_that_are_short_or_that_many_have_are_not_named():
    assert not alike(NAME, dict.fromkeys("ab", "def f(x):\n    return x + 1"), [])
    assert not alike(NAME, dict.fromkeys("abcde", LONG), []) and len(alike(NAME, dict.fromkeys("abcd", LONG), [])) == 6
    assert not alike(NAME, dict.fromkeys("ab", "this is no ( Python"), [])


@pytest.mark.parametrize("part", ["00_start_here", PART, "02c_choosing"])
def test_right_answers_of_the_catalogue_are_not_alike(part):
    entries = [entry for entry in catalogued(COURSE, part) if entry.name.startswith("right_")]
    for name, group in itertools.groupby(entries, lambda entry: entry.exercise):
        right = {entry.name: entry.source for entry in group}
        assert not alike(name, right, right.values())
        assert LEAST <= threshold([*map(tokens, right.values())]) < 1


def test_the_page_has_figures_tables_and_nothing_that_acts(found):
    page = Words(class_page([found], has_roster=True))
    said, names = " ".join(page.words), [name for name, _ in page.tags]
    assert "Hardest properties in 01e_late_data" in said and "60 % 3 of 5" in said and "ada and bob" in said
    assert not {"script", "img", "link", "iframe"} & {*names} and "Traceback" not in said
    assert names.count("table") == names.count("caption") == 5 and {"main", "h1", "h2", "svg"} <= {*names}
    assert {one.get("scope") for name, one in page.tags if name == "th"} == {"col", "row"}
    figure, = [one["aria-label"] for _, one in page.tags if one.get("role") == "img"]
    assert figure == "Students by points in 01e_late_data. 0 to under 1.2 points: 2; 9.6 to under 10.8 points: 2; " \
        "10.8 to 12 points: 3."


def test_the_list_is_no_formula_for_a_table(found):
    rows = list(csv.reader(as_csv(found.looks).splitlines()))
    assert rows[0] == ["student", "part", "kind", "what"] and rows[3][3].startswith("'=cmd")


def test_the_command_writes_page_and_list(first, tmp_path, capsys):
    out = tmp_path / "class.html"
    assert cli.main(["report", "01", "--out", str(out), "--course", str(first)]) == 0
    assert "1 parts in" in capsys.readouterr().out and out.read_text("utf-8").startswith("<!doctype html>")
    assert len(out.with_suffix(".csv").read_text("utf-8").splitlines()) == 8
    assert cli.main(["report", "--course", str(tmp_path)]) == 0 and "Nothing is handed in" in (
        tmp_path / "report.html").read_text("utf-8")
