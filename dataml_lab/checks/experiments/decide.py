"""Exercise of 09b: ship, keep or invalid, for experiments on a model of delivery times that were randomised by zone."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.experiments.zones import EFFECT, NULL, VERDICTS, Trial, Trials, trials
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

FOUND, BY_CHANCE = 16, 2  # of those with an effect, at least; of those without one, at most
FIRST = "returns one of the three verdicts"
POWER = f"ships {FOUND} or more of {EFFECT} experiments with the planned effect"
BROKEN = "calls it invalid where the split is broken"
HARM = "keeps where a harm of the margin is not ruled out"
SEE = """\
for one in {trials}:
    print(one.what, "t:", round(one.t, 1), "decided:", decide(one.log, one.plan), "expected:", one.verdict)"""
decide = Exercise("decide", trials, function("decide"))


@decide.scene
def calls(decide: Answer, world: Trials) -> Replies:
    """What comes of a call for each experiment."""
    return Replies(partial(called, decide), world.all, world.seed)


def called(decide: Answer, trial: Trial) -> Call:
    """What comes of a call for an experiment."""
    with about(trial.what):
        return decide.call(trial.log, trial.plan)


@decide.scene
def verdicts(calls: Replies, world: Trials) -> Replies:
    """The verdict on each experiment."""
    return Replies(partial(verdict, calls), world.all, world.seed)


def verdict(calls: Replies, trial: Trial) -> str:
    """The verdict that was returned for an experiment; Failed where it is none."""
    found = calls[trial].result
    if not isinstance(found, str) or found not in VERDICTS:
        with about(trial.what):
            raise Failed(f"decide returned {shown(found)}, where 'ship', 'keep' or 'invalid' is needed.")
    return found


@decide.demands(FIRST, points=0, call=SEE.format(trials="world.all"))
def _(verdicts: Replies, world: Trials) -> str | None:
    found = {verdicts[trial] for trial in world.all}
    return f"It returned {found.pop()!r} for each of {len(world.all)} experiments." if len(found) == 1 else None


@decide.demands(POWER, points=2, after=FIRST, call=SEE.format(trials="world.effect"))
def _(verdicts: Replies, world: Trials) -> str | None:
    not_shipped = without("ship", verdicts, world.effect)
    if len(not_shipped) <= EFFECT - FOUND:
        return None
    for trial in world.worse:
        if verdicts[trial] == "ship":
            return (f"It ships {EFFECT - len(not_shipped)} of {EFFECT} experiments with the planned effect, and it "
                    f"ships {trial.what}. Smaller errors are better.")
    clear = max(not_shipped, key=lambda trial: trial.t)
    return (f"It ships {EFFECT - len(not_shipped)} of {EFFECT} experiments with the planned effect, where {FOUND} or "
            f"more are expected. Of {clear.what} it says {verdicts[clear]!r}. {seen_otherwise(clear, verdicts[clear])}")


def seen_otherwise(trial: Trial, found: str) -> str:
    """What is so in an experiment with an effect, and how large t is if it is read in other ways."""
    arm, day = trial.log["treated"][:, 0], trial.log["day"]
    if found == "invalid":
        return (f"{arm.sum()} of {len(arm)} zones are in treatment, and half was planned, so the split is sound: zones "
                "were drawn, and not deliveries.")
    after, all_days = (t_of(rates(trial.log, days), arm) for days in (day >= 0, day > day.min() - 1))
    return (f"By the change of each zone in all planned days, t is {trial.t:.1f}. After two days it was "
            f"{trial.early:.1f}; without the days before the start it is {-after:.1f}, and with all days in one mean "
            f"{-all_days:.1f}.")


def rates(log: dict, days: np.ndarray) -> np.ndarray:
    """Each zone's minutes per delivery on some days."""
    return log["minutes"][:, days].sum(axis=1) / log["deliveries"][:, days].sum(axis=1)


def of_days(log: dict) -> float:
    """How large t is if the change of each zone on each day is taken for a unit."""
    arm, days = log["treated"][:, 0], log["day"] >= 0
    change = log["minutes"][:, days] / log["deliveries"][:, days] - rates(log, ~days)[:, None]
    return t_of(change.ravel(), np.repeat(arm, days.sum()))


def t_of(values: np.ndarray, arm: np.ndarray) -> float:
    """Treatment less control, in standard errors."""
    error = sum(values[one].var(ddof=1) / one.sum() for one in (arm, ~arm)) ** 0.5
    return float((values[arm].mean() - values[~arm].mean()) / error)


def without(verdict: str, verdicts: Replies, some: Iterable[Trial]) -> list[Trial]:
    """Those that got another verdict."""
    return [trial for trial in some if verdicts[trial] != verdict]


@decide.demands(f"ships {BY_CHANCE} or fewer of {NULL} experiments without an effect", points=3, after=POWER,
                call=SEE.format(trials="world.null"))
def _(verdicts: Replies, world: Trials) -> str | None:
    shipped = [trial for trial in world.null if verdicts[trial] == "ship"]
    if len(shipped) <= BY_CHANCE:
        return None
    return (f"It ships {len(shipped)} of {NULL} experiments without an effect, where {BY_CHANCE} or fewer are "
            f"expected. {by_mistake(min(shipped, key=lambda trial: trial.t), shipped)}")


def by_mistake(trial: Trial, shipped: list[Trial]) -> str:
    """Why one of those without an effect may have been shipped."""
    told = f"It ships {trial.what}, in which t is {trial.t:.1f} after all planned days"
    if all(one.t > 1.9 or one.most > 2.5 for one in shipped):
        return f"{told} and was {trial.most:.1f} after four. To stop on a day that looks good is peeking."
    if trial.t < 1.28 and all(of_days(one.log) < -1.9 for one in shipped):
        return (f"{told}. With each zone's days as units it is {-of_days(trial.log):.1f}. A zone's days are alike: the "
                "zones are the units, not their days.")
    if trial.t < 0:
        return (f"{told}: errors got larger. The zones in treatment were {'better' if trial.before > 0 else 'worse'} "
                f"before the start already (t = {trial.before:.1f}), and a zone's days are alike: the zones are the "
                "units, not their days.")
    p = "p is above 0.05" if trial.t > 1 else "a difference as small as that comes by chance"
    return f"{told}: {p}."


@decide.demands("ships nothing that makes errors larger", points=1, after=POWER, call=SEE.format(trials="world.worse"))
def _(verdicts: Replies, world: Trials) -> str | None:
    for trial in world.worse:
        if verdicts[trial] == "ship":
            return f"It ships {trial.what}. A difference must be beyond chance, and for the better."
    return None


def demand(name: str, text: str, points: int, after: str) -> None:
    """Makes it a property that each experiment of a group gets the right verdict."""
    @decide.demands(text, points=points, after=after, call=SEE.format(trials=f"world.{name}"))
    def _(verdicts: Replies, world: Trials) -> str | None:
        wrong = [trial for trial in getattr(world, name) if misjudged(verdicts[trial], trial, name)]
        told = "; ".join(f"of {trial.what}, it says {verdicts[trial]!r}, where {expected(trial, name)} is expected"
                         f"{trial.why and f' ({trial.why})'}" for trial in wrong)
        return f"{told[0].upper()}{told[1:]}." if wrong else None


def misjudged(found: str, trial: Trial, name: str) -> bool:
    """Whether a verdict is wrong; a sound split may be kept."""
    return found == "invalid" if name == "sound" else found != trial.verdict


def expected(trial: Trial, name: str) -> str:
    """The verdict in words."""
    return "another verdict" if name == "sound" else repr(trial.verdict)


demand("broken", BROKEN, 2, FIRST)
demand("moved", "calls it invalid where a zone is in both arms", 1, FIRST)
demand("sound", "calls no sound split invalid", 1, BROKEN)
demand("days", "reads the planned days, and only when all are there", 2, POWER)
demand("harmful", HARM, 2, POWER)
demand("harmless", "ships where a harm of the margin is ruled out", 1, HARM)


@decide.demands("leaves log and plan as they were", points=1, after=FIRST, call="""\
import copy
for one in world.all:
    log, plan = copy.deepcopy(one.log), dict(one.plan)
    decide(log, plan)
    print(one.what, plan == one.plan, all((log[name] == one.log[name]).all() for name in one.log))""")
def _(calls: Replies, world: Trials) -> str | None:
    for trial in world.all:
        for name, before, left in zip(("log", "plan"), (trial.log, trial.plan), calls[trial].left, strict=True):
            wrong = changed(before, left)
            if wrong:
                return f"Given {trial.what}, it changed {wrong} of {name}, which belongs to the caller."
    return None


def changed(given: dict, left: dict) -> str | None:
    """The first key of a dict under which something else is now; None where there is none."""
    for key in [*given, *(key for key in left if key not in given)]:
        if key not in left or key not in given or not np.array_equal(given[key], left[key]):
            return shown(key)
    return None
