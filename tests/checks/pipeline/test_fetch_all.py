"""The depot and its API as they are promised, and what of a run is seen."""

from collections import Counter

import numpy as np
import pytest

from dataml_lab.checks.pipeline.depot import PAGE, Api, Disk, State, depot, in_order
from dataml_lab.checks.pipeline.fetch_all import IN_A_ROW, TROUBLES, difference, fetch_all
from dataml_lab.runtime.process import Crash, Process
from tests.catalogued import catalogued

SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_ties_cross_every_border_of_a_page_and_one_fills_more_than_two_pages(seed):
    world = depot(seed)
    assert world.rows == in_order(world.rows) and len(world.rows) % PAGE
    for border in range(PAGE, len(world.rows), PAGE):
        assert world.rows[border - 1]["updated_at"] == world.rows[border]["updated_at"]
    assert world.tied == in_order(world.tied) and len({row["delivery_id"] for row in world.tied}) == len(world.tied)
    assert max(Counter(row["updated_at"] for row in world.tied).values()) > 2 * PAGE
    assert depot(seed) == world != depot(seed + 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_later_rows_tie_with_the_last_row_and_change_earlier_ones(seed):
    world = depot(seed)
    before = {row["delivery_id"] for row in world.rows}
    assert len(before) == len(world.rows) < len(world.all_rows)
    assert any(row["updated_at"] == world.rows[-1]["updated_at"] and row["delivery_id"] not in before
               for row in world.later)
    assert sum(row["delivery_id"] in before for row in world.later) > PAGE  # more than a page has moved


@pytest.mark.parametrize("seed", SEEDS)
def test_what_changes_in_a_run_is_of_its_first_page_and_comes_to_a_middle_and_the_last_place(seed):
    world = depot(seed)
    first = {row["delivery_id"] for row in world.rows[:PAGE]}
    places = [place for place, row in enumerate(world.moved) if row["delivery_id"] in first
              and row not in world.rows]
    assert places[1] == len(world.moved) - 1 and len(world.rows) < places[0] < len(world.moved) - PAGE / 2
    assert len(world.moved) == len({row["delivery_id"] for row in world.moved})


def test_refusals_come_alone_and_as_many_in_a_row_as_the_prompt_says():
    rows = Counter(request - place for place, request in enumerate(sorted(TROUBLES)))  # the same in a row
    assert max(rows.values()) == IN_A_ROW == 8 and min(rows.values()) == 1
    assert {trouble["status"] for trouble in TROUBLES.values()} == {429, 500}


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


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, -float("inf")])
def test_the_clock_of_the_api_takes_no_odd_wait(seconds):
    api = Api([], Process())
    with pytest.raises(ValueError, match="a finite number from 0 on"):
        api.wait(seconds)
    for fine in (0, 1.5, np.float64(2), np.int64(3)):
        api.wait(fine)


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


def test_a_disk_and_its_twin_have_nothing_in_common_but_what_is_on_them():
    disk = Disk()
    State(disk, Process()).write({1: {"delivery_id": 1}})
    State(disk, Process()).save([1])
    State(disk, Process()).load().append(2)
    twin = disk.twin()
    State(twin, Process()).write({2: {"delivery_id": 2}})
    State(twin, Process()).save([3])
    assert list(disk.rows) == [1] and list(twin.rows) == [1, 2] and disk.checkpoint == [1]


@pytest.mark.parametrize("row", [{"delivery_id": []}, {"delivery_id": {}, "updated_at": []}, {}, 7, None,
                                 {"delivery_id": np.arange(3)}, {"delivery_id": 1, "updated_at": np.arange(3)}])
def test_what_was_stored_is_compared_whatever_it_is(row):
    disk = Disk()
    State(disk, Process()).write({0: row})
    assert difference(disk, [{"delivery_id": 1, "updated_at": "2025"}])


@pytest.mark.parametrize(("answer", "said", "unsaid"), [
    ("wrong_counts_pages", "Page 2 skips the first 20 rows", "the last version counts"),
    ("wrong_skips_what_it_saw", "the last version counts", "Page 2 skips"),
    ("wrong_keyed_by_version", "is stored 2 times", "Page 2 skips")])
def test_of_what_moves_the_sentence_names_the_mistake_that_was_made(answer, said, unsaid):
    found = fetch_all.judge(catalogued("fetch_all", answer), [1]).findings
    sentence = {one.property: one.sentence for one in found}["misses nothing that moves"]
    assert said in sentence and unsaid not in sentence
