"""Help for who is stuck: two hints and a solution for every exercise, each when it is due."""

import nbformat
import pytest

from dataml_lab import checks
from dataml_lab.checks import PARTS, hint, solution
from dataml_lab.checks import help as help_
from dataml_lab.checks.help import hint_text, hints, solution_text
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import solution_path

EVERY = [(part, name) for part in PARTS for name in PARTS[part].exercises]


@pytest.mark.parametrize(("part", "name"), EVERY)
def test_every_exercise_has_a_question_and_a_plan_and_neither_is_the_solution(part, name, capsys):
    hint(name)
    hint(name, 2)
    said = capsys.readouterr().out
    question, plan = (hint_text(PARTS[part].module, name, stage) for stage in (1, 2))
    assert "?" in question and len(plan) > len(question) > 60
    assert f'hint("{name}", 2)' in said and f'solution("{name}")' in said
    code = {line.strip() for line in solution_text(part, name).splitlines() if len(line) > 40}
    assert not [line for line in code if line in said]


def test_hints_are_of_exercises_that_exist():
    for module in {part.module for part in PARTS.values()}:
        named = {name for part in PARTS.values() if part.module == module for name in part.exercises}
        assert set(hints(module)) == named
    with pytest.raises(ValueError, match="two hints"):
        hint_text(PARTS["00_start_here"].module, "revenue", 3)


def test_a_solution_is_shown_after_an_attempt_with_the_model_essay(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_attempted", set())
    solution("revenue")
    assert "Try it yourself first" in capsys.readouterr().out
    namespace = {"revenue": lambda orders: NotImplemented}
    checks.check("revenue", namespace)
    solution("revenue")
    assert "Try it yourself first" in capsys.readouterr().out
    checks.check("revenue", {"revenue": lambda orders: 1})
    solution("revenue")
    assert "def revenue(orders):" in capsys.readouterr().out.split("Stuck?")[1]
    with pytest.raises(KeyError, match="There is no exercise"):
        solution("revenu")


@pytest.mark.parametrize(("part", "name"), EVERY)
def test_a_solution_is_that_of_the_solution_notebook_without_marks(part, name):
    told = solution_text(part, name)
    essay = [cell.source for cell in nbformat.read(solution_path(COURSE, part), as_version=4).cells
             if cell.id == f"{name}-essay"]
    answer, _, words = told.partition("\n\n\nA model answer to the question:\n\n")
    assert "SOLUTION" not in told and words.split() == (essay[0].split() if essay else [])
    assert max(map(len, words.splitlines()), default=0) <= help_.WIDTH
    compile(answer, "solution", "exec")


def test_without_the_solutions_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(help_, "COURSE", tmp_path)
    assert "has no solutions" in solution_text("00_start_here", "revenue")
