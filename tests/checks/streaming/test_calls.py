"""The code that a failure shows to paste: it runs, in a practice world, and shows nothing wrong of a solution."""

import pytest

from dataml_lab.checks import exercises, part_of, practice
from dataml_lab.checks.streaming import EXERCISES
from tests.catalogued import catalogued, sources

CALLS = [(exercise.name, prop.name, prop.call) for exercise in EXERCISES for prop in exercise.properties if prop.call]


@pytest.mark.parametrize(("exercise", "name", "call"), CALLS, ids=[f"{one}: {name}" for one, name, _ in CALLS])
def test_a_call_runs_in_a_practice_world(exercise, name, call, capsys):
    right = next(answer for answer in sources(exercise) if answer.startswith("right_"))
    exec(call, {**catalogued(exercise, right), "world": practice(exercise)})
    said = capsys.readouterr().out
    assert said and "instead of" not in said and "a batch job: " not in said


@pytest.mark.parametrize(("exercise", "answer"), [
    ("spending", "wrong_running_sums"), ("deliver", "wrong_commit_before_write"), ("choose", "wrong_stops_early"),
    ("choose", "wrong_instant_is_a_stream"), ("tips_at", "wrong_few_steps"), ("tips_at", "wrong_none_forgotten")])
def test_a_failure_in_practice_ends_with_code(exercise, answer):
    found = exercises(part_of(exercise))[exercise].judge(catalogued(exercise, answer), [1], practice=True).findings
    assert [bool(finding.parts[1]) for finding in found] == [finding.outcome == "fails" for finding in found]
    assert not all(finding.outcome == "holds" for finding in found)
