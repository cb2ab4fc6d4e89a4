"""Makes whole cases up, with every oddity in each, and takes away large parts before small ones."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random


def normal(function, case):
    try:
        return {key: None if value != value else value for key, value in function(case).items()}
    except Exception:
        return {"exception": None}


def differs(train, serve, case):
    a, b = normal(train, case), normal(serve, case)
    return a.keys() ^ b.keys() or any(not close(a[key], b[key]) for key in a)


def close(x, y):
    return x == y or None not in (x, y) and abs(x - y) <= 1e-9 * max(1, abs(x), abs(y))


def made_up(random, known):
    as_of = datetime(2025, random.randint(8, 12), random.randint(1, 28), random.randrange(24), tzinfo=UTC)
    longest = random.choice([3, 60, 230])
    names = known + random.choice([[], ["unheard of"]])
    return {"as_of": as_of, "events": [
        {"occurred_at": (as_of - timedelta(days=random.uniform(0, longest))).astimezone(timezone(timedelta(hours=random.randint(-12, 14)))),
         "amount": random.choice([None, 20, round(random.uniform(1, 99), 2), random.uniform(1, 99)]),
         "category": random.choice(names)} for _ in range(random.randint(1, 40))]}


def find_skew(train_fn, serve_fn, sampler):
    random = Random(7)
    known = sorted({event["category"] for seed in range(25) for event in sampler(seed)["events"]})
    for _ in range(200):
        case = made_up(random, known)
        if differs(train_fn, serve_fn, case):
            part = len(case["events"])
            while part:
                for start in range(0, len(case["events"]), part):
                    rest = case["events"][:start] + case["events"][start + part:]
                    if rest != case["events"] and differs(train_fn, serve_fn, {**case, "events": rest}):
                        case = {**case, "events": rest}
                        break
                else:
                    part //= 2
            return case
    return None
