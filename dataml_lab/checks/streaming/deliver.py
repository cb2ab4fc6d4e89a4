"""Exercise `deliver`: a table in which each order counts once, whatever crashes and whatever comes twice."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
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
from dataml_lab.runtime.shown import shown

MANY = 16  # steps at which a run is crashed, at most; of a run over repeats half as many
AFTER_WRITE = 3  # the step of a run after its first read and write
ENDLESS = 10**15  # cents that nobody has spent

deliver = Exercise("deliver", producer, function("deliver"))


class Wrong(NamedTuple):
    """A customer's total that is wrong: whose, by how many cents, and that in words."""

    user: int
    cents: float
    words: str


class Run(NamedTuple):
    """What came of a run: the machine, the log with what was read of it, and the steps up to its end or crash."""

    machine: Machine
    log: Log
    steps: list[str]
    wrong: list[Wrong]  # totals, by customer


def run(deliver: Answer, records: list[Record], machine: Machine | None = None, crash_at: int | None = None) -> Run:
    """One run of the answer over a log of these records, to its end or its crash; on a new machine if none is given."""
    machine, process = machine or Machine(), Process(crash_at)
    log = Log(records, machine, process)
    try:
        deliver(log, Table(machine, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    found = [(user, machine.rows.get(user), right) for user, right in sorted(totals(records).items())]
    wrong = [difference(*total) for total in found if not number(total[1]) or total[1] != total[2]]
    return Run(machine, log, process.steps, wrong)


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


def began_later(run: Run) -> str | None:
    """That a run on a new machine didn't begin at the beginning of the log, in words; None where it did."""
    offset = run.log.read_at[0] if run.log.read_at else 0
    return (f"On a new machine, where nothing was delivered before, it began to read at offset {offset}: does it "
            "remember something outside of the log and the table?") if offset else None


def some_total(run: Run, records: list[Record]) -> None:
    """`Failed` if a run on a new machine begins late or leaves no totals, with which nothing can go wrong."""
    if later := began_later(run):
        raise Failed(later)
    found = [run.machine.rows.get(user) for user in totals(records)]
    if not any(number(total) and total for total in found):
        raise Failed(f"After a run over {len(records)} records, without a crash, no customer has a total above 0.")


def restarted(deliver: Answer, world: Producer, records: list[Record], *crashes: int | None) -> Run:
    """The last of several runs on one machine, each of which crashes at a step, if one is given. Between them the
    answer runs on another machine, which takes the place of what a process had kept outside of log and table."""
    machine = Machine()
    for crash_at in crashes:
        run(deliver, records, machine, crash_at)
        elsewhere(deliver, world)
    return run(deliver, records, machine)


def elsewhere(deliver: Answer, world: Producer) -> None:
    """A run on another machine and log."""
    run(deliver, numbered(world.repeated[-3:]))


def some_steps(run: Run, most: int) -> list[int]:
    """The numbers of the steps of a run; at random of so many, since every third would always be of the same kind."""
    steps = np.arange(1, len(run.steps) + 1)
    return sorted(np.random.default_rng(len(steps)).permutation(steps)[:most].tolist())


@deliver.scene
def whole(deliver: Answer, world: Producer) -> Run:
    """A run without a crash, over orders that were sent once."""
    return run(deliver, world.once)


@deliver.scene
def crashed(deliver: Answer, whole: Run, world: Producer) -> list[tuple[str, Wrong]]:
    """For a crash at each step of a run, that step and each total that is wrong after another run."""
    return [(whole.steps[crash_at - 1], total) for crash_at in some_steps(whole, MANY)
            for total in restarted(deliver, world, world.once, crash_at).wrong]


@deliver.scene
def repeated(deliver: Answer, world: Producer) -> Run:
    """A run without a crash, over orders of which some were sent again."""
    return run(deliver, world.repeated)


HERE = "from dataml_lab.checks.streaming.deliver import"
ADDS_UP = "adds up each customer's orders"
ADDS = f"""\
{HERE} run
for records in (world.once, world.once[:20], []):
    print(len(records), "records:", [wrong.words for wrong in run(deliver, records).wrong])"""


@deliver.demands(ADDS_UP, points=1, call=ADDS)
def _(deliver: Answer, whole: Run, world: Producer) -> str | None:
    for records in (world.once, world.once[:PAGE], []):
        found = whole if records is world.once else run(deliver, records)
        if later := began_later(found):
            return later
        for wrong in found.wrong[:1]:
            why = hint(wrong, found.machine, records)
            return f"Of {len(records)} records, read without a crash, {wrong.words}.{why}"
    return None


def hint(wrong: Wrong, machine: Machine, records: list[Record]) -> str:
    """What a wrong total may come from, in words; empty where nothing points to it."""
    ids = {record["order_id"] for record in records}
    if wrong.user in ids and machine.rows.keys() & (ids - totals(records).keys()):
        return f" {wrong.user} is also the id of an order in this log."
    if wrong.cents < 0 and -wrong.cents == cents_of_alike(records, wrong.user):
        return " Two orders with different ids are two, even if they are alike."
    return ""


def cents_of_alike(records: list[Record], user: str) -> int:
    """The cents of a customer's orders, each of which is like an earlier one."""
    counts = Counter(record["cents"] for record in records if record["user_id"] == user)
    return sum(cents * (count - 1) for cents, count in counts.items())


CRASHES = f"""\
{HERE} crashed, run
found = crashed(deliver, run(deliver, world.once), world)
print("wrong after a crash:", [(step, wrong.words) for step, wrong in found])"""


@deliver.demands("loses nothing in a crash", points=1, after=ADDS_UP, call=CRASHES)
def _(crashed: list[tuple[str, Wrong]]) -> str | None:
    for step, total in crashed:
        if total.cents < 0:
            return (f"A process crashed {step}, and was started again: {total.words}. What must be in the table before "
                    "the position moves on?")
    return None


@deliver.demands("counts nothing twice after a crash", points=2, after=ADDS_UP, call=CRASHES)
def _(crashed: list[tuple[str, Wrong]]) -> str | None:
    for step, total in crashed:
        if total.cents > 0:
            return (f"A process crashed {step}, and was started again: {total.words}. Between the totals and the "
                    "position there must be no moment at which one is written and the other is not.")
    return None


REPEATS = f"""\
{HERE} run
print(world.repeated[:30])
print([wrong.words for wrong in run(deliver, world.repeated).wrong])"""


@deliver.demands("counts an order that is sent again once", points=1, call=REPEATS)
def _(repeated: Run) -> str | None:
    for wrong in repeated.wrong[:1]:
        return f"A producer sent some orders twice, up to {REACH} records later, and {wrong.words}."
    return None


RESTARTS = f"""\
{HERE} forgotten, in_pieces
print("in pieces of 30 records:", [wrong.words for wrong in in_pieces(deliver, world).wrong])
print("after two crashes:", forgotten(deliver, world))"""


def in_pieces(deliver: Answer, world: Producer) -> Run:
    """The last of many runs on one machine, for each of which some 30 records are new."""
    machine = Machine()
    for end in [*range(30, len(world.repeated), 30), len(world.repeated)]:
        found = run(deliver, world.repeated[:end], machine)
        elsewhere(deliver, world)
    return found


@deliver.demands("knows a repeat after a restart, too", points=1, call=RESTARTS)
def _(deliver: Answer, world: Producer) -> str | None:
    for wrong in in_pieces(deliver, world).wrong[:1]:
        return (f"The same log was delivered by one process after the other, each of which took some 30 records that "
                f"were new: {wrong.words}.")
    return forgotten(deliver, world)


def forgotten(deliver: Answer, world: Producer) -> str | None:
    """In words, a total that is too large where the records before a repeat were read again after two crashes."""
    calm = run(deliver, world.at_reach)
    for crash_at in some_steps(calm, MANY // 2):
        for total in restarted(deliver, world, world.at_reach, crash_at, AFTER_WRITE).wrong:
            if total.cents > 0:
                return (f"A producer sent {REACH} orders, and then all of them again. A process crashed "
                        f"{calm.steps[crash_at - 1]}, the next one soon after it had begun, and a third went on to the "
                        f"end: {total.words}. What is read again after a crash, and forgotten by then?")
    return None


GOES_ON = f"""\
{HERE} Machine, run
machine = Machine()
for records in (world.once[:len(world.once) // 2], world.once):
    done = run(deliver, records, machine)
    print(len(done.log.returned), "of", len(records), "records read:", [wrong.words for wrong in done.wrong])
machine = Machine()
for crash_at in (len(run(deliver, world.once).steps) // 2, None):
    done = run(deliver, world.once, machine, crash_at)
    print(len(done.log.returned), "of", len(world.once), "records read", "to a crash" if crash_at else "after it")"""


@deliver.demands("goes on where it stopped", points=1, call=GOES_ON)
def _(deliver: Answer, whole: Run, world: Producer) -> str | None:
    machine, half = Machine(), len(world.once) // 2
    before = run(deliver, world.once[:half], machine)
    after = run(deliver, world.once, machine)
    again = len(before.log.returned & after.log.returned)
    if again > PAGE:
        return (f"{half} records had been delivered when {len(world.once) - half} new ones came; it read {again} of "
                "the old ones again. A log may hold years.")
    for wrong in after.wrong[:1]:
        return f"{half} records had been delivered when new ones came, and after the next run {wrong.words}."
    return read_again(deliver, whole, world)


def read_again(deliver: Answer, whole: Run, world: Producer) -> str | None:
    """In words, that a run after a crash reads more again than a page that was delivered and one that wasn't."""
    for crash_at in (len(whole.steps) // 2, len(whole.steps) - 1):
        machine = Machine()
        crashed = run(deliver, world.once, machine, crash_at)
        again = len(crashed.log.returned & run(deliver, world.once, machine).log.returned)
        if again > 2 * PAGE:
            return (f"A process crashed {crashed.steps[-1]}, after it had read {len(crashed.log.returned)} records, "
                    f"and the next one read {again} of them again. A log may hold years.")
    return None


@deliver.demands("keeps no more than it needs", points=1,
                 call=f"{HERE} run\nprint(run(deliver, world.repeated).machine.rows)")
def _(repeated: Run, world: Producer) -> str | None:
    some_total(repeated, world.repeated)
    users = len(totals(world.repeated))
    kept, enough = size(repeated.machine.rows) - users, 3 * REACH + 20
    if kept > enough:
        return (f"After {len(world.repeated)} records the table holds {kept} values beside the {users} totals: will it "
                f"ever forget any? An order is sent again after {REACH} records at most.")
    return None
