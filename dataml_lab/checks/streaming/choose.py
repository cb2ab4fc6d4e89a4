"""Exercise `choose`: batch or stream, and how often, judged by the bill of a day."""

from functools import partial

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.streaming.bill import EVERY, STREAM, rows
from dataml_lab.checks.streaming.choices import NAMES, Choices, Question, choices, fair
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import digits, shown

DEAR = 1.02  # how many times the cheapest bill a choice may cost

choose = Exercise("choose", choices, function("choose"), fair)


@choose.scene
def chosen(choose: Answer, world: Choices) -> Replies:
    """What the answer chooses for each question."""
    return Replies(partial(choice, choose), world.questions, world.seed)


def choice(choose: Answer, asked: Question) -> int:
    """What the answer chooses; Failed where it is no choice."""
    found = choose(asked.scenario.brief(asked.what))
    if isinstance(found, bool) or not isinstance(found, int | float) or found not in EVERY:
        raise Failed(f"choose returned {shown(found)}, where one of {', '.join(map(str, EVERY))} is needed. "
                     f"{try_it(asked)}")
    return int(found)


def too_dear(asked: Question, every: int) -> str | None:
    """That a choice costs much more than the cheapest, in words; None where it doesn't."""
    comes_to, least = asked.bills[EVERY.index(every)], min(asked.bills)
    if comes_to <= DEAR * least:
        return None
    parts = zip(("to run", "for events", "to compute history again", "lost by waiting"),
                rows(asked.scenario, every), strict=True)
    return (f"you chose {way(every)}, which comes to {comes_to:,.2f} EUR a day "
            f"({', '.join(f'{part:,.2f} {words}' for words, part in parts)}) where {least:,.2f} are possible")


def way(every: int) -> str:
    """A choice in words.

    >>> way(0), way(900)
    ('a stream', 'a run every 900 s')
    """
    return "a stream" if every == STREAM else f"a run every {every} s"


def try_it(*questions: Question) -> str:
    """The code that asks these questions, each on a line of its own."""
    asking = (f"print(choose({asked.scenario.brief(asked.what)}))" for asked in questions)
    return "\n".join(["To see it:", *asking])


@choose.demands("settles the cases of the lesson", points=1)
def _(chosen: Replies, world: Choices) -> str | None:
    for asked in world.cases:
        wrong = too_dear(asked, chosen[asked])
        if wrong:
            return f"For {asked.what}, {wrong}. {try_it(asked)}"
    return None


@choose.demands("goes by numbers, not by names", points=1)
def _(chosen: Replies, world: Choices) -> str | None:
    for questions in world.renamed:
        by_choice = {chosen[asked]: asked for asked in questions}
        if len(by_choice) > 1:
            named = [f"{way(every)} for “{asked.what}”" for every, asked in by_choice.items()]
            return (f"The same numbers were judged under {len(NAMES)} names, and you chose {', '.join(named)}. What it "
                    f"is called changes no bill. {try_it(*by_choice.values())}")
    return None


def demand(field: str, text: str, points: int = 1) -> None:
    """Makes it a property that both scenarios of each pair for this field are settled, and those near a tipping point
    in which slips about it show."""
    @choose.demands(text, points=points)
    def _(chosen: Replies, world: Choices) -> str | None:
        for pair in world.pairs[field]:
            for asked, other in (pair, pair[::-1]):
                wrong = too_dear(asked, chosen[asked])
                if wrong:
                    value, instead = (digits(getattr(each.scenario, field)) for each in (asked, other))
                    return (f"Two briefs differ only in {field}, {value} and {instead}, and only one of them wants a "
                            f"stream. For that with {value}, {wrong}. {try_it(asked)}")
        for asked in world.telling[field]:
            wrong = too_dear(asked, chosen[asked])
            if wrong:
                return (f"For {asked.what}, {wrong}. Look at one part of your bill: {asked.about}. {try_it(asked)}")
        return None


TEXTS = {
    "half_life_s": "weighs how fast a result loses its worth",
    "worth": "weighs what a fresh result is worth",
    "events_per_day": "weighs how many events there are",
    "reruns_per_day": "weighs how often history is computed again",
    "run_cost": "weighs what a run costs",
    "stream_day": "weighs what a day of streaming costs",
}
for field, text in TEXTS.items():
    demand(field, text, points=2 if field == "half_life_s" else 1)  # what the lesson is about
