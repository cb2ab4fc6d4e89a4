"""What a person is asked to look at: attacks, and no honest answer."""

import re

import pytest

from dataml_lab.checks import PARTS, exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.catalogue import entries
from dataml_lab.grading.integrity import SIGNS
from tests.grading.corpus import cases

HONEST = {f"{entry.exercise}, {entry.name}": entry.source for lesson in PARTS if exercises(lesson)
          for entry in entries(COURSE / "solutions" / lesson / "answers", exercises(lesson))}
HONEST |= {case.file.name: case.file.read_text("utf-8") for case in cases("honest")}


def signs(source):
    return [words for sign, words in SIGNS.items() if re.search(sign, source)]


def test_no_answer_of_the_catalogue_and_no_honest_submission_is_suspected():
    assert len(HONEST) > 300
    assert not {name: signs(source) for name, source in HONEST.items() if signs(source)}


@pytest.mark.parametrize("words", SIGNS.values())
def test_each_sign_is_found_in_an_attack(words):
    assert any(words in signs(case.file.read_text("utf-8")) for case in cases("hostile"))


@pytest.mark.parametrize(("goals", "share"), [({"secret", "others"}, 0.8), ({"marks"}, 0.5)])
def test_attacks_are_named(goals, share):  # many that go for marks just answer wrong
    attacks = [case for case in cases("hostile") if case.goal in goals]
    named = [case for case in attacks if signs(case.file.read_text("utf-8"))]
    assert len(named) > share * len(attacks)
