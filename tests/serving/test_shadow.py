"""Whatever a shadow does, answers are the same; and its scores are compared."""

import math
import sys
import threading

import numpy as np
import pytest

from dataml_lab.serving import Model, SchemaError
from dataml_lab.serving.shadow import REASONS, Compared, Shadow, differences
from tests.conftest import PATIENCE
from tests.serving.worlds import boosted, payments, pipeline, schema


def twice(rows):
    return [2 * row["x"] for row in rows]


def same(rows):
    return [row["x"] for row in rows]


def rows(*numbers):
    return [{"x": number} for number in numbers]


def fails(rows):
    raise RuntimeError("no")


def ends(rows):
    sys.exit("the shadow ends")


def changes(rows):
    for row in rows:
        row["x"] = -1.0
        row.clear()
    rows.clear()
    return []


def too_few(rows):
    return [0.0] * (len(rows) - 1)


def of_text(rows):
    return ["much"] * len(rows)


def no_number(rows):
    return [math.nan] * len(rows)


@pytest.mark.parametrize("bad", [fails, ends, changes, too_few, of_text, no_number, None])
def test_a_bad_shadow_changes_no_answer(bad):
    shadow = Shadow(same, bad)
    for number in range(50):
        asked = rows(number / 50, 0.5)
        assert shadow(asked) == [number / 50, 0.5]
        assert asked == rows(number / 50, 0.5)
    assert shadow.settle(PATIENCE)
    found = shadow.comparison
    assert (found.answered, found.failed, found.scored, found.dropped) == (100, 100, 0, 0)
    assert sum(shadow.reasons.values()) == 100
    assert math.isnan(found.mean)
    assert shadow.frame().empty


def test_one_bad_row_harms_no_other():
    shadow = Shadow(same, lambda rows: [1 / row["x"] for row in rows])
    shadow(rows(0.5, 0, 1))
    assert shadow.settle(PATIENCE)
    assert shadow.comparison[:5] == (3, 2, 1, 0, 0)
    assert shadow.reasons == {"ZeroDivisionError: division by zero": 1}


def test_a_shadow_that_hangs_is_handed_no_more_than_may_wait():
    release = threading.Event()

    def hangs(rows):
        release.wait(PATIENCE)
        return same(rows)

    shadow = Shadow(same, hangs, most=10)
    for number in range(500):
        assert shadow(rows(number)) == [number]
    assert shadow.comparison[:5] == (500, 0, 0, 490, 10)
    assert not shadow.settle(0)
    release.set()
    assert shadow.settle(PATIENCE)
    assert shadow.comparison[:5] == (500, 10, 0, 490, 0)


def test_a_failing_answer_is_raised_as_it_is_and_not_compared():
    shadow = Shadow(fails, same)
    with pytest.raises(RuntimeError, match=r"^no$"):
        shadow(rows(1))
    assert shadow.settle(PATIENCE)
    assert shadow.comparison.answered == 0


@pytest.mark.parametrize("asked", [None, 7, [7], "row"])
def test_what_are_no_rows_is_for_the_answer_to_say(asked):
    seen = []
    Shadow(seen.append, same)(asked)
    assert seen == [asked]


def test_answers_that_are_changed_in_place_are_those_given():
    def changing(rows):
        found = same(rows)
        rows[0]["x"] = 99.0
        return found

    shadow = Shadow(changing, same)
    shadow(rows(0.25))
    assert shadow.settle(PATIENCE)
    assert shadow.comparison.most == 0


@pytest.mark.parametrize("answers", [None, "text", ["much"], [], [1.0, 2.0]])
def test_answers_that_are_no_numbers_are_given_and_not_compared(answers):
    shadow = Shadow(lambda rows: answers, same)
    assert shadow(rows(1)) is answers
    assert shadow.comparison.answered == 0


@pytest.mark.parametrize("share", [0, 0.1, 0.25, 2 / 3, 1])
def test_a_share_of_the_calls_is_handed_over_spread_evenly(share):
    shadow = Shadow(same, twice, share=share, most=10_000)
    taken = []
    for number in range(300):
        before = shadow.comparison.answered
        shadow(rows(number))
        taken.append(shadow.comparison.answered - before)
    assert abs(np.cumsum(taken) - share * np.arange(1, 301)).max() < 1 + 1e-9


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_that_is_none(share):
    with pytest.raises(ValueError, match="a number from 0 to 1 is needed"):
        Shadow(same, twice, share=share)


def test_a_closed_shadow_gets_no_more_and_answers_go_on():
    started, release = threading.Event(), threading.Event()

    def slow(rows):
        started.set()
        release.wait(PATIENCE)
        return same(rows)

    shadow = Shadow(same, slow)
    for number in range(5):
        shadow(rows(number))
    started.wait(PATIENCE)
    shadow.close()
    assert shadow(rows(9)) == [9]
    release.set()
    assert shadow.settle(PATIENCE)
    assert shadow.comparison[:5] == (5, 1, 0, 4, 0)


def test_what_is_kept_is_bounded():
    def fails_on_each(rows):
        if rows[0]["x"] % 2:
            raise ValueError(f"{rows[0]['x']} {'x' * 10_000}")
        return same(rows)

    shadow = Shadow(same, fails_on_each, most=10_000, kept=7)
    for number in range(1_000):
        shadow(rows(number))
    assert shadow.settle(PATIENCE)
    assert shadow.frame()["answer"].tolist() == [986, 988, 990, 992, 994, 996, 998]
    assert len(shadow.reasons) == REASONS + 1
    assert shadow.reasons["other"] == 500 - REASONS
    assert max(map(len, shadow.reasons)) <= 200


def test_differences_are_as_defined():
    draw = np.random.default_rng(3)
    answer, shadow = draw.random((2, 500))
    last = [Compared({}, answer[place], shadow[place], place, 2 * place) for place in range(500)]
    assert differences(last, 0.7) == pytest.approx([
        abs(answer - shadow).mean(), abs(answer - shadow).max(), (answer >= 0.7).mean(), (shadow >= 0.7).mean(),
        ((answer >= 0.7) != (shadow >= 0.7)).mean(), np.percentile(range(500), 99), 2 * np.percentile(range(500), 99)])


def test_two_models_are_compared_and_told(tmp_path):
    one, other = (Model("fraud", version, schema(), {}, "", estimator) for version, estimator in (
        (3, pipeline()), (4, boosted("sklearn"))))
    shadow = Shadow(one.score, other.score, threshold=0.4)
    table = payments().head(30)
    asked = table.to_dict("records")
    for row in asked:
        assert shadow([row])[0] == one.score([row])[0]
    assert shadow.settle(PATIENCE)
    first, second = one.score(table), other.score(table)
    found = shadow.comparison
    assert found.scored == len(asked)
    assert found.differ == pytest.approx(((first >= 0.4) != (second >= 0.4)).mean())
    assert found.most == pytest.approx(abs(first - second).max())
    assert f"the shadow scored {len(asked)} of them, failed on 0" in str(found)
    worst = shadow.frame().iloc[0]
    assert worst["amount"] == table["amount"][abs(first - second).argmax()]
    with pytest.raises(SchemaError):
        shadow([{"amount": -1}])


def test_callers_in_many_threads_get_their_own_answers():
    shadow, wrong = Shadow(same, twice, most=100_000), []

    def caller(first):
        for number in range(first, first + 200):
            wrong.extend([number] * (shadow(rows(number, -number)) != [number, -number]))

    callers = [threading.Thread(target=caller, args=(1_000 * place,)) for place in range(8)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    assert not wrong
    assert shadow.settle(PATIENCE)
    assert shadow.comparison[:5] == (3_200, 3_200, 0, 0, 0)
