"""Makes cases with several oddities each, half a second long or 800 of them, whichever ends first."""

import math
import random
import time
from datetime import UTC, datetime, timedelta, timezone


def find_skew(train_fn, serve_fn, sampler):
    def outcome(function, case):
        try:
            return {name: None if value is None or math.isnan(value) else value
                    for name, value in function(case).items()}
        except Exception:
            return {"raised": True}

    def differ(case):
        one, other = outcome(train_fn, case), outcome(serve_fn, case)
        return one.keys() != other.keys() or any(
            (one[name] is None) != (other[name] is None) or
            one[name] is not None and abs(one[name] - other[name]) > 1e-9 * max(1, abs(one[name]), abs(other[name]))
            for name in one)

    dice, until = random.Random(1), time.monotonic() + 0.5
    known = sorted({event["category"] for number in range(20) for event in sampler(number)["events"]})
    for _ in range(800):
        if time.monotonic() > until:
            return None
        as_of = datetime(2025, dice.randint(1, 12), 1, tzinfo=UTC)
        reach = dice.choice([20, 60, 230])
        events = [{"occurred_at": (as_of - timedelta(days=dice.uniform(0, reach))).astimezone(
                       timezone(timedelta(hours=dice.randint(-9, 9)))),
                   "amount": dice.choice([None, dice.uniform(1, 99)]), "category": dice.choice([*known, "new"])}
                  for _ in range(dice.randint(1, 40))]
        case = {"as_of": as_of, "events": events}
        if differ(case):
            place = 0
            while place < len(case["events"]):
                fewer = {**case, "events": case["events"][:place] + case["events"][place + 1:]}
                if differ(fewer):
                    case, place = fewer, 0
                else:
                    place += 1
            return case
    return None
