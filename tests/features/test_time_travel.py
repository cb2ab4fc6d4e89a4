import math
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from dataml_lab.features.time_travel import FEW, fewest, planted, poisoned, time_travel
from dataml_lab.store import Store

AS_OF = pd.Timestamp("2025-03-05 12:00", tz="UTC")
DAY, TICK = pd.Timedelta("1D"), pd.Timedelta("1us")
USERS = [3, 1, 2, 9]  # 9 has no events


def shop(rows, unit="us"):
    """Orders of (user, category, total, time since AS_OF), labelled from 100 in no order of time."""
    frame = pd.DataFrame(rows, columns=["user_id", "category", "total", "occurred_at"])
    frame["occurred_at"] = (AS_OF + pd.to_timedelta(frame["occurred_at"])).astype(f"datetime64[{unit}, UTC]")
    types = {"user_id": "int64", "category": "str", "total": "float64"}
    return frame.astype(types).assign(order_id=np.arange(len(frame))[::-1]).set_axis(range(100, 100 + len(frame)))


ORDERS = shop(
    [
        (1, "toys", 10.0, -9 * DAY),
        (2, "books", 20.0, 3 * DAY),  # 101
        (1, "books", 0.1, -1 * DAY),
        (3, "toys", 5.0, -20 * DAY),
        (2, "home", 7.0, -TICK),
        (3, "books", 40.0, 30 * DAY),  # 105
        (1, "garden", 30.0, timedelta(hours=3)),  # 106: the rest of the day
        (1, "books", 0.2, -2 * DAY),
        (1, "books", 50.0, 5 * DAY),  # 108
    ]
)


def honest(events, users, as_of):
    """Features by groups: a count, a sum, a mean, a recency, the newest category, the categories."""
    past = events[events["occurred_at"] < as_of].sort_values(["occurred_at", "order_id"])
    groups = past.groupby("user_id")
    features = {
        "orders": groups.size(),
        "spend": groups["total"].sum(),
        "mean": groups["total"].mean(),
        "days": (as_of - groups["occurred_at"].max()) / DAY,
        "newest": groups["category"].last(),
        "kinds": groups["category"].nunique(),
    }
    return pd.DataFrame(features).reindex(users)


def in_a_loop(events, users, as_of):
    """Features by a loop over rows, summed in an order that depends on the future."""
    shuffled = events.sample(frac=1, random_state=len(events))
    rows = []
    for user in users:
        totals = [row.total for row in shuffled.itertuples() if row.user_id == user and row.occurred_at < as_of]
        rows.append({"spend": sum(totals), "largest": max(totals, default=None), "balance": sum(totals) - 10.3})
    return pd.DataFrame(rows, index=users)


def delayed(events, users, as_of):
    return honest(events, users, as_of - timedelta(hours=1))


def up_to_the_microsecond(events, users, as_of):
    return honest(events[events["occurred_at"] <= as_of - TICK], users, as_of)


def by_running_sums(events, users, as_of):
    """Sums as differences of running ones, which are not quite 0 where nothing was spent."""
    past = events[events["occurred_at"] < as_of].sort_values(["user_id", "occurred_at"])
    running = np.append(0.0, past["total"].cumsum())
    edges = [np.searchsorted(past["user_id"], user, side) for user in users for side in ("left", "right")]
    return pd.DataFrame({"spend": running[edges[1::2]] - running[edges[::2]]}, users)


HONEST = [honest, in_a_loop, delayed, up_to_the_microsecond, by_running_sums]
SINCE = st.sampled_from([-400 * DAY, -DAY, -TICK, 0 * DAY, TICK, DAY, 7 * DAY, 399 * DAY])
ROWS = st.tuples(st.integers(1, 4), st.sampled_from(["toys", "books"]), st.floats(0, 1e5), SINCE)


@pytest.mark.parametrize("features", HONEST)
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(ROWS, max_size=12))
def test_honest_features_do_not_move(features, rows):
    assert time_travel(features, shop(rows), USERS, AS_OF) == []


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_an_event_just_before_counts_and_one_at_the_moment_does_not_in_any_unit(unit):
    events, odd = shop([(1, "toys", 5.0, -TICK * 2)], unit), AS_OF - TICK
    assert time_travel(honest, events, USERS, odd) == []
    found = time_travel(lambda events, users, as_of: honest(events, users, as_of.ceil("s") + TICK), events, USERS, odd)
    assert {moved.column for moved in found} == set(COLUMNS) and {moved.how for moved in found} == {"at as_of"}
    assert found[0].events == (None,) and odd <= found[0].occurred_at < odd + pd.Timedelta(1, "s")


# leaks


def with_column(name, column):
    """Honest features and one more, made from the events by a function of them, the users and as_of."""

    def features(events, users, as_of):
        return honest(events, users, as_of).assign(**{name: column(events, users, as_of)})

    return features


def total(events, users, as_of):
    return events.groupby("user_id")["total"].sum().reindex(users)


def within_a_week(events, users, as_of):
    rows = events[(events["occurred_at"] >= as_of) & (events["occurred_at"] < as_of + 7 * DAY)]
    return pd.Index(users).isin(rows["user_id"])


def since_the_newest(events, users, as_of):
    newest = events[events["occurred_at"] < as_of].groupby("user_id")["occurred_at"].max()
    return ((events["occurred_at"].max() - newest) / DAY).reindex(users)


def against_the_mean(events, users, as_of):
    spend = events[events["occurred_at"] < as_of].groupby("user_id")["total"].sum().reindex(users)
    return spend - events["total"].mean()


def largest_of_all(events, users, as_of):
    return events["total"].max()


def bought_again(events, users, as_of):
    later = events[events["occurred_at"] >= as_of].groupby("user_id").size()
    return (later.reindex(users) >= 2).astype(int)


def crowded(events, users, as_of):
    return len(events) >= 9


def number_of_newest(events, users, as_of):
    return 10**12 + events["order_id"].min()


def inclusive(events, users, as_of):
    return honest(events, users, as_of + TICK)


def rest_of_the_day(events, users, as_of):
    return honest(events, users, as_of.normalize() + DAY)


COLUMNS = ["orders", "spend", "mean", "days", "newest", "kinds"]
LEAKS = [  # column, how it is made, user, before, after, how, events
    ("all", total, 3, 5.0, 45.0, "deleted", (105,)),
    ("label", within_a_week, 1, False, True, "deleted", (106,)),
    ("since", since_the_newest, 3, 20 - TICK / DAY, 20 + 3 / 24, "deleted", (106,)),
    ("against", against_the_mean, 3, 5 - 22.3 / 5, 5 - 52.3 / 6, "deleted", (106,)),
    ("again", bought_again, 1, 0, 1, "deleted", (106, 108)),
    ("crowded", crowded, 3, False, True, "deleted", (106, 101, 108, 105)),
    ("number", number_of_newest, 3, 10**12 + 1, 10**12, "deleted", (108,)),
]


@pytest.mark.parametrize(("name", "leak", "user", "before", "after", "how", "rows"), LEAKS, ids=[x[0] for x in LEAKS])
def test_a_leak_is_named_with_its_user_its_values_and_its_rows(name, leak, user, before, after, how, rows):
    (moved,) = time_travel(with_column(name, leak), ORDERS, USERS, AS_OF)
    assert (moved.column, moved.user, moved.how, moved.events) == (name, user, how, rows)
    assert moved.before == pytest.approx(before, rel=1e-12) and moved.after == pytest.approx(after, rel=1e-12)
    assert moved.occurred_at == ORDERS["occurred_at"][rows[0]]


def test_the_rest_of_the_day_is_found_in_each_column_by_the_row_of_that_day():
    found = {moved.column: moved for moved in time_travel(rest_of_the_day, ORDERS, USERS, AS_OF)}
    assert list(found) == COLUMNS
    for column, before, after in [("orders", 3, 4), ("spend", 10.3, 40.3), ("newest", "books", "garden")]:
        user, first, then, how, rows = found[column][1:6]
        assert (user, first, then, how, rows) == (1, pytest.approx(before), pytest.approx(after), "deleted", (106,))


def test_an_event_at_the_moment_itself_is_the_future_in_the_data_or_made_up():
    for moved in time_travel(inclusive, ORDERS, USERS, AS_OF):
        assert (moved.how, moved.events, moved.occurred_at) == ("at as_of", (None,), AS_OF)
    there = shop([(1, "toys", 1.0, -DAY), (1, "books", 2.0, 0 * DAY)])
    found = time_travel(inclusive, there, USERS, AS_OF)
    assert [(moved.column, moved.how, moved.events) for moved in found] == [(c, "deleted", (101,)) for c in COLUMNS]


def test_what_the_future_happens_not_to_change_is_found_by_other_values():
    orders = ORDERS.assign(total=ORDERS["total"].where(ORDERS["occurred_at"] < AS_OF, 1.0))
    (moved,) = time_travel(with_column("largest", largest_of_all), orders, USERS, AS_OF)
    assert (moved.before, moved.after, moved.how, moved.events) == (10.0, 1001.0, "poisoned", (106,))
    assert moved.occurred_at == ORDERS["occurred_at"][106]


def test_of_many_rows_that_matter_only_together_not_each_is_sought():
    calls = []

    def features(events, users, as_of):
        calls.append(1)
        return pd.DataFrame({"busy": len(events) > 500}, users)

    orders = shop([(1, "toys", 1.0, n * DAY) for n in range(-100, 900)])
    (moved,) = time_travel(features, orders, USERS, AS_OF)
    assert len(moved.events) == 401 and moved.occurred_at == AS_OF and len(calls) < 150
    assert "401 future rows together (labelled 200, 201, 202, 203, 204, 205, 206, 207, …): fewer" in str(moved)


def test_a_row_that_does_it_takes_the_logarithm_of_their_number():
    calls = []

    def features(events, users, as_of):
        calls.append(1)
        return total(events, users, as_of).to_frame()

    orders = shop([(n % 500, "toys", 1.0, n * DAY) for n in range(-50, 4000)])
    (moved,) = time_travel(features, orders, USERS, AS_OF)
    assert moved.user == 3 and moved.events == (153,) and len(calls) <= 6 + math.ceil(math.log2(4000)) + 2


@given(st.sets(st.integers(0, 60), min_size=1, max_size=FEW), st.integers(61, 99))
def test_the_fewest_rows_are_those_that_are_needed(needed, number):
    calls = []

    def moves(rows):
        calls.append(rows)
        return needed <= set(rows)

    assert fewest(moves, list(range(number))) == sorted(needed)
    assert len(calls) <= len(needed) * (math.ceil(math.log2(number)) + 3)


@given(st.lists(st.integers(-2, 2), max_size=7).filter(any))
def test_the_rows_found_move_it_also_where_rows_cancel_each_other(numbers):
    def moves(rows):
        return sum(numbers[row] for row in rows) != 0

    coming = list(range(len(numbers)))
    if moves(coming):
        assert moves(found := fewest(moves, coming)) and len(found) == 1


def test_one_row_is_preferred_to_several():
    assert fewest(lambda rows: rows in ([0], [0, 2], [0, 1, 2]), [0, 1, 2]) == [0]


def test_rows_made_up_are_like_each_of_the_events():
    def toys(events, users, as_of):
        rows = events[(events["occurred_at"] <= as_of) & (events["category"] == "toys")]
        return rows.groupby("user_id").size().reindex(users).fillna(0)

    orders = shop([(1, "books", 1.0, -DAY), (2, "home", 1.0, -DAY), (2, "toys", 1.0, -DAY)])
    (moved,) = time_travel(with_column("toys", toys), orders, [1], AS_OF)
    assert (moved.before, moved.after, moved.how) == (0, 1, "at as_of")


# columns and rows that come and go, failures


def dummies(events, users, as_of):
    return pd.get_dummies(events.groupby("user_id")["category"].first().reindex(users))


def test_columns_that_only_the_future_makes():
    orders = shop([(1, "toys", 1.0, -DAY), (2, "books", 1.0, DAY)])
    whole, *_ = time_travel(dummies, orders, USERS, AS_OF)
    assert whole[:6] == ("books", None, "absent", "there", "deleted", (101,))
    assert "column books: absent from the past alone, there with the future row labelled 101," in str(whole)


def test_users_whom_only_the_future_knows():
    def known_users(events, users, as_of):
        return total(events, users, as_of).dropna().to_frame()

    orders = shop([(1, "toys", 1.0, -DAY), (2, "books", 1.0, DAY)])
    assert [moved[:6] for moved in time_travel(known_users, orders, [1, 2], AS_OF)] == [
        (None, 2, "absent", "there", "deleted", (101,)),
        ("total", 1, 1.0, 1002.0, "poisoned", (101,)),
    ]


def test_features_that_need_the_future_or_fail_at_it():
    def next_order(events, users, as_of):
        return pd.DataFrame({"next": events.loc[events["occurred_at"] > as_of, "total"].iloc[0]}, users)

    (moved,) = time_travel(next_order, ORDERS, USERS, AS_OF)
    assert moved[:6] == (None, None, moved.before, "computed", "deleted", (106,))
    assert str(moved).startswith("the features: IndexError: single positional indexer is out-of-bounds from the past")

    def by_table(events, users, as_of):
        known = {"toys": 1, "books": 2, "home": 3, "garden": 4}
        numbers = [known[category] for category in events["category"]]
        return honest(events.assign(number=numbers), users, as_of)

    (moved,) = time_travel(by_table, ORDERS, USERS, AS_OF)
    assert moved[:6] == (None, None, "computed", "KeyError: 'garden (altered)'", "poisoned", (106,))


# words


def test_findings_can_be_read():
    def words(leak):
        return [str(moved) for moved in time_travel(leak, ORDERS, [1], AS_OF)]

    assert words(with_column("again", bought_again)) == [
        "again of user 1: 0 from the past alone, 1 with 2 future rows together (labelled 106, 108): "
        "no single one of them does it alone"
    ]
    assert words(with_column("largest", largest_of_all)) == [
        "largest of user 1: 10.0 from the past alone, "
        "30.0 with the future row labelled 106, of 2025-03-05 15:00:00+00:00"
    ]
    assert words(inclusive)[0] == (
        "orders of user 1: 3 from the past alone, 4 with an event at as_of itself, 2025-03-05 12:00:00+00:00"
    )


# what is given


def test_nothing_given_changes_and_the_same_is_found_again():
    def spoiling(events, users, as_of):
        features = rest_of_the_day(events, users, as_of)
        events.loc[:, "total"] = 0.0
        users.clear()
        return features

    events, users = ORDERS.copy(), [*USERS]
    found = time_travel(spoiling, events, users, AS_OF)
    assert found == time_travel(rest_of_the_day, events, users, AS_OF) and users == USERS
    assert_frame_equal(events, ORDERS)


@pytest.mark.parametrize(("moved_by", "found"), [(1e-8, 0), (1e-3, 1)])
def test_next_to_nothing_is_rounding_where_others_have_millions(moved_by, found):
    def features(events, users, as_of):
        return pd.DataFrame({"left": [1e6, moved_by * len(events), 0.0, 0.0]}, users)

    assert len(time_travel(features, ORDERS, USERS, AS_OF)) == found


@pytest.mark.parametrize("users", [tuple(USERS), np.array(USERS), pd.Index(USERS), pd.Series(USERS)], ids=repr)
def test_users_in_any_container_and_the_moment_in_any_zone(users):
    as_of = AS_OF.tz_convert("Asia/Kolkata").to_pydatetime()
    assert time_travel(honest, ORDERS, users, as_of) == []
    assert [moved.events for moved in time_travel(with_column("all", total), ORDERS, users, as_of)] == [(105,)]


def renamed(features):
    def of_renamed(events, users, as_of):
        return features(events.rename(columns={"who": "user_id", "when": "occurred_at"}), users, as_of)

    return of_renamed


def test_other_names_and_text_ids():
    texts = ORDERS.assign(user_id="u" + ORDERS["user_id"].astype("str"), order_id=ORDERS["order_id"].astype("str"))
    events = texts.rename(columns={"user_id": "who", "occurred_at": "when"}).set_index(texts["order_id"].rename(None))
    names = {"key": "who", "time": "when"}
    assert time_travel(renamed(honest), events, ["u1", "u3"], AS_OF, **names) == []
    (moved,) = time_travel(renamed(with_column("all", total)), events, ["u3", "u1"], AS_OF, **names)
    assert (moved.user, moved.events) == ("u3", ("3",))


def test_rows_without_a_time_are_in_every_run():
    events = ORDERS.assign(occurred_at=ORDERS["occurred_at"].where(ORDERS.index != 105))
    (moved,) = time_travel(with_column("all", total), events, [3, 1], AS_OF)
    assert moved.user == 1


@pytest.mark.parametrize("as_of", [AS_OF - 999 * DAY, AS_OF + 999 * DAY])
def test_all_past_or_all_future(as_of):
    assert time_travel(honest, ORDERS, USERS, as_of) == []
    assert time_travel(inclusive, ORDERS, USERS, as_of)


def test_floats_may_differ_by_rounding_and_whole_numbers_by_nothing():
    def by(share):
        return with_column("new", lambda events, users, as_of: 7.0 * (1 + share * len(events)))

    assert time_travel(by(1e-11), ORDERS, USERS, AS_OF) == []
    assert len(time_travel(by(1e-9), ORDERS, USERS, AS_OF)) == 1
    assert time_travel(by(1e-9), ORDERS, USERS, AS_OF, tolerance=1e-6) == []


WRONG = [
    ({"events": ORDERS.drop(columns="occurred_at")}, "no column 'occurred_at': they have user_id, category"),
    ({"events": ORDERS.drop(columns="user_id")}, "no column 'user_id'"),
    ({"events": ORDERS.assign(occurred_at=ORDERS["occurred_at"].dt.tz_localize(None))}, "times with a zone are needed"),
    ({"events": ORDERS.assign(occurred_at="2025-03-05T12:00:00Z")}, "occurred_at is str, where times with a zone"),
    ({"as_of": AS_OF.tz_localize(None)}, "as_of is 2025-03-05 12:00:00, in no zone"),
    ({"users": []}, "there are no users"),
    ({"users": ["anna"]}, "the users can't be values of user_id, which is int64"),
    ({"features": lambda events, users, as_of: total(events, users, as_of)}, "are a Series, where a frame"),
    ({"features": lambda events, users, as_of: honest(events, users, as_of).reset_index()}, "index must be the users"),
    ({"features": lambda events, users, as_of: honest(events, users[1:], as_of)}, "no row for user 3"),
    ({"features": lambda events, users, as_of: honest(events, [*users, 7], as_of)}, "nobody asked for, for user 7"),
    ({"features": lambda events, users, as_of: honest(events, [*users, 3], as_of)}, "have the user 3 twice"),
    (
        {"features": lambda *given: pd.concat([honest(*given), honest(*given)], axis=1)},
        "have the column orders twice",
    ),
    (
        {"features": with_column("noise", lambda *given: np.random.default_rng().random())},
        "two runs on the same events gave a different noise: seed",
    ),
]


@pytest.mark.parametrize(("given", "told"), WRONG, ids=[told[:30] for _, told in WRONG])
def test_what_cannot_be_travelled_with_is_refused(given, told):
    sound = {"features": honest, "events": ORDERS, "users": USERS, "as_of": AS_OF}
    with pytest.raises(ValueError, match=told):
        time_travel(**(sound | given))


def test_what_features_raise_when_given_everything_is_theirs():
    with pytest.raises(ZeroDivisionError):
        time_travel(lambda events, users, as_of: 1 / 0, ORDERS, USERS, AS_OF)


# the futures


def columns_of_every_type():
    """Four rows, in each column what its type may hold, a missing value where it can be; times are all the future."""
    whole = {kind: pd.array([1, 0, 100, 7], kind) for kind in ("int8", "uint8", "int32", "int64", "uint64")}
    nullable = {kind: pd.array([1, None, 100, 7], kind) for kind in ("Int8", "UInt16", "Int64", "Float64")}
    return pd.DataFrame(
        whole
        | nullable
        | {
            "user_id": [1, 2, 1, 2],
            "float32": np.array([0, np.nan, 2, 3], "float32"),
            "bool": [True, False, True, True],
            "boolean": pd.array([True, None, False, False], "boolean"),
            "str": pd.array(["a", None, "a", "b"], "str"),
            "string": pd.array(["a", None, "a", "b"], "string"),
            "object": pd.Series([Decimal("1.5"), "x", None, True], dtype=object),
            "list": [[1], [2], [], None],
            "category": pd.Categorical(["a", None, "b", "a"], ["b", "a", "c"]),
            "codes": pd.Categorical([3, 1, None, 3]),
            "product_id": [4, 4, 5, 6],
            "naive": pd.to_datetime(["2025-01-01", None, "9999-12-31", "2025-01-02"]).astype("datetime64[us]"),
            "length": pd.to_timedelta([1, None, 3, 4], "h"),
            "occurred_at": pd.date_range(AS_OF, periods=4, tz="UTC"),
        }
    )


def test_other_values_are_of_the_same_types_and_only_in_the_rows_of_the_future():
    events, ahead, keys = columns_of_every_type(), np.array([0, 2, 3]), pd.Series([8, 9])
    other = poisoned(events, ahead, keys, "user_id")
    assert_series_equal(other.dtypes, events.dtypes)
    assert_frame_equal(other.iloc[[1]], events.iloc[[1]])
    assert_series_equal(other["occurred_at"].iloc[ahead], events["occurred_at"].iloc[ahead] + 400 * DAY)
    assert other["user_id"].tolist() == [8, 2, 9, 8] and sorted(other["product_id"]) == [4, 4, 5, 6]
    assert other["category"].dropna().tolist() == ["c", "a", "c"]
    assert other["int8"].tolist() == [63, 0, 63, 63] and other["uint8"].tolist() == [127, 0, 127, 127]
    assert other["object"].tolist() == [Decimal(1501), "x", None, False]
    for name in events.columns.drop(["list", "product_id"]):
        known = events[name].iloc[ahead].notna()
        assert other[name].iloc[ahead].notna().equals(known)
        still = other[name].iloc[ahead][known] == events[name].iloc[ahead][known]
        assert still.tolist() == ([False, True, False] if name == "naive" else [False] * len(still)), name


def test_rows_made_up_are_new_ones_of_every_user_at_the_moment():
    events, keys, names = columns_of_every_type(), pd.Series(range(11, 17)), ("user_id", "occurred_at")
    events = events.assign(order_id=[4, 1, 2, 3], note_id=["a", "b", "c", None])
    events["received_at"] = events["occurred_at"] + TICK
    events["shipped_at"] = events["received_at"].astype("datetime64[s, UTC]")
    new = planted(events, keys, AS_OF + TICK, *names)
    assert_series_equal(new.dtypes, events.dtypes)
    assert new["user_id"].tolist() == list(range(11, 17)) and set(new["occurred_at"]) == {AS_OF + TICK}
    assert new["order_id"].tolist() == list(range(5, 11)) and set(new["received_at"]) == {AS_OF + 2 * TICK}
    assert not set(new["note_id"].dropna()) & set("abc") and new["note_id"].dropna().is_unique
    assert new["category"].tolist()[2] == "b" and new["product_id"].tolist() == [4, 4, 5, 6, 4, 4]
    assert new.index.tolist() == list(range(4, 10))


@pytest.mark.parametrize("index", [["a", "b", "c", "d"], pd.date_range(AS_OF, periods=4)], ids=["texts", "times"])
def test_columns_of_every_type_and_other_labels_are_travelled_with(index):
    events = columns_of_every_type().set_axis(pd.Index(index))
    events["occurred_at"] -= 2 * DAY
    events["user_id"] = events["user_id"].astype("category")

    def leaking(events, users, as_of):
        past = events[events["occurred_at"] < as_of]
        counts = {"n": past.groupby("user_id", observed=False).size(), "max": events["float32"].max()}
        return pd.DataFrame(counts, pd.Index(users)).fillna(0)

    (moved,) = time_travel(leaking, events, [1, 2, 7], AS_OF)
    assert (moved.column, moved.events) == ("max", (events.index[2],))


# the Store


@pytest.fixture(scope="module")
def store():
    return Store(users=300, days=120, seed=5).orders


@pytest.mark.parametrize("leak", [None, total, within_a_week, since_the_newest])
def test_a_leak_in_the_stores_orders(store, leak):
    orders = store.rename(columns={"channel": "category"})
    users, as_of = sorted(orders["user_id"].unique())[::3], pd.Timestamp("2025-03-20 10:00", tz="UTC")
    found = time_travel(with_column("leak", leak) if leak else honest, orders, users, as_of)
    assert [moved.column for moved in found] == (["leak"] if leak else [])
    for moved in found:
        assert len(moved.events) == 1 and moved.occurred_at >= as_of
        assert leak is since_the_newest or orders["user_id"][moved.events[0]] == moved.user
