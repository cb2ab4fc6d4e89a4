"""Exercise `score_all`: a batch run that survives a crash and scores each payment once, as online scoring does."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.serving.payments import (
    Disk,
    Model,
    Partitions,
    Payments,
    Row,
    State,
    Store,
    Version,
    payments,
)
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.process import Crash, Process
from dataml_lab.runtime.shown import shown

MANY, FEW = 2, 1  # steps of each kind at which a run is crashed, and at which something rarer happens
CLOSE = 1e-9  # of two scores that are the same

score_all = Exercise("score_all", payments, function("score_all"))


class Scores(NamedTuple):
    """The scores that are on a disk: by payment its row, and of each payment how many rows there are."""

    rows: dict[int, Row]
    counts: Counter


class Run(NamedTuple):
    """What came of a run: the disk, the steps up to its end or crash, the partitions that it read, in their order, how
    often it wrote scores, and the payments that the store had at the end."""

    disk: Disk
    steps: list[str]
    read: list[str]
    written: int
    partitions: Partitions

    @property
    def wrong(self) -> str | None:
        """How the rows of scores are others than one for each payment, in words; None where they aren't."""
        scores = scores_of(self.disk)
        return doubled(scores) or lost(scores, self.partitions) or strange(scores, self.partitions)

    @property
    def versions(self) -> dict[int, int]:
        """How many rows name each version."""
        return dict(Counter(row["version"] for row in scores_of(self.disk).rows.values()))


def run(score_all: Callable, world: Payments, disk: Disk | None = None, crash_at: int | None = None,
        partitions: Partitions | None = None, champion: int | None = None, promoted: int | None = None, at: int = 0,
        arriving: bool = False) -> Run:
    """One run of an answer, on a copy of this disk or on a new one, to its end or to the step at which it crashes.

    The store has the world's partitions, unless others are given, and the late payment comes if it is `arriving`. The
    champion is the world's, unless another one is given, and from step `at` on the one that is `promoted`, if any."""
    disk, process = disk.twin() if disk else Disk(), Process(crash_at)
    late = (world.busy, world.late) if arriving else ()
    store = Store(disk, process, world.partitions if partitions is None else partitions, *late)
    model = Model(world.versions, champion or world.champion, process, promoted, at)
    try:
        score_all(store, model, State(disk, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    return Run(disk, process.steps, store.were_read, store.written, store.now)


def begun(score_all: Callable, world: Payments, **how: Any) -> Run:
    """A run on a new disk; `Failed` if it reads nothing, of a store that has payments."""
    found = run(score_all, world, **how)
    if not found.read and "crash_at" not in how:
        raise Failed("On a new disk, where nothing was scored before, it read no partition: does it remember something "
                     "outside of `state`?")
    return found


def elsewhere(score_all: Callable, world: Payments) -> None:
    """A run on another disk, which takes the place of what a process had kept outside of its disk."""
    few = {name: rows[:2] for name, rows in [*world.later.items()][-1:]}
    run(score_all, world, partitions=few, champion=world.lower)


# What is on a disk


def scores_of(disk: Disk) -> Scores:
    """The scores on a disk; `Failed` for a row that is none."""
    rows = [row for name in disk.scores for row in disk.scores[name]]
    for row in rows:
        if wrong := misshapen(row):
            raise Failed(f"Among the scores is {shown(row, 120)}: {wrong}.")
    return Scores({row["payment_id"]: row for row in rows}, Counter(row["payment_id"] for row in rows))


def misshapen(row: Row) -> str | None:
    """Why a row is no row of scores, in words; None where it is one."""
    for name in ("payment_id", "score", "version"):
        if name not in row:
            return f"it has no {name}"
        value, whole = row[name], name != "score"
        if not whole and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not math.isfinite(value):
            return f"{name} has to be {'a whole number' if whole else 'a number or None'}"
    return None


def doubled(scores: Scores) -> str | None:
    """In words, that a payment has several rows."""
    for payment_id, count in scores.counts.items():
        if count > 1:
            many = sum(count > 1 for count in scores.counts.values())
            return f"payment {payment_id} has {count} rows of scores, and {many} payments have more than one"
    return None


def lost(scores: Scores, partitions: Partitions) -> str | None:
    """In words, which payments have no row."""
    absent = {name: gone for name, rows in partitions.items()
              if (gone := [row for row in rows if row["payment_id"] not in scores.rows])}
    if not absent:
        return None
    name, gone = next(iter(absent.items()))
    lost, known = listed(absent), len(listed(partitions))
    told = f"{len(lost)} of {known} payments {'has' if len(lost) == 1 else 'have'} no row of scores"
    if all(row["amount"] is None for row in lost):
        why = ". Each of them has no amount: online scoring answers it all the same"
    else:
        why = lost_of(name, partitions[name], gone)
    return f"{told}: payment {gone[0]['payment_id']} of {name}{', for example' * (len(lost) > 1)}{why}"


def lost_of(name: str, rows: list[Row], gone: list[Row]) -> str:
    """The end of a sentence on where those payments of a partition are that have no row; empty if anywhere."""
    left = len(rows) - len(gone)
    if left and gone == rows[left:]:
        refused = sum(row["amount"] is None for row in rows)
        beside = ". As many have no amount: put each score beside its own payment" * (len(gone) == refused > 1)
        return f". Those that are lost are at the end: of {name} the last {len(gone)} of {len(rows)}{beside}"
    if left and gone == rows[:-left]:
        return (f". Of {name} only the last {left} of {len(rows)} have one: store.write puts rows in place of all "
                "there were")
    return ""


def strange(scores: Scores, partitions: Partitions) -> str | None:
    """In words, that there is a row for a payment that the store hasn't."""
    known = {row["payment_id"] for rows in partitions.values() for row in rows}
    others = [payment_id for payment_id in scores.rows if payment_id not in known]
    return f"there is a row of scores for payment {others[0]}, which the store hasn't" if others else None


def is_near(found: float | None, right: float | None) -> bool:
    """Whether two scores are the same."""
    return found is right if found is None or right is None else abs(found - right) <= CLOSE


def unlike(run: Run, world: Payments, rows: Iterable[Row]) -> list[Row]:
    """Of these payments, those whose score isn't that of the version that its row names, or who name no version."""
    scores = scores_of(run.disk).rows
    return [row for row in rows if (found := scores.get(row["payment_id"])) and not (
        found["version"] in world.versions
        and is_near(found["score"], world.versions[found["version"]].online(row)))]


def told(run: Run, world: Payments, row: Row) -> str:
    """In words, how the score of a payment differs from what online scoring answers."""
    found = scores_of(run.disk).rows[row["payment_id"]]
    version = world.versions.get(found["version"])
    if version is None:
        return f"payment {row['payment_id']} has version {found['version']}, which the model hasn't"
    score, right = found["score"], version.online(row)
    return (f"the payment {row} has the score {number(score, right)}, where version {found['version']} answers "
            f"{number(right, score)} online{why(score, row, world, found['version'])}")


def number(score: float | None, other: float | None) -> str:
    """A score as a sentence has it, with so many digits that it looks unlike the other one.

    >>> number(0.25, None), number(0.12341, 0.1234), number(None, 0.5)
    ('0.2500', '0.12341', 'None')
    """
    if score is None:
        return "None"
    return next((text for digits in (4, 5, 6, 8, 10) if (text := f"{score:.{digits}f}") != f"{other or 0:.{digits}f}"),
                repr(score))


def why(score: float | None, row: Row, world: Payments, version: int) -> str:
    """What a wrong score may come from, in words; empty where nothing points to it."""
    return next((f". It is {words}" for words, other in mistaken(row, world, version) if is_near(score, other)), "")


def mistaken(row: Row, world: Payments, version: int) -> Iterator[tuple[str, float | None]]:
    """Scores that foreseen mistakes give a payment, and what each is, in words."""
    known = world.versions[version]
    if row["amount"] is None:
        yield "the score of a payment of 0", known.online({**row, "amount": 0})
        return
    filled = known.filled(row)
    if row["method"] not in (None, *known.methods):
        yield (f"the score for {row['method']} as it is, while that version was trained on {', '.join(known.methods)}",
               known.score({**filled, "method": row["method"]}))
    if row["account_days"] is None:
        yield "the score for 0 days, where they aren't known", known.score({**filled, "account_days": 0})
    if row["account_days"] == 0:
        yield ("the score for days that aren't known, and 0 is a number of days",
               known.score({**filled, "account_days": known.median_days}))
    for number, other in world.versions.items():
        if number != version:
            yield f"the score of version {number}", other.online(row)
            yield (f"the score of a payment whose gaps were filled as version {number} fills them",
                   known.score(other.filled(row)))


def is_complete(row: Row, version: Version) -> bool:
    """Whether a payment has all that a version needs, of a method that it knows."""
    return None not in row.values() and row["method"] in version.methods


# Scenes


@score_all.scene
def whole(score_all: Answer, world: Payments) -> Run:
    """A run without a crash."""
    return begun(score_all, world)


@score_all.scene
def judged(whole: Run, world: Payments) -> list[Row]:
    """The payments by whose scores versions can be told apart: all if each is right without a crash; else those that
    are right and have no gap for any version."""
    wrong = {row["payment_id"] for row in unlike(whole, world, listed(world.partitions))}
    return [row for row in listed(world.partitions) if not wrong or (
        row["payment_id"] not in wrong and all(is_complete(row, version) for version in world.versions.values()))]


class Restart(NamedTuple):
    """A run that crashed, and the last one after it; between them another version became the champion."""

    crashed: Run
    after: Run


@score_all.scene
def restarts(score_all: Answer, whole: Run, world: Payments) -> list[Restart]:
    """For steps of a run, a crash there and the next run."""
    return [restarted(score_all, world, crash_at) for crash_at in some_steps(whole, MANY, world)]


def restarted(score_all: Callable, world: Payments, *crashes: int) -> Restart:
    """Runs that crash at these steps, the first with the one champion, and a run after them with the other."""
    first = last = begun(score_all, world, crash_at=crashes[0])
    for crash_at in (*crashes[1:], None):
        elsewhere(score_all, world)
        last = run(score_all, world, last.disk, crash_at, champion=world.lower)
    return Restart(first, last)


def some_steps(run: Run, each: int, world: Payments) -> list[int]:
    """The numbers of steps of a run, from 1: of each kind, such as "before store.write", so many at random."""
    random = np.random.default_rng(world.seed)
    kinds = [[number for number, name in enumerate(run.steps, 1) if name == kind] for kind in dict.fromkeys(run.steps)]
    return sorted(number for steps in kinds for number in random.permutation(steps)[:each].tolist())


def listed(partitions: Partitions) -> list[Row]:
    """The payments of all partitions."""
    return [row for rows in partitions.values() for row in rows]


# Properties

HERE = "from dataml_lab.checks.serving.score_all import"
ONE_ROW = "writes one row for each payment"
UNDISTURBED = "After a run without a crash, "


@score_all.demands(ONE_ROW, points=1, call=f"""\
{HERE} run
found = run(score_all, world)
print(found.wrong, found.versions, "champion:", world.champion)
print(run(score_all, world, partitions={{}}).wrong)""")
def _(score_all: Answer, whole: Run, world: Payments) -> str | None:
    if whole.wrong:
        return f"{UNDISTURBED}{whole.wrong}."
    misplaced = [(row["payment_id"], name) for name, rows in whole.disk.scores.items() for row in rows
                 if row["payment_id"] not in {payment["payment_id"] for payment in world.partitions[name]}]
    if misplaced:
        payment_id, name = misplaced[0]
        return f"{UNDISTURBED}payment {payment_id} is among the scores of {name}, a partition that it isn't in."
    versions = [version for version in whole.versions if version != world.champion]
    if versions:
        return f"{UNDISTURBED}a row names version {versions[0]}, while {world.champion} was the champion all the time."
    wrong = run(score_all, world, partitions={}).wrong
    return wrong and f"With a store that has no partition yet, {wrong}."


EQUAL = f"""\
{HERE} run, told, unlike
found = run(score_all, world)
for rows in world.partitions.values():
    for row in unlike(found, world, rows):
        print(told(found, world, row))"""


@score_all.demands("scores complete payments as online", points=1, after=ONE_ROW, call=EQUAL)
def _(whole: Run, world: Payments) -> str | None:
    champion = world.versions[world.champion]
    wrong = unlike(whole, world, [row for row in listed(world.partitions) if is_complete(row, champion)])
    wrong.sort(key=lambda row: 0 not in (row["amount"], row["account_days"]))
    return f"{UNDISTURBED}{told(whole, world, wrong[0])}." if wrong else None


@score_all.demands("scores payments with gaps as online", points=1, after=ONE_ROW, call=EQUAL)
def _(whole: Run, world: Payments) -> str | None:
    champion = world.versions[world.champion]
    wrong = unlike(whole, world, [row for row in listed(world.partitions) if not is_complete(row, champion)])
    wrong.sort(key=lambda row: sum(value is None for value in row.values()))
    return f"{UNDISTURBED}{told(whole, world, wrong[0])}." if wrong else None


CRASHES = f"""\
{HERE} restarted, run
for crash_at in range(1, len(run(score_all, world).steps) + 1):
    crashed, after = restarted(score_all, world, crash_at)
    if after.wrong or len(after.versions) > 1:
        print("crash", crashed.steps[-1], "then another run:", after.wrong, after.versions)"""


@score_all.demands("loses nothing in a crash", points=1, after=ONE_ROW, call=CRASHES)
def _(score_all: Answer, restarts: list[Restart], whole: Run, world: Payments) -> str | None:
    for crashed, after in [*restarts, *crashed_twice(score_all, whole, world)]:
        if wrong := lost(scores_of(after.disk), world.partitions):
            return (f"A process crashed {crashed.steps[-1]}, and was started again: {wrong}. What must be written "
                    "before a partition is noted as done?")
    return None


def crashed_twice(score_all: Answer, whole: Run, world: Payments) -> list[Restart]:
    """For some steps of a run a crash there, a second one soon after, and the next run."""
    return [restarted(score_all, world, crash_at, crash_at % 5 + 1) for crash_at in some_steps(whole, FEW, world)]


@score_all.demands("leaves no row twice after a crash", points=1, after=ONE_ROW, call=CRASHES)
def _(restarts: list[Restart]) -> str | None:
    for crashed, after in restarts:
        if wrong := doubled(scores_of(after.disk)):
            return (f"A process crashed {crashed.steps[-1]}, and was started again: {wrong}. The next process can't "
                    "know how far the last one came.")
    return None


ONE_VERSION = "scores a run by one version"


@score_all.demands(ONE_VERSION, points=2, after=ONE_ROW, call=f"""\
{HERE} restarted, run
print("champion:", world.champion, "promoted then:", world.lower)
for step in range(1, len(run(score_all, world).steps) + 1):
    print(step, "promoted while it runs:", run(score_all, world, promoted=world.lower, at=step).versions,
          "after a crash:", restarted(score_all, world, step).after.versions)""")
def _(score_all: Answer, whole: Run, restarts: list[Restart], judged: list[Row], world: Payments) -> str | None:
    for at in sorted({1, 2, 3, *some_steps(whole, FEW, world)} & {*range(1, len(whole.steps) + 1)}):
        found = begun(score_all, world, promoted=world.lower, at=at)
        when = f"Version {world.lower} was promoted {whole.steps[at - 1]} (step {at} of a run)"
        if wrong := mixed(found, world, judged):
            return f"{when}, and at the end of the run {wrong}. A run has one version, from its beginning on."
    for crashed, after in restarts:
        when = (f"A process crashed {crashed.steps[-1]}, version {world.lower} was promoted, and the process was "
                "started again")
        if wrong := mixed(after, world, judged):
            return f"{when}: {wrong}. A run goes on with the version that it began with."
        if 2 <= crashed.written < whole.written and world.champion not in after.versions:
            return (f"{when}: all rows name version {world.lower}, though the run began with {world.champion} and had "
                    f"written scores {crashed.written} times. A run goes on with the version that it began with.")
    return None


def mixed(run: Run, world: Payments, judged: list[Row]) -> str | None:
    """In words, that rows name several versions, or that one of these payments has another score than the version that
    its row names would give; None where neither is so."""
    if len(run.versions) > 1:
        return " and ".join(f"{count} rows name version {version}" for version, count in run.versions.items())
    wrong = sorted(unlike(run, world, judged), key=lambda row: row["account_days"] is not None)
    return told(run, world, wrong[0]) if wrong else None


@score_all.demands("takes another version in the next run", points=1, after=ONE_ROW, call=f"""\
{HERE} run
disk = run(score_all, world).disk
for champion, partitions in world.promotions:
    found = run(score_all, world, disk, partitions=partitions, champion=champion)
    print("champion:", champion, "rows by version:", found.versions)
    disk = found.disk""")
def _(score_all: Answer, whole: Run, judged: list[Row], world: Payments) -> str | None:
    disk, before = whole.disk, world.champion
    for champion, partitions in world.promotions:
        found = run(score_all, world, disk, partitions=partitions, champion=champion)
        when = (f"A run by version {before} had ended. Then version {champion} was promoted"
                f"{f', and {news(world)}' if partitions is world.later else ''}. After the next run")
        if wrong := doubled(scores_of(found.disk)):
            return f"{when}, {wrong}."
        for version, count in found.versions.items():
            if version != champion:
                return f"{when}, {count} of {len(listed(partitions))} rows name version {version}."
        if wrong := unlike(found, world, [row for row in judged if row in listed(partitions)]):
            return f"{when}, {told(found, world, wrong[0])}."
        disk, before = found.disk, champion
    return None


def news(world: Payments) -> str:
    """What is new in the store on the next day, in words."""
    new = [name for name in world.later if name not in world.partitions]
    return f"the partition {new[0]} came, a late payment, and an amount that was missing"


@score_all.demands("scores what came or changed since", points=1, after=ONE_ROW, call=f"""\
{HERE} run, stale
first = run(score_all, world)
print(stale(run(score_all, world, first.disk, partitions=world.later), world))
first = run(score_all, world, arriving=True)
print(stale(run(score_all, world, first.disk, partitions=first.partitions), world))""")
def _(score_all: Answer, whole: Run, world: Payments) -> str | None:
    if wrong := stale(run(score_all, world, whole.disk, partitions=world.later), world):
        return f"A run had ended. Then {news(world)}. After the next run, {wrong}."
    first = begun(score_all, world, arriving=True)
    wrong = stale(run(score_all, world, first.disk, partitions=first.partitions), world)
    return wrong and (f"While a run worked on {world.busy}, a payment came to it: after the next run, {wrong}. Which "
                      "stamp belongs to the payments that were read?")


def stale(run: Run, world: Payments) -> str | None:
    """In words, how a run left rows that aren't one for each payment, or no score where an amount came."""
    if run.wrong:
        return run.wrong
    scores, before = scores_of(run.disk).rows, {row["payment_id"]: row for row in listed(world.partitions)}
    for row in listed(run.partitions):
        old = before.get(row["payment_id"], row)
        if old["amount"] is None and row["amount"] is not None and scores[row["payment_id"]]["score"] is None:
            return f"payment {row['payment_id']} still has the score None, though its amount is {row['amount']} now"
    return None


@score_all.demands("reads no partition in vain", points=1, after=ONE_ROW, call=f"""\
{HERE} again, restarted, run
first = run(score_all, world)
print("read in the next run:", run(score_all, world, first.disk).read)
print("and with news:", run(score_all, world, first.disk, partitions=world.later).read)
for crash_at in range(1, len(first.steps) + 1):
    print("read again after crash", crash_at, again(score_all, world, crash_at))""")
def _(score_all: Answer, whole: Run, world: Payments) -> str | None:
    changed = [name for name in world.later if world.later[name] != world.partitions.get(name)]
    for partitions, what, needed in ((world.partitions, "nothing had changed", []),
                                     (world.later, f"only {' and '.join(changed)} had changed", changed)):
        found = run(score_all, world, whole.disk, partitions=partitions)
        vain = [name for name in found.read if name not in needed and partitions[name]]
        if vain:
            return (f"A run had ended, and {what}, but the next run read {len(vain)} other partitions again, {vain[0]} "
                    "among them. A store may hold years.")
    for crash_at in some_steps(whole, FEW, world):
        names = again(score_all, world, crash_at)
        if len(names) > 1:
            return (f"A process crashed {whole.steps[crash_at - 1]}, and the next one read {len(names)} partitions "
                    f"again, {names[0]} and {names[1]} among them. One may be half done, not more.")
    return None


def again(score_all: Callable, world: Payments, crash_at: int) -> list[str]:
    """The partitions with payments that a run reads again after a crash at this step of the run before."""
    crashed = begun(score_all, world, crash_at=crash_at)
    after = run(score_all, world, crashed.disk)
    return [name for name in dict.fromkeys(after.read) if name in crashed.read and world.partitions[name]]
