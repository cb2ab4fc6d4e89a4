"""Exercise of 09b: intervals by the unit that was assigned and the metric that was asked for, or none."""

from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise, NotYet
from dataml_lab.checks.experiments.logs import (
    AS_WIDE,
    METRICS,
    NEAR,
    RIGHT,
    Asked,
    Asking,
    Limits,
    Reading,
    agree,
    asking,
    off,
)
from dataml_lab.checks.features.frames import change
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import digits, shown

FIRST = "returns two limits for each metric, or None"
METRIC = "divides sums by sums, and takes the difference of the arms"
SEE = """\
for one in {experiments}:
    print(one.what, one.experiment, unit_and_metric(one.log, one.experiment), "expected:", one.limits, sep="\\n  ")"""
unit_and_metric = Exercise("unit_and_metric", asking, function("unit_and_metric"), fair=lambda world: world.is_fair)


@unit_and_metric.scene
def calls(unit_and_metric: Answer, world: Asking) -> Replies:
    """What comes of a call for each experiment."""
    return Replies(partial(called, unit_and_metric), world.all, world.seed)


def called(unit_and_metric: Answer, asked: Asked) -> Call:
    """What comes of a call for an experiment."""
    with about(asked.what):
        return unit_and_metric.call(asked.log, asked.experiment)


@unit_and_metric.scene
def found(calls: Replies, world: Asking) -> Replies:
    """The limits for each experiment, or None."""
    return Replies(lambda asked: limits_of(calls[asked].result, asked), world.all, world.seed)


def limits_of(result: object, asked: Asked) -> list[Limits] | None:
    """What was returned for an experiment, as numbers; Failed where it is neither limits nor None."""
    if result is None:
        return None
    count = len(asked.experiment["metrics"])
    with about(asked.what):
        if not isinstance(result, list | tuple) or len(result) != count:
            raise Failed(f"unit_and_metric returned {shown(result)}, where a list of {count} "
                         f"{'pair' if count == 1 else 'pairs'} (low, high) is needed, or None.")
        return [pair_of(pair) for pair in result]


def pair_of(pair: object) -> Limits:
    """Two numbers that rise; Failed where it is something else."""
    numbers = list(pair) if isinstance(pair, list | tuple | np.ndarray) else []
    plain = [one for one in numbers if isinstance(one, int | float | np.number) and not isinstance(one, bool)]
    if len(numbers) != 2 or len(plain) != 2 or not np.isfinite(plain).all() or not plain[0] < plain[1]:
        raise Failed(f"unit_and_metric returned {shown(pair)} for a metric, where two numbers (low, high) are needed, "
                     "the lower one first.")
    return float(plain[0]), float(plain[1])


@unit_and_metric.scene
def metric(found: Replies, world: Asking) -> Reading | None:
    """How the answer takes the metric, where units and weeks are plain; None where it is none that is known."""
    taken = [reading for reading in METRICS if all(same_middles(found[asked], asked, reading) for asked in world.users)]
    return next(iter(taken), None)


def same_middles(limits: list[Limits] | None, asked: Asked, metric: Reading) -> bool:
    """Whether the middles of limits are those of a right analysis with this metric."""
    return limits is not None and all(off(one, right)[0] <= NEAR for one, right in
                                      zip(limits, asked.expected(metric), strict=True))


@unit_and_metric.demands(FIRST, points=0, call=SEE.format(experiments="world.all"))
def _(found: Replies, world: Asking) -> str | None:
    replies = [found[asked] for asked in world.all]
    none = all(reply is None for reply in replies)
    return f"It returned None for each of {len(replies)} experiments." if none else None


@unit_and_metric.demands(METRIC, points=3, after=FIRST, call=SEE.format(experiments="world.users"))
def _(found: Replies, world: Asking) -> str | None:
    return next(filter(None, (told(found[asked], asked, middle_only=True) for asked in world.users)), None)


def told(limits: list[Limits] | None, asked: Asked, metric: Reading = RIGHT, middle_only: bool = False) -> str | None:
    """Where limits are wrong, but for the metric, in words, and how they may have come about; None where they are
    right."""
    if limits is None:
        return (f"Given {asked.what}, it returned None. {shared_by(asked)}, and {asked.experiment['assigned']}s were "
                "assigned: this can be read.")
    as_taken = "" if metric is RIGHT else ", with the metric as your answer takes it"
    for names, one, right in zip(asked.experiment["metrics"], limits, asked.expected(metric), strict=True):
        if off(one, right)[0] > NEAR if middle_only else not agree(one, right):
            return (f"Given {asked.what}, it returned ({digits(one[0])}, {digits(one[1])}) for {' / '.join(names)}, "
                    f"where ({digits(right[0])}, {digits(right[1])}) is expected{as_taken}. "
                    f"{guessed(limits, asked, metric)}")
    return None


def shared_by(asked: Asked) -> str:
    """What the arms share, in words."""
    return "Each zone has couriers of its own" if asked.experiment["shared"] else "The arms share nothing"


def guessed(limits: list[Limits], asked: Asked, metric: Reading = RIGHT) -> str:
    """How the limits may have come about: another reading that gives them, or what a right one does."""
    for words, others in asked.others(metric):
        if all(agree(one, other) for one, other in zip(limits, others, strict=True)):
            return words
    for one, right in zip(limits, asked.expected(metric), strict=True):
        middle, width = off(one, right)
        if middle > NEAR:
            return (f"The middle is off by {middle:.0%} of half the width. It is the sum above the line over that "
                    "below it, in treatment less in control, of the rows that count.")
        if width > AS_WIDE:
            part = (one[1] - one[0]) / (right[1] - right[0])
            return f"The middle is right, and the width is {part:.0%} of what is expected."
    return ""


def demand(name: str, text: str, points: int) -> None:
    """Makes it a property that the limits for some experiments are right."""
    @unit_and_metric.demands(text, points=points, after=FIRST, call=SEE.format(experiments=f"world.{name}"))
    def _(found: Replies, world: Asking, metric: Reading | None) -> str | None:
        if metric is None:
            return NotYet(f"Judged once “{METRIC}” holds.")
        return next(filter(None, (told(found[asked], asked, metric) for asked in getattr(world, name))), None)


demand("users", "takes users as the units where users were assigned", 2)
demand("zones", "takes zones as the units where zones were assigned", 2)
demand("novelty", "counts the steady weeks of each user, and all of them", 2)
demand("ten", "gives ten intervals that hold together", 2)


@unit_and_metric.demands("returns None where the arms disturb each other", points=2, after=FIRST,
                         call=SEE.format(experiments="world.disturbed + world.users + world.zones"))
def _(found: Replies, world: Asking) -> str | None:
    for asked in world.disturbed:
        if found[asked] is not None:
            return (f"Given {asked.what}, it returned {shown(found[asked])}, where None is expected. What a courier "
                    "does for users in one arm is missing for those in the other one, so control isn't what it would "
                    "be alone, and no analysis mends that.")
    readable = [asked for asked in (*world.users, *world.zones) if found[asked] is None]
    return told(None, readable[0]) if readable else None


@unit_and_metric.demands("leaves log and experiment as they were", points=1, after=FIRST, call="""\
import copy
for one in world.all:
    log, experiment = one.log.copy(), copy.deepcopy(one.experiment)
    unit_and_metric(log, experiment)
    print(one.what, log.equals(one.log), experiment == one.experiment)""")
def _(calls: Replies, world: Asking) -> str | None:
    for asked in world.all:
        log, experiment = calls[asked].left
        wrong = change(asked.log, log) if isinstance(log, pd.DataFrame) else "it is no DataFrame"
        if wrong:
            return f"Given {asked.what}, it changed the log, which belongs to the caller: afterwards {wrong}."
        if experiment != asked.experiment:
            return (f"Given {asked.what}, it changed the experiment, which was {shown(asked.experiment)} and is "
                    f"{shown(experiment)}.")
    return None
