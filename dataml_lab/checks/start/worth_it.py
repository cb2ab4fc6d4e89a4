"""Whether a rule, a model or nothing is worth it, judged on pairs of briefs that differ in one field."""

import math
from functools import partial

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.start.briefs import CHOICES, GUESSES, THEMES, Brief, Choice, Pair, Pairs, model_right, pairs
from dataml_lab.runtime.answers import Answer, Failed, function

worth_it = Exercise("worth_it", pairs, function("worth_it"))

HINTS = {
    "loss": "Each wrong decision costs {loss} EUR, each right one brings {gain} EUR; to do nothing brings and costs 0.",
    "gain": "Each right decision brings {gain} EUR, each wrong one costs {loss} EUR; to do nothing brings and costs 0.",
    "labels": "From {labels:,} labels a model learns to be right in {learned:.0%} of the cases; {model_best:.0%} is "
              "what it would reach with unlimited labels.",
    "cases_per_year": "What is paid for a year, {rule_cost:,} EUR for the rule and {model_cost:,} EUR for the model, "
                      "is shared by {cases_per_year:,} cases.",
    "rule_right": "{rule}; from {labels:,} labels the model learns to be right in {learned:.0%}.",
    "model_best": "{rule}; from {labels:,} labels the model learns to be right in {learned:.0%}.",
    "model_cost": "The rule costs {rule_cost:,} EUR a year, the model {model_cost:,} EUR.",
    "rule_cost": "The rule costs {rule_cost:,} EUR a year, the model {model_cost:,} EUR.",
}


@worth_it.scene
def choices(worth_it: Answer, world: Pairs) -> Replies:
    """What the answer chooses for each brief of the world."""
    briefs = [brief for pairs in world.by_property.values() for pair in pairs for brief in pair.briefs]
    return Replies(partial(chosen, worth_it), briefs, world.seed)


def chosen(worth_it: Answer, brief: Brief) -> Choice:
    """The choice that the answer makes; Failed, with a sentence, where it is none."""
    found = worth_it(brief)
    if not isinstance(found, str) or found not in CHOICES:
        shown = f"{found[:40]!r}" if isinstance(found, str) else f"a value of type {type(found).__name__}"
        hint = " Does it end in `return`?" if found is None else ""
        raise Failed(f'worth_it returned {shown}, where the text "rule", "model" or "nothing" was expected.{hint}')
    return found


def demand(name: str, points: float) -> None:
    """Makes it a property that the answer misjudges no pair of these themes."""
    @worth_it.demands(name, points)
    def _(choices: Replies, world: Pairs) -> str | None:
        return next(filter(None, (misjudged(choices, pair) for pair in world.by_property[name])), None)


for _name in THEMES:
    demand(_name, points=2 if "mistake" in _name else 1)


def misjudged(choices: Replies, pair: Pair) -> str | None:
    """Which brief of a pair was misjudged, and what that costs; None where neither was."""
    said = [choices[brief] for brief in pair.briefs]
    for brief, year, choice, best in zip(pair.briefs, pair.years, said, pair.best, strict=True):
        if choice != best:
            return f"{_said(pair, said)} {_outcome(brief[pair.field], year, choice, best)} {_hint(pair.field, brief)}"
    return None


def _said(pair: Pair, choices: list[Choice]) -> str:
    """What was said to the two briefs."""
    low, high = (_shown(brief[pair.field]) for brief in pair.briefs)
    said = f'"{choices[0]}" to both' if len(set(choices)) == 1 else f'"{choices[0]}" and "{choices[1]}"'
    return f"Two briefs differ in `{pair.field}` alone, {low} and {high}; you said {said}."


def _outcome(value: float | None, year: dict[Choice, float], choice: Choice, best: Choice) -> str:
    """What the year came to for which a wrong choice was made, and what it could have come to."""
    if not math.isfinite(year[choice]):
        return "With None there is no rule to choose."
    return (f'With {_shown(value)} the year with "{choice}" came to {year[choice]:,.0f} EUR; the best choice came to '
            f"{year[best]:,.0f} EUR.")


def _hint(field: str, brief: Brief) -> str:
    """What matters about a field in this brief, and the brief itself, to try the answer on."""
    known = brief["rule_right"]
    rule = "No rule is known" if known is None else f"The rule is right in {known:.0%} of the cases"
    floor = " With 100 labels or fewer the formula doesn't hold: the model guesses." * (brief["labels"] <= GUESSES)
    return f"{HINTS[field].format(**brief, rule=rule, learned=model_right(brief))}{floor} To see it:\nworth_it({brief})"


def _shown(value: float | None) -> str:
    """A value of a brief in a sentence."""
    return "None" if value is None else f"{value:,}"
