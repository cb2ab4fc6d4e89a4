"""Exercise of 09a: how many users an experiment needs in each arm, and for how many weeks it runs."""

import math
from functools import partial
from numbers import Real
from typing import NamedTuple

from scipy.stats import norm

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.experiments.briefs import Brief, Briefs, briefs
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

NEAR = 0.07  # by what part of it a number of users may be off
FIRST = "returns (control, treatment, weeks)"
SEE = """\
for brief in ({briefs}):
    control, treatment, weeks = size(*brief.given)
    print(brief.what, "got", control, treatment, "needed", *map(round, brief.arms),
          "power", round(brief.found(control, treatment), 2))"""
SEE_WEEKS = """\
import numpy as np
for brief in ({briefs}):
    control, treatment, weeks = size(*brief.given)
    print(control + treatment, "users after", weeks, "weeks; by week have come", np.cumsum(brief.arrivals))"""

size = Exercise("size", briefs, function("size"))


class Plan(NamedTuple):
    """Users in control and in treatment, and weeks."""

    control: int
    treatment: int
    weeks: int | None


@size.scene
def plans(size: Answer, world: Briefs) -> Replies:
    """The plan that the answer returns for each brief."""
    return Replies(partial(planned, size), world.all, world.seed)


def planned(size: Answer, brief: Brief) -> Plan:
    """The plan that is returned for a brief; Failed where it is none."""
    with about(brief.what):
        found = size(*brief.given)
        if not isinstance(found, tuple | list) or len(found) != 3:
            raise Failed(f"size returned {shown(found)}, where (control, treatment, weeks) is needed.")
        control, treatment, weeks = found
        for name, users in (("control", control), ("treatment", treatment)):
            if not _whole(users) or not 1 <= users <= 10**12:
                raise Failed(f"size returned {shown(users)} users in {name}, where a whole number from 1 on is needed.")
        if weeks is not None and not _whole(weeks):
            raise Failed(f"size returned {shown(weeks)} weeks, where a whole number or None is needed.")
        return Plan(int(control), int(treatment), weeks if weeks is None else int(weeks))


def _whole(value: object) -> bool:
    """Whether it is a whole number, as an int, a float or NumPy's."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value) and value % 1 == 0


@size.demands(FIRST, points=0, call="print(size(*world.rise.given), size(*world.few.given))")
def _(plans: Replies, world: Briefs) -> str | None:
    found = {plans[brief][:2] for brief in world.all}
    return f"It returned {shown(*found)} users for each of {len(world.all)} briefs." if len(found) == 1 else None


def demand(names: tuple[str, ...], text: str, points: int) -> None:
    """Makes it a property that the users for these briefs are right."""
    @size.demands(text, points=points, after=FIRST, call=SEE.format(
        briefs=", ".join(f"world.{name}" for name in names) + ","))
    def _(plans: Replies, world: Briefs) -> str | None:
        return next(filter(None, (missed(one, plans[one]) for one in (getattr(world, name) for name in names))), None)


def missed(brief: Brief, plan: Plan) -> str | None:
    """How the users of a plan differ from those that are needed, in words; None where they don't."""
    control, treatment = brief.arms
    if max(abs(plan.control / control - 1), abs(plan.treatment / treatment - 1)) <= NEAR:
        return None
    found = brief.found(plan.control, plan.treatment)
    return (f"Given {brief.what}: it returned {plan.control:,} users in control and {plan.treatment:,} in treatment. "
            f"{found:.0%} of such experiments find the change. Needed are {control:,.0f} and {treatment:,.0f}, give or "
            f"take {NEAR:.0%}.{likeness(brief, plan)}")


def likeness(brief: Brief, plan: Plan) -> str:
    """Which mistake gives these users, in words; empty where none that is known does."""
    def apart(arms: tuple[float, float]) -> float:
        return max(abs(math.log(got / made)) for got, made in zip(plan[:2], arms, strict=True))

    words, arms = min(mistakes(brief).items(), key=lambda item: apart(item[1]))
    return f" So many come out {words}." if apart(arms) < 0.06 else ""


def mistakes(brief: Brief) -> dict[str, tuple[float, float]]:
    """The users in control and treatment that mistakes give, by the mistake in words."""
    def scaled(factor: float) -> tuple[float, float]:
        return brief.arms[0] * factor, brief.arms[1] * factor

    asked = norm.isf(brief.alpha / 2) + norm.ppf(brief.power)
    halves = brief._replace(share=0.5)
    absolute = brief._replace(lift=brief.lift / brief.rate) if 0 < brief.rate + brief.lift * brief.reach < 1 else brief
    everybody = brief._replace(reach=1.0)
    found = {
        "if alpha isn't halved, though a change in both directions counts":
            scaled((norm.isf(brief.alpha) + norm.ppf(brief.power)) ** 2 / asked**2),
        "if power is left out: then a change that is there is found in half of the experiments":
            scaled(norm.isf(brief.alpha / 2) ** 2 / asked**2),
        "if 1 − power is halved as alpha is":
            scaled((norm.isf(brief.alpha / 2) + norm.isf((1 - brief.power) / 2)) ** 2 / asked**2),
        "if alpha is halved twice": scaled((norm.isf(brief.alpha / 4) + norm.ppf(brief.power)) ** 2 / asked**2),
        "if alpha is 0.05 and power 0.8, whatever is asked": brief._replace(alpha=0.05, power=0.8).arms,
        "if alpha is 0.05, whatever is asked": brief._replace(alpha=0.05).arms,
        "if power is 0.8, whatever is asked": brief._replace(power=0.8).arms,
        "if only one arm varies": scaled(brief.rate * (1 - brief.rate) / (1 - brief.share) / brief.variance
                                         if brief.share == 0.5 else 1.0),
        "if the users of one arm are dealt to both": scaled(0.5),
        "if each arm gets the users of both": scaled(2.0),
        "if lift is added to the rate: it is a part of the rate": absolute.arms,
        "if a fall is taken for a rise": brief._replace(lift=abs(brief.lift)).arms,
        "for two equal arms": halves.arms,
        "if the users of two equal arms are dealt by share: a difference is as rough as its smaller arm":
            (2 * halves.arms[0] * (1 - brief.share), 2 * halves.arms[0] * brief.share),
        "if the arms are swapped": brief.arms[::-1],
        "if all users see the change": everybody.arms,
        "if users who don't see the change are only added: they also make the difference smaller":
            (everybody.arms[0] / brief.reach, everybody.arms[1] / brief.reach)}
    return {words: arms for words, arms in found.items()
            if max(abs(math.log(made / right)) for made, right in zip(arms, brief.arms, strict=True)) > NEAR / 2}


demand(("rise", "fall"), "has the power in two equal arms, for a rise and a fall", 2)
demand(("strict", "loose"), "goes by alpha and power", 2)
demand(("few", "most"), "goes by the share of treatment", 2)
demand(("late", "rare"), "goes by the share of users who see the change", 2)


@size.demands("runs until so many new users have come", points=2, after=FIRST,
              call=SEE_WEEKS.format(briefs="world.fading, world.slow"))
def _(plans: Replies, world: Briefs) -> str | None:
    for brief in (world.fading, world.slow):
        plan = plans[brief]
        users = plan.control + plan.treatment
        ends = {brief.weeks(near) for near in (users - 2, users, users + 2)}
        if plan.weeks not in ends:
            return (f"Given {brief.what}, and new users by week {list(brief.arrivals)}: it says that {users:,} users "
                    f"of both arms have come after {told(plan.weeks)}, where {told(brief.weeks(users))} is right."
                    f"{weeks_likeness(brief, plan)}")
    return None


def told(weeks: int | None) -> str:
    """Weeks in words."""
    return "None" if weeks is None else f"{weeks} week{'s' * (weeks != 1)}"


def weeks_likeness(brief: Brief, plan: Plan) -> str:
    """Which mistake gives these weeks, in words; empty where none that is known does."""
    users, arrivals = plan.control + plan.treatment, brief.arrivals
    rules = {" So long it lasts if each week brings as many users as the first: returning users are no new ones.":
             math.ceil(users / arrivals[0]),
             " So long it lasts if each week brings as many users as the mean week: sum them up week by week.":
             math.ceil(users * len(arrivals) / sum(arrivals)),
             " That is how long one arm takes alone: new users go to both.": brief.weeks(max(plan[:2])),
             " One week too few: at its end some are missing.": (brief.weeks(users) or 0) - 1,
             " One week too many: they are complete at the end of the week before.": (brief.weeks(users) or -1) + 1}
    return next((words for words, weeks in rules.items() if weeks == plan.weeks), "")


@size.demands("says None where they don't come", points=1, after=FIRST, call=SEE_WEEKS.format(briefs="world.never,"))
def _(plans: Replies, world: Briefs) -> str | None:
    plan = plans[world.never]
    users = plan.control + plan.treatment
    if world.never.weeks(users) == plan.weeks:
        return None
    return (f"Given {world.never.what}: {users:,} users are needed and {sum(world.never.arrivals):,} come in all "
            f"{len(world.never.arrivals)} weeks of the list. It says {told(plan.weeks)}, where "
            f"{told(world.never.weeks(users))} is right.")
