"""How often to run, how far to look back, what to count by and how to write, each from what is known."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise, NotYet
from dataml_lab.checks.pipeline.replay import (
    DAYS,
    FIRST_H,
    KEYS,
    SCHEDULES,
    STORES,
    USERS,
    Messages,
    Outage,
    Plan,
    Record,
    days_back,
    purchases,
    replay,
    rows_made,
    with_delays,
    with_repeats,
)
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

CHOICES = {"schedule_h": SCHEDULES, "lookback_days": range(DAYS + 1), "key": KEYS, "store": STORES}
CHEAP = 1.3  # how much dearer than the cheapest plan that does the job a plan may be
NIGHTLY_H = 24  # accepted by one shop, and just reached by a nightly run; every 12 hours is too dear


class Brief(NamedTuple):
    """What is known before a plan is made, and what then happens: messages that come in time but twice, messages that
    come once but late, and both; and outages."""

    told: dict[str, Any]  # what the answer gets
    repeated: Messages
    late: Messages
    both: Messages
    outages: list[Outage]
    least: int  # days to look back that leave nothing wrong

    def run(self, chosen: dict[str, Any], messages: str = "both") -> Record:
        """What a plan comes to with the messages that came twice ("repeated"), late ("late"), or either ("both")."""
        return replay(getattr(self, messages), self.outages, Plan(**chosen))

    def rows(self, chosen: dict[str, Any]) -> int:
        """The rows that all runs of a plan make."""
        return rows_made(self.outages, Plan(**chosen))


@dataclass(frozen=True)
class Briefs:
    """Five briefs: the first, three that differ from it in one matter each, and one of a shop whose outages are shorter
    than the time between two runs."""

    briefs: list[Brief]
    seed: int  # of the order in which they are asked


class Matter(NamedTuple):
    """What a brief is made of."""

    accept_h: int
    worst_delay_h: int
    outage_h: int
    same_id: bool


def briefs(seed: int) -> Briefs:
    """Briefs of one shop: another freshness is needed, another lateness seen, other ids are given, and outages are
    short."""
    random = np.random.default_rng(seed)
    hurried, patient = int(random.choice([3, 4, 5, 7])), int(random.choice([11, 19, 20, 21, 22, 23]))
    # A delay and an outage are some hours longer than full days, and these add up to less than half a day: an answer
    # that rounds them off, or takes one without the other, looks back too little.
    usual, worse = (24 * int(days) + int(random.integers(8, 10)) for days in (1, random.integers(3, 5)))
    outage_h = 24 * int(random.integers(2, 4)) + int(random.integers(1, 3))
    same_id = bool(random.random() < 0.5)
    if random.random() < 0.5:
        hurried, patient, usual, worse = patient, hurried, worse, usual
    first = Matter(hurried, usual, outage_h, same_id)
    others = ({"accept_h": patient}, {"worst_delay_h": worse}, {"same_id": not same_id},
              {"accept_h": NIGHTLY_H, "outage_h": int(random.integers(10, 13))})
    matters = [first, *(first._replace(**other) for other in others)]
    return Briefs([brief(matter, seed + number) for number, matter in enumerate(matters)], seed)


def brief(matter: Matter, seed: int) -> Brief:
    """A brief on what matters, and 90 days that it is true of: of the messages that are as late as any, one just misses
    the run before the longest outage, and one just misses another run."""
    random = np.random.default_rng(seed)
    delays = random.integers(2, matter.worst_delay_h * 2 // 3, 60).tolist()
    delays[int(random.integers(60))] = matter.worst_delay_h
    begins = [24 * int(day) + FIRST_H
              for day in (random.integers(15, 30), random.integers(45, 55), random.integers(70, 80))]
    lengths = random.permutation([matter.outage_h, *random.integers(1, 10, 2)]).tolist()
    outages = [Outage(begin, begin + length) for begin, length in zip(begins, lengths, strict=True)]
    missed_h = [begins[lengths.index(matter.outage_h)], 24 * int(random.integers(35, 40)) + FIRST_H]
    moments_s = [(hour - matter.worst_delay_h) * 3_600 + 1_801 for hour in missed_h]  # no other purchase is at a second
    clock_s = 60 if matter.same_id else 1                                             # that leaves 1 if divided by 4
    once = purchases(random, 1_200, clock_s, moments_s)
    late = with_delays(once, random, delays, moments_s)
    seldom = max(hours for hours in SCHEDULES if hours <= matter.accept_h)
    least = math.ceil((matter.worst_delay_h + max(matter.outage_h, seldom)) / 24)
    dearest = CHEAP * rows_made(outages, Plan(seldom, least, "event_id", "replace_days"))
    told = {"accept_h": matter.accept_h, "delays_h": delays, "outages_h": lengths, "id_is_kept": matter.same_id,
            "clock_s": clock_s, "users": USERS, "days": DAYS, "budget_rows": math.ceil(dearest / 1_000) * 1_000}
    return Brief(told, with_repeats(once, random, matter.same_id), late, with_repeats(late, random, matter.same_id),
                 outages, least)


def measured(plans: list[tuple[Brief, Plan]]) -> str:
    """What the answer's plans came to when messages were late, came twice, and runs failed: a line for each brief."""
    lines = []
    for number, (brief, chosen) in enumerate(plans, 1):
        record, told = replay(brief.both, brief.outages, chosen), brief.told
        lines.append({"brief": number, "accepts": f"{told['accept_h']} h", "every": f"{chosen.schedule_h} h",
                      "days back": chosen.lookback_days, "key": chosen.key, "store": chosen.store,
                      "budget": f"{told['budget_rows']:,}", "rows made": f"{rows_made(brief.outages, chosen):,}",
                      "wrong": f"{record.wrong:,}", "twice": f"{record.twice:,}"})
    return pd.DataFrame(lines).to_string(index=False)


plan = Exercise("plan", briefs, function("plan"), essay=4, measured=measured)


@plan.scene
def plans(plan: Answer, world: Briefs) -> list[tuple[Brief, Plan]]:
    """Each brief, and the plan that the answer makes of it."""
    found = Replies(partial(made, plan), world.briefs, world.seed)
    return [(brief, found[brief]) for brief in world.briefs]


def made(plan: Answer, brief: Brief) -> Plan:
    """The plan that the answer makes of a brief; Failed, with a sentence, where it is none."""
    result = plan(brief.told)
    if not isinstance(result, dict) or set(Plan._fields) - set(result):
        raise Failed(f"plan returned {shown(result)}, where a dict with {', '.join(Plan._fields)} was expected.")
    found = Plan(*(result[name] for name in Plan._fields))
    for name, known in CHOICES.items():
        value = getattr(found, name)
        if not isinstance(value, int | float | str) or isinstance(value, bool) or value not in known:
            listed = ", ".join(map(str, known))
            choice = f"a whole number from 0 to {DAYS}" if isinstance(known, range) else f"one of {listed}"
            raise Failed(f"plan returned {name}={shown(value)}: {choice} is needed.")
    return found._replace(schedule_h=int(found.schedule_h), lookback_days=int(found.lookback_days))


@plan.demands("changes nothing when a run is repeated", points=1, call="""\
for brief in world.briefs:
    chosen = plan(brief.told)
    print(chosen["store"], brief.run(chosen, "repeated"))""")
def _(plans: list[tuple[Brief, Plan]]) -> str | None:
    for number, (brief, chosen) in enumerate(plans, 1):
        record = replay(brief.repeated, [], chosen)
        if record.twice:
            return (f"Brief {number}: with {chosen.store}, {record.twice:,} rows are in the table more than once, for "
                    "each run writes days that an earlier run has written.")
        if record.lost:
            return (f"Brief {number}: with {chosen.store} and {chosen.lookback_days} days back, {record.lost} of "
                    f"{DAYS} days are gone in the end: a run empties the table, and writes only what it makes.")
    return None


@plan.demands("counts each purchase once", points=1, call="""\
for brief in world.briefs:
    chosen = plan(brief.told)
    print("id is kept:", brief.told["id_is_kept"], "clock:", brief.told["clock_s"], "s, key:", chosen["key"])
    print(brief.run({**chosen, "schedule_h": 24, "lookback_days": 3, "store": "replace_days"}, "repeated"))""")
def _(plans: list[tuple[Brief, Plan]]) -> str | None:
    for number, (brief, chosen) in enumerate(plans, 1):
        record = replay(brief.repeated, [], Plan(24, 3, chosen.key, "replace_days"))
        if record.wrong:
            return (f"Brief {number}: counted with the key {chosen.key}, {of_all(record.wrong)} wrong although nothing "
                    f"came late. {_miscounted(chosen.key)}")
    return None


def _miscounted(key: str) -> str:
    """Why this key counts wrong where it does: "event_id" under new ids, "content" by a clock that writes minutes."""
    return {"event_id": "This source gives a message a new id when it sends it again, so the purchase is counted "
                        "twice. Its clock writes seconds, and nobody buys twice within a second.",
            "content": "This source's clock writes minutes, so two purchases of a user in the same minute count as "
                       "one. A message that is sent again keeps its id.",
            "none": "A tenth of all messages comes twice, and so each of these purchases is counted twice."}[key]


def of_all(rows: int) -> str:
    """How many of all rows, in words that `wrong` may follow."""
    return f"{rows:,} of {USERS * DAYS:,} rows {'is' if rows == 1 else 'are'}"


@plan.scene
def wrong(plans: list[tuple[Brief, Plan]]) -> str | None:
    """What stays wrong because a plan looks back too little, in words."""
    for number, (brief, chosen) in enumerate(plans, 1):
        record = replay(brief.late, brief.outages, chosen._replace(key="event_id", store="replace_days"))
        if record.wrong:
            reach = days_back(brief.late, brief.outages, chosen.schedule_h)
            return (f"Brief {number}: looking {told_days(chosen.lookback_days)} back, {of_all(record.wrong)} wrong in "
                    f"the end. {_worst(brief)}. A message may come just after a run: then it waits for the next one, "
                    f"{chosen.schedule_h} h by this schedule, or until an outage is over. Here the run that counted "
                    f"one of them had to look {told_days(reach)} back.")
    return None


def told_days(number: int) -> str:
    """A number of days, in words."""
    return f"{number} day{'s' * (number != 1)}"


@plan.scene
def old(plans: list[tuple[Brief, Plan]]) -> str | None:
    """How old the data gets that readers see, in words, where they don't accept that."""
    for number, (brief, chosen) in enumerate(plans, 1):
        accept_h = brief.told["accept_h"]
        if chosen.schedule_h > accept_h:
            return (f"Brief {number}: with a run every {chosen.schedule_h} h readers see data that old; they accept "
                    f"{accept_h} h.")
    return None


@plan.demands("makes good what came late", points=1, call="""\
for brief in world.briefs:
    chosen = plan(brief.told)
    print("latest:", max(brief.told["delays_h"]), "h, longest outage:", max(brief.told["outages_h"]), "h,", chosen)
    print(brief.run({**chosen, "key": "event_id", "store": "replace_days"}, "late"))""")
def _(wrong: str | None) -> str | None:
    return wrong


@plan.demands("is as fresh as its readers need", points=1, call="""\
for brief in world.briefs:
    print("accepted:", brief.told["accept_h"], "h, a run every", plan(brief.told)["schedule_h"], "h")""")
def _(old: str | None) -> str | None:
    return old


@plan.demands("is right and fresh within its budget", points=1, call="""\
for brief in world.briefs:
    chosen = plan(brief.told)
    print(chosen, "makes", brief.rows(chosen), "rows, paid for:", brief.told["budget_rows"])""")
def _(plans: list[tuple[Brief, Plan]], wrong: str | None, old: str | None) -> str | None:
    if wrong or old:
        return NotYet("Judged once “makes good what came late” and “is as fresh as its readers need” hold.")
    for number, (brief, chosen) in enumerate(plans, 1):
        made, budget = rows_made(brief.outages, chosen), brief.told["budget_rows"]
        if made > budget:
            return (f"Brief {number}: a run every {chosen.schedule_h} h that looks {told_days(chosen.lookback_days)} "
                    f"back makes {made:,} rows, where {budget:,} are paid for. Readers accept data "
                    f"{brief.told['accept_h']} h old. {_worst(brief)}.")
    return None


def _worst(brief: Brief) -> str:
    """The longest delay and outage, in words."""
    return (f"Messages came up to {max(brief.told['delays_h'])} h late, and the longest outage lasted "
            f"{max(brief.told['outages_h'])} h")
