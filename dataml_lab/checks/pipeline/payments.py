"""The raw payments that a cleaner is given, with what each of them cleans to."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.store import Faults, Store

Row = dict[str, Any]
FIELDS = ("payment_id", "order_id", "user_id", "amount", "method", "occurred_at")
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
        """What an answer is told that keeps a payment with this fault."""
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
    -12.5, "-3", math.nan, "nan", math.inf, 1_000_000, "2500000", "twelve", "42.50 EUR", "4,50", "", None, ABSENT)]
BAD_NAMES = [
    *(Fault(field, value) for field in ("payment_id", "order_id", "user_id") for value in (None, ABSENT, "")),
    *(Fault("occurred_at", value) for value in (None, ABSENT, "soon", "2025-02-30T12:00:00+01:00",
                                                "2025-03-01T12:00:00")),
    *(Fault("method", value) for value in ("cash", "car", "gift card", "", None, ABSENT)),
]
EDGES = [  # of what is sound, and what they clean to
    ("amount", 0, 0.0), ("amount", 0.0, 0.0), ("amount", 17, 17.0), ("amount", 999_999.99, 999_999.99),
    ("order_id", 0, "0"), ("order_id", "A-17", "A-17"), ("user_id", "007", "007"),
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
