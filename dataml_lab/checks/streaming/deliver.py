"""Exercise 2: a table in which each order counts once, whatever crashes and whatever comes twice."""

from dataml_lab.checks.answers import Answer, Failed, Stopped, answer
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.process import Crash, Process
from dataml_lab.checks.streaming.log import (
    PAGE,
    REACH,
    Log,
    Machine,
    Producer,
    Record,
    Table,
    producer,
    size,
    totals,
)

deliver = Exercise("deliver", producer, lambda names: answer(names, "deliver"))


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


def unlike(machine: Machine, records: list[Record]) -> tuple[int, str]:
    """By how many cents a customer's total is wrong, and that in words; 0 and nothing where all are right."""
    for user, right in sorted(totals(records).items()):
        found = machine.rows.get(user)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return -right, f"customer {user} has {'no total' if found is None else repr(found)[:60]}, not {right} cents"
        if found != right:
            wrong = found - right
            return wrong, (f"customer {user} has {found} cents instead of {right}, "
                           f"{abs(wrong)} too {'many' if wrong > 0 else 'few'}")
    return 0, ""


def after_a_crash(deliver: Answer, records: list[Record], crash_at: int) -> tuple[str, int, str]:
    """Before or after which step a run crashed, and how the table is wrong once it was run again."""
    machine = Machine()
    process, _ = run(deliver, machine, records, crash_at)
    run(deliver, machine, records)
    return process.steps[-1], *unlike(machine, records)


def crashes(deliver: Answer, records: list[Record]) -> list[tuple[str, int, str]]:
    """What `after_a_crash` finds for a crash at each step of an undisturbed run, or at sixty of them."""
    process, _ = run(deliver, Machine(), records)
    steps = range(1, len(process.steps) + 1)
    return [after_a_crash(deliver, records, step) for step in steps[::max(1, len(steps) // 60)]]


@deliver.demands("adds up each customer's orders", points=1)
def _adds_up(deliver: Answer, world: Producer) -> str | None:
    for records in (world.once, world.once[:PAGE], []):
        machine = Machine()
        _, log = run(deliver, machine, records)
        if log.read_at and log.read_at[0] != 0:
            return (f"On a new machine, where nothing was delivered before, it began to read at offset "
                    f"{log.read_at[0]}: does it remember something outside of the log and the table?")
        _, wrong = unlike(machine, records)
        if wrong:
            return (f"Of {len(records)} records, read without a crash, {wrong}. Two orders with different ids are two, "
                    "even if they are alike.")
    return None


@deliver.demands("loses nothing in a crash", points=1)
def _loses_nothing(deliver: Answer, world: Producer) -> str | None:
    for step, cents, wrong in crashes(deliver, world.once):
        if cents < 0:
            return (f"A process crashed {step}, and was started again: {wrong}. What must be in the table before the "
                    "position moves on?")
    return None


@deliver.demands("counts nothing twice after a crash", points=2)
def _counts_nothing_twice(deliver: Answer, world: Producer) -> str | None:
    for step, cents, wrong in crashes(deliver, world.once):
        if cents > 0:
            return (f"A process crashed {step}, and was started again: {wrong}. Between the totals and the position "
                    "there must be no moment at which one is written and the other is not.")
    return None


@deliver.demands("counts an order that is sent again once", points=1)
def _counts_a_repeat_once(deliver: Answer, world: Producer) -> str | None:
    machine = Machine()
    run(deliver, machine, world.repeated)
    _, wrong = unlike(machine, world.repeated)
    if wrong:
        return f"A producer sent some orders twice, up to {REACH} records later, and {wrong}."
    return None


@deliver.demands("knows a repeat after a restart, too", points=1)
def _knows_a_repeat_after_a_restart(deliver: Answer, world: Producer) -> str | None:
    machine = Machine()
    for end in [*range(30, len(world.repeated), 30), len(world.repeated)]:
        run(deliver, machine, world.repeated[:end])
    _, wrong = unlike(machine, world.repeated)
    return wrong and (f"The same log was delivered by one process after the other, each of which took some 30 records "
                      f"that were new: {wrong}.")


@deliver.demands("goes on where it stopped", points=1)
def _goes_on_where_it_stopped(deliver: Answer, world: Producer) -> str | None:
    machine, half = Machine(), len(world.once) // 2
    run(deliver, machine, world.once[:half])
    _, log = run(deliver, machine, world.once)
    again = sum(min(PAGE, max(0, half - offset)) for offset in log.read_at)
    if again > PAGE:
        return (f"{half} records had been delivered when {len(world.once) - half} new ones came; it read {again} of "
                "the old ones again. A log may hold years.")
    _, wrong = unlike(machine, world.once)
    return wrong and f"{half} records had been delivered when new ones came, and after the next run {wrong}."


@deliver.demands("keeps no more than it needs", points=1)
def _keeps_no_more_than_it_needs(deliver: Answer, world: Producer) -> str | None:
    machine = Machine()
    run(deliver, machine, world.repeated)
    users = len(totals(world.repeated))
    kept, enough = size(machine.rows) - users, 3 * REACH + 20
    if kept > enough:
        return (f"After {len(world.repeated)} records the table holds {kept} values beside the {users} totals: will it "
                f"ever forget any? An order is sent again after {REACH} records at most.")
    return None
