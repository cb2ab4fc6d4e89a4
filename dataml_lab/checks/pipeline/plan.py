"""Exercise 6: how often to run, how far to look back, what to count by and how to write, each from what is known."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.replay import (
    DAYS,
    KEYS,
    SCHEDULES,
    STORES,
    USERS,
    Messages,
    Outage,
    Plan,
    purchases,
    replay,
    with_delays,
    with_repeats,
)
from dataml_lab.checks.replies import Replies, by_id, replies
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, function

CHOICES = {"schedule_h": SCHEDULES, "lookback_days": range(DAYS + 1), "key": KEYS, "store": STORES}
CHEAP = 1.5  # how much dearer than the cheapest plan that does the job a plan may be


class Brief(NamedTuple):
    """What is known before a plan is made, and what then happens: messages that come in time but twice, messages that
    come once but late, and both; and outages."""

    told: dict[str, Any]  # what the answer gets
    repeated: Messages
    late: Messages
    both: Messages
    outages: list[Outage]
    least: int  # days to look back that leave nothing wrong


@dataclass
class Briefs:
    """Four briefs: the first, and three that differ from it in one matter each."""

    briefs: list[Brief]
    order: int = 0  # the seed of the order in which they are asked
    oracle: Callable | None = None
    replies: Replies | None = None


class Matter(NamedTuple):
    """What a brief is made of."""

    accept_h: int
    worst_delay_h: int
    outage_h: int
    same_id: bool


def briefs(seed: int) -> Briefs:
    """Briefs of one shop: another freshness is needed, another lateness seen, other ids are given."""
    random = np.random.default_rng(seed)
    hurried, patient = int(random.choice([3, 4, 5, 7])), int(random.choice([11, 19, 20, 21, 22, 23]))
    # A delay and an outage are some hours longer than full days, and these add up to less than half a day: whoever
    # rounds them off, or takes one without the other, looks back too little.
    usual, worse = (24 * int(days) + int(random.integers(8, 10)) for days in (1, random.integers(3, 5)))
    outage_h = 24 * int(random.integers(2, 4)) + int(random.integers(1, 3))
    same_id = bool(random.random() < 0.5)
    if random.random() < 0.5:
        hurried, patient, usual, worse = patient, hurried, worse, usual
    first = Matter(hurried, usual, outage_h, same_id)
    others = ({"accept_h": patient}, {"worst_delay_h": worse}, {"same_id": not same_id})
    matters = [first, *(first._replace(**other) for other in others)]
    return Briefs([brief(matter, seed + number) for number, matter in enumerate(matters)], seed)


def brief(matter: Matter, seed: int) -> Brief:
    """A brief on what matters, and 90 days that it is true of."""
    random = np.random.default_rng(seed)
    delays = random.integers(2, matter.worst_delay_h * 2 // 3, 60).tolist()
    delays[int(random.integers(60))] = matter.worst_delay_h
    begins = [24 * int(day) for day in (random.integers(15, 30), random.integers(45, 55), random.integers(70, 85))]
    lengths = random.permutation([matter.outage_h, *random.integers(1, 10, 2)]).tolist()
    outages = [Outage(begin, begin + length) for begin, length in zip(begins, lengths, strict=True)]
    clock_s = 60 if matter.same_id else 1
    once = purchases(random, 1_200, clock_s)
    late = with_delays(once, random, delays, outages[lengths.index(matter.outage_h)])
    told = {"accept_h": matter.accept_h, "delays_h": delays, "outages_h": lengths, "id_is_kept": matter.same_id,
            "clock_s": clock_s, "users": USERS, "days": DAYS}
    least, budget = cheapest(late, outages, matter.accept_h)
    return Brief({**told, "budget_rows": budget}, with_repeats(once, random, matter.same_id), late,
                 with_repeats(late, random, matter.same_id), outages, least)


def cheapest(late: Messages, outages: list[Outage], accept_h: int) -> tuple[int, int]:
    """The fewest days to look back that leave no row wrong, and the rows that a plan may make with some to spare."""
    seldom = max(hours for hours in SCHEDULES if hours <= accept_h)
    for days in range(20):
        record = replay(late, outages, Plan(seldom, days, "event_id", "replace_days"))
        if not record.wrong:
            return days, math.ceil(CHEAP * record.rows_made / 1_000) * 1_000
    raise ValueError("twenty days to look back leave rows wrong")


def fair(world: Briefs) -> bool:
    """Whether in each brief neither the delays nor the outages alone tell how far to look back, nor a rounded sum."""
    for brief in world.briefs:
        days = [max(brief.told[name]) / 24 for name in ("delays_h", "outages_h")]
        if brief.least <= max(math.ceil(max(days)), round(sum(days))):
            return False
    return True


def made(plan: Answer, brief: Brief) -> Plan:
    """The plan that the answer makes of a brief; Failed, with a sentence, where it is none."""
    result = plan(brief.told)
    if not isinstance(result, dict) or set(Plan._fields) - set(result):
        raise Failed(f"plan returned {shown(result)}, where a dict with {', '.join(Plan._fields)} was expected.")
    found = Plan(*(result[name] for name in Plan._fields))
    for name, known in CHOICES.items():
        value = getattr(found, name)
        if not isinstance(value, int | float | str) or isinstance(value, bool) or value not in known:
            raise Failed(f"plan returned {name}={shown(value)}: {_choice(known)} is needed.")
    return found._replace(schedule_h=int(found.schedule_h), lookback_days=int(found.lookback_days))


def replied(plan: Answer, world: Briefs) -> Replies:
    """The plans that the answer makes of the briefs of the world."""
    return replies(world, plan, partial(made, plan), lambda: by_id(*world.briefs), world.order)


def _choice(known: tuple | range) -> str:
    return f"a whole number from 0 to {DAYS}" if isinstance(known, range) else f"one of {', '.join(map(str, known))}"


def measured(plan: Answer, world: Briefs) -> str:
    """What the answer's plans came to when messages were late, came twice, and runs failed: a line for each brief."""
    lines, plans = [], replied(plan, world)
    for number, brief in enumerate(world.briefs, 1):
        chosen = plans[id(brief)]
        record = replay(brief.both, brief.outages, chosen)
        lines.append({"brief": number, "accepts": f"{brief.told['accept_h']} h", "every": f"{chosen.schedule_h} h",
                      "days back": chosen.lookback_days, "key": chosen.key, "store": chosen.store,
                      "budget": f"{brief.told['budget_rows']:,}", "rows made": f"{record.rows_made:,}",
                      "wrong": f"{record.wrong:,}", "twice": f"{record.twice:,}"})
    return pd.DataFrame(lines).to_string(index=False)


plan = Exercise("plan", briefs, function("plan"), fair, essay=4, measured=measured)


@plan.demands("changes nothing when a run is repeated", points=1)
def _changes_nothing_on_rerun(plan: Answer, world: Briefs) -> str | None:
    plans = replied(plan, world)
    for brief in world.briefs:
        chosen = plans[id(brief)]
        record = replay(brief.repeated, [], chosen)
        if record.twice:
            return (f"With {chosen.store}, {record.twice:,} rows are in the table more than once: each run writes days "
                    "that an earlier run has written.")
        if record.lost:
            return (f"With {chosen.store} and {chosen.lookback_days} days back, {record.lost} of {DAYS} days are gone "
                    "in the end: a run empties the table, and writes only the days that it makes.")
    return None


@plan.demands("counts each purchase once", points=1)
def _counts_each_once(plan: Answer, world: Briefs) -> str | None:
    plans = replied(plan, world)
    for brief in world.briefs:
        chosen = plans[id(brief)]
        record = replay(brief.repeated, [], Plan(24, 3, chosen.key, "replace_days"))
        if record.wrong:
            kept = "keeps" if brief.told["id_is_kept"] else "does not keep"
            return (f"Counted by {chosen.key}, {record.wrong:,} rows are wrong although nothing came late: this source "
                    f"{kept} the id of a message when it sends it again, and its clock ticks every "
                    f"{brief.told['clock_s']} s, within which somebody may buy twice.")
    return None


@plan.demands("makes good what came late", points=1)
def _makes_good(plan: Answer, world: Briefs) -> str | None:
    plans = replied(plan, world)
    for brief in world.briefs:
        chosen = plans[id(brief)]
        record = replay(brief.late, brief.outages, chosen._replace(key="event_id", store="replace_days"))
        if record.wrong:
            return (f"Looking {chosen.lookback_days} days back, {record.wrong:,} of {USERS * DAYS:,} rows are wrong "
                    f"in the end. {_worst(brief)}, and some came while no run took place.")
    return None


@plan.demands("is as fresh as its readers need", points=1)
def _is_fresh(plan: Answer, world: Briefs) -> str | None:
    plans = replied(plan, world)
    for brief in world.briefs:
        chosen, accept_h = plans[id(brief)], brief.told["accept_h"]
        if chosen.schedule_h > accept_h:
            return f"With a run every {chosen.schedule_h} h readers see data that old; they accept {accept_h} h."
    return None


@plan.demands("is right and fresh within its budget", points=1)
def _stays_within_budget(plan: Answer, world: Briefs) -> str | None:
    if _makes_good(plan, world) or _is_fresh(plan, world):
        return "A table that is wrong or old is no bargain: mend that first."
    plans = replied(plan, world)
    for brief in world.briefs:
        chosen, budget = plans[id(brief)], brief.told["budget_rows"]
        record = replay(brief.late, brief.outages, chosen)
        if record.rows_made > budget:
            return (f"A run every {chosen.schedule_h} h that looks {chosen.lookback_days} days back makes "
                    f"{record.rows_made:,} rows, where {budget:,} are paid for. Readers accept data "
                    f"{brief.told['accept_h']} h old. {_worst(brief)}.")
    return None


def _worst(brief: Brief) -> str:
    """The longest delay and outage, in words."""
    return (f"Messages came up to {max(brief.told['delays_h'])} h late, and the longest outage lasted "
            f"{max(brief.told['outages_h'])} h")
