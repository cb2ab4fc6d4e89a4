"""Lesson 01: what a pull that survives crashes, tests of a cleaner, and a cleaner must do."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.answers import Answer, Failed, Handle, NotAttempted, Stopped, answer, answers, plain
from dataml_lab.checks.exercise import Exercise
from dataml_lab.pipeline import clean_order
from dataml_lab.store import Faults, Store

Row = dict[str, Any]

# ------------------------------------------------------------------------------------------------ exercise 1

PAGE = 20  # rows a page


@dataclass
class Depot:
    """The deliveries that an API serves at first, and those that are new or changed later.

    Rows are in order of (updated_at, delivery_id); a tie of updated_at crosses each border of a page, and one
    of the later rows has the very updated_at of the last row before it.
    """

    rows: list[Row]
    later: list[Row]
    oracle: Callable | None = None

    @property
    def all_rows(self) -> list[Row]:
        """The newest version of each delivery, once all that is new or changed has arrived."""
        return in_order({row["delivery_id"]: row for row in self.rows + self.later}.values())


def depot(seed: int) -> Depot:
    """A depot of 85 to 115 deliveries, with 25 to 35 new or changed later."""
    random = np.random.default_rng(seed)
    count = int(random.integers(85, 116))
    count += count % PAGE == 0  # the last page is never full, so that it can be told from an empty one
    seconds = np.cumsum(random.integers(1, 90, count))
    for border in range(PAGE, count, PAGE):
        seconds[border] = seconds[border - 1]
    ids = [int(i) for i in random.permutation(np.arange(1_000, 1_000 + 2 * count))]
    rows = in_order(_delivery(random, ids.pop(), second) for second in seconds)
    tie = _delivery(random, ids.pop(), int(seconds[-1]))
    after = [_delivery(random, ids.pop(), int(seconds[-1]) + k) for k in range(1, int(random.integers(21, 30)))]
    changed = [{**rows[int(i)], "status": "returned", "updated_at": _moment(int(seconds[-1]) + 40 + int(i))}
               for i in random.choice(count // 2, 3, replace=False)]
    return Depot(rows, in_order([tie, *after, *changed]))


def _delivery(random: np.random.Generator, delivery_id: int, second: int) -> Row:
    return {"delivery_id": delivery_id, "courier_id": int(random.integers(1, 30)),
            "distance_km": round(float(random.uniform(0.4, 12)), 1),
            "status": str(random.choice(["under way", "delivered"])), "updated_at": _moment(int(second))}


def _moment(second: int) -> str:
    return (datetime(2025, 3, 1, 8) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_order(rows: Any) -> list[Row]:
    """Deliveries as the API lists them."""
    return sorted(rows, key=lambda row: (row["updated_at"], row["delivery_id"]))


class Crash(Stopped):
    """The process that ran the answer is gone."""


class Process:
    """One run of an answer: counts its steps, and crashes at one of them; nothing goes on after a crash."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.crash_at, self.steps = crash_at, []

    @property
    def crashed(self) -> bool:
        """Whether the crash has come."""
        return self.crash_at is not None and len(self.steps) >= self.crash_at

    def step(self, name: str) -> None:
        """Something that a crash can come just before."""
        if not self.crashed:
            self.steps.append(name)
        if self.crashed:
            raise Crash


class Disk:
    """What outlives a process: the stored rows by their keys, and the checkpoint."""

    def __init__(self) -> None:
        self.rows, self.checkpoint = {}, None


class State(Handle):
    """What `fetch_all` is given as `state`: the way of one process to the disk."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk, self._process = disk, process

    def load(self) -> Any:
        """The checkpoint that was saved last; None at first."""
        return self._disk.checkpoint

    def save(self, checkpoint: Any) -> None:
        """Keeps a checkpoint in place of the last one."""
        self._process.step("before state.save")
        self._disk.checkpoint = plain(checkpoint)
        self._process.step("after state.save")

    def write(self, rows: dict) -> None:
        """Stores rows under their keys, one after the other; under a key that exists, in place of that row."""
        if not isinstance(rows, dict):
            raise TypeError(f"state.write takes a dict of key and row, not a {type(rows).__name__}")
        self._process.step("before state.write")
        for number, (key, row) in enumerate(rows.items()):
            if number == len(rows) // 2:
                self._process.step("in the middle of state.write")
            self._disk.rows[plain(key)] = plain(row)
        self._process.step("after state.write")


class Api(Handle):
    """What `fetch_all` is given as `api`: deliveries in pages, with troubles at some of its requests.

    A trouble is the status to answer with: 500, or 429 with the seconds to wait as `retry_after`.
    """

    def __init__(self, rows: list[Row], process: Process, troubles: Mapping[int, Row] | None = None) -> None:
        self._rows, self._process, self._troubles = rows, process, troubles or {}
        self._limit = 20 + 6 * len(rows) // PAGE + 3 * len(self._troubles)
        self.requests = self.hurried = 0
        self._clock = self._not_before = 0.0

    def get(self, since: str | None = None, page: int = 1) -> Row:
        """A page of the deliveries with updated_at of `since` or later."""
        if not (since is None or isinstance(since, str)) or not isinstance(page, int) or page < 1:
            raise TypeError("api.get takes since: an updated_at as text or None, and page: a number from 1")
        self._process.step("before api.get")
        self.requests += 1
        if self.requests > self._limit:
            raise Stopped(f"It asked the API {self._limit} times and was not done, for {len(self._rows)} deliveries "
                          f"in pages of {PAGE}: when does its loop end?")
        return self._trouble() or self._page(since, page)

    def _trouble(self) -> Row | None:
        if self._clock < self._not_before:
            self.hurried += 1
            return {"status": 429, "retry_after": self._not_before - self._clock, "rows": []}
        trouble = self._troubles.get(self.requests)
        if trouble:
            self._not_before = self._clock + trouble.get("retry_after", 0)
            return {"rows": [], **trouble}
        return None

    def _page(self, since: str | None, page: int) -> Row:
        rows = [row for row in self._rows if since is None or row["updated_at"] >= since]
        return {"status": 200, "rows": [dict(row) for row in rows[(page - 1) * PAGE:page * PAGE]]}

    def wait(self, seconds: float) -> None:
        """Lets the API's clock run on; nobody really waits."""
        if seconds < 0:
            raise ValueError("api.wait takes seconds from 0 on")
        self._clock += seconds


def run(fetch_all: Answer, disk: Disk, rows: list[Row], crash_at: int | None = None,
        troubles: Mapping[int, Row] | None = None) -> tuple[Process, Api]:
    """One run of the answer on this disk, against an API with these rows, to its end or its crash."""
    process = Process(crash_at)
    api = Api(rows, process, troubles)
    try:
        fetch_all(api, State(disk, process))
    except Crash:
        pass
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    return process, api


def amiss(disk: Disk, rows: list[Row]) -> str | None:
    """How the stored rows differ from those that were served; None where each is stored once."""
    stored = [row for row in disk.rows.values() if isinstance(row, dict)]
    times = Counter(row.get("delivery_id") for row in stored)
    by_id = {row.get("delivery_id"): row for row in stored}
    twice = [i for i, count in times.items() if count > 1]
    if twice:
        return (f"delivery {twice[0]} is stored {times[twice[0]]} times: write a row under a key that is the same "
                "whenever that delivery comes, and different for every other")
    lost = [row for row in rows if row["delivery_id"] not in by_id]
    if lost:
        return f"{len(lost)} of {len(rows)} deliveries were served and are not stored{_tie(lost[0], stored)}"
    wrong = [row for row in rows if by_id[row["delivery_id"]] != row]
    if wrong:
        return f"delivery {wrong[0]['delivery_id']} is not stored as it was served last"
    if len(disk.rows) != len(rows):
        return f"{len(disk.rows)} rows are stored where {len(rows)} deliveries were served"
    return None


def _tie(lost: Row, stored: list[Row]) -> str:
    if any(row.get("updated_at") == lost["updated_at"] for row in stored):
        return "; the first of them shares its updated_at with one that is, and they are two deliveries"
    return ""


fetch_all = Exercise("fetch_all", depot, lambda names: answer(names, "fetch_all"))


@fetch_all.demands("stores every row", points=1)
def _stores_every_row(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    run(fetch, disk, world.rows)
    wrong = amiss(disk, world.rows)
    return wrong and f"After one undisturbed run, {wrong}."


@fetch_all.demands("accepts an empty page", points=1)
def _accepts_an_empty_page(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    try:
        run(fetch, disk, [])
    except Failed as failure:
        return f"With no deliveries at all, the first page is empty, and {failure}"
    if disk.rows:
        return "With no deliveries at all, something was stored."
    run(fetch, disk, world.rows)
    wrong = amiss(disk, world.rows)
    return wrong and f"A run that found nothing, then deliveries, then a second run: {wrong}."


TROUBLES = {1: {"status": 500}, 3: {"status": 429, "retry_after": 7}, 5: {"status": 500}, 6: {"status": 500},
            8: {"status": 429, "retry_after": 30}}


@fetch_all.demands("waits and tries again", points=1)
def _waits_and_tries_again(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    try:
        _, api = run(fetch, disk, world.rows, troubles=TROUBLES)
    except Failed as failure:
        return f"With a 500 or a 429 now and then, {failure}"
    wrong = amiss(disk, world.rows)
    if wrong:
        return f"With a 500 or a 429 now and then, {wrong}. A page that failed must be asked for again."
    return api.hurried and ("After a 429 it asked again too soon: let `api.wait` pass the seconds that `retry_after` "
                            "names, then ask.") or None


@fetch_all.demands("continues where it stopped", points=1)
def _continues_where_it_stopped(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    run(fetch, disk, world.rows)
    _, api = run(fetch, disk, world.all_rows)
    newest = {row["delivery_id"] for row in world.all_rows[-len(world.later) + 1:]}
    if newest - {row.get("delivery_id") for row in disk.rows.values()}:
        return "New deliveries came after the first run, and the second run did not store them."
    pages = math.ceil((len(world.later) + 2) / PAGE) + 2
    if api.requests > pages:
        return (f"The second run asked {api.requests} times where {pages} would do: it fetched again what an earlier run "
                "had stored. Begin at the checkpoint.")
    return _continues_after_a_crash(fetch, world)


def _continues_after_a_crash(fetch: Answer, world: Depot) -> str | None:
    """A crash on the last page costs that page, not all."""
    whole, _ = run(fetch, Disk(), world.rows)
    disk = Disk()
    run(fetch, disk, world.rows, crash_at=len(whole.steps) - 1)
    _, api = run(fetch, disk, world.rows)
    if api.requests > 4:
        return (f"After a crash on the last page the next run asked {api.requests} times, as if nothing had been stored. "
                "Save a checkpoint after each page.")
    return None


@fetch_all.demands("loses no tie", points=1)
def _loses_no_tie(fetch: Answer, world: Depot) -> str | None:
    disk = Disk()
    run(fetch, disk, world.rows)
    run(fetch, disk, world.all_rows)
    wrong = amiss(disk, world.all_rows)
    return wrong and (f"New and changed deliveries came, one with the very updated_at of the last row before. After a "
                      f"second run, {wrong}.")


@fetch_all.demands("survives a crash", points=2)
def _survives_a_crash(fetch: Answer, world: Depot) -> str | None:
    whole, _ = run(fetch, Disk(), world.rows)
    if len(whole.steps) < 2 * len(world.rows) // PAGE:
        return "It did not use api and state enough to store the deliveries."
    for crash_at in range(1, len(whole.steps) + 1):
        disk = Disk()
        crashed, _ = run(fetch, disk, world.rows, crash_at)
        run(fetch, disk, world.rows, crash_at=crash_at // 2 + 1)
        run(fetch, disk, world.rows)
        wrong = amiss(disk, world.rows)
        if wrong:
            return f"After a crash {crashed.steps[-1]} and reruns, {wrong}.{_why(crashed.steps)}"
    return None


def _why(steps: list[str]) -> str:
    """What a crash at the last of these steps shows about the order of writing and saving."""
    done = [step for step in steps if step in ("after state.write", "after state.save")]
    if steps[-1] == "after state.write":
        return ""
    if done.count("after state.save") > done.count("after state.write"):
        return " The checkpoint was saved before the rows that it stands for were written."
    return ""


# ------------------------------------------------------------------------------------------------ exercise 2

class Cleaner(NamedTuple):
    """A correct or faulty `clean_order`, with what is wrong about it."""

    clean: Callable[[Row], Row | None]
    fault: str = ""


@dataclass
class Cleaners:
    """Correct cleaners that differ in what the contract leaves open, and faulty ones by the name of their area."""

    correct: list[Cleaner]
    faulty: dict[str, Cleaner]
    oracle: Callable | None = None


def cleaners(seed: int) -> Cleaners:
    """The cleaners of a seed: it decides what a correct one adds to the fields of the contract."""
    random = np.random.default_rng(seed)
    extra = {str(random.choice(["source", "batch", "cleaned_by"])): int(random.integers(1, 100))}

    def with_more_fields(raw: Row) -> Row | None:
        cleaned = clean_order(raw)
        return cleaned and {**extra, **cleaned}

    return Cleaners([Cleaner(clean_order), Cleaner(with_more_fields, "adds a field of its own")], FAULTY)


def _total(raw: Row) -> float | None:
    """The total of a raw order as a number, NaN included; None where it is none."""
    try:
        return float(raw["total"])
    except (KeyError, TypeError, ValueError):
        return None


def _refuses_text(raw: Row) -> Row | None:
    return None if isinstance(raw.get("total"), str) else clean_order(raw)


def _keeps_nan(raw: Row) -> Row | None:
    total = _total(raw)
    if total is None or not math.isnan(total):
        return clean_order(raw)
    cleaned = clean_order({**raw, "total": 0})
    return cleaned and {**cleaned, "total": math.nan}


def _refuses_zero(raw: Row) -> Row | None:
    return None if _total(raw) == 0 else clean_order(raw)


def _turns_negatives(raw: Row) -> Row | None:
    total = _total(raw)
    return clean_order({**raw, "total": -total} if total is not None and total < 0 else raw)


def _accepts_millions(raw: Row) -> Row | None:
    total = _total(raw)
    if total is None or not 1_000_000 <= total < math.inf:
        return clean_order(raw)
    cleaned = clean_order({**raw, "total": 0})
    return cleaned and {**cleaned, "total": total}


def _names_nobody(raw: Row) -> Row | None:
    return clean_order({**raw, "user_id": "None"} if "user_id" in raw and raw["user_id"] is None else raw)


def _fills_totals(raw: Row) -> Row | None:
    return clean_order({**raw, "total": 0} if raw.get("total") is None else raw)


def _drops_offsets(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    if cleaned is None:
        return None
    local = datetime.fromisoformat(raw["occurred_at"])
    return {**cleaned, "occurred_at": local.replace(tzinfo=cleaned["occurred_at"].tzinfo)}


def _keeps_numeric_ids(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    return cleaned and {**cleaned, "order_id": raw["order_id"]}


def _cuts_cents(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    return cleaned and {**cleaned, "total": float(int(cleaned["total"]))}


def _raises_on_dates(raw: Row) -> Row | None:
    datetime.fromisoformat(str(raw.get("occurred_at")))
    return clean_order(raw)


def _changes_the_raw_order(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    raw.update(cleaned or {})
    return cleaned


FAULTY = {
    "totals written as text": Cleaner(_refuses_text, "refuses every total that is written as text"),
    "totals that are not a number": Cleaner(_keeps_nan, "keeps a total of NaN"),
    "a total of nothing": Cleaner(_refuses_zero, "refuses a total of zero, which the contract allows"),
    "negative totals": Cleaner(_turns_negatives, "makes a negative total positive"),
    "very large totals": Cleaner(_accepts_millions, "accepts a total of a million"),
    "a user that is null": Cleaner(_names_nobody, "makes a null user_id the user “None”"),
    "a total that is missing": Cleaner(_fills_totals, "takes a missing total for zero"),
    "times with an offset": Cleaner(_drops_offsets, "drops the offset of occurred_at"),
    "the type of an id": Cleaner(_keeps_numeric_ids, "leaves order_id a number"),
    "cents": Cleaner(_cuts_cents, "cuts off the cents"),
    "dates that don't exist": Cleaner(_raises_on_dates, "raises an error at a date that doesn't exist"),
    "the caller's record": Cleaner(_changes_the_raw_order, "changes the raw order that it was given"),
}


def attempted(tests: list[Answer]) -> list[Answer]:
    """The tests that are more than a stub; `NotAttempted` where none is."""
    found = []
    for test in tests:
        try:
            complaint(test, clean_order)
        except NotAttempted:
            continue
        found.append(test)
    if not found:
        raise NotAttempted("each test still returns NotImplemented")
    return found


def complaint(test: Answer, clean: Callable) -> str | None:
    """Why the test fails on this cleaner; None where it passes. What the cleaner did to the raw orders of the test
    is undone afterwards, since other tests may share them."""
    lent = []

    def remembering(raw: Any) -> Row | None:
        if isinstance(raw, dict):
            lent.append((raw, dict(raw)))
        return clean(raw)

    try:
        test(remembering)
    except Failed as failure:
        return str(failure)
    finally:
        for raw, before in reversed(lent):
            raw.clear()
            raw.update(before)
    return None


cleaner_tests = Exercise("cleaner_tests", cleaners, lambda names: attempted(answers(names, "test_*")))


@cleaner_tests.demands("passes on correct cleaners", points=0, gate=True)
def _passes_on_correct_cleaners(tests: list[Answer], world: Cleaners) -> str | None:
    for cleaner in world.correct:
        for test in tests:
            wrong = complaint(test, cleaner.clean)
            if wrong and cleaner.fault:
                return (f"{test.name} fails on a correct cleaner that {cleaner.fault}, which the contract doesn't "
                        "forbid: compare the fields that you mean, not the whole record.")
            if wrong:
                return f"{test.name} fails on a correct cleaner: {wrong} Read the contract again."
    return None


def _catches(area: str) -> Callable[[list[Answer], Cleaners], str | None]:
    """The property of tests that one of them fails on the faulty cleaner of this area."""
    def nobody_notices(tests: list[Answer], world: Cleaners) -> str | None:
        cleaner = world.faulty[area]
        if any(complaint(test, cleaner.clean) for test in tests):
            return None
        return f"A cleaner that {cleaner.fault} passes all your tests."
    return nobody_notices


for area in FAULTY:
    cleaner_tests.demands(f"tests {area}", points=0.5)(_catches(area))


# ------------------------------------------------------------------------------------------------ exercise 3

FIELDS = ("payment_id", "order_id", "user_id", "amount", "method", "occurred_at")
METHODS = ("card", "paypal", "transfer", "voucher")
ABSENT = object()  # the value of a field that is left out


class Fault(NamedTuple):
    """A field of a raw payment with a value that no payment has, and a hint for whoever kept it."""

    field: str
    value: Any
    hint: str = ""

    def __str__(self) -> str:
        return f"without {self.field}" if self.value is ABSENT else f"with {self.field} = {self.value!r}"

    def put_into(self, raw: Row) -> Row:
        """The raw payment with this fault."""
        rest = {field: value for field, value in raw.items() if field != self.field}
        return rest if self.value is ABSENT else {**rest, self.field: self.value}


NO_NUMBER = "Not everything that is there is a number."
ALLOWED = "Ask for what is allowed, 0 <= amount < 1,000,000: whatever is not, is refused, NaN too."
NO_NAME = "str(None) is the text “None”, a customer who doesn't exist."
BAD_AMOUNTS = [
    Fault("amount", -12.5, ALLOWED), Fault("amount", "-3", ALLOWED), Fault("amount", math.nan, ALLOWED),
    Fault("amount", "nan", ALLOWED), Fault("amount", math.inf, ALLOWED), Fault("amount", 1_000_000, ALLOWED),
    Fault("amount", "2500000", ALLOWED), Fault("amount", "twelve", NO_NUMBER), Fault("amount", "", NO_NUMBER),
    Fault("amount", None, "An amount that is missing is not an amount of zero."),
    Fault("amount", ABSENT, "An amount that is missing is not an amount of zero."),
]
BAD_NAMES = [
    *(Fault(field, value, NO_NAME) for field in ("payment_id", "order_id", "user_id") for value in (None, ABSENT)),
    Fault("user_id", "", "Empty text names nobody."),
    Fault("occurred_at", None), Fault("occurred_at", ABSENT), Fault("occurred_at", "soon"),
    Fault("occurred_at", "2025-02-30T12:00:00+01:00", "February has no such day."),
    Fault("occurred_at", "2025-03-01T12:00:00", "Without an offset nobody knows when that was."),
    Fault("method", "cash", "That is none of the four methods."), Fault("method", None), Fault("method", ABSENT),
]
ODD = (None, [], "payment", 7, {}, {"payment_id": [1]}, {"amount": {}, "occurred_at": 3, "method": []})


class Case(NamedTuple):
    """A raw payment that is to be kept, and what it cleans to."""

    raw: Row
    clean: Row


class Pair(NamedTuple):
    """Two raw payments that differ in one field: the faulty one is to be refused, the sound one kept."""

    sound: Row
    fault: Fault


@dataclass
class Payments:
    """Raw payments of a small shop, by what has to become of them: from the Store's fault plan, and planted."""

    sound: list[Case]
    repairable: list[Case]
    bad_amounts: list[Pair]
    bad_names: list[Pair]
    odd: list[Any]
    oracle: Callable | None = None


def payments(seed: int) -> Payments:
    """The payments of a shop with 60 users in 45 days, and each planted fault in one of them."""
    random = np.random.default_rng(seed)
    sound, repairable, faulty = exported_payments(seed)
    some = (sound[int(i)] for i in random.integers(0, len(sound), 10_000))
    pairs = [*faulty, *(Pair(next(some).raw, fault) for fault in BAD_AMOUNTS + BAD_NAMES)]
    edges = [_changed(next(some), "amount", amount, float(amount)) for amount in (0, 0.0, 17, 999_999.99, "0")]
    spellings = [_changed(next(some), "method", word, word.strip().lower()) for word in (" card", "PayPal", "VOUCHER")]
    odd = [*ODD, *(_compound(next(some).raw, random) for _ in range(40))]
    return Payments(sound + edges[:4], repairable + edges[4:] + spellings,
                    [pair for pair in pairs if pair.fault.field == "amount"],
                    [pair for pair in pairs if pair.fault.field != "amount"], odd)


def exported_payments(seed: int) -> tuple[list[Case], list[Case], list[Pair]]:
    """The Store's raw payments: sound ones, repairable ones, and faulty ones paired with what they should be."""
    store = Store(users=60, days=45, seed=seed)
    raw = store.raw("payments", Faults(number_as_text=0.06, null_field=0.03, negative=0.03, zone_dropped=0.03))
    truth = {row["payment_id"]: _true(row) for row in store.payments.to_dict("records")}
    plan = raw.plan[~raw.plan["fault"].isin(["late", "unknown_field", "repeated"])].set_index("line")
    sound, repairable, faulty = [], [], []
    for number, line in enumerate(raw.lines, 1):
        fault = plan.loc[number] if number in plan.index else None
        if fault is None:
            record = json.loads(line)
            sound.append(Case(record, truth[record["payment_id"]]))
        elif fault["field"] in FIELDS:
            _sort_in(json.loads(line), fault, truth, repairable, faulty)
    return sound, repairable, faulty


def _sort_in(record: Row, fault: Any, truth: dict, repairable: list[Case], faulty: list[Pair]) -> None:
    """Adds a record with one fault to those that can be repaired, or to the pairs."""
    found = Fault(fault["field"], record.get(fault["field"], ABSENT))
    original = {**record, fault["field"]: json.loads(fault["original"])}
    if fault["expected"] == "repair":
        repairable.append(Case(record, truth[original["payment_id"]]))
    else:
        faulty.append(Pair(original, found))


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
    clean = answer(names, "clean")
    try:
        return Work(clean, attempted(answers(names, "test_*")))
    except NotAttempted:
        return Work(clean, [])


clean_payments = Exercise("clean_payments", payments, work,
                          fair=lambda world: len(world.sound) >= 40 and len(world.repairable) >= 6)


def outcome(clean: Answer, raw: Any) -> Row | None:
    """What the cleaner makes of a raw payment. Raises Failed, naming the record, where it raises."""
    try:
        cleaned = clean(raw)
    except Failed as failure:
        raise Failed(f"At {raw!r}: {failure}") from None
    if not (cleaned is None or isinstance(cleaned, dict)):
        raise Failed(f"At {raw!r}: it returned {cleaned!r}, neither a dict nor None.")
    return cleaned


def _differs(cleaned: Row, expected: Row) -> str | None:
    """The first field that is not as expected, in words; None where all are."""
    for field, value in expected.items():
        if field not in cleaned:
            return f"{field} is missing"
        if type(cleaned[field]) is not type(value) or cleaned[field] != value:
            return f"{field} is {cleaned[field]!r}, where {value!r} was expected"
    aware = cleaned["occurred_at"].utcoffset()
    return None if aware == timedelta(0) else f"occurred_at is {cleaned['occurred_at']!r}, which is not in UTC"


@clean_payments.demands("keeps sound payments", points=1)
def _keeps_sound_payments(answer: Work, world: Payments) -> str | None:
    refused = [case.raw for case in world.sound if outcome(answer.clean, case.raw) is None]
    return refused and f"It refused {len(refused)} of {len(world.sound)} sound payments, such as {refused[0]}." or None


@clean_payments.demands("returns their true values", points=1)
def _returns_true_values(answer: Work, world: Payments) -> str | None:
    kept = [(case, cleaned) for case in world.sound if (cleaned := outcome(answer.clean, case.raw)) is not None]
    for case, cleaned in kept:
        wrong = _differs(cleaned, case.clean)
        if wrong:
            return f"Of {case.raw}, {wrong}."
    return None if kept else "It kept nothing."


@clean_payments.demands("repairs what can be repaired", points=1)
def _repairs(answer: Work, world: Payments) -> str | None:
    for case in world.repairable:
        cleaned = outcome(answer.clean, case.raw)
        if cleaned is None:
            return f"It refused {case.raw}, which can be read: see what the contract says about spellings."
        if cleaned.get("amount") != case.clean["amount"] or cleaned.get("method") != case.clean["method"]:
            return f"Of {case.raw} it made amount {cleaned.get('amount')!r} and method {cleaned.get('method')!r}."
    return None


def _kept(clean: Answer, pairs: list[Pair]) -> str | None:
    """How many faulty payments were kept, and a hint about the first; or that a sound one was refused."""
    kept = [pair for pair in pairs if outcome(clean, pair.fault.put_into(pair.sound)) is not None]
    if kept:
        return (f"It kept {len(kept)} of {len(pairs)} faulty payments, such as one {kept[0].fault}. "
                f"{kept[0].fault.hint}").strip()
    if all(outcome(clean, pair.sound) is None for pair in pairs):
        return "It refused the faulty payments, and the same payments without the fault as well."
    return None


@clean_payments.demands("refuses impossible amounts", points=1)
def _refuses_amounts(answer: Work, world: Payments) -> str | None:
    return _kept(answer.clean, world.bad_amounts)


@clean_payments.demands("refuses what has no identity, time or method", points=1)
def _refuses_names(answer: Work, world: Payments) -> str | None:
    return _kept(answer.clean, world.bad_names)


@clean_payments.demands("takes any record and leaves it as it was", points=1)
def _takes_any_record(answer: Work, world: Payments) -> str | None:
    records = [case.raw for case in world.sound + world.repairable] + world.odd
    results = [(raw, _untouched(answer.clean, raw)) for raw in records]
    if all(cleaned is None for _, cleaned in results):
        return "It refused every record."
    for raw, cleaned in results if world.oracle else []:
        expected = world.oracle(raw)
        if (cleaned is None) != (expected is None) or (expected and _differs(cleaned, expected)):
            return f"Of {raw!r} it made {cleaned!r}."
    return None


def _untouched(clean: Answer, raw: Any) -> Row | None:
    """What the cleaner makes of a record; Failed if it changes the record."""
    cleaned = outcome(clean, raw)
    _, (after,) = clean.and_after(raw)
    if repr(after) != repr(raw):
        raise Failed(f"It changed the record that it was given, from {raw} to {after}. Build a new dict instead.")
    return cleaned


@clean_payments.demands("passes your own tests", points=1)
def _passes_own_tests(answer: Work, world: Payments) -> str | None:
    caught = sum(any(complaint(test, cleaner.clean) for test in answer.tests) for cleaner in FAULTY.values())
    if caught < len(FAULTY) / 2:
        return f"Your tests of exercise 2 notice {caught} of {len(FAULTY)} faulty cleaners: this counts from half on."
    for test in answer.tests:
        if complaint(test, clean_order):
            return f"{test.name} fails on a correct cleaner of orders: mend it first."
        wrong = complaint(test, as_order_cleaner(answer.clean.function))
        if wrong:
            return f"Your own {test.name} fails on it, with payment_id for order_id and amount for total: {wrong}"
    return None


SAME = {"order_id": "payment_id", "user_id": "user_id", "total": "amount", "occurred_at": "occurred_at"}


def as_order_cleaner(clean: Callable) -> Callable:
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


EXERCISES = [fetch_all, cleaner_tests, clean_payments]
