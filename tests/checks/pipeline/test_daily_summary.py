"""That the stories of its worlds are true and told in full, and what passes for a summary."""

import runpy
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.pipeline.activity import COLUMNS, activity, end_of
from dataml_lab.checks.pipeline.daily_summary import DURATION, LOGIN, PURCHASES, daily_summary, fed
from dataml_lab.checks.pipeline.summaries import fault_of_column, fault_of_users, first_difference, table
from dataml_lab.runtime.answers import Failed, Maker

SEEDS = range(10)
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "01e_late_data" / "oracle.py"))["ORACLES"]
summary = ORACLE["daily_summary"]
told = cache(activity)


# the worlds


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stories_are_what_the_oracle_counts_and_say_what_is_special_about_a_column(seed):
    world = told(seed)
    assert summary(world.events, world.day) == summary(world.events + world.future, world.day) == world.rows
    assert world.whys.keys() == world.rows.keys()
    assert {column for why in world.whys.values() for column in why} == set(COLUMNS)
    assert len(world.rows) < len({event["user_id"] for event in world.events + world.future})


@pytest.mark.parametrize("seed", SEEDS)
def test_events_have_ids_and_times_and_sessions_of_one_user(seed):
    world = told(seed)
    everything, end = world.events + world.future, end_of(world.day)
    assert len({event["event_id"] for event in everything}) == len(everything)
    times = Counter(event["occurred_at"] for event in everything)
    assert times[end] == 1 and max(times.values()) == 1
    assert everything == sorted(everything, key=lambda event: event["occurred_at"])
    assert all(event["received_at"] - event["occurred_at"] < timedelta(seconds=1) for event in everything)
    pairs = {(event["session_id"], event["user_id"]) for event in everything}
    assert len(pairs) == len({session for session, _ in pairs})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_session_lasts_more_than_a_day_and_a_part_of_a_second(seed):
    lasted = [row.avg_session_duration_7d or 0 for row in told(seed).rows.values()]
    (longest,) = [seconds for seconds in lasted if seconds > 86_400]
    assert longest % 1


@pytest.mark.parametrize("seed", SEEDS)
def test_late_purchases_change_the_table(seed):
    """At the end of the day a purchase of its 30 days is still under way, and later nothing is missing."""
    world = told(seed)
    late, end = world.delayed, end_of(world.day)
    in_time = summary([event for event in late if event["received_at"] < end], world.day)
    assert sum(row[0] for row in in_time.values()) < sum(row.total_purchases_30d for row in world.rows.values())
    assert summary(late, world.day) == world.rows
    assert 0 < sum(event["received_at"] - event["occurred_at"] > timedelta(days=1) for event in late) < len(late) / 2


def test_a_second_purchase_in_the_same_second_that_changes_nothing_is_said_to_leave_the_number():
    class Pipeline:
        def __init__(self):
            self.events = {}

        def ingest(self, batch):
            for event in batch:
                self.events.setdefault((event["user_id"], event["occurred_at"]), event)

        def summary(self, day):
            return pd.DataFrame.from_dict(summary(list(self.events.values()), day), "index", float, COLUMNS)

    said = [finding.sentence for finding in daily_summary.judge({"Pipeline": Pipeline}, [1]).findings]
    (sentence,) = filter(None, said)
    assert f"the second one left {PURCHASES} at " in sentence


def fed_with(make):
    """A student's pipeline that keeps all events, and makes a summary of them so."""

    class Pipeline:
        def __init__(self):
            self.events = []

        def ingest(self, batch):
            self.events += batch

        def summary(self, day):
            return pd.DataFrame.from_dict(make(self.events, day), "index", float, COLUMNS)

    return Pipeline


def said(pipeline):
    """What is said of each property that an answer loses."""
    return {finding.property: finding.sentence for finding in daily_summary.judge({"Pipeline": pipeline}, [1]).findings
            if finding.outcome == "fails"}


def test_a_repeat_that_counts_is_told_with_the_table_that_has_it():
    def each_time(events, day):
        return summary([{**event, "event_id": number} for number, event in enumerate(events)], day)

    sentence = said(fed_with(each_time))["counts each event once"]
    assert "in the table with these repeats and" in sentence and "in the table without them" in sentence


def test_a_table_that_is_always_the_same_is_not_said_to_be_anothers():
    sentence = said(fed_with(lambda _, day: told(1).rows))["makes a table from its own events"]
    assert f"its summary has user {min(told(1).rows)}." in sentence and "another" not in sentence


# what passes for a summary


def made(result):
    """A student's pipeline whose every summary is this."""

    class Pipeline:
        def summary(self, day):
            return result

    return Maker("Pipeline", Pipeline)()


DAY = told(1).day
ROWS = {"user_id": [8, 7], PURCHASES: [2, 0], DURATION: [90.5, np.nan], LOGIN: [np.nan, 3.0]}
FRAME = pd.DataFrame(ROWS)
READ = FRAME.set_index("user_id").sort_index().astype(float)
NONE = pd.DataFrame({name: [None if pd.isna(value) else value for value in values] for name, values in ROWS.items()},
                    dtype=object)


@pytest.mark.parametrize("frame", [
    FRAME,
    FRAME.set_index("user_id"),
    FRAME.assign(day=DAY, country="DE")[["country", LOGIN, DURATION, PURCHASES, "user_id", "day"]],
    FRAME.astype({"user_id": "Int64", PURCHASES: "UInt8", DURATION: "Float64", LOGIN: "Int64"}),
    FRAME.astype({"user_id": float, PURCHASES: "int16"}),
    FRAME.convert_dtypes(dtype_backend="pyarrow"),
    NONE,
    NONE.set_index("user_id"),
    NONE.assign(**{PURCHASES: pd.Series([np.int64(2), np.int32(0)], dtype=object)}),
    NONE.where(NONE.notna(), pd.NA),
], ids=["column", "index", "more columns", "nullable", "float ids", "arrow", "None", "None and index", "numpy", "NA"])
def test_a_summary_may_be_written_in_many_ways(frame):
    found = table(made(frame), DAY)
    pd.testing.assert_frame_equal(found, READ, check_index_type=False)
    assert found.attrs == {} and first_difference(found, READ) is None


def test_a_summary_without_rows_is_one():
    assert table(made(FRAME.head(0)), DAY).empty and table(made(pd.DataFrame(columns=list(ROWS))), DAY).empty


@pytest.mark.parametrize(("result", "sentence"), [
    (None, r"Pipeline\.summary returned None, where a DataFrame was expected"),
    ([1], r"returned a list, where a DataFrame"),
    (FRAME[PURCHASES], r"returned a Series, where a DataFrame"),
    (pd.DataFrame(), r"has the columns \(none\): each of user_id, total_purchases_30d, .* is needed once"),
    (FRAME.drop(columns=DURATION), r"has the columns user_id, total_purchases_30d, last_login_days_ago: each of"),
    (FRAME.drop(columns="user_id"), r"each of user_id, .* is needed once"),
    (pd.concat([FRAME, FRAME[[LOGIN]]], axis=1), r"last_login_days_ago, last_login_days_ago: .* is needed once"),
    (FRAME.assign(user_id=["7", "8"]), r"a row whose user_id is missing, or no number"),
    (FRAME.assign(user_id=[7, np.nan]), r"a row whose user_id is missing, or no number"),
    (FRAME.assign(user_id=[7, np.inf]), r"a row whose user_id is missing, or no number"),
])
def test_what_is_no_summary_is_told_in_words(result, sentence):
    with pytest.raises(Failed, match=sentence):
        table(made(result), DAY)


@pytest.mark.parametrize(("values", "kind"), [
    (["2", "0"], "str"),
    (pd.to_timedelta([1, 2], unit="s"), "timedelta64"),
    (pd.Series([timedelta(1), None], dtype=object), "object"),
    (pd.Series([2, "none"], dtype=object), "object"),
])
def test_a_column_without_numbers_costs_that_column_only(values, kind):
    world = told(1)
    right = pd.DataFrame.from_dict(world.rows, "index", columns=COLUMNS, dtype=float).rename_axis("user_id")
    wrong = right.assign(**{DURATION: (list(values) * len(right))[:len(right)]})
    if kind == "object":
        wrong[DURATION] = wrong[DURATION].astype(object)
    found = table(made(wrong), world.day)
    assert fault_of_column(found, world, DURATION).startswith(f"{DURATION} holds values of type {kind}")
    assert fault_of_column(found, world, PURCHASES) is fault_of_column(found, world, LOGIN) is None


def test_users_that_are_there_twice_or_not_at_all_or_for_no_reason_are_named():
    assert fault_of_users(READ, [7, 8], DAY) is None
    assert "has 2 rows for user 8" in fault_of_users(table(made(FRAME.assign(user_id=[8, 8])), DAY), [8], DAY)
    assert "lacks 2 of 4 users, such as 5" in fault_of_users(READ, [8, 7, 6, 5], DAY)
    assert "has user 8, of whom nothing is known" in fault_of_users(READ, [7], DAY)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_wrong_value_is_told_with_what_is_special_about_its_user(column):
    world = told(1)
    right = pd.DataFrame.from_dict(world.rows, "index", columns=COLUMNS, dtype=float)
    special = next(user for user in world.rows if column in world.whys[user])
    usual = next(user for user in world.rows if not world.whys[user])
    assert fault_of_column(right, world, column) is None
    wrong = right.copy()
    wrong.loc[[special, usual], column] = 77.0
    sentence = fault_of_column(wrong, world, column)
    assert f"{column} of user {special} is 77 where" in sentence and world.whys[special][column] in sentence
    assert f"of user {usual} is 77 where" in fault_of_column(wrong.drop(index=special), world, column)


def test_batches_bring_every_event_once_in_order():
    batches = []

    class Pipeline:
        def ingest(self, events):
            batches.append(events)

    events = told(3).events
    fed(Maker("Pipeline", Pipeline), iter(events))
    assert [event for batch in batches for event in batch] == events and len(batches) > 3


@pytest.mark.parametrize("missing", [None, pd.NA, pd.NaT, float("nan")])
@pytest.mark.parametrize("value", [1.5, Fraction(3, 2), Decimal("1.5")])
def test_any_number_is_a_number_beside_any_missing_value(value, missing):
    found = table(made(FRAME.assign(**{DURATION: pd.Series([value, missing], dtype=object)})), DAY)
    assert not found.attrs and found[DURATION].loc[8] == 1.5 and np.isnan(found[DURATION].loc[7])


def test_columns_on_two_levels_are_told():
    frame = FRAME.copy()
    frame.columns = pd.MultiIndex.from_product([frame.columns, ["sum"]])
    with pytest.raises(Failed, match="is needed once"):
        table(made(frame), DAY)


@pytest.mark.parametrize("name", ["user_id", None])
def test_users_may_be_the_index_if_it_has_no_other_name(name):
    by_user = FRAME.set_index("user_id").rename_axis(name)
    assert table(made(by_user), DAY).index.tolist() == [7, 8]
    with pytest.raises(Failed, match="is needed once"):
        table(made(by_user.rename_axis("user")), DAY)
