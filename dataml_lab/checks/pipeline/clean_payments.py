"""A cleaner of payments, judged by the Store's fault plan and by its author's own tests."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.cleaner_tests import attempted
from dataml_lab.checks.pipeline.cleaners import FAULTY, Clean
from dataml_lab.checks.pipeline.payments import Case, Payments, Row, payments
from dataml_lab.checks.scenes import Replies
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, function, functions
from dataml_lab.runtime.shown import shown

LONGEST = 10_000  # characters of a cleaned payment
OWN = "the student's own"  # among the cleaners that the student's tests are run on
NEEDED = f"This point needs tests that notice at least {len(FAULTY) // 2} of its {len(FAULTY)} faulty cleaners."


class Work(NamedTuple):
    """The answer: the cleaner, and the tests from the exercise before that it has to pass."""

    clean: Answer
    tests: list[Answer]


def work(names: Mapping[str, Any]) -> Work:
    """The cleaner and the tests among the names of a notebook; the tests may be missing."""
    clean = function("clean")(names)
    try:
        return Work(clean, functions("test_*")(names))
    except NotAttempted:
        return Work(clean, [])


clean_payments = Exercise("clean_payments", payments, work,
                          fair=lambda world: len(world.sound) >= 40 and len(world.repairable) >= 6)


def outcome(clean: Answer, raw: Any) -> Row | None:
    """What the cleaner makes of a raw payment. Raises Failed, naming the record, where it raises."""
    try:
        cleaned = clean(raw)
    except Failed as failure:
        if "\n" in str(failure):  # it shows the call
            raise
        raise type(failure)(f"Given {shown(raw, 300)}, {failure}") from None
    if not (cleaned is None or isinstance(cleaned, dict)):
        raise Failed(f"Given {shown(raw, 300)}, it returned {shown(cleaned)}, neither a dict nor None.")
    if cleaned and len(shown(cleaned, LONGEST)) == LONGEST:
        raise Failed(f"Given {shown(raw, 300)}, it returned a record of {LONGEST:,} characters or more.")
    return cleaned


@clean_payments.scene
def cleaned(clean_payments: Work, world: Payments) -> Replies:
    """What the cleaner makes of each record."""
    raws = world.records + [case.raw for case in world.bad_amounts + world.bad_names]
    return Replies(partial(outcome, clean_payments.clean), raws, world.seed)


def _differs(cleaned: Row, expected: Row) -> str | None:
    """The first field that is not as expected, in words; None where all are."""
    for field, value in expected.items():
        if field not in cleaned:
            return f"{field} is missing"
        if type(cleaned[field]) is not type(value):
            return f"{field} is {_typed(cleaned[field])}, where {_typed(value)} was expected"
        if cleaned[field] != value:
            return f"{field} is {shown(cleaned[field])}, where {value!r} was expected"
    aware = cleaned["occurred_at"].utcoffset()
    return None if aware == timedelta(0) else f"occurred_at is {cleaned['occurred_at']!r}, which is not in UTC"


def _typed(value: Any) -> str:
    return f"the {type(value).__name__} {shown(value)}"


@clean_payments.demands("keeps sound payments", points=1, call="""\
refused = [case.raw for case in world.sound if clean(case.raw) is None]
print(f"refused: {len(refused)} of {len(world.sound)} sound payments", *refused[:3], sep="\\n")""")
def _(cleaned: Replies, world: Payments) -> str | None:
    refused = [case.raw for case in world.sound if cleaned[case.raw] is None]
    if refused:
        caught = (" Does your `except` catch every error? Then it may hide one of your own, such as a name that is "
                  "not imported.") * (len(refused) == len(world.sound))
        return f"It refused {len(refused)} of {len(world.sound)} sound payments, such as {refused[0]}.{caught}"
    return None


@clean_payments.demands("returns their true values", points=1, call="""\
for case in world.sound:
    cleaned = clean(case.raw)
    wrong = {field: value for field, value in case.clean.items() if cleaned and cleaned.get(field) != value}
    if wrong:
        print(f"{case.raw}\\n  became {cleaned}\\n  where {wrong} was expected")
        break
first = world.sound[0]
print("times:", (clean(first.raw) or {}).get("occurred_at"), "expected:", first.clean["occurred_at"])""")
def _(cleaned: Replies, world: Payments) -> str | None:
    kept = [case for case in world.sound if cleaned[case.raw] is not None]
    for case in kept:
        wrong = _differs(cleaned[case.raw], case.clean)
        if wrong:
            return f"Of {case.raw}, {wrong}."
    return None if kept else "It kept nothing."


@clean_payments.demands("repairs what can be repaired", points=1, call="""\
for case in world.repairable:
    cleaned = clean(case.raw) or {}
    if (cleaned.get("amount"), cleaned.get("method")) != (case.clean["amount"], case.clean["method"]):
        print(f"{case.raw}\\n  became {cleaned or None}")""")
def _(cleaned: Replies, world: Payments) -> str | None:
    for case in world.repairable:
        if cleaned[case.raw] is None:
            return f"It refused {case.raw}, which can be read: see what the contract says about spellings."
        amount, method = map(cleaned[case.raw].get, ("amount", "method"))
        if not (_is(amount, case.clean["amount"]) and _is(method, case.clean["method"])):
            return f"Of {case.raw} it made amount {shown(amount)} and method {shown(method)}."
    return None


def _is(value: Any, right: str | float) -> bool:
    """Whether a value is the right text or number: an array has no truth value to be asked for."""
    return isinstance(value, str | int | float | Decimal) and value == right


def _kept(cleaned: Replies, world: Payments, faulty: list[Case]) -> str | None:
    """How many faulty payments were kept, and a hint about the first; or that sound ones were refused as well."""
    kept = [case.fault for case in faulty if cleaned[case.raw] is not None]
    if kept and not any(cleaned[case.raw] for case in faulty):
        return "For a faulty payment it returned {}: to refuse one, return None."
    if kept:
        return f"It kept {len(kept)} of {len(faulty)} faulty payments, such as one {kept[0]}. {kept[0].hint}"
    if all(cleaned[case.raw] is None for case in world.sound):
        return "It refused the faulty payments, and all sound ones as well."
    return None


@clean_payments.demands("refuses impossible amounts", points=1, call="""\
for case in world.bad_amounts:
    if clean(case.raw) is not None:
        print("kept, although it is one", case.fault)""")
def _(cleaned: Replies, world: Payments) -> str | None:
    return _kept(cleaned, world, world.bad_amounts)


@clean_payments.demands("refuses what has no identity, time or method", points=1, call="""\
for case in world.bad_names:
    if clean(case.raw) is not None:
        print("kept, although it is one", case.fault)""")
def _(cleaned: Replies, world: Payments) -> str | None:
    return _kept(cleaned, world, world.bad_names)


@clean_payments.demands("passes your own tests", points=1, call="""\
from dataml_lab.checks.pipeline.clean_payments import as_order_cleaner
from dataml_lab.checks.pipeline.cleaner_tests import complaints
from dataml_lab.checks.pipeline.cleaners import FAULTY
print("faulty cleaners that your tests notice:",
      [area for area in FAULTY if complaints(dict(globals()), FAULTY[area])])
print("complaints about clean:", complaints(dict(globals()), as_order_cleaner(clean)))""")
def _(clean_payments: Work, world: Payments) -> str | None:
    known = {"": clean_order, OWN: as_order_cleaner(clean_payments.clean.function), **FAULTY}
    try:
        tests = attempted(clean_payments.tests, known, world.seed)
    except NotAttempted:
        return f"You have no tests of cleaners yet. {NEEDED}"
    except Failed as failure:
        return f"Your tests of cleaners can't be run. {failure}"
    caught = sum(any(one.notices(area) for one in tests) for area in FAULTY)
    if caught < len(FAULTY) / 2:
        return f"Your tests of cleaners notice {caught} of {len(FAULTY)} faulty cleaners. {NEEDED}"
    for one in tests:
        if one.wrong(""):
            return f"{one.test.name} fails on a correct cleaner of orders: mend it first."
        for came in one.wrong(OWN):
            last = (f" The last order that it gave was {shown(came.given, 300)}, as a payment "
                    f"{shown(as_payment(came.given), 300)}." * isinstance(came.given, dict))
            return (f"Your own {one.test.name} fails on it, with payment_id for order_id and amount for total: "
                    f"{came}{last}")
    return None


SAME = {"order_id": "payment_id", "user_id": "user_id", "total": "amount", "occurred_at": "occurred_at"}


def as_payment(raw: Row) -> Row:
    """A raw order as a raw payment: what both tables share, under the names that it has in payments."""
    return {"order_id": 1, "method": "card"} | {theirs: raw[ours] for ours, theirs in SAME.items() if ours in raw}


def as_order_cleaner(clean: Callable) -> Clean:
    """The cleaner of payments as one of orders: the fields that both tables share go through it under the names
    that they have in payments, all others are cleaned as an order's."""
    def clean_like(raw: Any) -> Row | None:
        if not isinstance(raw, dict):
            return clean(raw)
        rest = clean_order({**raw, "order_id": 1, "user_id": 1, "total": 1, "occurred_at": "2025-03-01T12:00:00Z"})
        cleaned = clean(as_payment(raw))
        if rest is None or cleaned is None:
            return None
        return {**rest, **{ours: cleaned[theirs] for ours, theirs in SAME.items()}}
    return clean_like


@clean_payments.demands("takes any record and leaves it as it was", points=1, call="""\
from copy import deepcopy
for raw in world.records:
    before = deepcopy(raw)
    first, again = deepcopy(clean(raw)), clean(raw)
    if repr(raw) != repr(before) or repr(first) != repr(again):
        print(f"given {before}\\n  left {raw}\\n  returned {first}, then {again}")""")
def _(clean_payments: Work, cleaned: Replies, world: Payments) -> str | None:
    results = [cleaned[raw] for raw in world.records]
    if len({repr(result) for result in results[:len(world.sound)]}) == 1:
        return "It returned the same for every payment."
    calls = clean_payments.clean.each(world.records)
    changed = [raw for raw, call in zip(world.records, calls, strict=True) if repr(raw) != repr(call.left[0])]
    if changed:
        return f"It changed a record that it was given, {changed[0]}. Build a new dict instead."
    if repr([call.result for call in calls]) != repr(results):
        return "A result changed when clean was called again: build a new dict at each call."
    return None


@clean_payments.compares
def _(cleaned: Replies, world: Payments, oracle: Callable) -> str | None:
    for raw in world.compound:
        found, expected = cleaned[raw], oracle(raw)
        if (found is None) != (expected is None):
            what, how_many = ("refused", "no") if expected else ("kept", "a")
            return f"It {what} {shown(raw, 300)}, which has {how_many} fault."
        wrong = expected and _differs(found, expected)
        if wrong:
            return f"Of {shown(raw, 300)}, {wrong}."
    return None
