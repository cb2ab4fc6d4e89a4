"""Exercise `predict_with_fallback`: an answer in time that says where it comes from, whatever the model does."""

from functools import partial

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.serving.estimates import DEADLINE, Story, Told, play
from dataml_lab.checks.serving.stories import Shop, shop
from dataml_lab.runtime.answers import Answer, function

TOLERATED = 1e-6  # seconds beyond the deadline, for sums of floats

predict_with_fallback = Exercise("predict_with_fallback", shop, function("predict_with_fallback"))


@predict_with_fallback.scene
def told(predict_with_fallback: Answer, world: Shop) -> Replies:
    """What comes of each story."""
    return Replies(partial(play, predict_with_fallback, began=world.began), world.stories, world.seed)


def shows(about: str) -> str:
    """Code that shows what comes of the stories about something."""
    return f"""\
from dataml_lab.checks.serving.estimates import play
for story in world.about("{about}"):
    print(*play(predict_with_fallback, story), sep="\\n", end="\\n\\n")"""


def first_wrong(told: Replies, world: Shop, about: str) -> str | None:
    """In words, the first step that went wrong in the stories about something."""
    for story in world.about(about):
        for number, one in enumerate(told[story]):
            if one.wrong:
                return f"{before(story, number)} {one.wrong} {one.step.why}".rstrip()
    return None


def before(story: Story, number: int) -> str:
    """A story up to what the model did in a step, as a sentence."""
    first, *others = story.steps[:number + 1]
    return f"Given {'. Then, '.join([str(first), *(f'{step.after:g} s later, {step}' for step in others)])}."


def about(name: str, prop: str, points: float) -> None:
    """Demands that all goes right in the stories about something."""
    @predict_with_fallback.demands(prop, points, call=shows(name))
    def _(told: Replies, world: Shop) -> str | None:
        return first_wrong(told, world, name)


about("working", "uses each answer that comes in time", 1)


@predict_with_fallback.demands("ends by the deadline", points=2, call=shows("hanging"))
def _(told: Replies, world: Shop) -> str | None:
    for story in world.about("hanging"):
        *_, last = told[story]
        if last.seconds > DEADLINE + TOLERATED:
            return f"{before(story, len(story.steps) - 1)} {late(last)}"
    return first_wrong(told, world, "hanging")


def late(one: Told) -> str:
    """That a call took too long, in words."""
    waits = "What is left when the first question has taken its time?" if one.asked > 1 else "Nobody waits so long."
    why = waits if one.looks else "It never looked at `clock`, and no other clock counts."
    return f"The call took {one.seconds:.4g} s on the clock, where {DEADLINE} s is the most. {why}"


about("breaking", "asks again after a broken connection, three times in all", 1)
about("refused", "refuses what the model refuses", 1)
about("bugs", "lets a bug go through", 1)
about("fresh", "gives the model's last answer for the same delivery", 2)
about("stale", "gives no answer older than ten minutes", 1)
about("versions", "holds to the version that is expected", 1)
about("good only", "keeps good answers only", 1)
about("without cache", "works while the cache is down", 1)
