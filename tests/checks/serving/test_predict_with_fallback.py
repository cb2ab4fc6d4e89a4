"""`predict_with_fallback`: that what the stories plan is what the rules say, found in another way."""

import math

import pytest

from dataml_lab.checks.serving.estimates import Step, Story, play
from dataml_lab.checks.serving.predict_with_fallback import predict_with_fallback
from dataml_lab.checks.serving.stories import DOWN, answers, breaks, shop
from tests.catalogued import catalogued

ROW = {"order_id": 1, "zone": 2, "distance_m": 900, "weather": "rain"}


def by_the_rules(story):
    """What each step of a story should return, with its age: from the events alone, by no clock and no cache."""
    now, known = 0.0, []  # all good replies so far: when, for what, of which version, minutes
    for step in story.steps:
        now += step.after
        fields = [step.row[name] for name in ("zone", "distance_m", "weather")]
        end, found = now + 0.5, None
        for event in step.events[:3]:
            if now + event.seconds > end:
                now = end
                break
            now += event.seconds
            if event.raises is not ConnectionError:
                found = event
                break
        if step.cache == "another":
            known = []
        yield outcome(found, step, known, fields, now)


def outcome(found, step, known, fields, now):
    """What one call should return, given what the model did last; what is good is added to what is known."""
    if found and found.raises:
        return "refused" if found.raises is ValueError else f"{found.raises.__name__}"
    if found and found.version == step.version and found.minutes is not None and 0 < found.minutes < math.inf:
        if step.cache != "down":
            known.append((now, fields, step.version, found.minutes))
        return ("model", found.minutes)
    same = [(minutes, now - at) for at, of, version, minutes in known
            if of == fields and version == step.version and now - at <= 600 and step.cache != "down"]
    return ("cache", *same[-1]) if same else ("default", 60)


def planned(step):
    """What a step plans, as `outcome` has it; None where nothing is."""
    if isinstance(step.right, str):
        return step.right.partition(":")[0]
    if step.right is None:
        return None
    parts = (step.right.source, step.right.minutes, step.right.age)
    return "refused" if parts[1] is None else parts[:2] if parts[2] is None else parts


@pytest.mark.parametrize("seed", range(10))
def test_what_is_planned_is_what_the_rules_say(seed):
    for story in shop(seed).stories:
        for step, right in zip(story.steps, by_the_rules(story), strict=True):
            if step.right is not None:
                assert planned(step)[:2] == right[:2] and planned(step)[2:] == pytest.approx(right[2:], abs=0.5), step


@pytest.mark.parametrize("seed", range(10))
def test_deliveries_of_different_stories_are_different(seed):
    rows = [{tuple(step.row.values())[1:] for step in story.steps} for story in shop(seed).stories]
    assert len(set().union(*rows)) == sum(map(len, rows))


def test_time_passes_while_the_model_is_asked_and_what_is_late_raises():
    def asks(row, version, model, cache, clock):
        began = clock.now()
        for seconds in (0.25, 0.25, -1.0):
            with pytest.raises((TimeoutError, ConnectionError)):
                model.ask(row, seconds)
        return clock.now() - began

    story = Story("", (Step(ROW, "7", (breaks(0.125), answers(20.0, "7", 0.5))),))
    assert play(asks, story, 1e6)[0].returned == 0.375


def test_what_is_kept_outlives_a_call_but_for_a_cache_that_is_down():
    def counts(row, version, model, cache, clock):
        try:
            cache.put(row["zone"], (cache.get(row["zone"]) or 0) + 1)
        except ConnectionError:
            return "down"
        return cache.get(row["zone"])

    steps = [Step(ROW, "7", DOWN, cache=cache) for cache in ("works", "works", "another", "down", "works")]
    assert [told.returned for told in play(counts, Story("", tuple(steps)))] == [1, 2, 1, "down", 3]


def failing(name):
    """The sentences about a catalogued answer, by property."""
    verdict = predict_with_fallback.judge(catalogued("predict_with_fallback", name), [1])
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome != "holds"}


def test_a_sentence_names_what_was_given_what_came_and_what_is_right():
    sentence, = failing("wrong_never_stale").values()
    for words in ("Given order", "Then, 605 s later, order", "broke after 0.05 s, 3 times. It returned {'minutes': ",
                  "where {'minutes': 60, 'source': 'default'} is right. The kept answer is older than 600 s."):
        assert words in sentence


def test_a_loop_without_an_end_is_told():
    def loops(row, version, model, cache, clock):
        while True:
            try:
                model.ask(row, 0)
            except TimeoutError:
                continue

    verdict = predict_with_fallback.judge({"predict_with_fallback": loops}, [1])
    assert verdict.earned == 0 and "51 times and was not done" in str(verdict)
