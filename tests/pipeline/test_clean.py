import copy
import json
import time
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import (
    Batch,
    CleanError,
    RawZone,
    Rejected,
    clean_order,
    clean_orders,
    outliers,
    parse_order,
    read,
)
from dataml_lab.pipeline.clean import ORDER, ORDER_TYPES, QUARANTINE_TYPES, number
from dataml_lab.pipeline.ingest import Quarantined
from dataml_lab.store import Store

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
MISSING = object()


def refusal(raw):
    with pytest.raises(Rejected) as caught:
        parse_order(raw)
    return str(caught.value)


# one order


def test_an_order_as_it_comes(raw):
    order = parse_order(raw(coupon="X"))
    assert order == {
        "order_id": "17",
        "user_id": "3",
        "product_id": "5",
        "quantity": 1,
        "total": 42.5,
        "status": "completed",
        "channel": "web",
        "occurred_at": datetime(2025, 3, 1, 10, tzinfo=UTC),
        "received_at": datetime(2025, 3, 1, 10, 0, 3, tzinfo=UTC),
    }
    assert clean_order(raw(coupon="X")) == order


@pytest.mark.parametrize(
    ("field", "value", "clean"),
    [
        ("order_id", "17", "17"),
        ("order_id", " A-17 ", "A-17"),
        ("order_id", 17.0, "17"),
        ("order_id", 0, "0"),
        ("user_id", 2**70, str(2**70)),
        ("total", 0, 0.0),
        ("total", "0.00", 0.0),
        ("total", "42.50", 42.5),
        ("total", " 42.5 ", 42.5),
        ("total", "4.25e1", 42.5),
        ("total", 0.01, 0.01),
        ("total", 999_999.99, 999_999.99),
        ("quantity", "2", 2),
        ("quantity", 2.0, 2),
        ("status", "cancelled", "cancelled"),
        ("channel", "phone", "phone"),
        ("occurred_at", "2025-03-01T00:30:00+02:00", datetime(2025, 2, 28, 22, 30, tzinfo=UTC)),
        ("occurred_at", "2024-02-29T12:00:00Z", datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_a_value_is_repaired_or_kept(raw, field, value, clean):
    order = parse_order(raw(**{field: value}))
    assert order[field] == clean
    assert type(order[field]) is type(clean)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [(field, value, "missing") for field in ORDER for value in (None, MISSING)]
    + [
        (field, value, "not an id")
        for field in ("order_id", "user_id", "product_id")
        for value in (True, "", "  ", float("nan"), float("inf"), 17.5, [17], {"id": 17}, "a\x00b", "\ud800")
    ]
    + [("total", value, "not a number") for value in (True, "", "nan", "inf", "1e999", "1_000", "42,50")]
    + [("total", value, "not a number") for value in (float("nan"), float("inf"), [1], "0x10", "٤٢")]
    + [("total", 10**400, "not a number")]
    + [("total", value, "negative") for value in (-0.01, "-42.50", -1e300)]
    + [("total", value, "too large") for value in (1_000_000, "1e6", 1e300)]
    + [("quantity", 1.5, "not whole"), ("quantity", "1.5", "not whole")]
    + [("quantity", 0, "less than one"), ("quantity", -1, "less than one"), ("quantity", 10**9, "too large")]
    + [("quantity", True, "not a number"), ("quantity", "two", "not a number")]
    + [("status", value, "unknown") for value in ("Completed", "", 1, [], {}, float("nan"))]
    + [("channel", value, "unknown") for value in ("fax", "WEB", ["web"])]
    + [("occurred_at", value, "no offset") for value in ("2025-03-01T12:00:00", "2025-03-01")]
    + [
        (field, value, "not a time")
        for field in ("occurred_at", "received_at")
        for value in ("2025-02-30T12:00:00Z", "soon", "", 1740830400, True, [], "0001-01-01T00:00:00+14:00")
    ],
)
def test_a_value_is_refused(raw, field, value, reason):
    order = raw(**{field: value})
    if value is MISSING:
        del order[field]
    assert refusal(order) == f"{field}: {reason}"
    assert clean_order(order) is None


@pytest.mark.parametrize("field", ORDER)
def test_a_number_of_more_digits_than_python_prints_is_refused(raw, field):
    assert clean_order(raw(**{field: 10**5_000})) is None


@pytest.mark.parametrize("value", [None, [], [{"order_id": 1}], "text", 5, True, float("nan")])
def test_what_is_no_object_is_refused(value):
    assert refusal(value) == "order: not an object"


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_any_json_value_is_an_order_or_rejected_and_stays_as_it_is(raw, data):
    changes = st.dictionaries(st.sampled_from(list(ORDER)), ANY_JSON).map(lambda some: raw(**some))
    value = data.draw(ANY_JSON | changes)
    before = copy.deepcopy(value)
    try:
        order = parse_order(value)
    except Rejected:
        assert clean_order(value) is None
    else:
        assert list(order) == list(ORDER)
        assert clean_order(value) == order
    assert repr_of(value) == repr_of(before)


def repr_of(value):
    """Compares NaN as equal and prints numbers that have too many digits for repr."""
    if isinstance(value, dict):
        return {key: repr_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [repr_of(inner) for inner in value]
    return str(value) if isinstance(value, float) else value


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=999_999.99, allow_nan=False))
def test_text_and_number_are_the_same_total(raw, total):
    assert parse_order(raw(total=total)) == parse_order(raw(total=repr(total)))


# all orders


def test_the_first_received_stays_wherever_it_lies(raw, batch):
    rows = [raw(received_at=f"2025-03-0{day}T00:00:00Z") for day in (3, 2, 4)]
    cleaned = clean_orders(batch(rows))
    assert cleaned.kept["line"].tolist() == [2]
    assert cleaned.quarantined[["line", "reason", "detail"]].values.tolist() == [
        [1, "order: repeated", "kept a.jsonl line 2"],
        [3, "order: repeated", "kept a.jsonl line 2"],
    ]


def test_of_two_received_at_once_the_first_in_the_file_stays(raw, batch):
    assert clean_orders(batch([raw(), raw()])).kept["line"].tolist() == [1]


def test_a_repair_makes_no_conflict(raw, batch):
    later = raw(order_id="17", total="42.50", occurred_at="2025-03-01T10:00:00Z", coupon=1)
    assert clean_orders(batch([raw(), later])).quarantined["reason"].tolist() == ["order: repeated"]


@pytest.mark.parametrize("change", [{"total": 42.51}, {"status": "cancelled"}, {"user_id": 4}])
def test_another_content_under_the_same_id_is_a_conflict(raw, batch, change):
    quarantined = clean_orders(batch([raw(), raw(**change)])).quarantined
    assert quarantined["reason"].tolist() == ["order: conflicts with the one kept"]


def test_two_orders_of_the_same_content_are_two_orders(raw, batch):
    assert len(clean_orders(batch([raw(order_id=1), raw(order_id=2)])).kept) == 2


def test_quarantine_says_what_was_found_and_where(raw, batch):
    row = raw(total=-500)
    quarantined = clean_orders(batch([raw(), row])).quarantined
    assert quarantined.values.tolist() == [["a.jsonl", 2, "total: negative", "found -500", json.dumps(row)]]


@pytest.mark.parametrize("rows", [[], [{}], [{"order_id": 1}] * 2])
def test_tables_have_their_types_whatever_they_hold(batch, rows):
    cleaned = clean_orders(batch(rows))
    assert cleaned.kept.dtypes.astype(str).to_dict() == ORDER_TYPES | {"file": "str", "line": "int64"}
    assert cleaned.quarantined.dtypes.astype(str).to_dict() == QUARANTINE_TYPES


def lines_of_orders(raw):
    faulty = {
        "order_id": st.sampled_from([1, 2, "2", None, float("nan")]),
        "total": st.sampled_from([1, "1.00", 2.5, -1, None]),
        "received_at": st.sampled_from([f"2025-03-0{day}T00:00:00Z" for day in (1, 2)] + ["soon"]),
    }
    order = st.fixed_dictionaries(faulty).map(lambda changes: json.dumps(raw(**changes)).encode())
    return st.lists(order | st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_kept_and_quarantined_are_what_was_received(raw, tmp_path_factory, data):
    lines = data.draw(lines_of_orders(raw))
    zone = RawZone(tmp_path_factory.mktemp("zone"))
    zone.land("a.jsonl", [line + b"\n" for line in lines])
    cleaned = clean_orders(read(zone))
    places = sorted([*cleaned.kept["line"], *cleaned.quarantined["line"]])
    assert places == list(range(1, len(lines) + 1))
    assert cleaned.kept["order_id"].is_unique


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_which_order_is_kept_does_not_depend_on_the_order_of_lines(raw, batch, data):
    days = data.draw(st.permutations(range(1, 10)))
    rows = [raw(order_id=day % 3, total=day, received_at=f"2025-03-0{day}T00:00:00Z") for day in days]
    kept = clean_orders(batch(rows)).kept
    assert sorted(kept["total"]) == [1, 2, 3]


def test_a_lost_row_is_an_error(raw, batch, monkeypatch):
    monkeypatch.setattr("dataml_lab.pipeline.clean.split_repeats", lambda orders: (orders.head(1),) * 2)
    monkeypatch.setattr(Batch, "received", 5)
    with pytest.raises(CleanError, match="5 received, 1 kept, 1 quarantined"):
        clean_orders(batch([raw(), raw(order_id=18)]))


def test_what_reading_refused_stays_refused(raw, batch):
    refused = Quarantined("a.jsonl", 2, "line: not JSON", "", "{")
    cleaned = clean_orders(batch([raw()])._replace(quarantine=[refused]))
    assert cleaned.quarantined.values.tolist() == [list(refused)]


# outliers


def test_wild_values_cannot_hide_one_another():
    values = pd.Series([20.0, 22, 25, 27, 30] * 4 + [9_000] * 3)
    assert not (abs(values - values.mean()) > 3 * values.std()).any()
    assert outliers(values).tolist() == [False] * 20 + [True] * 3


def test_a_missing_value_is_no_outlier_and_the_index_is_kept():
    mask = outliers(pd.Series([1.0, 2.0, None, 3.0, 500.0], index=list("abcde")))
    assert mask.to_dict() == {"a": False, "b": False, "c": False, "d": False, "e": True}


# against the Store's fault plan


@pytest.fixture(scope="module", params=[1, 2])
def scored(request, tmp_path_factory):
    """A faulty export, and its lines in quarantine and kept."""
    store = Store(users=400, days=90, seed=request.param)
    export = store.raw("orders")
    zone = RawZone(tmp_path_factory.mktemp("zone"))
    zone.land("orders.jsonl", [line.encode() + b"\n" for line in export.lines])
    return store, export, clean_orders(read(zone))


def test_exactly_the_faulty_lines_are_quarantined(scored):
    _, export, cleaned = scored
    expected = export.plan.loc[export.plan["expected"] == "quarantine", "line"]
    assert set(cleaned.quarantined["line"]) == set(expected)
    assert len(cleaned.kept) + len(cleaned.quarantined) == len(export.lines)


def test_what_is_kept_is_true(scored):
    store, _, cleaned = scored
    fields = [field for field in ORDER if field != "received_at"]
    truth = store.orders[fields].astype({field: ORDER_TYPES[field] for field in fields})
    truth = truth.set_index("order_id", drop=False).loc[cleaned.kept["order_id"]]
    pd.testing.assert_frame_equal(cleaned.kept[fields], truth.reset_index(drop=True))


def test_each_fault_has_its_reason(scored):
    _, export, cleaned = scored
    plan = export.plan[export.plan["expected"] == "quarantine"].merge(cleaned.quarantined, on="line")
    endings = {
        "repeated": {"repeated"},
        "missing_field": {"missing"},
        "null_field": {"missing"},
        "negative": {"negative", "less than one"},
        "impossible_date": {"not a time"},
        "zone_dropped": {"no offset"},
        "malformed": {"not JSON"},
        "unknown_category": {"unknown"},
    }
    for fault, reasons in plan["reason"].str.split(": ").str[1].groupby(plan["fault"]):
        assert set(reasons) <= endings[fault], fault


@pytest.mark.parametrize("text", ["1" * 200_000 + "x", "." + "1" * 200_000 + "x", "1." + "1" * 200_000 + "x",
                                  "1e" + "1" * 200_000 + "x", "1" * 200_000])
def test_a_long_text_is_told_from_a_number_in_no_time(text):
    began = time.process_time()
    with pytest.raises(ValueError, match="not a number"):
        number(text)
    assert time.process_time() - began < 2  # going back over each digit for each digit takes minutes
