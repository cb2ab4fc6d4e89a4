"""Features in the slow and obvious way, and random worlds to compute them in: for the tests of every engine.

`worlds()` is a strategy of hypothesis: each `World` has a view, events and rows. What an engine makes of them must be
what `slow` says (`alike` compares). Amounts are whole quarters, so that every order of summation gives the same sum.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pandas as pd
from hypothesis import strategies as st

from dataml_lab.features.definition import Feature, View

BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
DAY = pd.Timedelta(days=1)
USERS, SHOPS = [1, 2, 3], ["north", "south", None]
DAYS = [1, 2, 30, None]
# Few moments, so that many coincide: whole days and half days apart, and a microsecond to either side.
MOMENTS = st.builds(
    lambda halves, micros: BEGIN + timedelta(hours=12 * halves, microseconds=micros),
    st.integers(0, 10),
    st.sampled_from([0, 0, 0, 0, -1, 1]),
)
KINDS = ["count", "sum", "mean", "min", "max", "distinct", "days_since_last"]
NUMBERS = ["total", "items"]
COLUMNS = dict.fromkeys(["sum", "mean", "min", "max"], NUMBERS) | {"distinct": [*NUMBERS, "shop", "channel"]}
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]


class World(NamedTuple):
    """A view, the events that it is about, and the rows (a key and an `as_of` each) for which it is computed."""

    view: View
    events: pd.DataFrame
    rows: pd.DataFrame


def slow(view: View, events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The features of each row, from a look at every event for every row; columns, index and order as `compute` has."""
    known, found = events.to_dict("records"), []
    for row in rows.to_dict("records"):
        own = [event for event in known if pd.notna(event[view.key]) and event[view.key] == row[view.key]]
        found.append([value(feature, own, row["as_of"], view.time) for feature in view.features])
    frame = pd.DataFrame(found, rows.index, view.names)
    return frame.astype({f.name: "int64" if f.kind in ("count", "distinct") else "float64" for f in view.features})


def value(feature, own, as_of, time):
    """One feature of one user, whose events these are."""
    kept = [event for event in own if pd.notna(event[time]) and event[time] < as_of and matches(feature, event)]
    if feature.days is not None:
        kept = [event for event in kept if event[time] >= as_of - feature.days * DAY]
    if feature.kind == "count":
        return len(kept)
    if feature.kind == "days_since_last":
        return (as_of - max(event[time] for event in kept)) / DAY if kept else missing(feature)
    values = [event[feature.column] for event in kept if pd.notna(event[feature.column])]
    if feature.kind == "distinct":
        return len(set(values))
    aggregate = {"sum": math.fsum, "min": min, "max": max, "mean": lambda these: math.fsum(these) / len(these)}
    return float(aggregate[feature.kind](values)) if values else missing(feature)


def matches(feature, event):
    """Whether an event has the value that the feature asks for; null is equal to nothing."""
    if feature.where is None:
        return True
    column, wanted = feature.where
    return pd.notna(event[column]) and str(event[column]) == wanted


def missing(feature):
    """What a feature of nothing is."""
    return math.nan if feature.empty is None else feature.empty


def alike(got: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Fail unless two frames of features are the same: columns, index, order, dtypes, and every value exactly."""
    pd.testing.assert_frame_equal(got, wanted, check_exact=True)


@st.composite
def features(draw):
    """A feature of the worlds' events, under a name that is not made yet."""
    kind = draw(st.sampled_from(KINDS))
    column = None if kind in ("count", "days_since_last") else draw(st.sampled_from(COLUMNS[kind]))
    where = draw(st.sampled_from([None, None, ("shop", "north"), ("shop", "nowhere"), ("channel", "web")]))
    empty = draw(st.sampled_from([None, None, 0.0, -1.0])) if kind not in ("count", "distinct") else None
    return Feature("", kind, column, draw(st.sampled_from(DAYS)), where, empty)


@st.composite
def views(draw):
    """A view of one to four features."""
    made = draw(st.lists(features(), min_size=1, max_size=4))
    return View("toys", tuple(feature._replace(name=f"f{number}") for number, feature in enumerate(made)))


@st.composite
def worlds(draw, units=("s", "ms", "us", "ns"), zones=ZONES):
    """A world with ties, nulls, users without events, repeated rows, and events at either edge of a window.

    Times of the events and of the rows have each a zone and a unit of their own.
    """
    view = draw(views())
    kept = st.fixed_dictionaries(
        {
            "user_id": st.sampled_from([*USERS, None]),
            "occurred_at": MOMENTS | st.none(),
            "total": st.integers(-40, 40).map(lambda quarters: quarters / 4) | st.none(),
            "items": st.integers(0, 3),
            "shop": st.sampled_from(SHOPS),
            "channel": st.sampled_from(["web", "app", None]),
        }
    )
    asked = st.fixed_dictionaries({"user_id": st.sampled_from([*USERS, 4]), "as_of": MOMENTS})
    events = events_frame(draw(st.lists(kept, max_size=25)), draw(st.sampled_from(units)), draw(st.sampled_from(zones)))
    rows = rows_frame(draw(st.lists(asked, max_size=8)), draw(st.sampled_from(units)), draw(st.sampled_from(zones)))
    labels = draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    return World(view, events, rows.set_index(pd.Index(labels, dtype="int64", name="label")))


def events_frame(events, unit="us", zone="UTC"):
    """Events of the worlds as a frame: nullable whole numbers as keys, text and a categorical."""
    frame = pd.DataFrame(events, columns=["user_id", "occurred_at", "total", "items", "shop", "channel"])
    times = moments(frame["occurred_at"], unit, zone)
    types = {"user_id": "Int64", "total": "float64", "items": "int64", "shop": "str", "channel": "category"}
    return frame.assign(occurred_at=times).astype(types)


def rows_frame(rows, unit="us", zone="UTC"):
    """Rows of the worlds as a frame."""
    frame = pd.DataFrame(rows, columns=["user_id", "as_of"])
    return frame.assign(as_of=moments(frame["as_of"], unit, zone)).astype({"user_id": "int64"})


def moments(times, unit, zone):
    """Moments as a column of one unit (what is finer than that is cut off) in the local time of a zone."""
    return pd.to_datetime(times, utc=True).dt.floor(unit).dt.as_unit(unit).dt.tz_convert(zone)
