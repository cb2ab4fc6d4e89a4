"""The decision of an experiment: ship the treatment, keep the control, or the experiment is invalid."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.readings import Reading
from dataml_lab.experiments.split import Split

Verdict = Literal["ship", "keep", "invalid"]


class Decision(NamedTuple):
    """A verdict, and why."""

    verdict: Verdict
    reason: str

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"


def decide(split: Split, readings: Sequence[Reading], plan: Plan) -> Decision:
    """It is invalid where the split is broken. Control is kept until the planned units are there, where it is read
    once; where the primary metric's interval holds no effect, or the effect is for the worse; and where the interval of
    a guardrail can't rule out a harm of its margin. Otherwise the treatment is shipped."""
    if split.broken:
        return Decision("invalid", f"The split is broken: {split}. Units were lost, or came twice, more often in one "
                        "arm than in the other. Read no effect; find the bug, and start again.")
    units = split.control + split.treatment
    if plan.looks == "once" and plan.units and units < plan.units:
        return Decision("keep", f"There are {units:,} of the {plan.units:,} planned units. To read it before its end "
                        'is peeking, unless looks are planned as "daily" or "always": go on.')
    primary = next(one for one in readings if one.role == "primary")
    if not primary.better:
        end = not primary.worse and plan.looks != "once" and units < plan.units
        return Decision("keep", primary.words() + " It may go on to its planned units." * end)
    for guard in readings:
        if guard.role == "guardrail" and not guard.harmless:
            return Decision("keep", f"{primary.words()} But {guard.words()} A harm of {guard.metric.margin:g} is not "
                            "ruled out.")
    return Decision("ship", primary.words())
