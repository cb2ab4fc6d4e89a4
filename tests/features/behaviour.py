"""What every feature store must do; `test_store` asks it of ours, `test_feast` of Feast.

Each function takes a way to open a store in a folder.
"""

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from dataml_lab.features.definition import Feature
from dataml_lab.features.store import FeatureStoreError
from tests.features.worlds import BEGIN, DAY, FEATURES, VIEW, events, fill, joined, moments, rows

USERS = [3, 6, 1, 99, 5, 2, 3, 4]


def online_at(store, moment):
    """What `historical` says of the users at a moment: what must be online."""
    asked = pd.DataFrame({"user_id": USERS, "as_of": moment})
    return store.historical("orders", asked).drop(columns="as_of")


def join_is_that_of_the_slow_way(opened, folder):
    known, snapshots, asked = events(), moments(), rows(number=200)
    with opened(folder) as store:
        fill(store, known, snapshots)
        for days in (None, 1, 2):
            expected = joined(known, snapshots, asked, days)
            pd.testing.assert_frame_equal(store.historical("orders", asked, days), expected)
        for days in (0, 1.5):
            with pytest.raises(ValueError, match="a whole number from 1 on is needed"):
                store.historical("orders", asked, days)


def no_row_is_lost_without_snapshots(opened, folder):
    asked = rows()
    with opened(folder) as store:
        store.register(VIEW)
        for part in (asked, asked[:0]):
            found = store.historical("orders", part)
            pd.testing.assert_frame_equal(found[asked.columns], part)
            assert found[FEATURES].isna().all(axis=None)
        assert store.online("orders", USERS)["user_id"].tolist() == USERS
        assert store.online("orders", []).shape == (0, 1 + len(FEATURES))


def online_is_history_at_that_moment(opened, folder):
    known, snapshots = events(), moments()
    with opened(folder) as store:
        fill(store, known, snapshots)
        for until in (BEGIN, BEGIN + 3 * DAY, BEGIN + 5.5 * DAY, BEGIN + 60 * DAY):
            for _ in "twice":
                store.materialise("orders", until)
            pd.testing.assert_frame_equal(store.online("orders", USERS), online_at(store, until))
        assert store.online("orders", USERS)["spend"].notna().sum() > 3


def what_is_online_never_goes_back(opened, folder):
    known = events()
    with opened(folder) as store:
        fill(store, known, moments()[4:])
        store.materialise("orders", BEGIN + 9 * DAY)
        before = store.online("orders", USERS)
        fill(store, known, moments()[:4])  # a backfill: computed later, of earlier moments
        store.historical("orders", rows(), max_age_days=1)
        store.materialise("orders", BEGIN + 4 * DAY)
        pd.testing.assert_frame_equal(store.online("orders", USERS), before)
        store.materialise("orders", BEGIN + 9 * DAY)
        after = store.online("orders", USERS)
        pd.testing.assert_frame_equal(after, online_at(store, BEGIN + 9 * DAY))
        known_before = before["snapshot_at"].notna()
        pd.testing.assert_frame_equal(after[known_before], before[known_before])


def a_snapshot_taken_again_takes_the_place_of_the_first(opened, folder):
    at, known = BEGIN + 8 * DAY, events()
    asked = pd.DataFrame({"user_id": [1, 2], "as_of": at})
    with opened(folder) as store:
        fill(store, known, [(at, [1, 2])])
        store.materialise("orders", at)
        first = store.historical("orders", asked)
        late = known.head(1).assign(user_id=1, total=1000.0)
        store.snapshot("orders", pd.concat([known, late]), [1], at)
        again = store.historical("orders", asked)
        assert again["spend"].tolist() == [first["spend"][0] + 1000, first["spend"][1]]
        assert store.online("orders", [1, 2])["spend"].tolist() == first["spend"].tolist()
        store.materialise("orders", at)
        pd.testing.assert_frame_equal(store.online("orders", [1, 2]), again.drop(columns="as_of"))


def views_live_side_by_side_and_are_there_when_opened_again(opened, folder):
    other = VIEW._replace(name="last_week", features=(Feature("orders_7d", "count", days=7, where=("shop", "north")),))
    known = events().assign(shop="north")
    with opened(folder) as store:
        fill(store, known, moments())
        store.register(other)
        store.snapshot("last_week", known, [1, 2], BEGIN + 8 * DAY)
        for view in (VIEW, other):
            store.materialise(view.name, BEGIN + 9 * DAY)
        expected = [store.online(view.name, USERS) for view in (VIEW, other)]
        assert expected[1]["orders_7d"].notna().sum() == 2
    with opened(folder) as store:
        for view, online in zip((VIEW, other), expected, strict=True):
            store.register(view)
            pd.testing.assert_frame_equal(store.online(view.name, USERS), online)
        store.materialise("orders", BEGIN + 2 * DAY)
        pd.testing.assert_frame_equal(store.online("orders", USERS), expected[0])
        with pytest.raises(FeatureStoreError, match=r"'orders' is registered with another definition.*\"orders_2\""):
            store.register(VIEW._replace(features=VIEW.features[:1]))


def writing(path):
    """Whether another process is in the middle of a transaction on an SQLite file."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


BEHAVIOUR = [join_is_that_of_the_slow_way, no_row_is_lost_without_snapshots, online_is_history_at_that_moment,
             what_is_online_never_goes_back, a_snapshot_taken_again_takes_the_place_of_the_first,
             views_live_side_by_side_and_are_there_when_opened_again]  # fmt: skip
