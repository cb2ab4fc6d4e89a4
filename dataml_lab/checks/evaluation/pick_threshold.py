"""Exercise `pick_threshold`: above which score to stop a payment, by what mistakes cost."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from dataml_lab.checks.evaluation.scored import NOTHING, Scored, Table, scored
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

NUMBER = "returns a number"
TOGETHER = ("Payments of one score are stopped together. Sums that go row by row stop a part of them, which no "
            "threshold does.")
SEE = """\
for table in ({tables}):
    print("Given", table.what, "of which at most", table.most, "may be stopped:")
    for cut in (pick_threshold(*table.given), table.right):
        print(cut, "stops frauds and others", table.stopped(cut), "and costs", table.cost(cut))"""

pick_threshold = Exercise("pick_threshold", scored, function("pick_threshold"))


@pick_threshold.scene
def picked(pick_threshold: Answer, world: Scored) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, pick_threshold), world.all, world.seed)


def called(pick_threshold: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return pick_threshold.call(*table.given)


def threshold(picked: Replies, table: Table) -> float:
    """The threshold that was picked for a table; Failed where it is no number."""
    found = picked[table].result
    if isinstance(found, bool) or not isinstance(found, int | float) or found != found:
        raise Failed(f"Given {table.what}: pick_threshold returned {shown(found)}, where a number is needed.")
    return found


@pick_threshold.demands(NUMBER, points=0, call="""\
for table in world.all:
    print(f"Given {table.what}:", pick_threshold(*table.given))""")
def _(picked: Replies, world: Scored) -> str | None:
    found = {threshold(picked, table) for table in world.all}
    if len(found) == 1:
        return f"It returned {shown(*found)} for each of {len(world.all)} tables, whatever was in them."
    return None


def demand(names: tuple[str, ...], text: str, points: int, reason: str) -> None:
    """Makes it a property that the thresholds of these tables are right. `reason` says what decides there."""
    @pick_threshold.demands(text, points=points, after=NUMBER, call=SEE.format(
        tables=", ".join(f"world.{name}" for name in names) + ","))
    def _(picked: Replies, world: Scored) -> str | None:
        tables = [getattr(world, name) for name in names]
        table = next((table for table in tables if not right(table, threshold(picked, table))), None)
        if table is None:
            return None
        found = threshold(picked, table)
        if all(split(one, threshold(picked, one)) for one in (world.dear, world.cheap, world.past, table)):
            return f"{said(table, found)} {TOGETHER}"
        return f"{said(table, found, likeness(table, found))} {reason}"


def split(table: Table, found: float) -> bool:
    """Whether a threshold is wrong, and is what comes out of sums that go row by row."""
    return not right(table, found) and found in row_by_row(table)


def right(table: Table, found: float) -> bool:
    """Whether a threshold is as good as the right one."""
    return table.fits(found) and table.cost(found) <= table.cost(table.right)


def said(table: Table, found: float, likeness: str = "") -> str:
    """What is wrong with a threshold, in words. `likeness` says which other rule picks it."""
    prices = f"a miss costs {table.cost_miss:,} and an alarm {table.cost_alarm:,}"
    limit = "" if table.fits(found) else f" (most is {table.most:,})"
    return (f"Given {table.what}, where {prices}, it returned {found:.3g}, which stops {counted(table, found)}{limit}, "
            f"and costs {table.cost(found):,}{likeness}. {table.right:.3g} stops "
            f"{counted(table, table.right)} and costs {table.cost(table.right):,}.")


def counted(table: Table, threshold: float) -> str:
    """How many payments a threshold stops, in words."""
    caught, alarms = table.stopped(threshold)
    return f"{caught + alarms:,} payments, {caught} of them frauds" if caught + alarms else "nothing"


def likeness(table: Table, found: float) -> str:
    """Which other rule stops the same payments, in words; empty where none that is known does."""
    if found in (0.5, table.cost_alarm / (table.cost_alarm + table.cost_miss)):
        return " (0.5 knows no costs)" if found == 0.5 else " (as if the score were a probability)"
    return next((f" (as {rule})" for rule, other in others(table) if table.stopped(other) == table.stopped(found)), "")


def others(table: Table) -> Iterator[tuple[str, float]]:
    """Rules that are not asked for, and the threshold that each picks."""
    frauds, alarms = counts = np.array([table.stopped(cut) for cut in cuts(table)]).T
    rows, all_, costs = alarms // table.one_in, table.y.sum(), (table.cost_miss, table.cost_alarm)

    def cheapest(miss: int, alarm: int, fits: np.ndarray | bool = True) -> float:
        """The cheapest of the thresholds that fit, at such costs."""
        return cuts(table)[np.argmin(np.where(fits, (all_ - frauds) * miss + alarms * alarm, np.inf))]

    yield "if fewer than most might be stopped", cheapest(*costs, fits=counts.sum(axis=0) < table.most)
    yield "if the limit were one of alarms", cheapest(*costs, fits=alarms <= table.most)
    yield "if the limit were one of rows", cheapest(*costs, fits=frauds + rows <= table.most)
    yield "if there were no limit", cheapest(*costs)
    yield "the largest F1 of these rows does", cuts(table)[np.argmax(frauds / (frauds + rows + all_))]
    yield "the largest accuracy of these rows does", cheapest(table.one_in, 1)
    yield "swapped costs would", cheapest(*costs[::-1])
    yield "if each legitimate row were one payment", cheapest(costs[0] * table.one_in, costs[1])
    yield "the highest threshold does that catches 99% of the frauds", cuts(table)[np.argmax(frauds >= 0.99 * all_)]


def row_by_row(table: Table) -> set[float]:
    """What is cheapest by sums that go row by row, for each order of the rows of one score: as they come, reversed,
    frauds first, and frauds last."""
    places = np.arange(len(table.y))
    return {cheapest_row(table, np.lexsort((tie, -table.score))) for tie in (places, -places, -table.y, table.y)}


def cheapest_row(table: Table, order: np.ndarray) -> float:
    """The score of the row down to which stopping is cheapest, if the rows of one score may be stopped in part."""
    y = table.y[order]
    frauds, alarms = np.append(0, y.cumsum()), np.append(0, (1 - y).cumsum()) * table.one_in
    cost = (y.sum() - frauds) * table.cost_miss + alarms * table.cost_alarm
    fitting = np.where(frauds + alarms <= table.most, cost, np.inf)
    return float(np.append(NOTHING, table.score[order])[np.argmin(fitting)])


def cuts(table: Table) -> np.ndarray:
    """The thresholds that stop different payments, from the one that stops nothing."""
    return np.append(NOTHING, np.unique(table.score)[::-1])


demand(("dear", "cheap"), "goes by the costs", 2,
       "What decides are the costs: not 0.5, nor a metric that doesn't know them, nor a score that is read as a "
       "probability.")
demand(("sampled",), "counts a legitimate row as `one_in` payments", 2,
       "Each legitimate row stands for one_in payments, all of which are stopped or let through.")
demand(("limited", "just"), "stops at most `most` payments", 2,
       "Frauds that are stopped count as well, payments are counted, not rows, and as many as most may be stopped. "
       "Payments of one score are stopped together.")
demand(("past", "dip"), "compares all thresholds", 1,
       "A lower threshold may cost more than the one before it, and the one after that less. Compare all, and of those "
       "that stop no more than most, take the cheapest, not the lowest.")
demand(("nothing", "everything"), "stops nothing, or everything, where that is cheapest", 1,
       "A threshold above the highest score stops nothing, and the lowest score stops everything: they are thresholds, "
       "too.")


@pick_threshold.demands("leaves its arguments as they were", points=1, after=NUMBER, call="""\
y, score, *others = world.dear.given
before = y.copy(), score.copy()
pick_threshold(y, score, *others)
print((before[0] == y).all(), (before[1] == score).all())""")
def _(picked: Replies, world: Scored) -> str | None:
    for table in world.all:
        for name, was, left in zip(("y", "score"), table.given, picked[table].left, strict=False):
            if not isinstance(left, np.ndarray) or not np.array_equal(was, left):
                return f"Given {table.what}: it changed {name}, which belongs to the caller."
    return None
