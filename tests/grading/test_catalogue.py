"""The catalogue: on many salts every answer gets the verdict that it states, and files that can't be read are named."""

import json

import pytest

from dataml_lab import cli
from dataml_lab.checks import LESSONS, exercises
from dataml_lab.grading import COURSE, catalogue
from dataml_lab.grading.catalogue import CatalogueError, entries, run
from dataml_lab.grading.trial import TrialError, try_answer

SALTS = [f"salt {number}" for number in range(10)]
LESSON = "01_pipeline"
KNOWN = exercises(LESSON)


@pytest.fixture(scope="module", params=LESSONS)
def rows(request):
    return run(COURSE, request.param, SALTS)


def test_every_answer_is_judged_as_it_states_on_ten_salts(rows):
    assert not {row.entry.name: row.surprises for row in rows if row.surprises}
    assert all(len(row.trials) == len(SALTS) for row in rows)


def test_every_property_is_broken_by_a_wrong_answer_and_every_exercise_has_two_right_ones(rows):
    known = {name: exercise for lesson in LESSONS for name, exercise in exercises(lesson).items()}
    for name in {row.entry.exercise for row in rows}:
        mine = [row for row in rows if row.entry.exercise == name]
        lost = {finding.property for row in mine if row.entry.name.startswith("wrong_")
                for finding in row.trials[0].verdict.findings if finding.outcome == "fails"}
        assert lost == {prop.name for prop in known[name].properties}
        assert sum(row.entry.name.startswith("right_") for row in mine) >= 2


def test_wrong_answers_that_lose_the_same_are_told_different_things(rows):
    seen = {}
    for row in rows:
        found = [finding for trial in row.trials for finding in trial.verdict.findings]
        key = (row.entry.exercise, *((finding.outcome, finding.sentence) for finding in found))
        if row.entry.name.startswith("wrong_") and "points: 0" not in row.entry.file.read_text():
            assert key not in seen, f"{row.entry.name} and {seen.get(key)}"
            seen[key] = row.entry.name


def answers_in(folder, exercise="clean_payments", **files):
    (folder / exercise).mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / exercise / f"{name}.py").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("files", "words"), [
    ({"wrong_a": "def clean(raw):\n    return None\n"}, "needs a docstring"),
    ({"wrong_a": '"""Wrong."""\n'}, "fails: <properties>"),
    ({"wrong_a": '"""Wrong.\n\nfails: smells good\n"""\n'}, "smells good"),
    ({"wrong_a": '"""Wrong.\n\npoints: many\n"""\n'}, "`points: many`, which is no number"),
    ({"wrong_a": "def clean(:\n"}, "is not Python"),
    ({}, "holds none"),
])
def test_a_file_that_is_no_answer_is_named(tmp_path, files, words):
    with pytest.raises(CatalogueError, match=words):
        entries(answers_in(tmp_path, **files), KNOWN)


def test_a_folder_that_is_no_exercise_is_named(tmp_path):
    with pytest.raises(CatalogueError, match="holds clean_orders"):
        entries(answers_in(tmp_path, "clean_orders", wrong_a='"""A.\n\npoints: 0\n"""'), KNOWN)
    with pytest.raises(CatalogueError, match="not a folder"):
        entries(tmp_path / "absent", KNOWN)


@pytest.mark.parametrize(("text", "words"), [
    ("import os\nos._exit(3)\n", "ended with code 3"),
    ("import os\nos._exit(0)\n", "without a verdict"),
    ("raise ValueError('here')\n", "ValueError: here"),
])
def test_an_answer_that_ends_its_process_costs_only_itself(tmp_path, text, words):
    folder = answers_in(tmp_path, before="", broken=text) / "clean_payments"
    with pytest.raises(TrialError, match=words):
        try_answer(LESSON, "clean_payments", folder / "before.py", folder / "broken.py", ["a"], COURSE / "solutions")


def test_what_an_answer_prints_does_not_reach_the_verdict(tmp_path):
    folder = answers_in(tmp_path, before="", loud="print('[1]')\ndef clean(raw):\n    print('[2]')\n")
    folder /= "clean_payments"
    trials = try_answer(LESSON, "clean_payments", folder / "before.py", folder / "loud.py", ["a"], COURSE / "solutions")
    assert trials[0].verdict.earned == 0 and trials[0].verdict.exercise == "clean_payments"


@pytest.fixture
def one_answer(tmp_path, monkeypatch):
    """A catalogue with one answer in it, which doesn't earn what it states."""
    wrong = '"""Keeps everything.\n\npoints: 7\n"""\ndef clean(raw):\n    return dict(raw)\n'
    found = entries(answers_in(tmp_path, wrong_generous=wrong), KNOWN)
    (tmp_path / "before_clean_payments.py").write_text("")
    row = catalogue._tried(found[0], LESSON, tmp_path, ["a"], COURSE / "solutions")
    stated = found[0]._replace(fails=frozenset(), file=found[0].file.with_stem("right_one"))
    right = catalogue.Row(stated, row.trials, [])
    monkeypatch.setattr(catalogue, "run", lambda *_: [row, right])


def test_the_command_fails_when_a_verdict_surprises(one_answer, capsys):
    assert cli.main(["catalogue", LESSON]) == 1
    out = capsys.readouterr().out
    assert "points where 7 were expected" in out and "1 not as expected" in out
    assert cli.main(["catalogue", LESSON, "--json"]) == 1
    assert [row["answer"] for row in json.loads(capsys.readouterr().out) if row["surprises"]] == ["wrong_generous"]


def test_the_command_names_a_lesson_that_is_not_there(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["catalogue", "01_pipline"])
    assert stopped.value.code == 2 and "01_pipeline" in capsys.readouterr().err
