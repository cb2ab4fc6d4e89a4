import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.features import windows
from dataml_lab.features.definition import Feature, View, check
from dataml_lab.features.windows import compute, latest
from tests.features.oracle import BEGIN, alike, events_frame, rows_frame, slow, worlds

MANY = settings(deadline=None, max_examples=150)
FEW = settings(deadline=None, max_examples=40)
AMOUNTS = st.floats(-1e6, 1e6) | st.floats(-1e300, 1e300) | st.sampled_from([0.1, 0.2, 1e17, -1e17, 5e-324])


def view(*features):
    """A view of these features under names of their kind."""
    return View("toys", tuple(Feature(kind, kind, *rest) for kind, *rest in features))


def toys(*totals, user=1):
    """An event an hour, from the beginning on, with these totals."""
    times = [BEGIN + timedelta(hours=hour) for hour in range(len(totals))]
    return pd.DataFrame({"user_id": user, "occurred_at": times, "total": totals})


ASKED = pd.DataFrame({"user_id": [1], "as_of": [BEGIN + timedelta(days=2)]})


def test_what_is_computed_is_what_the_slow_way_finds(examples):
    @settings(max_examples=4 * examples)
    @given(worlds())
    def holds(world):
        events, rows = world.events.copy(), world.rows.copy()
        alike(compute(*world), slow(*world))
        pd.testing.assert_frame_equal(world.events, events)
        pd.testing.assert_frame_equal(world.rows, rows)

    holds()


@FEW
@given(worlds())
def test_it_is_the_same_where_moments_are_places_among_all_moments(world):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "ROOM", 0)
        alike(compute(*world), slow(*world))


@FEW
@given(worlds())
def test_it_is_the_same_on_several_cores(world):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "CHUNK", 2)
        alike(compute(*world), slow(*world))


@FEW
@given(worlds())
def test_rows_may_be_the_events_themselves(world):
    events = world.events.dropna(subset=["user_id", "occurred_at"])
    rows = events[["user_id", "occurred_at"]].rename(columns={"occurred_at": "as_of"}).astype({"user_id": "int64"})
    alike(compute(world.view, events, rows), slow(world.view, events, rows))


KEYS = {
    "text": lambda keys: keys.map({1: "ann", 2: "bob", 3: "cem", 4: "dee"}).astype("str"),
    "category": lambda keys: keys.map({1: "ann", 2: "bob", 3: "cem", 4: "dee"}).astype("category"),
    "numbered category": lambda keys: keys.astype("category"),
    "float64": lambda keys: keys.astype("float64"),
    "far apart": lambda keys: keys * 2**60,
    "negative": lambda keys: -keys,
}


@pytest.mark.parametrize("make", KEYS.values(), ids=KEYS)
@settings(deadline=None, max_examples=20)
@given(world=worlds())
def test_keys_may_be_of_other_kinds(make, world):
    events, rows = (frame.assign(user_id=make(frame["user_id"])) for frame in world[1:])
    alike(compute(world.view, events, rows), slow(*world))


SPANS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 60), AMOUNTS), max_size=20)


def test_a_row_alone_and_events_in_another_order_give_the_same_bits(examples):
    @settings(max_examples=examples)
    @given(SPANS, st.randoms(use_true_random=False))
    def holds(told, random):
        totals = view(("sum", "total", 1), ("mean", "total"), ("min", "total", 2), ("max", "total", 1))
        times = pd.Series([BEGIN + timedelta(hours=at) for _, at, _ in told], dtype="datetime64[us, UTC]")
        events = pd.DataFrame(told, columns=["user_id", "occurred_at", "total"]).assign(occurred_at=times)
        rows = events[["user_id"]].assign(as_of=times)
        whole = compute(totals, events, rows)
        mixed = events.iloc[random.sample(range(len(events)), len(events))]
        alike(compute(totals, mixed, rows), whole)
        for place in range(len(rows)):
            row = rows.iloc[[place]]
            alike(compute(totals, mixed[mixed["user_id"] == row["user_id"].item()], row), whole.iloc[[place]])

    holds()


@MANY
@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_a_sum_is_the_exact_one_rounded(totals):
    found = compute(view(("sum", "total")), toys(*totals), ASKED)["sum"].item()
    exact = math.fsum(totals)
    assert abs(found - exact) <= math.ulp(exact)


@pytest.mark.parametrize("great", [1e30, 1e53, 1e290, 1e300, 1.7e308])
def test_how_great_the_totals_of_others_are_does_not_change_a_sum(great):
    events = toys(76277.5, 4503599625197067.0)
    for of_whom in (events, pd.concat([events, toys(great, user=2)])):
        assert compute(view(("sum", "total")), of_whom, ASKED)["sum"].item() == 4503599625273344.5
    rows = ASKED.assign(user_id=2)
    assert compute(view(("sum", "total")), toys(great, -great, great, user=2), rows)["sum"].item() == great


def test_infinite_totals_are_added_where_they_are_known():
    totals = view(("sum", "total"), ("min", "total"), ("max", "total"))
    rows = pd.DataFrame({"user_id": 1, "as_of": [BEGIN + timedelta(minutes=60 * n + 1) for n in range(3)]})
    found = compute(totals, toys(1.0, math.inf, -math.inf), rows)
    assert found.to_numpy().tolist()[:2] == [[1, 1, 1], [math.inf, 1, math.inf]]
    assert math.isnan(found["sum"][2]) and found["min"][2] == -math.inf


@pytest.mark.parametrize("days", [1, 10**9, None])
def test_a_window_longer_than_time_is_all_the_past(days):
    rows = rows_frame([{"user_id": 1, "as_of": BEGIN + timedelta(hours=2)}])
    assert compute(view(("count", None, days)), toys(1, 2, 3), rows)["count"].item() == 2


LATEST = st.tuples(st.integers(1, 3), st.integers(0, 6))


def test_the_latest_is_what_merge_asof_finds_and_of_equal_ones_the_last(examples):
    @settings(max_examples=4 * examples)
    @given(st.lists(LATEST, max_size=30), st.lists(LATEST, max_size=8))
    def holds(told, asked):
        events = [{"user_id": who, "occurred_at": BEGIN + timedelta(days=at), "items": 0} for who, at in told]
        events = events_frame(events).assign(total=np.arange(len(events)) / 2, shop="north").drop(columns="items")
        rows = rows_frame([{"user_id": who, "as_of": BEGIN + timedelta(days=at)} for who, at in asked])
        left = rows.reset_index(names="row").astype({"user_id": "Int64"}).sort_values("as_of")
        right, how = events.sort_values("occurred_at", kind="stable"), {"left_on": "as_of", "right_on": "occurred_at"}
        wanted = pd.merge_asof(left, right, by="user_id", allow_exact_matches=False, **how).sort_values("row")
        found, columns = latest(events, rows), ["occurred_at", "total", "shop"]
        pd.testing.assert_frame_equal(found[columns], wanted[columns].reset_index(drop=True))
        assert list(found.columns) == list(events.columns.drop("user_id"))

    holds()


def test_the_latest_keeps_labels_that_are_repeated():
    rows = pd.DataFrame({"user_id": [2, 1], "as_of": [BEGIN + timedelta(hours=1)] * 2}, index=["b", "b"])
    found = latest(toys(1.5, 2.5), rows)
    assert list(found.index) == ["b", "b"] and found["total"].tolist()[1] == 1.5 and found["total"].isna().iloc[0]


NAIVE = datetime(2025, 3, 1)
REFUSED = [
    (toys(1.0).assign(occurred_at=NAIVE), ASKED, r"events: occurred_at holds datetime64.*, .*dt\.tz_localize"),
    (toys(1.0), ASKED.assign(as_of=NAIVE), r"rows: as_of holds datetime64.*, .*dt\.tz_localize"),
    (toys(1.0).assign(occurred_at="today"), ASKED, r"events: occurred_at holds str, .*pd\.to_datetime"),
    (toys(1.0).drop(columns="total"), ASKED, r"events: no column 'total'; there are user_id, occurred_at"),
    (toys(1.0), ASKED.drop(columns="as_of"), r"rows: no column 'as_of'; there are user_id"),
    (toys(1.0), ASKED.assign(user_id=None).set_axis(["x"]), "rows: row 'x' has no user_id"),
    (toys(1.0), ASKED.assign(as_of=pd.NaT), "rows: row 0 has no as_of"),
    (toys("much"), ASKED, "events: total holds str, where numbers are needed"),
]


@pytest.mark.parametrize(("events", "rows", "told"), REFUSED, ids=[told[:30] for *_, told in REFUSED])
def test_what_cannot_be_computed_is_told(events, rows, told):
    with pytest.raises(ValueError, match=told):
        compute(view(("sum", "total")), events, rows)


WRONG = {"days": Feature("n", "count", days=1.5), "empty": Feature("n", "distinct", "total", empty=-1.0)}


@pytest.mark.parametrize("feature", WRONG.values(), ids=WRONG)
def test_a_definition_that_no_engine_can_follow_is_refused(feature):
    with pytest.raises(ValueError, match=r"toys\.n: (days=1\.5|empty=-1\.0), where"):
        check(View("toys", (feature,)))


def test_frames_without_rows_and_without_types_work():
    totals = view(("sum", "total"), ("count",), ("distinct", "total"))
    events, rows = (pd.DataFrame(columns=list(frame.columns)) for frame in (toys(1.0), ASKED))
    assert compute(totals, toys(1.0), rows).dtypes.astype(str).tolist() == ["float64", "int64", "int64"]
    assert compute(totals, events, ASKED).to_numpy().tolist()[0][1:] == [0, 0]
    assert latest(events, ASKED)["total"].isna().all() and len(latest(toys(1.0), rows)) == 0


def test_moments_are_compared_across_zones_and_units():
    moment = datetime(2025, 3, 2, tzinfo=UTC)
    events = toys(1.0).assign(occurred_at=pd.to_datetime([moment]).as_unit("s").tz_convert("Asia/Kolkata"))
    for nanoseconds, count in [(-1, 0), (0, 0), (1, 1)]:
        as_of = pd.Timestamp(moment).as_unit("ns") + pd.Timedelta(nanoseconds, "ns")
        assert compute(view(("count",)), events, ASKED.assign(as_of=as_of))["count"].item() == count


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_moments_a_nanosecond_apart_are_in_order_where_others_are_centuries_ago(order):
    moment = pd.Timestamp("2025-03-01", tz="UTC").as_unit("ns")
    times = [pd.Timestamp("1800-01-01", tz="UTC").as_unit("ns"), *(moment + pd.Timedelta(n, "ns") for n in range(3))]
    events = pd.DataFrame({"user_id": 1, "occurred_at": times, "total": np.arange(4.0)}).iloc[order]
    rows = pd.DataFrame({"user_id": 1, "as_of": [moment + pd.Timedelta(n, "ns") for n in (3, 1, 0, 2)]})
    assert compute(view(("count",)), events, rows)["count"].tolist() == [4, 2, 1, 3]
    assert latest(events, rows)["total"].tolist() == [3, 1, 0, 2]
