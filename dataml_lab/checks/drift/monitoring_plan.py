"""Exercise of 08b, the lesson's own: rows of monitors for a model of delivery times, against incidents."""

import numpy as np

from dataml_lab.checks.drift.incidents import (
    ACTIONS,
    COLUMNS,
    DAYS,
    KINDS,
    REFERENCE,
    Incidents,
    Replay,
    Run,
    incidents,
    told_day,
)
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import change
from dataml_lab.drift.metrics import METRICS
from dataml_lab.drift.monitor import Monitor, checked
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import digits, shown

ALLOWED = 0.02  # false alarms per quiet day
MOST = 40  # rows of a plan
FORGIVEN = 1  # days with another action before the right one
FORM = "returns rows of monitors, and one of them alarms in an incident"
QUIET = f"gives at most {ALLOWED} false alarms per quiet day"
SEE = """\
from dataml_lab.drift.monitor import Monitors, by_day
plan = monitoring_plan(world.reference)
for run in world.of({kind!r}):
    watch = Monitors(plan, by_day(world.reference, "day"))
    alarmed = [day for day in watch.run(by_day(world.table(run), "day")) if day.action != "ok"]
    print(run, "needed:", run.needed, *alarmed[:3], sep="\\n")"""
monitoring_plan = Exercise("monitoring_plan", incidents, function("monitoring_plan"), essay=4)


@monitoring_plan.scene
def call(monitoring_plan: Answer, world: Incidents) -> Call:
    """What comes of the call."""
    return monitoring_plan.call(world.reference)


@monitoring_plan.scene
def replay(call: Call, world: Incidents) -> Replay:
    """What the plan does in each run."""
    return world.replay(rows(call.result))


def rows(found: object) -> list[Monitor]:
    """The rows of a plan; Failed where they can't be monitors of this table."""
    if not isinstance(found, list | tuple):
        raise Failed(f"monitoring_plan returned {shown(found)}, where a list of monitors is needed.")
    if not 0 < len(found) <= MOST:
        raise Failed(f"monitoring_plan returned {len(found)} rows, where 1 to {MOST} are needed.")
    return [row(place, one) for place, one in enumerate(found, 1)]


def row(place: int, one: object) -> Monitor:
    """A row of a plan as a monitor; Failed where it can't be one."""
    if not isinstance(one, list | tuple) or len(one) != len(Monitor._fields):
        raise Failed(f"Row {place} is {shown(one)}, where a Monitor is needed: {', '.join(Monitor._fields)}.")
    monitor = Monitor(*one)
    for name, value, choices in (("column", monitor.column, COLUMNS), ("action", monitor.action, ACTIONS)):
        if not isinstance(value, str) or value not in choices:
            raise Failed(f"Row {place} has the {name} {shown(value)}, where one of {', '.join(choices)} is needed.")
    if isinstance(monitor.window, bool) or not isinstance(monitor.window, int) or not 1 <= monitor.window <= REFERENCE:
        raise Failed(f"Row {place} has the window {shown(monitor.window)}, where 1 to {REFERENCE} days are needed.")
    try:
        return checked([monitor], METRICS)[0]
    except (ValueError, TypeError, OverflowError) as error:
        raise Failed(f"Row {place}: {error}.") from None


@monitoring_plan.demands(FORM, points=0, call="""\
for place, row in enumerate(monitoring_plan(world.reference), 1):
    print(place, row)""")
def _(replay: Replay, world: Incidents) -> str | None:
    if any(replay.asked(run) for run in world.runs if run.kind):
        return None
    count = sum(bool(run.kind) for run in world.runs)
    return f"In {count} runs with an incident no row alarms on any day from its start on."


@monitoring_plan.demands(QUIET, points=2, after=FORM, call="""\
from dataml_lab.drift.monitor import Monitors, by_day
watch = Monitors(monitoring_plan(world.reference), by_day(world.reference, "day"))
for day in watch.run(by_day(world.table(world.runs[-1]), "day")):  # a run in which nothing happens
    print(day)""")
def _(replay: Replay, world: Incidents) -> str | None:
    if replay.rate <= ALLOWED:
        return None
    false = replay.false
    places, counts = np.unique(false[false >= 0], return_counts=True)
    worst = int(places[counts.argmax()])
    number, day = map(int, np.argwhere(false == worst)[0])
    return (f"{counts.sum():,} false alarms on {replay.starts.sum():,} quiet days are {replay.rate:.3f} per day, where "
            f"{ALLOWED} are allowed. {counts.max():,} of them are of row {worst + 1}, for example on {told_day(day)} "
            f"in the run “{world.runs[number].name}”, before anything happens: {reading(replay, worst, number, day)}.")


def reading(replay: Replay, place: int, number: int, day: int) -> str:
    """What a row says on a day of a run, in words."""
    value, expected, low, high = (float(one[number, day]) for one in replay.judged[place])
    bounds = [f"{digits(bound)} at {name}" for bound, name in ((low, "least"), (high, "most")) if bound == bound]
    return (f"{replay.rows[place]} is {digits(value)}, where {digits(expected)} is expected, "
            f"{' and '.join(bounds)}")


def demand(kind: str, text: str) -> None:
    """Makes it a property that each incident of a kind gets its action in time."""
    @monitoring_plan.demands(text, points=1, after=QUIET, call=SEE.format(kind=kind))
    def _(replay: Replay, world: Incidents) -> str | None:
        return next(filter(None, (missed(replay, run) for run in world.of(kind))), None)


def missed(replay: Replay, run: Run) -> str | None:
    """What is wrong with the actions in an incident, in words; None where the right one comes in time, and others on
    no more than one day before it."""
    needed, asked = KINDS[run.kind].action, replay.asked(run)
    right = next((day for day, action in asked.items() if action == needed), DAYS)
    others = [day for day, action in asked.items() if action != needed and day < right]
    if right <= run.latest and len(others) <= FORGIVEN:
        return None
    begins = f"In a run, {run}: {run.needed} is needed."
    if not others:
        return f"{begins} {of_right(replay, run, run.start)}"
    day = others[0]
    place = int(replay.alarmed[replay.world.runs.index(run), day])
    return (f"{begins} The first alarm is of row {place + 1}, on {told_day(day)}, and asks for "
            f"{replay.rows[place].action}: {reading(replay, place, replay.world.runs.index(run), day)}. "
            f"{of_right(replay, run, day)}")


def of_right(replay: Replay, run: Run, day: int) -> str:
    """Which row asks for the right action from a day on, and why that doesn't count, in words."""
    kind, number = KINDS[run.kind], replay.world.runs.index(run)
    later = {place: day + int(days[0]) for place, row in enumerate(replay.rows) if row.action == kind.action
             if len(days := np.flatnonzero(replay.judged[place].alarms[number, day:]))}
    if not later:
        who = f"row that asks for {kind.action}" if any(row.action == kind.action for row in replay.rows) else "row"
        return f"No {who} alarms up to {told_day(DAYS - 1)}. {kind.why}"
    place = min(later, key=lambda one: later[one])
    told = f"row {place + 1}, {replay.rows[place]}"
    if later[place] == day and replay.alarmed[number, day] != place:
        return f"On the same day {told}, asks for {kind.action}. Of the rows that alarm, the first in the list counts."
    late_or_not_alone = late(replay.rows[place], run) if later[place] > run.latest else (
        "Before it, another action was asked for on more than one day.")
    return f"The first row that asks for {kind.action} is {told}, on {told_day(later[place])}. {late_or_not_alone}"


def late(row: Monitor, run: Run) -> str:
    """Why an alarm came too late, in words."""
    if row.window > KINDS[run.kind].patience:
        return (f"That is too late: in its window of {row.window} days, the first days of the incident are averaged "
                "with quiet ones.")
    return f"That is too late. {KINDS[run.kind].why}"


for kind, text in (("nulls", "nulls: finds missing values in any feature"),
                   ("stuck", "stuck: finds a feature that has stopped varying"),
                   ("miles", "miles: finds a unit that has changed"),
                   ("no truth", "no truth: finds that true times don't arrive"),
                   ("release", "release: rolls a bad release back"),
                   ("slow", "slow: rolls back what makes the service slow"),
                   ("new city", "new city: retrains for deliveries of a new kind"),
                   ("roads", "roads: retrains where the truth drifts away slowly")):
    demand(kind, text)


@monitoring_plan.demands("leaves the reference as it was", points=1, after=FORM, call="""\
reference = world.reference
monitoring_plan(reference)
print(reference.equals(world.reference), list(reference))""")
def _(call: Call, world: Incidents) -> str | None:
    wrong = change(world.reference, call.left[0])
    return wrong and f"It changed the reference, which belongs to the caller: afterwards {wrong}."


def measured(replay: Replay, world: Incidents) -> str:
    """The first alarm of each incident, beside what is needed, and the false alarms."""
    lines = [f"{len(replay.rows)} rows, {replay.rate:.3f} false alarms per quiet day; {ALLOWED} are allowed",
             f"{'incident':<22}  {'starts':<9}  {'needed':<22}  first alarm"]
    for run in world.runs:
        if run.kind:
            lines.append(f"{run.name:<22}  {told_day(run.start):<9}  {run.needed:<22}  {first(replay, run)}")
    return "\n".join(lines)


def first(replay: Replay, run: Run) -> str:
    """The first alarm of a run from its start on, in words."""
    for day, action in replay.asked(run).items():
        return f"{action}, {told_day(day)}, {replay.rows[int(replay.alarmed[replay.world.runs.index(run), day])]}"
    return "none"


monitoring_plan.measured = measured
