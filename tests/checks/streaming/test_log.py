"""The log and the table of `deliver`: what the worlds promise, and that a crash comes where it is counted."""

from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.streaming.log import PAGE, REACH, Log, Machine, Table, producer, size, totals
from dataml_lab.runtime.process import Crash, Process

SEEDS = range(10)
world = cache(producer)


def distances(log):
    """How many records after the first of its order each other record comes."""
    first = {}
    return [record["offset"] - first[record["order_id"]] for record in log
            if first.setdefault(record["order_id"], record["offset"]) != record["offset"]]


def test_repeats_are_within_reach_and_some_at_its_very_end():
    for seed in SEEDS:
        log = world(seed).repeated
        found = Counter(distances(log))
        assert set(found) == {1, 15, 45, REACH} and min(found.values()) >= 3
        assert max(Counter(record["order_id"] for record in log).values()) == 3
        contents = {record["order_id"]: (record["user_id"], record["cents"]) for record in log}
        assert all(contents[record["order_id"]] == (record["user_id"], record["cents"]) for record in log)


def test_orders_at_reach_are_all_sent_again_as_late_as_may_be():
    for seed in SEEDS:
        assert distances(world(seed).at_reach) == [REACH] * REACH and len(world(seed).at_reach) == 2 * REACH


def test_logs_are_as_long_as_they_should_be():
    for seed in SEEDS:
        for log, least, most in ((world(seed).once, REACH + 65, REACH + 75), (world(seed).repeated, 650, 720)):
            assert least <= len(log) <= most
            assert [record["offset"] for record in log] == list(range(len(log)))


def test_once_holds_each_order_once_and_two_that_are_alike():
    for seed in SEEDS:
        log = world(seed).once
        assert len({record["order_id"] for record in log}) == len(log)
        alike = [pair for pair in pairwise(log)
                 if (pair[0]["user_id"], pair[0]["cents"]) == (pair[1]["user_id"], pair[1]["cents"])]
        assert alike


def test_totals_are_those_of_first_records():
    for seed in SEEDS:
        for log in (world(seed).once, world(seed).repeated):
            first = [record for number, record in enumerate(log)
                     if record["order_id"] not in {earlier["order_id"] for earlier in log[:number]}]
            assert totals(log) == {user: sum(record["cents"] for record in first if record["user_id"] == user)
                                   for user in {record["user_id"] for record in log}}


def test_a_seed_gives_the_same_world():
    assert producer(5) == producer(5) != producer(6)


# the systems


def test_pages_cover_every_record_once_and_end():
    records = world(3).once
    log, found, sizes = Log(records, Machine(), Process()), [], []
    while page := log.read(len(found)):
        found += page
        sizes.append(len(page))
    assert found == records and sizes[:6] == [20, 20, 10, 20, 20, 10] and max(sizes) == PAGE


def test_numbers_of_orders_are_those_of_customers_as_well():
    for seed in SEEDS:
        for log in (world(seed).once, world(seed).repeated):
            assert {record["user_id"] for record in log} <= {record["order_id"] for record in log}


STEPS = ["before log.read", "before table.write", "after table.write", "before log.commit", "after log.commit"]


@pytest.mark.parametrize("crash_at", range(1, 7))
def test_a_crash_comes_at_its_step_and_what_went_before_stays(crash_at):
    machine, process = Machine(), Process(crash_at if crash_at < 6 else None)
    log, table, crashed = Log(world(1).once, machine, process), Table(machine, process), False
    try:
        log.read(0)
        table.write({314: 4_250})
        log.commit(20)
    except Crash:
        crashed = True
    assert process.steps == STEPS[:crash_at] and crashed == process.crashed == (crash_at < 6)
    assert machine.rows == ({314: 4_250} if crash_at > 2 else {})
    assert machine.committed == (20 if crash_at > 4 else 0)


def test_after_a_crash_nothing_is_written_any_more():
    machine, process = Machine(), Process(crash_at=1)
    for call in (lambda: Table(machine, process).write({1: 2}), lambda: Log([], machine, process).commit(3)) * 2:
        with pytest.raises(Crash):
            call()
    assert (machine.rows, machine.committed, len(process.steps)) == ({}, 0, 1)


def test_a_write_takes_the_place_of_what_is_there_and_none_deletes():
    machine = Machine()
    table = Table(machine, Process())
    table.write({1: 10, "state": {"offset": 3}, 2: np.int64(5)})
    table.write({1: None, 2: 7, 3: None})
    assert machine.rows == {"state": {"offset": 3}, 2: 7} and table.get(1) is None
    table.get("state")["offset"] = 99
    assert table.get("state") == {"offset": 3}


@pytest.mark.parametrize("call", [
    lambda log, table: log.read(-1), lambda log, table: log.read(None), lambda log, table: log.read(2.0),
    lambda log, table: log.read(np.int64(2)), lambda log, table: log.commit("7"), lambda log, table: log.commit(None),
    lambda log, table: table.write([1]), lambda log, table: table.write(None)])
def test_misuse_is_told_in_words(call):
    machine, process = Machine(), Process()
    with pytest.raises(TypeError, match=r"^(log|table)\.\w+ takes .* not "):
        call(Log([], machine, process), Table(machine, process))
    assert process.steps == []


@pytest.mark.parametrize(("value", "values"), [
    (7, 1), ("offset", 1), ([1, 2, 3], 3), ({1, 2}, 2), ({}, 0), ({"seen": {1: 5, 2: 6}}, 2), ({"seen": []}, 1),
    (np.arange(50), 50), (pd.Series([1, 2]), 2), (pd.DataFrame({"id": [1, 2], "at": [3, 4]}), 4),
])
def test_the_size_of_a_value_is_how_many_it_holds(value, values):
    assert size(value) == values


@pytest.mark.parametrize("hidden", [
    lambda ids: int("".join(map(str, ids))), lambda ids: Decimal("".join(map(str, ids))),
    lambda ids: np.array([int("".join(map(str, ids)))], object), lambda ids: {tuple(ids): 1},
    lambda ids: pd.DataFrame({"ids": [" ".join(map(str, ids))]}), lambda ids: {str(ids): 1},
    lambda ids: pd.Series(ids).to_numpy(), lambda ids: pd.DataFrame(columns=list(map(str, ids)))])
def test_many_ids_are_many_values_wherever_they_are_hidden(hidden):
    ids = list(range(900_000, 900_400))
    assert size({"seen": hidden(ids)}) > 120
    assert size({"seen": hidden(ids[:10])}) < 30


@pytest.mark.parametrize("offset", [2**63, 10**4_000])
def test_no_offset_is_larger_than_a_broker_has_room_for(offset):
    machine = Machine()
    log = Log([], machine, Process())
    with pytest.raises(TypeError, match="from 0 to 2⁶³ - 1, not "):
        log.commit(offset)
    log.commit(2**63 - 1)
    assert machine.committed == 2**63 - 1


@pytest.mark.parametrize("written", [str, lambda ids: ",".join(map(str, ids)), lambda ids: str(ids).encode()])
def test_many_ids_in_one_text_are_many_values(written):
    ids = list(range(900_000, 900_600))
    assert size(written(ids)) > 450 and size(written(ids[:120])) < 150
