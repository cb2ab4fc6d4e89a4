"""Exercise of 08a: whether a column drifted on a day, by what its weekday was like in eight weeks before."""

from functools import partial

from dataml_lab.checks.drift.days import Case, Days, days
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import change
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

FIRST = "returns True or False, by what it is given"
drifted = Exercise("drifted", days, function("drifted"))


@drifted.scene
def calls(drifted: Answer, world: Days) -> Replies:
    """What comes of a call for each case."""
    return Replies(partial(called, drifted), world.cases.values(), world.seed)


def called(drifted: Answer, case: Case) -> Call:
    """What comes of a call for a case."""
    with about(case.what):
        return drifted.call(case.reference, case.current)


@drifted.scene
def verdicts(calls: Replies, world: Days) -> Replies:
    """What was returned for each case."""
    return Replies(lambda case: verdict(calls[case].result, case), world.cases.values(), world.seed)


def verdict(found: object, case: Case) -> bool:
    """What was returned for a case; Failed where it is no truth value."""
    if not isinstance(found, bool):
        raise Failed(f"Given {case.what}: drifted returned {shown(found)}, where True or False is needed.")
    return found


@drifted.demands(FIRST, points=0, call="""\
for name, case in world.cases.items():
    print(name, drifted(case.reference, case.current), sep=": ")""")
def _(verdicts: Replies, world: Days) -> str | None:
    found = {verdicts[case] for case in world.cases.values()}
    return f"It returned {found.pop()} for each of {len(world.cases)} columns." if len(found) == 1 else None


def demand(text: str, *names: str, points: int = 1) -> None:
    """Makes it a property that the verdicts on the cases of these names are right."""
    @drifted.demands(text, points=points, after=FIRST, call=f"""\
for case in world.of({names}):
    print(case.what, drifted(case.reference, case.current), "needed:", case.drifts)""")
    def _(verdicts: Replies, world: Days) -> str | None:
        for case in world.of(names):
            if verdicts[case] != case.drifts:
                return f"Given {case.what}: it returned {not case.drifts}, where {case.drifts} is needed. {case.why}."
        return None


demand("silent: a weekday like itself, and unlike others", "weekly")
demand("silent: a day about as far off as others of its weekday", "restless", "furthest", points=2)
demand("silent: a change that is too small to matter", "slight", "rare")
demand("silent: few rows, few values", "few_rows", "few_values")
demand("silent: as much is missing as ever, however it is written", "holes", "minus_one", "blank", points=2)
demand("silent: a single odd row", "far_out", "misspelt")
demand("silent: a text that other weekdays have", "elsewhere")
demand("finds values that moved", "shifted", "cents", "moved_places", points=2)
demand("finds values in another form around the same mean", "spread", "humps", "stuck")
demand("finds a day like other weekdays", "other_weekday")
demand("finds more and fewer missing values", "more_missing", "fewer_missing", "all_missing", points=2)
demand("finds a new text", "new_place")


@drifted.demands("leaves reference and current as they were", points=1, after=FIRST, call="""\
for name, case in world.cases.items():
    reference, current = case.reference.copy(), case.current.copy()
    drifted(reference, current)
    print(name, reference.equals(case.reference), current.equals(case.current))""")
def _(calls: Replies, world: Days) -> str | None:
    for case in world.cases.values():
        for name, before, left in zip(("reference", "current"), (case.reference, case.current), calls[case].left,
                                      strict=True):
            wrong = change(before, left)
            if wrong:
                return f"Given {case.what}: it changed {name}, which belongs to the caller: afterwards {wrong}."
    return None
