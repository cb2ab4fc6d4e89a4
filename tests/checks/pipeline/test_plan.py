"""That the replay of a plan measures what a slow and obvious one does, and that its briefs can be met."""

import math
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataml_lab.checks.pipeline.plan import briefs, plan
from dataml_lab.checks.pipeline.replay import (
    AFTER,
    DAYS,
    KEYS,
    SCHEDULES,
    STORES,
    USERS,
    Messages,
    Outage,
    Plan,
    Record,
    counted_once,
    days_back,
    purchases,
    replay,
    rows_made,
    with_delays,
    with_repeats,
)

SEEDS = range(10)
world = cache(briefs)


# the replay


def messages_of(rows):
    """Messages of (user, occurred_h, arrived_h, event_id, clock, purchase), in the order of their arrival."""
    columns = zip(*sorted(rows, key=lambda row: row[2]), strict=True)
    kinds = (int, float, float, int, int, int)
    return Messages(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def slowly_counted_once(rows, key):
    """The rows, in the order of their arrival, without those whose key has been seen."""
    seen, counted = set(), []
    for number, (user, _, _, event_id, clock, _) in enumerate(rows):
        mark = {"event_id": event_id, "content": (user, clock), "none": number}[key]
        if mark not in seen:
            counted.append(rows[number])
            seen.add(mark)
    return counted


def slow_runs(schedule_h, outages):
    hours = []
    for hour in range(1, (DAYS + AFTER) * 24 + 1):
        planned = hour % schedule_h == 1 % schedule_h or any(hour == outage.end_h for outage in outages)
        down = any(outage.begin_h < hour < outage.end_h for outage in outages)
        if planned and not down:
            hours += [hour, hour] if hour == 961 else [hour]
    return hours


def month_of(rows, day):
    """Per user the purchases of the 30 days that end with a day, as many messages tell of them."""
    return Counter(user for user, occurred, *_ in rows if day - 29 <= occurred // 24 <= day)


def slow_replay(rows, outages, plan):
    """What `replay` measures and the rows made, with the table as a dict: by day the versions that were written."""
    rows = sorted(rows, key=lambda row: row[2])
    counted, table, rows_written = slowly_counted_once(rows, plan.key), {}, 0
    for hour in slow_runs(plan.schedule_h, outages):
        known = [row for row in counted if row[2] < hour]
        today = (hour - 1) // 24
        if plan.store == "replace_table":
            table = {}
        for day in range(max(0, today - plan.lookback_days), today + 1):
            earlier = table.get(day, []) if plan.store == "append" else []
            table[day] = [*earlier, month_of(known, day)]
            rows_written += USERS if hour <= DAYS * 24 else 0
    truth = list({purchase: row for *row, purchase in reversed(rows)}.values())
    wrong = sum(day not in table or table[day][-1][user] != month_of(truth, day)[user]
                for user in range(USERS) for day in range(DAYS))
    twice = USERS * sum(len(table.get(day, [])) > 1 for day in range(DAYS))
    return Record(wrong, twice, sum(day not in table for day in range(DAYS))), rows_written


HOURS = st.integers(0, DAYS * 24 - 1) | st.sampled_from([0, 23, 24, 719, 720, 959, 960, 961, DAYS * 24 - 1])
DELAYS = st.sampled_from([0, 0.02, 0.5, 1, 23, 24, 25, 100, 500])
OUTAGE = st.builds(lambda begin, length: Outage(begin, begin + length), HOURS, st.integers(1, 80))
PLANS = st.builds(Plan, st.sampled_from(SCHEDULES), st.integers(0, 8), st.sampled_from(KEYS),
                  st.sampled_from(STORES))


@st.composite
def told(draw):
    """Rows of messages about a few purchases, some of which are told twice, under the same id or another one."""
    one = st.tuples(st.integers(0, 2), HOURS, st.sampled_from([0, 0.25, 0.75]))
    bought = draw(st.lists(one, min_size=1, max_size=8))
    rows = []
    for purchase, (user, hour, part) in enumerate(bought):
        for delay in draw(st.lists(DELAYS, min_size=1, max_size=3)):
            event_id = purchase if draw(st.booleans()) else 100 + len(rows)
            rows.append((user, hour + part, hour + part + delay, event_id, hour, purchase))
    return rows


@settings(deadline=None, max_examples=25)
@given(told(), st.lists(OUTAGE, max_size=3), PLANS)
@example([(0, 245, 265, 0, 245, 0)], [], Plan(24, 0, "none", "replace_days"))  # it comes at the moment of the run
@example([(0, 245, 264.5, 0, 245, 0)], [Outage(265, 265 + 30)], Plan(24, 0, "none", "replace_days"))
def test_a_replay_measures_what_a_slow_one_does(rows, outages, plan):
    assert (replay(messages_of(rows), outages, plan), rows_made(outages, plan)) == slow_replay(rows, outages, plan)


@pytest.mark.parametrize(("key", "store"), list(zip(KEYS, STORES, strict=True)))
def test_a_replay_of_a_brief_measures_what_a_slow_one_does(key, store):
    """On the first 200 messages of a brief: more would take the slow one too long."""
    brief = world(3).briefs[0]
    few = brief.both.rows(np.arange(200))
    rows = list(zip(*(column.tolist() for column in few), strict=True))
    chosen = Plan(24, 3, key, store)
    assert replay(few, brief.outages, chosen) == slow_replay(rows, brief.outages, chosen)[0]


@settings(deadline=None, max_examples=25)
@given(told(), st.sampled_from(KEYS))
def test_of_messages_with_the_same_key_the_first_counts(rows, key):
    messages = messages_of(rows)
    expected = slowly_counted_once(sorted(rows, key=lambda row: row[2]), key)
    assert list(zip(*counted_once(messages, key), strict=True)) == expected


# what happens to messages


def by_purchase(messages):
    """The messages as rows, by the purchase that they are about."""
    rows = zip(*(column.tolist() for column in messages), strict=True)
    found = {}
    for user, occurred, arrived, event_id, clock, purchase in rows:
        found.setdefault(purchase, []).append((user, occurred, clock, arrived, event_id))
    return found


def in_order_of_arrival(messages):
    return bool((np.diff(messages.arrived_h) >= 0).all())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("clock_s", [1, 60])
def test_some_users_buy_twice_within_a_tick_of_a_slow_clock_only(seed, clock_s):
    once = purchases(np.random.default_rng(seed), 2_000, clock_s, [])
    counted = len(counted_once(once, "content").user)
    assert in_order_of_arrival(once) and len(counted_once(once, "event_id").user) == 2_000
    assert counted == 2_000 if clock_s == 1 else 1_900 < counted < 2_000


@pytest.mark.parametrize("same_id", [True, False])
def test_a_tenth_comes_again_half_an_hour_later(same_id):
    random = np.random.default_rng(1)
    once = purchases(random, 2_000, 60, [])
    repeated = with_repeats(once, random, same_id)
    before, after = by_purchase(once), by_purchase(repeated)
    again = {purchase for purchase, rows in after.items() if len(rows) > 1}
    assert in_order_of_arrival(repeated) and after.keys() == before.keys() and len(again) == 200
    assert len(set(repeated.event_id.tolist())) == (2_000 if same_id else 2_200)
    for purchase, rows in after.items():
        (first,) = before[purchase]
        assert rows[0] == first
        assert [row[:4] for row in rows[1:]] == [(*first[:3], first[3] + 0.5)] * (purchase in again)
        assert {row[4] == first[4] for row in rows[1:]} <= {same_id}


@pytest.mark.parametrize("seed", SEEDS)
def test_delays_are_those_that_were_told_and_purchases_at_given_moments_are_as_late_as_any(seed):
    random, moments = np.random.default_rng(seed), [3_600 * 24 * 50 + 1, 3_600 * 24 * 60 + 1]
    once = purchases(random, 2_000, 60, moments)
    delays = random.integers(2, 40, 60).tolist()
    late = with_delays(once, random, delays, moments)
    before, after = by_purchase(once), by_purchase(late)
    assert in_order_of_arrival(late) and after.keys() == before.keys()
    assert all(after[purchase][0][:3] == before[purchase][0][:3] for purchase in before)
    came = {rows[0][1]: rows[0][3] - rows[0][1] for rows in after.values()}
    assert all(came[moment / 3_600] == pytest.approx(max(delays)) for moment in moments)
    found = Counter(round(delay) for delay in came.values() if delay > 1)
    assert found - Counter(delays) <= Counter(2 * [max(delays)]) and sum((Counter(delays) - found).values()) <= 2


# the briefs


def matters(brief):
    """What a brief is made of, as it is told."""
    told = brief.told
    return {"freshness": told["accept_h"], "delay": max(told["delays_h"]), "outage": max(told["outages_h"]),
            "ids": (told["id_is_kept"], told["clock_s"])}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_brief_differs_from_the_first_in_one_matter_and_the_last_in_two(seed):
    first, *others = map(matters, world(seed).briefs)
    changed = [[name for name in first if first[name] != other[name]] for other in others]
    assert changed == [["freshness"], ["delay"], ["ids"], ["freshness", "outage"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_told_is_what_happens(seed):
    for brief in world(seed).briefs:
        assert [outage.end_h - outage.begin_h for outage in brief.outages] == brief.told["outages_h"]
        assert len(brief.repeated.user) == len(brief.both.user) == len(brief.late.user) * 11 // 10
        hours = (brief.late.arrived_h - brief.late.occurred_h).max()
        assert round(hours) == max(brief.told["delays_h"])
        assert (brief.told["users"], brief.told["days"]) == (USERS, DAYS)


def by_formula(brief):
    """A right plan: as seldom as accepted, as far back as the longest delay and the longest wait for a run together."""
    schedule_h = max(hours for hours in SCHEDULES if hours <= brief["accept_h"])
    back_h = max(brief["delays_h"]) + max(schedule_h, *brief["outages_h"])
    return {"schedule_h": schedule_h, "lookback_days": math.ceil(back_h / 24),
            "key": "event_id" if brief["id_is_kept"] else "content", "store": "replace_days"}


def test_the_plan_by_formula_has_every_property():
    assert plan.judge({"plan": by_formula}, SEEDS[:4]).earned == plan.points


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_less_than_the_least_is_wrong_and_the_least_is_right(seed):
    for brief in world(seed).briefs:
        chosen = Plan(**by_formula(brief.told))
        enough = replay(brief.both, brief.outages, chosen)
        less = replay(brief.late, brief.outages, chosen._replace(lookback_days=brief.least - 1, key="event_id"))
        assert brief.least == chosen.lookback_days and enough == Record(0, 0, 0) and less.wrong > 0


def test_what_a_shop_needs_is_neither_the_delay_nor_the_wait_alone_nor_their_rounded_sum():
    for seed in SEEDS:
        for brief in world(seed).briefs:
            schedule_h = by_formula(brief.told)["schedule_h"]
            days = [max(brief.told["delays_h"]) / 24, max(schedule_h, *brief.told["outages_h"]) / 24]
            assert brief.least > max(math.ceil(max(days)), round(sum(days)))
        assert brief.least > math.ceil((max(brief.told["delays_h"]) + max(brief.told["outages_h"])) / 24)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("schedule_h", [1, 8, 24])
def test_the_days_back_that_messages_need_leave_nothing_wrong_and_a_day_less_does(schedule_h, seed):
    for brief in world(seed).briefs:
        needed = days_back(brief.late, brief.outages, schedule_h)
        enough, less = (replay(brief.late, brief.outages, Plan(schedule_h, days, "event_id", "replace_days"))
                        for days in (needed, needed - 1))
        assert enough == Record(0, 0, 0) and less.wrong > 0


@pytest.mark.parametrize(("key", "because", "never"), [
    ("event_id", "gives a message a new id when it sends it again", "minute"),
    ("content", "two purchases of a user in the same minute count as one", "second"),
    ("none", "comes twice", "clock"),
])
def test_a_key_that_counts_wrong_is_said_to_be_wrong_for_its_source_alone(key, because, never):
    for seed in SEEDS:
        verdict = plan.judge({"plan": lambda brief: {**by_formula(brief), "key": key}}, [seed])
        (finding,) = (one for one in verdict.findings if one.outcome == "fails")
        assert because in finding.sentence and never not in finding.sentence.partition("\n")[0]


def test_what_stays_wrong_names_its_brief_and_the_days_that_a_message_needed():
    brief = world(1).briefs[4]
    verdict = plan.judge({"plan": lambda told: {
        **by_formula(told), "lookback_days": brief.least - 1 if told == brief.told else 90,
    }}, [1])
    finding = next(one for one in verdict.findings if one.property == "makes good what came late")
    assert finding.sentence.startswith(f"Brief 5: looking {brief.least - 1} day")
    assert f"had to look {brief.least} days back" in finding.sentence


def test_each_brief_is_asked_about_once():
    asked = []
    verdict = plan.judge({"plan": lambda brief: asked.append(brief) or {**by_formula(brief), "lookback_days": 90}}, [1])
    assert len(asked) == 5 and verdict.measured
    assert [finding.outcome for finding in verdict.findings] == ["holds"] * 4 + ["fails"]


@pytest.mark.parametrize("amiss", [{"lookback_days": 0}, {"schedule_h": 24}])
def test_the_budget_is_not_judged_where_rows_are_wrong_or_old(amiss):
    *_, budget = plan.judge({"plan": lambda brief: {**by_formula(brief), **amiss}}, [1], practice=True).findings
    assert budget.outcome == "not judged" and "To see it" not in budget.sentence
