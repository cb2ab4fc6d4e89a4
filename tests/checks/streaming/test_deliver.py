"""`deliver`: that crashes come where they are counted, and that nothing but table and offset outlives a process."""

import pytest

from dataml_lab.checks.streaming.deliver import deliver, restarted, run
from dataml_lab.checks.streaming.log import Machine, producer
from dataml_lab.runtime.answers import Answer
from tests.catalogued import catalogued

ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS = [prop.name for prop in deliver.properties]


def answer(name):
    return catalogued("deliver", name)["deliver"]


right, two_writes = answer("right_deque"), answer("wrong_offset_in_second_write")


def record_by_record(log, table):
    offset = table.get("offset") or 0
    while records := log.read(offset):
        for record in records:
            offset = record["offset"] + 1
            seen = table.get("seen") or []
            fresh = record["order_id"] not in seen
            total = {record["user_id"]: (table.get(record["user_id"]) or 0) + record["cents"]} if fresh else {}
            table.write({**total, "offset": offset, "seen": [*seen, record["order_id"]][-100:]})


def failing(answer, seeds=(1,)):
    verdict = deliver.judge({"deliver": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome != "holds"}


def test_a_right_answer_has_every_property():
    assert failing(right, range(3)) == {}


def test_a_hundred_ids_are_enough_record_by_record():
    assert failing(record_by_record) == {}


def test_what_is_amiss_without_a_crash_is_not_put_down_to_one():
    sentences = failing(answer("wrong_short_read_is_end"))
    assert {name for name, told in sentences.items() if told == f"Judged once “{ADDS}” holds."} == {LOSES, TWICE}


def test_alike_orders_and_ids_of_customers_are_spoken_of_only_where_they_matter():
    known_by_content, ids_as_keys, stops = (failing(answer(f"wrong_{name}"), [2])[ADDS] for name in (
        "known_by_content", "order_id_as_key", "short_read_is_end"))
    assert "even if they are alike" in known_by_content and "alike" not in stops
    user = ids_as_keys.partition("customer ")[2].split()[0]
    assert ids_as_keys.endswith(f" {user} is also the id of an order in this log.") and "also the id" not in stops


def test_what_is_read_again_is_counted_only_if_it_was_read_before():
    half = len(producer(1).once) // 2
    told = f"{half} records had been delivered when {half} new ones came; it read {half} of the old ones again."
    assert told in failing(answer("wrong_rebuilds_from_zero"))[GOES_ON]
    assert "old ones again" not in failing(answer("wrong_short_read_is_end"))[GOES_ON]


# what outlives a process


def test_a_position_in_a_global_does_not_survive_a_crash():
    """Written down before the step, and made good by what the table then holds: it takes one memory for one table."""
    plan = {}

    def global_plan(log, table):
        if log.committed() == 0 and not any(map(table.get, plan.get("rows", {}))):
            plan.clear()
        if plan and all(table.get(key) == value for key, value in plan["rows"].items()):
            log.commit(plan["end"])
        while records := log.read(log.committed()):
            rows = {}
            for record in records:
                user = record["user_id"]
                rows[user] = rows.get(user, table.get(user) or 0) + record["cents"]
            plan.update(rows=rows, end=records[-1]["offset"] + 1)
            table.write(rows)
            log.commit(plan["end"])

    assert TWICE in failing(global_plan)


def test_done_once_is_not_done():
    done = []

    def once(log, table):
        if not done:
            done.append(True)
            right(log, table)

    assert failing(once).keys() == {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS}


@pytest.mark.parametrize("total", [None, float("nan"), "4250", True])
def test_without_totals_nothing_holds_that_a_crash_could_spoil(total):
    sentences = failing(lambda log, table: table.write({record["user_id"]: total for at in range(0, 660, 20)
                                                        for record in log.read(at)}))
    assert sentences.keys() == {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS}
    assert "no customer has a total" in sentences[KEEPS]


# crashes


@pytest.mark.parametrize("answer", [right, record_by_record], ids=["by page", "by record"])
def test_a_crash_at_each_step_ends_the_run_there_and_the_next_makes_it_good(answer):
    made, world = Answer("deliver", answer), producer(3)
    whole = run(made, world.once)
    for crash_at in range(1, min(len(whole.steps), 20)):
        crashed = run(made, world.once, Machine(), crash_at)
        assert crashed.steps == whole.steps[:crash_at]
        assert restarted(made, world, world.once, crash_at, crash_at).wrong == []
    assert {step.split()[0] for step in whole.steps} == {"before", "after"}


@pytest.mark.parametrize("bad", [1, 4, 8])
def test_a_mistake_in_one_of_many_steps_of_a_record_is_found(bad):
    """A record takes eight writes, of which one is no part of what is repeated: crashes are not all at like steps."""
    def many_writes(log, table):
        offset = table.get("offset") or 0
        while records := log.read(offset):
            for record in records:
                user = record["user_id"]
                for write in range(1, 9):
                    if write == bad:
                        table.write({user: (table.get(user) or 0) + record["cents"]})
                    elif write == bad % 8 + 1:
                        table.write({"offset": record["offset"] + 1})
                    else:
                        table.write({"note": write})
                offset += 1

    assert failing(many_writes).keys() & {LOSES, TWICE}


def test_who_swallows_the_crash_can_write_no_more():
    def stubborn(log, table):
        try:
            two_writes(log, table)
        except BaseException:
            right(log, table)

    assert TWICE in failing(stubborn)


@pytest.mark.parametrize("call", [
    lambda log, table: log.read(None), lambda log, table: table.write({1}), lambda log, table: log.commit(-1)])
def test_misuse_is_reported_in_every_property(call):
    sentences = failing(call)
    assert sentences.keys() == {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS}
    assert all("deliver raised TypeError: " in sentences[name] for name in sentences.keys() - {LOSES, TWICE})
