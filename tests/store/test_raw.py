import datetime as dt
import json
from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from dataml_lab.store import Faults, Store, schema
from dataml_lab.store.faults import UNKNOWN_FIELDS, UNKNOWN_VALUES
from dataml_lab.store.schema import SCHEMAS, TABLES

SMALL, TINY = Store(users=120, days=60, seed=4), Store(users=15, days=20, seed=2)
MANY = Faults(**dict.fromkeys(Faults.__dataclass_fields__, 0.06))
KINDS = {
    "id": int,
    "whole": int,
    "money": (int, float),
    "number": (int, float),
    "category": str,
    "text": str,
    "time": str,
    "flag": bool,
}


def problem(line, fields):
    """Why a line is no record of these fields, or None; unknown fields and late arrival are no problem."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return "malformed"
    for field in fields:
        if field.name not in record:
            return f"{field.name} is missing"
        value = record[field.name]
        if value is None:
            if field.required:
                return f"{field.name} is null"
        elif wrong(value, field):
            return wrong(value, field)
    return None


def wrong(value, field):
    """Why a value isn't one of this field, or None."""
    if not isinstance(value, KINDS[field.kind]):
        return f"{field.name} is a {type(value).__name__}"
    if field.low is not None and not field.low <= value <= (field.high or value):
        return f"{field.name} is out of its limits"
    if field.known and value not in field.known:
        return f"{field.name} is unknown"
    return bad_time(value, field) if field.kind == "time" else None


def bad_time(text, field):
    """Why a text is no moment, or None."""
    try:
        return None if dt.datetime.fromisoformat(text).tzinfo else f"{field.name} has no offset"
    except ValueError:
        return f"{field.name} is no date"


def undone(raw):
    """The records of a raw export by key, with every planned fault taken back and the copies left out."""
    plan, records = defaultdict(dict), {}
    for fault in raw.plan.itertuples():
        plan[fault.line][fault.fault] = fault
    for number, line in enumerate(raw.lines, 1):
        faults = plan[number]
        if "repeated" in faults:
            continue
        record = json.loads(faults["malformed"].original if "malformed" in faults else line)
        for fault in faults.values():
            if fault.fault == "unknown_field":
                del record[fault.field]
            elif fault.fault != "malformed":
                record[fault.field] = json.loads(fault.original)
        assert record[schema(raw.table).key] not in records
        records[record[schema(raw.table).key]] = record
    return records


@pytest.mark.parametrize("table", TABLES)
def test_without_faults_every_row_is_a_sound_line(table):
    raw, frame = SMALL.raw(table, Faults.none()), getattr(SMALL, table)
    assert len(raw.lines) == len(frame) and raw.plan.empty
    assert not [line for line in raw.lines if problem(line, SCHEMAS[table].fields)]
    assert [*json.loads(raw.lines[0])] == SCHEMAS[table].names()


@pytest.mark.parametrize("table", TABLES)
def test_taking_the_plan_back_gives_the_table(table):
    raw, clean = SMALL.raw(table, MANY), SMALL.raw(table, Faults.none())
    assert undone(raw) == undone(clean)
    assert len(raw.lines) == len(clean.lines) + (raw.plan["fault"] == "repeated").sum()


@pytest.mark.parametrize("table", TABLES)
def test_a_line_is_sound_unless_the_plan_says_otherwise(table):
    raw, fields = SMALL.raw(table, MANY), SCHEMAS[table].fields
    expected = raw.plan[raw.plan["fault"] != "repeated"].groupby("line")["expected"].agg(set)
    for number, line in enumerate(raw.lines, 1):
        wants = expected.get(number, set())
        assert bool(problem(line, fields)) == bool(wants & {"repair", "quarantine"}), line


def test_the_clean_lines_are_the_table():
    records = undone(SMALL.raw("orders", Faults.none()))
    for row in SMALL.orders.itertuples():
        record = records[row.order_id]
        same = ("user_id", "product_id", "quantity", "total", "status", "channel")
        assert [record[name] for name in same] == [getattr(row, name) for name in same]
        for name in ("occurred_at", "received_at"):
            assert dt.datetime.fromisoformat(record[name]) == getattr(row, name)


def test_times_are_on_the_clock_of_the_users_country():
    country = SMALL.users.set_index("user_id")["country"]
    ends = {"DE": "+01:00", "FR": "+01:00", "GB": "+00:00", "FI": "+02:00", "GR": "+02:00", "US": "-05:00"}
    for table in ("orders", "deliveries"):
        owner = SMALL.orders.set_index("order_id")["user_id"]
        for line in SMALL.raw(table, Faults.none()).lines[:200]:
            record = json.loads(line)
            first = record["occurred_at" if table == "orders" else "dispatched_at"]
            assert first[-6:] == ends[country[owner[record["order_id"]]]]
            assert record["received_at"].endswith("Z")


def test_what_each_fault_does(store):
    raw = store.raw("orders", MANY)
    broken = raw.plan[raw.plan["fault"] == "malformed"]
    for row in broken.itertuples():
        assert row.original.startswith(raw.lines[row.line - 1]) and raw.lines[row.line - 1] != row.original
    for row in raw.plan[~raw.plan["line"].isin(broken["line"])].itertuples():
        line = raw.lines[row.line - 1]
        record = json.loads(line)
        true = json.loads(row.original) if row.original else None
        assert str(record.get("order_id", row.key)) in (row.key, "None")
        match row.fault:
            case "missing_field":
                assert row.field not in record
            case "null_field":
                assert record[row.field] is None
            case "number_as_text":
                assert isinstance(record[row.field], str) and float(record[row.field]) == true
            case "negative":
                assert record[row.field] == -true < 0
            case "zone_dropped":
                assert true.startswith(record[row.field]) and len(record[row.field]) == 19
            case "impossible_date":
                assert record[row.field][10:] == true[10:]
            case "unknown_category":
                assert record[row.field] in UNKNOWN_VALUES
            case "unknown_field":
                assert row.field in record and row.field in UNKNOWN_FIELDS


def test_ages_of_250_are_among_the_users(store):
    raw = store.raw("users")
    ages = raw.plan[raw.plan["fault"] == "age_250"]
    assert len(ages) > 3
    assert all(json.loads(raw.lines[line - 1])["age"] == 250 for line in ages["line"])


def test_late_lines_arrive_one_to_four_days_after_they_occurred(store):
    raw = store.raw("orders")
    occurred = store.orders.set_index("order_id")["occurred_at"]
    lines = raw.plan.loc[raw.plan["fault"] == "late"]
    wait = raw.received_at[lines["line"] - 1] - occurred.loc[lines["key"].astype(int)].to_numpy("datetime64[us]")
    assert (wait >= np.timedelta64(1, "D")).all() and (wait <= np.timedelta64(4, "D")).all()
    others = np.setdiff1d(np.arange(len(raw.lines)), lines["line"] - 1)
    assert len(lines) > 100 and len(others) > 8_000


def test_copies_say_the_same_and_arrive_later(store):
    raw = store.raw("orders")
    copies = raw.plan[raw.plan["fault"] == "repeated"]
    planned = set(raw.plan.loc[~raw.plan["fault"].isin(["late", "repeated"]), "key"])
    assert not planned & set(copies["key"])
    first = {}
    for line in raw.lines:
        record = json.loads(line) if line.endswith("}") else {}
        first.setdefault(record.get("order_id"), record)
    for row in copies.itertuples():
        copy, original = json.loads(raw.lines[row.line - 1]), first[int(row.key)]
        assert copy.pop("received_at") > original["received_at"] == json.loads(row.original)
        assert copy.items() <= original.items()


@pytest.mark.parametrize("table", TABLES)
def test_lines_are_in_the_order_of_arrival(table):
    raw = SMALL.raw(table, Faults(malformed=0.0))
    stamps = [json.loads(line)["received_at"] for line in raw.lines]
    assert stamps == sorted(stamps)
    assert stamps == [f"{stamp}Z" for stamp in np.datetime_as_string(raw.received_at, unit="s")]


def test_counts_follow_the_rates(store):
    n, plan = len(store.orders), store.raw("orders").plan
    rates = {name: getattr(Faults(), name) for name in Faults.__dataclass_fields__ if name != "age_250"}
    for fault, rate in rates.items():
        assert abs((plan["fault"] == fault).sum() - n * rate) < 4.5 * np.sqrt(n * rate), fault
    assert set(plan["fault"]) == set(rates)


def test_each_record_has_at_most_one_fault_of_content(store):
    plan = store.raw("orders", MANY).plan
    content = plan[~plan["fault"].isin(["late", "repeated"])]
    assert content["key"].is_unique and content["line"].is_unique


def test_ties_in_arrival_are_common(store):
    _, sizes = np.unique(store.raw("orders").received_at, return_counts=True)
    assert (sizes > 1).mean() > 0.1


def test_raw_exports_repeat_themselves_and_leave_the_tables_alone():
    before = SMALL.orders
    first, second = SMALL.raw("orders", MANY), Store(users=120, days=60, seed=4).raw("orders", MANY)
    assert first.lines == second.lines
    assert_frame_equal(first.plan, second.plan)
    assert_frame_equal(SMALL.orders, before)


def test_labels_are_not_exported():
    assert "is_fraud" not in SMALL.raw("payments", Faults.none()).lines[0]


def test_unknown_values_are_unknown_to_every_schema():
    known = {value for table in SCHEMAS.values() for field in table.fields for value in field.known}
    names = {name for table in SCHEMAS.values() for name in table.names()}
    assert not known & set(UNKNOWN_VALUES) and not names & set(UNKNOWN_FIELDS)


@settings(max_examples=25, deadline=None)
@given(
    rates=st.lists(st.floats(0, 0.1), min_size=10, max_size=10),
    late=st.floats(0, 1),
    repeated=st.floats(0, 1),
    table=st.sampled_from(TABLES),
)
def test_any_plan_can_be_taken_back(rates, late, repeated, table):
    assert undone(TINY.raw(table, Faults(repeated, late, *rates))) == clean_records(table)


@cache
def clean_records(table):
    """The records of the tiny Store's table, by key."""
    return undone(TINY.raw(table, Faults.none()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"late": 1.5}, r"Faults\(late=1.5\): a share lies between 0 and 1"),
        ({"negative": -0.1}, "a share lies between 0 and 1"),
        ({"malformed": 0.6, "null_field": 0.6}, "sum to 1.*: at most 1"),
    ],
)
def test_bad_shares_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Faults(**arguments)


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    raw = SMALL.raw("orders")
    path = raw.write(tmp_path / "orders.jsonl")
    assert path.read_text(encoding="utf-8").split("\n")[:-1] == raw.lines
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        SMALL.raw("orders", MANY).write(path)
    assert path.read_text(encoding="utf-8").split("\n")[:-1] == raw.lines
    assert [file.name for file in tmp_path.iterdir()] == ["orders.jsonl"]


def test_a_raw_export_prints_its_size():
    raw = SMALL.raw("orders", Faults.none())
    assert repr(raw) == f"Raw(orders: {len(raw.lines):,} lines, 0 planned faults)"
