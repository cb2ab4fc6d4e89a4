"""Exercises: credit per property over all worlds, gates, stubs, fairness, seeds, what is measured, and the printed
verdict."""

import re
import sys
import time
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab import checks
from dataml_lab.checks import exercises, grade, part_of
from dataml_lab.checks.exercise import UNJUDGED, Exercise, Finding, NotYet, safe, seeds
from dataml_lab.runtime.answers import Failed, NotAttempted, OutOfTime, function
from dataml_lab.runtime.deadline import Stopped, TimeOut


class Number(NamedTuple):
    value: int


def doubling(after="", **options):
    exercise = Exercise("double", Number, function("double"), **options)

    @exercise.demands("doubles", points=2)
    def _(double, world):
        found = double(world.value)
        return None if found == 2 * world.value else f"double({world.value}) is {found}."

    @exercise.demands("takes zero", points=1, after=after)
    def _(double, world):
        return None if double(0) == 0 else "Twice nothing is nothing."

    return exercise


def judged(function, after="", numbers=(1, 2, 3)):
    return doubling(after).judge({"double": function}, numbers)


def test_each_property_earns_its_points():
    assert judged(lambda x: 2 * x).earned == 3
    assert judged(lambda x: 2 * x + (x == 0)).earned == 2
    assert judged(lambda x: 0).earned == 1


def test_a_property_must_hold_in_every_world():
    verdict = judged(lambda x: 2 * x if x < 3 else 0)
    assert verdict.findings[0].sentence == "double(3) is 0." and verdict.earned == 1


def test_what_rests_on_a_property_that_fails_is_not_judged():
    verdict = judged(lambda x: 0, after="doubles")
    assert [finding.outcome for finding in verdict.findings] == ["fails", "not judged"] and verdict.earned == 0
    assert verdict.findings[1].sentence == "Judged once “doubles” holds."
    assert judged(lambda x: 2 * x, after="doubles").earned == 3


def test_a_property_that_waits_for_several_others_says_so_and_shows_no_call():
    exercise = doubling()
    later = NotYet("Judged once both hold.")
    exercise.demands("is quick", points=1, call="print(double(1))")(lambda double, world: later)
    verdict = exercise.judge({"double": lambda x: 0}, [1], practice=True)
    assert verdict.findings[-1] == Finding("is quick", 1, "not judged", "Judged once both hold.")


def test_an_answer_that_raises_fails_with_a_sentence():
    verdict = judged(lambda x: 1 / 0)
    assert verdict.earned == 0 and "ZeroDivisionError" in verdict.findings[0].sentence


@pytest.mark.parametrize("namespace", [{}, {"double": lambda x: NotImplemented}])
def test_a_stub_is_not_attempted_and_earns_nothing(namespace):
    verdict = doubling().judge(namespace, [1])
    assert verdict.earned == 0 and verdict.points == 3 and verdict.not_attempted
    assert str(verdict).startswith("double: not attempted, 0 of 3 points")


def test_unfair_worlds_are_passed_over():
    exercise = doubling(fair=lambda world: world.value % 7 == 0)
    assert [exercise.fair_world(seed).value for seed in (0, 1, 8)] == [0, 7, 14]
    with pytest.raises(RuntimeError, match="No fair world"):
        doubling(fair=lambda world: False).fair_world(1)


def failing(error):
    """The verdict of an exercise whose only check raises."""
    exercise = Exercise("double", Number, function("double"))
    exercise.demands("is broken", points=1)(raising(error))
    return exercise.judge({"double": lambda x: x}, [1])


@pytest.mark.parametrize("error", [
    ZeroDivisionError(), TypeError("an array"), ValueError(), OverflowError(), MemoryError(), AttributeError("a"),
    RecursionError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a"), SystemExit(0), GeneratorExit(), Stopped("b"),
    BaseException()], ids=lambda error: type(error).__name__)
def test_a_check_that_raises_is_a_verdict_and_not_blamed_on_the_answer(error):
    (finding,) = failing(error).findings
    assert finding.outcome == "fails" and finding.earned == 0
    assert finding.sentence.startswith(f"{UNJUDGED}: the check raised {type(error).__name__}")
    assert finding.sentence.endswith(". If it is as asked, show this to your teacher.")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeOut])
def test_an_interrupt_and_the_end_of_time_for_judging_end_a_check(kind):
    with pytest.raises(kind):
        failing(kind())


@pytest.mark.parametrize("error", [Failed(""), OutOfTime("")])
def test_a_failure_without_words_is_one_all_the_same(error):
    (finding,) = failing(error).findings
    assert finding.outcome == "fails" and finding.earned == 0 and finding.sentence
    assert failing(Failed("Why.")).findings[0].sentence == "Why."


def taking(error):
    """The verdict of an exercise that can't even be taken from the notebook."""
    exercise = doubling()
    exercise.answer = lambda names: raising(error)(None, None)
    return exercise.judge({}, [1])


def test_what_goes_wrong_when_an_answer_is_looked_for_is_a_verdict():
    for error, words in ((OutOfTime("Too long."), "Too long."), (Failed("Fifty-one tests."), "Fifty-one tests."),
                         (SystemExit(0), "The names of the notebook could not be read: that raised SystemExit.")):
        verdict = taking(error)
        assert verdict.earned == 0 and [finding.outcome for finding in verdict.findings] == ["fails", "not judged"]
        assert verdict.findings[0].sentence == words
    with pytest.raises(KeyboardInterrupt):
        taking(KeyboardInterrupt())


def test_all_calls_together_have_a_budget(monkeypatch):
    monkeypatch.setattr("dataml_lab.checks.exercise.TOGETHER", 0.3)
    calls = []

    def slow(x):
        calls.append(x)
        time.sleep(0.1)
        return 2 * x

    verdict = doubling().judge({"double": slow}, range(1, 100))
    assert 2 <= len(calls) <= 4 and [finding.outcome for finding in verdict.findings] == ["fails", "not judged"]
    assert verdict.findings[0].sentence.startswith("All calls of your answer together took longer than")
    assert doubling().judge({"double": slow}, [1]).earned == 3


# scenes


def with_scenes(asked):
    """An exercise of which two properties read one scene, which rests on another."""
    exercise = Exercise("double", Number, function("double"))

    @exercise.scene
    def once(double, world):
        asked.append(world.value)
        return double(world.value)

    @exercise.scene
    def half(once):
        asked.append("half")
        return once / 2

    for name in ("is a number", "is a number still"):
        exercise.demands(name, points=1)(lambda once, half, world: None if half == world.value else f"{once}?")

    @exercise.compares
    def _(once, world, oracle):
        return None if once == oracle(world.value) else f"{once} is {oracle(world.value)}."

    return exercise


def test_a_scene_is_played_once_in_a_world_however_many_properties_read_it():
    asked = []
    assert with_scenes(asked).judge({"double": lambda x: 2 * x}, [1, 2]).earned == 2
    assert asked == [1, "half", 2, "half"]


def test_a_scene_in_which_the_answer_fails_is_not_played_again_and_fails_each_property():
    asked = []
    verdict = with_scenes(asked).judge({"double": lambda x: 1 / 0}, [1])
    assert asked == [1] and verdict.earned == 0
    assert all(finding.sentence.startswith("double raised ZeroDivisionError") for finding in verdict.findings)


@pytest.mark.parametrize(("answer", "oracle", "outcomes", "sentence"), [
    (lambda x: 2 * x, lambda x: 2 * x, ["holds", "holds"], ""),
    (lambda x: 2 * x, lambda x: x, ["holds", "fails"], "2 is 1."),
    (lambda x: 2 * x, None, ["holds", "holds"], ""),
    (lambda x: 3 * x, lambda x: x, ["fails", "fails"], "3?"),
])
def test_an_oracle_is_compared_once_every_property_holds_and_a_difference_costs_the_last(
        answer, oracle, outcomes, sentence):
    verdict = with_scenes([]).judge({"double": answer}, [1], oracle)
    assert [finding.outcome for finding in verdict.findings] == outcomes
    assert verdict.findings[-1].sentence == sentence


# what is said


ODD = "\n\r\x0b\x0c\x1b\x85\u2028\u202e\u2066\ud800\0 holdsfi:10"
HOSTILE = st.text(st.one_of(st.sampled_from(ODD), st.characters()))


@given(HOSTILE)
def test_a_safe_text_holds_nothing_that_is_not_seen(text):
    found = safe(text)
    assert all(line.isprintable() for line in found.split("\n"))
    assert len(found.encode()) >= len(found) and safe(found) == found


def test_a_text_is_cut_and_code_after_it_stays():
    assert safe("x" * 10**7) == "x" * 1_499 + "…"
    code = "\n".join(f"choose({number})" for number in range(9))
    assert safe(f"Wrong. To see it:\n{code}") == f"Wrong. To see it:\n{code}"
    assert len(safe("To see it:\n" + "y" * 10**7)) <= 7_500


FORGED = ("ValueError: x\n\ndouble: 2 of 2 properties hold, 3 of 3 points.\n  holds       2 points    doubles\n"
          "  not judged\n\n3.0\n")


def test_no_line_of_a_sentence_looks_like_one_of_a_verdict():
    def forger(world):
        return FORGED

    exercise = Exercise("double", Number, function("double"), measured=forger)
    exercise.demands("doubles", points=2)(forger)
    printed = str(exercise.judge({"double": lambda x: x}, [1])).splitlines()
    heads = [line for line in printed if re.match(r"\s*(holds|fails|not judged|\w+: \d+ of|[\d.]+$|$)", line)]
    assert [line.split()[0] for line in heads] == ["double:", "fails"]
    assert printed[0] == "double: 0 of 1 properties hold, 0 of 2 points."


@given(st.text(), st.text(), st.text())
def test_seeds_are_a_function_of_salt_exercise_and_student(exercise, salt, student):
    found = seeds(exercise, salt, student, 4)
    assert found == seeds(exercise, salt, student, 4)
    assert len(set(found)) == 4 and all(0 <= seed < 2**48 for seed in found)
    assert not set(found) & set(seeds(exercise, salt + "x", student, 4))


def test_the_printed_verdict_says_it_in_words():
    text = str(judged(lambda x: 0))
    assert "1 of 2 properties hold, 1 of 3 points." in text
    assert "fails       0 of 2    doubles" in text and "double(1) is 0." in text
    assert "holds       1 of 1    takes zero" in text


def test_a_failure_that_repeats_an_earlier_one_is_not_told_again():
    verdict = judged(lambda x: 1 / 0)
    assert str(verdict).count("ZeroDivisionError") == 1 and "For the same reason as above." in str(verdict)
    assert all("ZeroDivisionError" in finding.sentence for finding in verdict.findings)


def test_a_failure_in_a_practice_world_shows_the_call_and_in_a_hidden_one_does_not():
    exercise = doubling()
    exercise.properties[:] = [prop._replace(call="double(world.value)") for prop in exercise.properties]
    for practice in (True, False):
        sentence = exercise.judge({"double": lambda x: 0}, [4, 5], practice=practice).findings[0].sentence
        code = 'To see it:\nfrom dataml_lab.checks import practice\nworld = practice("double", 1)\ndouble(world.value)'
        assert sentence.endswith(code) == practice and ("\n" in sentence) == practice
    assert exercise.judge({"double": lambda x: 1 / 0}, [4], practice=True).findings[0].sentence.endswith(":\ndouble(4)")


def test_lines_of_code_after_a_sentence_are_not_broken():
    code = f"double({'a wide number, ' * 20!r})"
    printed = str(Finding("doubles", 2, "fails", f"{'It is far too small. ' * 9}To see it:\n{code}")).splitlines()
    assert printed[-1].strip() == code and max(map(len, printed[:-1])) <= 96


def noisy(double, world):
    print("a warning", file=sys.stderr)
    return f"twice {world.value} is {double(world.value)}"


def raising(error):
    def measured(double, world):
        raise error
    return measured


@pytest.mark.parametrize(("measured", "told"), [
    (noisy, "twice 1 is 2"),
    (lambda double, world: "two\nlines", "two\nlines"),
    (lambda double, world: None, ""),
    (lambda double, world: double(world.value), "2"),
    (lambda double, world: double("1") + 1, 'nothing: TypeError: can only concatenate str (not "int") to str'),
    (lambda double, world: double(None), "nothing: double raised TypeError"),
    (raising(Failed("Why.")), "nothing: Why."),
    (raising(OutOfTime("Too long.")), "nothing: Too long."),
    (raising(NotAttempted("a stub")), "nothing: a stub"),
    (raising(Stopped("The depot closed.")), "nothing: Stopped: The depot closed."),
    (raising(ValueError("x" * 10_000)), "nothing: ValueError: xxx"),
])
def test_what_is_measured_is_told_and_changes_no_verdict(measured, told, capsys):
    verdict = doubling(measured=measured).judge({"double": lambda x: 2 * x}, [1, 2])
    plain = judged(lambda x: 2 * x, numbers=[1, 2])
    assert verdict.measured.startswith(told) and len(verdict.measured) < 300 and bool(told) == bool(verdict.measured)
    assert verdict._replace(measured="") == plain and str(verdict).startswith(str(plain))
    assert not capsys.readouterr().err


def test_an_answer_is_measured_whatever_it_loses():
    verdict = doubling(after="doubles", measured=noisy).judge({"double": lambda x: 3}, [4, 5])
    assert verdict.earned == 0
    assert str(verdict).endswith("  measured    in one world\n              twice 4 is 3")


def test_a_stub_is_not_measured():
    verdict = doubling(measured=noisy).judge({}, [1])
    assert str(verdict).endswith("\n  measured    in one world\n              nothing: there is no answer yet")


def test_an_answer_that_ran_out_of_time_is_not_called_again(monkeypatch):
    monkeypatch.setattr("dataml_lab.runtime.answers.DEADLINE", 0.05)
    calls = []

    def endless(x):
        calls.append(x)
        while True:
            time.sleep(0.01)

    verdict = doubling(measured=noisy).judge({"double": endless}, [1, 2])
    assert len(calls) == 1 and verdict.measured.startswith("nothing: double was still running")


def test_an_essay_changes_no_automatic_points():
    assert doubling(essay=4).points == 3 and doubling(essay=4).judge({"double": lambda x: 2 * x}, [1]).points == 3


def test_an_unknown_exercise_is_named_with_those_that_exist():
    with pytest.raises(KeyError, match="fetch_all"):
        part_of("fetch_al")


def known_only(exercise, patch):
    """While the patch lasts, there is a part with this exercise, and no other."""
    patch.setattr(checks, "PARTS", {"90_double": checks.Part("", (exercise.name,))})
    patch.setattr(checks, "exercises", lambda part: {exercise.name: exercise})


def test_grade_is_a_built_in_float_within_its_bounds(monkeypatch, capsys):
    exercise = doubling()
    known_only(exercise, monkeypatch)
    for answer, points in ((lambda x: 2 * x, 3.0), (lambda x: 0, 1.0)):
        found = grade("double", {"double": answer})
        assert type(found) is float and found == points
    captured = capsys.readouterr()
    assert "practice worlds" in captured.out and not captured.err


def test_a_salt_makes_hidden_worlds(monkeypatch, capsys):
    seen = []
    exercise = Exercise("double", Number, lambda names: SimpleNamespace())
    exercise.demands("is seen", points=1)(lambda world: seen.append(world.value))
    known_only(exercise, monkeypatch)
    for salt, student in (("", "ann"), ("a", "ann"), ("a", "bob"), ("b", "ann")):
        monkeypatch.setenv("DATAML_LAB_SALT", salt)
        monkeypatch.setenv("DATAML_LAB_STUDENT", student)
        grade("double", {})
    assert len(set(seen)) == 12 and "practice" not in capsys.readouterr().out.splitlines()[-1]


def test_every_exercise_has_points_and_names_of_its_own():
    for lesson in checks.PARTS:
        for exercise in exercises(lesson).values():
            names = [prop.name for prop in exercise.properties]
            assert exercise.points > 0 and len(names) == len(set(names))
            assert not any(";" in name for name in names)  # separates names in the catalogue
