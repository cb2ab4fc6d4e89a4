"""Exercise of 07c: online, batch or precomputed, judged by the bill of a day."""

from functools import partial

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.serving.daily_bill import PATTERNS, rows
from dataml_lab.checks.serving.scenarios import NAMES, Patterns, Question, fair, patterns
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import digits, shown

DEAR = 1.02  # how many times the smallest bill that of a choice may be

serving_pattern = Exercise("serving_pattern", patterns, function("serving_pattern"), fair)


@serving_pattern.scene
def chosen(serving_pattern: Answer, world: Patterns) -> Replies:
    """What the answer chooses for each question."""
    return Replies(partial(choice, serving_pattern), world.questions, world.seed)


def choice(serving_pattern: Answer, asked: Question) -> str:
    """What the answer chooses; Failed where it is no pattern."""
    found = serving_pattern(asked.scenario.brief(asked.what))
    if not isinstance(found, str) or found not in PATTERNS:
        raise Failed(f"serving_pattern returned {shown(found)}, where one of {', '.join(map(repr, PATTERNS))} is "
                     f"needed. {try_it(asked)}")
    return found


def too_dear(asked: Question, pattern: str) -> str | None:
    """That a choice costs much more than the cheapest, in words; None where it doesn't."""
    comes_to, least = asked.bills[PATTERNS.index(pattern)], min(asked.bills)
    if comes_to <= DEAR * least:
        return None
    parts = zip(("for instances" if pattern == "online" else "to start runs", "for rows", "lost"),
                rows(asked.scenario, pattern), strict=True)
    return (f"you chose {pattern!r}, which comes to {comes_to:,.2f} EUR a day "
            f"({', '.join(f'{part:,.2f} {words}' for words, part in parts)}) where {least:,.2f} are possible")


def try_it(*questions: Question) -> str:
    """The code that asks these questions, each on a line of its own."""
    asking = (f"print(serving_pattern({asked.scenario.brief(asked.what)}))" for asked in questions)
    return "\n".join(["To see it:", *asking])


@serving_pattern.demands("settles the cases that have names", points=1)
def _(chosen: Replies, world: Patterns) -> str | None:
    for asked in world.cases:
        wrong = too_dear(asked, chosen[asked])
        if wrong:
            return f"For {asked.what}, {wrong}. {try_it(asked)}"
    return None


@serving_pattern.demands("goes by numbers, not by names", points=1)
def _(chosen: Replies, world: Patterns) -> str | None:
    for questions in world.renamed:
        by_choice = {chosen[asked]: asked for asked in questions}
        if len(by_choice) > 1:
            named = [f"{pattern!r} for “{asked.what}”" for pattern, asked in by_choice.items()]
            return (f"The same numbers were judged under {len(NAMES)} names, and you chose {', '.join(named)}. What it "
                    f"is called changes no bill. {try_it(*by_choice.values())}")
    return None


def demand(topic: str, text: str, points: int) -> None:
    """Makes it a property that the scenarios of a topic in which a slip shows are settled, and both of each pair."""
    @serving_pattern.demands(text, points=points)
    def _(chosen: Replies, world: Patterns) -> str | None:
        for asked in world.telling[topic]:
            wrong = too_dear(asked, chosen[asked])
            if wrong:
                return f"For {asked.what}, {wrong}. Look at one part of your bill: {asked.about}. {try_it(asked)}"
        for field, *pair in world.pairs[topic]:
            for asked, other in (pair, pair[::-1]):
                wrong = too_dear(asked, chosen[asked])
                if wrong:
                    value, instead = (digits(getattr(each.scenario, field)) for each in (asked, other))
                    return (f"Two scenarios differ only in {field}, {value} and {instead}, and want different "
                            f"patterns. For that with {value}, {wrong}. {try_it(asked)}")
        return None


demand("ready", "pays for instances that stand ready", 2)
demand("rows", "pays for the rows that runs score", 2)
demand("unknown", "counts requests with a key that no run has seen", 1)
demand("age", "counts answers that are too old", 2)
demand("wait", "counts answers that come too late", 2)
demand("worth", "weighs what is lost against what is paid", 2)
