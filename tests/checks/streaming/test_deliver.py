"""Exercise 2: which property catches which mistake, and that nothing but table and offset outlives a process."""

import numpy as np
import pytest

from dataml_lab.checks.streaming.deliver import after_a_crash, deliver, run
from dataml_lab.checks.streaming.log import Machine, producer
from dataml_lab.runtime.answers import Answer

ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS = [prop.name for prop in deliver.properties]


def right(log, table, reach=100, key="order_id", state_key="state", dump=lambda state: state, load=lambda text: text):
    state = load(table.get(state_key)) or {"offset": 0, "seen": {}}
    while records := log.read(state["offset"]):
        sums, seen = {}, state["seen"]
        for record in records:
            user, mark = record["user_id"], record[key]
            if mark not in seen:
                sums[user] = sums.get(user, table.get(user) or 0) + record["cents"]
            seen.setdefault(mark, record["offset"])
        end = records[-1]["offset"] + 1
        state = {"offset": end, "seen": {mark: offset for mark, offset in seen.items() if offset >= end - reach}}
        table.write({**sums, state_key: dump(state)})


def record_by_record(log, table, ids=100):
    offset = table.get("offset") or 0
    while records := log.read(offset):
        for record in records:
            offset = record["offset"] + 1
            seen = table.get("seen") or []
            fresh = record["order_id"] not in seen
            total = {record["user_id"]: (table.get(record["user_id"]) or 0) + record["cents"]} if fresh else {}
            table.write({**total, "offset": offset, "seen": [*seen, record["order_id"]][-ids:]})


def as_text(log, table):
    right(log, table, dump=repr, load=lambda text: eval(text) if text else None)


def with_keys(log, table):
    """Keeps each id under a key of its own, and the commit besides, which does no harm."""
    offset = table.get("offset") or 0
    while records := log.read(offset):
        rows = {}
        for record in records:
            key, user = f"seen {record['order_id']}", record["user_id"]
            if table.get(key) is None and key not in rows:
                rows[user] = rows.get(user, table.get(user) or 0) + record["cents"]
                rows[key] = record["offset"]
            old = record["offset"] - 130
            rows |= {f"at {record['offset']}": key, table.get(f"at {old}") or "none": None, f"at {old}": None}
        offset = records[-1]["offset"] + 1
        table.write({**rows, "offset": offset})
        log.commit(offset)


RIGHT = [right, record_by_record, as_text, with_keys]


def page_of(log, table, offset, remember=True):
    """The rows of the next page, without its position, and the offset after it."""
    seen, rows, records = dict(table.get("seen") or {}), {}, log.read(offset)
    for record in records:
        user = record["user_id"]
        if record["order_id"] not in seen:
            rows[user] = rows.get(user, table.get(user) or 0) + record["cents"]
        seen[record["order_id"]] = record["offset"]
    end = offset + len(records)
    recent = {order: place for order, place in seen.items() if place >= end - 100}
    return ({**rows, "seen": recent} if remember else rows), end


def commits_first(log, table):
    while (page := page_of(log, table, log.committed()))[1] > log.committed():
        log.commit(page[1])
        table.write(page[0])


def works_first(log, table):
    while (page := page_of(log, table, log.committed(), remember=False))[1] > log.committed():
        table.write(page[0])
        log.commit(page[1])


def works_first_and_knows_repeats(log, table):
    """Is right: what is done again are repeats."""
    while (page := page_of(log, table, log.committed()))[1] > log.committed():
        table.write(page[0])
        log.commit(page[1])


def two_writes(log, table):
    offset = table.get("offset") or 0
    while (page := page_of(log, table, offset, remember=False))[1] > offset:
        offset = page[1]
        table.write(page[0])
        table.write({"offset": offset})


def ids_apart(log, table):
    """Writes ids before totals: what crashes between them is lost."""
    offset = table.get("offset") or 0
    while (page := page_of(log, table, offset))[1] > offset:
        offset = page[1]
        table.write({"seen": page[0].pop("seen")})
        table.write({**page[0], "offset": offset})


def no_ids(log, table):
    offset = table.get("offset") or 0
    while (page := page_of(log, table, offset, remember=False))[1] > offset:
        offset = page[1]
        table.write({**page[0], "offset": offset})


def ids_of_the_process(log, table):
    offset, seen = table.get("offset") or 0, set()
    while records := log.read(offset):
        rows = {}
        for record in records:
            user = record["user_id"]
            if record["order_id"] not in seen:
                rows[user] = rows.get(user, table.get(user) or 0) + record["cents"]
            seen.add(record["order_id"])
        offset += len(records)
        table.write({**rows, "offset": offset})


def from_the_beginning(log, table):
    seen, offset = {}, 0
    while records := log.read(offset):
        seen |= {record["order_id"]: record for record in records}
        offset += len(records)
    totals = {}
    for record in seen.values():
        totals[record["user_id"]] = totals.get(record["user_id"], 0) + record["cents"]
    table.write(totals)


def by_content(log, table):
    right(log, table, key="cents")


def one_page(log, table):
    rows, end = page_of(log, table, table.get("offset") or 0)
    table.write({**rows, "offset": end})


def everything_is_kept(log, table):
    right(log, table, reach=10**9)


def everything_is_kept_in_a_text(log, table):
    right(log, table, reach=10**9, dump=repr, load=lambda text: eval(text) if text else None)


def reach_of(reach):
    return lambda log, table: right(log, table, reach=reach)


def loses_one_and_doubles_others(log, table):
    """Too few for one customer must not hide that the same crash gave others too many."""
    offset = table.get("offset") or 0
    while (page := page_of(log, table, offset, remember=False))[1] > offset:
        rows, offset = page
        lowest = min(rows)
        total = {lowest: rows.pop(lowest)}
        if table.get("lowest until") == offset:
            total = {}
        table.write({"lowest until": offset})
        table.write(rows)
        table.write({**total, "offset": offset})


MISTAKES = {
    commits_first: {LOSES}, works_first: {TWICE, REPEAT, RESTART}, two_writes: {TWICE, REPEAT, RESTART},
    ids_apart: {LOSES}, no_ids: {REPEAT, RESTART}, ids_of_the_process: {RESTART}, from_the_beginning: {GOES_ON},
    by_content: {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON},
    one_page: {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON},
    everything_is_kept: {KEEPS}, everything_is_kept_in_a_text: {KEEPS}, reach_of(70): {REPEAT, RESTART},
    loses_one_and_doubles_others: {LOSES, TWICE, REPEAT, RESTART},
}


def failing(answer, seeds=(1, 2)):
    verdict = deliver.judge({"deliver": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


@pytest.mark.parametrize("answer", [*RIGHT, works_first_and_knows_repeats])
def test_a_right_answer_has_every_property(answer):
    assert failing(answer, range(2)) == {}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_properties_that_it_violates(mistake):
    assert failing(mistake).keys() == MISTAKES[mistake]


@pytest.mark.parametrize(("mistake", "name", "part"), [
    (commits_first, LOSES, "crashed after log.commit, and was started again: customer"),
    (commits_first, LOSES, "too few. What must be in the table before the position moves on?"),
    (works_first, TWICE, "crashed after table.write, and was started again: customer"),
    (two_writes, TWICE, "too many. Between the totals and the position"),
    (no_ids, REPEAT, "sent some orders twice, up to 100 records later, and customer"),
    (ids_of_the_process, RESTART, "too many."), (from_the_beginning, GOES_ON, "of the old ones again"),
    (everything_is_kept, KEEPS, "values beside the 12 totals"),
    (one_page, LOSES, "Wrong without a crash, too: see “adds up"), (one_page, TWICE, "Wrong without a crash, too"),
])
def test_sentences_tell_step_and_cents(mistake, name, part):
    assert part in failing(mistake)[name]


def test_only_who_lacks_an_order_that_is_alike_is_told_of_alike_orders():
    assert "even if they are alike" in failing(by_content, [2])[ADDS]
    assert "alike" not in failing(one_page, [2])[ADDS]


def order_ids_as_keys(log, table):
    offset = table.get("offset") or 0
    while records := log.read(offset):
        for record in records:
            user, order, offset = record["user_id"], record["order_id"], record["offset"] + 1
            fresh = {user: (table.get(user) or 0) + record["cents"], order: 1} if table.get(order) is None else {}
            table.write({**fresh, "offset": offset})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_keeps_order_ids_as_keys_is_told_that_a_customer_has_the_number_of_an_order(seed):
    sentence = failing(order_ids_as_keys, [seed])[ADDS]
    user = sentence.partition("customer ")[2].split()[0]
    assert sentence.endswith(f" {user} is also the id of an order in this log.")
    assert "is also the id" not in failing(one_page, [seed])[ADDS]


def test_what_is_read_again_is_counted_once_and_only_if_it_was_read_before():
    half = len(producer(1).once) // 2
    told = f"{half} records had been delivered when {half} new ones came; it read {half} of the old ones again."
    assert told in failing(from_the_beginning, [1])[GOES_ON]
    assert "old ones again" not in failing(one_page, [1])[GOES_ON]


# what outlives a process


def test_what_is_kept_in_globals_is_no_help():
    seen, offset = set(), [0]

    def global_offset(log, table):
        while (page := page_of(log, table, offset[0]))[1] > offset[0]:
            table.write(page[0])
            offset[0] = page[1]

    def global_ids(log, table):
        """Keeps ids outside of the table, and forgets them where the table is new."""
        at = table.get("offset") or 0
        if at == 0:
            seen.clear()
        while records := log.read(at):
            rows = {}
            for record in records:
                user = record["user_id"]
                if record["order_id"] not in seen:
                    rows[user] = rows.get(user, table.get(user) or 0) + record["cents"]
                seen.add(record["order_id"])
            at += len(records)
            table.write({**rows, "offset": at})

    assert "does it remember something outside" in failing(global_offset)[ADDS]
    assert failing(global_ids).keys() - {LOSES} == {RESTART}  # ids of the other log may be ids of this one


def test_a_position_in_a_global_does_not_survive_a_crash():
    """Written down before the step, and made good by what the table then holds: it takes one memory for one table."""
    plan = {}

    def global_plan(log, table):
        if log.committed() == 0 and not any(map(table.get, plan.get("rows", {}))):
            plan.clear()
        if plan and all(table.get(key) == value for key, value in plan["rows"].items()):
            log.commit(plan["end"])
        while (page := page_of(log, table, log.committed(), remember=False))[1] > log.committed():
            plan.update(rows=page[0], end=page[1])
            table.write(page[0])
            log.commit(page[1])

    assert TWICE in failing(global_plan)


def test_done_once_is_not_done():
    done = []

    def once(log, table):
        if not done:
            done.append(True)
            right(log, table)

    assert failing(once).keys() == {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS}


def test_an_answer_without_steps_crashes_at_its_beginning():
    step, amiss = after_a_crash(Answer("deliver", lambda log, table: None), producer(1), crash_at=3)
    assert step == "at its beginning" and len(amiss) == 12


@pytest.mark.parametrize("answer", [
    lambda log, table: None, lambda log, table: table.write({}),
    *(lambda log, table, total=total: table.write({record["user_id"]: total for at in range(0, 660, 20)
                                                   for record in log.read(at)})
      for total in (float("nan"), float("inf"), "4250", None, True, [1]))])
def test_without_totals_nothing_holds_that_a_crash_could_spoil(answer):
    sentences = failing(answer)
    assert sentences.keys() >= {ADDS, LOSES, TWICE, REPEAT, RESTART, GOES_ON, KEEPS}
    assert "no customer has a total" in sentences[TWICE]


# crashes


@pytest.mark.parametrize("answer", [right, record_by_record, works_first_and_knows_repeats])
def test_a_crash_at_each_step_ends_the_run_there_and_the_next_makes_it_good(answer):
    made, world = Answer("deliver", answer), producer(3)
    whole, _ = run(made, Machine(), world.once)
    for crash_at, step in list(enumerate(whole.steps, 1))[:60]:
        process, _ = run(made, Machine(), world.once, crash_at)
        assert process.crashed and process.steps == whole.steps[:crash_at]
        assert after_a_crash(made, world, crash_at) == (step, [])
    assert {step.split()[0] for step in whole.steps} == {"before", "after"}


@pytest.mark.parametrize("bad", range(1, 9))
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

    assert failing(many_writes, [1]).keys() & {LOSES, TWICE}


def test_who_swallows_the_crash_can_write_no_more():
    def stubborn(log, table):
        try:
            two_writes(log, table)
        except BaseException:
            right(log, table)

    assert TWICE in failing(stubborn)


def test_a_loop_without_end_is_stopped_and_told():
    def endless(log, table):
        while True:
            log.read(0)

    assert "when does its loop end?" in failing(endless)[ADDS]


def test_a_verdict_is_the_same_twice():
    assert failing(two_writes) == failing(two_writes)


@pytest.mark.parametrize("call", [
    lambda log, table: log.read(None), lambda log, table: log.read(np.int64(3)), lambda log, table: table.write({1}),
    lambda log, table: table.write({7: object()}), lambda log, table: table.get([]), lambda log, table: log.commit(-1)])
def test_misuse_is_told_in_every_property(call):
    sentences = failing(call, [1])
    assert len(sentences) == 7 and all("deliver raised TypeError: " in told for told in sentences.values())


@pytest.mark.parametrize(("ids", "holds"), [(100, True), (99, False)])
def test_a_hundred_ids_are_enough_and_needed(ids, holds):
    assert (failing(lambda log, table: record_by_record(log, table, ids), [1]) == {}) == holds
