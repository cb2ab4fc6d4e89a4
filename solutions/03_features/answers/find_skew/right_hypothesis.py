"""Lets hypothesis look for cases and shrink them, and then takes the last events away that needn't be there."""

from datetime import UTC, datetime, timedelta, timezone
from math import isclose, isnan

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

SETTINGS = settings(max_examples=1500, database=None, deadline=None, derandomize=True,
                    phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def outcome(function, case):
    try:
        return {name: None if value is None or isnan(value) else value for name, value in function(case).items()}
    except Exception:
        return type(None)


def close(a, b):
    return a is b if None in (a, b) else isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def find_skew(train_fn, serve_fn, sampler):
    known = sorted({event["category"] for number in range(30) for event in sampler(number)["events"]})

    def differ(case):
        a, b = outcome(train_fn, case), outcome(serve_fn, case)
        if type(None) in (a, b):
            return a is not b
        return a.keys() != b.keys() or not all(close(a[name], b[name]) for name in a)

    def small(case):
        for place in range(len(case["events"])):
            events = [event for other, event in enumerate(case["events"]) if other != place]
            if differ({**case, "events": events}):
                return small({**case, "events": events})
        return case

    as_of = datetime(2025, 8, 1, 12, tzinfo=UTC)
    day = st.one_of(st.integers(0, 55), st.integers(0, 230))
    moments = st.builds(lambda days, minutes, hours: (as_of - timedelta(days=days, minutes=minutes)).astimezone(
        timezone(timedelta(hours=hours))), day, st.integers(1, 1439), st.integers(-11, 12))
    amounts = st.one_of(st.none(), st.integers(10, 5000).map(lambda cents: cents / 100), st.floats(1, 90))
    events = st.fixed_dictionaries({"occurred_at": moments, "amount": amounts,
                                    "category": st.sampled_from([*known, *known, "Ω"])})
    cases = st.builds(lambda events: {"as_of": as_of, "events": events}, st.lists(events, min_size=5, max_size=30))
    try:
        return small(find(cases, differ, settings=SETTINGS))
    except NoSuchExample:
        return None
