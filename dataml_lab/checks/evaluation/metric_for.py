"""Exercise of 05d: which metric for which problem, judged by whether the system that it prefers earns more."""

from functools import partial

from dataml_lab.checks.evaluation.businesses import METRICS, Business, Businesses, Contest, businesses
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import digits, shown

FIRST = "returns the name of a metric"
SEE = """\
for business in {businesses}:
    print(business.problem, metric_for(business.problem))
    for contest in business.contests:
        print(contest.measured())"""
metric_for = Exercise("metric_for", businesses, function("metric_for"))


@metric_for.scene
def named(metric_for: Answer, world: Businesses) -> Replies:
    """The metric that the answer names for each problem."""
    return Replies(partial(metric, metric_for), world.all, world.seed)


def metric(metric_for: Answer, business: Business) -> str:
    """The metric that the answer names; Failed where it is none."""
    found = metric_for(business.problem)
    if not isinstance(found, str) or found not in METRICS:
        raise Failed(f"metric_for returned {shown(found)}, where one of these is needed: {', '.join(METRICS)}. To see "
                     f"it:\nmetric_for({business.problem})")
    return found


@metric_for.demands(FIRST, points=0)
def _(named: Replies, world: Businesses) -> str | None:
    found = {named[business] for business in world.all}
    return f"It returned {found.pop()!r} for each of {len(world.all)} problems." if len(found) == 1 else None


def demand(use: str, text: str, points: int) -> None:
    """Makes it a property that the metric prefers the better system in each contest of the problems of a use."""
    @metric_for.demands(text, points=points, after=FIRST, call=SEE.format(businesses=f"world.{use}"))
    def _(named: Replies, world: Businesses) -> str | None:
        for business in getattr(world, use):
            wrong = misled(named[business], business)
            if wrong:
                return f"Of the problem {business.problem} you said {named[business]!r}. {wrong}"
        return None


def misled(metric: str, business: Business) -> str | None:
    """How a metric prefers a system that earns less, in words; None where it prefers the better one in each contest."""
    use = business.problem["use"]
    if use not in METRICS[metric].uses:
        return f"It can't be computed for the use {use!r}."
    for contest in business.contests:
        if contest.chosen(metric) != contest.better:
            return told(metric, contest)
    return None


def told(metric: str, contest: Contest) -> str:
    """What a metric says of both systems of a contest, and what they earned."""
    first, second = (digits(value) for value in contest.values(metric))
    chosen, more = contest.chosen(metric), "higher" if METRICS[metric].more_is_better else "lower"
    prefers = f"{more} is better, so it prefers system {chosen}" if chosen is not None else "it prefers neither"
    least, most = sorted(contest.earned)
    return (f"By it, system 0 has {first} and system 1 {second}; {prefers}. In the business, system {contest.better} "
            f"came to {most:,.0f} EUR, and the other one to {least:,.0f} EUR.")


demand("sort", "weighs classes as their mistakes cost", 2)
demand("queue", "looks at a list as far as people do", 2)
demand("bid", "judges probabilities that are paid for", 1)
demand("stock", "lets errors grow as the bill does", 3)
demand("results", "reads results as customers do", 3)
