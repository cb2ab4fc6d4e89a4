"""Changes everyday cases at random, one to four matters at a time, and shrinks what differs until nothing can go."""

import math
import random
from datetime import UTC, datetime, timedelta, timezone

BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)


def outcome(function, case):
    try:
        return function(case)
    except Exception:
        return None


def differ(one, other):
    if one is None or other is None:
        return one is not other
    if one.keys() != other.keys():
        return True
    for name, a in one.items():
        b = other[name]
        gaps = [x is None or math.isnan(x) for x in (a, b)]
        if gaps[0] != gaps[1] or not any(gaps) and abs(a - b) > 1e-9 * max(1, abs(a), abs(b)):
            return True
    return False


def shuffle(dice, events, as_of):
    dice.shuffle(events)


def move(dice, events, as_of):
    for event in dice.sample(events, len(events) // 2 + 1):
        moment = as_of - timedelta(days=dice.uniform(-5, 300))
        event["occurred_at"] = min(max(moment, BEGIN), END)


def lose(dice, events, as_of):
    dice.choice(events)["amount"] = None


def break_cents(dice, events, as_of):
    for event in events:
        event["amount"] = dice.uniform(0.01, 200)


def rename(dice, events, as_of):
    dice.choice(events)["category"] = dice.choice(["never seen", "B", "ä"])


def travel(dice, events, as_of):
    for event in events:
        event["occurred_at"] = event["occurred_at"].astimezone(timezone(timedelta(hours=dice.randint(-11, 13))))


CHANGES = [shuffle, move, move, lose, break_cents, rename, travel]


def find_skew(train_fn, serve_fn, sampler):
    def skewed(case):
        return differ(outcome(train_fn, case), outcome(serve_fn, case))

    dice = random.Random(1)
    for number in range(250):
        case = sampler(number)
        if case["events"]:
            for change in dice.sample(CHANGES, dice.randint(1, 4)):
                change(dice, case["events"], case["as_of"])
        if skewed(case):
            return shrunk(case, skewed)
    return None


def shrunk(case, skewed):
    for event in case["events"]:
        smaller = {"as_of": case["as_of"], "events": [other for other in case["events"] if other is not event]}
        if skewed(smaller):
            return shrunk(smaller, skewed)
    return case
