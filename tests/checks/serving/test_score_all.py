"""`score_all`: that crashes and promotions come where they are counted, and that only the disk outlives a process."""

import pytest

from dataml_lab.checks.serving.payments import payments
from dataml_lab.checks.serving.score_all import restarted, run, score_all
from dataml_lab.runtime.answers import Answer, Failed
from tests.catalogued import catalogued

ONE_ROW, COMPLETE, GAPS, LOSES, TWICE, VERSION, NEXT, NEWS, VAIN = [prop.name for prop in score_all.properties]


def answer(name):
    return catalogued("score_all", name)["score_all"]


RIGHT = [answer(f"right_{name}") for name in ("notes_stamps", "appends_after_clearing", "one_by_one")]
right = RIGHT[0]


def failing(answer, seeds=(1,)):
    verdict = score_all.judge({"score_all": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome != "holds"}


def spoiling(edited):
    """The right answer, of which each list of rows is written as something else."""
    def spoilt(store, model, state):
        class Other:
            read, partitions = store.read, store.partitions

            def write(self, name, rows):
                for part in edited(rows):
                    store.write(name, part)
        right(Other(), model, state)
    return spoilt


@pytest.mark.parametrize("answer", RIGHT)
def test_a_crash_at_each_step_ends_the_run_there_and_the_next_makes_it_good(answer):
    world = payments(3)
    whole = run(answer, world)
    for crash_at in range(1, len(whole.steps) + 1):
        crashed, after = restarted(answer, world, crash_at)
        assert crashed.steps == whole.steps[:crash_at]
        assert after.wrong is None and len(after.versions) == 1
        assert restarted(answer, world, crash_at, 2).after.wrong is None
    assert {step.split()[0] for step in whole.steps} >= {"before", "after"}


def test_a_run_that_crashed_keeps_its_version_and_the_next_one_takes_the_other():
    world = payments(2)
    steps = len(run(right, world).steps)
    assert restarted(right, world, steps // 2).after.versions.keys() == {world.champion}
    assert restarted(right, world, 1).after.versions.keys() == {world.lower}
    assert restarted(right, world, steps).after.versions.keys() == {world.lower}  # the run had ended


def test_the_note_may_hold_what_is_still_to_be_done():
    """News of a day that crashed wait for the next run."""
    def with_plan(store, model, state):
        note = state.load() or {"version": None, "plan": {}, "done": {}}
        if not note["plan"]:
            version, stamps = model.champion(), store.partitions()
            done = note["done"] if version == note["version"] else {}
            note = {"version": version, "done": done,
                    "plan": {name: stamp for name, stamp in stamps.items() if done.get(name) != stamp}}
            state.save(note)
        whole = catalogued("score_all", "right_one_by_one")["score"]
        for name in list(note["plan"]):
            store.write(name, [{"payment_id": row["payment_id"], "version": note["version"], "score": whole(
                row, model, model.trained_on(note["version"]), note["version"])} for row in store.read(name)])
            note["done"][name] = note["plan"].pop(name)
            state.save(note)

    assert failing(with_plan, range(3)) == {}


def test_done_in_a_global_is_not_done():
    done = {}

    def global_note(store, model, state):
        class Note:
            def load(self):
                return done.get("note")

            def save(self, note):
                done["note"] = note
        right(store, model, Note())

    sentences = failing(global_note)
    assert ONE_ROW not in sentences and {LOSES, TWICE, VERSION, NEXT, NEWS, VAIN} & sentences.keys()
    assert any("something outside of `state`" in told for told in sentences.values())


def test_who_swallows_the_crash_can_write_no_more():
    def stubborn(store, model, state):
        try:
            answer("wrong_noted_before_written")(store, model, state)
        except BaseException:
            right(store, model, state)

    assert LOSES in failing(stubborn)


def test_an_answer_with_wrong_gaps_loses_none_of_the_properties_about_crashes_and_versions():
    def as_zero(store, model, state):
        class Odd:
            champion, score = model.champion, model.score

            def trained_on(self, version):
                return {**model.trained_on(version), "median_days": 0, "methods": ["other"]}
        right(store, Odd(), state)

    assert failing(as_zero).keys() == {COMPLETE, GAPS}


@pytest.mark.parametrize(("edit", "words"), [
    ({"score": "high"}, "a number or None"), ({"version": None}, "it has no version"), ({"payment_id": 1.5}, "whole"),
    ({"version": 99}, "names version 99"), ({"score": float("nan")}, "a number or None"), ({"payment_id": 5}, "5 has")])
def test_rows_that_are_none_are_told(edit, words):
    spoilt = spoiling(lambda rows: [[{key: value for key, value in {**row, **edit}.items() if value is not None
                                      or key == "score"} for row in rows]])
    assert words in failing(spoilt)[ONE_ROW]


def test_pieces_in_place_of_each_other_and_scores_that_are_rounded_are_told_as_such():
    pieces = spoiling(lambda rows: [rows[start:start + 10] for start in range(0, len(rows), 10)])
    assert "store.write puts rows in place of all there were" in failing(pieces)[ONE_ROW]
    rounded = failing(spoiling(lambda rows: [[{**row, "score": row["score"] and round(row["score"], 4)}
                                              for row in rows]]))
    assert rounded.keys() == {COMPLETE, GAPS}
    score, _, right_score = rounded[COMPLETE].partition("has the score ")[2].partition(", where version ")
    assert score != right_score.partition("answers ")[2].split()[0]


@pytest.mark.parametrize("endless", [
    lambda store, model, state: [store.read("2025-03-01") for _ in range(10**6)],
    lambda store, model, state: [model.score([{"amount": 1, "account_days": 1, "method": "card"}], model.champion())
                                 for _ in range(10**6)]])
def test_a_loop_without_an_end_is_stopped(endless):
    with pytest.raises(Failed, match="when does its loop end"):
        run(Answer("score_all", endless), payments(1))
