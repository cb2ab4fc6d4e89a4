"""Goes through a list of probes, each applied to everyday cases, and takes events away from the first that tells."""

from datetime import UTC, timedelta, timezone
from itertools import product


def same_value(a, b):
    a, b = (None if x != x else x for x in (a, b))
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def equal(f, g, case):
    results = []
    for function in (f, g):
        try:
            results.append(function(case))
        except Exception:
            results.append("raises")
    a, b = results
    if "raises" in results:
        return a == b
    return set(a) == set(b) and all(same_value(a[name], b[name]) for name in a)


def every(change):
    return lambda case: {**case, "events": [{**event, **change(case, event)} for event in case["events"]]}


def one(place, change):
    def probe(case):
        events = [dict(event) for event in case["events"]]
        if len(events) > place:
            events[place] |= change(case, events[place])
        return {**case, "events": events}
    return probe


def at_offset(hours):
    return lambda case, event: {"occurred_at": event["occurred_at"].astimezone(timezone(timedelta(hours=hours)))}


def aged(days):
    return lambda case, event: {"occurred_at": case["as_of"] - timedelta(days=days, hours=12)}


def without_amount(case, event):
    return {"amount": None}


def odd_cents(case, event):
    return {"amount": (event["amount"] or 3) + 0.00437}


def new_category(case, event):
    return {"category": "!"}


WHOLE = [lambda case: case, lambda case: {**case, "events": case["events"][::-1]},
         every(odd_cents), *(every(at_offset(hours)) for hours in (-9, -5, 2, 5, 9))]
PROBES = WHOLE + [one(place, change) for place, change in product([-1, -2], [without_amount, new_category])] \
    + [one(-1, aged(days)) for days in range(104, 224, 5)]


def find_skew(train_fn, serve_fn, sampler):
    everyday = [case for case in map(sampler, range(30)) if len(case["events"]) > 2]
    for number, probe in enumerate(PROBES):
        for case in everyday[:11] if number < 12 else everyday[:5]:
            case = probe(case)
            if not valid(case) or equal(train_fn, serve_fn, case):
                continue
            place = 0
            while place < len(case["events"]):
                fewer = {**case, "events": case["events"][:place] + case["events"][place + 1:]}
                if equal(train_fn, serve_fn, fewer):
                    place += 1
                else:
                    case, place = fewer, 0
            return case
    return None


def valid(case):
    return all(event["occurred_at"].astimezone(UTC).year >= 2024 for event in case["events"])
