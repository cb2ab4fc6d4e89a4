"""Exercise 3: a cleaner of payments, judged by the Store's fault plan and by its author's own tests."""

import json
import math
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.cleaner_tests import FAULTY, Clean, attempted, run
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.shown import shown
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, function, functions
from dataml_lab.store import Faults, Store

Row = dict[str, Any]
FIELDS = ("payment_id", "order_id", "user_id", "amount", "method", "occurred_at")
LONGEST = 10_000  # characters of a cleaned payment
ABSENT = object()  # the value of a field that is left out


class Fault(NamedTuple):
    """A field of a raw payment with a value that no payment has."""

    field: str
    value: Any

    def __str__(self) -> str:
        return f"without {self.field}" if self.value is ABSENT else f"with {self.field} = {self.value!r}"

    def put_into(self, raw: Row) -> Row:
        """The raw payment with this fault."""
        rest = {field: value for field, value in raw.items() if field != self.field}
        return rest if self.value is ABSENT else {**rest, self.field: self.value}

    @property
    def hint(self) -> str:
        """A sentence for whoever keeps a payment with this fault."""
        missing = self.value in (None, ABSENT, "")
        if self.field == "amount" and missing:
            return "An amount that is missing is not an amount of zero."
        if self.value != self.value:
            return "NaN is neither below nor above any number: which of your conditions lets it through?"
        if self.field == "amount":
            return "Which of your conditions lets it through?"
        if self.field == "method":
            return "That is none of the four methods."
        if self.field == "occurred_at":
            return "A moment needs a day that exists, and an offset from UTC: without one nobody knows when it was."
        return "Nobody has that name." if self.value == "" else "str(None) is the text “None”, which is nobody's name."


BAD_AMOUNTS = [Fault("amount", value) for value in (
    -12.5, "-3", math.nan, "nan", math.inf, 1_000_000, "2500000", "twelve", "42.50 EUR", "4,50", "",
    None, ABSENT)]
BAD_NAMES = [
    *(Fault(field, value) for field in ("payment_id", "order_id", "user_id") for value in (None, ABSENT, "")),
    *(Fault("occurred_at", value) for value in (
        None, ABSENT, "soon", "2025-02-30T12:00:00+01:00", "2025-03-01T12:00:00")),
    *(Fault("method", value) for value in ("cash", "car", "gift card", "", None, ABSENT)),
]
EDGES = [  # of what is sound, and what they clean to
    ("amount", 0, 0.0), ("amount", 0.0, 0.0), ("amount", 17, 17.0), ("amount", 999_999.99, 999_999.99),
    ("order_id", 0, "0"), ("order_id", "A-17", "A-17"),
    ("occurred_at", "2025-03-01T12:00:00.250+02:00", datetime(2025, 3, 1, 10, 0, 0, 250_000, UTC))]
SPELLINGS = [("amount", "0", 0.0), ("method", " card", "card"), ("method", "PayPal", "paypal"),
             ("method", "VOUCHER", "voucher")]
ODD = (None, [], "payment", 7, {}, {"payment_id": [1]}, {"amount": {}, "occurred_at": 3, "method": []})
HUGE = (Fault("amount", 10**400), Fault("occurred_at", "0001-01-01T00:00:00+02:00"))  # no float, no time in UTC


class Case(NamedTuple):
    """A raw payment, what it cleans to (None where it is to be refused), and its fault, if it has one."""

    raw: Row
    clean: Row | None
    fault: Fault | None = None


@dataclass(frozen=True)
class Payments:
    """Raw payments of a small shop, by what has to become of them: from the Store's fault plan, and planted."""

    sound: list[Case]
    repairable: list[Case]
    bad_amounts: list[Case]
    bad_names: list[Case]
    odd: list[Any]
    compound: list[Row]  # with several faults at once, or none
    seed: int

    @property
    def records(self) -> list[Any]:
        """All but those with one fault for which they are to be refused."""
        return [case.raw for case in self.sound + self.repairable] + self.odd + self.compound


def payments(seed: int) -> Payments:
    """The payments of a shop with 60 users in 45 days, and each planted fault in one of them."""
    random, cases = np.random.default_rng(seed), exported(seed)
    sound = [case for case in cases if not case.fault]
    some = (sound[int(i)] for i in random.integers(0, len(sound), 10_000))
    faulty = [Case(fault.put_into(next(some).raw), None, fault) for fault in BAD_AMOUNTS + BAD_NAMES]
    faulty += [case for case in cases if case.clean is None]
    repairable = [case for case in cases if case.clean and case.fault]
    return Payments(
        sound + [_changed(next(some), *edge) for edge in EDGES],
        repairable + [_changed(next(some), *spelling) for spelling in SPELLINGS],
        [case for case in faulty if case.fault.field == "amount"],
        [case for case in faulty if case.fault.field != "amount"],
        [*ODD, *(fault.put_into(next(some).raw) for fault in HUGE)],
        [_compound(next(some).raw, random) for _ in range(40)], seed)


def exported(seed: int) -> list[Case]:
    """The Store's raw payments that have no fault, or one that a cleaner can see, and what its plan says of them."""
    store = Store(users=60, days=45, seed=seed)
    raw = store.raw("payments", Faults(number_as_text=0.06, null_field=0.03, negative=0.03, zone_dropped=0.03))
    truth = {row["payment_id"]: _true(row) for row in store.payments.to_dict("records")}
    plan = raw.plan[~raw.plan["fault"].isin(["late", "unknown_field", "repeated"])].set_index("line").to_dict("index")
    found = []
    for number, line in enumerate(raw.lines, 1):
        fault = plan.get(number, {"field": None, "expected": "repair"})
        field = fault["field"]
        if field is None or field in FIELDS:  # all other lines may be no JSON
            record = _short(json.loads(line))
            name = json.loads(fault["original"]) if field == "payment_id" else record["payment_id"]
            clean = truth[name] if fault["expected"] == "repair" else None
            found.append(Case(record, clean, field and Fault(field, record.get(field, ABSENT))))
    return found


def _short(record: Row) -> Row:
    """A record with few enough fields to be shown in a sentence, one of them unknown to the contract."""
    return {field: value for field, value in record.items() if field in (*FIELDS, "attempts")}


def _true(row: Row) -> Row:
    """What a payment cleans to, from its row in the Store's table."""
    ids = {field: str(row[field]) for field in ("payment_id", "order_id", "user_id")}
    return {**ids, "amount": float(row["amount"]), "method": str(row["method"]),
            "occurred_at": row["occurred_at"].to_pydatetime()}


def _changed(case: Case, field: str, raw: Any, clean: Any) -> Case:
    return Case({**case.raw, field: raw}, {**case.clean, field: clean})


def _compound(raw: Row, random: np.random.Generator) -> Row:
    """A raw payment with none, one or several of the planted faults, and a field that nobody knows."""
    for number in random.integers(0, len(BAD_AMOUNTS + BAD_NAMES), random.integers(0, 3)):
        raw = (BAD_AMOUNTS + BAD_NAMES)[int(number)].put_into(raw)
    return {**raw, "note": "gift"}


class Work(NamedTuple):
    """The answer to exercise 3: the cleaner, and the tests from exercise 2 that it has to pass."""

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
        raise type(failure)(f"Given {recorded(raw)}, {failure}") from None
    if not (cleaned is None or isinstance(cleaned, dict)):
        raise Failed(f"Given {recorded(raw)}, it returned {shown(cleaned)}, neither a dict nor None.")
    if cleaned and len(shown(cleaned, LONGEST)) == LONGEST:
        raise Failed(f"Given {recorded(raw)}, it returned a record of {LONGEST:,} characters or more.")
    return cleaned


def recorded(raw: Any) -> str:
    """A record as a sentence shows it: whole, with a very long number cut."""
    short = reprlib.Repr()
    short.maxdict, short.maxstring, short.maxother = 10, 60, 60
    return short.repr(raw)


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


@clean_payments.demands("keeps sound payments", points=1)
def _(cleaned: Replies, world: Payments) -> str | None:
    refused = [case.raw for case in world.sound if cleaned[case.raw] is None]
    if refused:
        return f"It refused {len(refused)} of {len(world.sound)} sound payments, such as {refused[0]}."
    return None


@clean_payments.demands("returns their true values", points=1)
def _(cleaned: Replies, world: Payments) -> str | None:
    kept = [case for case in world.sound if cleaned[case.raw] is not None]
    for case in kept:
        wrong = _differs(cleaned[case.raw], case.clean)
        if wrong:
            return f"Of {case.raw}, {wrong}."
    return None if kept else "It kept nothing."


@clean_payments.demands("repairs what can be repaired", points=1)
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


@clean_payments.demands("refuses impossible amounts", points=1)
def _(cleaned: Replies, world: Payments) -> str | None:
    return _kept(cleaned, world, world.bad_amounts)


@clean_payments.demands("refuses what has no identity, time or method", points=1)
def _(cleaned: Replies, world: Payments) -> str | None:
    return _kept(cleaned, world, world.bad_names)


@clean_payments.demands("passes your own tests", points=1)
def _(clean_payments: Work) -> str | None:
    try:
        tests = attempted(clean_payments.tests)
    except (NotAttempted, Failed):
        return "Your tests of exercise 2 can't be run: see there."
    caught = sum(any(isinstance(run(one.test, clean), Failed) for one in tests) for clean in FAULTY.values())
    if caught < len(FAULTY) / 2:
        return f"Your tests of exercise 2 notice {caught} of {len(FAULTY)} faulty cleaners: this counts from half on."
    for one in tests:
        if one.notices(""):
            return f"{one.test.name} fails on a correct cleaner of orders: mend it first."
        came = run(one.test, as_order_cleaner(clean_payments.clean.function))
        if isinstance(came, Failed):
            return (f"Your own {one.test.name} fails on it, with payment_id for order_id and amount for total: {came}")
    return None


SAME = {"order_id": "payment_id", "user_id": "user_id", "total": "amount", "occurred_at": "occurred_at"}


def as_order_cleaner(clean: Callable) -> Clean:
    """The cleaner of payments as one of orders: the fields that both tables share go through it under the names
    that they have in payments, all others are cleaned as an order's."""
    def clean_like(raw: Any) -> Row | None:
        if not isinstance(raw, dict):
            return clean(raw)
        rest = clean_order({**raw, "order_id": 1, "user_id": 1, "total": 1, "occurred_at": "2025-03-01T12:00:00Z"})
        payment = {theirs: raw[ours] for ours, theirs in SAME.items() if ours in raw}
        cleaned = clean({"order_id": 1, "method": "card", **payment})
        if rest is None or cleaned is None:
            return None
        return {**rest, **{ours: cleaned[theirs] for ours, theirs in SAME.items()}}
    return clean_like


@clean_payments.demands("takes any record and leaves it as it was", points=1)
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
        if (found is None) != (expected is None) or (expected and _differs(found, expected)):
            return f"Of {recorded(raw)} it made {shown(found, 400)}."
    return None
