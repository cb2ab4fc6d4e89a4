"""Exercise 0: whether a rule, a model or nothing is worth it, judged on pairs of briefs that differ in one field."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.replies import Replies, by_id, replies
from dataml_lab.runtime.answers import Answer, Failed, function

Choice = Literal["rule", "model", "nothing"]
Brief = dict[str, Any]

CHOICES = ("rule", "model", "nothing")
GUESSES = 100  # labels up to which a model only guesses
CLEAR = 0.2  # by what part of its worth the best choice must beat the next
# Of each field a low, a middle and a high value. Where there is a pair of briefs on either side of the middle, no fixed
# threshold on that field is right for both.
RANGES = {
    "cases_per_year": (500, 6_000, 150_000),
    "gain": (1, 5, 40),
    "loss": (0.5, 4, 100),
    "rule_right": (0.55, 0.75, 0.95),
    "rule_cost": (300, 2_000, 20_000),
    "labels": (150, 1_000, 80_000),
    "model_best": (0.65, 0.8, 0.97),
    "model_cost": (2_000, 15_000, 100_000),
}
WHO = ("An AI that", "A real-time service that", "A real-time AI that", "A program that", "A nightly job that")
DOES = ("picks orders to look at before they are sent", "says which parcels will come late", "sorts tickets by urgency",
        "finds addresses that don't exist", "chooses who gets a voucher", "says which reviews are not genuine")


# what a choice is worth


def model_right(brief: Brief) -> float:
    """The share of cases that a model gets right with the labels that there are.

    >>> model_right({"labels": 10_000, "model_best": 0.75}), model_right({"labels": 80, "model_best": 0.75})
    (0.725, 0.5)
    """
    best, labels = brief["model_best"], brief["labels"]
    return best - (best - 0.5) * math.sqrt(GUESSES / labels) if labels > GUESSES else 0.5


def share_right(brief: Brief, choice: Choice) -> float | None:
    """The share of cases that a rule or a model gets right; None for a rule that nobody knows."""
    return brief["rule_right"] if choice == "rule" else model_right(brief)


def worth(brief: Brief, choice: Choice, right: float | None) -> float:
    """What a choice that is right in so many of the cases is worth (EUR a year); minus infinity for an unknown rule."""
    if choice == "nothing":
        return 0.0
    if right is None:
        return -math.inf
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[f"{choice}_cost"]


def expected(brief: Brief) -> dict[Choice, float]:
    """What each choice is worth on average (EUR a year)."""
    return {choice: worth(brief, choice, share_right(brief, choice)) for choice in CHOICES}


def one_year(brief: Brief, random: np.random.Generator) -> dict[Choice, float]:
    """What each choice came to (EUR) in a year whose cases are drawn."""
    def drawn(choice: Choice) -> float | None:
        right, cases = share_right(brief, choice), brief["cases_per_year"]
        return None if right is None else random.binomial(cases, right) / cases

    return {choice: worth(brief, choice, drawn(choice)) for choice in CHOICES}


def best(brief: Brief) -> Choice:
    """The choice that is worth most on average."""
    worths = expected(brief)
    return max(worths, key=worths.get)


def is_clear(brief: Brief) -> bool:
    """Whether the best choice beats the next by a fifth of what either is worth, and by more than a year's luck."""
    (second, other), (first, winner) = sorted((value, choice) for choice, value in expected(brief).items())[-2:]
    return first - second >= max(CLEAR * first, CLEAR * -second, 4 * (_luck(brief, winner) + _luck(brief, other)))


def _luck(brief: Brief, choice: Choice) -> float:
    """The standard deviation (EUR) of what a choice comes to in a year."""
    right = share_right(brief, choice)
    if choice == "nothing" or right is None:
        return 0.0
    return (brief["gain"] + brief["loss"]) * math.sqrt(brief["cases_per_year"] * right * (1 - right))


# pairs of briefs


def _by_accuracy(brief: Brief) -> Choice:
    """The choice of those who only ask what is right more often."""
    return "model" if model_right(brief) > (brief["rule_right"] or 0) else "rule"


def _without_floor(brief: Brief) -> Choice:
    """The choice of those who take a model with a handful of labels to be worse than a guess."""
    best_share, labels = brief["model_best"], max(brief["labels"], 1)
    below = best_share - (best_share - 0.5) * math.sqrt(GUESSES / labels)
    return best(brief | {"labels": math.inf, "model_best": below})


# Ways to choose that leave something out. A pair shows up those that its theme names and no other, so that an answer
# that leaves something out loses what is about that, in every world.
SHORTCUTS: dict[str, Callable[[Brief], Choice]] = {
    "loss": lambda brief: best(brief | {"loss": 0}),
    "labels": lambda brief: best(brief | {"labels": math.inf}),
    "floor": _without_floor,
    "rule cost": lambda brief: best(brief | {"rule_cost": 0}),
    "costs": lambda brief: best(brief | {"rule_cost": 0, "model_cost": 0}),
    "accuracy": _by_accuracy,
    "coin": lambda brief: best(brief if brief["rule_right"] else brief | {"rule_right": 0.5}),
}


class Theme(NamedTuple):
    """What a pair of briefs is about: the field in which they differ, which choice is best where it is low and where it
    is high, in which part of its range both lie (none: the first brief has no such thing), the shortcuts it shows up,
    and whether the labels of both are so few that a model guesses."""

    field: str
    low: Choice
    high: Choice
    part: Literal["lower", "upper", "any", "none"] = "any"
    shows: tuple[str, ...] = ()
    guesses: bool = False


_FOR_COSTS, _FOR_LOSS = ("costs", "accuracy"), ("loss", "costs", "accuracy")
THEMES = {
    "weighs what a mistake costs": [Theme("loss", "rule", "model", "lower", _FOR_LOSS),
                                    Theme("loss", "rule", "model", "upper", _FOR_LOSS)],
    "expects little of a model with few labels": [Theme("labels", "rule", "model", "lower", ("labels",)),
                                                  Theme("labels", "rule", "model", "upper", ("labels",)),
                                                  Theme("labels", "rule", "model", "none", ("labels",))],
    "asks how many cases there are": [Theme("cases_per_year", "rule", "model", "lower", _FOR_COSTS),
                                      Theme("cases_per_year", "rule", "model", "upper", _FOR_COSTS)],
    "asks how good rule and model are": [Theme("rule_right", "model", "rule", "lower"),
                                         Theme("rule_right", "model", "rule", "upper"),
                                         Theme("model_best", "rule", "model")],
    "weighs what rule and model cost": [Theme("model_cost", "model", "rule", "lower", _FOR_COSTS),
                                        Theme("model_cost", "model", "rule", "upper", _FOR_COSTS),
                                        Theme("rule_cost", "rule", "model", "any", ("rule cost", *_FOR_COSTS))],
    "does nothing where nothing pays": [Theme("loss", "model", "nothing", "any", ("loss", "accuracy")),
                                        Theme("gain", "nothing", "model", "any", _FOR_LOSS)],
    "copes where no rule is known": [Theme("rule_right", "model", "rule", "none"),
                                     Theme("rule_right", "nothing", "rule", "none", ("coin", *_FOR_COSTS)),
                                     Theme("rule_right", "model", "rule", "none", ("floor",), guesses=True)],
}


class Pair(NamedTuple):
    """Two briefs that differ in one field, and what each choice came to in a year of either."""

    field: str
    briefs: list[Brief]
    years: list[dict[Choice, float]]


@dataclass
class Pairs:
    """The pairs of briefs by the property that they judge, and the seed of the order in which briefs are asked."""

    by_property: dict[str, list[Pair]]
    order: int = 0
    oracle: Callable | None = None
    replies: Replies | None = None


def pairs(seed: int) -> Pairs:
    """A pair for each theme of each property."""
    random = np.random.default_rng(seed)
    return Pairs({name: [pair(theme, random) for theme in themes] for name, themes in THEMES.items()}, seed)


def pair(theme: Theme, random: np.random.Generator) -> Pair:
    """A pair of briefs on a theme, and a year of each."""
    briefs = next(briefs for briefs in candidates(theme, random) if tells(theme, briefs))
    what = f"{random.choice(WHO)} {random.choice(DOES)}."
    years = [one_year(brief, random) for brief in briefs]
    return Pair(theme.field, [{"what": what, **brief} for brief in briefs], years)


def candidates(theme: Theme, random: np.random.Generator) -> Iterator[list[Brief]]:
    """Pairs of briefs, without end, that differ in the field of a theme; with labels enough if it is about others, or
    with too few."""
    while True:
        columns = {field: values(field, "any", random) for field in RANGES}
        columns["labels"] = few_labels(random) if theme.guesses else values("labels", "upper", random)
        if theme.field == "loss":
            columns["gain"] = values("gain", theme.part, random)  # against which a loss is large or small
        ends = zip(*(values(theme.field, theme.part, random) for _ in range(4)), strict=True)
        for row, drawn in zip(zip(*columns.values(), strict=True), ends, strict=True):
            brief, low = dict(zip(columns, row, strict=True)), min(drawn)
            if theme.part == "none":
                low = 0 if theme.field == "labels" else None
            yield [brief | {theme.field: low}, brief | {theme.field: max(drawn)}]


def tells(theme: Theme, briefs: list[Brief]) -> bool:
    """Whether a pair has the best choices of its theme, by a clear margin, and shows up those shortcuts alone."""
    choices = [theme.low, theme.high]
    if any(best(brief) != choice for brief, choice in zip(briefs, choices, strict=True)):
        return False
    if not all(map(is_clear, briefs)):
        return False
    shown = {name for name, shortcut in SHORTCUTS.items() if list(map(shortcut, briefs)) != choices}
    return shown == set(theme.shows)


def values(field: str, part: str, random: np.random.Generator) -> list[float]:
    """A hundred values of a field, from a part of its range, with two digits that count."""
    low, middle, high = RANGES[field]
    low, high = (middle if part == "upper" else low), (middle if part == "lower" else high)
    if high < 1:
        return random.uniform(low, high, 100).round(2).tolist()
    return list(map(two_digits, np.exp(random.uniform(math.log(low), math.log(high), 100)).tolist()))


def few_labels(random: np.random.Generator) -> list[int]:
    """A hundred numbers of labels with which a model only guesses."""
    return random.integers(1, GUESSES, 100).tolist()


def two_digits(number: float) -> float:
    """The number with two digits that count; a whole number where that loses nothing.

    >>> two_digits(12_345.6), two_digits(2.5432)
    (12000, 2.5)
    """
    rounded = float(f"{number:.2g}")
    return int(rounded) if rounded.is_integer() else rounded


# the exercise

worth_it = Exercise("worth_it", pairs, function("worth_it"))

HINTS = {
    "loss": "Each wrong decision costs {loss} EUR, each right one brings {gain} EUR.",
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


def chosen(worth_it: Answer, brief: Brief) -> Choice:
    """The choice that the answer makes; Failed, with a sentence, where it is none."""
    found = worth_it(brief)
    if not isinstance(found, str) or found not in CHOICES:
        shown = f"{found[:40]!r}" if isinstance(found, str) else f"a value of type {type(found).__name__}"
        hint = " Does it end in `return`?" if found is None else ""
        raise Failed(f'worth_it returned {shown}, where the text "rule", "model" or "nothing" was expected.{hint}')
    return found


def replied(worth_it: Answer, world: Pairs) -> Replies:
    """What the answer chooses for each brief of the world."""
    def briefs() -> dict[int, Brief]:
        return by_id(*(brief for pairs in world.by_property.values() for pair in pairs for brief in pair.briefs))

    return replies(world, worth_it, partial(chosen, worth_it), briefs, world.order)


def misjudged(choice: Replies, pair: Pair) -> str | None:
    """Which brief of a pair was misjudged, and what that costs; None where neither was."""
    choices = [choice[id(brief)] for brief in pair.briefs]
    for brief, year, choice in zip(pair.briefs, pair.years, choices, strict=True):
        if year[choice] < max(year.values()):
            return f"{_said(pair, choices)} {_outcome(pair.field, brief, year, choice)} {_hint(pair.field, brief)}"
    return None


def _said(pair: Pair, choices: list[Choice]) -> str:
    """What was said to the two briefs."""
    low, high = (brief[pair.field] for brief in pair.briefs)
    said = f'"{choices[0]}" to both' if len(set(choices)) == 1 else f'"{choices[0]}" and "{choices[1]}"'
    return f"Two briefs differ in `{pair.field}` alone, {_shown(low)} and {_shown(high)}; you said {said}."


def _outcome(field: str, brief: Brief, year: dict[Choice, float], choice: Choice) -> str:
    """What the year came to that a wrong choice was made for, and what it could have come to."""
    if not math.isfinite(year[choice]):
        return "With None there is no rule to choose."
    return (f'With {_shown(brief[field])} the year with "{choice}" came to {year[choice]:,.0f} EUR, and the best '
            f"choice to {max(year.values()):,.0f} EUR.")


def _hint(field: str, brief: Brief) -> str:
    """What matters about a field in this brief, and the brief itself, to try the answer on."""
    known = brief["rule_right"]
    rule = "No rule is known" if known is None else f"The rule is right in {known:.0%} of the cases"
    return f"{HINTS[field].format(**brief, rule=rule, learned=model_right(brief))} Try it:\nworth_it({brief})"


def _shown(found: float | None) -> str:
    """A value of a brief in a sentence."""
    return "None" if found is None else f"{found:,}"


def _about(name: str) -> Callable[[Answer, Pairs], str | None]:
    """A property: that the answer misjudges no pair that judges it."""
    def broken(worth_it: Answer, world: Pairs) -> str | None:
        choice = replied(worth_it, world)
        return next(filter(None, (misjudged(choice, pair) for pair in world.by_property[name])), None)
    return broken


for _name in THEMES:
    worth_it.demands(_name, points=2 if "mistake" in _name else 1)(_about(_name))
