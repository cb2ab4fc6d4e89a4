"""The world of `score_all`: that payments of each kind are there, and what a crash leaves."""

import math

import pytest

from dataml_lab.checks.serving.payments import FIELDS, GAPS, MOST, ZEROS, Disk, Model, State, Store, payments
from dataml_lab.runtime.process import Crash, Process

SEEDS = range(10)


def online_by_hand(version, row):
    """The formula written out, with the gaps filled one by one."""
    if row["amount"] is None:
        return None
    days = version.median_days if row["account_days"] is None else row["account_days"]
    weight = version.methods[row["method"] if row["method"] in version.methods else "other"]
    x = version.bias + version.amount * math.log(1 + row["amount"]) - version.days * math.log(1 + days) + weight
    return math.exp(x) / (1 + math.exp(x))


def store(world, crash_at=None, disk=None, **late):
    return Store(disk or Disk(), Process(crash_at), world.partitions, **late)


def model(world, **promoted):
    return Model(world.versions, world.champion, Process(), **promoted)


@pytest.mark.parametrize("seed", SEEDS)
def test_partitions_are_of_the_special_sizes_and_each_larger_one_has_every_kind_of_payment(seed):
    world = payments(seed)
    sizes = [len(rows) for rows in world.partitions.values()]
    assert sizes[:2] == [MOST, 0] and sizes[3] == 1 and MOST < sizes[2] < 2 * MOST < sizes[4] < 3 * MOST
    ids = [row["payment_id"] for rows in [*world.partitions.values(), [world.late]] for row in rows]
    assert len(set(ids)) == len(ids)
    for rows in world.partitions.values():
        if len(rows) > 1:
            assert all(any(change.items() <= row.items() for row in rows) for change in (*GAPS, *ZEROS))
            assert None not in rows[-1].values()
        assert len(rows) != 1 or rows[0]["amount"] is None


@pytest.mark.parametrize("seed", SEEDS)
def test_versions_fill_gaps_differently_and_neither_as_0_or_the_median_of_the_payments(seed):
    world = payments(seed)
    days = sorted(row["account_days"] for rows in world.partitions.values() for row in rows if row["account_days"])
    medians = {0, days[len(days) // 2], *(version.median_days for version in world.versions.values())}
    assert len(medians) == 5 and world.lower < world.champion < world.higher
    assert len({tuple(version.methods) for version in world.versions.values()}) == 3
    for row in (row for rows in world.partitions.values() for row in rows if row["amount"] is not None):
        scores = sorted(version.online(row) for version in world.versions.values())
        assert min(scores[1] - scores[0], scores[2] - scores[1]) > 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_online_is_the_formula_and_equal_to_the_model_where_nothing_is_missing(seed):
    world = payments(seed)
    for number, version in world.versions.items():
        for row in (row for rows in world.later.values() for row in rows):
            right = online_by_hand(version, row)
            assert version.online(row) == (right if right is None else pytest.approx(right, abs=1e-12))
            if None not in row.values() and row["method"] in version.methods:
                assert model(world).score([row], number) == [version.online(row)]


def test_a_stamp_changes_with_the_payments_of_its_partition_alone():
    world = payments(1)
    before, after = store(world), Store(Disk(), Process(), world.later)
    changed = {name for name, stamp in after.partitions().items() if before.partitions().get(name) != stamp}
    assert changed == {name for name in world.later if world.later[name] != world.partitions.get(name)}
    assert len(changed) == 3


def test_a_late_payment_comes_after_the_first_read_and_changes_the_stamp():
    world = payments(1)
    found = store(world, busy=world.busy, late=world.late)
    stamp = found.partitions()[world.busy]
    assert world.late not in found.read(world.busy) and found.partitions()[world.busy] != stamp
    assert found.read(world.busy)[-1] == world.late and world.late not in world.partitions[world.busy]


def test_a_version_is_promoted_at_a_step():
    world, process = payments(1), Process()
    found = Model(world.versions, world.champion, process, world.higher, 2)
    assert found.champion() == world.champion
    process.step("one"), process.step("two")
    assert found.champion() == world.higher


def test_a_write_is_all_or_none_and_an_append_can_be_half_done():
    world, rows = payments(1), [{"payment_id": number} for number in range(4)]
    name = world.busy
    crashes = [("write", 1, 1), ("write", 2, 4), ("append", 1, 1), ("append", 2, 3), ("append", 3, 5)]
    for call, crash_at, left in crashes:
        disk = Disk({name: [{"payment_id": 9}]})
        with pytest.raises(Crash):
            getattr(store(world, crash_at, disk), call)(name, rows)
        assert len(disk.scores[name]) == left


def test_a_note_is_kept_whole_and_copied():
    disk, note = Disk(), {"done": [1]}
    assert State(disk, Process()).load() is None
    State(disk, Process()).save(note)
    note["done"].append(2)
    assert State(disk, Process()).load() == {"done": [1]}
    with pytest.raises(Crash):
        State(disk, Process(1)).save({})
    assert disk.state == {"done": [1]}


@pytest.mark.parametrize(("rows", "words"), [
    ([], "1 to 10 rows, not 0"), ([{}] * 11, "1 to 10 rows, not 11"), ("abc", "a list of dicts"),
    ([1], "a list of dicts"),
    ([{"amount": 1, "account_days": 2}], "method is missing"), ([{"amount": math.nan}], "amount nan"),
    ([dict.fromkeys(FIELDS, 1)], "method 1")])
def test_what_the_model_does_not_take_is_said(rows, words):
    with pytest.raises((ValueError, TypeError), match=words):
        model(payments(1)).score(rows, payments(1).champion)


@pytest.mark.parametrize("act", [lambda it: it.read("x"), lambda it: it.write("x", []), lambda it: it.append(3, []),
                                 lambda it: it.write("2025-03-01", {}), lambda it: it.write("2025-03-01", [1])])
def test_what_the_store_does_not_take_is_said(act):
    with pytest.raises((ValueError, TypeError), match=r"no partition|a list of dicts"):
        act(store(payments(1)))
