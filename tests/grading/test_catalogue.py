"""The catalogue: every answer gets the verdict that it states, and what can't be read or tried is named."""

import contextlib
import json
import os
import subprocess
import sys

import pytest

from dataml_lab import cli
from dataml_lab.checks import PARTS, exercises, part_of
from dataml_lab.checks.exercise import Finding, Verdict
from dataml_lab.grading import COURSE, trials
from dataml_lab.grading.catalogue import MISTAKES, CatalogueError, Entry, entries
from dataml_lab.grading.trials import Row, Trial, chosen

ALL = {name: exercise for part in PARTS for name, exercise in exercises(part).items()}
KNOWN = {name: ALL[name] for name in ("fetch_all", "plan")}


def tried(*arguments):
    """What `dataml-lab catalogue` finds, and its exit code."""
    command = [sys.executable, "-m", "dataml_lab.cli", "catalogue", "--json", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, cwd=COURSE)
    assert run.returncode in (0, 1), run.stderr[-2000:]
    return json.loads(run.stdout), run.returncode


# ------------------------------------------------------------------------------------------------ all of it

SHARE = float(os.environ.get("DATAML_LAB_SHARE") or 1)
FEW = 40  # answers that `make test` tries, however many there are


ONE = pytest.param("the commit's", marks=pytest.mark.xdist_group("the commit's salt"))
SEVERAL = pytest.param("ten", marks=[pytest.mark.xdist_group("ten salts"), pytest.mark.full])


@pytest.fixture(scope="module", params=[ONE, SEVERAL])
def catalogue(request, commit_salt):
    """What came of answers in the hidden worlds of the commit's salt, which draws some, or of ten, each of which draws
    its share."""
    if request.param == "ten":
        rows, _ = tried(f"--share={SHARE}", *(f"--salt={commit_salt} {number}" for number in range(10)))
    else:
        rows, _ = tried(f"--share={FEW / len(chosen(COURSE, PARTS))}", f"--salt={commit_salt}", "--workers=1")
    assert len(rows) > FEW / 2
    return rows


def wrong(rows):
    return [row for row in rows if row["answer"].startswith("wrong_")]


def test_every_answer_is_judged_as_it_states(catalogue):
    assert not {(row["exercise"], row["answer"]): row["surprises"] for row in catalogue if row["surprises"]}


@pytest.mark.parametrize("name", ALL)
def test_every_property_is_broken_by_a_wrong_answer_and_every_exercise_has_two_right_ones(name):
    mine = [entry for entry in chosen(COURSE, [part_of(name)]) if entry.exercise == name]
    properties = {prop.name for prop in ALL[name].properties}
    lost = [properties if entry.points == 0 and entry.name != "stub" else entry.fails or () for entry in mine]
    assert set().union(*lost) == properties
    assert sum(entry.name.startswith("right_") for entry in mine) >= 2


@pytest.mark.parametrize("catalogue", [SEVERAL], indirect=True)
def test_wrong_answers_that_lose_the_same_are_told_different_things(catalogue):
    """Of those that were tried on half of the salts or more: on fewer, two of them may agree by chance."""
    seen = {}
    for row in (row for row in wrong(catalogue) if len(row["trials"]) >= 5):
        found = [finding for trial in row["trials"] for finding in trial["findings"]]
        key = (row["exercise"], *((finding["outcome"], finding["sentence"]) for finding in found))
        if row["expected_points"] != 0:
            assert key not in seen, f"{row['answer']} and {seen.get(key)}"
            seen[key] = row["answer"]


# ------------------------------------------------------------------------------------------------ what is read

RIGHT = '"""Right."""\n\nSIGN = 1\n\n\ndef plan(record):\n    return SIGN\n'
MISTAKE = {"mistake": "It is negative.", "of": "right_one", "edits": [["SIGN = 1", "SIGN = -1"]], "points": 0}


def answers_in(folder, exercise="plan", mistakes="", **files):
    (folder / exercise).mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / exercise / f"{name}.py").write_text(text, "utf-8")
    if mistakes:
        text = mistakes if isinstance(mistakes, str) else "\n".join(
            f"[{name}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
            for name, table in mistakes.items())
        (folder / exercise / MISTAKES).write_text(text, "utf-8")
    return folder


def test_a_mistake_is_a_right_answer_with_its_edits(tmp_path):
    folder = answers_in(tmp_path, right_one=RIGHT, mistakes={"negative": MISTAKE | {"says": "negative"}})
    right, wrong = entries(folder, KNOWN)
    assert (right.name, right.source, right.points) == ("right_one", RIGHT, KNOWN["plan"].points)
    assert wrong.name == "wrong_negative" and wrong.source == "SIGN = -1\n\n\ndef plan(record):\n    return SIGN\n"
    assert (wrong.mistake, wrong.points, wrong.fails, wrong.says) == ("It is negative.", 0.0, None, "negative")


def test_edits_are_made_in_turn(tmp_path):
    mistake = MISTAKE | {"edits": [["return SIGN", "return SIGN + 1"], ["SIGN + 1", "SIGN + 2"]]}
    *_, wrong = entries(answers_in(tmp_path, right_one=RIGHT, mistakes={"more": mistake}), KNOWN)
    assert "return SIGN + 2" in wrong.source


@pytest.mark.parametrize(("files", "words"), [
    ({"wrong_a": "def clean(raw):\n    return None\n"}, "wrong_a.py needs a docstring"),
    ({"wrong_a": '"""Wrong."""\n'}, "fails: <properties>"),
    ({"wrong_a": '"""Wrong.\n\nfails: smells good\n"""\n'}, "smells good"),
    ({"wrong_a": '"""Wrong.\n\npoints: many\n"""\n'}, "`points: many`, which is no number"),
    ({"wrong_a": "def clean(:\n"}, "is not Python"),
    ({}, "holds none"),
])
def test_a_file_that_is_no_answer_is_named(tmp_path, files, words):
    with pytest.raises(CatalogueError, match=words):
        entries(answers_in(tmp_path, **files), KNOWN)


@pytest.mark.parametrize(("mistake", "words"), [
    ({"of": "right_two"}, "there is no right_two.py"),
    ({"of": ""}, "lacks of"),
    ({"edits": []}, "lacks edits"),
    ({"edits": [["SIGN = 2", "SIGN = 3"]]}, "'SIGN = 2' should stand once .* stands there 0 times"),
    ({"edits": [["SIGN", "S"]]}, "stands there 2 times"),
    ({"edits": [["def plan", "class def"]]}, "not Python after its edits"),
    ({"edits": ["SIGN", "S"]}, "pairs of texts"),
    ({"edits": [["SIGN = 1"]]}, "pairs of texts"),
    ({"fails": ["smells good"]}, "smells good"),
    ({"fails": "smells good"}, "an odd fails"),
    ({"fails": [1]}, "an odd fails"),
    ({"points": "many"}, "an odd points"),
    ({"pionts": 3}, "an odd pionts"),
])
def test_a_mistake_that_can_not_be_made_is_named(tmp_path, mistake, words):
    with pytest.raises(CatalogueError, match=rf"plan/mistakes.toml, \[odd\].*{words}"):
        entries(answers_in(tmp_path, right_one=RIGHT, mistakes={"odd": MISTAKE | mistake}), KNOWN)


@pytest.mark.parametrize(("mistakes", "words"), [
    ("[a", "is not TOML"),
    ("a = 1", r"\[a\] should be a table"),
    ({"b": {key: value for key, value in MISTAKE.items() if key != "points"}}, "needs `fails"),
    ({"a": MISTAKE}, "two answers wrong_a"),
])
def test_mistakes_that_can_not_be_read_are_named(tmp_path, mistakes, words):
    whole = '"""Wrong.\n\npoints: 0\n"""\n'
    with pytest.raises(CatalogueError, match=words):
        entries(answers_in(tmp_path, right_one=RIGHT, wrong_a=whole, mistakes=mistakes), KNOWN)


def test_a_folder_that_is_no_exercise_is_named(tmp_path):
    with pytest.raises(CatalogueError, match="holds clean_orders"):
        entries(answers_in(tmp_path, "clean_orders", wrong_a='"""A.\n\npoints: 0\n"""'), KNOWN)
    with pytest.raises(CatalogueError, match="not a folder"):
        entries(tmp_path / "absent", KNOWN)


def test_answers_to_several_lessons_may_lie_in_a_folder(tmp_path):
    answers_in(tmp_path, "revenue", right_a='"""A."""')
    answers_in(tmp_path, "plan", right_a='"""A."""')
    assert [entry.exercise for entry in chosen(COURSE, PARTS, [tmp_path])] == ["revenue", "plan"]
    assert [entry.exercise for entry in chosen(COURSE, [part_of("plan")], [tmp_path])] == ["plan"]
    with pytest.raises(CatalogueError, match="no answer to orders_in_last_30d in"):
        chosen(COURSE, [part_of("orders_in_last_30d")], [tmp_path])


def test_answers_of_the_same_name_are_told_apart(tmp_path):
    mine, yours = (tmp_path / name for name in ("mine", "yours"))
    for folder in (mine, yours):
        folder.mkdir()
        answers_in(folder, right_a='"""A."""')
    answers_in(mine, right_b='"""B."""')
    assert [entry.name for entry in chosen(COURSE, PARTS, [mine, yours])] == [
        f"{mine}/right_a", f"{yours}/right_a", "right_b"]


# ------------------------------------------------------------------------------------------------ what is tried

ODD = {
    "ends": "import os\nos._exit(3)",
    "raises": "raise ValueError('here')",
    "prints": "print('[1]')\ndef clean(raw):\n    print('[2]')",
    "complains": "import sys\nprint('hear me', file=sys.stderr)",
    "generous": "def clean(raw):\n    return dict(raw)",
}


TOGETHER = pytest.mark.xdist_group("odd answers")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """What came of odd answers, by name, and the exit code."""
    folder = tmp_path_factory.mktemp("odd")
    files = {f"wrong_{name}": f'"""Odd.\n\npoints: {7 * (name == "generous")}\n"""\n{code}\n'
             for name, code in ODD.items()}
    right = '"""Right."""\n\n\ndef plan(outage, delays, schedule):\n    return None\n'
    mistakes = {"nothing": MISTAKE | {"of": "right_a", "edits": [["return None", "return {}"]]}}
    answers_in(folder, "clean_payments", **files)
    rows, code = tried("--answers", str(answers_in(folder, "plan", right_a=right, mistakes=mistakes)), "--salt=a")
    return {row["answer"]: row for row in rows}, code


@TOGETHER
def test_an_answer_that_ends_its_process_costs_only_itself(odd):
    rows, _ = odd
    assert len(rows) == len(ODD) + 2
    assert rows["wrong_ends"]["trials"][0]["earned"] == 0
    assert any("its process" in surprise for surprise in rows["wrong_ends"]["surprises"])


@TOGETHER
def test_an_answer_that_raises_is_none(odd):
    rows, _ = odd
    assert rows["wrong_raises"]["trials"][0]["not_attempted"] and not rows["wrong_raises"]["surprises"]


@TOGETHER
def test_what_an_answer_prints_does_not_reach_the_verdict(odd):
    rows, _ = odd
    assert rows["wrong_prints"]["trials"][0]["earned"] == 0 and not rows["wrong_prints"]["surprises"]


@TOGETHER
def test_what_is_written_to_stderr_is_a_surprise(odd):
    rows, _ = odd
    assert rows["wrong_complains"]["surprises"] == ["salt a: wrote to stderr: hear me\n"]


@TOGETHER
def test_a_verdict_that_surprises_fails_the_command(odd):
    rows, code = odd
    assert code == 1 and "points where 7 were expected" in rows["wrong_generous"]["surprises"][0]
    assert rows["right_a"]["surprises"] and not rows["wrong_nothing"]["surprises"]


def test_a_judge_that_is_lost_costs_only_the_answer_that_it_judged(monkeypatch):
    def tried(task, process):
        source = task.cells[-2].source
        return os._exit(3) if source == "ends" else [list(Verdict("revenue", (), source)), []]

    entries = [Entry("revenue", name, name, "", None, None, "", COURSE) for name in ("one", "ends", "two")]
    monkeypatch.setattr(trials, "_tried", tried)
    monkeypatch.setattr(trials, "worker_template", lambda *_: contextlib.nullcontext())
    one, ends, two = trials.run(COURSE, entries, ["a"], workers=2)
    assert [row.trials[0].verdict.not_attempted for row in (one, two)] == ["one", "two"] and not ends.trials
    assert ends.surprises == ["salt a: the process that judged it ended without a result"]


def test_the_answers_to_an_exercise_under_a_salt_are_judged_in_the_same_worlds(monkeypatch):
    def tried(task, process):
        exercise, = task.exercises.values()
        worlds = [exercise.fair_world(seed) for seed in (1, 2, 1)]
        return [list(Verdict("plan", (), f"{os.getpid()} {list(map(id, worlds))}")), []]

    entries = [Entry("plan", name, "", "", None, None, "", COURSE) for name in ("one", "two")]
    monkeypatch.setattr(trials, "_tried", tried)
    monkeypatch.setattr(trials, "worker_template", lambda *_: contextlib.nullcontext())
    one, two = ([trial.verdict.not_attempted for trial in row.trials]
                for row in trials.run(COURSE, entries, ["a", "b"], workers=2))
    assert one == two and len(set(one)) == 2


@pytest.mark.usefixtures("capfd")
def test_what_a_check_writes_to_stderr_is_heard():
    with trials._stderr() as written:
        print("one", file=sys.stderr)
        os.write(2, b"two")
    assert "one" in written[0] and "two" in written[0]


@TOGETHER
def test_the_table_says_what_each_answer_loses_and_is_told(odd):
    rows, _ = odd
    findings = [Finding(**finding) for finding in rows["right_a"]["trials"][0]["findings"]]
    verdict = Verdict("plan", tuple(findings))
    entry = Entry("plan", "right_a", "", "Right.", frozenset(), 3.0, "", COURSE)
    lines = trials.matrix([Row(entry, [Trial("a", verdict, [])], ["salt a: earned 0"])]).splitlines()
    assert lines[0].startswith("plan, ") and lines[0].endswith(" points")
    line = next(line for line in lines if "right_a" in line)
    assert "no" in line and "WRONG: salt a: earned 0" in line
    assert findings[0].sentence[:40] in "\n".join(lines)


def test_the_command_names_a_part_that_is_not_there(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["catalogue", "01_pipline"])
    assert stopped.value.code == 2 and "01a_ingest" in capsys.readouterr().err


def test_the_command_names_answers_that_can_not_be_read(tmp_path, capsys):
    assert cli.main(["catalogue", "--answers", str(tmp_path)]) == 2
    assert "holds none" in capsys.readouterr().err
