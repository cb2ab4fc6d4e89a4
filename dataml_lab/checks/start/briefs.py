"""Pairs of briefs that differ in one field, planned so that each mistake shows in the pairs that are about it alone."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

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
WHO = (("An AI that", "A real-time service that", "A real-time AI that"), ("A program that", "A nightly job that"))
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


# mistakes, and the pairs in which they show


def _by_accuracy(brief: Brief) -> Choice:
    """The choice of those who only ask what is right more often."""
    return "model" if model_right(brief) > (brief["rule_right"] or 0) else "rule"


def _without_floor(brief: Brief) -> Choice:
    """The choice of those who take a model with a handful of labels to be worse than a guess."""
    best_share, labels = brief["model_best"], max(brief["labels"], 1)
    below = best_share - (best_share - 0.5) * math.sqrt(GUESSES / labels)
    return best(brief | {"labels": math.inf, "model_best": below})


def _rule_first(brief: Brief) -> Choice:
    """The choice of those who take a rule as soon as it pays."""
    return "rule" if expected(brief)["rule"] > 0 else best(brief)


def _never_nothing(brief: Brief) -> Choice:
    """The choice of those who don't ask whether anything pays."""
    worths = expected(brief)
    return "rule" if worths["rule"] > worths["model"] else "model"


MISTAKES: dict[str, Callable[[Brief], Choice]] = {
    "loss": lambda brief: best(brief | {"loss": 0}),
    "loss is gain": lambda brief: best(brief | {"loss": brief["gain"]}),
    "labels": lambda brief: best(brief | {"labels": math.inf}),
    "floor": _without_floor,
    "rule cost": lambda brief: best(brief | {"rule_cost": 0}),
    "model cost": lambda brief: best(brief | {"model_cost": 0}),
    "costs": lambda brief: best(brief | {"rule_cost": 0, "model_cost": 0}),
    "accuracy": _by_accuracy,
    "coin": lambda brief: best(brief if brief["rule_right"] else brief | {"rule_right": 0.5}),
    "rule first": _rule_first,
    "never nothing": _never_nothing,
}


class Theme(NamedTuple):
    """What a pair of briefs is about: the field in which they differ, which choice is best where it is low and where it
    is high, in which part of its range both lie (none: the first brief has no such thing), the mistakes that show in
    it, and whether the labels of both are so few that a model guesses."""

    field: str
    low: Choice
    high: Choice
    part: Literal["lower", "upper", "any", "none"] = "any"
    shows: tuple[str, ...] = ()
    guesses: bool = False


_LABELS, _COSTS = ("labels", "rule first"), ("costs", "model cost", "accuracy", "rule first")
_LOSS, _NOTHING = ("loss", "loss is gain", "accuracy", "never nothing"), ("accuracy", "never nothing")
# Of a property's pairs: in each of them the mistakes of its theme show and perhaps those of the others, but no mistake
# beside these. So a mistake loses the properties that are about it, in every world.
THEMES = {
    "weighs what a mistake costs": [Theme("loss", "rule", "nothing", "lower", _LOSS),
                                    Theme("loss", "model", "nothing", "upper", _LOSS)],
    "expects little of a model with few labels": [Theme("labels", "rule", "model", "lower", _LABELS),
                                                  Theme("labels", "rule", "model", "upper", _LABELS),
                                                  Theme("labels", "rule", "model", "none", _LABELS)],
    "asks how many cases there are": [Theme("cases_per_year", "rule", "model", "lower", _COSTS),
                                      Theme("cases_per_year", "rule", "model", "upper", _COSTS)],
    "asks how good rule and model are": [Theme("rule_right", "model", "rule", "lower"),
                                         Theme("rule_right", "model", "rule", "upper"),
                                         Theme("model_best", "rule", "model", "any", ("rule first",))],
    "weighs what rule and model cost": [Theme("model_cost", "model", "rule", "lower", _COSTS),
                                        Theme("model_cost", "model", "rule", "upper", _COSTS),
                                        Theme("rule_cost", "rule", "model", "any", ("rule cost",))],
    "does nothing where nothing pays": [Theme("gain", "nothing", "model", "any", _LOSS),
                                        Theme("gain", "nothing", "rule", "any", _LOSS)],
    "copes where no rule is known": [Theme("rule_right", "model", "rule", "none", ("coin",)),
                                     Theme("rule_right", "nothing", "rule", "none", _NOTHING),
                                     Theme("rule_right", "model", "rule", "none", ("floor", "loss is gain"), True)],
}


class Pair(NamedTuple):
    """Two briefs that differ in one field, the best choice for either, and what each choice came to in a year of it."""

    field: str
    briefs: list[Brief]
    best: list[Choice]
    years: list[dict[Choice, float]]


@dataclass(frozen=True)
class Pairs:
    """The pairs of briefs by the property that they judge."""

    by_property: dict[str, list[Pair]]
    seed: int


def pairs(seed: int) -> Pairs:
    """A pair for each theme of each property; the first of a property asks for an AI or for real time."""
    random = np.random.default_rng(seed)
    return Pairs({name: [pair(theme, {shown for other in themes for shown in other.shows}, WHO[number % 2], random)
                         for number, theme in enumerate(themes)] for name, themes in THEMES.items()}, seed)


def pair(theme: Theme, may_show: set[str], who: tuple[str, ...], random: np.random.Generator) -> Pair:
    """A pair of briefs on a theme, in which no mistakes show but these, and a year of each brief."""
    briefs = next(briefs for briefs in candidates(theme, random)
                  if _is_on(theme, briefs) and set(theme.shows) <= mistakes_shown(theme, briefs) <= may_show)
    what = f"{random.choice(who)} {random.choice(DOES)}."
    years = [one_year(brief, random) for brief in briefs]
    return Pair(theme.field, [{"what": what, **brief} for brief in briefs], [theme.low, theme.high], years)


def _is_on(theme: Theme, briefs: list[Brief]) -> bool:
    """Whether the best choices for two briefs are those of a theme, by a clear margin."""
    return list(map(best, briefs)) == [theme.low, theme.high] and all(map(is_clear, briefs))


def mistakes_shown(theme: Theme, briefs: list[Brief]) -> set[str]:
    """The mistakes with which one of two briefs on a theme is misjudged."""
    return {name for name, chosen in MISTAKES.items() if list(map(chosen, briefs)) != [theme.low, theme.high]}


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
