"""Exercise 2: a table in which each order counts once, whatever crashes and whatever comes twice."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.shown import shown
from dataml_lab.checks.streaming.log import (
    PAGE,
    REACH,
    Log,
    Machine,
    Producer,
    Record,
    Table,
    numbered,
    producer,
    size,
    totals,
)
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.process import Crash, Process

MANY = 60  # steps at which a run is crashed, at most
ENDLESS = 10**15  # cents that nobody has spent

deliver = Exercise("deliver", producer, function("deliver"))


class Wrong(NamedTuple):
    """A customer's total that is wrong: whose, by how many cents, and that in words."""

    user: int
    cents: float
    words: str


def run(deliver: Answer, machine: Machine, records: list[Record], crash_at: int | None = None) -> tuple[Process, Log]:
    """One run of the answer on this machine, over a log of these records, to its end or its crash."""
    process = Process(crash_at)
    log = Log(records, machine, process)
    try:
        deliver(log, Table(machine, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    return process, log


def amiss(machine: Machine, records: list[Record]) -> list[Wrong]:
    """The totals of customers that are wrong, by customer."""
    found = [(user, machine.rows.get(user), right) for user, right in sorted(totals(records).items())]
    return [difference(*total) for total in found if not number(total[1]) or total[1] != total[2]]


def number(value: object) -> bool:
    """Whether a value can be a total."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < ENDLESS


def difference(user: int, found: object, right: int) -> Wrong:
    """How the total of a customer is wrong; what is no number lacks all."""
    if not number(found):
        return Wrong(user, -right, f"customer {user} has {'no total' if found is None else shown(found, 60)}, "
                                   f"not {right} cents")
    cents = found - right
    return Wrong(user, cents, f"customer {user} has {found} cents instead of {right}, {abs(cents)} too "
                              f"{'many' if cents > 0 else 'few'}")


def told(machine: Machine, records: list[Record]) -> str | None:
    """The first total that is wrong, in words; None where all are right."""
    return next((total.words for total in amiss(machine, records)), None)


def undisturbed(deliver: Answer, records: list[Record]) -> tuple[Process, Machine]:
    """A run on a new machine without a crash; `Failed` if it leaves no totals, with which nothing can go wrong."""
    machine = Machine()
    process, _ = run(deliver, machine, records)
    found = [machine.rows.get(user) for user in totals(records)]
    if not any(number(total) and total for total in found):
        raise Failed(f"After a run over {len(records)} records, without a crash, no customer has a total above 0.")
    return process, machine


def elsewhere(deliver: Answer, world: Producer) -> None:
    """A run on another machine and log: it takes the place of what a process had kept outside of log and table."""
    run(deliver, Machine(), numbered(world.repeated[-PAGE:]))


def after_a_crash(deliver: Answer, world: Producer, crash_at: int) -> tuple[str, list[Wrong]]:
    """Before or after which step a run crashed, and the totals that are wrong once it was run again."""
    machine = Machine()
    process, _ = run(deliver, machine, world.once, crash_at)
    elsewhere(deliver, world)
    run(deliver, machine, world.once)
    return process.steps[-1] if process.steps else "at its beginning", amiss(machine, world.once)


def crashes(deliver: Answer, world: Producer) -> list[tuple[str, Wrong]]:
    """The step and each wrong total for a crash at each step of an undisturbed run, or at sixty of them; `Failed` if
    that run is wrong already. (A world is made for one answer.)"""
    if world.crashed is None:
        world.crashed = list(_crashes(deliver, world))
    return world.crashed


def _crashes(deliver: Answer, world: Producer) -> Iterator[tuple[str, Wrong]]:
    process, machine = undisturbed(deliver, world.once)
    if amiss(machine, world.once):
        raise Failed("Wrong without a crash, too: see “adds up each customer's orders”.")
    steps = range(1, len(process.steps) + 1)
    if len(steps) > MANY:  # at random: every so many steps, a record would always be at the same one
        steps = sorted(np.random.default_rng(len(steps)).choice(steps, MANY, replace=False).tolist())
    for crash_at in steps:
        step, found = after_a_crash(deliver, world, crash_at)
        yield from ((step, total) for total in found)


@deliver.demands("adds up each customer's orders", points=1)
def _adds_up(deliver: Answer, world: Producer) -> str | None:
    for records in (world.once, world.once[:PAGE], []):
        machine = Machine()
        _, log = run(deliver, machine, records)
        if log.read_at and log.read_at[0] != 0:
            return (f"On a new machine, where nothing was delivered before, it began to read at offset "
                    f"{log.read_at[0]}: does it remember something outside of the log and the table?")
        wrong = next(iter(amiss(machine, records)), None)
        if wrong:
            return f"Of {len(records)} records, read without a crash, {wrong.words}.{hint(wrong, machine, records)}"
    return None


def hint(wrong: Wrong, machine: Machine, records: list[Record]) -> str:
    """What a wrong total may come from, in words; empty where nothing points to it."""
    if any(record["user_id"] == wrong.user and record["cents"] == -wrong.cents for record in alike(records)):
        return " Two orders with different ids are two, even if they are alike."
    ids = {record["order_id"] for record in records}
    if wrong.user in ids and machine.rows.keys() & (ids - totals(records).keys()):
        return f" {wrong.user} is also the id of an order in this log."
    return ""


def alike(records: list[Record]) -> list[Record]:
    """The records of orders of which another has the same customer and the same cents."""
    counts = Counter((record["user_id"], record["cents"]) for record in records)
    return [record for record in records if counts[record["user_id"], record["cents"]] > 1]


@deliver.demands("loses nothing in a crash", points=1)
def _loses_nothing(deliver: Answer, world: Producer) -> str | None:
    for step, total in crashes(deliver, world):
        if total.cents < 0:
            return (f"A process crashed {step}, and was started again: {total.words}. What must be in the table before "
                    "the position moves on?")
    return None


@deliver.demands("counts nothing twice after a crash", points=2)
def _counts_nothing_twice(deliver: Answer, world: Producer) -> str | None:
    for step, total in crashes(deliver, world):
        if total.cents > 0:
            return (f"A process crashed {step}, and was started again: {total.words}. Between the totals and the "
                    "position there must be no moment at which one is written and the other is not.")
    return None


@deliver.demands("counts an order that is sent again once", points=1)
def _counts_a_repeat_once(deliver: Answer, world: Producer) -> str | None:
    machine = Machine()
    run(deliver, machine, world.repeated)
    wrong = told(machine, world.repeated)
    if wrong:
        return f"A producer sent some orders twice, up to {REACH} records later, and {wrong}."
    return None


@deliver.demands("knows a repeat after a restart, too", points=1)
def _knows_a_repeat_after_a_restart(deliver: Answer, world: Producer) -> str | None:
    machine = Machine()
    for end in [*range(30, len(world.repeated), 30), len(world.repeated)]:
        run(deliver, machine, world.repeated[:end])
        elsewhere(deliver, world)
    wrong = told(machine, world.repeated)
    if wrong:
        return (f"The same log was delivered by one process after the other, each of which took some 30 records that "
                f"were new: {wrong}.")
    return _through_crashes(deliver, world)


def _through_crashes(deliver: Answer, world: Producer) -> str | None:
    """A total that is too large when a log with repeats was delivered by processes that crashed, in words."""
    machine, steps = Machine(), np.random.default_rng(len(world.repeated)).integers(2, 40, MANY).tolist()
    for crash_at in [*steps, None]:
        run(deliver, machine, world.repeated, crash_at)
        elsewhere(deliver, world)
    wrong = next((total.words for total in amiss(machine, world.repeated) if total.cents > 0), None)
    return wrong and (f"A log with repeats was delivered by processes of which {MANY} crashed, one after the other: "
                      f"{wrong}. What is read again after a crash, and forgotten by then?")


@deliver.demands("goes on where it stopped", points=1)
def _goes_on_where_it_stopped(deliver: Answer, world: Producer) -> str | None:
    machine, half = Machine(), len(world.once) // 2
    _, before = run(deliver, machine, world.once[:half])
    _, log = run(deliver, machine, world.once)
    again = len(before.returned & log.returned)
    if again > PAGE:
        return (f"{half} records had been delivered when {len(world.once) - half} new ones came; it read {again} of "
                "the old ones again. A log may hold years.")
    wrong = told(machine, world.once)
    return wrong and f"{half} records had been delivered when new ones came, and after the next run {wrong}."


@deliver.demands("keeps no more than it needs", points=1)
def _keeps_no_more_than_it_needs(deliver: Answer, world: Producer) -> str | None:
    _, machine = undisturbed(deliver, world.repeated)
    users = len(totals(world.repeated))
    kept, enough = size(machine.rows) - users, 3 * REACH + 20
    if kept > enough:
        return (f"After {len(world.repeated)} records the table holds {kept} values beside the {users} totals: will it "
                f"ever forget any? An order is sent again after {REACH} records at most.")
    return None
