"""The worlds of lesson 01: what they promise to the properties, and that oracle and truth agree on them."""

import runpy
from collections import Counter
from pathlib import Path

import pytest

from dataml_lab.checks.pipeline.clean_payments import clean_payments, payments
from dataml_lab.checks.pipeline.cleaner_tests import FAULTY, cleaners
from dataml_lab.checks.pipeline.depot import PAGE, Api, Disk, State, depot, in_order
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime import answers
from dataml_lab.runtime.process import Crash, Process

SEEDS = range(12)
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "01_pipeline" / "oracle.py"))["ORACLES"]


@pytest.mark.parametrize("seed", SEEDS)
def test_ties_cross_every_border_of_a_page(seed):
    rows = depot(seed).rows
    assert rows == in_order(rows) and len(rows) % PAGE
    for border in range(PAGE, len(rows), PAGE):
        assert rows[border - 1]["updated_at"] == rows[border]["updated_at"]


@pytest.mark.parametrize("seed", SEEDS)
def test_later_rows_tie_with_the_last_row_and_change_earlier_ones(seed):
    world = depot(seed)
    before = {row["delivery_id"] for row in world.rows}
    assert len(before) == len(world.rows) and len(world.all_rows) > len(world.rows)
    assert any(row["updated_at"] == world.rows[-1]["updated_at"] and row["delivery_id"] not in before
               for row in world.later)
    assert sum(row["delivery_id"] in before for row in world.later) > PAGE  # more than a page has moved


@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_tie_fills_more_than_two_pages(seed):
    world = depot(seed)
    times = Counter(row["updated_at"] for row in world.tied)
    assert world.tied == in_order(world.tied) and max(times.values()) > 2 * PAGE
    assert len({row["delivery_id"] for row in world.tied}) == len(world.tied)


def test_a_seed_gives_the_same_world():
    assert depot(5) == depot(5) and depot(5) != depot(6)
    assert repr(payments(5)) == repr(payments(5)) != repr(payments(6))


def test_pages_cover_every_row_once():
    rows = depot(3).rows
    api = Api(rows, Process())
    pages = [api.get(page=number)["rows"] for number in range(1, 10)]
    assert [row for page in pages for row in page] == rows


def test_a_refused_request_must_be_waited_for():
    api = Api(depot(3).rows, Process(), {1: {"status": 429, "retry_after": 7}})
    assert [api.get()["status"], api.get()["status"]] == [429, 429] and api.hurried == [429]
    api.wait(7)
    assert api.get()["status"] == 200


@pytest.mark.parametrize("call", [
    lambda api, state: api.get(since=3), lambda api, state: api.get(page=0), lambda api, state: api.get(page="1"),
    lambda api, state: state.write([1]), lambda api, state: state.write(None)])
def test_misuse_is_told_in_words(call):
    process = Process()
    with pytest.raises(TypeError, match=r"takes"):
        call(Api([], process), State(Disk(), process))


def test_after_a_crash_nothing_works_any_more():
    process, disk = Process(crash_at=1), Disk()
    for _ in range(3):
        with pytest.raises(Crash):
            State(disk, process).save("x")
    assert disk.checkpoint is None and process.steps == ["before state.save"]


def test_a_crash_in_the_middle_leaves_half_of_the_rows():
    disk = Disk()
    with pytest.raises(Crash):
        State(disk, Process(crash_at=2)).write({number: {"delivery_id": number} for number in range(4)})
    assert len(disk.rows) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_of_payments_are_fair(seed):
    world = clean_payments.fair_world(seed)
    fields = Counter(pair.fault.field for pair in world.bad_amounts + world.bad_names)
    assert set(fields) == {"payment_id", "order_id", "user_id", "amount", "method", "occurred_at"}


@pytest.mark.parametrize("seed", SEEDS)
def test_oracle_and_truth_agree(seed):
    world, oracle = payments(seed), ORACLE["clean_payments"]
    for case in world.sound + world.repairable:
        assert oracle(case.raw) == case.clean
    for pair in world.bad_amounts + world.bad_names:
        assert oracle(pair.fault.put_into(pair.sound)) is None
        assert oracle(pair.sound) is not None


def test_each_faulty_cleaner_is_right_about_a_sound_order_with_whole_text_fields():
    sound = {"order_id": "17", "user_id": "3", "product_id": "5", "quantity": 1, "total": 42.0, "status": "completed",
             "channel": "web", "occurred_at": "2025-03-01T12:00:00Z", "received_at": "2025-03-01T12:00:03Z"}
    for cleaner in [*FAULTY.values(), *cleaners(1).correct]:
        assert (cleaner.clean(dict(sound)) or {}).items() >= clean_order(sound).items()


def test_a_cleaner_that_never_ends_is_stopped_once(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    def clean(raw):
        while True:
            pass

    verdict = clean_payments.judge({"clean": clean}, [1])
    assert [finding.outcome for finding in verdict.findings] == ["fails", *["not judged"] * 6]
    assert "still running" in verdict.findings[0].sentence
